//! Division of `faq.toml` into its `[[entry]]` sections, so that each is parsed on its own.
//!
//! The document model of a whole file takes fifty times the memory of the file, and of two states of a file that differ
//! in one section, only that has to be parsed.

use std::ops::Range;

use memchr::{memchr2, memchr3};

/// The parts of the file that are parsed on their own, which together are the whole file: its sections, unless the part
/// before the first one says something about entries, which TOML then allows nowhere else.
pub(super) fn parts(faq: &str) -> Vec<Range<usize>> {
    let sections = divide(faq);
    let preamble = sections.first().and_then(|span| faq.get(span.clone())).unwrap_or_default();
    let has_content = preamble.lines().any(|line| {
        !line.trim_start_matches('\u{FEFF}').trim_start().starts_with('#')
            && !line.trim().is_empty()
    });
    if has_content { std::iter::once(0..faq.len()).collect() } else { sections }
}

/// How many of the first parts of `old` and `new` have the same text, and how many of the last ones among the rest.
pub(super) fn same_parts(
    (old, old_parts): (&str, &[Range<usize>]),
    (new, new_parts): (&str, &[Range<usize>]),
) -> (usize, usize) {
    let is_same = |(a, b): &(&Range<usize>, &Range<usize>)| {
        old.get(Range::clone(a)) == new.get(Range::clone(b))
    };
    let n_start = old_parts.iter().zip(new_parts).take_while(is_same).count();
    let [old_rest, new_rest] =
        [old_parts, new_parts].map(|parts| parts.get(n_start..).unwrap_or_default());
    let n_end = old_rest.iter().rev().zip(new_rest.iter().rev()).take_while(is_same).count();
    (n_start, n_end)
}

/// Byte spans of the part before the first section and of the sections, in order; together they are
/// the whole file. A section starts with a line `[[entry]]` that is not part of a string. One that
/// is written in another way (`[["entry"]]`) stays with the section before it.
fn divide(faq: &str) -> Vec<Range<usize>> {
    let mut spans = Vec::new();
    let mut start = 0;
    let mut open = None;
    let mut at = 0;
    for line in faq.split_inclusive('\n') {
        if open.is_none() && is_header(line) {
            spans.push(start..at);
            start = at;
        }
        open = open_string_after(line, open);
        at += line.len();
    }
    spans.push(start..faq.len());
    spans
}

fn is_header(line: &str) -> bool {
    let inner = line.trim_start().strip_prefix("[[").and_then(|rest| rest.split_once("]]"));
    inner.is_some_and(|(name, _)| name.trim() == "entry")
}

/// The quotation marks of the string of several lines that is open at the end of `line`; `open` has
/// those of the string that is open at its start.
fn open_string_after(line: &str, mut open: Option<&'static str>) -> Option<&'static str> {
    let mut rest = line;
    loop {
        let marks = match open.take() {
            Some(marks) => marks,
            None => {
                let at = memchr3(b'"', b'\'', b'#', rest.as_bytes())?;
                rest = rest.get(at..)?;
                let marks =
                    ["\"\"\"", "'''", "\"", "'"].into_iter().find(|it| rest.starts_with(it))?;
                rest = rest.get(marks.len()..)?;
                marks
            }
        };
        match after_string(rest, marks) {
            Some(after) => rest = after,
            // A string of one line that is not closed is an error in this section.
            None => return Some(marks).filter(|marks| marks.len() > 1),
        }
    }
}

/// What follows the closing `marks`; `None` if they are not in `text`.
fn after_string<'t>(text: &'t str, marks: &str) -> Option<&'t str> {
    let from = if marks.starts_with('\'') { text.find(marks)? } else { unescaped(text, marks)? };
    // Up to two quotation marks may stand before the closing ones.
    let mark = marks.get(..1)?;
    let mut after = text.get(from + marks.len()..)?;
    for _ in 0..marks.len() - 1 {
        after = after.strip_prefix(mark).unwrap_or(after);
    }
    Some(after)
}

/// Where the quotation `marks` stand first in `text` without being escaped.
fn unescaped(text: &str, marks: &str) -> Option<usize> {
    let mut from = 0;
    loop {
        let at = from + memchr2(b'"', b'\\', text.get(from..)?.as_bytes())?;
        let rest = text.get(at..)?;
        if rest.starts_with(marks) {
            return Some(at);
        }
        let n_chars = if rest.starts_with('\\') { 2 } else { 1 };
        from = at + rest.chars().take(n_chars).map(char::len_utf8).sum::<usize>();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_that_differ_are_between_those_that_are_the_same() {
        let [a, b, c] = ["[[entry]]\nid = \"a\"\n", "[[entry]]\nid = \"b\"\n", "[[entry]]\n"];
        for (old, new, want) in [
            (vec![a, b, c], vec![a, b, c], (4, 0)),
            (vec![a, b, c], vec![a, c], (2, 1)),
            (vec![a, c], vec![a, b, c], (2, 1)),
            (vec![a, a], vec![a], (2, 0)),
            (vec![a, b], vec![b, a], (1, 0)),
            (vec![], vec![a], (1, 0)),
        ] {
            let [old, new] = [old.concat(), new.concat()];
            let got = same_parts((&old, &parts(&old)), (&new, &parts(&new)));
            assert_eq!(got, want, "from {old} to {new}");
        }
    }

    #[test]
    fn sections_start_at_headers_outside_of_strings() {
        let cases: [(&str, usize); 16] = [
            ("", 1),
            ("# x\n", 1),
            ("[[entry]]\n", 2),
            ("# x\n[[entry]]\nid = \"a\"\n\n  [[ entry ]] # b\r\nid = 1\n[[entry.quote]]\n", 3),
            ("# [[entry]]\n", 1),
            ("a = '''\n[[entry]]\n'''\n[[entry]]\n", 2),
            ("a = \"\"\"x\n[[entry]]\n\\\"\"\"\n[[entry]]\n\"\"\"\n[[entry]]", 2),
            ("a = \"\"\"x\"\"\"\"\n[[entry]]", 2),
            ("a = '''x'''''\n[[entry]]", 2),
            ("a = '''it's''' # '\n[[entry]]", 2),
            ("a = \"#'\" # \"\"\"\n[[entry]]", 2),
            ("a = [\"\\\\\", '\\', \"\\\"\"]\n[[entry]]", 2),
            ("a = \"not closed\n[[entry]]", 2),
            ("a = \"\"\"not closed\n[[entry]]", 1),
            ("a = \"\" '' \"\"\"\"\"\" ''''''\n[[entry]]", 2),
            ("a = 'é\"\"\"'\n[[entry]]", 2),
        ];
        for (faq, want) in cases {
            let spans = divide(faq);
            assert_eq!(spans.len(), want, "{faq}");
            let whole: String = spans.into_iter().filter_map(|span| faq.get(span)).collect();
            assert_eq!(whole, faq);
        }
    }
}
