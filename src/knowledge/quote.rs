//! A quote: a span of a source, proved to be verbatim.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use super::Source;
use super::source::{Occurrences, Paragraphs};
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
    /// None if the words start in one paragraph only, as most do.
    other_paragraphs: Option<Box<Paragraphs>>,
}

impl Quote {
    /// Finds `text` in `source` and makes a quote of the span.
    ///
    /// Runs of white space count as one space; everything else must be equal, character for
    /// character. The quote has to start and end at boundaries of words, see [`crate::text::word_boundary`].
    /// With `paragraph` (from 1), it has to start there; without it, the first such occurrence is
    /// taken.
    ///
    /// # Errors
    /// [`QuoteError`] if the text is empty, too long, not in the source, or there only inside words.
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
        let (span, others) = match paragraph {
            Some(number) => (locate_in(source, needle, number)?, Paragraphs::default()),
            None => locate(source, needle)?,
        };
        let other_paragraphs = (!others.is_empty()).then(|| Box::new(others));
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

    /// The other paragraphs in which the same words start, after the one that is quoted. None if the
    /// quote was proved in a given paragraph.
    pub fn other_paragraphs(&self) -> Option<&Paragraphs> {
        self.other_paragraphs.as_deref()
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
    let found = source.find_in_paragraph(needle, number).unwrap_or_default();
    match first(source, found) {
        Ok((span, _)) => Ok(span),
        Err(QuoteError::NotInSource { .. }) => {
            Err(QuoteError::NotInSource { elsewhere: source.find(needle).paragraphs })
        }
        Err(error) => Err(error),
    }
}

fn locate(source: &Source, needle: &str) -> Result<(Range<usize>, Paragraphs), QuoteError> {
    first(source, source.find(needle))
}

/// The first occurrence, and the other paragraphs.
fn first(source: &Source, found: Occurrences) -> Result<(Range<usize>, Paragraphs), QuoteError> {
    match (found.first, found.inside_word) {
        (Some(span), _) => Ok((span, found.paragraphs.without_first())),
        (None, Some((span, whole))) => Err(QuoteError::InsideWord {
            starts: whole.start < span.start,
            ends: span.end < whole.end,
            paragraph: source.paragraph_at(span.start),
            whole: source.body().get(whole).unwrap_or_default().to_owned(),
        }),
        (None, None) => Err(QuoteError::NotInSource { elsewhere: Paragraphs::default() }),
    }
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
        elsewhere: Paragraphs,
    },
    /// The words are in the source, but start or end inside a longer word or a character there.
    #[error("the words are part of longer ones in the source")]
    InsideWord {
        /// Whether they start inside a word.
        starts: bool,
        /// Whether they end inside a word.
        ends: bool,
        /// The number of the paragraph, from 1.
        paragraph: usize,
        /// The source's words, as far as they have to be quoted with them.
        whole: String,
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
            (
                "\"It is,\" she said.",
                Err(QuoteError::NotInSource { elsewhere: Paragraphs::default() }),
            ),
            ("it’s so.", Err(QuoteError::NotInSource { elsewhere: Paragraphs::default() })),
            ("It's so.", Err(QuoteError::NotInSource { elsewhere: Paragraphs::default() })),
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
        let others = first.other_paragraphs().unwrap();
        assert_eq!((first.paragraph(), others.listed(), others.n_total()), (1, &[2][..], 1));
        let second = Quote::prove(&source, "No.", Some(2)).unwrap();
        assert_eq!((second.paragraph(), second.span()), (2, 10..13));
        let errors = [
            ("No.", 3, QuoteError::NotInSource { elsewhere: [1, 2].into_iter().collect() }),
            ("No.", 0, QuoteError::NoSuchParagraph { number: 0, n_paragraphs: 3 }),
            ("No.", 4, QuoteError::NoSuchParagraph { number: 4, n_paragraphs: 3 }),
        ];
        for (text, number, want) in errors {
            assert_eq!(Quote::prove(&source, text, Some(number)).unwrap_err(), want, "{number}");
        }
    }

    #[test]
    fn quote_inside_a_word_or_character_is_refused_with_the_whole_words() {
        let source =
            source("It is unsafe to swim. It isn't.\n\nre\u{301}sume\u{301}\n\n👩‍👩‍👧 ok\n\n不安全。");
        let cases = [
            ("safe to swim.", (true, false, 1, "unsafe to swim.")),
            ("unsafe to sw", (false, true, 1, "unsafe to swim")),
            ("It is", (false, false, 1, "")),
            ("n't.", (true, false, 1, "isn't.")),
            ("re\u{301}sume", (false, true, 2, "re\u{301}sume\u{301}")),
            ("👩‍👩", (false, true, 3, "👩‍👩‍👧")),
            ("安全", (false, false, 4, "")),
        ];
        for (text, (starts, ends, paragraph, whole)) in cases {
            let got = Quote::prove(&source, text, None);
            if whole.is_empty() {
                assert!(got.is_ok(), "{text:?}: {got:?}");
                continue;
            }
            let whole = whole.to_owned();
            let want = QuoteError::InsideWord { starts, ends, paragraph, whole };
            assert_eq!(got.unwrap_err(), want, "{text:?}");
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
            ("four. Five", (true, true)),
        ];
        for (text, want) in cases {
            assert_eq!(Quote::prove(&source, text, None).unwrap().cuts(), want, "{text:?}");
        }
    }
}
