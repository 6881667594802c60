//! The files of a folder, of which some are no FAQ.

use super::field_choice::FieldChoice;
use super::format::Format;
use super::{FileReading, ReadError, read_file};

/// Names of the files of usual programs.
const TOOL_FILES: [&str; 28] = [
    "book.toml",
    "cargo.toml",
    "composer.json",
    "config.json",
    "config.toml",
    "config.yaml",
    "config.yml",
    "deno.json",
    "docker-compose.yaml",
    "docker-compose.yml",
    "hugo.toml",
    "hugo.yaml",
    "jsconfig.json",
    "lerna.json",
    "manifest.json",
    "mkdocs.yaml",
    "mkdocs.yml",
    "netlify.toml",
    "package-lock.json",
    "package.json",
    "pnpm-lock.yaml",
    "pyproject.toml",
    "renovate.json",
    "settings.json",
    "tsconfig.json",
    "turbo.json",
    "vercel.json",
    "zola.toml",
];

/// A file of a folder.
#[derive(Debug)]
pub enum FileOfFolder {
    /// One that holds questions.
    Faq(FileReading),
    /// One that is left out.
    NoFaq(NoFaq),
}

/// Why a file of a folder is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoFaq {
    /// It is the configuration of a program, or says something about the files beside it.
    Configuration,
    /// It holds no questions.
    NoQuestions,
    /// It is empty.
    Empty,
}

/// Reads a file of a folder that has several, as [`read_file`] does.
///
/// # Errors
/// [`ReadError`] if it is no text, malformed, or in a format that another program has to convert.
pub fn read_file_of_folder(
    file: usize,
    path: &str,
    bytes: &[u8],
    fields: &FieldChoice,
) -> Result<FileOfFolder, ReadError> {
    if is_configuration(path) {
        return Ok(FileOfFolder::NoFaq(NoFaq::Configuration));
    }
    match read_file(file, path, bytes, fields) {
        Ok(reading) if reading.is_faq => Ok(FileOfFolder::Faq(reading)),
        Ok(_) | Err(ReadError::UnknownFormat) => Ok(FileOfFolder::NoFaq(NoFaq::NoQuestions)),
        Err(ReadError::Empty) => Ok(FileOfFolder::NoFaq(NoFaq::Empty)),
        Err(problem) => Err(problem),
    }
}

/// Whether the name of a file is that of configuration, or of data about the files beside it.
fn is_configuration(path: &str) -> bool {
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path).to_ascii_lowercase();
    let is_data = matches!(
        Format::of_name(&name),
        Ok(Some(Format::Json | Format::JsonLines | Format::Yaml | Format::Toml))
    );
    let is_named =
        name.starts_with('_') || name.contains(".config.") || TOOL_FILES.contains(&&*name);
    name.ends_with(".lock") || (is_data && is_named)
}
