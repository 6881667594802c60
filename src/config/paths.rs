//! Resolves relative paths in a configuration.

use std::path::{Component, Path, PathBuf};

use super::origin::Origin;
use super::toml_file::TomlFile;

/// Resolves `path`: relative to the folder of `file` if it comes from there or is a default; otherwise
/// unchanged, relative to the working directory.
pub(super) fn resolve(path: &Path, origin: &Origin, file: Option<&TomlFile>) -> PathBuf {
    match (origin, file) {
        (Origin::File { .. } | Origin::Default, Some(file)) => normalize(&file.folder().join(path)),
        _ => path.to_owned(),
    }
}

/// Removes `folder/..` where `folder` is a real folder. Through a symbolic link, `..` leads somewhere
/// else.
fn normalize(path: &Path) -> PathBuf {
    let mut normalized = PathBuf::new();
    for part in path.components() {
        let is_parent_of_folder = part == Component::ParentDir
            && matches!(normalized.components().next_back(), Some(Component::Normal(_)))
            && normalized.symlink_metadata().is_ok_and(|folder| folder.is_dir());
        if is_parent_of_folder {
            normalized.pop();
        } else {
            normalized.push(part);
        }
    }
    normalized
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parent_components_are_removed_except_after_symlinks() {
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
