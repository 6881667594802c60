//! Where the files of a configuration are.

use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::config::normalize;
use crate::store::pack_files;

/// The folders of a configuration file.
pub(super) struct Paths {
    /// The file.
    file: PathBuf,
    /// The data folder.
    pub(super) data: PathBuf,
    /// The packs that it names so far.
    pub(super) packs: Vec<PathBuf>,
}

impl Paths {
    /// Those of `file`, which has or will have `text`.
    pub(super) fn of(file: &Path, text: &str) -> anyhow::Result<Self> {
        // Secrets that it names may be missing still: only paths are read here.
        let config: toml::Table = text.parse().with_context(|| {
            format!("{} is no TOML: `quoth config check` says where", file.display())
        })?;
        let folder = folder_of(file);
        let resolved = |path: &str| resolved(&folder, Path::new(path));
        let data = std::env::var_os("QUOTH_DATA").map(PathBuf::from);
        let data = data.unwrap_or_else(|| {
            resolved(config.get("data").and_then(|it| it.as_str()).unwrap_or("../data"))
        });
        let packs = config.get("packs").and_then(|packs| packs.as_array());
        let packs = packs.into_iter().flatten().filter_map(|pack| pack.as_str()).map(resolved);
        let packs = packs.filter(|pack| pack_files::is_pack(pack)).collect();
        Ok(Self { file: file.to_owned(), data, packs })
    }

    pub(super) fn folder(&self) -> PathBuf {
        folder_of(&self.file)
    }

    /// A file in the data folder, as the configuration names it.
    pub(super) fn in_data(&self, name: &str) -> String {
        self.written(&self.data.join(name))
    }

    /// `path` as it is written in the file: relative to its folder if both have a folder above in common,
    /// else absolute.
    pub(super) fn written(&self, path: &Path) -> String {
        let absolute = |path: &Path| std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        let (folder, path) = (absolute(&self.folder()), absolute(path));
        let above = folder.parent().filter(|above| above.parent().is_some());
        match above.and_then(|above| path.strip_prefix(above).ok()) {
            Some(below) => Path::new("..").join(below).display().to_string(),
            None => path.display().to_string(),
        }
    }
}

/// `path`, which is relative to `folder`. The folder may be one that is not there yet.
fn resolved(folder: &Path, path: &Path) -> PathBuf {
    let above = folder.parent().filter(|_| !folder.exists());
    match above.zip(path.strip_prefix("..").ok()) {
        Some((above, rest)) => above.join(rest),
        None => normalize(&folder.join(path)),
    }
}

fn folder_of(file: &Path) -> PathBuf {
    match file.parent() {
        Some(folder) if folder != Path::new("") => folder.to_owned(),
        _ => PathBuf::from("."),
    }
}
