//! A new pack of one source, and the files that it consists of.

use super::PackFile;
use super::pack::{FAQ_FILE, PACK_FILE, SOURCES_FOLDER};
use super::toml_text::plain;
use crate::text::normalize_word;

/// The longest file name of a source, in characters: enough to recognize the title.
const MAX_SLUG_CHARS: usize = 60;

/// The content of a new pack of one source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPack {
    /// The title of the pack and of its source.
    pub title: String,
    /// The source's text.
    pub body: String,
    /// The text of `faq.toml`.
    pub faq: String,
}

impl NewPack {
    /// The files, in the order of their paths.
    pub fn into_files(self) -> Vec<PackFile> {
        let title = plain(&self.title);
        let pack = format!(
            "title = {title}\n# The language of the questions in faq.toml, as two letters.\n\
             language = \"en\"\n"
        );
        let source = format!("+++\ntitle = {title}\n+++\n\n{}", self.body);
        let file = |path: String, text: String| PackFile { path, bytes: text.into_bytes() };
        vec![
            file(FAQ_FILE.to_owned(), self.faq),
            file(PACK_FILE.to_owned(), pack),
            file(format!("{SOURCES_FOLDER}/{}.md", slug(&self.title)), source),
        ]
    }
}

/// A file name made of a title: its words in lower case, joined by hyphens.
fn slug(title: &str) -> String {
    let words = title.split(|c: char| !c.is_alphanumeric() && c != '’' && c != '\'');
    let mut slug = String::new();
    for word in words {
        let word: String = normalize_word(word).chars().filter(|c| c.is_alphanumeric()).collect();
        let n_chars = slug.chars().count() + word.chars().count();
        if word.is_empty() || n_chars >= MAX_SLUG_CHARS {
            continue;
        }
        if !slug.is_empty() {
            slug.push('-');
        }
        slug.push_str(&word);
    }
    if slug.is_empty() { "source".to_owned() } else { slug }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slug_is_a_plain_file_name() {
        let cases = [
            ("Why did China not dispatch soldiers?", "why-did-china-not-dispatch-soldiers"),
            ("The PLA’s “Żółw”", "the-plas-zołw"),
            ("../../etc/passwd", "etc-passwd"),
            ("北京", "北京"),
            (" --- ", "source"),
            (&"word ".repeat(50), "word-word-word-word-word-word-word-word-word-word-word-word"),
        ];
        for (title, want) in cases {
            assert_eq!(slug(title), want, "{title:?}");
        }
    }
}
