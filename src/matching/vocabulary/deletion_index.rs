//! Words by what deletions leave of them (symmetric delete, W. Garbe 2012): two words within some
//! slips of each other have a form in common when as many characters are taken out of both.

use super::WordId;
use crate::matching::similarity::max_edits;

/// Characters of a word whose deletions are indexed; what follows is compared only on lookup.
/// Wolf Garbe's SymSpell uses 7 as the balance of memory and speed.
const PREFIX_CHARS: usize = 7;

/// Words in buckets, by the hash of each form. Words of other forms in a bucket cost a comparison
/// and change nothing: every find is compared in full.
#[derive(Debug, Default)]
pub(super) struct DeletionIndex {
    /// Where each bucket starts in `words`, and the end of the last. The number of buckets is a
    /// power of two.
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
        // Two words in a bucket in the mean, at the most: half the memory of one, and no slower.
        let n_buckets = forms.len().div_ceil(2).next_power_of_two();
        let n_buckets = u32::try_from(n_buckets).unwrap_or(1 << 31);
        for (hash, _) in &mut forms {
            *hash &= n_buckets - 1;
        }
        forms.sort_unstable();
        forms.dedup();
        let mut starts = Vec::new();
        let mut at = 0u32;
        let mut rest = forms.iter().peekable();
        for bucket in 0..n_buckets {
            starts.push(at);
            while rest.next_if(|(of, _)| *of == bucket).is_some() {
                at += 1;
            }
        }
        starts.push(at);
        starts.shrink_to_fit();
        Self { starts, words: forms.iter().map(|(_, word)| *word).collect() }
    }

    /// Bytes on the heap.
    pub(super) fn n_bytes(&self) -> usize {
        size_of_val(self.starts.as_slice()) + size_of_val(self.words.as_slice())
    }

    /// Visits the words that have a form in common with `word`, some of them several times, and a
    /// few others.
    pub(super) fn for_each_near(&self, word: &str, mut visit: impl FnMut(WordId)) {
        let mask = self.starts.len().saturating_sub(2);
        for_each_form(word, |hash| {
            let bucket = usize::try_from(hash).map_or(0, |hash| hash & mask);
            self.bucket(bucket).iter().copied().for_each(&mut visit);
        });
    }

    fn bucket(&self, bucket: usize) -> &[WordId] {
        let at = |bucket: usize| self.starts.get(bucket).and_then(|at| usize::try_from(*at).ok());
        at(bucket)
            .zip(at(bucket + 1))
            .and_then(|(start, end)| self.words.get(start..end))
            .unwrap_or_default()
    }
}

/// Hashes of the prefix of `word` and of all forms that up to its budget of deletions leave of it.
fn for_each_form(word: &str, mut visit: impl FnMut(u32)) {
    let mut chars = ['\0'; PREFIX_CHARS];
    let mut n_chars = 0;
    for (at, c) in word.chars().enumerate() {
        if let Some(place) = chars.get_mut(at) {
            *place = c;
        }
        n_chars = at + 1;
    }
    let prefix = chars.get(..n_chars.min(PREFIX_CHARS)).unwrap_or_default();
    visit(finished(hashed(START, prefix)));
    // A word may be one character shorter than the one it is meant for, whose budget counts.
    let budget = max_edits(n_chars + 1);
    if budget == 0 {
        return;
    }
    let mut before_first = START;
    for (at, c) in prefix.iter().enumerate() {
        let behind_first = prefix.get(at + 1..).unwrap_or_default();
        visit(finished(hashed(before_first, behind_first)));
        if budget > 1 {
            let mut before_second = before_first;
            for (at, c) in behind_first.iter().enumerate() {
                let behind_second = behind_first.get(at + 1..).unwrap_or_default();
                visit(finished(hashed(before_second, behind_second)));
                before_second = hashed(before_second, &[*c]);
            }
        }
        before_first = hashed(before_first, &[*c]);
    }
}

/// Fowler-Noll-Vo 1a with 32 bits, by character.
const START: u32 = 0x811C_9DC5;

fn hashed(hash: u32, chars: &[char]) -> u32 {
    chars.iter().fold(hash, |hash, c| (hash ^ u32::from(*c)).wrapping_mul(0x0100_0193))
}

/// The upper half folded in, as only the lower bits choose the bucket.
fn finished(hash: u32) -> u32 {
    hash ^ (hash >> 15)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_within_their_slips_share_a_bucket() {
        let words = ["military", "no", "exercise"];
        let deletions = DeletionIndex::new(words.into_iter());
        let cases = [
            ("militry", 0),
            ("miiltary", 0),
            ("mliitray", 0),
            ("exorcism", 2),
            ("no", 1),
            ("exercised", 2),
        ];
        for (word, known) in cases {
            let mut is_near = false;
            deletions.for_each_near(word, |id| is_near |= id == known);
            assert!(is_near, "{word}");
        }
        DeletionIndex::default().for_each_near("word", |id| panic!("{id} in nothing"));
    }
}
