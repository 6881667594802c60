//! Unquoted sentences: those of the sources that no entry answers with. If one of them covers a
//! question better than an entry does, the question is about something else.

use std::borrow::Cow;

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
    n_sentences: u32,
}

impl Document {
    /// Adds a sentence that consists of `terms`.
    pub(super) fn push(&mut self, mut terms: Vec<TermId>) {
        terms.sort_unstable();
        terms.dedup();
        for term in terms {
            self.sentences.entry(term).or_default().push(self.n_sentences);
        }
        self.n_sentences += 1;
    }

    /// Numbers of the sentences with `term`, ascending; none if it occurs in more than
    /// [`MAX_SENTENCES_OF_TERM`].
    pub(crate) fn sentences_with(&self, term: TermId) -> &[u32] {
        let sentences = self.sentences.get(&term).map_or(&[][..], Vec::as_slice);
        if sentences.len() > MAX_SENTENCES_OF_TERM { &[] } else { sentences }
    }

    /// Whether there are no unquoted sentences.
    pub(crate) fn is_empty(&self) -> bool {
        self.n_sentences == 0
    }
}

/// The sentences of a pack's sources that no entry quotes, not even in part.
pub(super) fn unquoted_sentences(pack: &Pack) -> impl Iterator<Item = Cow<'_, str>> {
    let mut quoted: FxHashMap<&str, Vec<std::ops::Range<usize>>> = FxHashMap::default();
    for quote in pack.entries.iter().flat_map(|entry| entry.quotes()) {
        quoted.entry(quote.source().name()).or_default().push(quote.span());
    }
    for spans in quoted.values_mut() {
        spans.sort_unstable_by_key(|span| span.start);
    }
    pack.sources.iter().flat_map(move |source| {
        let mut spans = quoted.remove(source.name()).unwrap_or_default().into_iter().peekable();
        let mut quoted_until = 0;
        let is_unquoted = move |sentence: &std::ops::Range<usize>| {
            while let Some(span) = spans.next_if(|span| span.start < sentence.end) {
                quoted_until = quoted_until.max(span.end);
            }
            quoted_until <= sentence.start
        };
        let unquoted: Vec<_> = source.content_sentences().filter(is_unquoted).collect();
        unquoted.into_iter().map(|span| source.words(span))
    })
}
