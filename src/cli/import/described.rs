//! What `quoth import` says about files and records.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;

use super::place;
use crate::cli::report::pluralize;
use crate::knowledge::import::{
    Collection, FileReading, Format, NoFaq, Reason, SkippedRecord, TableLayout,
};
use crate::store::import_files::ImportFile;

/// Questions of one kind that are listed; of more, their number is said.
const N_LISTED: usize = 20;

/// What the files were taken for, in one line.
pub(super) fn files(files: &[ImportFile], readings: &[FileReading]) -> String {
    if readings.is_empty() {
        return "No file has questions.".to_owned();
    }
    if let ([file], [reading]) = (files, readings) {
        let layout = reading.layout.as_ref().map(table).unwrap_or_default();
        let encoding = reading.encoding.map(|name| format!(" in {name}")).unwrap_or_default();
        let n = pluralize(n_questions(reading), "question");
        return format!("{}: {}{layout}{encoding}, {n}.", file.path, article(reading.format));
    }
    let mut n_by_format: BTreeMap<Format, usize> = BTreeMap::new();
    for reading in readings {
        *n_by_format.entry(reading.format).or_default() += 1;
    }
    let counts: Vec<String> = n_by_format
        .into_iter()
        .map(|(format, n)| pluralize(n, &format!("{} file", format.name())))
        .collect();
    let n_records = readings.iter().map(n_questions).sum();
    format!("{}, {}.", counts.join(", "), pluralize(n_records, "question"))
}

/// Lists the files of a folder that are left out.
pub(super) fn unread(out: &mut impl Write, unread: &[(String, NoFaq)]) -> std::io::Result<()> {
    if unread.is_empty() {
        return Ok(());
    }
    writeln!(out, "{} left out:", pluralize(unread.len(), "file"))?;
    for (path, reason) in unread.iter().take(N_LISTED) {
        let reason = match reason {
            NoFaq::Configuration => "configuration",
            NoFaq::NoQuestions => "no questions",
            NoFaq::Empty => "empty",
        };
        writeln!(out, "  {path}: {reason}")?;
    }
    if unread.len() > N_LISTED {
        writeln!(out, "  ... and {} more", unread.len() - N_LISTED)?;
    }
    Ok(())
}

fn n_questions(reading: &FileReading) -> usize {
    reading.records.iter().filter(|record| !record.question.is_empty()).count()
}

fn article(format: Format) -> String {
    match format {
        Format::Table => "a table".to_owned(),
        format => format.name().to_owned(),
    }
}

fn table(layout: &TableLayout) -> String {
    let separator = match layout.separator {
        '\t' => "tabs",
        ';' => "semicolons",
        '|' => "vertical bars",
        _ => "commas",
    };
    let column = |name: &str| {
        if layout.has_header { format!("\"{name}\"") } else { format!("column {name}") }
    };
    let header = if layout.has_header { "" } else { " and no header" };
    let answer = match layout.answer.as_str() {
        "" => "no answers".to_owned(),
        name => format!("answers in {}", column(name)),
    };
    let not_read = match layout.not_read.as_slice() {
        [] => String::new(),
        names => {
            let names: Vec<String> = names.iter().map(|name| column(name)).collect();
            format!(" (not read: {}; import them with --question and --answer)", names.join(", "))
        }
    };
    format!(
        " with {separator}{header}, questions in {}, {answer}{not_read}",
        column(&layout.question)
    )
}

/// Lists the records that became no entry of their own, by reason.
pub(super) fn left_out(
    out: &mut impl Write,
    files: &[ImportFile],
    collection: &Collection,
) -> std::io::Result<()> {
    let of = |is_meant: fn(&Reason) -> bool| -> Vec<&SkippedRecord> {
        collection.left_out.iter().filter(|left| is_meant(&left.reason)).collect()
    };
    let lists = [
        (
            of(|reason| *reason == Reason::NoAnswer),
            "question",
            "without an answer left out (--gaps makes gaps of them)",
        ),
        (of(|reason| *reason == Reason::Draft), "question", "of drafts left out"),
        (of(|reason| *reason == Reason::NoQuestion), "answer", "without a question left out"),
        (
            of(|reason| matches!(reason, Reason::SameAsEarlier(_))),
            "question",
            "found twice with one answer, taken once",
        ),
        (
            of(|reason| matches!(reason, Reason::AddedToEarlier(_))),
            "question",
            "found twice; the answer was added to the first",
        ),
        (
            of(|reason| matches!(reason, Reason::NamedByTopic(_))),
            "question",
            "found twice under different headings, which were added to them",
        ),
        (
            of(|reason| *reason == Reason::LongQuestion),
            "question",
            "too long to be a question, left out",
        ),
        (
            of(|reason| *reason == Reason::LongAnswer),
            "question",
            "left out whose answer is too long: a document for `quoth new`",
        ),
    ];
    for (list, noun, what) in lists.iter().filter(|(list, ..)| !list.is_empty()) {
        writeln!(out, "{} {what}:", pluralize(list.len(), noun))?;
        list_questions(out, files, list)?;
    }
    if collection.n_shared_keywords > 0 {
        let n = pluralize(collection.n_shared_keywords, "keyword");
        writeln!(out, "{n} found under several questions, left out.")?;
    }
    Ok(())
}

fn list_questions(
    out: &mut impl Write,
    files: &[ImportFile],
    list: &[&SkippedRecord],
) -> std::io::Result<()> {
    for left in list.iter().take(N_LISTED) {
        writeln!(
            out,
            "  {}: {}",
            place(files, left.location.file, left.location.line),
            left.question
        )?;
    }
    if list.len() > N_LISTED {
        writeln!(out, "  ... and {} more", list.len() - N_LISTED)?;
    }
    Ok(())
}

/// Why there is nothing to import, and what to do.
pub(super) fn nothing_found(path: &Path, collection: &Collection) -> String {
    let shown = path.display();
    if collection.left_out.is_empty() {
        format!(
            "{shown} has no question that is recognized: make each question a heading, or a bold line of its own, above \
             its answer; in tables and lists, name the fields with --question and --answer. For a document without \
             questions there is `quoth new`"
        )
    } else {
        format!(
            "no question in {shown} can become an entry, since each is a draft or has no answer of a usual length; name \
             the field of the answers with --answer, or make gaps of them with --gaps"
        )
    }
}
