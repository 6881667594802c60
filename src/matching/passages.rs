//! Passages: sentences of the sources that no entry quotes and that may answer a question. They are
//! offered, never given as an answer: nobody has checked that they answer anything.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use rustc_hash::FxHashSet;

use super::PackIndex;
use super::coverage::{MIN_COVERED, similarities_by_sentence};
use super::document::SentencePlace;
use super::facts::Facts;
use super::query::{MAX_TOKENS, Query, QueryToken};
use super::vocabulary::TermId;
use crate::knowledge::quote::MAX_QUOTE_CHARS;
use crate::knowledge::{Quote, Source};
use crate::text::Origin;
use crate::text::identifier::{is_identifier, kind};
use crate::text::sentence::ends_like_statement;

/// Most passages that are offered for a question.
pub const MAX_PASSAGES: usize = 2;

/// Most entries and passages that are offered together: Discord has room for them in one row of buttons.
const MAX_OFFERED: usize = 4;

/// Least [`Passage::score`]. Of the questions of eight small packs that no entry answers, a passage that
/// answers is offered for more than half of those that have one, and any for one in eleven of the others
/// (docs/quality.md).
const MIN_SCORE: f32 = 0.5;

/// The same for a message that asks nothing, as a statement in chat does.
const MIN_STATEMENT_SCORE: f32 = 0.65;

/// Least score of the second passage, as a share of the best one's.
const SECOND_SHARE: f32 = 0.8;

/// Fewest content words of a question that a passage covers, if the question has as many. One word alone
/// is covered by chance.
const MIN_COVERED_WORDS: usize = 2;

/// Value of a word that only the context of a sentence covers, 0.0 to 1.0.
const CONTEXT_SHARE: f32 = 0.7;

/// Number of sentences before a sentence that are its context, if they stand in the same paragraph.
const N_BEFORE: usize = 2;

/// Most sentences that are compared with a question: those that cover most of it by themselves.
const MAX_CANDIDATES: usize = 24;

/// Longest sentence that is compared with a question, in bytes: none that is longer is a quote.
const MAX_SENTENCE_BYTES: usize = 4 * MAX_QUOTE_CHARS;

/// A sentence that may answer a question.
#[derive(Debug, Clone)]
pub struct Passage {
    /// The sentence.
    pub quote: Quote,
    /// Share of the weight of the question's content words that it covers, 0.0 to 1.0.
    pub score: f32,
}

/// The passages for a question that was decided with `n_suggestions` entries to suggest: the best of
/// `found`, which are those of all packs.
pub(super) fn best(mut found: Vec<Passage>, n_suggestions: usize) -> Vec<Passage> {
    found.sort_by(|a, b| b.score.total_cmp(&a.score));
    let least = found.first().map_or(0.0, |first| SECOND_SHARE * first.score);
    let mut passages: Vec<Passage> = Vec::new();
    for passage in found.into_iter().take_while(|passage| passage.score >= least) {
        let is_same = |other: &Passage| other.quote.text() == passage.quote.text();
        if !passages.iter().any(is_same) {
            passages.push(passage);
        }
    }
    passages.truncate(MAX_OFFERED.saturating_sub(n_suggestions).min(MAX_PASSAGES));
    passages
}

