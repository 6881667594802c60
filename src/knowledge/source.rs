//! A source: a document with numbered paragraphs, from which quotes are taken.

use std::ops::Range;
use std::sync::OnceLock;

use suffix::SuffixTable;

use crate::text::sentence::sentences;
use crate::text::whitespace::Folded;

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
}

/// A document with numbered paragraphs.
#[derive(Debug)]
pub struct Source {
    name: String,
    metadata: Metadata,
    body: String,
    /// Original byte spans, trimmed, in order.
    paragraphs: Vec<Range<usize>>,
    folded: Folded,
    /// Folded starts of the paragraphs, in order.
    folded_starts: Vec<usize>,
    suffixes: OnceLock<SuffixTable<'static, 'static>>,
    sentences: OnceLock<Vec<Range<usize>>>,
}

impl Source {
    /// A source named `name` (its file name without extension) with the text `body`.
    ///
    /// Paragraphs are separated by lines that hold nothing but white space.
    pub fn new(name: &str, metadata: Metadata, body: String) -> Self {
        let paragraphs = paragraph_spans(&body);
        let folded = Folded::new(&body);
        let folded_starts = paragraphs.iter().map(|p| folded.folded_offset(p.start)).collect();
        Self {
            name: name.to_owned(),
            metadata,
            body,
            paragraphs,
            folded,
            folded_starts,
            suffixes: OnceLock::new(),
            sentences: OnceLock::new(),
        }
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

    /// Body spans (UTF-8 bytes) of the sentences of all paragraphs, in order.
    pub fn sentences(&self) -> &[Range<usize>] {
        self.sentences.get_or_init(|| {
            let spans_of = |paragraph: &Range<usize>| {
                let start = paragraph.start;
                let spans = sentences(self.body.get(paragraph.clone()).unwrap_or_default());
                spans.into_iter().map(move |span| start + span.start..start + span.end)
            };
            self.paragraphs.iter().flat_map(spans_of).collect()
        })
    }

    /// Body spans of the sentences that have a letter or digit. A line of asterisks, which
    /// separates parts of a text, is not an answer to anything.
    pub fn content_sentences(&self) -> impl Iterator<Item = Range<usize>> {
        let text_of = |span: &Range<usize>| self.body.get(span.clone()).unwrap_or_default();
        self.sentences().iter().filter(move |s| text_of(s).contains(char::is_alphanumeric)).cloned()
    }

    /// Body spans of all occurrences of `needle` (folded, not empty), in order.
    ///
    /// A suffix array, built at the first call, keeps this at O(m log n) for a needle of m bytes
    /// in a body of n bytes, so that proving many quotes is not quadratic.
    pub(crate) fn find_all(&self, needle: &str) -> Vec<Range<usize>> {
        let table = self.suffixes.get_or_init(|| SuffixTable::new(self.folded.as_str().to_owned()));
        let mut starts: Vec<usize> =
            table.positions(needle).iter().map(|at| usize::try_from(*at).unwrap_or(0)).collect();
        starts.sort_unstable();
        starts.iter().map(|at| self.folded.original_span(&(*at..at + needle.len()))).collect()
    }

    /// Body span of the first occurrence of `needle` (folded, not empty) that starts in the
    /// paragraph `number`. It may continue into the next one.
    pub(crate) fn find_in_paragraph(&self, needle: &str, number: usize) -> Option<Range<usize>> {
        let text = self.folded.as_str();
        let start = *self.folded_starts.get(number.checked_sub(1)?)?;
        let next = self.folded_starts.get(number).copied().unwrap_or(text.len());
        let end = next.saturating_add(needle.len()).min(text.len());
        let haystack = text.as_bytes().get(start..end)?;
        let at = start + memchr::memmem::find(haystack, needle.as_bytes())?;
        (at < next).then(|| self.folded.original_span(&(at..at + needle.len())))
    }
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
    fn needle_is_found_across_white_space_and_in_a_given_paragraph() {
        let source = source("to be or\nnot\n\nnot to be");
        assert_eq!(source.find_all("to be"), [0..5, 18..23]);
        assert_eq!(source.find_all("or not not").first(), Some(&(6..17)));
        assert_eq!(source.find_in_paragraph("to be", 2), Some(18..23));
        assert_eq!(source.find_in_paragraph("not not", 1), Some(9..17));
        assert_eq!(source.find_in_paragraph("be or", 2), None);
        assert_eq!(source.find_in_paragraph("to be", 3), None);
    }
}
