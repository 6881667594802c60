//! Words that exclude each other: members of closed sets, opposites, words of direction.

use std::collections::BTreeMap;

use frostem::{Algorithm, Stemmer};
use rustc_hash::FxHashMap;

use super::file::LanguageFile;
use crate::text::fold::Folding;
use crate::text::phrases::Phrases;

/// A word or phrase of a set whose members exclude each other: a weekday, "enable" of
/// enable / disable, "from" of from / to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SetMember {
    /// Number of the set.
    pub set: u16,
    /// Number of the member in it; forms and abbreviations of one member share it.
    pub member: u16,
}

/// The sets of a language, whose words are folded.
#[derive(Debug, Default)]
pub struct ExclusiveWords {
    /// Words and phrases.
    pub phrases: Phrases<SetMember>,
    /// Words of opposites by their stems, which other forms of them share; without those that are the
    /// stem of two members.
    pub by_stem: FxHashMap<String, SetMember>,
    /// Words that exclude each other as the last of a sentence: "an" and "ab" in German.
    pub last_words: FxHashMap<String, Vec<SetMember>>,
}

impl ExclusiveWords {
    /// Reads the sets of `file`; `phrase` divides a phrase into folded words.
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

/// The sets, and how many there are.
fn exclusive_sets(
    file: &LanguageFile,
    phrase: impl Fn(&str) -> Vec<String>,
) -> (Phrases<SetMember>, u16) {
    let mut ordinals: BTreeMap<u64, Vec<String>> = BTreeMap::new();
    for (form, number) in &file.ordinals {
        ordinals.entry(*number).or_default().push(form.clone());
    }
    let ordinals: Vec<Vec<String>> = ordinals.into_values().collect();
    let sets = file.closed_sets.values().chain(&file.opposites.pairs).chain([&ordinals]);
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

/// Opposites by the stems of their words. Members of closed sets are left out: their forms are all listed.
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
