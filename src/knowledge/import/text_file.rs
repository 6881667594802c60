//! Records in plain text: questions that are numbered, or paragraphs of their own, with their answers below.
//!
//! Such files have no markup. Their lines are broken by hand, numbers and indentation tell what belongs together, and a
//! table of contents repeats the questions.

mod heads;
mod lines;
mod numbering;
mod to_markdown;

use std::ops::Range;

use super::markdown::has_labels;
use super::plain_text::ends_like_question;
use super::record::{Answer, Record, RecordLocation};
use heads::{Head, labelled_heads, numbered_heads, plain_heads};
use lines::Lines;
use numbering::number_of;
use to_markdown::Writer;

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
