//! Rules that forbid to answer with an entry, at any confidence.

use super::features::Features;

/// Why an entry is at most suggested, at any confidence; a [`Self::Statement`] is not even that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Objection {
    /// A gap covers more of the question: what the entry leaves out, its curator has seen asked and
    /// found no answer to.
    Gap,
    /// The entry covers little of the question.
    Coverage,
    /// The entry says the opposite, or has another number or code.
    Contradiction,
    /// The message asks nothing, and has much that the entry does not say.
    Statement,
    /// None of the entry's many phrasings asks for this kind of thing.
    QuestionType,
    /// None of the entry's many phrasings has the name.
    Name,
}

/// How much more of a question a gap has to cover than the best entry, as a share of its content words'
/// weight. Of the judged messages that would be answered, 2 false ones are above and no right one is.
const GAP_MARGIN: f32 = 0.15;

/// Least share of a question's content words, by weight, that an answer covers.
const MIN_COVERAGE: f32 = 0.4;

/// From this value of [`Features::statement`] on, a message is taken for one that asks nothing.
const STATEMENT: f32 = 0.85;

/// Least coverage of a message that asks nothing.
const STATEMENT_COVERAGE: f32 = 0.62;

/// How many phrasings an entry has at least for what none of them says to mean something.
const MANY_PHRASINGS: usize = 10;

/// At most this share of the phrasings is none of them.
const NO_QUESTION_TYPE: f32 = 0.02;

/// From this value of [`Features::other_name`] on, a name is missing.
const MISSING_NAME: f32 = 0.8;

/// What forbids to answer with an entry of `n_phrasings` phrasings, if anything does.
pub(crate) fn objection(features: &Features, n_phrasings: usize) -> Option<Objection> {
    let has_many = n_phrasings >= MANY_PHRASINGS;
    let objections = [
        (features.contradiction > 0.0, Objection::Contradiction),
        (
            features.statement >= STATEMENT && features.coverage < STATEMENT_COVERAGE,
            Objection::Statement,
        ),
        (features.gap_coverage >= GAP_MARGIN, Objection::Gap),
        (features.coverage < MIN_COVERAGE, Objection::Coverage),
        (has_many && features.question_type <= NO_QUESTION_TYPE, Objection::QuestionType),
        (has_many && features.other_name >= MISSING_NAME, Objection::Name),
    ];
    objections.into_iter().find(|(applies, _)| *applies).map(|(_, objection)| objection)
}
