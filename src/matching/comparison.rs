//! Two versions of packs, asked the same questions.

use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::candidates;
use super::coverage::covered_share;
use super::decision::{DecisionRule, Outcome};
use super::entry_terms::EntryTerms;
use super::excluded::Excluded;
use super::index::Index;
use super::language_part::LanguagePart;
use super::query::Query;
use super::questions::separate_questions;
use super::vocabulary::TermId;
use crate::knowledge::{Entry, Pack, Quote, Source, Translation};

/// Least share of a question that a changed entry covers, for the question to be asked. One that covers less than 0.4
/// never answers ([`super::objection`]), and a gap replies from 0.5 on; the rest is for those that keep another entry
/// from answering. docs/performance.md has what that misses: of 410 changed replies nothing, with 0.4 three.
const MIN_COVERAGE: f32 = 0.3;

/// Least share of the content words of a phrasing that a changed entry has, too, for the phrasing to be asked.
const MIN_SHARED: f32 = 0.3;

/// Packs, and how outcomes of them are decided.
#[derive(Debug, Clone, Copy)]
pub struct Version<'i> {
    /// The index of the packs.
    pub index: &'i Index,
    /// Calibration and thresholds.
    pub rule: &'i DecisionRule,
}

/// Two versions of the same packs, and what differs between them.
#[derive(Debug)]
pub struct Comparison<'i> {
    before: Version<'i>,
    after: Version<'i>,
    /// The entries before that are removed or have lost a text.
    losing: ChangedEntries,
    /// The entries after that are new or have got one.
    gaining: ChangedEntries,
    /// Whether the versions differ in more than entries: in languages, synonyms, sources, or the rule.
    is_any_concerned: bool,
}

impl<'i> Comparison<'i> {
    /// Compares two versions.
    pub fn new(before: Version<'i>, after: Version<'i>) -> Self {
        let changed = |of: &Index, other: &Index| ChangedEntries::new(of, lacking(of, other));
        let losing = changed(before.index, after.index);
        let gaining = changed(after.index, before.index);
        let (old, new) = (before.index.packs(), after.index.packs());
        let is_any_concerned = before.rule != after.rule
            || old.len() != new.len()
            || !old.iter().zip(new).all(|(old, new)| is_same_but(old, new));
        Self { before, after, losing, gaining, is_any_concerned }
    }

    /// The indices, after the change, of the entries that are new or have a text that they did not have.
    pub fn gaining(&self) -> &[usize] {
        &self.gaining.idxs
    }

    /// The outcomes of the question `text` before and after the change; `None` if that does not concern it.
    ///
    /// It concerns a question if an entry that has changed, as it was or as it is, is a candidate, and covers a share of
    /// the question without which no entry replies. For all other questions, the entries that can reply are the same as
    /// before, with the same texts; only weights that depend on all entries differ a little.
    pub fn outcomes(&self, text: &str) -> Option<[Outcome; 2]> {
        let concerns = || {
            self.gaining.concern(self.after.index, text, is_candidate)
                || self.losing.concern(self.before.index, text, is_candidate)
        };
        (self.is_any_concerned || concerns())
            .then(|| [self.before, self.after].map(|it| it.index.ask(text, it.rule)))
    }

    /// Whether one of [`Self::gaining`] has some words of a phrasing after the change, given by its entry and its number.
    pub fn shares_words(&self, entry: usize, phrasing: usize) -> bool {
        self.gaining.share_words(self.after.index, entry, phrasing)
    }

    /// Whether one of [`Self::gaining`] is among those with the most words of the question `text`.
    pub fn is_near_by_words(&self, text: &str) -> bool {
        self.gaining.concern(self.after.index, text, is_candidate_by_words)
    }
}

/// Entries of an index that differ from those of another.
#[derive(Debug)]
struct ChangedEntries {
    idxs: Vec<usize>,
    /// What they are in each part of the index.
    by_part: Vec<Vec<PartOfChanged>>,
}

/// What a changed entry is in a part of the index.
#[derive(Debug)]
struct PartOfChanged {
    number: usize,
    terms: EntryTerms,
}

impl ChangedEntries {
    fn new(index: &Index, idxs: Vec<usize>) -> Self {
        let of_part = |part: &LanguagePart| {
            let numbers = idxs.iter().filter_map(|idx| part.number_of(*idx));
            let changed = numbers.map(|number| PartOfChanged {
                number,
                terms: EntryTerms::new(&part.index.texts, number, |_| false),
            });
            changed.collect()
        };
        let by_part = index.parts().iter().map(of_part).collect();
        Self { idxs, by_part }
    }

