//! The heads of a plain text: the lines that open an answer or a section, by their numbers, labels or place.

use std::ops::Range;

use super::lines::Lines;
use super::numbering::{self, Numbered, number_of};
use crate::knowledge::import::field_names::Field;
use crate::knowledge::import::markdown::label_of;
use crate::knowledge::import::plain_text::ends_like_question;

/// Most lines of a question.
const MAX_QUESTION_LINES: usize = 8;

/// Most lines of a numbered statement.
const MAX_STATEMENT_LINES: usize = 4;

/// Most lines of the title of a section.
const MAX_TITLE_LINES: usize = 2;

/// A line, or a few, that open an answer or a section.
#[derive(Debug)]
pub(super) struct Head {
    pub(super) lines: Range<usize>,
    pub(super) text: String,
    /// The lines of the answer; empty if there is none.
    pub(super) answer: Range<usize>,
    pub(super) is_question: bool,
    /// How deep its number is; all heads without numbers are as deep as each other.
    pub(super) depth: usize,
}

/// The heads with numbers, in one run of numbers that go on: "1.", "1.1.", "1.2.", "2.".
pub(super) fn numbered_heads(lines: &Lines<'_>) -> Vec<Head> {
    let found: Vec<Numbered> = lines
        .starts_of_blocks()
        .filter_map(|at| {
            let (number, text) = number_of(lines.get(at).text)?;
            let head = head_lines(lines, at)?;
            let is_question = ends_like_question(lines.get(head.end - 1).text);
            let text_start = lines.get(at).text.len() - text.len();
            Some(Numbered { number, lines: head, text_start, is_question })
        })
        .collect();
    let run = numbering::longest_run(found);
    let ends: Vec<usize> =
        run.iter().skip(1).map(|next| next.lines.start).chain([lines.len()]).collect();
    let head = |(found, end): (Numbered, usize)| Head {
        text: lines.joined(&found.lines, found.text_start),
        answer: lines.with_words(&(found.lines.end..end)),
        is_question: found.is_question,
        // "2.0" is the title above "2.1".
        depth: found.number.len()
            - usize::from(found.number.len() > 1 && found.number.ends_with(&[0])),
        lines: found.lines,
    };
    run.into_iter().zip(ends).map(head).collect()
}

/// The lines of the head that starts a block: up to a question mark, else the whole block. `None` if it is a list of
/// numbers, as a table of contents is.
fn head_lines(lines: &Lines<'_>, at: usize) -> Option<Range<usize>> {
    let block = lines.block_at(at);
    let ends_at_once = ends_like_question(lines.get(at).text);
    let is_numbered = |line: usize| {
        let below = lines.get(line);
        // The second line of a question may start with a number, too, but is indented then.
        below.indent <= lines.get(at).indent && number_of(below.text).is_some()
    };
    if !ends_at_once && (at + 1..block.end).any(is_numbered) {
        return None;
    }
    let first = at..block.end.min(at + MAX_QUESTION_LINES);
    let is_whole_question =
        first.end == block.end && ends_like_question(lines.get(first.end - 1).text);
    let end = match first.clone().find(|line| ends_like_question(lines.get(*line).text)) {
        Some(line) if !is_whole_question => line + 1,
        Some(_) => block.end,
        None if block.len() <= MAX_STATEMENT_LINES => block.end,
        None => return None,
    };
    Some(at..end)
}

/// Questions with a label ("Q:"), and their answers ("A:"). The labels are taken out of the lines.
pub(super) fn labelled_heads(lines: &mut Lines<'_>) -> Vec<Head> {
    let mut heads: Vec<Head> = Vec::new();
    for at in 0..lines.len() {
        let Some((field, rest)) = label_of(lines.get(at).text) else { continue };
        match (field, heads.last_mut()) {
            (Field::Question, _) => {
                lines.cut_before(at, rest);
                let end = lines.block_at(at).end;
                let has_answer = |line: &usize| label_of(lines.get(*line).text).is_some();
                let end = (at + 1..end).find(has_answer).unwrap_or(end);
                let text = lines.joined(&(at..end), 0);
                heads.push(Head {
                    lines: at..end,
                    text,
                    answer: end..end,
                    is_question: true,
                    depth: 1,
                });
            }
            (_, Some(head)) if head.answer.is_empty() => {
                lines.cut_before(at, rest);
                head.answer = at..at + 1;
            }
            _ => {}
        }
    }
    let ends: Vec<usize> =
        heads.iter().skip(1).map(|next| next.lines.start).chain([lines.len()]).collect();
    for (head, end) in heads.iter_mut().zip(ends) {
        if !head.answer.is_empty() {
            head.answer = lines.with_words(&(head.answer.start..end));
        }
    }
    heads
}

/// Questions that are paragraphs of their own, and the titles between them.
pub(super) fn plain_heads(lines: &Lines<'_>) -> Vec<Head> {
    let is_question = |block: &Range<usize>| {
        block.len() <= MAX_QUESTION_LINES
            && ends_like_question(lines.get(block.end - 1).text)
            && !lines.is_item(block.start)
    };
    let blocks: Vec<Range<usize>> = lines.starts_of_blocks().map(|at| lines.block_at(at)).collect();
    let questions = || blocks.iter().filter(|block| is_question(block));
    let Some(indent) = questions().map(|block| lines.get(block.start).indent).min() else {
        return Vec::new();
    };
    let is_outer = |block: &Range<usize>| lines.get(block.start).indent <= indent;
    // Where answers are indented, all that is not is a question or a title.
    let answers =
        blocks.windows(2).filter(|pair| matches!(pair, [a, _] if is_question(a) && is_outer(a)));
    let (n_indented, n_answers) = answers.fold((0, 0), |(indented, all), pair| {
        (indented + usize::from(pair.iter().skip(1).all(|answer| !is_outer(answer))), all + 1)
    });
    let are_indented = n_indented * 5 >= n_answers * 4;
    let is_title = |block: &Range<usize>, next: Option<&Range<usize>>| {
        let text = lines.get(block.start).text;
        let is_short =
            block.len() <= MAX_TITLE_LINES && !text.trim_end().ends_with(['.', ':', ',']);
        let leads = next.is_some_and(|next| is_question(next) && is_outer(next));
        is_short && leads && (are_indented || lines.is_underlined(block) || is_upper_case(text))
    };
    let mut heads: Vec<Head> = Vec::new();
    for (idx, block) in blocks.iter().enumerate() {
        let is_question = is_question(block);
        if is_outer(block) && (is_question || is_title(block, blocks.get(idx + 1))) {
            let text = lines.joined(block, 0);
            let lines = block.clone();
            let depth = usize::from(is_question);
            heads.push(Head { lines, text, answer: 0..0, is_question, depth });
        }
    }
    let ends: Vec<usize> =
        heads.iter().skip(1).map(|next| next.lines.start).chain([lines.len()]).collect();
    for (head, end) in heads.iter_mut().zip(ends) {
        head.answer = lines.with_words(&(head.lines.end..end));
    }
    heads
}

fn is_upper_case(text: &str) -> bool {
    text.contains(char::is_uppercase) && !text.contains(char::is_lowercase)
}
