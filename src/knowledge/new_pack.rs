//! A new pack of one source, and the files that it consists of.

use super::PackFile;
use super::pack::{FAQ_FILE, PACK_FILE, SOURCES_FOLDER};
use super::slug::slug;
use super::source::{Format, Metadata};
use super::toml_text::plain;
use crate::text::Language;

/// The longest file name of a source, in characters: enough to recognize the title.
const MAX_NAME_CHARS: usize = 60;

/// The content of a new pack of one source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPack {
    /// The title of the pack and of its source, and what else is known about the source.
    pub metadata: Metadata,
    /// The language of its questions, if it is known.
    pub language: Option<Language>,
    /// The source's text.
    pub body: String,
    /// The text of `faq.toml`.
    pub faq: String,
}

impl NewPack {
    /// The files, in the order of their paths.
    pub fn into_files(self) -> Vec<PackFile> {
        let title = &self.metadata.title;
        let mut pack = format!("title = {}\n", plain(title));
        if let Some(language) = &self.language {
            pack.push_str(&format!(
                "# The language of the questions in faq.toml, as two letters.\nlanguage = {}\n",
                plain(language.code())
            ));
        }
        let file = |path: String, text: String| PackFile { path, bytes: text.into_bytes() };
        let source_path = format!("{SOURCES_FOLDER}/{}.md", source_name(title));
        vec![
            file(FAQ_FILE.to_owned(), self.faq),
            file(PACK_FILE.to_owned(), pack),
            file(source_path, new_source(&self.metadata, &self.body)),
        ]
    }
}

/// The text of a new source file.
pub fn new_source(metadata: &Metadata, body: &str) -> String {
    let Metadata { title, standfirst, author, publisher, url, published, rights, format } =
        metadata;
    let format = (*format == Format::Markdown).then(|| "markdown".to_owned());
    let keys = [
        ("standfirst", standfirst),
        ("author", author),
        ("publisher", publisher),
        ("url", url),
        ("published", published),
        ("rights", rights),
        ("format", &format),
    ];
    let known = keys.into_iter().filter_map(|(key, text)| Some((key, text.as_deref()?)));
    let lines: String = known.map(|(key, text)| format!("{key} = {}\n", plain(text))).collect();
    format!("+++\ntitle = {}\n{lines}+++\n\n{body}", plain(title))
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
