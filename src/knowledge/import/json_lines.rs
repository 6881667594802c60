//! Records in JSON lines, a record a line.

use std::collections::HashMap;

use super::field_choice::FieldChoice;
use super::limits::{MAX_LINE_ERRORS, MAX_QUESTIONS};
use super::record::{Record, RecordLocation};
use super::tree::Tree;
use super::tree_record;
use super::{LineError, LineProblem, ReadError};
use crate::knowledge::EntryId;

/// The records of a file of JSON lines.
///
/// # Errors
/// [`ReadError::Lines`] with the lines that are invalid; if no line is valid, one error for the file.
pub(super) fn read(text: &str, fields: &FieldChoice) -> Result<Vec<Record>, ReadError> {
    let mut records = Vec::new();
    let mut errors = Vec::new();
    let mut line_of_id: HashMap<String, usize> = HashMap::new();
    for (idx, line) in text.split('\n').enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let read = read_line(line, fields).and_then(|record| {
            let Some(id) = record.id.clone() else { return Ok(record) };
            match line_of_id.get(&id) {
                Some(first) => Err(LineProblem::DuplicateId { id, first: *first }),
                None => {
                    line_of_id.insert(id, idx + 1);
                    Ok(record)
                }
            }
        });
        match read {
            Ok(record) => {
                records
                    .push(Record { location: RecordLocation { file: 0, line: idx + 1 }, ..record });
            }
            Err(problem) => errors.push(LineError { line: idx + 1, problem }),
        }
        if records.len() > MAX_QUESTIONS {
            return Err(ReadError::TooManyQuestions);
        }
        if errors.len() == MAX_LINE_ERRORS {
            break;
        }
    }
    match (records.is_empty(), errors.is_empty()) {
        (_, true) => Ok(records),
        (true, false) => Err(ReadError::NoLineIsARecord { first: errors.swap_remove(0) }),
        (false, false) => Err(ReadError::Lines { errors }),
    }
}

fn read_line(line: &str, fields: &FieldChoice) -> Result<Record, LineProblem> {
    let tree = Tree::parse_json(line)?;
    let map = tree.as_map().ok_or(LineProblem::NotAnObject)?;
    let keys = || map.iter().map(|(key, _)| key.as_str());
    let record = tree_record::record(map, fields)
        .ok_or_else(|| LineProblem::NoQuestion { keys: keys().collect::<Vec<_>>().join(", ") })?;
    if record.is_gap && !record.answers.is_empty() {
        return Err(LineProblem::GapWithAnswer);
    }
    if let Some(id) = record.id.as_ref().filter(|id| EntryId::new(id).is_none()) {
        return Err(LineProblem::BadId { id: id.clone() });
    }
    Ok(record)
}

/// Whether the first lines of `text` are JSON objects of their own.
pub(super) fn looks_like_json_lines(text: &str) -> bool {
    let mut lines = text.lines().filter(|line| !line.trim().is_empty()).take(2);
    let is_object = |line: &str| {
        line.trim_start().starts_with('{')
            && serde_json::from_str::<serde::de::IgnoredAny>(line).is_ok()
    };
    lines.next().is_some_and(is_object) && lines.next().is_none_or(is_object)
}
