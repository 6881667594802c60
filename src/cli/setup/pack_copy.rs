//! A copy of the pack for moderators to edit, where the user that runs quoth may not write the pack itself.

use std::path::{Path, PathBuf};

use anyhow::Context;

use super::interview::Interview;
use crate::store::{file_permissions, pack_files};

/// Folder of copies, in the data folder. `deploy/tmpfiles.d` makes it, too.
const FOLDER: &str = "knowledge";

/// A pack, and the folder that its copy is in, or will be.
pub(super) struct PackCopy {
    pack: PathBuf,
    pub(super) folder: PathBuf,
    is_made: bool,
}

impl PackCopy {
    /// Asks whether moderators should edit a copy of `pack`, if another user owns it than the one that runs quoth, who owns
    /// `data`. `None` if not, or if that is refused.
    pub(super) fn ask(
        interview: &mut Interview<'_>,
        data: &Path,
        pack: &Path,
    ) -> anyhow::Result<Option<Self>> {
        if !data.is_dir() || file_permissions::have_one_owner(data, pack)? {
            return Ok(None);
        }
        let folder = data.join(FOLDER).join(pack_files::name_of(pack));
        let is_made = pack_files::is_pack(&folder);
        let what = if is_made { "Use the copy that is at" } else { "Copy it to" };
        let question = format!(
            "The user that runs quoth may not change {}, so nobody can edit it in chat. {what} {} (yes or no)?",
            pack.display(),
            folder.display()
        );
        let is_wanted = interview.ask_until(&question, Some("yes"), |answer| {
            match answer.to_lowercase().as_str() {
                "yes" | "y" => Ok(true),
                "no" | "n" => Ok(false),
                _ => Err("Write yes or no.".to_owned()),
            }
        })?;
        Ok(is_wanted.then(|| Self { pack: pack.to_owned(), folder, is_made }))
    }

    /// Makes the copy, unless it is there, and gives it to the owner of `data`.
    pub(super) fn make(&self, data: &Path) -> anyhow::Result<()> {
        if self.is_made {
            return Ok(());
        }
        let mut files = pack_files::read(&self.pack)?.files;
        files.extend(pack_files::read_others(&self.pack)?);
        pack_files::create(&self.folder, &files)?;
        let paths = files.iter().map(|file| self.folder.join(&file.path));
        let folders = paths.clone().flat_map(|path| {
            let above = path.ancestors().skip(1).take_while(|it| *it != data);
            above.map(Path::to_owned).collect::<Vec<_>>()
        });
        for path in paths.chain(folders) {
            file_permissions::give_to_owner_of(data, &path)
                .with_context(|| format!("cannot give {} to its user", path.display()))?;
        }
        Ok(())
    }
}
