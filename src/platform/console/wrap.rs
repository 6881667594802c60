//! Wraps lines of a terminal. Web addresses are never broken, so that they can be clicked and copied.

use std::ops::Range;

use anstyle::Style;
use textwrap::core::{Fragment, Word, display_width};
use textwrap::wrap_algorithms::{Penalties, wrap_first_fit, wrap_optimal_fit};
use textwrap::{WordSeparator, WordSplitter};

/// A part of a line, in one style.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Segment {
    /// The text, without control characters.
    pub(super) text: String,
    /// How it is displayed.
    pub(super) style: Style,
    /// Where it leads to when it is clicked.
    pub(super) address: Option<String>,
}

impl Segment {
    /// `text` without a style.
    pub(super) fn plain(text: &str) -> Self {
        Self { text: text.to_owned(), ..Self::default() }
    }

    /// A part of its text, with the codes of the terminal for style and address.
    fn displayed(&self, part: Range<usize>) -> String {
        let text = self.text.get(part).unwrap_or_default();
        if text.is_empty() {
            return String::new();
        }
        let style = self.style;
        let text =
            if style.is_plain() { text.to_owned() } else { format!("{style}{text}{style:#}") };
        match &self.address {
            Some(address) => {
                let address = encode(address);
                format!("\u{1b}]8;;{address}\u{1b}\\{text}\u{1b}]8;;\u{1b}\\")
            }
            None => text,
        }
    }
}

/// `address` with the characters escaped that terminals do not accept in addresses.
fn encode(address: &str) -> String {
    let mut encoded = String::with_capacity(address.len());
    let mut buffer = [0; 4];
    for c in address.chars() {
        if c.is_ascii_graphic() {
            encoded.push(c);
        } else {
            for byte in c.encode_utf8(&mut buffer).bytes() {
                encoded.push_str(&format!("%{byte:02X}"));
            }
        }
    }
    encoded
}

/// Options that break lines at whitespace only, so that "non-interference" and "Ctrl-D" stay whole.
pub fn wrap_options(width: usize) -> textwrap::Options<'static> {
    textwrap::Options::new(width).word_splitter(WordSplitter::NoHyphenation)
}

/// `text` in lines of at most `width` columns.
pub(super) fn wrap_text(text: &str, width: usize) -> Vec<String> {
    if !text.contains("://") {
        let lines = textwrap::wrap(text, wrap_options(width)).into_iter();
        return lines.map(|line| line.into_owned()).collect();
    }
    text.split('\n').flat_map(|line| wrap_line(&[Segment::plain(line)], width)).collect()
}

/// A line in lines of at most `width` columns.
pub(super) fn wrap_line(segments: &[Segment], width: usize) -> Vec<String> {
    let text: String = segments.iter().map(|segment| segment.text.as_str()).collect();
    if display_width(&text) <= width {
        return vec![displayed(segments, 0..text.trim_end_matches(' ').len())];
    }
    let words = words(&text, width);
    #[expect(clippy::cast_precision_loss, reason = "terminals are far narrower")]
    let widths = [width as f64];
    let lines = wrap_optimal_fit(&words, &widths, &Penalties::new())
        .unwrap_or_else(|_| wrap_first_fit(&words, &widths));
    let line = |words: &[Unbroken]| {
        let start = words.first().map_or(0, |word| word.span.start);
        let end = words.last().map_or(0, |word| word.span.end);
        displayed(segments, start..end)
    };
    lines.into_iter().map(line).collect()
}

/// A part of the text of `segments`.
fn displayed(segments: &[Segment], part: Range<usize>) -> String {
    let mut start = 0;
    let mut line = String::new();
    for segment in segments {
        let end = start + segment.text.len();
        let from = part.start.clamp(start, end) - start;
        let to = part.end.clamp(start, end) - start;
        line.push_str(&segment.displayed(from..to.max(from)));
        start = end;
    }
    line
}

/// A word that is not broken, with the white space after it.
#[derive(Debug)]
struct Unbroken {
    span: Range<usize>,
    width: f64,
    whitespace_width: f64,
}

impl Fragment for Unbroken {
    fn width(&self) -> f64 {
        self.width
    }

    fn whitespace_width(&self) -> f64 {
        self.whitespace_width
    }

