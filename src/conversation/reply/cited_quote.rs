//! A quote with its citation.

use crate::knowledge::Quote;
use crate::text::RichText;

/// A quote with everything that its citation shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CitedQuote {
    /// The source's text, verbatim.
    pub text: String,
    /// The same with its markup, if the source has markup: this is shown instead of the text.
    pub rich_text: Option<RichText>,
    /// Whether the quote starts after the start of its sentence.
    pub is_cut_before: bool,
    /// Whether the quote ends before the end of its sentence.
    pub is_cut_after: bool,
    /// The speaker, if the source attributes the quote.
    pub speaker: Option<String>,
    /// The speaker's role, as the source describes it.
    pub role: Option<String>,
    /// The source's title.
    pub title: String,
    /// The paragraph's number, from 1.
    pub paragraph: usize,
    /// Link to the source.
    pub url: Option<String>,
}

impl CitedQuote {
    pub(super) fn new(quote: &Quote) -> Self {
        let (is_cut_before, is_cut_after) = quote.cuts();
        let metadata = quote.source().metadata();
        Self {
            text: quote.text().to_owned(),
            rich_text: quote.rich_text(),
            is_cut_before,
            is_cut_after,
            speaker: quote.speaker().map(str::to_owned),
            role: quote.role().map(str::to_owned),
            title: metadata.title.clone(),
            paragraph: quote.paragraph(),
            url: metadata.url.clone(),
        }
    }
}
