//! Questions inside a section: `<details>`, definitions, labels, bold lines, list items, lines.

use std::ops::Range;

use super::blocks::{Block, Item, Paragraph, Term};
use super::details::Details;
use super::document::Document;
use super::labels;
use crate::knowledge::import::html;
use crate::knowledge::import::plain_text::ends_like_question;

/// Most `<details>` around a question that are topics.
const MAX_TOPICS: usize = 6;

/// A question in running text.
#[derive(Debug, PartialEq)]
pub(super) struct Marker {
    /// Where it starts.
    pub(super) start: usize,
    pub(super) question: String,
    /// Where its answer stands; `None` if there is none.
    pub(super) answer: Option<Range<usize>>,
    /// The indentation of the answer in spaces: that of the item or definition it stands in.
    pub(super) indent: usize,
    /// The summaries of the `<details>` around it that are topics.
    pub(super) topics: Vec<String>,
}

/// Which marks of questions are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd)]
pub(super) enum Marks {
    /// Those that are certain.
    Certain,
    /// Bold lines without a question mark, too, if there are no others.
    Bold,
    /// Lines of their own that end with a question mark, too, if there are no others.
    Lines,
}

/// The questions in `span`, in order.
pub(super) fn find(document: &Document<'_>, span: &Range<usize>, marks: Marks) -> Vec<Marker> {
    let blocks = document.blocks_in(span);
    let labelled = labels::find(document.text(), span, |at| document.is_code(at));
    if !labelled.is_empty() {
        let marker = |found: labels::LabeledQuestion| Marker {
            start: found.start,
            question: found.question,
            answer: Some(found.answer).filter(|answer| !answer.is_empty()),
            indent: 0,
            topics: Vec::new(),
        };
        return labelled.into_iter().map(marker).collect();
    }
    let kinds =
        [(Kind::Marked, Marks::Certain), (Kind::Bold, Marks::Bold), (Kind::Plain, Marks::Lines)];
    for (kind, _) in kinds.into_iter().filter(|(_, least)| marks >= *least) {
        let found = Finder { document, kind, open: None, found: Vec::new() }.find(blocks, span.end);
        // A single bold line without a question mark is more likely emphasis.
        let n_questions =
            found.iter().filter(|marker| ends_like_question(&marker.question)).count();
        let n_answered = found.iter().filter(|marker| marker.answer.is_some()).count();
        let is_meant = match kind {
            Kind::Marked => !found.is_empty(),
            Kind::Bold => found.len() > 1 && n_answered == found.len() && n_questions == 0,
            Kind::Plain => n_answered * 2 > found.len(),
        };
        if is_meant {
            return found;
        }
    }
    Vec::new()
}

/// What counts as a question.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Details, definitions, and bold lines and items that end with a question mark.
    Marked,
    /// The same, and every bold line.
    Bold,
    /// The same, and every line that ends with a question mark.
    Plain,
}

/// A question whose answer has not ended.
struct Open {
    start: usize,
    question: String,
    answer_start: usize,
    indent: usize,
}

/// The words of an item that stand in bold letters or italics as a paragraph, and where the text behind them starts.
fn title_of(item: &Item) -> Option<(String, usize)> {
    let (bold, end) = item.first.bold.as_ref()?;
    (item.first.text.trim() == bold.trim()).then(|| (bold.clone(), *end))
}

struct Finder<'a> {
    document: &'a Document<'a>,
    kind: Kind,
    /// The question whose answer has not ended.
    open: Option<Open>,
    found: Vec<Marker>,
}

