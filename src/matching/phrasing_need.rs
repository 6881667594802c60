//! Which entries need more phrasings most, and what their phrasings do not say.

use rustc_hash::FxHashSet;

use super::Index;
use super::term_weight::background_idf;
use crate::knowledge::Entry;
use crate::text::identifier::is_identifier;
use crate::text::{Analyzer, Origin};

/// Number of phrasings, in each of its languages, from which an entry is found about as well as with
/// more (docs/quality.md, "What to expect").
pub const ENOUGH_PHRASINGS: usize = 8;

/// Most words that are named for an entry.
const MAX_MISSING_WORDS: usize = 5;

/// Most words of an entry's quotes that are examined.
const MAX_QUOTE_WORDS: usize = 500;

/// The entries of an index that need more phrasings.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PhrasingNeeds {
    /// How many there are.
    pub n_entries: usize,
    /// Those that need them most.
    pub first: Vec<PhrasingNeed>,
}

/// An entry with fewer phrasings than are [enough](ENOUGH_PHRASINGS).
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct PhrasingNeed {
    /// Its public id.
    #[serde(rename = "entry")]
    pub id: String,
    /// How many phrasings it has, in the language in which it has the fewest.
    #[serde(rename = "phrasings")]
    pub n_phrasings: usize,
    /// Words of its quotes that no phrasing has, those that are rarest in everyday language first.
    pub missing_words: Vec<String>,
}

/// The indices of the entries with too few phrasings, those with the fewest first, each with their
/// number. Gaps are left out: what nobody has written an answer for needs no questions.
pub fn entries_in_need(index: &Index) -> Vec<(usize, usize)> {
    let n_phrasings = |idx: usize| {
        let (entry, pack) = (index.entry(idx)?, index.pack_of(idx)?);
        let counts = entry.languages(&pack.language).map(|(_, numbers)| numbers.len());
        counts.min().filter(|_| !entry.is_gap())
    };
    let with_number = |idx: usize| Some((idx, n_phrasings(idx)?));
    let mut entries: Vec<(usize, usize)> = (0..index.n_entries()).filter_map(with_number).collect();
    entries.retain(|(_, n)| *n < ENOUGH_PHRASINGS);
    entries.sort_by_key(|(_, n)| *n);
    entries
}

impl PhrasingNeeds {
    /// The needs of `index`, with those of the first `max_named` entries.
    pub fn new(index: &Index, max_named: usize) -> Self {
        let entries = entries_in_need(index);
        let need = |(idx, n_phrasings): &(usize, usize)| {
            let (entry, pack) = (index.entry(*idx)?, index.pack_of(*idx)?);
            let missing_words = missing_words(&Analyzer::new(&pack.language), entry);
            Some(PhrasingNeed {
                id: index.entry_id(*idx),
                n_phrasings: *n_phrasings,
                missing_words,
            })
        };
        let first = entries.iter().take(max_named).filter_map(need).collect();
        Self { n_entries: entries.len(), first }
    }
}

fn missing_words(analyzer: &Analyzer, entry: &Entry) -> Vec<String> {
    let tokens = |text: &str| analyzer.tokenize(text, Origin::Pack, MAX_QUOTE_WORDS);
    let stems = |text: &str| -> Vec<String> {
        tokens(text).iter().map(|token| analyzer.stem(&token.word)).collect()
    };
    let mut seen: FxHashSet<String> = entry.phrasings().flat_map(stems).collect();
    let mut missing = Vec::new();
    for quote in entry.quotes() {
        for token in tokens(&quote.words()) {
            let is_content_word = !analyzer.is_stop_word(&token.word)
                && !is_identifier(&token.word)
                && is_word(&token.word);
            if is_content_word && seen.insert(analyzer.stem(&token.word)) {
                missing.push((background_idf(analyzer, &token.word), token.word));
            }
        }
    }
    missing.sort_by(|(a, _), (b, _)| b.total_cmp(a));
    missing.into_iter().take(MAX_MISSING_WORDS).map(|(_, word)| word).collect()
}

/// Whether it is more than a sign of a syllable, which the segmentation of Japanese leaves of an inflected word.
fn is_word(word: &str) -> bool {
    let is_kana = |c: char| matches!(c, '\u{3041}'..='\u{30FF}');
    !(word.chars().count() == 1 && word.starts_with(is_kana))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::knowledge::fixtures::pack;

    fn index(faq: &str) -> Index {
        Index::new(vec![pack(faq, "The ferry leaves at nine. It carries bicycles.")])
    }

    #[test]
    fn entries_with_the_fewest_phrasings_come_first_and_gaps_not_at_all() {
        let variants: Vec<String> = (0..7).map(|n| format!("does it go, number {n}?")).collect();
        let quote = "[[entry.quote]]\ntext = \"It carries bicycles.\"\n";
        let index = index(&format!(
            "[[entry]]\nid = \"two\"\nquestion = \"A?\"\nvariants = [\"B?\"]\n{quote}\
             [[entry]]\nid = \"enough\"\nquestion = \"C?\"\nvariants = {variants:?}\n{quote}\
             [[entry]]\nid = \"one\"\nquestion = \"D?\"\n{quote}\
             [[entry]]\nid = \"translated\"\nquestion = \"E?\"\nvariants = [\"F?\", \"G?\"]\n\
             translations = {{ de = [\"H?\"] }}\n{quote}\
             [[entry]]\nid = \"gap\"\nquestion = \"I?\"\ngap = true\n"
        ));
        assert_eq!(entries_in_need(&index), [(2, 1), (3, 1), (0, 2)]);
    }

    #[test]
    fn words_of_the_quotes_that_no_phrasing_has_are_named() {
        let index = index(
            "[[entry]]\nid = \"a\"\nquestion = \"When does it leave?\"\nvariants = [\"ferries\"]\n\
             [[entry.quote]]\ntext = \"The ferry leaves at nine. It carries bicycles.\"\n",
        );
        let needs = PhrasingNeeds::new(&index, 3);
        let missing_words = vec!["carries".to_owned(), "bicycles".to_owned()];
        let first = vec![PhrasingNeed { id: "a".to_owned(), n_phrasings: 2, missing_words }];
        assert_eq!(needs, PhrasingNeeds { n_entries: 1, first });
        assert_eq!(PhrasingNeeds::new(&index, 0).n_entries, 1);
    }
}
