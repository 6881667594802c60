//! A quote: a span of a source, proved to be verbatim.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use super::Source;
use crate::text::RichText;
use crate::text::whitespace::Folded;

/// The longest quote that is accepted, in characters: readable in chat, and below Discord's limit
/// of 2,000 with room for lead and citation.
pub const MAX_QUOTE_CHARS: usize = 1_500;

/// A verbatim span of one source. Only [`Quote::prove`] can make one.
#[derive(Debug, Clone)]
pub struct Quote {
    source: Arc<Source>,
    span: Range<usize>,
    speaker: Option<String>,
    role: Option<String>,
    other_paragraphs: Vec<usize>,
}

impl Quote {
    /// Finds `text` in `source` and makes a quote of the span.
    ///
    /// Runs of white space count as one space; everything else must be equal, character for
    /// character. With `paragraph` (from 1), the quote has to start there; without it, the first
    /// occurrence is taken.
    ///
    /// # Errors
    /// [`QuoteError`] if the text is empty, too long, or not in the source.
    pub fn prove(
        source: &Arc<Source>,
        text: &str,
        paragraph: Option<usize>,
    ) -> Result<Self, QuoteError> {
        let folded = Folded::new(text);
        let needle = folded.as_str();
        if needle.is_empty() {
            return Err(QuoteError::Empty);
        }
        let n_chars = needle.chars().count();
        if n_chars > MAX_QUOTE_CHARS {
            return Err(QuoteError::TooLong { n_chars });
        }
        let (span, other_paragraphs) = match paragraph {
            Some(number) => (locate_in(source, needle, number)?, Vec::new()),
            None => locate(source, needle)?,
        };
        Ok(Self { source: Arc::clone(source), span, speaker: None, role: None, other_paragraphs })
    }

    /// The same quote, attributed to a speaker with a role.
    #[must_use]
    pub fn attributed_to(mut self, speaker: Option<String>, role: Option<String>) -> Self {
        self.speaker = speaker;
        self.role = role;
        self
    }

    /// The quoted text, in the source's own bytes.
    pub fn text(&self) -> &str {
        self.source.body().get(self.span.clone()).unwrap_or_default()
    }

    /// The quoted words, without the syntax of markup.
    pub fn words(&self) -> Cow<'_, str> {
        self.source.words(self.span())
    }

    /// The quoted text with its markup; `None` if the source has none, and the text is shown as it is
    /// written.
    pub fn rich_text(&self) -> Option<RichText> {
        self.source.rich_text(self.span())
    }

    /// The source that is quoted.
    pub fn source(&self) -> &Arc<Source> {
        &self.source
    }

    /// UTF-8 byte offsets into the source's body.
    pub fn span(&self) -> Range<usize> {
        self.span.clone()
    }

    /// The number, from 1, of the paragraph where it starts.
    pub fn paragraph(&self) -> usize {
        self.source.paragraph_at(self.span.start)
    }

    /// The name of the speaker, if the source attributes the words to one.
    pub fn speaker(&self) -> Option<&str> {
        self.speaker.as_deref()
    }

    /// The role of the speaker, in the source's words.
    pub fn role(&self) -> Option<&str> {
        self.role.as_deref()
    }

    /// Numbers of the other paragraphs in which the same words start. Empty if the quote was proved
    /// in a given paragraph.
    pub fn other_paragraphs(&self) -> &[usize] {
        &self.other_paragraphs
    }

    /// Whether the quote starts, and whether it ends, inside a sentence.
    pub fn cuts(&self) -> (bool, bool) {
        self.source.cuts(&self.span)
    }
}

/// Two quotes are equal if they are the same span of the same source.
impl PartialEq for Quote {
    fn eq(&self, other: &Self) -> bool {
        self.span == other.span && Arc::ptr_eq(&self.source, &other.source)
    }
}

impl Eq for Quote {}

fn locate_in(source: &Source, needle: &str, number: usize) -> Result<Range<usize>, QuoteError> {
    let n_paragraphs = source.n_paragraphs();
    if number == 0 || number > n_paragraphs {
        return Err(QuoteError::NoSuchParagraph { number, n_paragraphs });
    }
    source.find_in_paragraph(needle, number).ok_or_else(|| {
        let elsewhere = paragraphs_of(source, &source.find_all(needle));
        QuoteError::NotInSource { elsewhere }
    })
}

