//! A source: a document with numbered paragraphs, from which quotes are taken.

mod paragraphs;
mod search;

use std::borrow::Cow;
use std::ops::Range;
use std::sync::OnceLock;

use url::Url;

use crate::text::Language;
use crate::text::markdown::{LineKind, LineSpan};
use crate::text::sentence::sentences_in;
use crate::text::{MarkdownText, RichText};
use search::Search;

pub use paragraphs::Paragraphs;
pub(crate) use search::Occurrences;

/// How the text of a source is written. Quotes are proved on the text as it is written in any case.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Format {
    /// Text without markup: every character is shown.
    #[default]
    Text,
    /// Markdown: what is shown is the text with its markup.
    Markdown,
}

impl Format {
    /// All formats, with their names in front matter.
    pub const ALL: [(&'static str, Self); 2] = [("text", Self::Text), ("markdown", Self::Markdown)];

    /// The format of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(known, _)| *known == name).map(|(_, format)| *format)
    }
}

/// What is known about a source besides its text. Unknown fields are empty, never guessed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Metadata {
    /// The headline or title.
    pub title: String,
    /// The lines between headline and text; they have no paragraph number and are not quoted.
    pub standfirst: Option<String>,
    /// The author.
    pub author: Option<String>,
    /// The publisher.
    pub publisher: Option<String>,
    /// The address at which it can be read.
    pub url: Option<String>,
    /// The date of publication, in the source's own format.
    pub published: Option<String>,
    /// The owner of the text, and the terms under which it is used here.
    pub rights: Option<String>,
    /// How its text is written.
    pub format: Format,
}

/// A document with numbered paragraphs.
#[derive(Debug)]
pub struct Source {
    name: String,
    metadata: Metadata,
    language: Language,
    body: String,
    /// Original byte spans, trimmed, in order.
    paragraphs: Vec<Range<usize>>,
    search: Search,
    sentences: OnceLock<Vec<Range<usize>>>,
    markdown: OnceLock<MarkdownText>,
}

impl Source {
    /// An English source named `name` (its file name without extension) with the text `body`.
    ///
    /// Paragraphs are separated by lines that hold nothing but white space.
    pub fn new(name: &str, metadata: Metadata, body: String) -> Self {
        let paragraphs = paragraph_spans(&body);
        let search = Search::new(&body, &paragraphs);
        Self {
            name: name.to_owned(),
            metadata,
            language: Language::english(),
            body,
            paragraphs,
            search,
            sentences: OnceLock::new(),
            markdown: OnceLock::new(),
        }
    }

    /// The same source, written in `language`.
    #[must_use]
    pub fn in_language(mut self, language: Language) -> Self {
        self.language = language;
        self.sentences = OnceLock::new();
        self
    }

    /// The language in which it is written; it decides where sentences end.
    pub fn language(&self) -> &Language {
        &self.language
    }

    /// The file name without its extension.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Title, author and the like.
    pub fn metadata(&self) -> &Metadata {
        &self.metadata
    }

    /// The text after the front matter, unchanged. Offsets of quotes count from its start.
    pub fn body(&self) -> &str {
        &self.body
    }

    /// The number of paragraphs.
    pub fn n_paragraphs(&self) -> usize {
        self.paragraphs.len()
    }

    /// The text of a paragraph, numbered from 1.
    pub fn paragraph(&self, number: usize) -> Option<&str> {
        self.body.get(self.paragraph_span(number)?)
    }

    /// The body span (UTF-8 bytes) of a paragraph, numbered from 1.
    pub fn paragraph_span(&self, number: usize) -> Option<Range<usize>> {
        self.paragraphs.get(number.checked_sub(1)?).cloned()
    }

    /// The number, from 1, of the paragraph that contains the byte offset `at`; 0 before the first.
    pub fn paragraph_at(&self, at: usize) -> usize {
        self.paragraphs.partition_point(|paragraph| paragraph.start <= at)
    }

    /// What is read of the text, if it is written in Markdown.
    fn markdown(&self) -> Option<&MarkdownText> {
        match self.metadata.format {
            Format::Text => None,
            Format::Markdown => Some(self.markdown.get_or_init(|| MarkdownText::new(&self.body))),
        }
    }

