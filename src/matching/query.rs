//! A parsed question: its tokens, and the terms of the index that they match.

mod token;

use std::ops::Range;

use rustc_hash::FxHashSet;

use super::Index;
use super::classifier::{self, TermFeature};
use super::concepts::SYNONYM_SIMILARITY;
use super::index::{MIN_LENGTH, NO_TERM};
use super::query_terms::{Hit, QueryTerms};
use super::question_kind::QuestionKind;
use super::vocabulary::TermId;
use crate::text::tokenize;
pub use token::QueryToken;
use token::{COMPOUND_SIMILARITY, add_match, query_token};
pub(crate) use token::{MatchKind, TermMatch};

/// Most words of a question that are processed. It bounds the cost of a search, which the asker
/// could choose otherwise.
pub const MAX_TOKENS: usize = 200;

/// Most bytes of a question that are processed: more than [`MAX_TOKENS`] words need on average, and
/// more than Discord allows.
pub const MAX_BYTES: usize = 16_384;

/// Weight of a bigram, as a share of the mean weight of its words.
const BIGRAM_FACTOR: f32 = 0.4;

/// Assumed share of the rarer word's occurrences in which it stands next to the other. Counting all
/// bigrams of a large FAQ would take more memory than its words do.
const BIGRAM_SHARE: f32 = 0.1;

/// Two adjacent words of the question. A text that has them adjacent, too, is more similar than one
/// that merely has both.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Bigram {
    /// Weight, 0.0 to 1.0; 0.0 unless the packs know both words.
    pub(crate) weight: f32,
    /// Approximate share of the total weight of all phrasings, 0.0 to 1.0.
    pub(crate) share: f32,
}

/// A parsed question.
#[derive(Debug, Clone)]
pub struct Query {
    /// The words, in order.
    pub tokens: Vec<QueryToken>,
    /// For each word but the last, the bigram of it and the next.
    pub(crate) bigrams: Vec<Bigram>,
    /// The index terms that its words match.
    pub(crate) terms: QueryTerms,
    /// [`QuestionKind::types`] of the words.
    pub(crate) question_types: u32,
    /// Whether the text reads like a question.
    pub(crate) is_question: bool,
    /// Euclidean norm of the token weights, at least [`MIN_LENGTH`].
    pub(crate) norm: f32,
    /// Input of the classifier; empty if the index has none.
    pub(crate) term_features: Vec<TermFeature>,
}

impl Query {
    /// Parses `text` with the vocabulary of `index`.
    pub fn new(index: &Index, text: &str) -> Self {
        let text = text.get(..text.floor_char_boundary(MAX_BYTES)).unwrap_or(text);
        let words = tokenize(text, MAX_TOKENS);
        let mut question_kind = QuestionKind::default();
        words.iter().for_each(|token| question_kind.add(&token.word));
        let mut tokens: Vec<QueryToken> = words
            .into_iter()
            .map(|token| {
                let mut token = query_token(index, token);
                token.is_name = match token.direct_match() {
                    Some(term_match) => index.term(term_match.term).is_name,
                    None => is_capitalized_inside(text, &token.span),
                };
                token
            })
            .collect();
        match_compounds(index, &mut tokens);
        let bigrams = bigrams(index, &tokens);
        match_phrases(index, &mut tokens);
        for token in &mut tokens {
            token.matches.sort_by(|a, b| b.similarity.total_cmp(&a.similarity));
        }
        discount_repeats(&mut tokens);
        let norm = tokens.iter().map(|token| token.weight.powi(2)).sum::<f32>().sqrt();
        Self {
            bigrams,
            terms: query_terms(index, &tokens),
            question_types: question_kind.types(),
            is_question: question_kind.is_question(text),
            norm: norm.max(MIN_LENGTH),
            term_features: term_features(index, &tokens),
            tokens,
        }
    }

    /// The content words: those that an answer must cover.
    pub fn content_words(&self) -> impl Iterator<Item = &QueryToken> {
        self.tokens.iter().filter(|token| token.is_content_word)
    }
}

/// Matches two adjacent words with the one word that the packs write for them ("peace keepers"),
/// unless both are known by themselves.
fn match_compounds(index: &Index, tokens: &mut [QueryToken]) {
    for at in 1..tokens.len() {
        let Some([first, second]) = tokens.get_mut(at - 1..=at) else { continue };
        let is_known = |token: &QueryToken| token.direct_match().is_some();
        if is_known(first) && is_known(second) {
            continue;
        }
        let joined = index.vocabulary.term_of_word(&format!("{}{}", first.word, second.word));
        let Some(term) = joined.filter(|term| index.term(*term).is_used) else { continue };
        for token in [first, second] {
            token.matches.clear();
            add_match(index, &mut token.matches, term, COMPOUND_SIMILARITY, MatchKind::Compound);
            token.weight = index.term(term).weight / 2.0;
            token.is_content_word = !index.term(term).is_stop_word;
        }
    }
}

