//! Lines and columns of byte offsets.

use std::ops::Range;

/// Where the lines of a text start, so that each place is found in O(log n).
#[derive(Debug, Clone)]
pub struct LineIndex<'t> {
    text: &'t str,
    starts: Vec<usize>,
}

impl<'t> LineIndex<'t> {
    /// Looks at `text` once.
    pub fn new(text: &'t str) -> Self {
        let behind_breaks = memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| at + 1);
        Self { text, starts: std::iter::once(0).chain(behind_breaks).collect() }
    }

    /// Line and column, both from 1, of a byte offset; columns count characters. An offset past
    /// the end or inside a character counts as the next place that exists.
    pub fn line_and_column(&self, offset: usize) -> (usize, usize) {
        let offset = (offset..self.text.len()).find(|at| self.text.is_char_boundary(*at));
        let offset = offset.unwrap_or(self.text.len());
        let line = self.starts.partition_point(|start| *start <= offset);
        let start = line.checked_sub(1).and_then(|idx| self.starts.get(idx)).copied().unwrap_or(0);
        let n_before = self.text.get(start..offset).map_or(0, |before| before.chars().count());
        (line, n_before + 1)
    }

    /// Where a line, numbered from 1, stands (UTF-8 bytes), without its line break.
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
    fn a_line_stands_between_its_breaks() {
        let lines = LineIndex::new("a\n’b\r\n");
        let cases = [(0, None), (1, Some(0..1)), (2, Some(2..6)), (3, Some(8..8)), (4, None)];
        for (number, want) in cases {
            assert_eq!(lines.line_span(number), want, "{number}");
        }
    }
}
