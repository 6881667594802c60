//! Records in tables: one column has the questions, one the answers.

use std::ops::Range;

use pulldown_cmark::{Event, Parser, Tag, TagEnd};

use super::Lines;
use crate::knowledge::import::field_choice::FieldChoice;
use crate::knowledge::import::field_names::Field;
use crate::knowledge::import::plain_text::on_one_line;
use crate::knowledge::import::record::{Answer, Record, RecordLocation};
use crate::text::MarkdownText;
use crate::text::markdown::options;

/// The records of the tables in `text` whose head names questions and answers. `first_line` lines stand before it.
pub(super) fn records(text: &str, first_line: usize) -> Vec<Record> {
    let markdown = MarkdownText::new(text);
    let words = |cell: &Range<usize>| on_one_line(&markdown.words(cell.clone()));
    let (lines, fields) = (Lines::new(text, first_line), FieldChoice::default());
    let mut records = Vec::new();
    for table in tables(text) {
        let Some((head, rows)) = table.split_first() else { continue };
        let names: Vec<(String, ())> = head.iter().map(|cell| (words(cell), ())).collect();
        let Some(question_at) = fields.find(Field::Question, &names) else { continue };
        let Some(answer_at) = fields.find_except(Field::Answer, &names, question_at) else {
            continue;
        };
        let tags_at = fields.find_except(Field::Tags, &names, question_at);
        for row in rows {
            let (Some(question), Some(answer)) = (row.get(question_at), row.get(answer_at)) else {
                continue;
            };
            let answer = text.get(answer.clone()).unwrap_or_default().trim();
            let tag = tags_at.and_then(|at| row.get(at)).map(words).filter(|tag| !tag.is_empty());
            records.push(Record {
                location: RecordLocation { file: 0, line: lines.line_at(question.start) },
                question: words(question),
                answers: Answer::new(answer).into_iter().collect(),
                tags: tag.into_iter().collect(),
                ..Record::default()
            });
        }
    }
    records.retain(|record| record.question.contains(char::is_alphanumeric));
    records
}

/// The tables, as rows of the spans of their cells.
fn tables(text: &str) -> Vec<Vec<Vec<Range<usize>>>> {
    let mut tables: Vec<Vec<Vec<Range<usize>>>> = Vec::new();
    for (event, span) in Parser::new_ext(text, options()).into_offset_iter() {
        match event {
            Event::Start(Tag::Table(_)) => tables.push(Vec::new()),
            Event::Start(Tag::TableHead | Tag::TableRow) => {
                tables.last_mut().into_iter().for_each(|table| table.push(Vec::new()));
            }
            Event::End(TagEnd::TableCell) => {
                let row = tables.last_mut().and_then(|table| table.last_mut());
                row.into_iter().for_each(|row| row.push(span.clone()));
            }
            _ => {}
        }
    }
    tables
}
