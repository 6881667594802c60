//! Words that exclude each other: members of closed sets, ordinals, opposites.

use std::collections::BTreeMap;

use frostem::{Algorithm, Stemmer};
use rustc_hash::FxHashMap;

use super::file::LanguageFile;
use crate::text::fold::Folding;
use crate::text::phrases::Phrases;

/// A member of an exclusive set, that is, a set whose members exclude each other: a weekday, or
/// "enable" of enable / disable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SetMember {
    /// Number of the set.
    pub set: u16,
    /// Number of the member in its set; all forms and abbreviations of a member share it.
    pub member: u16,
}

/// The exclusive sets of a language. Words are folded.
#[derive(Debug, Default)]
pub struct ExclusiveWords {
    /// Words and phrases, with the members that they are.
    pub phrases: Phrases<SetMember>,
    /// Members of pairs of opposites, by the stem that the forms of their words share. A stem of
    /// two members is left out.
    pub by_stem: FxHashMap<String, SetMember>,
    /// Words that exclude each other only as the last word of a text: "an" and "ab" in German.
    pub last_words: FxHashMap<String, Vec<SetMember>>,
}

impl ExclusiveWords {
    /// Builds the sets of `file`; `phrase` splits a phrase into folded words.
    pub(super) fn new(
        file: &LanguageFile,
        folding: &Folding,
        stemmer: Option<Algorithm>,
        phrase: impl Fn(&str) -> Vec<String>,
    ) -> Self {
        let (phrases, n_sets) = exclusive_sets(file, phrase);
        let mut last_words: FxHashMap<String, Vec<SetMember>> = FxHashMap::default();
        for (set, members) in (n_sets..).zip(&file.opposites.last_words) {
            for (member, forms) in (0..).zip(members) {
                for form in forms {
                    let words = last_words.entry(folding.fold(form).into_owned()).or_default();
                    words.push(SetMember { set, member });
                }
            }
        }
        Self { phrases, by_stem: exclusive_stems(file, folding, stemmer), last_words }
    }
}

/// The phrases of all sets but those of last words, and the number of these sets.
fn exclusive_sets(
    file: &LanguageFile,
    phrase: impl Fn(&str) -> Vec<String>,
) -> (Phrases<SetMember>, u16) {
    let mut ordinals: BTreeMap<u64, Vec<String>> = BTreeMap::new();
    for (form, number) in &file.ordinals {
        ordinals.entry(*number).or_default().push(form.clone());
    }
    let ordinals: Vec<Vec<String>> = ordinals.into_values().collect();
    let opposites: Vec<Vec<Vec<String>>> =
        file.opposites.pairs.iter().map(|pair| with_equivalents(pair, file)).collect();
    let sets = file.closed_sets.values().chain(&opposites).chain([&ordinals]);
    let mut phrases = Phrases::default();
    let mut n_sets = 0;
    for (set, members) in (0..).zip(sets) {
        n_sets = set + 1;
        for (member, forms) in (0..).zip(members) {
            for form in forms {
                phrases.add(phrase(form), SetMember { set, member });
            }
        }
    }
    (phrases, n_sets)
}

/// A pair of opposites with the words that are equivalent to one of a side: where "remove" is "delete", both are the opposite of
/// "create".
fn with_equivalents(pair: &[Vec<String>], file: &LanguageFile) -> Vec<Vec<String>> {
    let has_any = |side: &[String], group: &[String]| group.iter().any(|word| side.contains(word));
    let of_side = |side: &Vec<String>| {
        let is_of_one_side = |group: &&Vec<String>| {
            pair.iter().all(|other| has_any(other, group) == std::ptr::eq(other, side))
        };
        let groups = file.equivalents.groups.iter().filter(is_of_one_side);
        side.iter().chain(groups.flatten()).cloned().collect()
    };
    pair.iter().map(of_side).collect()
}

/// Opposites by the stems of their words. Members of closed sets are left out, since all their
/// forms are listed.
fn exclusive_stems(
    file: &LanguageFile,
    folding: &Folding,
    stemmer: Option<Algorithm>,
) -> FxHashMap<String, SetMember> {
    let Some(stemmer) = stemmer.map(Stemmer::new) else { return FxHashMap::default() };
    let n_closed = u16::try_from(file.closed_sets.len()).unwrap_or(u16::MAX);
    let mut stems: FxHashMap<String, Option<SetMember>> = FxHashMap::default();
    for (set, members) in (n_closed..).zip(&file.opposites.pairs) {
        for (member, forms) in (0..).zip(members) {
            let found = SetMember { set, member };
            for form in forms.iter().filter(|form| !form.contains([' ', '-', '\''])) {
                let stem = folding.fold(&stemmer.stem(&form.to_lowercase())).into_owned();
                stems
                    .entry(stem)
                    .and_modify(|known| *known = known.filter(|known| *known == found))
                    .or_insert(Some(found));
            }
        }
    }
    stems.into_iter().filter_map(|(stem, member)| Some((stem, member?))).collect()
}
