//! The files of an import: one file, or those of a folder.

use std::collections::HashSet;
use std::io;
use std::path::{Path, PathBuf};

use crate::knowledge::import::{Conversion, Format};

/// The largest file that is imported, in bytes. The pack that is made of it has to be small enough to be read.
pub const MAX_FILE_BYTES: u64 = 128 * 1024 * 1024;

/// The largest file of a format that is read as a whole document, in bytes: some five million words.
const MAX_DOCUMENT_BYTES: u64 = 32 * 1024 * 1024;

/// Most files of a folder.
const MAX_FILES: usize = 20_000;

/// Most bytes of all files of a folder.
const MAX_TOTAL_BYTES: u64 = 256 * 1024 * 1024;

/// Folders that never hold what a folder was made for.
const SKIPPED_FOLDERS: [&str; 3] = ["node_modules", "target", "vendor"];

/// A file to import.
#[derive(Debug)]
pub struct ImportFile {
    /// Its path as given, or below the folder that was given.
    pub path: String,
    /// What it holds.
    pub bytes: Vec<u8>,
}

/// Reads the file `path`, or all files below the folder `path` whose name tells a format that can be imported or a
/// plain text, in the order of their paths. Hidden files are left out; a folder that links lead to again is read once.
///
/// # Errors
/// [`ImportFilesError`] if something cannot be read or is too large, or if the folder has no such file.
pub fn read(path: &Path) -> Result<Vec<ImportFile>, ImportFilesError> {
    let unreadable = |source| ImportFilesError::Unreadable { path: path.to_owned(), source };
    let metadata = std::fs::metadata(path).map_err(unreadable)?;
    if !metadata.is_dir() {
        return Ok(vec![read_file(path, path.to_string_lossy().into_owned())?]);
    }
    let mut found = Vec::new();
    let mut other = None;
    let mut seen = HashSet::new();
    let mut folders = vec![path.to_owned()];
    while let Some(folder) = folders.pop() {
        let real = folder
            .canonicalize()
            .map_err(|source| ImportFilesError::Unreadable { path: folder.clone(), source })?;
        if seen.insert(real) {
            other = list(&folder, &mut folders, &mut found)?.or(other);
        }
        if found.len() > MAX_FILES {
            return Err(ImportFilesError::TooMany { path: path.to_owned() });
        }
    }
    if found.is_empty() {
        let path = path.to_owned();
        return Err(match other {
            Some(conversion) => ImportFilesError::Conversion { path, conversion },
            None => ImportFilesError::NoFile { path },
        });
    }
    found.sort_unstable();
    let mut files = Vec::with_capacity(found.len());
    let mut n_bytes = 0;
    for file in found {
        let shown = file.strip_prefix(path).unwrap_or(&file).to_string_lossy().into_owned();
        let file = read_file(&file, shown)?;
        n_bytes += u64::try_from(file.bytes.len()).unwrap_or(u64::MAX);
        if n_bytes > MAX_TOTAL_BYTES {
            return Err(ImportFilesError::TooLarge {
                path: path.to_owned(),
                limit_bytes: MAX_TOTAL_BYTES,
            });
        }
        files.push(file);
    }
    Ok(files)
}

/// Adds the folders and files in `folder` to the lists. Returns the format of a file that has to be converted first, if there is
/// one.
fn list(
    folder: &Path,
    folders: &mut Vec<PathBuf>,
    files: &mut Vec<PathBuf>,
) -> Result<Option<Conversion>, ImportFilesError> {
    let mut other = None;
    let unreadable = |source| ImportFilesError::Unreadable { path: folder.to_owned(), source };
    for item in std::fs::read_dir(folder).map_err(unreadable)? {
        let item = item.map_err(unreadable)?;
        let name = item.file_name().to_string_lossy().into_owned();
        let path = item.path();
        // A link to nothing is no file.
        let Ok(metadata) = std::fs::metadata(&path) else { continue };
        if name.starts_with('.') {
            continue;
        }
        if metadata.is_dir() {
            if !SKIPPED_FOLDERS.contains(&&*name) {
                folders.push(path);
            }
            continue;
        }
        match Format::of_name(&name) {
            Ok(format) if format.is_some() || is_plain_text(&path) => files.push(path),
            Ok(_) => {}
            Err(conversion) => other = Some(conversion),
        }
    }
    Ok(other)
}

