//! Features of the top-ranked entry, from which its confidence is computed.

use super::Index;
use super::coverage::ContentWordWeights;
use super::decision::Excluded;
use super::index::{IndexedEntry, for_each_distinct};
use super::query::Query;
use super::scorer::ScoredEntry;
use super::vocabulary::TermId;

/// Features of the best entry, each 0.0 to 1.0 unless stated otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Default, serde::Serialize)]
pub struct Features {
    /// The entry's pooled score, 0.0 to about 1.5.
    pub score: f32,
    /// How far the score is below [`LOW_SCORE`], as a share of it: a message with such a score
    /// usually shares one word with the pack by chance.
    #[serde(rename = "faint")]
    pub low_score: f32,
    /// ln(1 + weight of the covered content words), 0.0 to about 5.
    #[serde(rename = "met")]
    pub covered_weight: f32,
    /// Score minus that of the best entry with other quotes, 0.0 to about 1.5.
    pub margin: f32,
    /// The margin as a share of the score, 0.0 to 1.0: in packs with many phrasings all scores are
    /// larger, and so are their differences.
    pub relative_margin: f32,
    /// 1.0 if a gap wins: it fits at least as well as the entry.
    pub gap_wins: f32,
    /// Similarity of the most similar phrasing of any gap, as a share of the entry's, at most 2.0.
    pub gap_best: f32,
    /// How much more of the question a gap covers than the entry, as a share of the weight of the
    /// content words: for example the same action of another actor, or another aspect of the
    /// subject.
    pub gap_coverage: f32,
    /// Share of the weight of the content words that the entry covers.
    pub coverage: f32,
    /// Share of the weight of the content words that no pack knows.
    pub unknown: f32,
    /// Share of the weight of the content words that the packs know and this entry does not use.
    pub elsewhere: f32,
    /// Largest weight of a name (of a person, place or body) that is not covered: the right action
    /// of the wrong actor.
    pub other_name: f32,
    /// ln(1 + number of content words), 0.0 to about 5.
    #[serde(rename = "telling")]
    pub content_words: f32,
    /// Share of the best phrasing's weight that the question covers.
    pub reverse: f32,
    /// Share of the entry's phrasings with the same question type (who, when, how many ...), scaled
    /// to 1.0 from a quarter on; 0.5 if the question has no type.
    pub question_type: f32,
    /// For a message that is not a question: share of the entry's phrasings that are questions. 0.0
    /// for a question.
    pub statement: f32,
    /// Probability of the entry among the candidates by the classifier alone;
    /// [`UNTRAINED_POSTERIOR`] without a classifier.
    pub posterior: f32,
    /// ln(number of phrasings / 5), 0.0 to 1.4 (from 20 on): the more phrasings an entry has, the
    /// likelier one of them is similar to anything by chance.
    pub phrasings: f32,
}

/// Number of features.
pub const N_FEATURES: usize = 18;

/// Names of the features in JSON and in the fitting script, in the order of [`Features::to_array`].
pub const FEATURE_NAMES: [&str; N_FEATURES] = [
    "score",
    "faint",
    "met",
    "margin",
    "relative_margin",
    "gap_wins",
    "gap_best",
    "gap_coverage",
    "coverage",
    "unknown",
    "elsewhere",
    "other_name",
    "telling",
    "reverse",
    "question_type",
    "statement",
    "posterior",
    "phrasings",
];

/// Descriptions of the features for users, in the same order.
pub const FEATURE_LABELS: [&str; N_FEATURES] = [
    "how well the entry fits",
    "its score is low",
    "words that it covers",
    "its margin over the next entry",
    "its margin, as a share of the score",
    "a gap fits as well",
    "how well the most similar gap fits",
    "a gap covers more of the question",
    "share of the words that it covers",
    "words that no pack knows",
    "words that only other entries use",
    "a name that it does not have",
    "how many content words there are",
    "share of the best phrasing covered",
    "its phrasings ask the same kind of question",
    "the message is not a question",
    "it is this entry rather than others",
    "how many phrasings it has",
];

impl Features {
    /// The values in the order of the calibration's coefficients.
    pub fn to_array(self) -> [f32; N_FEATURES] {
        [
            self.score,
            self.low_score,
            self.covered_weight,
            self.margin,
            self.relative_margin,
            self.gap_wins,
            self.gap_best,
            self.gap_coverage,
            self.coverage,
            self.unknown,
            self.elsewhere,
            self.other_name,
            self.content_words,
            self.reverse,
            self.question_type,
            self.statement,
            self.posterior,
            self.phrasings,
        ]
    }
}

