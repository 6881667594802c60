//! The front matter of a document, as static site generators write it: YAML between `---` lines or
//! TOML between `+++` lines.

use crate::knowledge::import::{Tree, front_matter};
use crate::knowledge::source::Metadata;
use crate::text::Language;

/// What a document says about itself before its text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Matter {
    /// Title, author and the like; empty where it does not say.
    pub(crate) metadata: Metadata,
    /// The language of the text.
    pub(crate) language: Option<Language>,
}

/// Divides a document into its front matter and its text; `None` if it starts with none. A document
/// that starts with a line `---` as an ornament has none: what follows is no mapping.
pub(crate) fn split(document: &str) -> Option<(Matter, &str)> {
    let document = document.trim_start_matches(['\r', '\n']);
    let (fields, text) = front_matter::split(document).ok()?;
    let fields = fields?;
    Some((matter(fields.as_map()?), text.trim_start_matches(['\r', '\n'])))
}

fn matter(fields: &[(String, Tree)]) -> Matter {
    let text = |keys: &[&str]| {
        let value = |key: &&str| {
            fields.iter().find(|(name, _)| name.eq_ignore_ascii_case(key)).map(|(_, value)| value)
        };
        keys.iter().filter_map(value).find_map(words)
    };
    let metadata = Metadata {
        title: text(&["title"]).unwrap_or_default(),
        standfirst: text(&["standfirst", "subtitle"]),
        author: text(&["author", "authors"]),
        publisher: text(&["publisher"]),
        url: text(&["url", "canonical_url", "canonical", "link", "permalink"])
            .filter(|url| url.contains("://")),
        published: text(&["published", "date", "pubdate", "publishdate", "publish_date"]),
        rights: text(&["rights", "license", "licence", "copyright"]),
        ..Metadata::default()
    };
    let language = text(&["language", "lang"]).map(|code| Language::new(&code));
    Matter { metadata, language }
}

/// The text of a value on one line: of a list, its members; of a person, the name.
fn words(value: &Tree) -> Option<String> {
    let text = match value {
        Tree::Text(text) => text.clone(),
        Tree::List(items) => items.iter().filter_map(words).collect::<Vec<_>>().join(", "),
        Tree::Map(_) => words(value.get("name")?)?,
        Tree::Nothing => return None,
    };
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    (!text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn front_matter_in_yaml_or_toml_is_read_and_other_lines_are_text() {
        let yaml = "---\ntitle: \"A: B\"\nauthor:\n  - name: Ann\n  - Bob\ndate: 2024-05-01\nlang: de\n\
                    url: https://a.org/x\ndraft: true\n---\n\nText.\n";
        let (matter, text) = split(yaml).unwrap();
        let metadata = &matter.metadata;
        assert_eq!((metadata.title.as_str(), text), ("A: B", "Text.\n"));
        assert_eq!(metadata.author.as_deref(), Some("Ann, Bob"));
        assert_eq!(metadata.published.as_deref(), Some("2024-05-01"));
        assert_eq!(metadata.url.as_deref(), Some("https://a.org/x"));
        assert_eq!(matter.language, Some(Language::new("de")));
        let toml = "+++\r\ntitle = 'T'\r\ndate = 2024-05-01T10:00:00Z\r\nlicense = \"MIT\"\r\n+++\r\nText.";
        let (matter, text) = split(toml).unwrap();
        assert_eq!((matter.metadata.title.as_str(), text), ("T", "Text."));
        assert_eq!(matter.metadata.published.as_deref(), Some("2024-05-01T10:00:00Z"));
        assert_eq!(matter.metadata.rights.as_deref(), Some("MIT"));
        for text in [
            "",
            "Text.",
            "---\n\nText.",
            "---\nText.\n---\nMore.",
            "+++\nText.\n+++\n",
            "---\n- a\n---\n",
            "---\n[\n---\n",
        ] {
            assert_eq!(split(text), None, "{text:?}");
        }
    }
}
