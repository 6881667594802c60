//! What speaks for and against the best entry being the answer: the features of its confidence.

use super::Index;
use super::index::IndexedEntry;
use super::query::{Query, QueryToken};
use super::scorer::Scored;
use super::vocabulary::TermId;

/// How much a word of the question that only lead or quotes have counts as covered. The curator
/// wrote phrasings for what an entry answers; a quote also mentions what it does not answer.
const QUOTE_COVERAGE: f32 = 0.7;

/// Below this coverage a word counts as one that the entry does not explain.
const COVERED: f32 = 0.5;

/// Features of the best entry, each 0.0 to 1.0 unless it says otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Default, serde::Serialize)]
pub struct Evidence {
    /// Its pooled score, 0.0 to about 1.5.
    pub score: f32,
    /// Similarity of its best phrasing, 0.0 to about 1.5.
    pub best: f32,
    /// Lead over the best entry that says something else, as a share of the score.
    pub margin: f32,
    /// Score of the best gap as a share of the entry's, at most 2.0; 0.0 without a gap.
    pub gap: f32,
    /// Share of the telling words' weight that the entry's words cover.
    pub coverage: f32,
    /// Share of the telling words' weight that no pack knows.
    pub unknown: f32,
    /// Share of the telling words' weight that the packs know and this entry does not use.
    pub elsewhere: f32,
    /// Weight of the most telling word that is not covered.
    pub worst: f32,
    /// ln(1 + number of telling words), 0.0 to about 5.
    pub telling: f32,
    /// Share of the best phrasing's weight that the question covers.
    pub reverse: f32,
    /// 1.0 if the entry's phrasings ask for the same kind of thing (who, when, how many ...), 0.5
    /// if the question names no kind.
    pub question_type: f32,
    /// 1.0 if the message reads like a question.
    pub is_question: f32,
    /// Similarity to lead and quotes.
    pub quotes: f32,
}

impl Evidence {
    /// The features in the order of the calibration's coefficients.
    pub fn features(&self) -> [f32; N_FEATURES] {
        [
            self.score,
            self.best,
            self.margin,
            self.gap,
            self.coverage,
            self.unknown,
            self.elsewhere,
            self.worst,
            self.telling,
            self.reverse,
            self.question_type,
            self.is_question,
            self.quotes,
        ]
    }
}

/// How many features there are.
pub const N_FEATURES: usize = 13;

/// Gathers the evidence for `first`, beside the best entry with other quotes and the best gap.
pub(crate) fn gather(
    index: &Index,
    query: &Query,
    first: &Scored,
    other: Option<&Scored>,
    gap: Option<&Scored>,
) -> Evidence {
    let Some(entry) = index.entries.get(first.entry) else { return Evidence::default() };
    let share = |score: f32| if first.score > 0.0 { score / first.score } else { 0.0 };
    let (mut total, mut covered, mut unknown, mut elsewhere, mut worst) = (0.0f32, 0.0, 0.0, 0.0, 0.0);
    let mut n_telling = 0.0f32;
    for token in query.telling() {
        let coverage = coverage(entry, token);
        n_telling += 1.0;
        total += token.weight;
        covered += token.weight * coverage;
        if token.meetings.is_empty() {
            unknown += token.weight;
        } else if coverage < COVERED {
            elsewhere += token.weight;
        }
        worst = token.weight.mul_add(1.0 - coverage, 0.0).max(worst);
    }
    let of_total = |part: f32| if total > 0.0 { part / total } else { 0.0 };
    Evidence {
        score: first.score,
        best: first.best,
        margin: 1.0 - share(other.map_or(0.0, |other| other.score)).min(1.0),
        gap: share(gap.map_or(0.0, |gap| gap.score)).min(2.0),
        coverage: of_total(covered),
        unknown: of_total(unknown),
        elsewhere: of_total(elsewhere),
        worst,
        telling: n_telling.ln_1p(),
        reverse: reverse_coverage(index, query, first.best_phrasing),
        question_type: match query.question_types {
            0 => 0.5,
            types if types & entry.question_types != 0 => 1.0,
            _ => 0.0,
        },
        is_question: f32::from(u8::from(query.is_question)),
        quotes: first.quotes,
    }
}

/// How well `entry` explains a word of the question, 0.0 to 1.0.
pub(crate) fn coverage(entry: &IndexedEntry, token: &QueryToken) -> f32 {
    let has = |terms: &[TermId], term: TermId| terms.binary_search(&term).is_ok();
    token
        .meetings
        .iter()
        .map(|meeting| {
            if has(&entry.phrasing_terms, meeting.term) {
                meeting.similarity
            } else if has(&entry.quote_terms, meeting.term) {
                meeting.similarity * QUOTE_COVERAGE
            } else {
                0.0
            }
        })
        .fold(0.0, f32::max)
}

/// Share of the weight of a phrasing's words that the question meets.
fn reverse_coverage(index: &Index, query: &Query, phrasing_idx: usize) -> f32 {
    let Some(phrasing) = index.phrasings.get(phrasing_idx) else { return 0.0 };
    let entry = usize::try_from(phrasing.entry).ok().and_then(|entry| index.entry(entry));
    let number = phrasing.number.and_then(|number| usize::try_from(number).ok());
    let Some(text) = entry.zip(number).and_then(|(entry, number)| entry.phrasings().nth(number))
    else {
        return 0.0;
    };
    let asked = Query::new(index, text);
    let (mut total, mut met) = (0.0f32, 0.0f32);
    for token in asked.telling() {
        let meets = |other: &QueryToken| {
            other.meetings.iter().any(|a| token.meetings.iter().any(|b| a.term == b.term))
        };
        total += token.weight;
        if query.tokens.iter().any(meets) {
            met += token.weight;
        }
    }
    if total > 0.0 { met / total } else { 0.0 }
}
