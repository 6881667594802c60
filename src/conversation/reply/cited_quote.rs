//! A quote with its citation.

use crate::knowledge::Quote;

/// A quote with everything that its citation says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CitedQuote {
    /// The source's own words.
    pub text: String,
    /// Whether words of the sentence stand before it in the source.
    pub is_cut_before: bool,
    /// Whether words of the sentence stand behind it in the source.
    pub is_cut_after: bool,
    /// Who says it, where the source attributes it.
    pub speaker: Option<String>,
    /// Who the speaker is.
    pub role: Option<String>,
    /// The source's title.
    pub title: String,
    /// The paragraph's number, from 1.
    pub paragraph: usize,
    /// Where the source can be read.
    pub url: Option<String>,
}

impl CitedQuote {
    pub(super) fn new(quote: &Quote) -> Self {
        let (is_cut_before, is_cut_after) = quote.cuts();
        let metadata = quote.source().metadata();
        Self {
            text: quote.text().to_owned(),
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
