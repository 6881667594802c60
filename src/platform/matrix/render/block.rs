//! A part of a message, as plain text and as HTML. All text is escaped.

use html_escape::{encode_double_quoted_attribute, encode_text};

use crate::conversation::layout::prefix_lines;

/// A part of a message, in both forms.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Block {
    pub(super) plain: String,
    pub(super) html: String,
}

/// URL schemes that are linked.
const SCHEMES: [&str; 2] = ["https://", "http://"];

/// Maximum length in bytes of a URL that is linked.
const MAX_URL_BYTES: usize = 512;

impl Block {
    /// `text` as a paragraph.
    pub(super) fn paragraph(text: &str) -> Self {
        Self { plain: replace_nul(text), html: format!("<p>{}</p>", escape(text)) }
    }

    /// `text` without markup around it.
    pub(super) fn inline(text: &str) -> Self {
        Self { plain: replace_nul(text), html: escape(text) }
    }

    /// This as a quote, with `citation` below it.
    pub(super) fn quoted(&self, citation: &Self) -> Self {
        let quoted = prefix_lines(&self.plain, "> ");
        Self {
            plain: format!("{quoted}\n{}", citation.plain),
            html: format!("<blockquote>{}</blockquote><p>{}</p>", self.html, citation.html),
        }
    }

    /// `blocks`, one below the other.
    pub(super) fn stacked(blocks: &[Self]) -> Self {
        let plain: Vec<&str> = blocks.iter().map(|block| block.plain.as_str()).collect();
        Self {
            plain: plain.join("\n\n"),
            html: blocks.iter().map(|block| block.html.as_str()).collect(),
        }
    }

    /// Size in bytes of both forms in an event.
    pub(super) fn n_bytes(&self) -> usize {
        json_length(&self.plain) + json_length(&self.html)
    }
}

/// `text` as HTML from which every parser restores the same characters.
pub(super) fn escape(text: &str) -> String {
    let text = replace_nul(text);
    // Parsers normalize a literal carriage return to a line feed.
    encode_text(&text).replace('\r', "&#13;").replace('\n', "<br>")
}

/// A link to `url` with the text `label`; `None` if the URL is too long, malformed or not of the
/// web.
pub(super) fn link(url: &str, label: &str) -> Option<String> {
    let is_web = SCHEMES.iter().any(|scheme| url.starts_with(scheme));
    if is_web { link_to(url, &escape(label)) } else { None }
}

/// A link to `url`, of any scheme, with `label`, which is HTML; `None` if the URL is too long or
/// malformed.
pub(super) fn link_to(url: &str, label: &str) -> Option<String> {
    if url.len() > MAX_URL_BYTES || url.contains(|c: char| c.is_control() || c == ' ') {
        return None;
    }
    Some(format!("<a href=\"{}\">{label}</a>", encode_double_quoted_attribute(url)))
}

/// `text` with each NUL replaced, since events must not contain one.
pub(super) fn replace_nul(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}

/// Bytes of `text` as a JSON string.
fn json_length(text: &str) -> usize {
    // Strings always serialize.
    serde_json::to_string(text).map_or(0, |json| json.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_made_for_web_urls_only() {
        let html = link("https://a.example/?b=1&c=\"", "x<y").unwrap();
        assert_eq!(html, "<a href=\"https://a.example/?b=1&amp;c=&quot;\">x&lt;y</a>");
        for url in ["javascript:alert(1)", "matrix:u/ada:example.org", "https://a b", "HTTPS:", ""]
        {
            assert_eq!(link(url, "x"), None, "{url}");
        }
    }
}
