//! Questions, answers and lists as plain text.

use crate::text::MarkdownText;

/// A question without the marks of Markdown and the tags of HTML, on one line.
pub(super) fn without_markup(question: &str) -> String {
    let markdown = MarkdownText::new(question);
    let plain = on_one_line(&markdown.words(0..question.len()));
    if plain.is_empty() { on_one_line(question) } else { plain }
}

/// `text` on one line, without white space around it.
pub(super) fn on_one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// `text` without white space at its end and without blank lines at its start. The indentation of the first
/// line stays, since it may be code.
pub(super) fn trim_blank_lines(text: &str) -> &str {
    let from_line = without_blank_lines(text);
    // White space other than an indentation of code is dropped.
    if from_line.starts_with("    ") || from_line.starts_with('\t') {
        from_line
    } else {
        text.trim()
    }
}

/// `text` without white space at its end and without blank lines at its start.
pub(super) fn without_blank_lines(text: &str) -> &str {
    let text = text.trim_end();
    let start = text.len() - text.trim_start().len();
    let line_start = text.get(..start).and_then(|blank| blank.rfind('\n')).map_or(0, |at| at + 1);
    text.get(line_start..).unwrap_or_default()
}

/// The items of a list that is written in one text: one a line, else between vertical bars, semicolons or, if
/// no item is a sentence, commas.
pub(super) fn split_list(text: &str) -> Vec<String> {
    let text = text.trim();
    let is_list_of_words = !text.contains(['?', '!', '.', '？', '。']);
    let separator = ['\n', '|', ';', '；', '、', ',', '，']
        .into_iter()
        .find(|c| text.contains(*c) && (!matches!(c, ',' | '，') || is_list_of_words));
    let items: Vec<&str> = match separator {
        Some(separator) => text.split(separator).collect(),
        None => vec![text],
    };
    let cleaned =
        items.into_iter().map(|item| on_one_line(item.trim_start_matches(['-', '*', '•'])));
    cleaned.filter(|item| !item.is_empty()).collect()
}

/// Whether `text` ends with a question mark of any script; closing quotation marks and brackets may follow.
pub(super) fn ends_like_question(text: &str) -> bool {
    let text = text.trim_end_matches(|c: char| {
        c.is_whitespace()
            || matches!(c, '"' | '”' | '»' | '’' | '\'' | ')' | '）' | '*' | '_' | ':' | '」')
    });
    text.ends_with(['?', '？', '؟', '⸮', '՞', '\u{37E}'])
}

/// The mark of an item of a list, with the white space behind it.
pub(super) fn item_mark(text: &str) -> Option<&str> {
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let rest = match digits {
        0 => text.strip_prefix(['*', '-', '+', '•'])?,
        1..=3 => text.get(digits..)?.strip_prefix(['.', ')'])?,
        _ => return None,
    };
    let words = rest.trim_start();
    (words.len() < rest.len()).then(|| text.get(..text.len() - words.len()))?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn list_is_divided_at_the_separator_that_it_has() {
        assert_eq!(split_list("x; y"), ["x", "y"]);
        assert_eq!(split_list("How much, really? Say."), ["How much, really? Say."]);
        assert_eq!(split_list("- a\n- b, c"), ["a", "b, c"]);
    }
}