/// Whether a name says that a file is a text; its content tells the format.
fn is_plain_text(path: &Path) -> bool {
    let extension = path.extension().unwrap_or_default();
    ["txt", "text"].iter().any(|text| extension.eq_ignore_ascii_case(text))
}

fn read_file(path: &Path, shown: String) -> Result<ImportFile, ImportFilesError> {
    let unreadable = |source| ImportFilesError::Unreadable { path: path.to_owned(), source };
    let metadata = std::fs::metadata(path).map_err(unreadable)?;
    if !metadata.is_file() {
        let source = io::Error::other("it is neither a file nor a folder");
        return Err(ImportFilesError::Unreadable { path: path.to_owned(), source });
    }
    let is_of_lines =
        matches!(Format::of_name(&shown), Ok(Some(Format::JsonLines | Format::Table)));
    let limit_bytes = if is_of_lines { MAX_FILE_BYTES } else { MAX_DOCUMENT_BYTES };
    if metadata.len() > limit_bytes {
        return Err(ImportFilesError::TooLarge { path: path.to_owned(), limit_bytes });
    }
    let bytes = std::fs::read(path).map_err(unreadable)?;
    Ok(ImportFile { path: shown, bytes })
}

/// Why the files of an import cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ImportFilesError {
    /// The system refuses.
    #[error("cannot read {}", path.display())]
    Unreadable {
        /// The file or folder.
        path: PathBuf,
        /// The system's error.
        source: io::Error,
    },
    /// A file, or all files together, are too large.
    #[error("{} has more than {} MB, the limit of an import; divide it", path.display(), limit_bytes / 1024 / 1024)]
    TooLarge {
        /// The file or folder.
        path: PathBuf,
        /// The limit in bytes.
        limit_bytes: u64,
    },
    /// The folder has more files than any FAQ.
    #[error("{} has more than {MAX_FILES} files; give the folder of the FAQ alone", path.display())]
    TooMany {
        /// The folder.
        path: PathBuf,
    },
    /// The folder has only files that have to be converted first.
    #[error("{} has only files that cannot be read, of {}: {}", path.display(), conversion.name, conversion.how)]
    Conversion {
        /// The folder.
        path: PathBuf,
        /// Their format.
        conversion: Conversion,
    },
    /// The folder has no file of a format that can be imported.
    #[error(
        "{} has no file that can be imported (.md, .txt, .csv, .tsv, .json, .jsonl, .yaml, .toml, .html)",
        path.display()
    )]
    NoFile {
        /// The folder.
        path: PathBuf,
    },
}

impl ImportFilesError {
    /// Whether the files themselves are refused, and not what the user gave as the path.
    pub fn is_of_content(&self) -> bool {
        matches!(self, Self::TooLarge { .. } | Self::TooMany { .. } | Self::Conversion { .. })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folder_is_read_once_whatever_links_it_has() {
        let root = tempfile::tempdir().unwrap();
        let path = |name: &str| root.path().join(name);
        std::fs::create_dir_all(path("b/c")).unwrap();
        std::fs::create_dir_all(path(".git")).unwrap();
        for name in
            ["z.md", "b/a.md", "b/c/x.csv", ".git/y.md", "b/image.png", "b/.hidden.md", "c.TXT"]
        {
            std::fs::write(path(name), "x").unwrap();
        }
        std::os::unix::fs::symlink(root.path(), path("b/c/circle")).unwrap();
        std::os::unix::fs::symlink("nowhere", path("gone.md")).unwrap();
        let paths: Vec<String> =
            read(root.path()).unwrap().into_iter().map(|file| file.path).collect();
        assert_eq!(paths, ["b/a.md", "b/c/x.csv", "c.TXT", "z.md"]);
        assert!(matches!(read(&path(".git/none")), Err(ImportFilesError::Unreadable { .. })));
        assert!(matches!(read(&path("b/image.png")), Ok(files) if files.len() == 1));
        std::fs::create_dir(path("empty")).unwrap();
        assert!(matches!(read(&path("empty")), Err(ImportFilesError::NoFile { .. })));
    }
}
