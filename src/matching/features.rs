//! What speaks for and against the best entry being the answer: the features of its confidence.

use super::Index;
use super::coverage::ContentWordWeights;
use super::decision::Excluded;
use super::index::{IndexedEntry, for_each_distinct};
use super::query::Query;
use super::scorer::ScoredEntry;
use super::vocabulary::TermId;

/// Features of the best entry, each 0.0 to 1.0 unless it says otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Default, serde::Serialize)]
pub struct Features {
    /// Its pooled score, 0.0 to about 1.5.
    pub score: f32,
    /// How far the score stays below [`FAINT_SCORE`], as a share of it: below, a message most
    /// often shares one word with the pack by chance.
    pub faint: f32,
    /// ln(1 + weight of the telling words that are covered), 0.0 to about 5.
    pub met: f32,
    /// Score beyond that of the best entry that says something else, 0.0 to about 1.5.
    pub margin: f32,
    /// The margin as a share of the score, 0.0 to 1.0: in packs of many phrasings all scores are
    /// larger, and so are their differences.
    pub relative_margin: f32,
    /// 1.0 if a gap is what was asked: it fits at least as well as the entry.
    pub gap_wins: f32,
    /// Similarity of the nearest phrasing of any gap as a share of the entry's, at most 2.0.
    pub gap_best: f32,
    /// How much more of the question a gap covers than the entry, as a share of the telling words'
    /// weight: the deed of another actor, or another side of the same thing.
    pub gap_coverage: f32,
    /// Share of the telling words' weight that the entry's words cover.
    pub coverage: f32,
    /// Share of the telling words' weight that no pack knows.
    pub unknown: f32,
    /// Share of the telling words' weight that the packs know and this entry does not use.
    pub elsewhere: f32,
    /// Weight of the most telling name (of persons, places, bodies) that is not covered: the right
    /// deed of the wrong actor.
    pub other_name: f32,
    /// ln(1 + number of telling words), 0.0 to about 5.
    pub telling: f32,
    /// Share of the best phrasing's weight that the question covers.
    pub reverse: f32,
    /// Share of the entry's phrasings that ask for the same kind of thing (who, when, how many
    /// ...), in full from a quarter; 0.5 if the question names no kind.
    pub question_type: f32,
    /// How much a message that asks nothing differs from the entry's phrasings: 0.0 for a
    /// question, else the share of the phrasings that are questions.
    pub statement: f32,
    /// Probability of the entry beside the other candidates, by the classifier alone;
    /// [`UNLEARNED`] where the packs have none.
    pub posterior: f32,
    /// ln(number of phrasings / 5), 0.0 to 1.4 (from 20 on): the more an entry has, the likelier one of
    /// them is like anything by chance.
    pub phrasings: f32,
}

/// How many features there are.
pub const N_FEATURES: usize = 18;

/// Names of the features, in the order of [`Evidence::features`].
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

/// The features in plain words, in the same order.
pub const FEATURE_LABELS: [&str; N_FEATURES] = [
    "how well the entry fits",
    "it fits only faintly",
    "words that it covers",
    "its lead over the next entry",
    "its lead, as a share of the fit",
    "a gap fits as well",
    "how near the nearest gap comes",
    "a gap covers more of the question",
    "share of the words that it covers",
    "words that no pack knows",
    "words that only other entries use",
    "a name that it does not have",
    "how many telling words there are",
    "share of the nearest phrasing that was said",
    "it is asked for the same kind of thing",
    "the message asks nothing",
    "it is this entry rather than others",
    "how many phrasings it has",
];

impl Features {
    /// The features in the order of the calibration's coefficients.
    pub fn to_array(self) -> [f32; N_FEATURES] {
        [
            self.score,
            self.faint,
            self.met,
            self.margin,
            self.relative_margin,
            self.gap_wins,
            self.gap_best,
            self.gap_coverage,
            self.coverage,
            self.unknown,
            self.elsewhere,
            self.other_name,
            self.telling,
            self.reverse,
            self.question_type,
            self.statement,
            self.posterior,
            self.phrasings,
        ]
    }
}