    /// The words of a part of the body, without the syntax of markup.
    pub fn words(&self, part: Range<usize>) -> Cow<'_, str> {
        match self.markdown() {
            Some(markdown) => markdown.words(part),
            None => self.body.get(part).unwrap_or_default().into(),
        }
    }

    /// A part of the body with its markup; `None` if it has none, and is shown as it is written.
    /// Relative links lead to where they do at the source's address.
    pub fn rich_text(&self, part: Range<usize>) -> Option<RichText> {
        let markdown = self.markdown()?;
        let base = self.metadata.url.as_deref().and_then(|url| Url::parse(url).ok());
        let rich_text = markdown.rich_text(&self.body, part, base.as_ref());
        rich_text.has_text().then_some(rich_text)
    }

    /// Whether a part of the body starts, and whether it ends, inside a sentence.
    pub(super) fn cuts(&self, part: &Range<usize>) -> (bool, bool) {
        let sentences = self.sentences();
        let Some(markdown) = self.markdown() else {
            let starts_one = sentences.binary_search_by_key(&part.start, |s| s.start).is_ok();
            let ends_one = sentences.binary_search_by_key(&part.end, |s| s.end).is_ok();
            return (!starts_one, !ends_one);
        };
        // Syntax beside a sentence is no part of it.
        let next = sentences.partition_point(|sentence| sentence.start < part.start);
        let start = sentences.get(next).map_or(self.body.len(), |sentence| sentence.start);
        let before = sentences.partition_point(|sentence| sentence.end <= part.end);
        let last = before.checked_sub(1).and_then(|idx| sentences.get(idx));
        let end = last.map_or(0, |sentence| sentence.end);
        let starts_inside = !markdown.is_blank(part.start..start.max(part.start));
        let ends_inside = !markdown.is_blank(end.min(part.end)..part.end);
        (starts_inside, ends_inside)
    }

    /// Body spans (UTF-8 bytes) of the sentences of all paragraphs, in order. In Markdown, a heading,
    /// an item, a cell and a code block end a sentence, and syntax around a sentence is no part of it.
    pub fn sentences(&self) -> &[Range<usize>] {
        self.sentences.get_or_init(|| {
            if let Some(markdown) = self.markdown() {
                return markdown_sentences(markdown, &self.language);
            }
            let spans_of = |paragraph: &Range<usize>| {
                let start = paragraph.start;
                let text = self.body.get(paragraph.clone()).unwrap_or_default();
                let spans = sentences_in(text, &self.language);
                spans.into_iter().map(move |span| start + span.start..start + span.end)
            };
            self.paragraphs.iter().flat_map(spans_of).collect()
        })
    }

    /// Whether a sentence stands in a paragraph or an item: not in a heading, a cell or code. A text
    /// without markup has nothing else.
    pub(crate) fn is_in_text(&self, sentence: &Range<usize>) -> bool {
        let lines = self.markdown().map_or(&[][..], MarkdownText::lines);
        let next = lines.partition_point(|line| line.span.end <= sentence.start);
        lines.get(next).is_none_or(|line| line.kind == LineKind::Text)
    }

    /// Body span of the last heading before the byte offset `at`.
    pub(crate) fn heading_above(&self, at: usize) -> Option<Range<usize>> {
        let headings = self.headings();
        let next = headings.partition_point(|heading| heading.end <= at);
        headings.get(next.checked_sub(1)?).cloned()
    }

    /// Body spans of the headings, in order.
    fn headings(&self) -> &[Range<usize>] {
        self.markdown().map_or(&[], MarkdownText::headings)
    }

    /// Body spans of the sentences that have a letter or digit. A line of asterisks, which
    /// separates parts of a text, is not an answer to anything.
    pub fn content_sentences(&self) -> impl Iterator<Item = Range<usize>> {
        let has_words =
            |span: &&Range<usize>| self.words((*span).clone()).contains(char::is_alphanumeric);
        self.sentences().iter().filter(has_words).cloned()
    }

    /// Where `needle` (folded, not empty) stands in the body.
    pub(crate) fn find(&self, needle: &str) -> Occurrences {
        self.search.find(&self.body, needle)
    }

    /// Where `needle` (folded, not empty) starts in the paragraph `number`, from 1; `None` if there is
    /// no such paragraph.
    pub(crate) fn find_in_paragraph(&self, needle: &str, number: usize) -> Option<Occurrences> {
        self.search.find_in_paragraph(&self.body, needle, number)
    }
}

fn markdown_sentences(markdown: &MarkdownText, language: &Language) -> Vec<Range<usize>> {
    let spans_of = |line: &LineSpan| {
        let text = markdown.blanked(line.span.clone());
        let start = line.span.start + text.len() - text.trim_start().len();
        let code = start..start + text.trim().len();
        let spans = match line.kind {
            LineKind::Code if code.is_empty() => Vec::new(),
            LineKind::Code => vec![code],
            LineKind::Text | LineKind::Cell | LineKind::Heading => {
                let spans = sentences_in(&text, language).into_iter();
                spans.map(|span| line.span.start + span.start..line.span.start + span.end).collect()
            }
        };
        spans.into_iter()
    };
    markdown.lines().iter().flat_map(spans_of).collect()
}

