//! Whitespace folding with a map of offsets back to the original.
//!
//! Quotes are checked on folded text, in which each run of whitespace is one space. The original
//! span is displayed, so offsets must map back.

use std::ops::Range;

/// Text with whitespace runs collapsed and ends trimmed; spans map back to the original.
#[derive(Debug, Clone)]
pub struct Folded {
    text: String,
    /// Pairs of `(folded offset, original offset)` in UTF-8 bytes, one wherever their difference
    /// changes, ascending.
    anchors: Vec<(usize, usize)>,
}

impl Folded {
    /// Folds `original`.
    pub fn new(original: &str) -> Self {
        let mut text = String::with_capacity(original.len());
        let mut anchors: Vec<(usize, usize)> = Vec::new();
        let mut in_whitespace = false;
        for (at, c) in original.char_indices() {
            if c.is_whitespace() {
                in_whitespace = true;
                continue;
            }
            if in_whitespace && !text.is_empty() {
                text.push(' ');
            }
            in_whitespace = false;
            let distance = at - text.len();
            if anchors.last().is_none_or(|(folded, kept)| kept - folded != distance) {
                anchors.push((text.len(), at));
            }
            text.push(c);
        }
        Self { text, anchors }
    }

    /// The folded text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The span of the original that the folded `span` corresponds to. `span` is in UTF-8 bytes,
    /// must not be empty, must be on character boundaries, and must start and end outside
    /// whitespace.
    pub fn original_span(&self, span: &Range<usize>) -> Range<usize> {
        let last = span.end.saturating_sub(1);
        self.original_offset(span.start)..self.original_offset(last) + 1
    }

    /// The first folded offset at or after the original offset `at`.
    pub fn folded_offset(&self, at: usize) -> usize {
        let next = self.anchors.partition_point(|(_, original)| *original <= at);
        let ahead = self.anchors.get(next).map_or(self.text.len(), |(folded, _)| *folded);
        match next.checked_sub(1).and_then(|idx| self.anchors.get(idx)) {
            Some((folded, original)) => (folded + (at - original)).min(ahead),
            None => 0,
        }
    }

    fn original_offset(&self, at: usize) -> usize {
        let next = self.anchors.partition_point(|(folded, _)| *folded <= at);
        match next.checked_sub(1).and_then(|idx| self.anchors.get(idx)) {
            Some((folded, original)) => original + (at - folded),
            None => at,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn whitespace_runs_are_folded_into_one_space() {
        let cases =
            [("", ""), (" \n", ""), ("a  b", "a b"), ("\ta\n\n b\u{a0}c ", "a b c"), ("x", "x")];
        for (original, want) in cases {
            assert_eq!(Folded::new(original).as_str(), want, "{original:?}");
        }
    }

    proptest! {
        #[test]
        fn folded_spans_map_back_to_the_same_words(
            original in "[a-c\u{e9}“ \n\u{a0}]{0,40}", from in 0usize..40, to in 0usize..40,
        ) {
            let folded = Folded::new(&original);
            let Some(part) = folded.as_str().get(from..to) else { return Ok(()) };
            let trimmed = part.trim();
            if trimmed.is_empty() { return Ok(()) }
            let start = from + (part.len() - part.trim_start().len());
            let span = folded.original_span(&(start..start + trimmed.len()));
            let found = original.get(span.clone()).expect("a span on character boundaries");
            let refolded = Folded::new(found);
            prop_assert_eq!(refolded.as_str(), trimmed);
            prop_assert_eq!(folded.folded_offset(span.start), start);
        }
    }
}
