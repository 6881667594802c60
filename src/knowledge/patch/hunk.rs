//! The difference between two states of a file as one replaced part, to be undone byte for byte.

use serde::{Deserialize, Serialize};

/// Most bytes of the file that are kept on either side of a replaced part, to find it again.
const CONTEXT_BYTES: usize = 120;

/// Bytes that are compared at a time.
const BLOCK: usize = 4096;

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
        let same = n_same_at_start(before.as_bytes(), after.as_bytes());
        let start = before.floor_char_boundary(same).min(after.floor_char_boundary(same));
        let (old, new) = (tail(before, start), tail(after, start));
        let same = n_same_at_end(old.as_bytes(), new.as_bytes());
        let end = |text: &str| text.ceil_char_boundary(text.len() - same);
        let n_same = (old.len() - end(old)).min(new.len() - end(new));
        let part = |text: &str| text.get(..text.len() - n_same).unwrap_or_default().to_owned();
        let (removed, inserted) = (part(old), part(new));
        // Where whole lines are inserted or removed that begin as the next one does, any of several parts is the
        // difference. The one of whole lines leaves the next line alone when the part is found again.
        let line_start = head(before, start).rfind('\n').map_or(0, |at| at + 1);
        let shared = before.get(line_start..start).unwrap_or_default();
        let slid = |text: &str| Some([shared, text.strip_suffix(shared)?].concat());
        let slid = match (&*removed, &*inserted) {
            ("", inserted) => slid(inserted).map(|inserted| (String::new(), inserted)),
            (removed, "") => slid(removed).map(|removed| (removed, String::new())),
            _ => None,
        };
        let (start, (removed, inserted)) = match slid {
            Some(slid) => (line_start, slid),
            None => (start, (removed, inserted)),
        };
        let above = head(after, start);
        let below = tail(after, start + inserted.len());
        Self {
            start,
            above: tail(above, above.ceil_char_boundary(start.saturating_sub(CONTEXT_BYTES)))
                .to_owned(),
            removed,
            inserted,
            below: head(below, below.floor_char_boundary(CONTEXT_BYTES)).to_owned(),
        }
    }

    /// The texts that `file` may have been without this change, the likeliest first: where the part still stands
    /// between what stood around it, then where it stands behind or before that, then wherever it stands. A place
    /// counts if there is no other like it. The caller has to check what such a text changes.
    pub fn undone(&self, file: &str) -> impl Iterator<Item = String> {
        let contexts =
            [(&*self.above, &*self.below), (&self.above, ""), ("", &self.below), ("", "")];
        contexts
            .into_iter()
            .filter_map(move |(above, below)| self.undone_between(file, above, below))
    }

    fn undone_between(&self, file: &str, above: &str, below: &str) -> Option<String> {
        let new = [above, &self.inserted, below].concat();
        if new.is_empty() {
            // The part was the whole file.
            return file.is_empty().then(|| self.removed.clone());
        }
        let first = self.start.saturating_sub(above.len());
        let at = if tail(file, first).starts_with(&new) && !below.is_empty() && !above.is_empty() {
            first
        } else {
            let mut found = file.match_indices(&new).map(|(at, _)| at);
            found.next().filter(|_| found.next().is_none())?
        };
        let old = [above, &self.removed, below].concat();
        Some([head(file, at), &old, tail(file, at + new.len())].concat())
    }
}

/// How many bytes at the start of `a` and `b` are the same.
fn n_same_at_start(a: &[u8], b: &[u8]) -> usize {
    // A block is compared many times faster than its bytes are.
    let blocks = a.chunks_exact(BLOCK).zip(b.chunks_exact(BLOCK));
    let start = blocks.take_while(|(a, b)| a == b).count() * BLOCK;
    let [a, b] = [a, b].map(|bytes| bytes.get(start..).unwrap_or_default());
    start + a.iter().zip(b).take_while(|(a, b)| a == b).count()
}

