//! Paths in a configuration: from where they are relative, and without detours.

use std::path::{Component, Path, PathBuf};

use super::origin::Origin;
use super::toml_file::TomlFile;

/// The path that `given` leads to: relative to the folder of `file` if it was given there, or if
/// nobody gave it; else as it stands, relative to the folder in which quoth runs.
pub(super) fn resolve(given: &Path, origin: &Origin, file: Option<&TomlFile>) -> PathBuf {
    match (origin, file) {
        (Origin::File { .. } | Origin::Default, Some(file)) => {
            normalize(&file.folder().join(given))
        }
        _ => given.to_owned(),
    }
}

/// The path without detours like `config/../`, where they lead through a real folder; through a
/// link, the way back is another one.
fn normalize(path: &Path) -> PathBuf {
    let mut short = PathBuf::new();
    for part in path.components() {
        let is_detour = part == Component::ParentDir
            && matches!(short.components().next_back(), Some(Component::Normal(_)))
            && short.symlink_metadata().is_ok_and(|folder| folder.is_dir());
        if is_detour {
            short.pop();
        } else {
            short.push(part);
        }
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn detours_through_real_folders_go() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        std::fs::create_dir_all(root.join("a/b")).unwrap();
        #[cfg(unix)]
        std::os::unix::fs::symlink(root.join("a/b"), root.join("link")).unwrap();
        let cases =
            [("a/../x", "x"), ("a/b/../../x", "x"), ("none/../x", "none/../x"), ("a/x", "a/x")];
        for (path, want) in cases {
            assert_eq!(normalize(&root.join(path)), root.join(want), "{path}");
        }
        let linked = root.join("link/../x");
        assert_eq!(normalize(&linked), linked);
        assert_eq!(normalize(Path::new("../x")), Path::new("../x"));
    }
}
