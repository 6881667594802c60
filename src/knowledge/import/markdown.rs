//! Records in Markdown: headings, bold lines, `<details>`, definition lists, "Q: / A:" lines and tables.

mod answer_text;
mod block_builder;
mod blocks;
mod containers;
mod details;
mod document;
mod footnotes;
mod html_blocks;
mod labels;
mod markers;
mod sections;
mod tables;

use super::field_choice::FieldChoice;
use super::field_names::{self, Field};
use super::front_matter;
use super::plain_text::{ends_like_question, on_one_line, split_list};
use super::record::{Answer, Record, RecordLocation};
use super::tree::Tree;
use super::{ReadError, limits};
use crate::knowledge::EntryId;
use answer_text::AnswerText;
use document::Document;
use markers::Marks;
use sections::{Section, SectionTree};

pub(super) use labels::{has_labels, of_line as label_of, without_number};

/// What a Markdown file holds.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Markdown {
    /// The title of the document: the only heading of the first level, or of the front matter.
    pub(super) title: Option<String>,
    /// The questions, with their answers.
    pub(super) records: Vec<Record>,
}

/// Reads a Markdown file. A file whose front matter has a question or title, and in which nothing else is a
/// question, is one record.
///
/// # Errors
/// [`ReadError`] if the front matter is malformed, or if it has more marks than any document of people.
pub(super) fn read(text: &str) -> Result<Markdown, ReadError> {
    limits::check_marks(text, limits::MARKUP)?;
    let (matter, body) = front_matter::split(text)?;
    let first_line = text.len() - body.len();
    let first_line = text.get(..first_line).unwrap_or_default().matches('\n').count();
    let document = Document::parse(body);
    let tree = SectionTree::new(&document);
    let mut reader = Reader {
        document: &document,
        tree: &tree,
        lines: Lines::new(body, first_line),
        records: Vec::new(),
    };
    reader.read_section(tree.root(), &[]);
    let mut records = reader.records;
    if !records.iter().any(|record| ends_like_question(&record.question)) {
        let in_tables = tables::records(body, first_line);
        records = if in_tables.is_empty() { records } else { in_tables };
    }
    let mut title = tree.title().map(str::to_owned);
    if let Some(matter) = matter {
        let whole = record_of_file(&matter, &document, &tree);
        let named = whole.question.clone();
        let has_question = records.iter().any(|record| ends_like_question(&record.question));
        let only_title = records.len() == 1 && tree.sections().count() == 1;
        if !whole.question.is_empty()
            && (records.is_empty()
                || only_title
                || (!has_question && ends_like_question(&whole.question)))
        {
            records = vec![whole];
        } else {
            for record in &mut records {
                record.tags = [&whole.tags[..], &record.tags].concat();
            }
        }
        if is_draft(&matter) {
            records.iter_mut().for_each(|record| record.is_draft = true);
        }
        title = Some(named).filter(|named| !named.is_empty()).or(title);
    }
    Ok(Markdown { title, records })
}

/// The record of a file that holds one question, which its front matter names.
fn record_of_file(matter: &Tree, document: &Document<'_>, tree: &SectionTree) -> Record {
    let fields = FieldChoice::default();
    let map = matter.as_map().unwrap_or_default();
    let at = |field| fields.find(field, map).and_then(|at| map.get(at));
    let list = |field| match at(field) {
        Some((_, Tree::Text(text))) => split_list(text),
        Some((_, Tree::List(items))) => {
            items.iter().filter_map(Tree::as_text).map(on_one_line).collect()
        }
        _ => Vec::new(),
    };
    let question = at(Field::Question).and_then(|(_, value)| value.as_text()).map(on_one_line);
    // A heading that repeats the title is no part of the answer.
    let body = 0..document.text().len();
    let repeats = |title: &str| {
        question.as_deref().is_none_or(|question| title.eq_ignore_ascii_case(question))
    };
    let start =
        tree.title_end().filter(|_| tree.title().is_some_and(repeats)).unwrap_or(body.start);
    let below = AnswerText::new(document).of(&(start..body.end), 0);
    // A description is about the page; an answer is called so.
    let answer = map.iter().find(|(name, _)| field_names::is_label(Field::Answer, name));
    let answer = answer.and_then(|(_, value)| value.as_text()).unwrap_or_default();
    let id = at(Field::Id).and_then(|(_, value)| value.as_text());
    Record {
        location: RecordLocation { file: 0, line: 1 },
        id: id.filter(|id| EntryId::new(id).is_some()).map(str::to_owned),
        question: question.unwrap_or_default(),
        variants: list(Field::Variants),
        keywords: list(Field::Keywords),
        tags: list(Field::Tags),
        answers: Answer::new(&format!("{answer}\n\n{below}")).into_iter().collect(),
        ..Record::default()
    }
}

