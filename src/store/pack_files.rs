//! Reading and creating pack folders. The content of the files is not parsed here.

use std::io;
use std::path::{Path, PathBuf};

use super::atomic::{self, WriteError};
use super::calibration_file::CALIBRATION_FILE;
use crate::knowledge::import::IMPORTS_FOLDER;
use crate::knowledge::pack::{FAQ_FILE, LEXICON_FILE, PACK_FILE, SOURCES_FOLDER};
use crate::knowledge::{CuratedTexts, PackFile, PackFiles};

/// The largest file that is read, in bytes. A larger one is a mistake, not a file of a pack.
const MAX_FILE_BYTES: u64 = 512 * 1024 * 1024;

/// Reads the files of the pack in `folder`.
///
/// # Errors
/// [`ReadError`] if the folder is missing or a file in it cannot be read. A missing required file
/// is not an error here; proving the pack reports it.
pub fn read(folder: &Path) -> Result<PackFiles, ReadError> {
    let metadata = std::fs::metadata(folder)
        .map_err(|source| ReadError::Folder { path: folder.to_owned(), source })?;
    if !metadata.is_dir() {
        return Err(ReadError::NotAFolder { path: folder.to_owned() });
    }
    let mut files = Vec::new();
    for name in [FAQ_FILE, LEXICON_FILE, PACK_FILE] {
        if let Some(bytes) = read_file(&folder.join(name))? {
            files.push(PackFile { path: name.to_owned(), bytes });
        }
    }
    for name in file_names(&folder.join(SOURCES_FOLDER), ".md")? {
        let path = format!("{SOURCES_FOLDER}/{name}.md");
        if let Some(bytes) = read_file(&folder.join(&path))? {
            files.push(PackFile { path, bytes });
        }
    }
    Ok(PackFiles { name: name_of(folder), files })
}

/// Reads the files in `folder` that quoth keeps beside those of the pack: what imports have left, and the calibration.
///
/// # Errors
/// [`ReadError`] if one cannot be read.
pub fn read_others(folder: &Path) -> Result<Vec<PackFile>, ReadError> {
    let mut paths = vec![CALIBRATION_FILE.to_owned()];
    paths.extend(imports(folder)?.iter().map(|name| format!("{IMPORTS_FOLDER}/{name}.jsonl")));
    let mut files = Vec::new();
    for path in paths {
        if let Some(bytes) = read_file(&folder.join(&path))? {
            files.push(PackFile { path, bytes });
        }
    }
    Ok(files)
}

/// Whether `folder` has the files of a pack.
pub fn is_pack(folder: &Path) -> bool {
    folder.join(PACK_FILE).is_file() && folder.join(FAQ_FILE).is_file()
}

/// The names of the sources that imports have made, sorted.
///
/// # Errors
/// [`ReadError`] if the folder cannot be read.
pub fn imports(folder: &Path) -> Result<Vec<String>, ReadError> {
    file_names(&folder.join(IMPORTS_FOLDER), ".jsonl")
}

/// The text of what the last import of the source `name` left; empty if there was none.
///
/// # Errors
/// [`ReadError`] if the file cannot be read.
pub fn read_import(folder: &Path, name: &str) -> Result<String, ReadError> {
    let bytes = read_file(&folder.join(IMPORTS_FOLDER).join(format!("{name}.jsonl")))?;
    Ok(String::from_utf8_lossy(&bytes.unwrap_or_default()).into_owned())
}

/// Whether the files in `folder` that moderators edit have these texts.
pub fn has_texts(folder: &Path, texts: &CuratedTexts) -> bool {
    texts.by_file().into_iter().all(|(name, text)| has_text(&folder.join(name), text))
}

/// Whether the file at `path` has this text. One that is missing has none.
fn has_text(path: &Path, text: &str) -> bool {
    read_file(path).is_ok_and(|bytes| bytes.unwrap_or_default() == text.as_bytes())
}

/// Replaces the texts `before` of the files in `folder` that moderators edit by `after`. `false`, and nothing is replaced, if
/// they have other texts now.
///
/// # Errors
/// [`WriteError`] if a file cannot be written. [`put_back`] puts the others back then.
pub fn replace_texts(
    folder: &Path,
    before: &CuratedTexts,
    after: &CuratedTexts,
) -> Result<bool, WriteError> {
    for (name, old, new) in differing(before, after) {
        if !replace_text(folder, name, old, new)? {
            put_back(folder, before, after);
            return Ok(false);
        }
    }
    Ok(true)
}

