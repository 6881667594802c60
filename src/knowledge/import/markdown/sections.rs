//! The sections of a Markdown document: its headings with what stands below them.

use std::collections::HashSet;
use std::ops::Range;

use super::blocks::Block;
use super::document::Document;
use crate::knowledge::import::plain_text::{ends_like_question, on_one_line};

/// A heading, with what stands below it.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Section {
    /// The text of the heading; empty for the document as a whole.
    pub(super) title: String,
    /// The level of the heading; 0 for the document as a whole.
    level: u8,
    /// Where the heading starts.
    pub(super) start: usize,
    /// What stands between the heading and the next one.
    pub(super) own: Range<usize>,
    /// Where the section ends, with the sections in it.
    pub(super) end: usize,
    /// The sections in it.
    pub(super) children: Vec<Self>,
}

impl Section {
    /// Whether this is the document as a whole.
    pub(super) fn is_root(&self) -> bool {
        self.level == 0
    }

    fn is_question(&self) -> bool {
        ends_like_question(&self.title)
    }

    fn descendants(&self) -> Vec<&Self> {
        let mut all = Vec::new();
        let mut next: Vec<&Self> = self.children.iter().rev().collect();
        while let Some(section) = next.pop() {
            all.push(section);
            next.extend(section.children.iter().rev());
        }
        all
    }
}

/// The sections of a document, and which of them are questions.
#[derive(Debug)]
pub(super) struct SectionTree {
    root: Section,
    /// The level of the headings that are questions.
    question_level: u8,
    /// The start and end of the heading that is the title of the document.
    title: Option<(usize, usize)>,
    /// Starts of the sections without a text of their own, but for links to other sections.
    contents: HashSet<usize>,
}

impl SectionTree {
    /// The sections of `document`.
    pub(super) fn new(document: &Document<'_>) -> Self {
        let mut root = nested(document);
        let title = title_of(&root);
        fill_ends(&mut root, document.text().len());
        let contents = root
            .descendants()
            .iter()
            .filter(|s| is_table_of_contents(document, s))
            .map(|s| s.start)
            .collect();
        let question_level = question_level(&root, title.map(|(start, _)| start));
        Self { root, question_level, title, contents }
    }

    /// The document as a whole.
    pub(super) fn root(&self) -> &Section {
        &self.root
    }

    /// All sections but the whole.
    pub(super) fn sections(&self) -> impl Iterator<Item = &Section> {
        self.root.descendants().into_iter()
    }

    /// The only heading of the highest level at the start.
    pub(super) fn title(&self) -> Option<&str> {
        let (start, _) = self.title?;
        self.sections().find(|section| section.start == start).map(|section| section.title.as_str())
    }

    /// Where the heading with the title ends.
    pub(super) fn title_end(&self) -> Option<usize> {
        self.title.map(|(_, end)| end)
    }

    /// Whether any heading but the title is a question.
    pub(super) fn has_question_headings(&self) -> bool {
        self.question_level != u8::MAX
    }

    /// Whether the section's heading is the title of the document.
    pub(super) fn is_title(&self, section: &Section) -> bool {
        !section.is_root() && self.title.is_some_and(|(start, _)| start == section.start)
    }

    /// Whether the heading is a question, whatever stands below it.
    pub(super) fn is_entry(&self, section: &Section) -> bool {
        if section.is_root() || (self.is_title(section) && !section.children.is_empty()) {
            return false;
        }
        section.is_question()
            || (section.level == self.question_level
                && !section.children.is_empty()
                && !has_questions(section))
    }

    /// Whether the sections in it are parts of its answer.
    pub(super) fn absorbs_children(&self, section: &Section) -> bool {
        !has_questions(section)
    }

    /// Whether a section without questions in it is an entry: not if it only lists the others.
    pub(super) fn is_leaf_entry(&self, section: &Section) -> bool {
        !self.contents.contains(&section.start)
    }
}

fn has_questions(section: &Section) -> bool {
    section.descendants().iter().any(|inner| inner.is_question())
}

/// Nests the headings by their levels. Ends are filled in later.
fn nested(document: &Document<'_>) -> Section {
    let mut open = vec![Section { own: 0..document.text().len(), ..Section::default() }];
    for block in &document.blocks {
        let Block::Heading { level, text, span } = block else { continue };
        while open.last().is_some_and(|section| section.level >= *level) {
            close(&mut open);
        }
        if let Some(parent) = open.last_mut()
            && parent.children.is_empty()
        {
            parent.own.end = span.start.max(parent.own.start);
        }
        open.push(Section {
            title: on_one_line(text),
            level: *level,
            start: span.start,
            own: span.end..document.text().len().max(span.end),
            ..Section::default()
        });
    }
    while open.len() > 1 {
        close(&mut open);
    }
    open.pop().unwrap_or_default()
}

fn close(open: &mut Vec<Section>) {
    if let Some(section) = open.pop()
        && let Some(parent) = open.last_mut()
    {
        parent.children.push(section);
    }
}

/// Sets where each section ends: where the next one of its level starts, or where its parent ends.
fn fill_ends(section: &mut Section, end: usize) {
    section.end = end;
    section.own.end = section
        .own
        .end
        .min(section.children.first().map_or(end, |child| child.start))
        .max(section.own.start);
    let starts: Vec<usize> =
        section.children.iter().skip(1).map(|child| child.start).chain([end]).collect();
    for (child, end) in section.children.iter_mut().zip(starts) {
        fill_ends(child, end);
    }
}

/// The heading that is the title: the only one on the first level, if all others are below it.
fn title_of(root: &Section) -> Option<(usize, usize)> {
    match root.children.as_slice() {
        [only] => Some((only.start, only.own.start)),
        _ => None,
    }
}

/// The level of most headings with a question mark; no level if there are none.
fn question_level(root: &Section, title: Option<usize>) -> u8 {
    let mut n_at = [0_usize; 7];
    for section in root.descendants().into_iter().filter(|section| Some(section.start) != title) {
        if let Some(n) = n_at.get_mut(usize::from(section.level)).filter(|_| section.is_question())
        {
            *n += 1;
        }
    }
    let most = (1..=6_u8).rev().max_by_key(|level| n_at.get(usize::from(*level)).copied());
    most.filter(|_| n_at.iter().any(|n| *n > 0)).unwrap_or(u8::MAX)
}

/// Whether a section holds nothing but links to other sections.
fn is_table_of_contents(document: &Document<'_>, section: &Section) -> bool {
    let blocks = document.blocks_in(&section.own);
    let is_links = |block: &Block| match block {
        Block::List(items) => items.iter().all(|item| item.first.is_local_links),
        Block::Paragraph(paragraph) => paragraph.is_local_links,
        Block::Other(_) => true,
        _ => false,
    };
    !blocks.is_empty()
        && blocks.iter().all(is_links)
        && blocks.iter().any(|block| !matches!(block, Block::Other(_)))
}