/// Matches the words of a multi-word synonym with its concept.
fn match_phrases(index: &Index, tokens: &mut [QueryToken]) {
    let term = |token: &QueryToken| index.vocabulary.term(&index.stemmer.stem(&token.word));
    let stems: Vec<TermId> = tokens.iter().map(|token| term(token).unwrap_or(NO_TERM)).collect();
    for found in index.concepts.find(&stems) {
        if found.end - found.start < 2 {
            continue;
        }
        for token in tokens.get_mut(found.start..found.end).into_iter().flatten() {
            token.matches.push(TermMatch {
                term: found.concept,
                similarity: SYNONYM_SIMILARITY,
                kind: MatchKind::Synonym,
            });
        }
    }
}

/// Sets the weight of repeated words to 0.0, also if they repeat in another form.
fn discount_repeats(tokens: &mut [QueryToken]) {
    let mut seen = FxHashSet::default();
    for token in tokens {
        let is_new = match token.direct_match() {
            Some(TermMatch { term, kind: MatchKind::Stem, .. }) => {
                seen.insert(SeenWord::Term(*term))
            }
            _ => seen.insert(SeenWord::Word(token.word.clone())),
        };
        if !is_new {
            token.weight = 0.0;
            token.is_content_word = false;
        }
    }
}

#[derive(PartialEq, Eq, Hash)]
enum SeenWord {
    Term(TermId),
    Word(String),
}

fn bigrams(index: &Index, tokens: &[QueryToken]) -> Vec<Bigram> {
    let term = |token: &QueryToken| Some(index.term(token.direct_match()?.term));
    let bigram = |(first, second): (&QueryToken, &QueryToken)| {
        let (first, second) = (term(first)?, term(second)?);
        let weight = BIGRAM_FACTOR * (first.weight + second.weight) / 2.0;
        Some(Bigram { weight, share: BIGRAM_SHARE * first.share.min(second.share) })
    };
    tokens.iter().zip(tokens.iter().skip(1)).map(|it| bigram(it).unwrap_or_default()).collect()
}

/// Feature vector of the question for the classifier: each matched term, valued by its similarity.
fn term_features(index: &Index, tokens: &[QueryToken]) -> Vec<TermFeature> {
    if !index.has_classifier() {
        return Vec::new();
    }
    let mut term_features: Vec<TermFeature> = tokens
        .iter()
        .flat_map(|token| token.matches.iter().map(move |term_match| (token, term_match)))
        .map(|(token, TermMatch { term, similarity, .. })| {
            // The weight of a token equals that of its term, except if the word is repeated.
            let share = token.weight / index.term(*term).weight.max(f32::EPSILON);
            let value = classifier::feature_value(index.term(*term).weight) * share * similarity;
            TermFeature { term: *term, value }
        })
        .collect();
    term_features.sort_by(|a, b| a.term.cmp(&b.term).then(b.value.total_cmp(&a.value)));
    term_features.dedup_by_key(|feature| feature.term);
    classifier::normalize(&mut term_features);
    term_features
}

fn query_terms(index: &Index, tokens: &[QueryToken]) -> QueryTerms {
    let mut hits = Vec::with_capacity(tokens.iter().map(|token| token.matches.len()).sum());
    for (number, token) in tokens.iter().enumerate().filter(|(_, token)| token.weight > 0.0) {
        let first = token.direct_match().map(|term_match| term_match.term);
        for term_match in &token.matches {
            let factor = token.weight * term_match.similarity;
            let term = index.term(term_match.term);
            hits.push(Hit {
                term: term_match.term,
                token: number,
                similarity: term_match.similarity,
                is_direct: term_match.is_direct(),
                is_primary: first == Some(term_match.term),
                factor,
                contribution: factor * term.weight,
                share: term.share,
            });
        }
    }
    QueryTerms::new(hits)
}

/// Whether the word at `span` starts with a capital, is not an acronym, and follows a word that
/// does not end a sentence.
pub(crate) fn is_capitalized_inside(text: &str, span: &Range<usize>) -> bool {
    let word = text.get(span.clone()).unwrap_or_default();
    let before = text.get(..span.start).unwrap_or_default().trim_end();
    let is_inside = before.chars().next_back().is_some_and(|c| c.is_alphanumeric() || c == ',');
    let mut chars = word.chars();
    is_inside
        && chars.next().is_some_and(char::is_uppercase)
        && (chars.next().is_none_or(char::is_lowercase) || word.chars().count() <= 5)
}
