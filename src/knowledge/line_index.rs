//! Conversion of byte offsets to lines and columns.

use std::ops::Range;

/// The starts of a text's lines, so that the line of an offset is found in O(log n).
#[derive(Debug, Clone)]
pub struct LineIndex<'t> {
    text: &'t str,
    starts: Vec<usize>,
}

impl<'t> LineIndex<'t> {
    /// Indexes `text` in one pass.
    pub fn new(text: &'t str) -> Self {
        let after_breaks = memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| at + 1);
        Self { text, starts: std::iter::once(0).chain(after_breaks).collect() }
    }

    /// Line and column of a byte offset, both from 1; columns count characters. An offset inside a
    /// character counts as the next character's, one past the end as the end's.
    pub fn line_and_column(&self, offset: usize) -> (usize, usize) {
        let offset = (offset..self.text.len()).find(|at| self.text.is_char_boundary(*at));
        let offset = offset.unwrap_or(self.text.len());
        let line = self.starts.partition_point(|start| *start <= offset);
        let start = line.checked_sub(1).and_then(|idx| self.starts.get(idx)).copied().unwrap_or(0);
        let n_before = self.text.get(start..offset).map_or(0, |before| before.chars().count());
        (line, n_before + 1)
    }

    /// The span (UTF-8 bytes) of a line, numbered from 1, without its line break.
    pub fn line_span(&self, number: usize) -> Option<Range<usize>> {
        let start = *self.starts.get(number.checked_sub(1)?)?;
        let end = self.starts.get(number).map_or(self.text.len(), |next| next - 1);
        let line = self.text.get(start..end)?;
        Some(start..start + line.strip_suffix('\r').unwrap_or(line).len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_columns_count_from_one_in_characters() {
        let lines = LineIndex::new("a\n’b\r\n");
        let cases = [(0, (1, 1)), (1, (1, 2)), (2, (2, 1)), (3, (2, 2)), (5, (2, 2)), (99, (3, 1))];
        for (offset, want) in cases {
            assert_eq!(lines.line_and_column(offset), want, "{offset}");
        }
        assert_eq!(LineIndex::new("").line_and_column(0), (1, 1));
    }

    #[test]
    fn line_span_excludes_its_line_break() {
        let lines = LineIndex::new("a\n’b\r\n");
        let cases = [(0, None), (1, Some(0..1)), (2, Some(2..6)), (3, Some(8..8)), (4, None)];
        for (number, want) in cases {
            assert_eq!(lines.line_span(number), want, "{number}");
        }
    }
}