/// Byte spans of the paragraphs of `body`, trimmed. Lines of only white space separate them.
pub(crate) fn paragraph_spans(body: &str) -> Vec<Range<usize>> {
    let mut spans: Vec<Range<usize>> = Vec::new();
    let mut is_open = false;
    let mut at = 0;
    for line in body.split_inclusive('\n') {
        let words = line.trim();
        let start = at + line.len() - line.trim_start().len();
        at += line.len();
        if words.is_empty() {
            is_open = false;
            continue;
        }
        match spans.last_mut() {
            Some(open) if is_open => open.end = start + words.len(),
            _ => spans.push(start..start + words.len()),
        }
        is_open = true;
    }
    spans
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(body: &str) -> Source {
        Source::new("doc", Metadata::default(), body.to_owned())
    }

    #[test]
    fn paragraphs_are_separated_by_blank_lines_and_numbered_from_one() {
        let source = source("\n one\ntwo \n\n \t\n\nthree\r\n\r\nfour");
        let texts: Vec<_> = (0..6).map(|number| source.paragraph(number)).collect();
        assert_eq!(
            texts,
            [None, Some("one\ntwo"), Some("three"), Some("four"), None, None],
            "paragraphs"
        );
        assert_eq!(source.paragraph_at(source.body().find("three").unwrap()), 2);
    }

    #[test]
    fn sentences_of_all_paragraphs_are_found() {
        let source = source("\none. Two\nlines.\n\nThree?  Four");
        let texts: Vec<_> = source
            .sentences()
            .iter()
            .map(|span| source.body().get(span.clone()).unwrap())
            .collect();
        assert_eq!(texts, ["one.", "Two\nlines.", "Three?", "Four"]);
    }

    #[test]
    fn sentences_of_markdown_end_with_their_block_and_are_cut_at_words_only() {
        let body = "# A **title**\n\n**One.** See [two](https://x.example/a.b). Then\n\
                    - three `a. b`\n- four.\n\n```\na. b\nc\n```\n";
        let metadata = Metadata { format: Format::Markdown, ..Metadata::default() };
        let source = Source::new("doc", metadata, body.to_owned());
        let texts: Vec<_> =
            source.sentences().iter().map(|span| source.words(span.clone())).collect();
        let want = ["A title", "One.", "See two.", "Then", "three a. b", "four.", "a. b\nc"];
        assert_eq!(texts, want);
        let cases = [
            ("# A **title**", (false, false)),
            ("A **title", (false, false)),
            ("**title**", (true, false)),
            ("**One.** See", (false, true)),
            ("**One.**", (false, false)),
            ("[two](https://x.example/a.b).", (true, false)),
            ("Then\n- three `a. b`\n- four.", (false, false)),
            ("three `a. b`", (false, false)),
            ("- three", (false, true)),
            ("```\na. b\nc\n```", (false, false)),
            ("c\n```", (true, false)),
            ("```", (false, false)),
        ];
        for (text, want) in cases {
            let start = body.find(text).unwrap();
            assert_eq!(source.cuts(&(start..start + text.len())), want, "{text:?}");
        }
    }

    #[test]
    fn needle_is_found_across_white_space_and_in_a_given_paragraph() {
        let source = source("to be or\nnot\n\nnot to be");
        let all = source.find("to be");
        assert_eq!((all.first, all.paragraphs.listed()), (Some(0..5), &[1, 2][..]));
        assert_eq!(source.find("or not not").first, Some(6..17));
        let first_in = |needle, number| source.find_in_paragraph(needle, number)?.first;
        assert_eq!(first_in("to be", 2), Some(18..23));
        assert_eq!(first_in("not not", 1), Some(9..17));
        assert_eq!(first_in("be or", 2), None);
        assert_eq!(first_in("to be", 3), None);
    }

    #[test]
    fn first_occurrence_at_a_boundary_is_taken() {
        let source = source("unsafe safety\n\nsafe\n\nresume\u{301}");
        let found = source.find("safe");
        assert_eq!((found.first, found.paragraphs.listed()), (Some(15..19), &[2][..]));
        assert_eq!(source.find_in_paragraph("safe", 1).unwrap().inside_word, Some((2..6, 0..6)));
        assert_eq!(source.find("resume").inside_word, Some((21..27, 21..29)));
    }

    #[test]
    fn frequent_words_are_examined_once() {
        let n_times = 1_000;
        let source = source(&"Yes. No.\n\n".repeat(n_times));
        for _ in 0..n_times {
            let found = source.find("Yes.");
            assert_eq!(found.paragraphs.n_total(), n_times);
            assert_eq!(source.find_in_paragraph("No.", n_times).unwrap().paragraphs.n_total(), 1);
        }
        // Once all of "Yes.", and one "No." each time.
        assert_eq!(source.search.n_examined(), 2 * n_times);
    }
}