/// Puts the texts `before` back into those files that have the texts `after` instead, as far as that is possible.
pub fn put_back(folder: &Path, before: &CuratedTexts, after: &CuratedTexts) {
    for (name, old, new) in differing(before, after) {
        drop(replace_text(folder, name, new, old));
    }
}

/// The names of the files that differ, with their texts in both.
fn differing<'t>(
    before: &'t CuratedTexts,
    after: &'t CuratedTexts,
) -> impl Iterator<Item = (&'static str, &'t str, &'t str)> {
    let both = before.by_file().into_iter().zip(after.by_file());
    both.filter(|((_, old), (_, new))| old != new).map(|((name, old), (_, new))| (name, old, new))
}

/// Replaces the text `old` of the file `name` in `folder` by `new`. A lexicon without a text is removed, unless its place has a
/// link to it, which would lead nowhere. `false`, and nothing is replaced, if it has another text now.
fn replace_text(folder: &Path, name: &str, old: &str, new: &str) -> Result<bool, WriteError> {
    let path = folder.join(name);
    let has_old = || has_text(&path, old);
    if name == LEXICON_FILE && new.is_empty() && !path.is_symlink() {
        atomic::remove_if(&path, has_old)
    } else {
        atomic::write_if(&path, new.as_bytes(), has_old)
    }
}

/// Checks that a new pack can be created in `folder`: the folder is missing or empty.
///
/// # Errors
/// [`CreateError`] if the folder is not empty or cannot be read.
pub fn check_is_free(folder: &Path) -> Result<(), CreateError> {
    match std::fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(source) => Err(CreateError::Folder { path: folder.to_owned(), source }),
        Ok(mut listing) => match listing.next() {
            None => Ok(()),
            Some(_) => Err(CreateError::NotEmpty { path: folder.to_owned() }),
        },
    }
}

/// Creates a pack of `files` in `folder`, which has to be missing or empty.
///
/// # Errors
/// [`CreateError`] if the folder is not empty, or a file cannot be written.
pub fn create(folder: &Path, files: &[PackFile]) -> Result<(), CreateError> {
    check_is_free(folder)?;
    write(folder, files)
}

/// Writes files of a pack, each atomically, in their order.
///
/// # Errors
/// [`CreateError`] if a file cannot be written.
pub fn write(folder: &Path, files: &[PackFile]) -> Result<(), CreateError> {
    for file in files {
        let path = folder.join(&file.path);
        let parent = path.parent().unwrap_or(folder);
        std::fs::create_dir_all(parent)
            .map_err(|source| CreateError::Folder { path: parent.to_owned(), source })?;
        atomic::write(&path, &file.bytes)?;
    }
    Ok(())
}

/// The name of the pack in `folder`: the name of the folder, resolved for paths like `.` or `a/..`.
pub fn name_of(folder: &Path) -> String {
    let resolved = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    resolved.file_name().map_or_else(|| "pack".to_owned(), |n| n.to_string_lossy().into_owned())
}

fn read_file(path: &Path) -> Result<Option<Vec<u8>>, ReadError> {
    let unreadable = |source| ReadError::File { path: path.to_owned(), source };
    match std::fs::metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unreadable(error)),
        Ok(metadata) if metadata.len() > MAX_FILE_BYTES => {
            return Err(ReadError::TooLarge { path: path.to_owned(), size_bytes: metadata.len() });
        }
        Ok(_) => {}
    }
    std::fs::read(path).map(Some).map_err(unreadable)
}

/// Names, without `ending`, of the files in `folder` that have it, sorted, so that their order is the same on every
/// machine; none if the folder does not exist.
fn file_names(folder: &Path, ending: &str) -> Result<Vec<String>, ReadError> {
    let unreadable = |source| ReadError::Folder { path: folder.to_owned(), source };
    let listing = match std::fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        listing => listing.map_err(unreadable)?,
    };
    let mut names = Vec::new();
    for file in listing {
        let name = file.map_err(unreadable)?.file_name().to_string_lossy().into_owned();
        // A file with no name but the ending is hidden.
        names.extend(name.strip_suffix(ending).filter(|name| !name.is_empty()).map(str::to_owned));
    }
    names.sort_unstable();
    Ok(names)
}

