//! The review of a change of packs: which questions would be replied to with another entry, and which phrasings of
//! other entries would be shadowed.

use std::cmp::Reverse;

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::conversation::AskedText;
use crate::conversation::layout::one_line;
use crate::knowledge::Entry;
use crate::knowledge::lint::duplicate_phrasing::key_of;
use crate::matching::comparison::{Comparison, Version};
use crate::matching::excluded::Excluded;
use crate::matching::{Decision, Index, Outcome};

/// What a change of packs does. The questions of each list are those asked most often first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Review {
    /// How many different texts were asked; 0 if nothing is known of what was asked.
    pub n_texts: usize,
    /// Questions that get an answer and had none.
    pub gained: Vec<ReviewedQuestion>,
    /// Questions that had an answer and get none.
    pub lost: Vec<ReviewedQuestion>,
    /// Questions that are replied to with another entry or gap, or with another text of the same entry.
    pub changed: Vec<ReviewedQuestion>,
    /// Phrasings of entries that have not changed, in the order of the pack.
    pub shadowed: Vec<ShadowedPhrasing>,
}

/// A question whose reply changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReviewedQuestion {
    /// Its text, in one line.
    pub text: String,
    /// How often it was asked.
    pub n_times: u64,
    /// What replies to it before; `None` if nothing is sure enough.
    pub before: Option<ReplyingEntry>,
    /// What replies to it after the change.
    pub after: Option<ReplyingEntry>,
}

/// The entry or gap that replies to a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplyingEntry {
    /// Its public id.
    pub id: String,
    /// Whether it is a gap: the reply is that the sources do not say.
    pub is_gap: bool,
}

/// A phrasing that a changed entry takes away from its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShadowedPhrasing {
    /// The phrasing, in one line.
    pub phrasing: String,
    /// The public id of its entry.
    pub entry: String,
    /// The public id of the changed entry.
    pub by: String,
    /// Whether the changed entry has a phrasing of the same words. Otherwise, a question in other words than this
    /// phrasing's finds the changed entry: with the phrasing left out, its text does.
    pub is_same_wording: bool,
}

impl Review {
    /// Whether no reply changes and no phrasing is shadowed.
    pub fn is_empty(&self) -> bool {
        let lists = [&self.gained, &self.lost, &self.changed];
        lists.iter().all(|list| list.is_empty()) && self.shadowed.is_empty()
    }
}

/// Reviews the change from `before` to `after` by what was `asked`. What it does not concern is not asked, see
/// [`Comparison::outcomes`].
pub fn review(before: Version<'_>, after: Version<'_>, asked: &[AskedText]) -> Review {
    let comparison = Comparison::new(before, after);
    let mut n_times: FxHashMap<&str, u64> = FxHashMap::default();
    for AskedText { text, n_times: n } in asked {
        *n_times.entry(text).or_default() += n;
    }
    let mut texts: Vec<(&str, u64)> = n_times.into_iter().collect();
    texts.sort_unstable_by_key(|(text, n_times)| (Reverse(*n_times), *text));
    let mut review = Review { n_texts: texts.len(), ..Review::default() };
    let changes: Vec<(Change, ReviewedQuestion)> = texts
        .par_iter()
        .filter_map(|(text, n_times)| {
            let outcomes = comparison.outcomes(text)?;
            let [before, after] = [(before.index, &outcomes[0]), (after.index, &outcomes[1])]
                .map(|(index, outcome)| reply(index, outcome));
            let change = Change::between(before.as_ref(), after.as_ref())?;
            let [before, after] = [before, after].map(|it| it.map(|(entry, _)| entry));
            let text = one_line(text);
            Some((change, ReviewedQuestion { text, n_times: *n_times, before, after }))
        })
        .collect();
    for (change, question) in changes {
        match change {
            Change::Gain => review.gained.push(question),
            Change::Loss => review.lost.push(question),
            Change::Other => review.changed.push(question),
        }
    }
    review.shadowed = shadowed(&comparison, before, after);
    review
}

enum Change {
    Gain,
    Loss,
    Other,
}

