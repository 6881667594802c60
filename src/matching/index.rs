//! What is answered from: an immutable snapshot of one or several packs, each with an index of its own,
//! so that a pack beside another changes none of its decisions.

use std::sync::Arc;

use super::PackIndex;
use super::decision::{Decision, DecisionRule, MAX_RANKED, MAX_SUGGESTIONS, Outcome, share_quote};
use super::excluded::Excluded;
pub use super::postings::MAX_ENTRIES;
use super::query::Query;
use crate::knowledge::{Entry, Pack};

/// The indexes of all packs. Entries are numbered through, in the order of the packs.
#[derive(Debug)]
pub struct Index {
    packs: Vec<Arc<Pack>>,
    parts: Vec<PackIndex>,
    /// Number of the first entry of each part.
    starts: Vec<usize>,
}

impl Index {
    /// Builds the index of `packs`, of each of which the first [`MAX_ENTRIES`] entries can be found.
    pub fn new(packs: Vec<Arc<Pack>>) -> Self {
        let parts: Vec<PackIndex> = packs.iter().map(Arc::clone).map(PackIndex::new).collect();
        let mut n_entries = 0;
        let starts = parts.iter().map(|part| {
            let start = n_entries;
            n_entries += part.n_entries();
            start
        });
        Self { starts: starts.collect(), packs, parts }
    }

    /// The packs, in order.
    pub fn packs(&self) -> &[Arc<Pack>] {
        &self.packs
    }

    /// How many entries and gaps there are.
    pub fn n_entries(&self) -> usize {
        self.parts.iter().map(PackIndex::n_entries).sum()
    }

    /// How many phrasings there are.
    pub fn n_phrasings(&self) -> usize {
        self.parts.iter().map(PackIndex::n_phrasings).sum()
    }

    /// Bytes of memory that it takes without the packs, about.
    pub fn n_bytes(&self) -> usize {
        self.parts.iter().map(PackIndex::n_bytes).sum()
    }

    /// The entry at `idx`.
    pub fn entry(&self, idx: usize) -> Option<&Entry> {
        let (part, idx) = self.part_of(idx)?;
        part.entry(idx)
    }

    /// The pack of the entry at `idx`.
    pub fn pack_of(&self, idx: usize) -> Option<&Arc<Pack>> {
        Some(self.part_of(idx)?.0.pack())
    }

    /// The public id of the entry at `idx`: its own, or `pack:entry` where there are several packs.
    pub fn entry_id(&self, idx: usize) -> String {
        let (Some(pack), Some(entry)) = (self.pack_of(idx), self.entry(idx)) else {
            return String::new();
        };
        if self.packs.len() > 1 {
            format!("{}:{}", pack.name, entry.id)
        } else {
            entry.id.to_string()
        }
    }

    /// The index of the entry with the public id `id`.
    pub fn find(&self, id: &str) -> Option<usize> {
        (0..self.n_entries()).find(|idx| self.entry_id(*idx) == id)
    }

    /// Whether `text` has words that an answer would have to cover, in the language of any pack.
    pub fn has_content_words(&self, text: &str) -> bool {
        self.parts.iter().any(|part| Query::new(part, text).content_words().next().is_some())
    }

    /// What to do with the question `text`.
    pub fn ask(&self, text: &str, rule: &DecisionRule) -> Outcome {
        self.ask_excluding(text, rule, Excluded::default())
    }

    /// The same as if `excluded` were not in the packs.
    pub fn ask_excluding(&self, text: &str, rule: &DecisionRule, excluded: Excluded) -> Outcome {
        let outcomes = self.parts.iter().zip(&self.starts).map(|(part, start)| {
            part.ask_excluding(text, rule, excluded.within(*start, part.n_entries()))
                .shifted(*start)
        });
        self.combine(outcomes.collect())
    }

    /// The indexes of the single packs, each with the number of its first entry.
    pub(crate) fn parts(&self) -> impl Iterator<Item = (&PackIndex, usize)> {
        self.parts.iter().zip(self.starts.iter().copied())
    }

    /// The index that holds the entry at `idx`, and the entry's place in it.
    pub(crate) fn part_of(&self, idx: usize) -> Option<(&PackIndex, usize)> {
        let part = self.starts.partition_point(|start| *start <= idx).checked_sub(1)?;
        Some((self.parts.get(part)?, idx - self.starts.get(part)?))
    }

    /// The outcome of several packs: that of the pack which decides for most (an answer, then a gap,
    /// then suggestions), and of these of the surest; the other packs' entries follow its own. Ties
    /// go to the pack that stands first.
    fn combine(&self, mut outcomes: Vec<Outcome>) -> Outcome {
        let rank = |outcome: &Outcome| match outcome.decision {
            Decision::Answer => 0,
            Decision::Abstain if outcome.gap.is_some() => 1,
            Decision::Suggest => 2,
            Decision::Abstain => 3,
        };
        outcomes.sort_by(|a, b| {
            let by_confidence = b.confidence.total_cmp(&a.confidence);
            rank(a)
                .cmp(&rank(b))
                .then(by_confidence)
                .then(b.any_confidence.total_cmp(&a.any_confidence))
        });
        let mut outcomes = outcomes.into_iter();
        let Some(mut first) = outcomes.next() else { return Outcome::nothing() };
        for other in outcomes {
            first.ranked.extend(other.ranked);
            first.nearest.extend(other.nearest);
            if first.decision == Decision::Suggest {
                for idx in other.suggestions {
                    if !first
                        .suggestions
                        .iter()
                        .any(|it| share_quote(self.entry(*it), self.entry(idx)))
                    {
                        first.suggestions.push(idx);
                    }
                }
            }
        }
        first.ranked.truncate(MAX_RANKED);
        first.nearest.truncate(MAX_SUGGESTIONS);
        first.suggestions.truncate(MAX_SUGGESTIONS);
        first
    }
}
