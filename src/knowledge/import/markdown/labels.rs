//! Labels of questions and answers in running text: "Q: ...", "**A:** ...", "Frage 3: ...".

use std::ops::Range;

use crate::knowledge::import::field_names::{self, Field};
use crate::knowledge::import::plain_text::{on_one_line, without_markup};

/// Most characters of a label, with its number.
const MAX_LABEL_CHARS: usize = 14;

/// Whether the text has lines that are labelled as questions and as answers.
pub(in crate::knowledge::import) fn has_labels(text: &str) -> bool {
    let has =
        |field| text.lines().any(|line| of_line(line).is_some_and(|(found, _)| found == field));
    has(Field::Question) && has(Field::Answer)
}

/// A question and an answer that are labelled.
#[derive(Debug, PartialEq)]
pub(super) struct LabeledQuestion {
    pub(super) start: usize,
    pub(super) question: String,
    pub(super) answer: Range<usize>,
}

/// The labelled questions in `span` of `text`. Where no answer is labelled, what follows the paragraph of a
/// question is its answer, if several questions are labelled. Lines in `is_code` are no labels.
pub(super) fn find(
    text: &str,
    span: &Range<usize>,
    is_code: impl Fn(usize) -> bool,
) -> Vec<LabeledQuestion> {
    let labels = labels_in(text, span, is_code);
    let n_of = |field| labels.iter().filter(|label| label.field == field).count();
    let are_answers_labelled = n_of(Field::Answer) > 0;
    if !are_answers_labelled && n_of(Field::Question) < 2 {
        return Vec::new();
    }
    let mut found: Vec<LabeledQuestion> = Vec::new();
    for (idx, label) in labels.iter().enumerate() {
        let end = labels.get(idx + 1).map_or(span.end, |next| next.start);
        match (label.field, found.last_mut()) {
            (Field::Question, _) => {
                let rest = text.get(label.text_start..end).unwrap_or_default();
                // The question is a paragraph; what follows it, up to the label of the answer, is a remark.
                let paragraph = rest.trim_start().split("\n\n").next().unwrap_or_default();
                let question = on_one_line(paragraph);
                // A backslash at its end breaks the line.
                let question = without_markup(question.trim_matches(['*', '_', '#', ' ', '\\']));
                let paragraph_end = end - rest.trim_start().len() + paragraph.len();
                let answer = if are_answers_labelled { end..end } else { paragraph_end..end };
                found.push(LabeledQuestion { start: label.start, question, answer });
            }
            (_, Some(open)) if open.answer.start == open.answer.end => {
                open.answer = label.text_start..end;
            }
            (_, Some(open)) => open.answer.end = end,
            (_, None) => {}
        }
    }
    found.retain(|labelled| !labelled.question.is_empty());
    found
}

/// A label at the start of a line.
struct Label {
    field: Field,
    start: usize,
    text_start: usize,
}

fn labels_in(text: &str, span: &Range<usize>, is_code: impl Fn(usize) -> bool) -> Vec<Label> {
    let own = text.get(span.clone()).unwrap_or_default();
    let mut labels = Vec::new();
    let mut has_question = false;
    let mut at = span.start;
    for line in own.split_inclusive('\n') {
        let found = of_line(line).or_else(|| dotted_answer(line).filter(|_| has_question));
        if let Some((field, rest)) = found.filter(|_| !is_code(at)) {
            let text_start = at + line.trim_end().len() - rest.len();
            has_question |= field == Field::Question;
            labels.push(Label { field, start: at, text_start });
        }
        at += line.len();
    }
    labels
}

/// The text behind "A." or "**A**.", which is a label only where questions are labelled.
fn dotted_answer(line: &str) -> Option<(Field, &str)> {
    let text = line.trim().trim_start_matches(['*', '_', '#', '>', ' ']);
    let rest = text.strip_prefix(['A', 'a'])?.trim_start_matches('*').strip_prefix('.')?;
    rest.starts_with([' ', '*']).then(|| (Field::Answer, rest.trim_start_matches('*').trim_start()))
}

