//! The text of a source and of `faq.toml`, made of imported entries.

use std::borrow::Cow;

use pulldown_cmark::{Event, Parser, Tag, TagEnd};

use super::answer_parts::divide;
use super::collection::ImportedEntry;
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
                for part in parts {
                    quotes.push(QuoteDraft {
                        text: part.to_owned(),
                        source: source.map(str::to_owned),
                        paragraph: Some(text.n_paragraphs + 1),
                        speaker: answer.speaker.clone(),
                        role: answer.role.clone(),
                    });
                    text.add_part(part);
                }
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
            self.add_part(title);
        }
    }

    fn add_part(&mut self, part: &str) {
        if !self.body.is_empty() {
            self.body.push('\n');
        }
        self.body.push_str(part);
        self.body.push('\n');
        self.n_paragraphs += paragraph_spans(part).len();
    }
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

/// The text of an answer in the source. In Markdown, line breaks that count end with a backslash.
fn written(answer: &Answer, is_markdown: bool) -> Cow<'_, str> {
    if !is_markdown || !answer.keeps_lines || !answer.text.contains('\n') {
        return Cow::Borrowed(&answer.text);
    }
    let mut written = String::with_capacity(answer.text.len() + 8);
    let mut lines = answer.text.lines().map(str::trim_end).peekable();
    while let Some(line) = lines.next() {
        written.push_str(line);
        let is_followed = lines.peek().is_some_and(|next| !next.is_empty());
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
        assert_eq!(written(&answer("a\nb", true), false), "a\nb");
        assert_eq!(written(&answer("a\nb", false), true), "a\nb");
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
