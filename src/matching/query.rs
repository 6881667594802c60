//! A question as the index understands it.

use std::ops::Range;

use super::Index;
use super::index::pair_name;
use super::lexicon::SYNONYM_SIMILARITY;
use super::neighbors;
use super::rarity::{everyday_rarity, weight};
use super::vocabulary::TermId;
use crate::text::stop_words::is_stop_word;
use crate::text::{Token, tokenize};

/// Words of a question that are looked at. Beyond them a message is an essay, and its cost would
/// be somebody else's to choose.
pub const MAX_TOKENS: usize = 200;

/// By what rule a word of the question meets a term.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rule {
    /// The same word, or another form of it.
    SameStem,
    /// A synonym by the pack's lexicon.
    Synonym,
    /// Misspelt for the word given.
    Misspelling(String),
    /// Another word of near meaning, whose stem is given.
    Neighbor(String),
}

/// A term that a word of the question may stand for.
#[derive(Debug, Clone)]
pub struct Meeting {
    pub(crate) term: TermId,
    /// 0.0 to 1.0.
    pub similarity: f32,
    /// By what rule.
    pub rule: Rule,
}

/// A word of the question.
#[derive(Debug, Clone)]
pub struct QueryToken {
    /// The normalized word.
    pub word: String,
    /// UTF-8 byte offsets into the question.
    pub span: Range<usize>,
    /// How much it tells, 0.0 to 1.0.
    pub weight: f32,
    /// Whether an answer has to cover it.
    pub is_telling: bool,
    /// Whether it names somebody or something: the packs write it with a capital, or they do not
    /// know it and the question does.
    pub is_name: bool,
    /// The terms that it may stand for, most similar first; empty if the packs know none.
    pub meetings: Vec<Meeting>,
}

/// A question, taken apart.
#[derive(Debug, Clone)]
pub struct Query {
    /// Its words, in order.
    pub tokens: Vec<QueryToken>,
    /// Terms of neighbouring words that some phrasing has, too.
    pub(crate) pairs: Vec<TermId>,
    /// [`question_types`] of its words.
    pub(crate) question_types: u32,
    /// Whether it reads like a question: a question word, an auxiliary first, or a question mark.
    pub(crate) is_question: bool,
    /// Length of its weight vector.
    pub(crate) norm: f32,
}

impl Query {
    /// Takes `text` apart with the words of `index`.
    pub fn new(index: &Index, text: &str) -> Self {
        let raw = tokenize(text, MAX_TOKENS);
        let stems: Vec<String> = raw.iter().map(|token| index.stemmer.stem(&token.word)).collect();
        let mut tokens: Vec<QueryToken> =
            raw.iter().zip(&stems).map(|(token, stem)| query_token(index, token, stem)).collect();
        for token in &mut tokens {
            token.is_name = match token.known_as() {
                Some(meeting) => index.term_weight(meeting.term).is_name,
                None => is_capitalized_inside(text, &token.span),
            };
        }
        add_phrases(index, &stems, &mut tokens);
        for token in &mut tokens {
            token.meetings.sort_by(|a, b| b.similarity.total_cmp(&a.similarity));
        }
        weaken_repeats(&stems, &mut tokens);
        let norm = tokens.iter().map(|token| token.weight.powi(2)).sum::<f32>().sqrt();
        Self {
            pairs: pairs(index, &tokens),
            question_types: question_types(&raw),
            is_question: is_question(text, &raw),
            norm: norm.max(0.05),
            tokens,
        }
    }

    /// The words that an answer has to cover.
    pub fn telling(&self) -> impl Iterator<Item = &QueryToken> {
        self.tokens.iter().filter(|token| token.is_telling)
    }
}

impl QueryToken {
    /// What the packs know the word as, if they do: by itself, a synonym or a misspelling.
    pub(crate) fn known_as(&self) -> Option<&Meeting> {
        self.meetings.iter().find(|meeting| meeting.is_same_word())
    }
}

impl Meeting {
    /// Whether it is the word itself that met, not one of near meaning.
    pub(crate) fn is_same_word(&self) -> bool {
        !matches!(self.rule, Rule::Neighbor(_))
    }
}

fn query_token(index: &Index, token: &Token, stem: &str) -> QueryToken {
    let word = &token.word;
    let mut meetings = Vec::new();
    let mut token_weight = weight(everyday_rarity(word), 1.0);
    let mut is_telling = !is_stop_word(word);
    if let Some(term) = known_term(index, stem) {
        token_weight = weight(everyday_rarity(word), index.term_weight(term).pack_rarity);
        meet(index, &mut meetings, term, 1.0, &Rule::SameStem);
    } else if !is_stop_word(word) && !neighbors::knows(stem) {
        for (known, term, similarity) in index.vocabulary.spellings(word) {
            let rule = Rule::Misspelling(known.to_owned());
            if meetings.is_empty() {
                token_weight = index.term_weight(term).weight;
                is_telling = !is_stop_word(known);
            }
            meet(index, &mut meetings, term, similarity, &rule);
        }
    }
    if is_telling {
        add_neighbors(index, stem, &mut meetings);
    }
    QueryToken {
        word: word.clone(),
        span: token.span.clone(),
        weight: token_weight,
        is_telling,
        is_name: false,
        meetings,
    }
}