fn locate(source: &Source, needle: &str) -> Result<(Range<usize>, Vec<usize>), QuoteError> {
    let spans = source.find_all(needle);
    let first = spans.first().cloned().ok_or(QuoteError::NotInSource { elsewhere: Vec::new() })?;
    let mut others = paragraphs_of(source, &spans);
    others.retain(|number| *number != source.paragraph_at(first.start));
    Ok((first, others))
}

fn paragraphs_of(source: &Source, spans: &[Range<usize>]) -> Vec<usize> {
    let mut numbers: Vec<usize> = spans.iter().map(|s| source.paragraph_at(s.start)).collect();
    numbers.dedup();
    numbers
}

/// Why a text is not a quote of a source.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum QuoteError {
    /// The text is blank.
    #[error("the quote is empty")]
    Empty,
    /// The text is longer than [`MAX_QUOTE_CHARS`].
    #[error("the quote has {n_chars} characters, more than {MAX_QUOTE_CHARS}")]
    TooLong {
        /// Its length in characters, with white space folded.
        n_chars: usize,
    },
    /// The source has no paragraph of the given number.
    #[error("there is no paragraph {number}: the source has {n_paragraphs}")]
    NoSuchParagraph {
        /// The given number.
        number: usize,
        /// The number of paragraphs that the source has.
        n_paragraphs: usize,
    },
    /// The words are not in the source, or do not start in the given paragraph.
    #[error("the words are not in the source")]
    NotInSource {
        /// Paragraphs in which the words do start, if another one was given.
        elsewhere: Vec<usize>,
    },
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::knowledge::source::Metadata;

    fn source(body: &str) -> Arc<Source> {
        Arc::new(Source::new("doc", Metadata::default(), body.to_owned()))
    }

    #[test]
    fn quote_may_differ_in_white_space_only_and_keeps_the_source_bytes() {
        let source = source("“It is,”\nshe said. No.\n\nIt’s so.");
        let cases = [
            ("“It is,” she said.", Ok("“It is,”\nshe said.")),
            ("  It’s \n so. ", Ok("It’s so.")),
            ("\"It is,\" she said.", Err(QuoteError::NotInSource { elsewhere: vec![] })),
            ("it’s so.", Err(QuoteError::NotInSource { elsewhere: vec![] })),
            ("It's so.", Err(QuoteError::NotInSource { elsewhere: vec![] })),
            (" \n", Err(QuoteError::Empty)),
        ];
        for (text, want) in cases {
            let got = Quote::prove(&source, text, None);
            assert_eq!(got.as_ref().map(Quote::text), want.as_ref().map(|t| *t), "{text:?}");
        }
    }

    #[test]
    fn given_paragraph_selects_among_repeated_words() {
        let source = source("Yes. No.\n\nNo.\n\nMaybe.");
        let first = Quote::prove(&source, "No.", None).unwrap();
        assert_eq!((first.paragraph(), first.other_paragraphs()), (1, &[2][..]));
        let second = Quote::prove(&source, "No.", Some(2)).unwrap();
        assert_eq!((second.paragraph(), second.span()), (2, 10..13));
        let errors = [
            ("No.", 3, QuoteError::NotInSource { elsewhere: vec![1, 2] }),
            ("No.", 0, QuoteError::NoSuchParagraph { number: 0, n_paragraphs: 3 }),
            ("No.", 4, QuoteError::NoSuchParagraph { number: 4, n_paragraphs: 3 }),
        ];
        for (text, number, want) in errors {
            assert_eq!(Quote::prove(&source, text, Some(number)).unwrap_err(), want, "{number}");
        }
    }

    #[test]
    fn quote_over_1500_characters_is_rejected() {
        let source = source(&"é".repeat(1_501));
        assert!(Quote::prove(&source, &"é".repeat(1_500), None).is_ok());
        let error = Quote::prove(&source, &"é".repeat(1_501), None).unwrap_err();
        assert_eq!(error, QuoteError::TooLong { n_chars: 1_501 });
    }

    #[test]
    fn quote_reports_where_it_cuts_a_sentence() {
        let source = source("One two. Three four.\n\nFive.");
        let cases = [
            ("One two.", (false, false)),
            ("One two. Three four. Five.", (false, false)),
            ("two.", (true, false)),
            ("Three", (false, true)),
            ("hree four. Fiv", (true, true)),
        ];
        for (text, want) in cases {
            assert_eq!(Quote::prove(&source, text, None).unwrap().cuts(), want, "{text:?}");
        }
    }
}
