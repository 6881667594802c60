//! The words and terms of an index, and the lookup of misspelt words.

use std::hash::{Hash, Hasher};

use rustc_hash::{FxHashMap, FxHashSet, FxHasher};

use super::similarity::{misspelling_similarity, slip_budget};

/// A term: a stem, a concept of the lexicon, or a pair of neighbouring stems.
pub(crate) type TermId = u32;

/// How many spellings a misspelt word may be taken for; more would only add noise.
const MAX_SPELLINGS: usize = 4;

/// Characters of a word whose deletions are indexed; what follows is compared only on lookup.
/// Wolf Garbe's SymSpell uses 7 as the balance of memory and speed.
const PREFIX_CHARS: usize = 7;

/// Terms by name, and surface words with the terms they stand for.
#[derive(Debug, Default)]
pub(crate) struct Vocabulary {
    terms: FxHashMap<Box<str>, TermId>,
    names: Vec<Box<str>>,
    words: Vec<(Box<str>, TermId)>,
    word_ids: FxHashMap<Box<str>, u32>,
    /// Words by the hash of each form that deletions leave of their prefix (symmetric delete, W. Garbe 2012).
    deletions: FxHashMap<u64, Vec<u32>>,
}

impl Vocabulary {
    /// The id of a term, made if it is new.
    pub(crate) fn intern(&mut self, name: &str) -> TermId {
        if let Some(id) = self.terms.get(name) {
            return *id;
        }
        let id = TermId::try_from(self.names.len()).unwrap_or(TermId::MAX);
        self.terms.insert(name.into(), id);
        self.names.push(name.into());
        id
    }

    /// Notes that `word` is a surface form of `term`, so that misspellings of it are found.
    pub(crate) fn add_word(&mut self, word: &str, term: TermId) {
        if self.word_ids.contains_key(word) {
            return;
        }
        let id = u32::try_from(self.words.len()).unwrap_or(u32::MAX);
        self.word_ids.insert(word.into(), id);
        self.words.push((word.into(), term));
        for form in deletion_forms(word) {
            self.deletions.entry(form).or_default().push(id);
        }
    }

    /// The id of a term, if there is one.
    pub(crate) fn term(&self, name: &str) -> Option<TermId> {
        self.terms.get(name).copied()
    }

    /// A term's name.
    pub(crate) fn name(&self, term: TermId) -> &str {
        usize::try_from(term).ok().and_then(|idx| self.names.get(idx)).map_or("", |name| name)
    }

    /// How many terms there are.
    pub(crate) fn n_terms(&self) -> usize {
        self.names.len()
    }

    /// The words that `word` may be a misspelling of, best first: word, term, similarity.
    pub(crate) fn spellings(&self, word: &str) -> Vec<(&str, TermId, f32)> {
        let mut seen = FxHashSet::default();
        let mut found: Vec<(&str, TermId, f32)> = Vec::new();
        for form in deletion_forms(word) {
            let Some(ids) = self.deletions.get(&form) else { continue };
            for id in ids.iter().filter(|id| seen.insert(**id)) {
                let Some((known, term)) = usize::try_from(*id).ok().and_then(|i| self.words.get(i))
                else {
                    continue;
                };
                if let Some(similarity) = misspelling_similarity(word, known) {
                    found.push((known, *term, similarity));
                }
            }
        }
        found.sort_by(|a, b| b.2.total_cmp(&a.2).then_with(|| a.0.cmp(b.0)));
        found.truncate(MAX_SPELLINGS);
        found
    }
}

/// Hashes of the prefix of `word` and of all forms that up to its budget of deletions leave of it.
/// Two forms with one hash cost a comparison and change nothing: every find is compared in full.
fn deletion_forms(word: &str) -> Vec<u64> {
    let n_chars = word.chars().count();
    let prefix: Vec<char> = word.chars().take(PREFIX_CHARS).collect();
    let mut hashes = vec![hash_of(&prefix)];
    // A word may be one character shorter than the one it is meant for, whose budget counts.
    add_deletions(&prefix, slip_budget(n_chars + 1), &mut hashes);
    hashes.sort_unstable();
    hashes.dedup();
    hashes
}

fn add_deletions(form: &[char], budget: usize, hashes: &mut Vec<u64>) {
    if budget == 0 {
        return;
    }
    for at in 0..form.len() {
        let mut shorter = form.to_vec();
        shorter.remove(at);
        hashes.push(hash_of(&shorter));
        add_deletions(&shorter, budget - 1, hashes);
    }
}

fn hash_of(form: &[char]) -> u64 {
    let mut hasher = FxHasher::default();
    form.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn misspelt_words_are_found_with_the_likeliest_first() {
        let mut vocabulary = Vocabulary::default();
        for word in ["soldier", "soldiers", "kazakhstan", "troops", "border", "boarder", "un"] {
            let term = vocabulary.intern(word);
            vocabulary.add_word(word, term);
        }
        let cases = [
            ("sodliers", Some("soldiers")),
            ("kazahkstn", Some("kazakhstan")),
            ("kazakhstna", Some("kazakhstan")),
            ("trops", Some("troops")),
            ("bordr", Some("border")),
            ("nu", None),
            ("zebra", None),
        ];
        for (word, want) in cases {
            let got = vocabulary.spellings(word).first().map(|(known, _, _)| *known);
            assert_eq!(got, want, "{word}");
        }
    }
}