    fn penalty_width(&self) -> f64 {
        0.0
    }
}

/// The words of `text`; those that are wider than `width` in parts, but for addresses.
fn words(text: &str, width: usize) -> Vec<Unbroken> {
    let addresses = addresses(text);
    let mut words: Vec<Unbroken> = Vec::new();
    let mut at = 0;
    let mut address_end = 0;
    for word in WordSeparator::new().find_words(text) {
        let span = at..at + word.word.len() + word.whitespace.len();
        at = span.end;
        let overlaps =
            |address: &&Range<usize>| address.start < span.end && span.start < address.end;
        let address = addresses.iter().find(overlaps);
        if span.start < address_end
            && let Some(last) = words.last_mut()
        {
            *last = unbroken(text, last.span.start, &word, span.start);
        } else if address.is_some() {
            words.push(unbroken(text, span.start, &word, span.start));
        } else {
            let mut start = span.start;
            for part in word.break_apart(width.max(1)) {
                words.push(unbroken(text, start, &part, start));
                start += part.word.len();
            }
        }
        address_end = address.map_or(address_end, |address| address.end);
    }
    words
}

/// The text from `start` to the end of `word`, which starts at `word_start`.
fn unbroken(text: &str, start: usize, word: &Word<'_>, word_start: usize) -> Unbroken {
    let span = start..word_start + word.word.len();
    #[expect(clippy::cast_precision_loss, reason = "a text has far fewer columns")]
    let width = |text: &str| display_width(text) as f64;
    Unbroken {
        width: width(text.get(span.clone()).unwrap_or_default()),
        whitespace_width: width(word.whitespace),
        span,
    }
}

/// The spans of the addresses in `text`, in order.
fn addresses(text: &str) -> Vec<Range<usize>> {
    let mut spans: Vec<Range<usize>> = Vec::new();
    for (at, _) in text.match_indices("://") {
        let (before, after) = text.split_at(at);
        let scheme = before.trim_end_matches(|c: char| c.is_ascii_alphanumeric());
        let is_in_address = |c: char| c.is_ascii_graphic() && !matches!(c, '<' | '>' | '"');
        let len = after.find(|c| !is_in_address(c)).unwrap_or(after.len());
        if scheme.len() < at && spans.last().is_none_or(|last| last.end <= scheme.len()) {
            spans.push(scheme.len()..at + len);
        }
    }
    spans
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_never_broken() {
        let address = "https://x.example/a/b-c?d=e&f=g#h";
        let rows = [
            (format!("see {address} now"), vec!["see", address, "now"]),
            (
                format!("a b ({address}), c"),
                vec!["a b", "(https://x.example/a/b-c?d=e&f=g#h),", "c"],
            ),
            (format!("詳細は{address}を見て"), vec!["詳細は", address, "を見て"]),
            ("aaaaaaaaaaaaaaa ://".to_owned(), vec!["aaaaaaaaaa", "aaaaa ://"]),
            (format!("a\n\n{address}"), vec!["a", "", address]),
        ];
        for (text, want) in rows {
            assert_eq!(wrap_text(&text, 10), want, "{text}");
        }
    }

    #[test]
    fn text_is_wrapped_as_without_styles() {
        let text = "The quick brown fox jumps over the lazy dog, and 日本語のテキスト too-much-hyphenated ";
        for width in 1..60 {
            let want: Vec<String> = textwrap::wrap(text, wrap_options(width))
                .into_iter()
                .map(|it| it.into_owned())
                .collect();
            let (head, tail) = text.split_at(7);
            let segments = [Segment::plain(head), Segment::plain(tail)];
            assert_eq!(wrap_line(&segments, width), want, "{width}");
        }
    }

    #[test]
    fn styles_and_links_end_with_their_line() {
        let link = Segment {
            text: "b c".to_owned(),
            style: Style::new().bold(),
            address: Some("https://ü".to_owned()),
        };
        let lines = wrap_line(&[Segment::plain("a "), link], 3);
        let part = |text: &str| {
            format!("\u{1b}]8;;https://%C3%BC\u{1b}\\\u{1b}[1m{text}\u{1b}[0m\u{1b}]8;;\u{1b}\\")
        };
        assert_eq!(lines, [format!("a {}", part("b")), part("c")]);
    }
}