/// How many bytes at the end of `a` and `b` are the same.
fn n_same_at_end(a: &[u8], b: &[u8]) -> usize {
    let blocks = a.rchunks_exact(BLOCK).zip(b.rchunks_exact(BLOCK));
    let n = blocks.take_while(|(a, b)| a == b).count() * BLOCK;
    let [a, b] = [a, b].map(|bytes| bytes.get(..bytes.len() - n).unwrap_or_default());
    n + a.iter().rev().zip(b.iter().rev()).take_while(|(a, b)| a == b).count()
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

    fn undone(before: &str, after: &str, file: &str) -> Vec<String> {
        all_undone(&Hunk::between(before, after), file)
    }

    fn all_undone(hunk: &Hunk, file: &str) -> Vec<String> {
        hunk.undone(file).collect()
    }

    #[test]
    fn undone_change_gives_the_file_as_it_was() {
        for (before, after) in [
            ("one two three", "one 2 three"),
            ("aaa", "aaaa"),
            ("grün ist", "grüñ ist"),
            ("日本語", "日木語"),
            ("a\r\nb\r\n", "a\r\nc\r\nb\r\n"),
        ] {
            assert_eq!(undone(before, after, after)[0], before, "{before:?} to {after:?}");
        }
        assert_eq!(undone("", "a", "a")[0], "");
        assert_eq!(undone("a", "", "")[0], "a", "it was the whole file");
        assert!(undone("a", "", "b").is_empty(), "nothing tells where it was");
    }

    #[test]
    fn change_is_found_where_other_parts_have_changed_since() {
        let (before, after) = ("[a]\nx = 1\n\n[b]\ny = 2\n", "[a]\nx = 1\n\n[b]\ny = 3\n");
        let above: String = "# A line.\n".repeat(40);
        let [before, after] = [before, after].map(|text| format!("{above}{text}"));
        let hunk = Hunk::between(&before, &after);
        assert_eq!(
            all_undone(&hunk, &format!("new = true\n{after}"))[0],
            format!("new = true\n{before}")
        );
        assert!(all_undone(&hunk, &before).is_empty(), "it is not there any more");
        let twice = all_undone(&hunk, &format!("{after}!{after}"));
        assert_eq!(twice[0], format!("{before}!{after}"), "where it was");
        assert!(all_undone(&hunk, &format!("!{after}{after}")).is_empty(), "in two places");
    }

    #[test]
    fn line_of_a_list_is_found_between_others_that_came_later() {
        let list = |lines: &[&str]| format!("list = [\n{}]\n", lines.concat());
        let [a, b, c] = ["  \"a\",\n", "  \"b\",\n", "  \"c\",\n"];
        let undone = undone(&list(&[a]), &list(&[a, b]), &list(&[a, b, c]));
        assert_eq!(undone[0], list(&[a, c]));
    }

    #[test]
    fn line_after_a_part_of_whole_lines_is_left_as_it_is_now() {
        let (before, after) = ("x\n\n# about a\na\n\n# about b\nb\n", "x\n\n# about b\nb\n");
        let hunk = Hunk::between(before, after);
        let today = after.replace("# about", "# words, about");
        let want = before.replace("# about b", "# words, about b");
        assert_eq!(all_undone(&hunk, &today)[0], want);
        let hunk = Hunk::between(after, before);
        let today = before.replace("# about b", "# words, about b");
        assert_eq!(all_undone(&hunk, &today)[0], after.replace("# about b", "# words, about b"));
    }

    #[test]
    fn change_behind_and_before_many_blocks_is_found() {
        let long = "é\n".repeat(2 * BLOCK);
        for (above, below) in [(&*long, ""), ("", &*long), (&*long, &*long)] {
            let [before, after] = ["one", "two"].map(|text| [above, text, below].concat());
            let hunk = Hunk::between(&before, &after);
            assert_eq!((&*hunk.removed, &*hunk.inserted), ("one", "two"));
            assert_eq!(all_undone(&hunk, &after)[0], before);
        }
    }

    proptest::proptest! {
        #[test]
        fn any_change_between_other_text_can_be_undone(
            before in "[ab\n日é]{0,12}", after in "[ab\n日é]{0,12}",
        ) {
            let [before, after] = [before, after].map(|text| format!("<{text}>"));
            let undone = undone(&before, &after, &after);
            proptest::prop_assert_eq!(undone.first(), Some(&before));
        }
    }
}
