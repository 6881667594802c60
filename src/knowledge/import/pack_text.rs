//! The text of a source and of `faq.toml`, made of imported entries.

use std::borrow::Cow;

use pulldown_cmark::{CodeBlockKind, Event, Parser, Tag, TagEnd};

use super::answer_parts::{blocks, divide};
use super::collection::ImportedEntry;
use super::plain_text::item_mark;
use super::record::Answer;
use crate::knowledge::new_pack::NewPack;
use crate::knowledge::source::{Format, Metadata, paragraph_spans};
use crate::knowledge::{EntryDraft, QuoteDraft};
use crate::text::Language;
use crate::text::detect::detect;
use crate::text::markdown::options;

/// The answers of entries as the text of a source, and the quotes of each entry.
#[derive(Debug, Default)]
pub struct PackText {
    /// The text of the source.
    pub body: String,
    /// Whether it is Markdown.
    pub is_markdown: bool,
    /// The number of its paragraphs.
    pub n_paragraphs: usize,
    /// The quotes of each entry, parallel to the entries.
    pub quotes: Vec<Vec<QuoteDraft>>,
    /// The number of answers that were divided into several quotes.
    pub n_divided: usize,
    /// Where the last answer starts in `body`.
    last_answer_at: usize,
}

impl PackText {
    /// The text of `entries`, which is written in `language`. Their quotes name the source `source` unless it is
    /// the only one.
    pub fn new(entries: &[ImportedEntry], source: Option<&str>, language: &Language) -> Self {
        let answers = || entries.iter().flat_map(|entry| &entry.answers);
        let mut text = Self {
            is_markdown: answers().any(|answer| has_markup(&answer.text)),
            ..Self::default()
        };
        for entry in entries {
            let mut quotes = Vec::new();
            for answer in &entry.answers {
                let written = written(answer, text.is_markdown);
                let parts = divide(&written, text.is_markdown, language);
                text.n_divided += usize::from(parts.len() > 1);
                text.separate(&written);
                let paragraphs = paragraph_spans(&written);
                for part in parts {
                    let start = part.as_ptr().addr() - written.as_ptr().addr();
                    let n_before = paragraphs.partition_point(|span| span.end <= start);
                    quotes.push(QuoteDraft {
                        text: part.to_owned(),
                        source: source.map(str::to_owned),
                        paragraph: Some(text.n_paragraphs + n_before + 1),
                        speaker: answer.speaker.clone(),
                        role: answer.role.clone(),
                    });
                }
                // As a whole: rows of a table and lines of code are read as such only in their block.
                text.add(&written);
            }
            text.quotes.push(quotes);
        }
        text
    }

    /// What is known about the source: its title, and whether it has markup.
    pub fn metadata(&self, title: &str) -> Metadata {
        let format = if self.is_markdown { Format::Markdown } else { Format::Text };
        Metadata { title: title.trim().to_owned(), format, ..Metadata::default() }
    }

    /// Adds the title where there are only gaps, since a source needs some text.
    pub(super) fn add_title_if_empty(&mut self, title: &str) {
        if self.n_paragraphs == 0 {
            self.add(title);
        }
    }

    /// Adds what keeps the next answer, in Markdown, from going on with a list or a block of code of the last one.
    fn separate(&mut self, next: &str) {
        let last = self.body.get(self.last_answer_at..).unwrap_or_default();
        if self.is_markdown && !last.is_empty() {
            for separator in separators(last, next) {
                self.add(&separator);
            }
        }
        self.last_answer_at = self.body.len();
    }

    fn add(&mut self, text: &str) {
        if !self.body.is_empty() {
            self.body.push('\n');
        }
        self.body.push_str(text);
        self.body.push('\n');
        self.n_paragraphs += paragraph_spans(text).len();
    }
}

/// What ends a list.
const RULE: &str = "---";

/// The paragraphs that have to stand between two Markdown texts, so that a reader takes them for two: the end of a block of code
/// that the first one leaves open, and a rule where the second would go on with the last block of the first. Mostly none.
fn separators(before: &str, after: &str) -> Vec<String> {
    let mut separators: Vec<String> = open_fence(before).into_iter().collect();
    let text = |separators: &[String]| format!("{before}\n{}\n", separators.join("\n\n"));
    if !starts_block(&text(&separators), after) {
        separators.push(RULE.to_owned());
    }
    separators
}

/// Whether `after` starts a block of its own behind `before`.
fn starts_block(before: &str, after: &str) -> bool {
    let blocks = blocks(&format!("{before}\n{after}"), true);
    blocks.iter().all(|(block, _)| block.end <= before.len() + 1 || block.start > before.len())
}

/// The fence that ends the block of code at the end of `text`, if it is open.
fn open_fence(text: &str) -> Option<String> {
    let is_fenced =
        |event: &Event<'_>| matches!(event, Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(_))));
    let parser = Parser::new_ext(text, options()).into_offset_iter();
    let (_, span) = parser.filter(|(event, _)| is_fenced(event)).last()?;
    let block = text.get(span.clone())?.trim_end();
    let sign = block.chars().next()?;
    let fence: String = block.chars().take_while(|c| *c == sign).collect();
    let (_, last) = block.rsplit_once('\n').unwrap_or((block, ""));
    let closes = last.trim().starts_with(&fence) && last.trim().chars().all(|c| c == sign);
    (!closes && text.trim_end().len() <= span.end).then_some(fence)
}

/// The draft of an imported entry.
pub(super) fn draft(entry: &ImportedEntry, quotes: Vec<QuoteDraft>) -> EntryDraft {
    let mut draft = EntryDraft::new(entry.id.clone(), &entry.question);
    draft.variants.clone_from(&entry.variants);
    draft.tags.clone_from(&entry.tags);
    draft.lead.clone_from(&entry.lead);
    draft.quotes = quotes;
    draft
}

