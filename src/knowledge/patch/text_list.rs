//! Edits of a TOML list of texts that keep its comments and layout.

use toml_edit::{Array, RawString, Value};

use crate::knowledge::toml_text::plain;

/// Sets the content of `list` to `texts`. Texts that stay keep their position and their comments.
pub(super) fn set(list: &mut Array, texts: &[String]) {
    if is_same(list, texts) {
        return;
    }
    for idx in (0..list.len()).rev() {
        let old = list.get(idx).and_then(Value::as_str);
        if !old.is_some_and(|text| texts.iter().any(|new| new == text)) {
            remove(list, idx);
        }
    }
    for (idx, text) in texts.iter().enumerate() {
        if list.get(idx).and_then(Value::as_str) != Some(text) {
            insert(list, idx, text);
        }
    }
    while list.len() > texts.len() {
        remove(list, list.len() - 1);
    }
}

/// Whether the content of `list` is `texts`.
pub(super) fn is_same(list: &Array, texts: &[String]) -> bool {
    list.len() == texts.len()
        && list.iter().zip(texts).all(|(value, text)| value.as_str() == Some(text))
}

/// Inserts `text` before the element `idx`, or at the end.
pub(super) fn insert(list: &mut Array, idx: usize, text: &str) {
    normalize_end(list);
    let idx = idx.min(list.len());
    let Some(indent) = indent_of(list) else {
        list.insert(idx, value_of(text));
        return;
    };
    // A comment on the line of the element before stays on that line.
    let (of_line_above, rest) = split_at_break(&prefix_of(list, idx));
    set_prefix(list, idx, &rest);
    let mut value = value_of(text);
    value.decor_mut().set_prefix(format!("{of_line_above}\n{indent}"));
    list.insert_formatted(idx, value);
    list.set_trailing_comma(true);
}

/// Removes the element `idx`, with the comments above it and on its line.
fn remove(list: &mut Array, idx: usize) {
    normalize_end(list);
    let (of_line_above, _) = split_at_break(&prefix_of(list, idx));
    let (_, rest) = split_at_break(&prefix_of(list, idx + 1));
    list.remove(idx);
    if rest.contains('\n') {
        set_prefix(list, idx, &format!("{of_line_above}{rest}"));
    } else if idx == 0 {
        set_prefix(list, idx, "");
    }
}

/// Moves white space and comments after the last element into the list's trailing text, whether or
/// not a comma follows the element.
fn normalize_end(list: &mut Array) {
    let Some(last) = list.len().checked_sub(1) else { return };
    let Some(value) = list.get_mut(last) else { return };
    let suffix = raw(value.decor().suffix());
    value.decor_mut().set_suffix("");
    let trailing = format!("{suffix}{}", raw(Some(list.trailing())));
    if trailing.contains('\n') {
        list.set_trailing_comma(true);
    }
    list.set_trailing(trailing);
}

/// White space and comments before the element `idx`, or before the end of the list.
fn prefix_of(list: &Array, idx: usize) -> String {
    match list.get(idx) {
        Some(value) => raw(value.decor().prefix()),
        None => raw(Some(list.trailing())),
    }
}

fn set_prefix(list: &mut Array, idx: usize, prefix: &str) {
    match list.get_mut(idx) {
        Some(value) => value.decor_mut().set_prefix(prefix),
        None => list.set_trailing(prefix),
    }
}

/// The indentation of a list with one element a line; `None` for a list on one line.
fn indent_of(list: &Array) -> Option<String> {
    let prefixes = (0..list.len()).map(|idx| prefix_of(list, idx));
    let indent = prefixes.filter_map(|prefix| Some(prefix.rsplit_once('\n')?.1.to_owned())).next();
    let is_one_a_line = indent.is_some() || raw(Some(list.trailing())).contains('\n');
    is_one_a_line.then(|| indent.unwrap_or_else(|| "  ".to_owned()))
}

/// The part of `prefix` before its first line break, and the rest, starting with the break.
fn split_at_break(prefix: &str) -> (String, String) {
    let at = prefix.find('\n').unwrap_or(0);
    let (above, rest) = prefix.split_at_checked(at).unwrap_or((prefix, ""));
    (above.trim_end().to_owned(), rest.to_owned())
}

fn raw(raw: Option<&RawString>) -> String {
    raw.and_then(RawString::as_str).unwrap_or_default().to_owned()
}

/// A TOML value of a text, in the form that [`plain`] writes.
pub(super) fn value_of(text: &str) -> Value {
    plain(text).parse().unwrap_or_else(|_| Value::from(text))
}

#[cfg(test)]
mod tests {
    use toml_edit::DocumentMut;

    use super::*;

    fn changed(list: &str, texts: &[&str]) -> String {
        let mut document: DocumentMut = format!("x = {list}\n").parse().unwrap();
        let texts: Vec<String> = texts.iter().map(|text| (*text).to_owned()).collect();
        set(document["x"].as_array_mut().unwrap(), &texts);
        let written = document.to_string();
        let read: DocumentMut = written.parse().unwrap();
        assert!(is_same(read["x"].as_array().unwrap(), &texts), "{written}");
        written.trim_end().strip_prefix("x = ").unwrap().to_owned()
    }

    #[test]
    fn list_keeps_its_layout_and_comments() {
        let cases: [(&str, &[&str], &str); 13] = [
            ("[\"a\"]", &["a"], "[\"a\"]"),
            ("[ 'a','b' ]", &["a", "b"], "[ 'a','b' ]"),
            ("[\"a\"]", &["a", "b"], "[\"a\", \"b\"]"),
            ("[\"a\", \"b\"]", &["b"], "[\"b\"]"),
            ("[]", &["a"], "[\"a\"]"),
            ("[\n]", &["a"], "[\n  \"a\",\n]"),
            ("[\n  \"a\",\n]", &["a", "b"], "[\n  \"a\",\n  \"b\",\n]"),
            ("[\n\t\"a\"\n]", &["b", "a"], "[\n\t\"b\",\n\t\"a\",\n]"),
            (
                "[\n  \"a\", # first\n  # above b\n  \"b\", # last\n]",
                &["a", "b", "c"],
                "[\n  \"a\", # first\n  # above b\n  \"b\", # last\n  \"c\",\n]",
            ),
            (
                "[\n  \"a\", # first\n  # above b\n  \"b\", # last\n  \"c\",\n]",
                &["a", "c"],
                "[\n  \"a\", # first\n  \"c\",\n]",
            ),
            ("[\n  \"a\" # first\n]", &["a", "b"], "[\n  \"a\", # first\n  \"b\",\n]"),
            ("[\n  \"a\", # first\n  \"b\", # last\n]", &["a"], "[\n  \"a\", # first\n]"),
            ("[\n  \"a\",\n  \"b\",\n]", &["b", "a"], "[\n  \"b\",\n  \"a\",\n]"),
        ];
        for (list, texts, want) in cases {
            assert_eq!(changed(list, texts), want, "{list} to {texts:?}");
        }
    }
}
