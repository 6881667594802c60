//! The difference between two states of a file as one replaced part, to be undone byte for byte.

use serde::{Deserialize, Serialize};

/// Most bytes of the file that are kept on either side of a replaced part, to find it again.
const CONTEXT_BYTES: usize = 120;

/// A replaced part of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hunk {
    /// Offset of the part, in bytes of the file.
    start: usize,
    /// The end of what stands before the part.
    above: String,
    /// The part as it was.
    removed: String,
    /// What has taken its place.
    inserted: String,
    /// The start of what stands after the part.
    below: String,
}

impl Hunk {
    /// The part in which `before` and `after` differ: all between their common start and their common end.
    pub fn between(before: &str, after: &str) -> Self {
        let same = before.bytes().zip(after.bytes()).take_while(|(a, b)| a == b).count();
        let start = before.floor_char_boundary(same).min(after.floor_char_boundary(same));
        let (old, new) = (tail(before, start), tail(after, start));
        let same = old.bytes().rev().zip(new.bytes().rev()).take_while(|(a, b)| a == b).count();
        let end = |text: &str| text.ceil_char_boundary(text.len() - same);
        let n_same = (old.len() - end(old)).min(new.len() - end(new));
        let part = |text: &str| text.get(..text.len() - n_same).unwrap_or_default().to_owned();
        let above = head(after, start);
        let below = tail(new, new.len() - n_same);
        Self {
            start,
            above: tail(above, above.ceil_char_boundary(start.saturating_sub(CONTEXT_BYTES)))
                .to_owned(),
            removed: part(old),
            inserted: part(new),
            below: head(below, below.floor_char_boundary(CONTEXT_BYTES)).to_owned(),
        }
    }

    /// The length of the part, in bytes, before and after the change together.
    pub fn n_bytes(&self) -> usize {
        self.removed.len() + self.inserted.len()
    }

    /// `file` with the part as it was; `None` if what took its place is not in the file any more, or
    /// stands there several times, none of them where it was.
    pub fn undo(&self, file: &str) -> Option<String> {
        let new = [&*self.above, &self.inserted, &self.below].concat();
        let first = self.start.checked_sub(self.above.len())?;
        let at = if tail(file, first).starts_with(&new) {
            first
        } else {
            let mut found = file.match_indices(&new).map(|(at, _)| at);
            found.next().filter(|_| found.next().is_none())?
        };
        let old = [&*self.above, &self.removed, &self.below].concat();
        Some([head(file, at), &old, tail(file, at + new.len())].concat())
    }
}

fn head(text: &str, end: usize) -> &str {
    text.get(..end).unwrap_or_default()
}

fn tail(text: &str, start: usize) -> &str {
    text.get(start..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn undone_change_gives_the_file_as_it_was() {
        for (before, after) in [
            ("", "a"),
            ("a", ""),
            ("abc", "abc"),
            ("one two three", "one 2 three"),
            ("aaa", "aaaa"),
            ("grün", "grüñ"),
            ("日本", "日木"),
            ("a\r\nb\r\n", "a\r\nc\r\nb\r\n"),
        ] {
            let hunk = Hunk::between(before, after);
            assert_eq!(hunk.undo(after).as_deref(), Some(before), "{before:?} to {after:?}");
        }
    }

    #[test]
    fn change_is_found_where_other_parts_have_changed_since() {
        let (before, after) = ("[a]\nx = 1\n\n[b]\ny = 2\n", "[a]\nx = 1\n\n[b]\ny = 3\n");
        let above: String = "# A line.\n".repeat(40);
        let hunk = Hunk::between(&format!("{above}{before}"), &format!("{above}{after}"));
        let undone = hunk.undo(&format!("new = true\n{above}{after}"));
        assert_eq!(undone, Some(format!("new = true\n{above}{before}")));
        assert_eq!(hunk.undo(&format!("{above}{before}")), None, "it is not there any more");
        assert_eq!(
            hunk.undo(&format!("{above}{after}!{above}{after}")).map(|it| it.len()),
            Some(2 * (above.len() + after.len()) + 1),
            "where it was"
        );
        assert_eq!(hunk.undo(&format!("!{above}{after}{above}{after}")), None, "in two places");
    }

    proptest::proptest! {
        #[test]
        fn any_change_can_be_undone(before in "[ab\n日é]{0,12}", after in "[ab\n日é]{0,12}") {
            proptest::prop_assert_eq!(Hunk::between(&before, &after).undo(&after), Some(before));
        }
    }
}
