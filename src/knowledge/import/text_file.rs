//! Records in plain text: questions that are numbered, or paragraphs of their own, with their answers below.
//!
//! Such files have no markup. Their lines are broken by hand, numbers and indentation tell what belongs together, and a
//! table of contents repeats the questions.

mod lines;
mod numbering;
mod to_markdown;

use std::ops::Range;

use super::field_names::Field;
use super::markdown::{has_labels, label_of};
use super::plain_text::ends_like_question;
use super::record::{Answer, Record, RecordLocation};
use lines::Lines;
use numbering::{Numbered, number_of};
use to_markdown::Writer;

/// Most lines of a question.
const MAX_QUESTION_LINES: usize = 8;

/// Most lines of a numbered statement.
const MAX_STATEMENT_LINES: usize = 4;

/// Most lines of the title of a section.
const MAX_TITLE_LINES: usize = 2;

/// Fewest answers of a file that is read as plain text; what has one has no style to recognize.
const MIN_ANSWERS: usize = 2;

/// Reads a file whose name does not tell its format. `None` if it has markup, or no questions in the style of plain text.
pub(super) fn read(text: &str) -> Option<Vec<Record>> {
    if has_markup(text) {
        return None;
    }
    let mut lines = Lines::new(text);
    if has_labels(text) {
        let heads = labelled_heads(&mut lines);
        return (!heads.is_empty()).then(|| records(&lines, heads));
    }
    let numbered = numbered_heads(&lines);
    let plain = plain_heads(&lines);
    let n_questions = |heads: &[Head]| {
        heads.iter().filter(|head| head.is_question && !head.answer.is_empty()).count()
    };
    // Numbered questions may be statements, so that fewer end with a question mark.
    let n_with_number =
        plain.iter().filter(|head| head.is_question && number_of(&head.text).is_some()).count();
    let are_numbered = n_with_number * 2 >= n_questions(&plain).max(1);
    let heads = if are_numbered || n_questions(&numbered) >= n_questions(&plain) {
        numbered
    } else {
        plain
    };
    let n_answered = heads.iter().filter(|head| !head.answer.is_empty()).count();
    // A numbered document of statements is no FAQ.
    let is_faq = n_answered >= MIN_ANSWERS && n_questions(&heads) * 5 >= n_answered;
    is_faq.then(|| records(&lines, heads))
}

/// Whether the text has marks that plain text does not have.
fn has_markup(text: &str) -> bool {
    let mut previous = "";
    text.lines().enumerate().any(|(idx, line)| {
        let is_heading = line.starts_with("## ") || (line.starts_with("# ") && idx == 0);
        let is_fence = line.starts_with("```") || (line.starts_with("~~~") && line.len() <= 5);
        let is_bold = line.matches("**").count() > 1 && !lines::is_rule(line);
        let is_link = ["](http", "](#", "](/"].iter().any(|link| line.contains(link));
        let is_html = ["<details", "<summary", "<h2", "<dl"].iter().any(|tag| line.contains(tag));
        // A question that is underlined is a heading of Markdown.
        let n_chars = |text: &str| text.trim().chars().count();
        let is_underline = lines::is_rule(line)
            && ends_like_question(previous)
            && n_chars(line).abs_diff(n_chars(previous)) <= 3;
        previous = line;
        is_heading || is_fence || is_bold || is_link || is_html || is_underline
    })
}

/// A line, or a few, that open an answer or a section.
#[derive(Debug)]
struct Head {
    lines: Range<usize>,
    text: String,
    /// The lines of the answer; empty if there is none.
    answer: Range<usize>,
    is_question: bool,
    /// How deep its number is; all heads without numbers are as deep as each other.
    depth: usize,
}

/// The heads with numbers, in one run of numbers that go on: "1.", "1.1.", "1.2.", "2.".
fn numbered_heads(lines: &Lines<'_>) -> Vec<Head> {
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
fn labelled_heads(lines: &mut Lines<'_>) -> Vec<Head> {
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
fn plain_heads(lines: &Lines<'_>) -> Vec<Head> {
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

/// The heads with answers as records. Those without are topics of the deeper ones below them.
fn records(lines: &Lines<'_>, heads: Vec<Head>) -> Vec<Record> {
    let writer = Writer::new(lines, heads.iter().map(|head| &head.answer));
    let mut open: Vec<OpenRecord> = Vec::new();
    let mut topics: Vec<(usize, String)> = Vec::new();
    let mut heads = heads.into_iter().peekable();
    while let Some(head) = heads.next() {
        topics.retain(|(depth, _)| *depth < head.depth);
        // What is below a question, and is none, is a part of its answer.
        let above = open.last_mut().filter(|it| !head.is_question && head.depth > it.depth);
        if let Some(above) = above {
            above.parts.extend([Part::Title(head.text), Part::Lines(head.answer)]);
            continue;
        }
        let next = heads.peek().filter(|next| next.depth > head.depth);
        let is_topic = match next {
            Some(next) => head.answer.is_empty() && (next.is_question || !head.is_question),
            None => head.answer.is_empty() && !head.is_question,
        };
        if is_topic {
            // What follows is not below the last question.
            if let Some(last) = open.last_mut().filter(|it| it.depth >= head.depth) {
                last.depth = usize::MAX;
            }
            topics.push((head.depth, head.text));
            continue;
        }
        let record = Record {
            location: RecordLocation { file: 0, line: head.lines.start + 1 },
            question: head.text,
            tags: topics.iter().map(|(_, topic)| topic.clone()).collect(),
            ..Record::default()
        };
        let depth = if head.is_question { head.depth } else { usize::MAX };
        open.push(OpenRecord { record, depth, parts: vec![Part::Lines(head.answer)] });
    }
    let finish = |OpenRecord { record, parts, .. }: OpenRecord| {
        let written = parts.iter().map(|part| match part {
            Part::Title(title) => to_markdown::shown(title),
            Part::Lines(lines) => writer.written(lines),
        });
        let parts: Vec<String> = written.filter(|part| !part.is_empty()).collect();
        Record { answers: Answer::new(&parts.join("\n\n")).into_iter().collect(), ..record }
    };
    open.into_iter().map(finish).collect()
}

/// A record whose answer has not ended.
struct OpenRecord {
    record: Record,
    /// The depth of its number; what is not deeper ends it.
    depth: usize,
    /// Its answer.
    parts: Vec<Part>,
}

/// A part of an answer.
enum Part {
    /// The title of a section of it.
    Title(String),
    /// Lines of the file.
    Lines(Range<usize>),
}

#[cfg(test)]
mod tests;
