//! The words of a document: the document with its syntax blanked.

use std::ops::Range;

use pulldown_cmark::{Event, Tag};

use super::html::{HtmlKind, parts};
use super::{LineKind, LineSpan, is_inline, is_inline_end};

/// Stands for a byte of syntax within a line of text, where a space would part a word: of
/// `un**believ**able`.
pub(super) const SYNTAX: char = '\u{1f}';

/// Reads the events of a document from its start to its end.
pub(super) struct WordReader<'a> {
    document: &'a str,
    words: Vec<u8>,
    lines: Vec<LineSpan>,
    /// The start of the line of text that is being read.
    line: Option<usize>,
    kind: LineKind,
    /// Whether the block that is being read is HTML, which is read as a whole.
    is_html: bool,
}

impl<'a> WordReader<'a> {
    pub(super) fn new(document: &'a str) -> Self {
        let words = Vec::with_capacity(document.len());
        let (lines, line, kind) = (Vec::new(), None, LineKind::Text);
        Self { document, words, lines, line, kind, is_html: false }
    }

    pub(super) fn read(&mut self, event: &Event<'_>, span: Range<usize>) {
        match event {
            Event::Start(tag) if is_inline(tag) => self.open(span.start),
            Event::End(end) if is_inline_end(*end) => self.skip_to(span.end, SYNTAX),
            Event::Start(tag) => {
                self.close();
                self.kind = match tag {
                    Tag::CodeBlock(_) => LineKind::Code,
                    Tag::Heading { .. } => LineKind::Heading,
                    Tag::TableCell => LineKind::Cell,
                    _ => LineKind::Text,
                };
                self.is_html = matches!(tag, Tag::HtmlBlock);
                if self.is_html {
                    let html = self.document.get(span.clone()).unwrap_or_default();
                    self.push_html(&span, html);
                }
            }
            Event::End(_) | Event::Rule => {
                self.close();
                (self.kind, self.is_html) = (LineKind::Text, false);
            }
            Event::Text(text) => self.push(span, text),
            Event::Code(text) => {
                let written = self.document.get(span.clone()).unwrap_or_default();
                // Line breaks in code are spaces.
                let at = written.replace(['\n', '\r'], " ").find(&**text);
                let start = span.start + at.unwrap_or(0);
                self.open(span.start);
                self.push(start..(start + text.len()).min(span.end), text);
                self.skip_to(span.end, SYNTAX);
            }
            Event::Html(_) if self.is_html => {}
            Event::Html(html) | Event::InlineHtml(html) => self.push_html(&span, html),
            Event::SoftBreak | Event::HardBreak => self.skip_to(span.end, ' '),
            Event::TaskListMarker(_) => self.skip_to(span.end, SYNTAX),
            Event::FootnoteReference(text) | Event::InlineMath(text) | Event::DisplayMath(text) => {
                self.push(span, text);
            }
        }
    }

    /// The words, with the spans of what has lines of its own.
    pub(super) fn finish(mut self) -> (String, Vec<LineSpan>) {
        self.close();
        self.skip_to(self.document.len(), ' ');
        (String::from_utf8_lossy(&self.words).into_owned(), self.lines)
    }

    /// Starts a line of text at `start`, if none is started.
    fn open(&mut self, start: usize) {
        let start = start.max(self.words.len());
        self.skip_to(start, if self.line.is_some() { SYNTAX } else { ' ' });
        self.line.get_or_insert(start);
    }

    fn close(&mut self) {
        if let Some(start) = self.line.take() {
            self.lines.push(LineSpan { span: start..self.words.len(), kind: self.kind });
        }
    }

    fn push(&mut self, span: Range<usize>, text: &str) {
        self.open(span.start);
        let is_ahead = span.start == self.words.len();
        if is_ahead && text.len() <= span.len() {
            self.words.extend(text.bytes());
        }
        self.skip_to(span.end, SYNTAX);
    }

    fn push_html(&mut self, span: &Range<usize>, html: &str) {
        for part in parts(html) {
            let of_part = span.start + part.span.start..span.start + part.span.end;
            match part.kind {
                HtmlKind::Text(text) => self.push(of_part, text),
                HtmlKind::Tag(tag) if tag.is_inline() => self.skip_to(of_part.end, SYNTAX),
                HtmlKind::Tag(_) => {
                    self.close();
                    self.skip_to(of_part.end, ' ');
                }
                HtmlKind::Hidden => self.skip_to(of_part.end, ' '),
            }
        }
    }

    /// Blanks what is before `end`; `filler` is one byte long.
    fn skip_to(&mut self, end: usize, filler: char) {
        let end = end.min(self.document.len());
        let filler = if self.line.is_some() { filler } else { ' ' };
        let filler = u8::try_from(filler).unwrap_or(b' ');
        if end > self.words.len() {
            self.words.resize(end, filler);
        }
    }
}
