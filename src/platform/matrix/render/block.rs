//! A part of a message, in plain text and in HTML, shown as it stands.

use html_escape::{encode_double_quoted_attribute, encode_text};

/// A part of a message.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Block {
    pub(super) plain: String,
    pub(super) html: String,
}

/// Schemes of addresses that are linked to.
const SCHEMES: [&str; 2] = ["https://", "http://"];

/// Characters of the longest address that is linked to.
const MAX_ADDRESS: usize = 512;

impl Block {
    /// `text` as a paragraph.
    pub(super) fn paragraph(text: &str) -> Self {
        Self { plain: whole(text), html: format!("<p>{}</p>", escape(text)) }
    }

    /// `text` alone.
    pub(super) fn words(text: &str) -> Self {
        Self { plain: whole(text), html: escape(text) }
    }

    /// `text` as a quote, and `place` below it.
    pub(super) fn quote(text: &str, place: &Self) -> Self {
        let lines: Vec<String> = whole(text).split('\n').map(|line| format!("> {line}")).collect();
        Self {
            plain: format!("{}\n{}", lines.join("\n"), place.plain),
            html: format!("<blockquote>{}</blockquote><p>{}</p>", escape(text), place.html),
        }
    }

    /// All `blocks`, one below the other.
    pub(super) fn stacked(blocks: &[Self]) -> Self {
        let plain: Vec<&str> = blocks.iter().map(|block| block.plain.as_str()).collect();
        Self {
            plain: plain.join("\n\n"),
            html: blocks.iter().map(|block| block.html.as_str()).collect(),
        }
    }

    /// Bytes that it takes in an event.
    pub(super) fn n_bytes(&self) -> usize {
        json_length(&self.plain) + json_length(&self.html)
    }
}

/// `text` in HTML, of which every parser gives back the same characters.
pub(super) fn escape(text: &str) -> String {
    let text = whole(text);
    // Parsers take a bare carriage return for a line feed.
    encode_text(&text).replace('\r', "&#13;").replace('\n', "<br>")
}

/// A link to `url` that shows `label`; `None` if it leads nowhere that people should go.
pub(super) fn link(url: &str, label: &str) -> Option<String> {
    let is_web = SCHEMES.iter().any(|scheme| url.starts_with(scheme));
    if !is_web || url.len() > MAX_ADDRESS || url.contains(|c: char| c.is_control() || c == ' ') {
        return None;
    }
    Some(format!("<a href=\"{}\">{}</a>", encode_double_quoted_attribute(url), escape(label)))
}

/// `text` without the one character that no event may hold.
fn whole(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}

/// Bytes of `text` as a JSON string.
fn json_length(text: &str) -> usize {
    // A text is always JSON.
    serde_json::to_string(text).map_or(0, |written| written.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_web_is_linked_to() {
        let shown = link("https://a.example/?b=1&c=\"", "x<y").unwrap();
        assert_eq!(shown, "<a href=\"https://a.example/?b=1&amp;c=&quot;\">x&lt;y</a>");
        for url in ["javascript:alert(1)", "matrix:u/ada:example.org", "https://a b", "HTTPS:", ""]
        {
            assert_eq!(link(url, "x"), None, "{url}");
        }
    }
}