impl Finder<'_> {
    fn find(mut self, blocks: &[Block], end: usize) -> Vec<Marker> {
        for block in blocks {
            match block {
                Block::Details(details) => {
                    self.close(details.span.start);
                    self.add_details(details, &[]);
                }
                Block::Definitions(terms) => {
                    self.close(block.span().start);
                    let n_terms = terms.len();
                    for (idx, Term { title, start, definition }) in terms.iter().enumerate() {
                        let (start, answer_start) = (*start, definition.start);
                        let indent = self.indent_at(answer_start);
                        if idx + 1 == n_terms {
                            // What follows the last definition without an indentation belongs to it.
                            self.open =
                                Some(Open { start, question: title.clone(), answer_start, indent });
                        } else {
                            self.add(start, title, Some(definition.clone()), indent);
                        }
                    }
                }
                Block::Paragraph(paragraph) => self.read_paragraph(paragraph),
                Block::List(items) => self.read_list(items),
                Block::Heading { .. } | Block::Other(_) => {}
            }
        }
        self.close(end);
        self.found
    }

    /// A question that opens, or those in it, if it has nothing but other `<details>`.
    fn add_details(&mut self, details: &Details, topics: &[String]) {
        let inner = self.document.details_in(&details.body);
        let mut outside = details.body.start;
        let has_own_text = inner.iter().any(|inner| {
            let before = outside..inner.span.start;
            outside = inner.span.end;
            self.has_words(&before)
        }) || self.has_words(&(outside..details.body.end));
        // Deeper ones than people write are text.
        if inner.is_empty() || has_own_text || topics.len() >= MAX_TOPICS {
            let body = Some(details.body.clone());
            self.add(details.span.start, &details.summary, body, details.indent);
            if let Some(marker) = self.found.last_mut() {
                marker.topics = topics.to_vec();
            }
            return;
        }
        let topics = [topics, std::slice::from_ref(&details.summary)].concat();
        for details in &inner {
            self.add_details(details, &topics);
        }
    }

    /// Whether a span has text besides HTML tags.
    fn has_words(&self, span: &Range<usize>) -> bool {
        let text = self.document.text().get(span.clone()).unwrap_or_default();
        html::plain_text(text).contains(char::is_alphanumeric)
    }

    fn read_paragraph(&mut self, paragraph: &Paragraph) {
        if let Some((question, answer_start)) = self.question_of(paragraph) {
            self.close(paragraph.span.start);
            self.open =
                Some(Open { start: paragraph.span.start, question, answer_start, indent: 0 });
        }
    }

    /// Items that start with a question. A list of questions alone is a table of contents, unless it has one
    /// item, whose answer may follow the list.
    fn read_list(&mut self, items: &[Item]) {
        let mut questions: Vec<Option<(String, usize)>> =
            items.iter().map(|item| self.question_of(&item.first)).collect();
        // Beside a question in bold letters, titles of other items in them are questions, too.
        let titles: Vec<Option<(String, usize)>> = items.iter().map(title_of).collect();
        let n_titles = titles.iter().flatten().count();
        if n_titles * 2 > items.len() && questions.iter().any(Option::is_some) {
            for (question, title) in questions.iter_mut().zip(titles) {
                *question = question.take().or(title);
            }
        }
        let has_text = |item: &Item, start: usize| {
            let rest = self.document.text().get(start..item.span.end).unwrap_or_default();
            rest.contains(char::is_alphanumeric)
        };
        let n_answered = items
            .iter()
            .zip(&questions)
            .filter(|(item, question)| {
                question.as_ref().is_some_and(|(_, start)| has_text(item, *start))
            })
            .count();
        let is_single = matches!(questions.as_slice(), [Some(_)]);
        if n_answered * 2 <= items.len() && !is_single {
            return;
        }
        for (item, question) in items.iter().zip(questions) {
            let Some((question, start)) = question else { continue };
            self.close(item.span.start);
            if is_single && n_answered == 0 {
                self.open =
                    Some(Open { start: item.span.start, question, answer_start: start, indent: 0 });
            } else {
                let indent = self.indent_at(item.span.start);
                self.add(item.span.start, &question, Some(start..item.span.end), indent);
            }
        }
    }

    /// The question that a paragraph starts with, and where the text behind it starts.
    fn question_of(&self, paragraph: &Paragraph) -> Option<(String, usize)> {
        if paragraph.is_local_links {
            return None;
        }
        if let Some((bold, end)) = &paragraph.bold {
            let is_whole = paragraph.text.trim() == bold.trim();
            let is_title = is_whole && !bold.ends_with([':', '：']);
            if ends_like_question(bold) || (self.kind != Kind::Marked && is_title) {
                return Some((bold.clone(), *end));
            }
        }
        let source = self.document.text().get(paragraph.span.clone())?;
        let first_line = source.trim_start().split('\n').next().unwrap_or_default();
        let plain = paragraph.text.trim_start().split('\n').next().unwrap_or_default();
        let line_end =
            paragraph.span.start + (source.len() - source.trim_start().len()) + first_line.len();
        let is_bold_line = paragraph.bold.is_some() && ends_like_question(plain);
        // Of items of lists, the first line; else a paragraph of one line.
        let is_plain = self.kind == Kind::Plain && ends_like_question(plain);
        (is_plain || is_bold_line).then(|| (plain.to_owned(), line_end))
    }

    /// The width of the mark of the item or definition that starts at `at`: "- ", "12. ", ":   ".
    fn indent_at(&self, at: usize) -> usize {
        let text = self.document.text().get(at..).unwrap_or_default();
        let after_number = text.trim_start_matches(|c: char| c.is_ascii_digit());
        let after_mark =
            after_number.strip_prefix(['-', '*', '+', '.', ')', ':']).unwrap_or(after_number);
        text.len() - after_mark.trim_start_matches(' ').len()
    }

    fn add(&mut self, start: usize, question: &str, answer: Option<Range<usize>>, indent: usize) {
        let text = |span: &Range<usize>| self.document.text().get(span.clone()).unwrap_or_default();
        let answer = answer.filter(|span| !text(span).trim().is_empty());
        let question = question.trim().to_owned();
        self.found.push(Marker { start, question, answer, indent, topics: Vec::new() });
    }

    /// Ends the open answer at `end`.
    fn close(&mut self, end: usize) {
        if let Some(Open { start, question, answer_start, indent }) = self.open.take() {
            self.add(start, &question, Some(answer_start..end.max(answer_start)), indent);
        }
    }
}
