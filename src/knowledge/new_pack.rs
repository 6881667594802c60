//! A new pack of one source, and the files that it consists of.

use super::PackFile;
use super::pack::{FAQ_FILE, PACK_FILE, SOURCES_FOLDER};
use super::slug::slug;
use super::toml_text::plain;
use crate::text::Language;

/// The longest file name of a source, in characters: enough to recognize the title.
const MAX_NAME_CHARS: usize = 60;

/// The content of a new pack of one source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPack {
    /// The title of the pack and of its source.
    pub title: String,
    /// The language of its questions, if it is known.
    pub language: Option<Language>,
    /// Whether the source's text is Markdown.
    pub is_markdown: bool,
    /// The source's text.
    pub body: String,
    /// The text of `faq.toml`.
    pub faq: String,
}

impl NewPack {
    /// The files, in the order of their paths.
    pub fn into_files(self) -> Vec<PackFile> {
        let title = plain(&self.title);
        let mut pack = format!("title = {title}\n");
        if let Some(language) = &self.language {
            pack.push_str(&format!(
                "# The language of the questions in faq.toml, as two letters.\nlanguage = {}\n",
                plain(language.code())
            ));
        }
        let source = new_source(&self.title, self.is_markdown, &self.body);
        let file = |path: String, text: String| PackFile { path, bytes: text.into_bytes() };
        vec![
            file(FAQ_FILE.to_owned(), self.faq),
            file(PACK_FILE.to_owned(), pack),
            file(format!("{SOURCES_FOLDER}/{}.md", source_name(&self.title)), source),
        ]
    }
}

/// The text of a new source file.
pub fn new_source(title: &str, is_markdown: bool, body: &str) -> String {
    let format = if is_markdown { "format = \"markdown\"\n" } else { "" };
    format!("+++\ntitle = {}\n{format}+++\n\n{body}", plain(title))
}

/// The source file `old` with another text. Its front matter stays; it is told that the text is Markdown if it is.
pub fn with_body(old: &str, body_start: usize, is_markdown: bool, body: &str) -> String {
    let matter = old.get(..body_start).unwrap_or_default();
    let is_told = matter.lines().any(|line| line.trim_start().starts_with("format"));
    let fence = matter.trim_end().rfind('\n').map_or(0, |at| at + 1);
    if is_markdown && !is_told {
        let (before, fence) = matter.split_at_checked(fence).unwrap_or((matter, ""));
        return format!("{before}format = \"markdown\"\n{fence}\n{body}");
    }
    format!("{matter}\n{body}")
}

/// The name of a source with this title, which is its file's without extension.
pub fn source_name(title: &str) -> String {
    let name = slug(title, MAX_NAME_CHARS);
    if name.is_empty() { "source".to_owned() } else { name }
}