/// The label of a line, and the text behind it.
pub(in crate::knowledge::import) fn of_line(line: &str) -> Option<(Field, &str)> {
    let line = line.trim();
    let text = line.trim_start_matches(['*', '_', '#', '>', '-', ' ']);
    let end = text
        .char_indices()
        .take(MAX_LABEL_CHARS)
        .find(|(_, c)| matches!(c, ':' | '：' | '.' | ')'))?;
    let (label, rest) = text.split_at(end.0);
    let label =
        label.trim_end_matches(|c: char| c.is_ascii_digit() || c.is_whitespace() || c == '*');
    let is_colon = matches!(end.1, ':' | '：');
    // "a." numbers an item, and "No." is no label.
    let is_certain = is_colon || label.eq_ignore_ascii_case("q");
    let field = [Field::Question, Field::Answer]
        .into_iter()
        .find(|field| field_names::is_label(*field, label))?;
    let rest = rest.get(end.1.len_utf8()..)?;
    // The bold words that hold the label only ("**Q:** ...") end behind it.
    let rest = rest.trim_start_matches(['*', '_']).trim_start();
    is_certain.then_some((field, rest))
}

/// `text` without the label of an answer at its start. "A." is one if `question` has a label, too.
pub(super) fn without_answer_label<'t>(question: &str, text: &'t str) -> &'t str {
    let first = text.split_inclusive('\n').next().unwrap_or_default();
    // A line of its own needs no colon.
    let word = first.trim().trim_matches(['*', '_', '#', ':', ' ']);
    if first.len() < text.len()
        && field_names::is_label(Field::Answer, word)
        && word != first.trim()
    {
        return text.get(first.len()..).unwrap_or_default();
    }
    let is_labelled = || matches!(of_line(question), Some((Field::Question, _)));
    match of_line(first).or_else(|| dotted_answer(first).filter(|_| is_labelled())) {
        Some((Field::Answer, rest)) => {
            text.get(first.trim_end().len() - rest.len()..).unwrap_or(text)
        }
        _ => text,
    }
}

/// `question` on one line, without a number or a label before it ("1. ", "3) ", "Q4: ").
pub(in crate::knowledge::import) fn without_number(question: &str) -> String {
    let question = on_one_line(question);
    if let Some((Field::Question, rest)) = of_line(&question) {
        return rest.to_owned();
    }
    let rest = question.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
    let number = question.get(..question.len() - rest.len()).unwrap_or_default();
    let is_number = number.starts_with(|c: char| c.is_ascii_digit());
    let is_marked = number.ends_with('.') || rest.starts_with([')', ':']);
    let text = rest.trim_start_matches([')', ':', '.']).trim_start();
    // "3.5 and later" starts with a number that belongs to it; so does "24 hours?".
    let is_spaced = rest.starts_with([' ', ')', ':']);
    if is_number && is_marked && is_spaced && !text.is_empty() { text.to_owned() } else { question }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_of_questions_and_answers_are_recognized() {
        let cases = [
            ("Q: What?", Some((Field::Question, "What?"))),
            ("**Q:** What?", Some((Field::Question, "What?"))),
            ("**Q1: What?**", Some((Field::Question, "What?**"))),
            ("Q. What?", Some((Field::Question, "What?"))),
            ("A: So.", Some((Field::Answer, "So."))),
            ("Frage 3: Was?", Some((Field::Question, "Was?"))),
            ("Antwort: So.", Some((Field::Answer, "So."))),
            ("質問：何？", Some((Field::Question, "何？"))),
            ("a. first item", None),
            ("Note: this", None),
            ("Question", None),
        ];
        for (line, want) in cases {
            assert_eq!(of_line(line), want, "{line}");
        }
    }

    #[test]
    fn numbers_before_a_question_are_dropped() {
        let cases = [
            ("1. What is it?", "What is it?"),
            ("12) What?", "What?"),
            ("1.2. What?", "What?"),
            ("2.1 What is new?", "2.1 What is new?"),
            ("24 hours open?", "24 hours open?"),
            ("Q3: What?", "What?"),
            ("What\n  is it?", "What is it?"),
        ];
        for (question, want) in cases {
            assert_eq!(without_number(question), want, "{question}");
        }
    }
}
