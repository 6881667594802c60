//! Unquoted sentences: those of the sources that no entry answers with. If one of them covers a
//! question better than an entry does, the question is about something else; and it may be what answers.

use std::ops::Range;

use rustc_hash::FxHashMap;

use super::vocabulary::TermId;
use crate::knowledge::Pack;

/// Most sentences with a term that are searched; a more frequent term is ignored, since it does not
/// distinguish sentences.
const MAX_SENTENCES_OF_TERM: usize = 2048;

/// Inverted index of the unquoted sentences of a pack.
#[derive(Debug, Default)]
pub(crate) struct Document {
    /// Numbers of the sentences with a term, ascending.
    sentences: FxHashMap<TermId, Vec<u32>>,
    /// Where each sentence stands.
    places: Vec<SentencePlace>,
}

/// Where a sentence stands in the sources of a pack.
#[derive(Debug, Clone)]
pub(crate) struct SentencePlace {
    /// The position of the source among those of the pack.
    pub(crate) source: usize,
    /// Body span, UTF-8 bytes.
    pub(crate) span: Range<usize>,
}

impl Document {
    /// Adds a sentence that consists of `terms`.
    pub(super) fn push(&mut self, place: SentencePlace, mut terms: Vec<TermId>) {
        terms.sort_unstable();
        terms.dedup();
        let number = u32::try_from(self.places.len()).unwrap_or(u32::MAX);
        for term in terms {
            self.sentences.entry(term).or_default().push(number);
        }
        self.places.push(place);
    }

    /// Numbers of the sentences with `term`, ascending; none if it occurs in more than
    /// [`MAX_SENTENCES_OF_TERM`].
    pub(crate) fn sentences_with(&self, term: TermId) -> &[u32] {
        let sentences = self.sentences.get(&term).map_or(&[][..], Vec::as_slice);
        if sentences.len() > MAX_SENTENCES_OF_TERM { &[] } else { sentences }
    }

    /// Where the sentence of this number stands.
    pub(crate) fn place(&self, sentence: u32) -> Option<&SentencePlace> {
        self.places.get(usize::try_from(sentence).ok()?)
    }

    /// Whether there are no unquoted sentences.
    pub(crate) fn is_empty(&self) -> bool {
        self.places.is_empty()
    }
}

/// The sentences of a pack's sources that no entry quotes, not even in part.
pub(super) fn unquoted_sentences(pack: &Pack) -> impl Iterator<Item = SentencePlace> {
    let mut quoted: FxHashMap<&str, Vec<Range<usize>>> = FxHashMap::default();
    for quote in pack.entries.iter().flat_map(|entry| entry.quotes()) {
        quoted.entry(quote.source().name()).or_default().push(quote.span());
    }
    for spans in quoted.values_mut() {
        spans.sort_unstable_by_key(|span| span.start);
    }
    pack.sources.iter().enumerate().flat_map(move |(number, source)| {
        let mut spans = quoted.remove(source.name()).unwrap_or_default().into_iter().peekable();
        let mut quoted_until = 0;
        let is_unquoted = move |sentence: &Range<usize>| {
            while let Some(span) = spans.next_if(|span| span.start < sentence.end) {
                quoted_until = quoted_until.max(span.end);
            }
            quoted_until <= sentence.start
        };
        let unquoted: Vec<_> = source.content_sentences().filter(is_unquoted).collect();
        unquoted.into_iter().map(move |span| SentencePlace { source: number, span })
    })
}
