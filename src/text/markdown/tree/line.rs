//! The line of text that is being read.

use crate::text::rich_text::{Address, Inline, MAX_DEPTH, push_text, text_of};

const LINE_BREAKS: [char; 2] = ['\n', '\r'];

/// What a part of a line is.
#[derive(PartialEq, Eq)]
pub(super) enum InlineKind {
    Line,
    Emphasis,
    Strong,
    Strikethrough,
    Code,
    /// A link; `None` if it leads nowhere.
    Link(Option<Address>),
}

/// A line, in which parts are open.
pub(super) struct LineBuilder {
    /// The open parts that are in the tree; the first one is the line.
    open: Vec<OpenInline>,
    /// How each open part of the document is read.
    markup: Vec<OpenMarkup>,
}

struct OpenInline {
    kind: InlineKind,
    /// The name of the HTML element that it is.
    element: Option<String>,
    content: Vec<Inline>,
}

/// How a part of a line is read.
enum OpenMarkup {
    /// As one of the open parts.
    InTree,
    /// As a part of what it is in.
    Left,
    /// As text, with this delimiter.
    Text(&'static str),
}

impl LineBuilder {
    pub(super) fn new() -> Self {
        let line = OpenInline { kind: InlineKind::Line, element: None, content: Vec::new() };
        Self { open: vec![line], markup: Vec::new() }
    }

    /// Starts a part of the document: as a part of what it is in if it is of no kind.
    pub(super) fn start(&mut self, kind: Option<InlineKind>) {
        let is_open = kind.is_some_and(|kind| self.open(kind, None));
        self.markup.push(if is_open { OpenMarkup::InTree } else { OpenMarkup::Left });
    }

    /// Starts a part of the document whose delimiters are text.
    pub(super) fn start_text(&mut self, delimiter: &'static str) {
        self.markup.push(OpenMarkup::Text(delimiter));
    }

    /// Ends the part of the document that was started last, and returns its delimiter if that is text.
    pub(super) fn end(&mut self) -> Option<&'static str> {
        match self.markup.pop()? {
            OpenMarkup::InTree => {
                // HTML elements that are not ended end with what they are in.
                while self.open.last().is_some_and(|open| open.element.is_some()) {
                    self.close();
                }
                self.close();
                None
            }
            OpenMarkup::Text(delimiter) => Some(delimiter),
            OpenMarkup::Left => None,
        }
    }

    /// Opens a part of the line, unless it is in one of its kind, or too deep.
    pub(super) fn open(&mut self, kind: InlineKind, element: Option<String>) -> bool {
        let is_same = |open: &OpenInline| match (&open.kind, &kind) {
            (InlineKind::Link(address), InlineKind::Link(_)) => address.is_some(),
            (open, kind) => open == kind,
        };
        // As in HTML, a link ends where another one starts.
        let is_link = |open: &OpenInline| matches!(open.kind, InlineKind::Link(_));
        let ends = |open: &OpenInline| is_link(open) && open.element.is_some();
        if matches!(kind, InlineKind::Link(_)) {
            if self.open.last().is_some_and(ends) {
                self.close();
            }
            // With another part open inside it, it cannot end here, and leads nowhere.
            if let Some(outer) = self.open.iter_mut().find(|open| ends(open)) {
                outer.kind = InlineKind::Link(None);
            }
        }
        if self.open.len() > MAX_DEPTH || self.open.iter().any(is_same) {
            return false;
        }
        self.open.push(OpenInline { kind, element, content: Vec::new() });
        true
    }

    /// Closes the part that was opened last.
    pub(super) fn close(&mut self) {
        let Some(OpenInline { kind, mut content, .. }) = self.open.pop() else { return };
        let is_empty = text_of(&content).trim().is_empty();
        match kind {
            InlineKind::Link(Some(address)) => {
                if is_empty {
                    content = vec![Inline::Text(address.displayed().to_owned())];
                }
                self.push(Inline::Link { content, address });
            }
            InlineKind::Emphasis if !is_empty => self.push(Inline::Emphasis(content)),
            InlineKind::Strong if !is_empty => self.push(Inline::Strong(content)),
            InlineKind::Strikethrough if !is_empty => self.push(Inline::Strikethrough(content)),
            InlineKind::Code if !is_empty => {
                self.push(Inline::Code(text_of(&content).replace('\n', " ")));
            }
            _ => content.into_iter().for_each(|inline| self.push(inline)),
        }
    }

    /// Closes the HTML element `name` if it was opened last.
    pub(super) fn close_element(&mut self, name: &str) {
        if self.open.last().is_some_and(|open| open.element.as_deref() == Some(name)) {
            self.close();
        }
    }

    pub(super) fn push(&mut self, inline: Inline) {
        let Some(open) = self.open.last_mut() else { return };
        match inline {
            Inline::Text(text) => push_text(&mut open.content, &text),
            inline => open.content.push(inline),
        }
    }

    /// Adds text, in which line breaks, which may be written as entities, are spaces.
    pub(super) fn push_text(&mut self, text: &str) {
        let Some(open) = self.open.last_mut() else { return };
        if text.contains(LINE_BREAKS) {
            push_text(&mut open.content, &text.replace(LINE_BREAKS, " "));
        } else {
            push_text(&mut open.content, text);
        }
    }

    /// Ends the line: its content without breaks and white space at its ends; empty if it has no text.
    pub(super) fn take(&mut self) -> Vec<Inline> {
        while self.open.len() > 1 {
            self.close();
        }
        self.markup.clear();
        let line = self.open.first_mut();
        let mut content = line.map(|line| std::mem::take(&mut line.content)).unwrap_or_default();
        while let Some(Inline::LineBreak) = content.last() {
            content.pop();
        }
        if let Some(Inline::Text(text)) = content.last_mut() {
            text.truncate(text.trim_end().len());
        }
        let n_breaks = content.iter().take_while(|it| matches!(it, Inline::LineBreak)).count();
        content.drain(..n_breaks);
        if let Some(Inline::Text(text)) = content.first_mut() {
            *text = text.trim_start().to_owned();
        }
        content.retain(|inline| !matches!(inline, Inline::Text(text) if text.is_empty()));
        content
    }
}