/// A new pack of `entries`. Its language is `language`, else that of the texts.
pub fn new_pack(
    title: &str,
    entries: &[ImportedEntry],
    language: Option<Language>,
) -> (NewPack, PackText) {
    let language = language.or_else(|| language_of(entries));
    let mut text =
        PackText::new(entries, None, &language.clone().unwrap_or_else(Language::english));
    text.add_title_if_empty(title.trim());
    let mut faq = format!("# {} questions and their answers, as imported.\n", entries.len());
    for (entry, quotes) in entries.iter().zip(&text.quotes) {
        faq.push('\n');
        faq.push_str(&draft(entry, quotes.clone()).to_toml());
    }
    let pack = NewPack {
        metadata: text.metadata(title),
        language,
        body: std::mem::take(&mut text.body),
        faq,
    };
    (pack, text)
}

/// The language of the questions, with the answers where they are too short to tell.
fn language_of(entries: &[ImportedEntry]) -> Option<Language> {
    let questions = || entries.iter().map(|entry| entry.question.as_str());
    let answers =
        entries.iter().flat_map(|entry| &entry.answers).map(|answer| answer.text.as_str());
    detect(questions()).or_else(|| detect(questions().chain(answers)))
}

/// Whether a text has blocks of Markdown whose lines belong together, so that no line break of it counts by itself: code,
/// tables, headings, quotes, HTML.
pub(super) fn has_blocks_of_lines(text: &str) -> bool {
    let is_block = |(event, span): (Event<'_>, std::ops::Range<usize>)| match event {
        Event::Start(
            Tag::CodeBlock(_)
            | Tag::Table(_)
            | Tag::Heading { .. }
            | Tag::BlockQuote(_)
            | Tag::HtmlBlock,
        )
        | Event::HardBreak
        | Event::Rule => true,
        // A backslash in code or in a tag is one.
        Event::Code(_)
        | Event::InlineHtml(_)
        | Event::Start(Tag::Link { .. } | Tag::Image { .. }) => {
            text.get(span).is_some_and(|part| part.contains('\n'))
        }
        _ => false,
    };
    Parser::new_ext(text, options()).into_offset_iter().any(is_block)
}

/// The text of an answer in the source. In Markdown, line breaks that count end with a backslash.
fn written(answer: &Answer, is_markdown: bool) -> Cow<'_, str> {
    if !is_markdown || !answer.keeps_lines || !answer.text.contains('\n') {
        return Cow::Borrowed(&answer.text);
    }
    let mut written = String::with_capacity(answer.text.len() + 8);
    let mut lines = answer.text.lines().map(str::trim_end).peekable();
    while let Some(line) = lines.next() {
        written.push_str(line);
        // An item starts a line anyway.
        let is_followed = lines
            .peek()
            .is_some_and(|next| !next.is_empty() && item_mark(next.trim_start()).is_none());
        if !line.is_empty() && is_followed {
            written.push('\\');
        }
        if lines.peek().is_some() {
            written.push('\n');
        }
    }
    Cow::Owned(written)
}

/// Whether a text has markup: whether a reader of Markdown sees something else than the characters that stand
/// there.
pub(super) fn has_markup(text: &str) -> bool {
    let mut read = String::with_capacity(text.len());
    for event in Parser::new_ext(text, options()) {
        match event {
            Event::Start(Tag::Paragraph) | Event::End(TagEnd::Paragraph) | Event::SoftBreak => {
                read.push('\n');
            }
            Event::Text(words) => read.push_str(&words),
            _ => return true,
        }
    }
    !read.split_whitespace().eq(text.split_whitespace())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_plain_answers_stay_lines_beside_markup() {
        let answer = |text: &str, keeps_lines| Answer { keeps_lines, ..Answer::new(text).unwrap() };
        assert_eq!(written(&answer("a\nb\n\nc\r\nd", true), true), "a\\\nb\n\nc\\\nd");
        assert_eq!(written(&answer("a\nb\n- c\n  d\ne", true), true), "a\\\nb\n- c\\\n  d\\\ne");
        assert_eq!(written(&answer("a\nb", true), false), "a\nb");
        assert_eq!(written(&answer("a\nb", false), true), "a\nb");
    }

    #[test]
    fn answers_are_read_apart_from_each_other() {
        for (before, after, want) in [
            ("a", "b", &[][..]),
            ("1. a\n2. b\n", "1. c", &["---"]),
            ("1. a\n2. b\n", "c", &[]),
            ("- a\n", "    code", &["---"]),
            ("    code\n", "    code", &["---"]),
            ("```sh\na\n", "b", &["```"]),
            ("~~~~\na\n~~~\n", "~~~\nb\n~~~", &["~~~~"]),
            ("```\na\n```\n", "```\nb\n```", &[]),
            ("| a |\n|---|\n| b |\n", "| c |\n|---|", &[]),
        ] {
            assert_eq!(separators(before, after), want, "{before:?} {after:?}");
        }
    }

    #[test]
    fn markup_is_what_a_reader_does_not_see() {
        for text in [
            "**a**",
            "[a](b)",
            "`a`",
            "- a\n- b",
            "a\\*b",
            "a &amp; b",
            "# a",
            "    a",
            "a  \nb",
            "|a|b|\n|-|-|\n|1|2|",
        ] {
            assert!(has_markup(text), "{text}");
        }
        for text in
            ["a", "2 * 3 * 4", "snake_case_name", "a\nb\n\nc", "AT&T: 50 %", "https://a.example"]
        {
            assert!(!has_markup(text), "{text}");
        }
    }
}