/// What else might have been meant.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Alternatives<'a> {
    /// The best entry with other quotes.
    pub(crate) other: Option<&'a ScoredEntry>,
    /// Whether the best gap is what was asked.
    pub(crate) gap_wins: bool,
    /// Similarity of the nearest phrasing of any gap.
    pub(crate) nearest_gap: f32,
    /// Probability of the best entry by the classifier, if there is one.
    pub(crate) posterior: Option<f32>,
    /// Most of the telling words' weight that one of the best gaps covers, as a share.
    pub(crate) gap_coverage: f32,
}

/// Gathers the evidence for `first`.
pub(crate) fn extract(
    index: &Index,
    query: &Query,
    first: &ScoredEntry,
    rivals: Alternatives<'_>,
    left_out: Excluded,
) -> Features {
    let Some(entry) = index.entries.get(first.entry) else { return Features::default() };
    let words = ContentWordWeights::new(&left_out.terms_of(index, first.entry), query);
    let margin = (first.score - rivals.other.map_or(0.0, |other| other.score)).max(0.0);
    Features {
        score: first.score,
        faint: (1.0 - first.score / FAINT_SCORE).max(0.0),
        met: words.covered.ln_1p(),
        margin,
        relative_margin: if first.score > 0.0 { margin / first.score } else { 0.0 },
        gap_wins: f32::from(u8::from(rivals.gap_wins)),
        gap_best: if first.best_similarity > 0.0 {
            (rivals.nearest_gap / first.best_similarity).min(2.0)
        } else {
            0.0
        },
        gap_coverage: (rivals.gap_coverage - words.share(words.covered)).max(0.0),
        coverage: words.share(words.covered),
        unknown: words.share(words.unknown),
        elsewhere: words.share(words.elsewhere),
        other_name: words.other_name,
        telling: words.n_telling.ln_1p(),
        reverse: reverse_coverage(index, query, first),
        question_type: question_type(entry, query),
        statement: if query.is_question { 0.0 } else { entry.share_of_questions },
        posterior: rivals.posterior.unwrap_or(UNLEARNED),
        phrasings: phrasings(index.texts.of(first.entry).map_or(0, |texts| texts.n_phrasings)),
    }
}

/// See [`Evidence::faint`]. Off-topic messages of the judged set score up to 0.3 by one shared
/// word; 3 of 150 answerable ones stay below 0.35.
const FAINT_SCORE: f32 = 0.35;

/// Stands for [`Evidence::posterior`] where there is no classifier.
pub const UNLEARNED: f32 = 0.7;

/// Fewest phrasings that [`Evidence::phrasings`] tells apart, and most: what the question sets for
/// tuning have.
const PHRASINGS: std::ops::RangeInclusive<f32> = 5.0..=20.0;

#[expect(clippy::cast_precision_loss, reason = "counts of phrasings are far below 2^24")]
fn phrasings(n: usize) -> f32 {
    ((n as f32).clamp(*PHRASINGS.start(), *PHRASINGS.end()) / PHRASINGS.start()).ln()
}

/// From this share of phrasings on, an entry asks for a kind of thing in full.
const FULL_TYPE_SHARE: f32 = 0.25;

fn question_type(entry: &IndexedEntry, query: &Query) -> f32 {
    if query.question_types == 0 {
        return 0.5;
    }
    (entry.question_type_share(query.question_types) / FULL_TYPE_SHARE).min(1.0)
}

/// Share of the telling words' weight of the phrasing that fits best that the question says.
fn reverse_coverage(index: &Index, query: &Query, first: &ScoredEntry) -> f32 {
    let texts = index.texts.of(first.entry);
    let Some(text) = texts.and_then(|texts| texts.phrasings().nth(first.best_phrasing)) else {
        return 0.0;
    };
    let (mut total, mut met) = (0.0f32, 0.0f32);
    for_each_distinct(text.words, |word| {
        let term = index.term(word);
        if !term.is_stop_word {
            total += term.weight;
            met += term.weight * word_similarity(index, query, word);
        }
    });
    if total > 0.0 { met / total } else { 0.0 }
}

/// How well the question says a word of a phrasing, 0.0 to 1.0.
fn word_similarity(index: &Index, query: &Query, word: TermId) -> f32 {
    let concepts = index.term_concepts.get(&word).into_iter().flatten();
    std::iter::once(&word)
        .chain(concepts)
        .filter_map(|term| query.terms.of(*term))
        .flat_map(|(_, hits)| hits)
        .map(|hit| if hit.is_same_word { 1.0 } else { hit.similarity })
        .fold(0.0, f32::max)
}