/// The sentences of the pack that no entry quotes and that may answer the question.
pub(super) fn find(index: &PackIndex, query: &Query) -> Vec<Passage> {
    let asked = asked_words(index, query);
    let weight = asked.iter().map(|token| token.weight).sum::<f32>();
    let n_needed = MIN_COVERED_WORDS.min(asked.len());
    // A statement of one word that is known, such as "it works", asks for nothing.
    if weight <= 0.0 || query.is_statement && n_needed < MIN_COVERED_WORDS {
        return Vec::new();
    }
    let least_score = if query.is_statement { MIN_STATEMENT_SCORE } else { MIN_SCORE };
    let passage = |place: &SentencePlace| {
        let source = index.sources().get(place.source)?;
        let sentence = Sentence::new(index, source, place)?;
        let covered = asked.iter().map(|token| sentence.coverage(token));
        let n_covered = covered.clone().filter(|it| *it >= MIN_COVERED).count();
        let sum: f32 = asked.iter().zip(covered).map(|(token, it)| token.weight * it).sum();
        let score = sum / weight;
        let covers = score >= least_score && n_covered >= n_needed && sentence.is_about(&asked);
        if !covers || !sentence.adds_words_to(query) || sentence.contradicts(index, query) {
            return None;
        }
        let quote = Quote::prove(source, sentence.text, Some(sentence.paragraph)).ok()?;
        Some((sentence.terms.len(), Passage { quote, score }))
    };
    let mut found: Vec<(usize, Passage)> =
        candidates(index, &asked).into_iter().filter_map(passage).collect();
    // Of those that cover as much, a short one is more about it.
    found.sort_by_key(|(n_terms, _)| *n_terms);
    found.into_iter().map(|(_, passage)| passage).collect()
}

/// The `n` sentences of the pack that no entry quotes and that cover most of the question, however little, best first:
/// for somebody who knows which one answers.
pub(super) fn nearest(index: &PackIndex, query: &Query, n: usize) -> Vec<Quote> {
    let quote = |place: &SentencePlace| {
        let source = index.sources().get(place.source)?;
        let sentence = Sentence::new(index, source, place)?;
        Quote::prove(source, sentence.text, Some(sentence.paragraph)).ok()
    };
    let found = candidates(index, &asked_words(index, query)).into_iter();
    found.filter_map(quote).take(n).collect()
}

/// The words of a question that a passage should cover: the content words, without the phrase that says
/// what is asked for ("how many", "what time"), in whose place the passage has the answer.
fn asked_words<'q>(index: &PackIndex, query: &'q Query) -> Vec<&'q QueryToken> {
    let data = index.analyzer.data();
    let folded: Vec<_> = query.tokens.iter().map(|it| data.folding.fold(&it.word)).collect();
    let mut is_asking = vec![false; folded.len()];
    for (start, n_words, _) in data.question_words.find(&folded) {
        is_asking.iter_mut().skip(start).take(n_words).for_each(|it| *it = true);
    }
    let tokens = query.tokens.iter().zip(is_asking);
    tokens.filter(|(token, asks)| token.is_content_word && !asks).map(|(token, _)| token).collect()
}

/// Where the sentences stand that cover most of the words.
fn candidates<'i>(index: &'i PackIndex, asked: &[&QueryToken]) -> Vec<&'i SentencePlace> {
    let mut sums: Vec<(u32, f32)> = Vec::new();
    for token in asked {
        let by_sentence = similarities_by_sentence(index, token).into_iter();
        sums.extend(by_sentence.map(|(number, similarity)| (number, token.weight * similarity)));
    }
    sums.sort_unstable_by_key(|(number, _)| *number);
    sums.dedup_by(|next, sum| {
        let is_same = next.0 == sum.0;
        if is_same {
            sum.1 += next.1;
        }
        is_same
    });
    sums.sort_by(|a, b| b.1.total_cmp(&a.1));
    let numbers = sums.into_iter().take(MAX_CANDIDATES);
    numbers.filter_map(|(number, _)| index.document.place(number)).collect()
}

/// A sentence and what stands around it.
struct Sentence<'s> {
    text: &'s str,
    /// The text without the syntax of markup.
    words: Cow<'s, str>,
    paragraph: usize,
    terms: FxHashSet<TermId>,
    /// The terms of the sentences before it and of the heading above it.
    context: FxHashSet<TermId>,
}

