//! Evidence about the top-ranked entry: the features from which its confidence is computed, and what else the
//! rules against it need.

use super::PackIndex;
use super::contradiction::Contradiction;
use super::coverage::{ContentWordWeights, DocumentCoverage, Relation};
use super::excluded::Excluded;
use super::query::Query;
use super::ranking;
use super::scorer::ScoredEntry;

/// Declares each feature once: its name in the code, its name for programs, its description for
/// users, and its coefficients in the default calibration for "the first entry answers" and "one of
/// the first three does".
macro_rules! features {
    ($($(#[doc = $doc:literal])* $name:ident ($id:literal): $label:literal, $first:literal, $any:literal;)*) => {
        /// Features of the best entry, each 0.0 to 1.0 unless stated otherwise.
        #[derive(Debug, Clone, Copy, PartialEq, Default, serde::Serialize)]
        pub struct Features {
            $($(#[doc = $doc])* #[serde(rename = $id)] pub $name: f32,)*
        }

        /// Names of the features for programs, in the order of [`Features::to_array`].
        pub const FEATURE_NAMES: [&str; N_FEATURES] = [$($id),*];

        /// Number of features.
        pub const N_FEATURES: usize = [$($id),*].len();

        /// Descriptions of the features for users, in the same order.
        pub const FEATURE_LABELS: [&str; N_FEATURES] = [$($label),*];

        /// Coefficients of the default model of "the first entry answers".
        pub(crate) const FIRST_COEFFICIENTS: [f32; N_FEATURES] = [$($first),*];

        /// Coefficients of the default model of "one of the first three entries answers".
        pub(crate) const ANY_COEFFICIENTS: [f32; N_FEATURES] = [$($any),*];

        impl Features {
            /// The values in the order of the calibration's coefficients.
            pub fn to_array(self) -> [f32; N_FEATURES] {
                [$(self.$name),*]
            }
        }
    };
}

features! {
    /// The entry's [`ScoredEntry::text_score`], 0.0 to about 1.5.
    score ("score"): "how well the entry fits", 0.735, 0.540;
    /// Score minus that of the best entry with other quotes, 0.0 to about 1.5.
    margin ("margin"): "its lead over the next entry", 2.366, 0.956;
    /// 1.0 if a gap wins: it fits at least as well as the entry.
    gap_wins ("gap_wins"): "a gap fits as well", -2.427, -2.301;
    /// How much more of the question a gap covers than the entry, as a share of the weight of the
    /// content words: for example the same action of another actor, or another aspect of the
    /// subject.
    gap_coverage ("gap_coverage"): "a gap covers more of the question", -10.173, -10.110;
    /// Share of the weight of the content words that phrasings, lead or quotes of the entry cover.
    coverage ("coverage"): "share of the words that it covers", 0.364, 0.937;
    /// Largest share of the weight of the content words that a single unquoted sentence of the sources
    /// covers.
    document ("document"): "share of the words that an unquoted sentence covers", -1.295, -1.998;
    /// Largest share of that weight that the entry does not cover and a single unquoted sentence does.
    document_left ("document_left"): "words that it lacks and an unquoted sentence has", -1.443, -1.175;
    /// Share of the weight of the content words that are neither in the pack nor among the everyday
    /// words of the language: names, typos.
    unknown ("unknown"): "rare words that the pack does not know", -0.381, -0.290;
    /// Share of the weight of the content words that are not in the pack, but everyday words.
    unknown_everyday ("unknown_everyday"): "everyday words that the pack does not know", -0.598, -0.539;
    /// Largest weight of a name (of a person, place or body) that is not covered: the right action of
    /// the wrong actor.
    other_name ("other_name"): "a name that it does not have", -0.380, -0.543;
    /// Largest weight of a content word, times how little it means like any word of the entry: 1 - the
    /// larger of its coverage and its largest cosine with one of them (a mean value if the pack's
    /// language has no word vectors); times [`ranking::fewness`].
    unrelated ("unrelated"): "an important word unlike any that it has", -1.580, -2.148;
    /// ln(1 + number of content words), 0.0 to about 5.
    content_words ("telling"): "how many content words there are", 0.679, 1.068;
    /// 1.0 if question and entry contradict each other: an opposite, another number.
    contradiction ("contradiction"): "the entry says the opposite or another number", -0.636, -0.754;
    /// Number of identifiers of the question that the entry does not have, 0.0 to 2.0.
    identifiers_missing ("identifiers_missing"): "numbers and codes that it does not have", -0.103, -0.062;
    /// Share of the entry's phrasings with the same question type (who, when, how many ...), scaled
    /// to 1.0 from a quarter on; 0.5 if the question has no type.
    question_type ("question_type"): "it is asked for the same kind of thing", 0.178, 0.156;
    /// For a statement: share of the entry's phrasings that are no statements. 0.0 for a question or
    /// search words.
    statement ("statement"): "the message asks nothing", -0.123, -0.471;
    /// Probability of the entry among the candidates by the classifier alone;
    /// [`UNTRAINED_POSTERIOR`] without a classifier.
    posterior ("posterior"): "it is this entry rather than others", 1.087, 1.018;
    /// Cosine of the vectors of the question and of lead and quotes, 0.0 to 1.0; [`UNKNOWN_QUOTE_MEANING`] if the
    /// pack's language has no word vectors.
    quote_meaning ("quote_meaning"): "how near the meaning of its quotes is", 1.284, 1.669;
    /// Cosine of the vectors of the question and of the entry's most similar phrasing, 0.0 to 1.0;
    /// [`UNKNOWN_MEANING`] if the pack's language has no word vectors.
    meaning ("meaning"): "how near the meaning of its phrasings is", 0.965, 1.542;
    /// Cosine of the vectors of the question and of the entry's most similar phrasing, minus the largest
    /// of any entry with other quotes, times 1 - [`ranking::fewness`]; -1.0 to 1.0. Where there are few
    /// phrasings, a question about another aspect is as similar as a paraphrase.
    meaning_margin ("meaning_margin"): "how much nearer its meaning is than the next", 5.160, 3.596;
    /// Larger cosine of [`Self::meaning`] and [`Self::quote_meaning`], minus the largest of any entry with
    /// other quotes, times [`ranking::fewness`]; -1.0 to 1.0.
    text_margin ("text_margin"): "its lead in meaning, by any of its texts", 2.312, 0.000;
    /// [`ranking::fewness`] of its phrasings: the more an entry has, the likelier one of them is similar to
    /// anything by chance.
    fewness ("fewness"): "how few phrasings it has", 1.646, 2.341;
}

/// What speaks for and against answering with the best entry.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct DecisionInput {
    /// What its confidence is computed from.
    pub(crate) features: Features,
    /// Number of its phrasings.
    pub(crate) n_phrasings: usize,
    /// Number of different terms of its lead and quotes.
    pub(crate) n_quote_terms: usize,
    /// Share of the weight of the content words that its phrasings cover.
    pub(crate) covered_by_phrasings: f32,
    /// Whether the phrasings ask for another kind of thing, such as where instead of when.
    pub(crate) asks_something_else: bool,
}

/// What the message might mean other than the best entry.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Alternatives {
    /// Best [`ScoredEntry::text_score`] of an entry with other quotes.
    pub(crate) other_score: f32,
    /// Whether the best gap wins over the entry.
    pub(crate) gap_wins: bool,
    /// Largest [`ScoredEntry::meaning`] of an entry with other quotes.
    pub(crate) other_meaning: f32,
    /// Largest [`ScoredEntry::nearest_meaning`] of an entry with other quotes.
    pub(crate) other_nearest_meaning: f32,
    /// Probability of the best entry by the classifier, if there is one.
    pub(crate) posterior: Option<f32>,
    /// Largest share of the weight of the content words that one of the best gaps covers.
    pub(crate) gap_coverage: f32,
    /// How the question and the entry contradict each other.
    pub(crate) contradiction: Contradiction,
}

/// Extracts the evidence about `first`, the best entry.
pub(crate) fn extract(
    index: &PackIndex,
    query: &Query,
    first: &ScoredEntry,
    rivals: Alternatives,
    left_out: Excluded,
) -> DecisionInput {
    let Some(entry) = index.entries.get(first.entry) else { return DecisionInput::default() };
    let terms = left_out.terms_of(&index.texts, first.entry);
    let words = ContentWordWeights::new(index, &terms, query);
    let document = DocumentCoverage::new(index, &terms, query);
    let score = first.text_score;
    // In a tiny pack, the lack of another candidate is no evidence.
    let margin = (score - rivals.other_score.max(MIN_OTHER_SCORE * score)).max(0.0);
    let coverage = words.share(words.covered);
    let fewness = ranking::fewness(first.n_phrasings);
    let has_vectors = index.directions.is_some();
    let features = Features {
        score,
        margin,
        gap_wins: f32::from(u8::from(rivals.gap_wins)),
        gap_coverage: (rivals.gap_coverage - coverage).max(0.0),
        coverage,
        document: words.share(document.best),
        document_left: words.share(document.left),
        unknown: words.share(words.unknown),
        unknown_everyday: words.share(words.unknown_everyday),
        other_name: words.other_name,
        unrelated: Relation::new(index, &terms, query).largest_unrelated * fewness,
        content_words: words.n_words.ln_1p(),
        contradiction: f32::from(u8::from(rivals.contradiction.excludes)),
        identifiers_missing: rivals.contradiction.n_missing.min(2.0),
        question_type: entry.question_type_fit(query.question_types),
        statement: if query.is_statement { 1.0 - entry.share_of_statements } else { 0.0 },
        posterior: rivals.posterior.unwrap_or(UNTRAINED_POSTERIOR),
        quote_meaning: if has_vectors { first.quote_meaning } else { UNKNOWN_QUOTE_MEANING },
        meaning: if has_vectors { first.meaning } else { UNKNOWN_MEANING },
        meaning_margin: (first.meaning - rivals.other_meaning) * (1.0 - fewness),
        text_margin: (first.nearest_meaning() - rivals.other_nearest_meaning) * fewness,
        fewness,
    };
    DecisionInput {
        features,
        n_phrasings: first.n_phrasings,
        n_quote_terms: terms.quotes.len(),
        covered_by_phrasings: words.share(words.covered_by_phrasings),
        asks_something_else: entry.asks_something_else(query.question_types),
    }
}

/// Least assumed score of the next entry, as a share of the best one's.
const MIN_OTHER_SCORE: f32 = 0.4;

/// Value of [`Features::meaning`] in a language without word vectors: the mean of the messages to the eight small
/// packs, so that nothing speaks for or against an entry.
const UNKNOWN_MEANING: f32 = 0.57;

/// The same for [`Features::quote_meaning`].
const UNKNOWN_QUOTE_MEANING: f32 = 0.46;

/// Value of [`Features::posterior`] without a classifier.
pub const UNTRAINED_POSTERIOR: f32 = 0.7;
