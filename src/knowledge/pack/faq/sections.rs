//! Division of `faq.toml` into its `[[entry]]` sections, so that each is parsed on its own.
//!
//! The document model of a whole file takes fifty times the memory of the file.

use std::ops::Range;

/// Byte spans of the part before the first section and of the sections, in order; together they are
/// the whole file. A section starts with a line `[[entry]]` that is not part of a string. One that
/// is written in another way (`[["entry"]]`) stays with the section before it.
pub(super) fn divide(faq: &str) -> Vec<Range<usize>> {
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
                let at = rest.find(['"', '\'', '#'])?;
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
    let mut from = 0;
    if marks.starts_with('\'') {
        from = text.find(marks)?;
    } else {
        while !text.get(from..)?.starts_with(marks) {
            let is_escape = text.get(from..)?.starts_with('\\');
            let n_chars = if is_escape { 2 } else { 1 };
            from += text.get(from..)?.chars().take(n_chars).map(char::len_utf8).sum::<usize>();
            if from >= text.len() {
                return None;
            }
        }
    }
    // Up to two quotation marks may stand before the closing ones.
    let mark = marks.get(..1)?;
    let mut after = text.get(from + marks.len()..)?;
    for _ in 0..marks.len() - 1 {
        after = after.strip_prefix(mark).unwrap_or(after);
    }
    Some(after)
}

#[cfg(test)]
mod tests {
    use super::*;

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
