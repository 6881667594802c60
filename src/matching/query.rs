//! A question as the index understands it.

mod token;

use rustc_hash::FxHashSet;

use super::PackIndex;
use super::classifier::{self, TermFeature};
use super::concepts::SYNONYM_SIMILARITY;
use super::facts::Facts;
use super::forward_index::MIN_LENGTH;
use super::query_terms::{Hit, QueryTerms};
use super::question_kind::QuestionKind;
use super::term::NO_TERM;
use super::term_weight::FILLER_FACTOR;
use super::vocabulary::TermId;
use super::word_vectors::{Direction, VectorSum};
use crate::text::Origin;
use crate::text::identifier::is_emoji;
use crate::text::language::LanguageData;
use crate::text::tokenize::is_capitalized_inside;
pub use token::QueryToken;
use token::{COMPOUND_SIMILARITY, add_match, query_token};
pub(crate) use token::{MatchKind, TermMatch};

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
#[derive(Debug, Default)]
pub struct Query {
    /// Its words, in order.
    pub tokens: Vec<QueryToken>,
    /// For each word but the last, the pair of it and the next.
    pub(crate) bigrams: Vec<Bigram>,
    /// The terms that its words may stand for.
    pub(crate) terms: QueryTerms,
    /// [`QuestionKind::types`] of its words.
    pub(crate) question_types: u32,
    /// Whether it is a sentence that asks nothing.
    pub(crate) is_statement: bool,
    /// Length of its weight vector.
    pub(crate) norm: f32,
    /// What the classifier sees of it.
    pub(crate) term_features: Vec<TermFeature>,
    /// What it means, as far as it has known words; `None` unless the pack is in English.
    pub(crate) direction: Option<Direction>,
    /// What of it can contradict an entry.
    pub(crate) facts: Facts,
}

impl Query {
    /// Takes `text` apart with the words of `index`.
    pub(crate) fn new(index: &PackIndex, text: &str) -> Self {
        let text = text.get(..text.floor_char_boundary(MAX_BYTES)).unwrap_or(text);
        let mut raw = index.analyzer.tokenize(text, Origin::Message, MAX_TOKENS);
        if !index.has_emoji {
            raw.retain(|token| !is_emoji(&token.word));
        }
        let data = index.analyzer.data();
        let folded: Vec<_> =
            raw.iter().map(|token| data.folding.fold(&token.word).into_owned()).collect();
        let is_filler = fillers(data, &folded);
        let said: Vec<&String> = folded
            .iter()
            .zip(&is_filler)
            .filter(|(_, is_filler)| !**is_filler)
            .map(|(word, _)| word)
            .collect();
        let kind = QuestionKind::new(data, &said, text);
        let mut facts = Facts::default();
        let words = raw.iter().zip(&is_filler).filter(|(_, is_filler)| !**is_filler);
        facts.add(&index.analyzer, &words.map(|(token, _)| token.word.clone()).collect::<Vec<_>>());
        let mut tokens: Vec<QueryToken> = raw
            .into_iter()
            .map(|token| {
                let mut token = query_token(index, token);
                token.is_name = match token.direct_match() {
                    Some(found) => index.term(found.term).is_name,
                    None => is_capitalized_inside(text, &token.span),
                };
                token
            })
            .collect();
        match_compounds(index, &mut tokens);
        for (token, _) in tokens.iter_mut().zip(&is_filler).filter(|(_, is_filler)| **is_filler) {
            token.weight *= FILLER_FACTOR;
            token.is_content_word = false;
        }
        let bigrams = bigrams(index, &tokens);
        match_phrases(index, &mut tokens);
        for token in &mut tokens {
            token.matches.sort_by(|a, b| b.similarity.total_cmp(&a.similarity));
        }
        discount_repeats(&mut tokens);
        let norm = tokens.iter().map(|token| token.weight.powi(2)).sum::<f32>().sqrt();
        Self {
            bigrams,
            terms: terms(index, &tokens),
            question_types: kind.types,
            is_statement: kind.is_statement,
            norm: norm.max(MIN_LENGTH),
            direction: index.directions.as_ref().and_then(|_| direction(index, &tokens)),
            term_features: term_features(index, &tokens),
            facts,
            tokens,
        }
    }

    /// The words that an answer has to cover.
    pub fn content_words(&self) -> impl Iterator<Item = &QueryToken> {
        self.tokens.iter().filter(|token| token.is_content_word)
    }
}

