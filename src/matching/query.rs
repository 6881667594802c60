//! A parsed question: its tokens, and the terms of the index that they match.

mod token;

use rustc_hash::FxHashSet;

use super::PackIndex;
use super::classifier::{self, TermFeature};
use super::concepts::SYNONYM_SIMILARITY;
use super::direction::{Direction, VectorSum};
use super::facts::{Facts, StemmedWord};
use super::forward_index::MIN_LENGTH;
use super::query_terms::{Hit, QueryTerms};
use super::question_kind::QuestionKind;
use super::term::NO_TERM;
use super::term_weight::FILLER_FACTOR;
use super::vocabulary::TermId;
use crate::text::Origin;
use crate::text::identifier::is_emoji;
use crate::text::language::LanguageData;
use crate::text::tokenize::is_capitalized_inside;
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

/// Assumed share of the rarer word's occurrences in which it is next to the other. Counting all
/// bigrams of a large FAQ would take more memory than its words do.
const BIGRAM_SHARE: f32 = 0.1;

/// Two adjacent words of the question. A text in which they are adjacent, too, is more similar than
/// one that merely has both.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Bigram {
    /// Weight, 0.0 to 1.0; 0.0 unless the packs know both words.
    pub(crate) weight: f32,
    /// Approximate share of the total weight of all phrasings, 0.0 to 1.0.
    pub(crate) share: f32,
}

/// A parsed question.
#[derive(Debug, Default)]
pub struct Query {
    /// The words, in order.
    pub tokens: Vec<QueryToken>,
    /// For each word but the last, the bigram of it and the next.
    pub(crate) bigrams: Vec<Bigram>,
    /// The index terms that its words match.
    pub(crate) terms: QueryTerms,
    /// [`QuestionKind::types`] of the words.
    pub(crate) question_types: u32,
    /// [`QuestionKind::is_statement`] of the text.
    pub(crate) is_statement: bool,
    /// Euclidean norm of the token weights, at least [`MIN_LENGTH`].
    pub(crate) norm: f32,
    /// Input of the classifier; empty if the index has none.
    pub(crate) term_features: Vec<TermFeature>,
    /// Direction of its word vectors; `None` if the pack's language has none, or if no word has a
    /// vector.
    pub(crate) direction: Option<Direction>,
    /// Its facts, which can contradict an entry.
    pub(crate) facts: Facts,
}

impl Query {
    /// Parses `text` with the vocabulary of `index`.
    pub(crate) fn new(index: &PackIndex, text: &str) -> Self {
        let text = text.get(..text.floor_char_boundary(MAX_BYTES)).unwrap_or(text);
        let mut raw = index.analyzer.tokenize(text, Origin::Message, MAX_TOKENS);
        if !index.has_emoji {
            raw.retain(|token| !is_emoji(&token.word));
        }
        let data = index.analyzer.data();
        let folded: Vec<_> = raw.iter().map(|token| data.folding.fold(&token.word)).collect();
        let stems: Vec<_> = raw.iter().map(|token| index.analyzer.stem(&token.word)).collect();
        let is_filler = filler_flags(data, &folded);
        let not_filler = |idx: &usize| is_filler.get(*idx) == Some(&false);
        let kept: Vec<usize> = (0..raw.len()).filter(not_filler).collect();
        let without_fillers: Vec<_> = kept.iter().filter_map(|idx| folded.get(*idx)).collect();
        let kind = QuestionKind::new(data, &without_fillers, text);
        let mut facts = Facts::default();
        let words = kept.iter().filter_map(|idx| {
            Some(StemmedWord { word: &raw.get(*idx)?.word, stem: stems.get(*idx)? })
        });
        facts.add(&index.analyzer, &words.collect::<Vec<_>>());
        let mut tokens: Vec<QueryToken> = raw
            .into_iter()
            .zip(&stems)
            .map(|(token, stem)| {
                let mut token = query_token(index, token, stem);
                token.is_name = match token.direct_match() {
                    Some(term_match) => index.term(term_match.term).is_name,
                    None => is_capitalized_inside(text, &token.span),
                };
                token
            })
            .collect();
        match_compounds(index, &mut tokens, &stems);
        for (token, _) in tokens.iter_mut().zip(&is_filler).filter(|(_, is_filler)| **is_filler) {
            token.weight *= FILLER_FACTOR;
            token.is_content_word = false;
        }
        let bigrams = bigrams(index, &tokens);
        match_phrases(index, &mut tokens, &stems);
        for token in &mut tokens {
            token.matches.sort_by(|a, b| b.similarity.total_cmp(&a.similarity));
        }
        discount_repeats(&mut tokens);
        let norm = tokens.iter().map(|token| token.weight.powi(2)).sum::<f32>().sqrt();
        Self {
            bigrams,
            terms: query_terms(index, &tokens),
            question_types: kind.types,
            is_statement: kind.is_statement,
            norm: norm.max(MIN_LENGTH),
            direction: add_directions(index, &mut tokens),
            term_features: term_features(index, &tokens),
            facts,
            tokens,
        }
    }

