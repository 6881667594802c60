//! Symmetric-delete index of words (SymSpell, W. Garbe 2012): two words within a given edit
//! distance share a form after deleting at most that many characters from each.

use super::WordId;
use crate::matching::similarity::max_edits;

/// Characters of a word whose deletions are indexed; the rest is compared only on lookup. Wolf
/// Garbe's SymSpell uses 7 as the balance of memory and speed.
const PREFIX_CHARS: usize = 7;

/// Words in buckets, by the hash of each form. Hash collisions within a bucket only cost a
/// comparison, since every result is verified in full.
#[derive(Debug, Default)]
pub(super) struct DeletionIndex {
    /// Offset of each bucket in `words`, and the end of the last. The number of buckets is a power
    /// of two.
    starts: Vec<u32>,
    words: Vec<WordId>,
}

impl DeletionIndex {
    /// Indexes `words`, numbered from 0.
    pub(super) fn new<'a>(words: impl Iterator<Item = &'a str>) -> Self {
        let mut forms: Vec<(u32, WordId)> = Vec::new();
        for (id, word) in (0..).zip(words) {
            for_each_form(word, |hash| forms.push((hash, id)));
        }
        // At most two words per bucket on average: half the memory of one, and no slower.
        let n_buckets = forms.len().div_ceil(2).next_power_of_two();
        Self::in_buckets(forms, n_buckets)
    }

    /// Counting sort of `forms`, which are in the order of their words; a word is once in a bucket.
    #[expect(clippy::indexing_slicing, reason = "a bucket is a hash masked by their number")]
    fn in_buckets(mut forms: Vec<(u32, WordId)>, n_buckets: usize) -> Self {
        let bucket = |hash: u32| usize::try_from(hash).unwrap_or(0) & (n_buckets - 1);
        let mut last_words = vec![WordId::MAX; n_buckets];
        forms.retain(|(hash, word)| {
            std::mem::replace(&mut last_words[bucket(*hash)], *word) != *word
        });
        let mut starts = vec![0u32; n_buckets + 1];
        for (hash, _) in &forms {
            starts[bucket(*hash) + 1] += 1;
        }
        for at in 1..starts.len() {
            starts[at] += starts[at - 1];
        }
        let mut ends = starts.clone();
        let mut words = vec![0; forms.len()];
        for (hash, word) in forms {
            let end = &mut ends[bucket(hash)];
            words[usize::try_from(*end).unwrap_or(0)] = word;
            *end += 1;
        }
        Self { starts, words }
    }

    /// Bytes on the heap.
    pub(super) fn n_bytes(&self) -> usize {
        size_of_val(self.starts.as_slice()) + size_of_val(self.words.as_slice())
    }

    /// Visits the words that share a form with `word`. May visit a word several times, and a few
    /// words that share none.
    pub(super) fn for_each_candidate(&self, word: &str, mut visit: impl FnMut(WordId)) {
        let mask = self.starts.len().saturating_sub(2);
        for_each_form(word, |hash| {
            let bucket = usize::try_from(hash).map_or(0, |hash| hash & mask);
            self.bucket(bucket).iter().copied().for_each(&mut visit);
        });
    }

    fn bucket(&self, bucket: usize) -> &[WordId] {
        let start =
            |bucket: usize| self.starts.get(bucket).and_then(|start| usize::try_from(*start).ok());
        start(bucket)
            .zip(start(bucket + 1))
            .and_then(|(start, end)| self.words.get(start..end))
            .unwrap_or_default()
    }
}

/// Visits the hashes of the prefix of `word` and of all its forms with up to the allowed number of
/// characters deleted.
fn for_each_form(word: &str, mut visit: impl FnMut(u32)) {
    let mut chars = ['\0'; PREFIX_CHARS];
    let mut n_chars = 0;
    for (idx, c) in word.chars().enumerate() {
        if let Some(slot) = chars.get_mut(idx) {
            *slot = c;
        }
        n_chars = idx + 1;
    }
    let prefix = chars.get(..n_chars.min(PREFIX_CHARS)).unwrap_or_default();
    visit(fold_hash(fnv1a(FNV_OFFSET_BASIS, prefix)));
    // The word may be one character shorter than the intended one, whose length sets the limit.
    let max_deletions = max_edits(n_chars + 1);
    if max_deletions == 0 {
        return;
    }
    let mut before_first = FNV_OFFSET_BASIS;
    for (idx, c) in prefix.iter().enumerate() {
        let after_first = prefix.get(idx + 1..).unwrap_or_default();
        visit(fold_hash(fnv1a(before_first, after_first)));
        if max_deletions > 1 {
            let mut before_second = before_first;
            for (idx, c) in after_first.iter().enumerate() {
                let after_second = after_first.get(idx + 1..).unwrap_or_default();
                visit(fold_hash(fnv1a(before_second, after_second)));
                before_second = fnv1a(before_second, &[*c]);
            }
        }
        before_first = fnv1a(before_first, &[*c]);
    }
}

/// Offset basis of 32-bit FNV-1a (Fowler-Noll-Vo), applied per character.
const FNV_OFFSET_BASIS: u32 = 0x811C_9DC5;

fn fnv1a(hash: u32, chars: &[char]) -> u32 {
    chars.iter().fold(hash, |hash, c| (hash ^ u32::from(*c)).wrapping_mul(0x0100_0193))
}

/// Folds the upper half in, since only the lower bits select the bucket.
fn fold_hash(hash: u32) -> u32 {
    hash ^ (hash >> 15)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_within_edit_distance_share_a_bucket() {
        let words = ["military", "no", "exercise"];
        let index = DeletionIndex::new(words.into_iter());
        let cases = [
            ("militry", 0),
            ("miiltary", 0),
            ("mliitray", 0),
            ("exorcism", 2),
            ("no", 1),
            ("exercised", 2),
        ];
        for (word, known) in cases {
            let mut is_found = false;
            index.for_each_candidate(word, |id| is_found |= id == known);
            assert!(is_found, "{word}");
        }
        DeletionIndex::default().for_each_candidate("word", |id| panic!("{id} in an empty index"));
    }
}
