//! A question as the index understands it.

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
pub(crate) use token::{MatchKind, TermMatch};
use token::{SPACING_SIMILARITY, add_match, query_token};

/// Words of a question that are looked at. Beyond them a message is an essay, and its cost would
/// be somebody else's to choose.
pub const MAX_TOKENS: usize = 200;

/// Bytes of a question that are looked at: more than any word of [`MAX_TOKENS`] needs on the average,
/// and than Discord allows.
pub const MAX_BYTES: usize = 16_384;

/// Weight of a pair of neighbouring words, as a share of its words' mean.
const PAIR_FACTOR: f32 = 0.4;

/// In how large a part of its uses the rarer word of a pair is taken to stand beside the other.
/// Counting all pairs of a large FAQ would cost more memory than its words do.
const PAIR_SHARE: f32 = 0.1;

/// Two words of the question that follow each other. A text that says both so, too, is more like it
/// than one that says both.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Bigram {
    /// Its weight, 0.0 to 1.0; 0.0 unless the packs know both words.
    pub(crate) weight: f32,
    /// About its share of all that the phrasings say, 0.0 to 1.0.
    pub(crate) share: f32,
}

/// A question, taken apart.
#[derive(Debug, Clone)]
pub struct Query {
    /// Its words, in order.
    pub tokens: Vec<QueryToken>,
    /// For each word but the last, the pair of it and the next.
    pub(crate) pairs: Vec<Bigram>,
    /// The terms that its words may stand for.
    pub(crate) terms: QueryTerms,
    /// [`QuestionKind::types`] of its words.
    pub(crate) question_types: u32,
    /// Whether it reads like a question.
    pub(crate) is_question: bool,
    /// Length of its weight vector.
    pub(crate) norm: f32,
    /// What the classifier sees of it.
    pub(crate) signals: Vec<TermFeature>,
}

impl Query {
    /// Takes `text` apart with the words of `index`.
    pub fn new(index: &Index, text: &str) -> Self {
        let text = text.get(..text.floor_char_boundary(MAX_BYTES)).unwrap_or(text);
        let raw = tokenize(text, MAX_TOKENS);
        let mut kind = QuestionKind::default();
        raw.iter().for_each(|token| kind.add(&token.word));
        let mut tokens: Vec<QueryToken> = raw
            .into_iter()
            .map(|token| {
                let mut token = query_token(index, token);
                token.is_name = match token.direct_match() {
                    Some(meeting) => index.term(meeting.term).is_name,
                    None => is_capitalized_inside(text, &token.span),
                };
                token
            })
            .collect();
        match_compounds(index, &mut tokens);
        let pairs = bigrams(index, &tokens);
        match_phrases(index, &mut tokens);
        for token in &mut tokens {
            token.matches.sort_by(|a, b| b.similarity.total_cmp(&a.similarity));
        }
        discount_repeats(&mut tokens);
        let norm = tokens.iter().map(|token| token.weight.powi(2)).sum::<f32>().sqrt();
        Self {
            pairs,
            terms: terms(index, &tokens),
            question_types: kind.types(),
            is_question: kind.is_question(text),
            norm: norm.max(MIN_LENGTH),
            signals: signals(index, &tokens),
            tokens,
        }
    }

    /// The words that an answer has to cover.
    pub fn content_words(&self) -> impl Iterator<Item = &QueryToken> {
        self.tokens.iter().filter(|token| token.is_content_word)
    }
}

/// Lets two words that the packs write in one meet that word together ("peace keepers"), unless
/// both are known by themselves.
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
            add_match(index, &mut token.matches, term, SPACING_SIMILARITY, MatchKind::Compound);
            token.weight = index.term(term).weight / 2.0;
            token.is_content_word = !index.term(term).is_stop_word;
        }
    }
}

/// Lets the words of a synonym of several words meet its concept together.
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
                rule: MatchKind::Synonym,
            });
        }
    }
}

/// A word said twice tells nothing new, be it in another form.
fn discount_repeats(tokens: &mut [QueryToken]) {
    let mut seen = FxHashSet::default();
    for token in tokens {
        let is_new = match token.direct_match() {
            Some(TermMatch { term, rule: MatchKind::Stem, .. }) => {
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
    let pair = |(first, second): (&QueryToken, &QueryToken)| {
        let (first, second) = (term(first)?, term(second)?);
        let weight = PAIR_FACTOR * (first.weight + second.weight) / 2.0;
        Some(Bigram { weight, share: PAIR_SHARE * first.share.min(second.share) })
    };
    tokens.iter().zip(tokens.iter().skip(1)).map(|it| pair(it).unwrap_or_default()).collect()
}

/// The terms that the words may stand for, each as strong as the word is like it.
fn signals(index: &Index, tokens: &[QueryToken]) -> Vec<TermFeature> {
    if !index.has_classifier() {
        return Vec::new();
    }
    let mut signals: Vec<TermFeature> = tokens
        .iter()
        .flat_map(|token| token.matches.iter().map(move |meeting| (token, meeting)))
        .map(|(token, TermMatch { term, similarity, .. })| {
            // A word is as rare as the term that it stands for, unless it is said again.
            let share = token.weight / index.term(*term).weight.max(f32::EPSILON);
            let strength = classifier::feature_value(index.term(*term).weight) * share * similarity;
            TermFeature { term: *term, value: strength }
        })
        .collect();
    signals.sort_by(|a, b| a.term.cmp(&b.term).then(b.value.total_cmp(&a.value)));
    signals.dedup_by_key(|signal| signal.term);
    classifier::normalize(&mut signals);
    signals
}

fn terms(index: &Index, tokens: &[QueryToken]) -> QueryTerms {
    let mut hits = Vec::with_capacity(tokens.iter().map(|token| token.matches.len()).sum());
    for (number, token) in tokens.iter().enumerate().filter(|(_, token)| token.weight > 0.0) {
        let first = token.direct_match().map(|meeting| meeting.term);
        for meeting in &token.matches {
            let factor = token.weight * meeting.similarity;
            let term = index.term(meeting.term);
            hits.push(Hit {
                term: meeting.term,
                token: number,
                similarity: meeting.similarity,
                is_same_word: meeting.is_direct(),
                is_first: first == Some(meeting.term),
                factor,
                credit: factor * term.weight,
                share: term.share,
            });
        }
    }
    QueryTerms::new(hits)
}

/// Whether the word at `span` starts with a capital, is no acronym of its own, and stands behind
/// another word that does not end a sentence.
pub(crate) fn is_capitalized_inside(text: &str, span: &Range<usize>) -> bool {
    let word = text.get(span.clone()).unwrap_or_default();
    let before = text.get(..span.start).unwrap_or_default().trim_end();
    let is_inside = before.chars().next_back().is_some_and(|c| c.is_alphanumeric() || c == ',');
    let mut chars = word.chars();
    is_inside
        && chars.next().is_some_and(char::is_uppercase)
        && (chars.next().is_none_or(char::is_lowercase) || word.chars().count() <= 5)
}