/// The term of a stem that some phrasing, quote or synonym has.
fn known_term(index: &Index, stem: &str) -> Option<TermId> {
    let term = index.vocabulary.term(stem)?;
    let is_used = !index.postings_of(term).is_empty() || index.term_concepts.contains_key(&term);
    is_used.then_some(term)
}

fn meet(index: &Index, meetings: &mut Vec<Meeting>, term: TermId, similarity: f32, rule: &Rule) {
    meetings.push(Meeting { term, similarity, rule: rule.clone() });
    for concept in index.term_concepts.get(&term).into_iter().flatten() {
        let rule = match rule {
            Rule::SameStem => Rule::Synonym,
            other => other.clone(),
        };
        let similarity = similarity * SYNONYM_SIMILARITY;
        meetings.push(Meeting { term: *concept, similarity, rule });
    }
}

/// How many neighbors of a word count, the nearest that the packs know. More are mostly of other
/// senses (docs/quality.md).
const MAX_NEIGHBORS: usize = 8;

/// Lets a word meet those of near meaning; a misspelt one, those of the word it was taken for.
/// Names mean nobody else: whoever asks of Ukraine does not ask of Russia.
fn add_neighbors(index: &Index, stem: &str, meetings: &mut Vec<Meeting>) {
    let is_name = |term: TermId| index.term_weight(term).is_name;
    if meetings.first().is_some_and(|meeting| is_name(meeting.term)) {
        return;
    }
    let known = meetings.first().map_or(stem, |meeting| index.vocabulary.name(meeting.term));
    let near: Vec<Meeting> = neighbors::of(known)
        .filter_map(|(name, similarity)| {
            let term =
                known_term(index, name).filter(|term| !is_stop_word(name) && !is_name(*term))?;
            let is_met = meetings.iter().any(|meeting| meeting.term == term);
            (!is_met).then(|| Meeting { term, similarity, rule: Rule::Neighbor(name.to_owned()) })
        })
        .take(MAX_NEIGHBORS)
        .collect();
    meetings.extend(near);
}

/// Lets the words of a synonym of several words meet its concept together.
fn add_phrases(index: &Index, stems: &[String], tokens: &mut [QueryToken]) {
    let stems: Vec<&str> = stems.iter().map(String::as_str).collect();
    for found in index.concepts.find(&stems) {
        if found.end - found.start < 2 {
            continue;
        }
        for token in tokens.get_mut(found.start..found.end).into_iter().flatten() {
            token.meetings.push(Meeting {
                term: found.concept,
                similarity: SYNONYM_SIMILARITY,
                rule: Rule::Synonym,
            });
        }
    }
}

/// A word said twice tells nothing new.
fn weaken_repeats(stems: &[String], tokens: &mut [QueryToken]) {
    let mut seen = std::collections::HashSet::new();
    for (stem, token) in stems.iter().zip(tokens) {
        if !seen.insert(stem) {
            token.weight = 0.0;
            token.is_telling = false;
        }
    }
}

fn pairs(index: &Index, tokens: &[QueryToken]) -> Vec<TermId> {
    let name = |token: &QueryToken| {
        token.known_as().map(|meeting| index.vocabulary.name(meeting.term).to_owned())
    };
    tokens
        .iter()
        .zip(tokens.iter().skip(1))
        .filter_map(|(a, b)| index.vocabulary.term(&pair_name(&name(a)?, &name(b)?)))
        .collect()
}

/// How many kinds of thing [`question_types`] tells apart.
pub(crate) const N_QUESTION_TYPES: usize = 15;

/// What kinds of thing a text asks for, as bits: which question words it holds, and what follows
/// "how".
pub(crate) fn question_types(tokens: &[Token]) -> u32 {
    const KINDS: [&str; 7] = ["who", "when", "where", "why", "which", "what", "how"];
    const HOW: [&str; 8] = ["many", "much", "long", "old", "big", "far", "often", "large"];
    let mut bits = 0;
    for (at, token) in tokens.iter().enumerate() {
        let word = match token.word.as_str() {
            "whom" | "whose" => "who",
            word => word,
        };
        let Some(kind) = KINDS.iter().position(|kind| *kind == word) else { continue };
        let next = tokens.get(at + 1).map(|token| token.word.as_str());
        let how = HOW.iter().position(|how| Some(*how) == next);
        bits |= match (word, how) {
            ("how", Some(how)) => 1 << (KINDS.len() + how),
            _ => 1 << kind,
        };
    }
    bits
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

pub(crate) fn is_question(text: &str, tokens: &[Token]) -> bool {
    const AUXILIARIES: [&str; 19] = [
        "is", "are", "was", "were", "do", "does", "did", "has", "have", "had", "can", "could",
        "will", "would", "should", "may", "might", "must", "am",
    ];
    text.contains(['?', '\u{FF1F}', '\u{061F}'])
        || tokens.iter().any(|token| crate::text::stop_words::is_question_word(&token.word))
        || tokens.first().is_some_and(|token| AUXILIARIES.contains(&token.word.as_str()))
}
