//! Where the files of a configuration are.

use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::config::{Config, Sources};
use crate::store::pack_files;

/// The folders of a configuration file.
pub(super) struct Paths {
    /// The file.
    file: PathBuf,
    /// The data folder.
    pub(super) data: PathBuf,
    /// The packs that it names so far.
    pub(super) packs: Vec<PathBuf>,
    /// Whether it names moderators of the default space.
    pub(super) has_moderators: bool,
}

impl Paths {
    /// Those of `file` in the configuration `sources`; problems, such as a missing secret, do not matter here.
    pub(super) fn of(file: &Path, sources: &Sources) -> Self {
        let Config { data, packs, default_space, .. } = sources.read_partially().config;
        let has_moderators = !default_space.moderators.is_empty();
        // Where there is no file yet, the data folder is beside that of the file, unless the environment names it.
        let folder = folder_of(file);
        let above = if folder == Path::new(".") { Some(Path::new("..")) } else { folder.parent() };
        let is_default = !file.exists() && data == Config::default().data;
        let data = above.filter(|_| is_default).map_or(data, |above| above.join("data"));
        let packs = packs.into_iter().filter(|pack| pack_files::is_pack(pack)).collect();
        Self { file: file.to_owned(), data, packs, has_moderators }
    }

    pub(super) fn folder(&self) -> PathBuf {
        folder_of(&self.file)
    }

    /// Whether the folder of the file can be written, before anything is asked.
    pub(super) fn check_writable(&self) -> anyhow::Result<()> {
        let folder = self.folder();
        if folder.is_dir() {
            tempfile::tempfile_in(&folder).with_context(|| {
                format!(
                    "cannot write to {}: run this as a user that may, or name another file with --config",
                    folder.display()
                )
            })?;
        }
        Ok(())
    }

    /// A file in the data folder, if it exists.
    pub(super) fn existing(&self, name: &str) -> Option<PathBuf> {
        Some(self.data.join(name)).filter(|path| path.exists())
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

fn folder_of(file: &Path) -> PathBuf {
    match file.parent() {
        Some(folder) if folder != Path::new("") => folder.to_owned(),
        _ => PathBuf::from("."),
    }
}