/// What the message might mean other than the best entry.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Alternatives<'a> {
    /// The best entry with other quotes.
    pub(crate) other: Option<&'a ScoredEntry>,
    /// Whether the best gap wins over the entry.
    pub(crate) gap_wins: bool,
    /// Similarity of the most similar phrasing of any gap.
    pub(crate) nearest_gap: f32,
    /// Probability of the best entry by the classifier, if there is one.
    pub(crate) posterior: Option<f32>,
    /// Largest share of the weight of the content words that one of the best gaps covers.
    pub(crate) gap_coverage: f32,
}

/// Extracts the features of `first`, the best entry.
pub(crate) fn extract(
    index: &Index,
    query: &Query,
    first: &ScoredEntry,
    alternatives: Alternatives<'_>,
    excluded: Excluded,
) -> Features {
    let Some(entry) = index.entries.get(first.entry) else { return Features::default() };
    let words = ContentWordWeights::new(&excluded.terms_of(index, first.entry), query);
    let margin = (first.score - alternatives.other.map_or(0.0, |other| other.score)).max(0.0);
    Features {
        score: first.score,
        low_score: (1.0 - first.score / LOW_SCORE).max(0.0),
        covered_weight: words.covered.ln_1p(),
        margin,
        relative_margin: if first.score > 0.0 { margin / first.score } else { 0.0 },
        gap_wins: f32::from(u8::from(alternatives.gap_wins)),
        gap_best: if first.best_similarity > 0.0 {
            (alternatives.nearest_gap / first.best_similarity).min(2.0)
        } else {
            0.0
        },
        gap_coverage: (alternatives.gap_coverage - words.share(words.covered)).max(0.0),
        coverage: words.share(words.covered),
        unknown: words.share(words.unknown),
        elsewhere: words.share(words.elsewhere),
        other_name: words.other_name,
        content_words: words.n_content_words.ln_1p(),
        reverse: reverse_coverage(index, query, first),
        question_type: question_type(entry, query),
        statement: if query.is_question { 0.0 } else { entry.share_of_questions },
        posterior: alternatives.posterior.unwrap_or(UNTRAINED_POSTERIOR),
        phrasings: phrasings(index.texts.of(first.entry).map_or(0, |texts| texts.n_phrasings)),
    }
}

/// See [`Features::low_score`]. Off-topic messages of the judged set score up to 0.3 by one shared
/// word; 3 of 150 answerable ones stay below 0.35.
const LOW_SCORE: f32 = 0.35;

/// Value of [`Features::posterior`] without a classifier.
pub const UNTRAINED_POSTERIOR: f32 = 0.7;

/// Range of [`Features::phrasings`], in phrasings: that of the question sets for tuning.
const PHRASINGS_RANGE: std::ops::RangeInclusive<f32> = 5.0..=20.0;

#[expect(clippy::cast_precision_loss, reason = "counts of phrasings are far below 2^24")]
fn phrasings(n: usize) -> f32 {
    ((n as f32).clamp(*PHRASINGS_RANGE.start(), *PHRASINGS_RANGE.end()) / PHRASINGS_RANGE.start())
        .ln()
}

/// Share of phrasings of a question type from which [`Features::question_type`] is 1.0.
const FULL_TYPE_SHARE: f32 = 0.25;

fn question_type(entry: &IndexedEntry, query: &Query) -> f32 {
    if query.question_types == 0 {
        return 0.5;
    }
    (entry.question_type_share(query.question_types) / FULL_TYPE_SHARE).min(1.0)
}

/// Share of the weight of the best phrasing's content words that the question has, too.
fn reverse_coverage(index: &Index, query: &Query, first: &ScoredEntry) -> f32 {
    let texts = index.texts.of(first.entry);
    let Some(text) = texts.and_then(|texts| texts.phrasings().nth(first.best_phrasing)) else {
        return 0.0;
    };
    let (mut total, mut covered) = (0.0f32, 0.0f32);
    for_each_distinct(text.words, |word| {
        let term = index.term(word);
        if !term.is_stop_word {
            total += term.weight;
            covered += term.weight * word_similarity(index, query, word);
        }
    });
    if total > 0.0 { covered / total } else { 0.0 }
}

/// Similarity of a word of a phrasing to the most similar word of the question, 0.0 to 1.0.
fn word_similarity(index: &Index, query: &Query, word: TermId) -> f32 {
    let concepts = index.term_concepts.get(&word).into_iter().flatten();
    std::iter::once(&word)
        .chain(concepts)
        .filter_map(|term| query.terms.of(*term))
        .flat_map(|(_, hits)| hits)
        .map(|hit| if hit.is_direct { 1.0 } else { hit.similarity })
        .fold(0.0, f32::max)
}