    fn of_parts<'i>(
        &self,
        index: &'i Index,
    ) -> impl Iterator<Item = (&'i LanguagePart, &[PartOfChanged])> {
        let parts = index.parts().iter().zip(self.by_part.iter().map(Vec::as_slice));
        parts.filter(|(_, changed)| !changed.is_empty())
    }

    /// Whether one of them is a candidate for a question of the message `text`, and covers some of it.
    fn concern(
        &self,
        index: &Index,
        text: &str,
        is_candidate: fn(&LanguagePart, &[usize], &Query) -> bool,
    ) -> bool {
        if self.idxs.is_empty() {
            return false;
        }
        let mut asked = std::iter::once(text).chain(separate_questions(text));
        asked.any(|question| {
            self.of_parts(index).any(|(part, changed)| {
                let query = Query::new(&part.index, question);
                let covers = |it: &&PartOfChanged| {
                    covered_share(&part.index, &it.terms, &query) >= MIN_COVERAGE
                };
                let covering: Vec<usize> =
                    changed.iter().filter(covers).map(|it| it.number).collect();
                is_candidate(part, &covering, &query)
            })
        })
    }

    /// Whether one of them has a share of the content words of a phrasing. Unlike [`Self::concern`] this takes no
    /// analysis of the text, which the index has already, and so no words of similar meaning.
    fn share_words(&self, index: &Index, entry: usize, phrasing: usize) -> bool {
        self.of_parts(index).any(|(part, changed)| {
            let Some(number) = part.number_of(entry) else { return false };
            let Some(number_here) = part.phrasing_here(number, phrasing) else { return false };
            let texts = part.index.texts.of(number);
            let Some(text) = texts.and_then(|it| it.phrasings().nth(number_here)) else {
                return false;
            };
            let words: Vec<(TermId, f32)> = (text.words.iter())
                .map(|term| (*term, part.index.term(*term)))
                .filter(|(_, known)| !known.is_stop_word)
                .map(|(term, known)| (term, known.weight))
                .collect();
            let total: f32 = words.iter().map(|(_, weight)| weight).sum();
            let has = |terms: &EntryTerms, term: &TermId| {
                [&terms.phrasings, &terms.quotes].iter().any(|it| it.binary_search(term).is_ok())
            };
            changed.iter().any(|PartOfChanged { terms, .. }| {
                let shared = words.iter().filter(|(term, _)| has(terms, term));
                shared.map(|(_, weight)| weight).sum::<f32>() >= MIN_SHARED * total
            })
        })
    }
}

/// The indices of the entries of `index` that `other` does not have, or not with all of their texts.
fn lacking(index: &Index, other: &Index) -> Vec<usize> {
    let others: FxHashMap<String, usize> =
        (0..other.n_entries()).map(|idx| (other.entry_id(idx), idx)).collect();
    let is_lacking = |idx: &usize| {
        let same = others.get(&index.entry_id(*idx)).and_then(|idx| other.entry(*idx));
        !index.entry(*idx).zip(same).is_some_and(|(entry, same)| has_texts_of(same, entry))
    };
    (0..index.n_entries()).filter(is_lacking).collect()
}

/// Whether `entry` has all texts of `other`, and is of the same kind.
fn has_texts_of(entry: &Entry, other: &Entry) -> bool {
    // Most entries are the same: they need no set.
    let phrasings = || entry.phrasings().collect::<FxHashSet<&str>>();
    let has_phrasings = entry.phrasings().eq(other.phrasings()) || {
        let own = phrasings();
        other.phrasings().all(|phrasing| own.contains(phrasing))
    };
    let is_quoted = |quote: &Quote| {
        let is_same = |own: &Quote| {
            own.text() == quote.text() && own.source().name() == quote.source().name()
        };
        entry.quotes().iter().any(is_same)
    };
    let has_language = |translation: &Translation| {
        entry.translations.iter().any(|own| own.language == translation.language)
    };
    has_phrasings
        && entry.language == other.language
        && other.translations.iter().all(has_language)
        && entry.is_gap() == other.is_gap()
        && (other.lead().is_none() || entry.lead() == other.lead())
        && other.quotes().iter().all(is_quoted)
}

/// Whether one of some entries is compared with a question.
fn is_candidate(part: &LanguagePart, numbers: &[usize], query: &Query) -> bool {
    // By meaning, all texts have to be compared: only if one of these may be near enough.
    is_candidate_by_words(part, numbers, query)
        || numbers.iter().any(|number| means_near(part, *number, query)) && {
            let candidates = candidates::by_meaning(&part.index, query, Excluded::default());
            numbers.iter().any(|number| candidates.contains(number))
        }
}

fn is_candidate_by_words(part: &LanguagePart, numbers: &[usize], query: &Query) -> bool {
    !numbers.is_empty() && {
        let candidates = candidates::by_words(&part.index, query);
        numbers.iter().any(|number| candidates.contains(number))
    }
}

/// Whether a text of an entry is near enough in meaning for the entry to be a candidate.
fn means_near(part: &LanguagePart, number: usize, query: &Query) -> bool {
    let directions = part.index.directions.as_ref().and_then(|directions| directions.of(number));
    let (Some(asked), Some((phrasings, quotes))) = (&query.direction, directions) else {
        return false;
    };
    let mut texts = phrasings.iter().chain([&quotes]).flatten();
    texts.any(|direction| direction.cosine(asked) >= candidates::MIN_MEANING)
}

/// Whether two versions of a pack have the same language, synonyms and sources.
fn is_same_but(old: &Pack, new: &Pack) -> bool {
    let is_same = |(old, new): (&Arc<Source>, &Arc<Source>)| {
        Arc::ptr_eq(old, new)
            || old.name() == new.name()
                && old.language() == new.language()
                && old.metadata().format == new.metadata().format
                && old.body() == new.body()
    };
    old.name == new.name
        && old.language == new.language
        && old.lexicon == new.lexicon
        && old.sources.len() == new.sources.len()
        && old.sources.iter().zip(&new.sources).all(is_same)
}
