//! From a message to the entries of its ten best phrasings.

use tantivy::collector::TopDocs;
use tantivy::columnar::Column;
use tantivy::query::{BooleanQuery, FuzzyTermQuery, Query, TermQuery};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::tokenizer::TextAnalyzer;
use tantivy::{ReloadPolicy, Searcher, TantivyError, Term};

use crate::index::{Built, ENTRY};

/// How many phrasings a search gives.
const N_BEST: usize = 10;

/// How the words of a message are looked up.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Mode {
    /// As they are, ranked by BM25.
    Terms,
    /// With slips. tantivy gives every fuzzy match the score 1, so the rank is the number of words
    /// that are matched. Short words are fuzzy queries of distance 0: as plain terms of the score 1
    /// they took the same time, within 5 % either way.
    Fuzzy,
}

/// Searches an index of one segment, on the calling thread.
pub(crate) struct Search {
    searcher: Searcher,
    text: Field,
    entry: Column<u64>,
    analyzer: TextAnalyzer,
    mode: Mode,
}

impl Search {
    pub(crate) fn new(built: &Built, mode: Mode) -> tantivy::Result<Self> {
        let reader = built.index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
        let searcher = reader.searcher();
        let [segment] = searcher.segment_readers() else {
            return Err(TantivyError::InternalError("not one segment".to_owned()));
        };
        let entry = segment.fast_fields().u64(ENTRY)?;
        let analyzer = built.index.tokenizer_for_field(built.text)?;
        Ok(Self { searcher, text: built.text, entry, analyzer, mode })
    }

    /// Bytes of the index's files, which here are its memory.
    pub(crate) fn n_index_bytes(&self) -> tantivy::Result<u64> {
        Ok(self.searcher.space_usage()?.total().get_bytes())
    }

    pub(crate) fn n_phrasings(&self) -> u64 {
        self.searcher.num_docs()
    }

    /// The numbers of the entries of the best phrasings, best first.
    pub(crate) fn best(&mut self, message: &str) -> tantivy::Result<Vec<u64>> {
        let query = self.query(message);
        let found = self.searcher.search(&query, &TopDocs::with_limit(N_BEST).order_by_score())?;
        Ok(found.into_iter().filter_map(|(_, place)| self.entry.first(place.doc_id)).collect())
    }

    /// An OR of the message's words. A word that comes twice is looked up once.
    fn query(&mut self, message: &str) -> BooleanQuery {
        let mut words = Vec::new();
        self.analyzer.token_stream(message).process(&mut |token| {
            if !words.contains(&token.text) {
                words.push(token.text.clone());
            }
        });
        BooleanQuery::union(words.iter().map(|word| self.word_query(word)).collect())
    }

    fn word_query(&self, word: &str) -> Box<dyn Query> {
        let term = Term::from_field_text(self.text, word);
        match self.mode {
            Mode::Terms => Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs)),
            Mode::Fuzzy => Box::new(FuzzyTermQuery::new(term, n_slips(word), true)),
        }
    }
}

/// The edits that a word may be away: more in longer words, as a spelling checker would have it.
fn n_slips(word: &str) -> u8 {
    match word.chars().count() {
        0..=3 => 0,
        4..=7 => 1,
        _ => 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::faq::Entry;
    use crate::index::{self, Writers};

    fn best(mode: Mode, message: &str) -> Vec<u64> {
        let entries: Vec<Entry> = ["How do I return parcels?", "Where is the bank", "The password"]
            .into_iter()
            .map(|question| Entry {
                id: String::new(),
                question: question.to_owned(),
                variants: Vec::new(),
            })
            .collect();
        let built = index::build(&entries, Writers::One).unwrap();
        Search::new(&built, mode).unwrap().best(message).unwrap()
    }

    #[test]
    fn terms_find_other_forms_of_a_word_but_no_slips() {
        assert_eq!(best(Mode::Terms, "returning a parcel"), [0]);
        assert!(best(Mode::Terms, "retrun").is_empty());
    }

    #[test]
    fn fuzzy_forgives_as_many_slips_as_the_word_is_long_enough_for() {
        assert_eq!(best(Mode::Fuzzy, "retrun"), [0], "a transposition is one slip");
        assert_eq!(best(Mode::Fuzzy, "pasword"), [2]);
        assert_eq!(best(Mode::Fuzzy, "passswoord"), [2], "two in eight letters or more");
        assert!(best(Mode::Fuzzy, "ibs").is_empty(), "none in three letters");
        assert!(best(Mode::Fuzzy, "bnka").is_empty(), "one in four letters");
    }
}
