//! What speaks for and against the best entry being the answer: the features of its confidence.

use super::PackIndex;
use super::contradiction::Contradiction;
use super::coverage::{ContentWordWeights, DocumentCoverage};
use super::excluded::Excluded;
use super::pack_index::IndexedEntry;
use super::query::Query;
use super::ranking;
use super::scorer::ScoredEntry;

/// Declares the features once: name in the code and for programs, words for people, and the coefficients of the default
/// calibration for "the first entry answers" and "one of the first three does". The comment says
/// what the value is.
macro_rules! features {
    ($($(#[doc = $doc:literal])* $name:ident ($id:literal): $label:literal, $first:literal, $any:literal;)*) => {
        /// Features of the best entry, each 0.0 to 1.0 unless it says otherwise.
        #[derive(Debug, Clone, Copy, PartialEq, Default, serde::Serialize)]
        pub struct Features {
            $($(#[doc = $doc])* #[serde(rename = $id)] pub $name: f32,)*
        }

        /// Names of the features for programs, in the order of [`Features::to_array`].
        pub const FEATURE_NAMES: [&str; N_FEATURES] = [$($id),*];

        /// How many features there are.
        pub const N_FEATURES: usize = [$($id),*].len();

        /// The features in plain words, in the same order.
        pub const FEATURE_LABELS: [&str; N_FEATURES] = [$($label),*];

        /// Coefficients of the default calibration that the first entry answers.
        pub(crate) const FIRST_COEFFICIENTS: [f32; N_FEATURES] = [$($first),*];

        /// Coefficients of the default calibration that one of the first three entries answers.
        pub(crate) const ANY_COEFFICIENTS: [f32; N_FEATURES] = [$($any),*];

        impl Features {
            /// The features in the order of the calibration's coefficients.
            pub fn to_array(self) -> [f32; N_FEATURES] {
                [$(self.$name),*]
            }
        }
    };
}

features! {
    /// Its [`ScoredEntry::text_score`], 0.0 to about 1.5.
    score ("score"): "how well the entry fits", 0.109, 0.686;
    /// Score beyond that of the best entry that says something else, 0.0 to about 1.5.
    margin ("margin"): "its lead over the next entry", 2.501, 1.001;
    /// 1.0 if a gap is what was asked: it fits at least as well as the entry.
    gap_wins ("gap_wins"): "a gap fits as well", -5.335, -4.591;
    /// Similarity of the nearest phrasing of any gap as a share of the entry's, at most 2.0.
    gap_best ("gap_best"): "how near the nearest gap comes", -0.067, -0.134;
    /// How much more of the question a gap covers than the entry, as a share of the content words'
    /// weight: the deed of another actor, or another side of the same thing.
    gap_coverage ("gap_coverage"): "a gap covers more of the question", -9.862, -9.886;
    /// Share of the content words' weight that the entry's phrasings, lead or quotes cover.
    coverage ("coverage"): "share of the words that it covers", 1.125, 1.167;
    /// Share of the content words' weight that its quotes alone cover.
    quote_coverage ("quote_coverage"): "share of the words that its quotes cover", 0.877, 0.467;
    /// Share of the content words' weight that a single sentence of the sources covers that no entry
    /// quotes.
    document ("document"): "share of the words that an unquoted sentence covers", -0.838, -1.544;
    /// Share of the content words' weight that the entry leaves uncovered and an unquoted sentence has.
    document_left ("document_left"): "words that it lacks and an unquoted sentence has", -2.669, -0.668;
    /// Share of the content words' weight in words that no text of the pack has and that are rare in
    /// the language, too: names, typing errors.
    unknown ("unknown"): "rare words that the pack does not know", -0.607, 0.000;
    /// The same for words that everyday language has.
    unknown_everyday ("unknown_everyday"): "everyday words that the pack does not know", -1.012, -0.623;
    /// Share of the content words' weight that phrasings of other entries have and this entry does
    /// not cover.
    elsewhere ("elsewhere"): "words that only other entries use", -0.123, -0.143;
    /// Share of the content words' weight that the pack knows only from texts that nobody asks by,
    /// and this entry does not cover.
    elsewhere_in_texts ("elsewhere_in_texts"): "words that only other texts use", -0.257, -0.230;
    /// Weight of the most telling name (of persons, places, bodies) that is not covered: the right
    /// deed of the wrong actor.
    other_name ("other_name"): "a name that it does not have", -0.634, -0.534;
    /// Weight of the most telling word that is not covered, less the more phrasings the entry has: where
    /// there are few, a question about another thing has all words of the entry's but one.
    largest_uncovered ("largest_uncovered"): "a telling word that it does not have", -0.716, -0.737;
    /// ln(1 + number of content words), 0.0 to about 5.
    content_words ("telling"): "how many content words there are", 0.941, 0.920;
    /// 1.0 if question and entry exclude each other: an opposite, another number.
    contradiction ("contradiction"): "the entry says the opposite or another number", -0.458, -0.345;
    /// Number of identifiers of the question that the entry does not have, at most 2.
    identifiers_missing ("identifiers_missing"): "numbers and codes that it does not have", -0.137, -0.181;
    /// Share of the entry's phrasings that ask for the same kind of thing (who, when, how many ...),
    /// in full from a quarter; 0.5 if the question names no kind.
    question_type ("question_type"): "it is asked for the same kind of thing", 0.220, 0.280;
    /// How much a sentence that asks nothing differs from the entry's phrasings: 0.0 for a question or
    /// search words, else the share of the phrasings that are no such sentences.
    statement ("statement"): "the message asks nothing", -0.213, -0.349;
    /// Probability of the entry beside the other candidates, by the classifier alone; [`UNTRAINED_POSTERIOR`]
    /// where the packs have none.
    posterior ("posterior"): "it is this entry rather than others", 2.070, 2.000;
    /// Cosine of what the question means and what lead and quotes mean, 0.0 to 1.0; 0.0 unless the pack
    /// is in English.
    quote_meaning ("quote_meaning"): "how near the meaning of its quotes is", 1.174, 0.971;
    /// By how much its nearest phrasing is nearer in meaning than any of another entry that says something
    /// else, -1.0 to 1.0; less the fewer phrasings the entry has: what few do not say may still be asked
    /// of the same thing.
    meaning_margin ("meaning_margin"): "how much nearer its meaning is than the next", 7.728, 5.740;
    /// ln(number of phrasings / 5), 0.0 to 1.4 (from 20 on): the more an entry has, the likelier one
    /// of them is like anything by chance.
    phrasings ("phrasings"): "how many phrasings it has", -0.710, -0.881;
}

/// What else might have been meant.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Alternatives {
    /// Best [`ScoredEntry::text_score`] of an entry with other quotes.
    pub(crate) other_score: f32,
    /// Whether the best gap is what was asked.
    pub(crate) gap_wins: bool,
    /// Nearest meaning of an entry with other quotes, see [`ScoredEntry::meaning`].
    pub(crate) other_meaning: f32,
    /// Similarity of the nearest phrasing of any gap.
    pub(crate) nearest_gap: f32,
    /// Probability of the best entry by the classifier, if there is one.
    pub(crate) posterior: Option<f32>,
    /// Most of the content words' weight that one of the best gaps covers, as a share.
    pub(crate) gap_coverage: f32,
    /// How the question and the entry contradict each other.
    pub(crate) contradiction: Contradiction,
}

/// Gathers the evidence for `first`.
pub(crate) fn extract(
    index: &PackIndex,
    query: &Query,
    first: &ScoredEntry,
    rivals: Alternatives,
    left_out: Excluded,
) -> Features {
    let Some(entry) = index.entries.get(first.entry) else { return Features::default() };
    let terms = left_out.terms_of(&index.texts, first.entry);
    let words = ContentWordWeights::new(index, &terms, query);
    let document = DocumentCoverage::new(index, &terms, query);
    let score = first.text_score;
    // Where there is hardly anything else, having no rival proves nothing.
    let margin = (score - rivals.other_score.max(LEAST_RIVAL * score)).max(0.0);
    let coverage = words.share(words.covered);
    Features {
        score,
        margin,
        gap_wins: f32::from(u8::from(rivals.gap_wins)),
        gap_best: if first.best_similarity > 0.0 {
            (rivals.nearest_gap / first.best_similarity).min(2.0)
        } else {
            0.0
        },
        gap_coverage: (rivals.gap_coverage - coverage).max(0.0),
        coverage,
        quote_coverage: words.share(words.covered_by_quotes),
        document: words.share(document.best),
        document_left: words.share(document.left),
        unknown: words.share(words.unknown),
        unknown_everyday: words.share(words.unknown_everyday),
        elsewhere: words.share(words.elsewhere),
        elsewhere_in_texts: words.share(words.elsewhere_in_texts),
        other_name: words.other_name,
        largest_uncovered: words.largest_uncovered * ranking::fewness(first.n_phrasings),
        content_words: words.n_words.ln_1p(),
        contradiction: f32::from(u8::from(rivals.contradiction.excludes)),
        identifiers_missing: rivals.contradiction.n_missing.min(2.0),
        question_type: question_type(entry, query),
        statement: if query.is_statement { 1.0 - entry.share_of_statements } else { 0.0 },
        posterior: rivals.posterior.unwrap_or(UNTRAINED_POSTERIOR),
        quote_meaning: first.quote_meaning,
        meaning_margin: (first.meaning - rivals.other_meaning)
            * (1.0 - ranking::fewness(first.n_phrasings)),
        phrasings: phrasings(index.texts.of(first.entry).map_or(0, |texts| texts.n_phrasings)),
    }
}

/// Score of the next entry, as a share of the best one's, that is assumed at least.
const LEAST_RIVAL: f32 = 0.4;

/// Stands for [`Features::posterior`] where there is no classifier.
pub const UNTRAINED_POSTERIOR: f32 = 0.7;

/// Fewest phrasings that [`Features::phrasings`] tells apart, and most: what the question sets for
/// tuning have.
const PHRASINGS: std::ops::RangeInclusive<f32> = 5.0..=20.0;

#[expect(clippy::cast_precision_loss, reason = "counts of phrasings are far below 2^24")]
fn phrasings(n: usize) -> f32 {
    ((n as f32).clamp(*PHRASINGS.start(), *PHRASINGS.end()) / PHRASINGS.start()).ln()
}

/// From this share of phrasings on, an entry asks for a kind of thing in full.
const FULL_TYPE_SHARE: f32 = 0.25;

/// Share of the entry's phrasings that ask for the same kind of thing, in full from a quarter; 0.5 if
/// the question names no kind.
fn question_type(entry: &IndexedEntry, query: &Query) -> f32 {
    if query.question_types == 0 {
        return 0.5;
    }
    (entry.question_type_share(query.question_types) / FULL_TYPE_SHARE).min(1.0)
}
