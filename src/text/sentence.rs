//! Sentences of a paragraph.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

/// Abbreviations that end in a full stop inside a sentence and are followed by a capital
/// (titles before names, initials of places). UAX #29 alone would end the sentence there.
const ABBREVIATIONS: [&str; 16] = [
    "Mr.", "Mrs.", "Ms.", "Dr.", "Prof.", "Gen.", "Col.", "Sen.", "Rep.", "Gov.", "St.", "No.",
    "vs.", "U.S.", "U.K.", "U.N.",
];

/// Byte spans of the sentences of `paragraph`, trimmed, in order.
///
/// Boundaries are those of Unicode Standard Annex #29, except that none is set behind one of a
/// few abbreviations. Closing quotation marks belong to the sentence they close.
pub fn sentences(paragraph: &str) -> Vec<Range<usize>> {
    let mut spans: Vec<Range<usize>> = Vec::new();
    let mut open: Option<usize> = None;
    for (at, piece) in paragraph.split_sentence_bound_indices() {
        let start = open.take().unwrap_or(at);
        let end = at + piece.len();
        if ABBREVIATIONS.iter().any(|word| ends_with_word(piece.trim_end(), word)) {
            open = Some(start);
        } else {
            spans.push(start..end);
        }
    }
    if let Some(start) = open {
        spans.push(start..paragraph.len());
    }
    spans.into_iter().filter_map(|span| trimmed(paragraph, span)).collect()
}

fn ends_with_word(text: &str, word: &str) -> bool {
    text.strip_suffix(word)
        .is_some_and(|before| before.chars().next_back().is_none_or(|c| !c.is_alphanumeric()))
}

fn trimmed(text: &str, span: Range<usize>) -> Option<Range<usize>> {
    let piece = text.get(span.clone())?;
    let start = span.start + piece.len() - piece.trim_start().len();
    let end = start + piece.trim().len();
    (start < end).then_some(start..end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_end_where_a_reader_would_end_them() {
        let cases: [(&str, &[&str]); 6] = [
            ("", &[]),
            ("One. Two!", &["One.", "Two!"]),
            ("the U.S. and its allies. It is", &["the U.S. and its allies.", "It is"]),
            ("He met Dr. Li. They spoke.", &["He met Dr. Li.", "They spoke."]),
            ("“borders,” Mitter added. China", &["“borders,” Mitter added.", "China"]),
            ("Why?\n\u{a0}Because.", &["Why?", "Because."]),
        ];
        for (paragraph, want) in cases {
            let got: Vec<&str> = sentences(paragraph).into_iter().map(|s| &paragraph[s]).collect();
            assert_eq!(got, want, "{paragraph:?}");
        }
    }
}