    /// The content words: those that an answer must cover.
    pub fn content_words(&self) -> impl Iterator<Item = &QueryToken> {
        self.tokens.iter().filter(|token| token.is_content_word)
    }
}

/// Matches two adjacent words with the one word that the packs write for them ("peace keepers",
/// "logging in"). If both are known by themselves, they also keep their own matches.
fn match_compounds(index: &PackIndex, tokens: &mut [QueryToken], stems: &[String]) {
    for (at, stem) in (1..tokens.len()).zip(stems) {
        let Some([first, second]) = tokens.get_mut(at - 1..=at) else { continue };
        let term = |first: &str| {
            let term = index.vocabulary.term_of_word(&format!("{first}{}", second.word))?;
            Some(term).filter(|term| index.term(*term).is_used)
        };
        let Some(term) = term(&first.word).or_else(|| term(stem)) else { continue };
        let is_known = |token: &QueryToken| token.direct_match().is_some();
        let are_both_known = is_known(first) && is_known(second);
        for token in [first, second] {
            if !are_both_known {
                token.matches.clear();
                token.weight = index.term(term).weight / 2.0;
                token.is_content_word = !index.term(term).is_stop_word;
            }
            add_match(index, &mut token.matches, term, COMPOUND_SIMILARITY, MatchKind::Compound);
        }
    }
}

/// Matches the words of a multi-word synonym with its concept.
fn match_phrases(index: &PackIndex, tokens: &mut [QueryToken], stems: &[String]) {
    let term = |stem: &String| index.vocabulary.term(stem).unwrap_or(NO_TERM);
    let terms: Vec<TermId> = stems.iter().map(term).collect();
    for found in index.concepts.find(&terms) {
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

/// For each word, whether it is part of a filler phrase around the question: a greeting, thanks,
/// "does anyone know".
fn filler_flags(data: &LanguageData, folded: &[impl AsRef<str>]) -> Vec<bool> {
    let mut is_filler = vec![false; folded.len()];
    for phrases in [&data.fillers, &data.openers] {
        for (start, n_words, ()) in phrases.find(folded) {
            is_filler.iter_mut().skip(start).take(n_words).for_each(|it| *it = true);
        }
    }
    is_filler
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

fn bigrams(index: &PackIndex, tokens: &[QueryToken]) -> Vec<Bigram> {
    let term = |token: &QueryToken| Some(index.term(token.direct_match()?.term));
    let bigram = |(first, second): (&QueryToken, &QueryToken)| {
        let (first, second) = (term(first)?, term(second)?);
        let weight = BIGRAM_FACTOR * (first.weight + second.weight) / 2.0;
        Some(Bigram { weight, share: BIGRAM_SHARE * first.share.min(second.share) })
    };
    tokens.iter().zip(tokens.iter().skip(1)).map(|it| bigram(it).unwrap_or_default()).collect()
}

/// Feature vector of the question for the classifier: each matched term, valued by its weight and
/// similarity.
fn term_features(index: &PackIndex, tokens: &[QueryToken]) -> Vec<TermFeature> {
    if !index.has_classifier() {
        return Vec::new();
    }
    let mut term_features: Vec<TermFeature> = tokens
        .iter()
        .flat_map(|token| token.matches.iter().map(move |term_match| (token, term_match)))
        .map(|(token, TermMatch { term, similarity, .. })| {
            // A token has the weight of the term that it matches, except if the word is repeated.
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

/// Adds the directions of the content words, with misspelled words corrected; returns the direction of the sum of all
/// words.
fn add_directions(index: &PackIndex, tokens: &mut [QueryToken]) -> Option<Direction> {
    let vectors = index.directions.as_ref()?.vectors();
    let mut sum = VectorSum::default();
    for token in tokens {
        let mut of_word = VectorSum::default();
        of_word.add_word(vectors, token.corrected_word(index));
        token.direction = of_word.direction().filter(|_| token.is_content_word);
        sum.add(&of_word);
    }
    sum.direction()
}

fn query_terms(index: &PackIndex, tokens: &[QueryToken]) -> QueryTerms {
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
                is_primary: first == Some(term_match.term),
                factor,
                contribution: factor * term.weight,
                share: term.share,
            });
        }
    }
    QueryTerms::new(hits)
}