impl<'s> Sentence<'s> {
    /// The sentence at `place` in `source`; `None` if it is no sentence, such as a heading, a cell or code, or
    /// asks something itself.
    fn new(index: &PackIndex, source: &'s Arc<Source>, place: &SentencePlace) -> Option<Self> {
        let span = place.span.clone();
        if span.len() > MAX_SENTENCE_BYTES {
            return None;
        }
        let words = source.words(span.clone());
        if !source.is_in_text(&span) || !ends_like_statement(&words) {
            return None;
        }
        let paragraph = source.paragraph_at(span.start);
        let start = source.paragraph_span(paragraph)?.start;
        let sentences = source.sentences();
        let number = sentences.partition_point(|sentence| sentence.start < span.start);
        let before = sentences.get(number.saturating_sub(N_BEFORE)..number).unwrap_or_default();
        let is_context = |it: &&Range<usize>| it.start >= start && it.len() <= MAX_SENTENCE_BYTES;
        let before = before.iter().filter(is_context);
        let heading = source.heading_above(span.start);
        let mut context = FxHashSet::default();
        for span in before.cloned().chain(heading) {
            context.extend(terms(index, &source.words(span)));
        }
        let terms = terms(index, &words).collect();
        Some(Self { text: source.body().get(span)?, words, paragraph, terms, context })
    }

    /// How well the sentence covers a word of the question, 0.0 to 1.0.
    fn coverage(&self, token: &QueryToken) -> f32 {
        self.own_coverage(token).max(CONTEXT_SHARE * similarity(&self.context, token))
    }

    /// The same without its context.
    fn own_coverage(&self, token: &QueryToken) -> f32 {
        similarity(&self.terms, token)
    }

    /// Whether the sentence itself covers a word, and not only a number.
    fn is_about(&self, asked: &[&QueryToken]) -> bool {
        let mut words = asked.iter().filter(|token| !is_number(&token.word));
        words.any(|token| self.own_coverage(token) >= MIN_COVERED)
    }

    /// Whether it has another code of the kind that is asked for, and not this one: E102 for E101. Opposites and
    /// other days do not contradict: "closed on Mondays" answers who asks whether it is open.
    fn contradicts(&self, index: &PackIndex, query: &Query) -> bool {
        let asked = &query.facts.identifiers;
        if asked.is_empty() {
            return false;
        }
        let own = Facts::of_text(&index.analyzer, &self.words);
        let is_other_code = |asked: &String| {
            let is_code = !is_number(asked) && !own.has_identifier(asked);
            is_code && own.identifiers.iter().any(|other| kind(other) == kind(asked))
        };
        asked.iter().any(is_other_code)
    }

    /// Whether it has a word that the question lacks. A title that repeats the question answers nothing.
    fn adds_words_to(&self, query: &Query) -> bool {
        let is_asked = |term: &TermId| {
            let mut matches = query.tokens.iter().flat_map(|token| &token.matches);
            matches.any(|found| found.term == *term && found.is_direct())
        };
        !self.terms.iter().all(is_asked)
    }
}

/// The largest similarity of a word of the question and one of `terms`, 0.0 to 1.0.
fn similarity(terms: &FxHashSet<TermId>, token: &QueryToken) -> f32 {
    let found = token.matches.iter().filter(|it| it.is_direct() && terms.contains(&it.term));
    found.map(|found| found.similarity).fold(0.0, f32::max)
}

/// Whether a word, spelled as in tokens, is a number without letters.
fn is_number(word: &str) -> bool {
    is_identifier(word) && !word.contains(char::is_alphabetic)
}

/// The terms of a text, with those of its concepts.
fn terms(index: &PackIndex, text: &str) -> impl Iterator<Item = TermId> {
    let tokens = index.analyzer.tokenize(text, Origin::Pack, MAX_TOKENS);
    let words = tokens.iter().filter_map(|token| index.vocabulary.term_of_word(&token.word));
    let words: Vec<TermId> = words.collect();
    let concepts = index.concepts.find(&words).into_iter().map(|found| found.concept);
    let concepts: Vec<TermId> = concepts.collect();
    words.into_iter().chain(concepts)
}

#[cfg(test)]
mod tests;
