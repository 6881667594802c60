//! Searches for the entries of the ten best phrasings of a message.

use tantivy::collector::TopDocs;
use tantivy::columnar::Column;
use tantivy::query::{BooleanQuery, FuzzyTermQuery, Query, TermQuery};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::tokenizer::TextAnalyzer;
use tantivy::{ReloadPolicy, Searcher, TantivyError, Term};

use crate::index::{Built, ENTRY};

/// Number of phrasings that a search returns.
const N_RESULTS: usize = 10;

/// How the words of a message are looked up.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Mode {
    /// Exact terms, ranked by BM25.
    Terms,
    /// Fuzzy queries. tantivy gives every fuzzy match the score 1, so the rank is the number of
    /// matched words. Short words are fuzzy queries of distance 0: as plain terms with the score 1
    /// they took the same time, within 5 % either way.
    Fuzzy,
}

/// A search of an index with one segment, on the calling thread.
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

    /// Bytes of the index's files, which are in memory here.
    pub(crate) fn n_index_bytes(&self) -> tantivy::Result<u64> {
        Ok(self.searcher.space_usage()?.total().get_bytes())
    }

    pub(crate) fn n_phrasings(&self) -> u64 {
        self.searcher.num_docs()
    }

    /// The numbers of the entries of the best phrasings, best first.
    pub(crate) fn best(&mut self, message: &str) -> tantivy::Result<Vec<u64>> {
        let query = self.query(message);
        let found =
            self.searcher.search(&query, &TopDocs::with_limit(N_RESULTS).order_by_score())?;
        Ok(found.into_iter().filter_map(|(_, address)| self.entry.first(address.doc_id)).collect())
    }

    /// The message's words, joined with OR. A repeated word is searched once.
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
            Mode::Fuzzy => Box::new(FuzzyTermQuery::new(term, max_edits(word), true)),
        }
    }
}

/// Largest edit distance of a word: more for longer words, as in a spelling checker.
fn max_edits(word: &str) -> u8 {
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
    fn term_queries_find_other_forms_but_no_typos() {
        assert_eq!(best(Mode::Terms, "returning a parcel"), [0]);
        assert!(best(Mode::Terms, "retrun").is_empty());
    }

    #[test]
    fn fuzzy_queries_allow_edits_by_word_length() {
        assert_eq!(best(Mode::Fuzzy, "retrun"), [0], "a transposition is one edit");
        assert_eq!(best(Mode::Fuzzy, "pasword"), [2]);
        assert_eq!(best(Mode::Fuzzy, "passswoord"), [2], "two in eight letters or more");
        assert!(best(Mode::Fuzzy, "ibs").is_empty(), "none in three letters");
        assert!(best(Mode::Fuzzy, "bnka").is_empty(), "one in four letters");
    }
}