/// Whether the front matter says that the file is not published.
fn is_draft(matter: &Tree) -> bool {
    let flag = |name: &str| matter.get(name).and_then(Tree::as_bool);
    flag("draft") == Some(true) || flag("published") == Some(false)
}

struct Reader<'a> {
    document: &'a Document<'a>,
    tree: &'a SectionTree,
    lines: Lines,
    records: Vec<Record>,
}

impl Reader<'_> {
    fn read_section(&mut self, section: &Section, tags: &[String]) {
        if self.tree.is_entry(section) {
            let own_end =
                if self.tree.absorbs_children(section) { section.end } else { section.own.end };
            self.push(&section.title, &(section.own.start..own_end), section.start, tags);
            if own_end == section.end {
                return;
            }
            self.read_children(section, tags);
            return;
        }
        let is_whole = section.is_root() || self.tree.is_title(section);
        let marks = match (is_whole, self.tree.has_question_headings()) {
            (true, _) => Marks::Lines,
            (false, false) => Marks::Bold,
            (false, true) => Marks::Certain,
        };
        let markers = markers::find(self.document, &section.own, marks);
        let answers = AnswerText::new(self.document);
        for marker in &markers {
            let text = marker
                .answer
                .as_ref()
                .map_or_else(String::new, |answer| answers.of(answer, marker.indent));
            let text = labels::without_answer_label(&marker.question, &text);
            let tags = [&self.tags(section, tags)[..], &marker.topics].concat();
            self.push_text(&marker.question, text, marker.start, &tags);
        }
        let is_leaf = section.children.is_empty() && !section.is_root();
        if markers.is_empty() && is_leaf && self.tree.is_leaf_entry(section) {
            self.push(&section.title, &section.own, section.start, tags);
            return;
        }
        // Where no heading is a question, one with text and subheadings is an entry like those without.
        if markers.is_empty() && !is_whole && !self.tree.has_question_headings() {
            self.push_own_text(section, tags);
        }
        let tags = self.tags(section, tags);
        self.read_children(section, &tags);
    }

    /// The text between a heading and its first subheading, if there is any.
    fn push_own_text(&mut self, section: &Section, tags: &[String]) {
        let text = AnswerText::new(self.document).of(&section.own, 0);
        if text.contains(char::is_alphanumeric) && self.tree.is_leaf_entry(section) {
            self.push(&section.title, &section.own, section.start, tags);
        }
    }

    fn read_children(&mut self, section: &Section, tags: &[String]) {
        for child in &section.children {
            self.read_section(child, tags);
        }
    }

    fn tags(&self, section: &Section, tags: &[String]) -> Vec<String> {
        let own =
            (!section.is_root() && !self.tree.is_title(section)).then(|| section.title.clone());
        tags.iter().cloned().chain(own.filter(|title| !title.is_empty())).collect()
    }

    fn push(
        &mut self,
        question: &str,
        answer: &std::ops::Range<usize>,
        start: usize,
        tags: &[String],
    ) {
        let text = AnswerText::new(self.document).of(answer, 0);
        self.push_text(question, labels::without_answer_label(question, &text), start, tags);
    }

    fn push_text(&mut self, question: &str, answer: &str, start: usize, tags: &[String]) {
        let question = without_number(question);
        if !question.contains(char::is_alphanumeric) {
            return;
        }
        self.records.push(Record {
            location: RecordLocation { file: 0, line: self.lines.line_at(start) },
            question,
            answers: Answer::new(answer).into_iter().collect(),
            tags: tags.to_vec(),
            ..Record::default()
        });
    }
}

/// Line numbers of byte offsets.
struct Lines {
    starts: Vec<usize>,
    n_before: usize,
}

impl Lines {
    fn new(text: &str, n_before: usize) -> Self {
        let starts = text.match_indices('\n').map(|(at, _)| at + 1).collect();
        Self { starts, n_before }
    }

    fn line_at(&self, offset: usize) -> usize {
        self.n_before + 1 + self.starts.partition_point(|start| *start <= offset)
    }
}

#[cfg(test)]
mod tests;