/// Why a pack folder cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The folder is missing or cannot be read.
    #[error("cannot open the pack folder {}", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// The system's error.
        source: io::Error,
    },
    /// The path is not a folder.
    #[error("{} is not a folder: a pack is a folder with pack.toml, faq.toml and sources/", path.display())]
    NotAFolder {
        /// The path.
        path: PathBuf,
    },
    /// A file cannot be read.
    #[error("cannot read {}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// The system's error.
        source: io::Error,
    },
    /// A file is larger than any file of a pack.
    #[error("{} has {size_bytes} bytes, more than the {MAX_FILE_BYTES} that a pack file may have", path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// Its size in bytes.
        size_bytes: u64,
    },
}

/// Why a pack folder was not created.
#[derive(Debug, thiserror::Error)]
pub enum CreateError {
    /// The folder has files that must not be overwritten.
    #[error("{} exists and is not empty; choose another folder", path.display())]
    NotEmpty {
        /// The folder.
        path: PathBuf,
    },
    /// The folder cannot be read or created.
    #[error("cannot create the folder {}", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// The system's error.
        source: io::Error,
    },
    /// A file cannot be written.
    #[error(transparent)]
    File(#[from] WriteError),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pack_is_created_only_in_a_missing_or_empty_folder() {
        let root = tempfile::tempdir().unwrap();
        let file = |path: &str| PackFile { path: path.to_owned(), bytes: b"x".to_vec() };
        let files = [file("pack.toml"), file("sources/doc.md")];
        let folder = root.path().join("a/b");
        create(&folder, &files).unwrap();
        assert_eq!(read(&folder).unwrap().files.len(), 2);
        assert!(matches!(create(&folder, &files), Err(CreateError::NotEmpty { .. })));
        let empty = root.path().join("empty");
        std::fs::create_dir(&empty).unwrap();
        create(&empty, &files).unwrap();
        let is_file = folder.join("pack.toml");
        for occupied in [&is_file, &is_file.join("below")] {
            assert!(matches!(create(occupied, &files), Err(CreateError::Folder { .. })));
        }
    }

    fn texts(faq: &str, lexicon: &str) -> CuratedTexts {
        CuratedTexts { faq: faq.into(), lexicon: lexicon.into() }
    }

    /// A folder with these texts.
    fn folder_with(faq: &str, lexicon: &str) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in [(FAQ_FILE, faq), (LEXICON_FILE, lexicon)] {
            if !text.is_empty() {
                std::fs::write(folder.path().join(name), text).unwrap();
            }
        }
        folder
    }

    #[test]
    fn both_texts_are_replaced_or_none() {
        for (old, new) in
            [(("a", "b"), ("c", "d")), (("a", ""), ("c", "d")), (("a", "b"), ("c", ""))]
        {
            let (before, after) = (texts(old.0, old.1), texts(new.0, new.1));
            let folder = folder_with(old.0, old.1);
            let path = folder.path();
            assert!(replace_texts(path, &before, &after).unwrap());
            assert!(has_texts(path, &after));
            assert_eq!(path.join(LEXICON_FILE).exists(), !new.1.is_empty());
            put_back(path, &before, &after);
            assert!(has_texts(path, &before));
            assert_eq!(path.join(LEXICON_FILE).exists(), !old.1.is_empty());
            // Somebody has changed the second file.
            std::fs::write(path.join(LEXICON_FILE), "other").unwrap();
            assert!(!replace_texts(path, &before, &after).unwrap());
            assert!(has_texts(path, &texts(old.0, "other")));
        }
    }

    #[test]
    fn file_that_cannot_be_written_leaves_the_other_to_be_put_back() {
        let folder = folder_with("a", "");
        std::fs::create_dir(folder.path().join(LEXICON_FILE)).unwrap();
        let (before, after) = (texts("a", ""), texts("c", "d"));
        let replaced = replace_texts(folder.path(), &before, &after);
        assert!(matches!(replaced, Ok(false) | Err(_)), "{replaced:?}");
        put_back(folder.path(), &before, &after);
        assert!(has_text(&folder.path().join(FAQ_FILE), "a"));
    }

    #[cfg(unix)]
    #[test]
    fn link_to_a_lexicon_stays_when_its_last_group_goes() {
        let folder = folder_with("a", "");
        let (link, target) = (folder.path().join(LEXICON_FILE), folder.path().join("target"));
        std::fs::write(&target, "b").unwrap();
        std::os::unix::fs::symlink(&target, &link).unwrap();
        for (old, new) in [("b", ""), ("", "c")] {
            assert!(replace_texts(folder.path(), &texts("a", old), &texts("a", new)).unwrap());
            assert!(link.is_symlink());
            assert_eq!(std::fs::read_to_string(&target).unwrap(), new);
        }
    }
}
