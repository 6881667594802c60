//! Contradictions between a question and an entry whose other words agree: an opposite, another
//! member of an exclusive set, another identifier. An entry that contradicts the question is at most
//! suggested (a rule of `objection`), and with a lower confidence (`features`).

use super::PackIndex;
use super::facts::{EntryFacts, Facts};
use super::query::Query;
use crate::text::identifier::kind;

/// Result of comparing a question with an entry.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Contradiction {
    /// Whether question and entry contradict each other.
    pub(crate) excludes: bool,
    /// Number of identifiers of the question that the entry lacks, except of kinds that vary in it.
    pub(crate) n_missing: f32,
}

/// Compares a question with an entry of `index`.
pub(crate) fn compare(index: &PackIndex, query: &Query, entry: usize) -> Contradiction {
    let asked = &query.facts;
    let may_contradict = !asked.members.is_empty()
        || !asked.identifiers.is_empty()
        || !asked.directions.is_empty()
        || !index.analyzer.data().opposite_prefixes.is_empty();
    let Some(entry) = index.facts(entry).filter(|_| may_contradict) else {
        return Contradiction::default();
    };
    let mut result = Contradiction::default();
    compare_members(asked, entry, &mut result);
    compare_identifiers(asked, entry, &mut result);
    let EntryFacts { phrasings, quotes, .. } = entry;
    result.excludes |= has_opposite_prefix(index, asked, phrasings, quotes)
        || has_opposite_direction(asked, phrasings);
    result
}

fn compare_members(asked: &Facts, entry: &EntryFacts, result: &mut Contradiction) {
    let EntryFacts { phrasings, quotes, varying_sets, .. } = entry;
    for member in &asked.members {
        let has = |facts: &Facts| facts.members.contains(member);
        // A second form in the question ("open or closed?") asks for both.
        let asks_both = asked.members.iter().any(|other| {
            other.set == member.set
                && other.member != member.member
                && phrasings.members.contains(other)
        });
        if has(phrasings) || has(quotes) || asks_both || varying_sets.contains(&member.set) {
            continue;
        }
        result.excludes |= entry.is_about_set(member.set);
    }
}

fn compare_identifiers(asked: &Facts, entry: &EntryFacts, result: &mut Contradiction) {
    let EntryFacts { phrasings, quotes, varying_kinds, .. } = entry;
    for identifier in &asked.identifiers {
        if phrasings.has_identifier(identifier) || quotes.has_identifier(identifier) {
            continue;
        }
        let kind_of = kind(identifier);
        if varying_kinds.contains(&kind_of) {
            continue;
        }
        result.n_missing += 1.0;
        let differs = |facts: &Facts| {
            facts
                .identifiers
                .iter()
                .any(|other| kind(other) == kind_of && !asked.has_identifier(other))
        };
        result.excludes |= entry.is_about_kind(&kind_of) && differs(phrasings);
    }
}

/// Whether one side has a word, and the other the same word with a prefix that turns it into its
/// opposite.
fn has_opposite_prefix(
    index: &PackIndex,
    asked: &Facts,
    phrasings: &Facts,
    quotes: &Facts,
) -> bool {
    let prefixes = &index.analyzer.data().opposite_prefixes;
    let has_opposite = |a: &Facts, b: &Facts| {
        a.stems.iter().any(|stem| {
            let base = prefixes.iter().filter_map(|prefix| stem.strip_prefix(prefix.as_str()));
            base.filter(|base| base.chars().count() >= MIN_BASE_CHARS).any(|base| {
                b.stems.contains(base)
                    && !b.stems.contains(stem)
                    && !a.stems.contains(base)
                    && (!quotes.stems.contains(stem) || !quotes.stems.contains(base))
            })
        })
    };
    has_opposite(asked, phrasings) || has_opposite(phrasings, asked)
}

/// Fewest characters of a stem without its prefix.
const MIN_BASE_CHARS: usize = 3;

/// Whether the question has a direction ("to Rome") and the phrasings only its opposite ("from
/// Rome"). A question with both directions contradicts neither.
fn has_opposite_direction(asked: &Facts, phrasings: &Facts) -> bool {
    asked.directions.iter().any(|(side, to)| {
        phrasings.directions.contains(&(1 - side, to.clone()))
            && !phrasings.directions.contains(&(*side, to.clone()))
            && !asked.directions.contains(&(1 - side, to.clone()))
    })
}
