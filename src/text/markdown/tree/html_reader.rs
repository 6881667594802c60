//! HTML in a document: its text, and the tags that are markup.

use html_escape::decode_html_entities;

use super::TreeBuilder;
use super::line::InlineKind;
use crate::text::markdown::html::{HtmlKind, HtmlTag, parts};
use crate::text::rich_text::Inline;

impl TreeBuilder<'_> {
    /// Reads HTML.
    pub(super) fn read_html(&mut self, html: &str) {
        for part in parts(html) {
            match part.kind {
                HtmlKind::Text(text) => self.push_html_text(text),
                HtmlKind::Tag(tag) if tag.is_inline() => self.read_inline_tag(&tag),
                HtmlKind::Tag(tag) if tag.name == "br" => self.line.push(Inline::LineBreak),
                HtmlKind::Tag(tag) if matches!(tag.name.as_str(), "td" | "th" | "wbr") => {
                    self.line.push_text(" ");
                }
                // In a cell, lines of HTML are parts of it.
                HtmlKind::Tag(_) if self.blocks.is_in_table() => self.line.push_text(" "),
                HtmlKind::Tag(_) => self.end_line(),
                HtmlKind::Hidden => {}
            }
        }
    }

    /// Adds the text of HTML, in which white space is a space.
    fn push_html_text(&mut self, text: &str) {
        let text = decode_html_entities(text);
        let mut words = text.split_whitespace().collect::<Vec<_>>().join(" ");
        if text.starts_with(char::is_whitespace) {
            words.insert(0, ' ');
        }
        if words != " " && text.ends_with(char::is_whitespace) {
            words.push(' ');
        }
        self.line.push_text(&words);
    }

    fn read_inline_tag(&mut self, tag: &HtmlTag<'_>) {
        if tag.is_end {
            self.line.close_element(&tag.name);
            return;
        }
        let kind = match tag.name.as_str() {
            "b" | "strong" => InlineKind::Strong,
            "i" | "em" => InlineKind::Emphasis,
            "s" | "del" | "strike" => InlineKind::Strikethrough,
            "code" | "kbd" | "samp" | "tt" => InlineKind::Code,
            "a" => match tag.attribute("href") {
                Some(href) => InlineKind::Link(self.address(&decode_html_entities(&href))),
                None => return,
            },
            "img" => {
                self.push_image(tag);
                return;
            }
            _ => return,
        };
        self.line.open(kind, Some(tag.name.clone()));
    }

    fn push_image(&mut self, tag: &HtmlTag<'_>) {
        let attribute = |name: &str| tag.attribute(name).unwrap_or_default();
        let (text, source) = (attribute("alt"), attribute("src"));
        let address = self.address(&decode_html_entities(&source));
        let is_open = self.line.open(InlineKind::Link(address), None);
        self.line.push_text(&decode_html_entities(&text));
        if is_open {
            self.line.close();
        }
    }
}
