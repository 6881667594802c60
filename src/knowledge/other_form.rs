//! The words of a quote in another Unicode form than its source has them in: "é" as one code point,
//! or as a letter and an accent.

use std::ops::Range;

use unicode_normalization::UnicodeNormalization;
use unicode_segmentation::UnicodeSegmentation;

use super::Source;
use crate::text::whitespace::Folded;

/// The first span of `source` (UTF-8 bytes of its body) that is canonically equivalent to `text`,
/// apart from white space; `None` if there is none.
pub(crate) fn find(source: &Source, text: &str) -> Option<Range<usize>> {
    if text.is_ascii() {
        return None;
    }
    let wanted = Decomposed::new(Folded::new(text).as_str());
    let folded = Folded::new(source.body());
    let body = Decomposed::new(folded.as_str());
    memchr::memmem::find_iter(body.text.as_bytes(), wanted.text.as_bytes())
        .find_map(|at| body.original_span(at..at + wanted.text.len()))
        .map(|span| folded.original_span(&span))
}

/// A text in normalization form D.
struct Decomposed {
    text: String,
    /// The starts of the graphemes, and the end: `(decomposed offset, original offset)`, ascending.
    starts: Vec<(usize, usize)>,
}

impl Decomposed {
    fn new(original: &str) -> Self {
        let mut text = String::with_capacity(original.len());
        let mut starts = Vec::new();
        for (at, grapheme) in original.grapheme_indices(true) {
            starts.push((text.len(), at));
            text.extend(grapheme.nfd());
        }
        starts.push((text.len(), original.len()));
        Self { text, starts }
    }

    /// The original span; `None` if it does not start and end at graphemes.
    fn original_span(&self, span: Range<usize>) -> Option<Range<usize>> {
        let original = |at: usize| {
            let idx = self.starts.binary_search_by_key(&at, |(decomposed, _)| *decomposed).ok()?;
            self.starts.get(idx).map(|(_, original)| *original)
        };
        Some(original(span.start)?..original(span.end)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::knowledge::source::Metadata;

    #[test]
    fn canonically_equivalent_words_are_found_and_others_are_not() {
        let body = "Un re\u{301}sume\u{301}\nvoilà. Å 각 ok.\n\nDone.";
        let source = Source::new("doc", Metadata::default(), body.to_owned());
        let cases = [
            ("résumé voilà.", Some("re\u{301}sume\u{301}\nvoilà.")),
            ("voila\u{300}.", Some("voilà.")),
            ("A\u{30a} \u{1100}\u{1161}\u{11a8} ok", Some("Å 각 ok")),
            ("\u{212b} 각", Some("Å 각")),
            ("resume voila.", None),
            ("résume voilà.", None),
            ("Done.", None),
        ];
        for (text, want) in cases {
            let got = find(&source, text).and_then(|span| body.get(span));
            assert_eq!(got, want, "{text:?}");
        }
    }
}