impl Change {
    /// What happens to a question that these entries reply to; `None` if the reply is the same.
    fn between(before: Option<&Replying<'_>>, after: Option<&Replying<'_>>) -> Option<Self> {
        let is_answer = |reply: Option<&Replying<'_>>| reply.is_some_and(|(it, _)| !it.is_gap);
        match (is_answer(before), is_answer(after)) {
            (false, true) => Some(Self::Gain),
            (true, false) => Some(Self::Loss),
            _ if before == after => None,
            _ => Some(Self::Other),
        }
    }
}

/// An entry that replies, and what it shows: its lead and its quotes.
type Replying<'i> = (ReplyingEntry, Vec<&'i str>);

/// What replies with `outcome`; `None` for suggestions, and if nothing is found.
fn reply<'i>(index: &'i Index, outcome: &Outcome) -> Option<Replying<'i>> {
    let idx = match outcome.decision {
        Decision::Answer => *outcome.ranked.first()?,
        Decision::Suggest => return None,
        Decision::Abstain => outcome.gap?,
    };
    let entry = index.entry(idx)?;
    let texts = entry.lead().into_iter().chain(entry.quotes().iter().map(|it| it.text()));
    Some((ReplyingEntry { id: index.entry_id(idx), is_gap: entry.is_gap() }, texts.collect()))
}

/// The phrasings of other entries that the changed entries shadow.
fn shadowed(
    comparison: &Comparison<'_>,
    before: Version<'_>,
    after: Version<'_>,
) -> Vec<ShadowedPhrasing> {
    let gaining: FxHashSet<usize> = comparison.gaining().iter().copied().collect();
    if gaining.is_empty() {
        return Vec::new();
    }
    let mut wordings: FxHashMap<String, usize> = FxHashMap::default();
    for idx in comparison.gaining() {
        let had: FxHashSet<String> = (before.index.find(&after.index.entry_id(*idx)))
            .and_then(|idx| before.index.entry(idx))
            .map(|entry| entry.phrasings().map(key_of).collect())
            .unwrap_or_default();
        let has = after.index.entry(*idx).into_iter().flat_map(Entry::phrasings).map(key_of);
        wordings.extend(has.filter(|key| !had.contains(key)).map(|key| (key, *idx)));
    }
    let others = (0..after.index.n_entries()).filter(|idx| !gaining.contains(idx));
    let phrasings: Vec<(usize, usize, &str)> = others
        .flat_map(|idx| {
            let entry = after.index.entry(idx).into_iter();
            entry
                .flat_map(move |it| it.phrasings().enumerate().map(move |(n, text)| (idx, n, text)))
        })
        .collect();
    let shadow = |(idx, number, text): &(usize, usize, &str)| {
        if !comparison.shares_words(*idx, *number) {
            return None;
        }
        let same = wordings.get(&key_of(text)).copied();
        let by = same.or_else(|| {
            shadowed_by(comparison, [before, after], (*idx, *number), text)
                .filter(|by| gaining.contains(by))
        })?;
        Some(ShadowedPhrasing {
            phrasing: one_line(text),
            entry: after.index.entry_id(*idx),
            by: after.index.entry_id(by),
            is_same_wording: same.is_some(),
        })
    };
    phrasings.par_iter().filter_map(shadow).collect()
}

/// The entry or gap that is found first after the change for a phrasing that is left out, if its own was found before.
fn shadowed_by(
    comparison: &Comparison<'_>,
    [before, after]: [Version<'_>; 2],
    (idx, number): (usize, usize),
    text: &str,
) -> Option<usize> {
    // Nothing is left of the entry in this language then.
    let entry = after.index.entry(idx)?;
    if entry.numbers_in_language_of(number).len() == 1 || !comparison.is_near_by_words(text) {
        return None;
    }
    let found = |version: Version<'_>, idx: usize| {
        let left_out = Excluded {
            phrasing: Some((idx, number)),
            keeps_classifier: true,
            ..Excluded::default()
        };
        version.index.ask_excluding(text, version.rule, left_out).first()
    };
    let by = found(after, idx).filter(|by| *by != idx)?;
    let idx_before = before.index.find(&after.index.entry_id(idx))?;
    (found(before, idx_before) == Some(idx_before)).then_some(by)
}

#[cfg(test)]
mod tests;
