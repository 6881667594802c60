//! The text of an answer, taken out of its document.

use std::cmp::Reverse;
use std::ops::Range;

use super::blocks::ReferenceLink;
use super::document::{Document, starting_in};
use super::html_blocks;
use crate::knowledge::import::html;

/// The indentation of what belongs to a footnote, in spaces.
const FOOTNOTE_INDENT: usize = 4;

/// Cuts answers out of a document.
pub(super) struct AnswerText<'a> {
    document: &'a Document<'a>,
}

impl<'a> AnswerText<'a> {
    pub(super) fn new(document: &'a Document<'a>) -> Self {
        Self { document }
    }

    /// The Markdown of `span` as a document of its own: addresses of links stand beside them; the indentation of
    /// the item or definition it stands in, `indent` spaces, is removed; footnotes that it uses stand below it;
    /// elements around it, and rules, anchors and links to the top at its end, are left out.
    pub(super) fn of(&self, span: &Range<usize>, indent: usize) -> String {
        let text = self.with_addresses(span);
        let text = dedent(&text, indent);
        let text = without_wrappers(&text);
        let text = if html::is_fragment(without_end_matter(text)) {
            html::to_markdown(without_end_matter(text))
        } else {
            text.to_owned()
        };
        let mut text = without_end_matter(&html_blocks::as_markdown(&text)).to_owned();
        for (label, span) in self.document.footnotes.used_in(self.document.text(), span) {
            let note = dedent(&self.with_addresses(&span), FOOTNOTE_INDENT);
            text.extend(["\n\n[", label, "] ", note.trim()]);
        }
        text
    }

    /// The text with `[label][name]` as `[label](address)`, and without the definitions of names, since they
    /// may stand elsewhere.
    fn with_addresses(&self, span: &Range<usize>) -> String {
        let text = self.document.text();
        let links = starting_in(&self.document.reference_links, span, |link| link.span.start);
        let definitions = starting_in(&self.document.definitions, span, |span| span.start);
        let links = links.iter().map(|link| (link.span.clone(), self.written(link)));
        let definitions = definitions.iter().map(|span| (span.clone(), String::new()));
        let mut replaced: Vec<(Range<usize>, String)> = links
            .chain(definitions)
            .chain(self.document.footnotes.replacements(span))
            .filter(|(replaced, _)| replaced.end <= span.end)
            .collect();
        // The outer of two that start at one place comes first.
        replaced.sort_unstable_by_key(|(span, _)| (span.start, Reverse(span.end)));
        let mut written = String::with_capacity(span.len());
        let mut at = span.start;
        for (replaced, by) in replaced {
            if replaced.start < at {
                // An image in a link: the outer link was written.
                continue;
            }
            written.push_str(text.get(at..replaced.start).unwrap_or_default());
            written.push_str(&by);
            at = replaced.end;
        }
        written.push_str(text.get(at..span.end).unwrap_or_default());
        written
    }

    fn written(&self, link: &ReferenceLink) -> String {
        let label = self.document.text().get(link.inner.clone()).unwrap_or_default();
        let mark = if link.is_image { "!" } else { "" };
        let is_plain = !link
            .address
            .contains(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | '<' | '>'));
        if is_plain {
            format!("{mark}[{label}]({})", link.address)
        } else {
            format!("{mark}[{label}](<{}>)", link.address.replace(['<', '>'], ""))
        }
    }
}

/// The text without an indentation of at most `indent` spaces. The first line stands behind the question, or
/// has the indentation, too.
fn dedent(text: &str, indent: usize) -> String {
    let text = text.trim_start_matches('\n');
    if indent == 0 {
        return text.to_owned();
    }
    let dedent_line = |line: &str| -> String {
        let n_spaces = line.len() - line.trim_start_matches(' ').len();
        let line = line.get(n_spaces.min(indent)..).unwrap_or(line);
        // A further definition of the same term is a paragraph of its answer.
        line.strip_prefix(": ").map_or(line, str::trim_start).to_owned()
    };
    text.split('\n').map(dedent_line).collect::<Vec<_>>().join("\n")
}

/// The text without lines at its start that open or close an element around it (`<div class="x">`).
fn without_wrappers(text: &str) -> &str {
    let is_wrapper = |line: &str| {
        let name = line.trim_start_matches(['<', '/']);
        let name_len = name.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(name.len());
        let name = name.get(..name_len).unwrap_or_default().to_ascii_lowercase();
        matches!(&*name, "div" | "section" | "article" | "center" | "br")
            && line.starts_with('<')
            && line.ends_with('>')
            && line.matches('<').count() == 1
    };
    let mut text = text;
    loop {
        let start = text.trim_start();
        let (line, rest) = start.split_once('\n').unwrap_or((start, ""));
        if !is_wrapper(line.trim()) {
            return text;
        }
        text = rest;
    }
}

/// The text without lines at its end that are no part of an answer, and without marks of bold text and
/// punctuation at its start that closed the question.
fn without_end_matter(text: &str) -> &str {
    let start = text.trim_start_matches(['*', '_', '\\', ':']);
    // "**Question?**: answer" leaves a colon, "***" is a rule, "* " an item, "**" starts bold text.
    let text = if start.starts_with(['\n', ' ']) && !text.starts_with("* ") { start } else { text };
    let mut text = text.trim_end();
    loop {
        let line_start = text.rfind('\n').map_or(0, |at| at + 1);
        let line = text.get(line_start..).unwrap_or_default().trim();
        if line.is_empty() || !is_end_matter(line) {
            return text;
        }
        text = text.get(..line_start).unwrap_or_default().trim_end();
        if text.is_empty() {
            return text;
        }
    }
}

/// Whether a line is a rule, an anchor (`<a id="x"></a>`, `</details>`) or a link within the page ("back to
/// top").
fn is_end_matter(line: &str) -> bool {
    let is_rule = line.len() >= 3
        && ["-", "*", "_"].iter().any(|c| line.replace([' '], "").replace(c, "").is_empty());
    let is_tag = line.starts_with('<')
        && line.ends_with('>')
        && html::plain_text(line).is_empty()
        && !line.to_ascii_lowercase().ends_with("</pre>")
        && !line.contains("<img");
    let bare = line.trim_matches(|c: char| !matches!(c, '[' | ')'));
    let is_local_link = bare.starts_with('[')
        && bare.matches("](#").count() == 1
        && bare.ends_with(')')
        && bare.matches('[').count() == 1;
    is_rule || is_tag || (is_local_link && line.chars().count() - bare.chars().count() <= 8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answer_is_cut_out_with_what_it_needs_and_no_more() {
        let cases = [
            (
                "See [the rules][r].\n\n[r]: https://a.example/r",
                "See [the rules](https://a.example/r).",
            ),
            ("See [rules].\n\n[rules]: </r (1)>", "See [rules](</r (1)>)."),
            ("Run:\n\n    make\n", "Run:\n\n    make"),
            ("text\n\n---\n", "text"),
            ("text\n\n[Back to top](#top)\n\n<a id=\"x\"></a>\n", "text"),
            ("text\n\n[**⬆ back to top**](#top)", "text"),
            ("see [this](#this) and [that](#that)", "see [this](#this) and [that](#that)"),
            (": text", " text"),
            ("* one\n* two", "* one\n* two"),
            ("**Bold** text", "**Bold** text"),
        ];
        for (text, want) in cases {
            let document = Document::parse(text);
            assert_eq!(AnswerText::new(&document).of(&(0..text.len()), 0), want, "{text:?}");
        }
    }
}