/// Lets two words that the packs write in one meet that word together ("peace keepers", "logging in").
/// Where both are known by themselves, they may mean either.
fn match_compounds(index: &PackIndex, tokens: &mut [QueryToken]) {
    for at in 1..tokens.len() {
        let Some([first, second]) = tokens.get_mut(at - 1..=at) else { continue };
        let term = |first: &str| {
            let term = index.vocabulary.term_of_word(&format!("{first}{}", second.word))?;
            Some(term).filter(|term| index.term(*term).is_used)
        };
        let stem = || term(&index.analyzer.stem(&first.word));
        let Some(term) = term(&first.word).or_else(stem) else { continue };
        let is_known = |token: &QueryToken| token.direct_match().is_some();
        let may_mean_either = is_known(first) && is_known(second);
        for token in [first, second] {
            if !may_mean_either {
                token.matches.clear();
                token.weight = index.term(term).weight / 2.0;
                token.is_content_word = !index.term(term).is_stop_word;
            }
            add_match(index, &mut token.matches, term, COMPOUND_SIMILARITY, MatchKind::Compound);
        }
    }
}

/// Lets the words of a synonym of several words meet its concept together.
fn match_phrases(index: &PackIndex, tokens: &mut [QueryToken]) {
    let term = |token: &QueryToken| index.vocabulary.term(&index.analyzer.stem(&token.word));
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

/// For each word, whether it is said around a question: greetings, thanks, "does anyone know".
fn fillers(data: &LanguageData, folded: &[String]) -> Vec<bool> {
    let mut is_filler = vec![false; folded.len()];
    for phrases in [&data.fillers, &data.openers] {
        for (start, n_words, ()) in phrases.find(folded) {
            is_filler.iter_mut().skip(start).take(n_words).for_each(|it| *it = true);
        }
    }
    is_filler
}

/// A word said twice tells nothing new, be it in another form.
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
    let pair = |(first, second): (&QueryToken, &QueryToken)| {
        let (first, second) = (term(first)?, term(second)?);
        let weight = PAIR_FACTOR * (first.weight + second.weight) / 2.0;
        Some(Bigram { weight, share: PAIR_SHARE * first.share.min(second.share) })
    };
    tokens.iter().zip(tokens.iter().skip(1)).map(|it| pair(it).unwrap_or_default()).collect()
}

/// The terms that the words may stand for, each as strong as the word is like it.
fn term_features(index: &PackIndex, tokens: &[QueryToken]) -> Vec<TermFeature> {
    if !index.has_classifier() {
        return Vec::new();
    }
    let mut term_features: Vec<TermFeature> = tokens
        .iter()
        .flat_map(|token| token.matches.iter().map(move |found| (token, found)))
        .map(|(token, TermMatch { term, similarity, .. })| {
            // A word is as rare as the term that it stands for, unless it is said again.
            let share = token.weight / index.term(*term).weight.max(f32::EPSILON);
            let strength = classifier::feature_value(index.term(*term).weight) * share * similarity;
            TermFeature { term: *term, value: strength }
        })
        .collect();
    term_features.sort_by(|a, b| a.term.cmp(&b.term).then(b.value.total_cmp(&a.value)));
    term_features.dedup_by_key(|signal| signal.term);
    classifier::normalize(&mut term_features);
    term_features
}

/// What the words mean together, misspelt ones as they are meant.
fn direction(index: &PackIndex, tokens: &[QueryToken]) -> Option<Direction> {
    let mut sum = VectorSum::default();
    for token in tokens {
        match token.direct_match().map(|found| found.kind) {
            Some(MatchKind::Misspelling(word)) => sum.add_word(index.vocabulary.word(word)),
            _ => sum.add_word(&token.word),
        }
    }
    sum.direction()
}

fn terms(index: &PackIndex, tokens: &[QueryToken]) -> QueryTerms {
    let mut hits = Vec::with_capacity(tokens.iter().map(|token| token.matches.len()).sum());
    for (number, token) in tokens.iter().enumerate().filter(|(_, token)| token.weight > 0.0) {
        let first = token.direct_match().map(|found| found.term);
        for found in &token.matches {
            let factor = token.weight * found.similarity;
            let term = index.term(found.term);
            hits.push(Hit {
                term: found.term,
                token: number,
                similarity: found.similarity,
                is_primary: first == Some(found.term),
                factor,
                contribution: factor * term.weight,
                share: term.share,
            });
        }
    }
    QueryTerms::new(hits)
}
