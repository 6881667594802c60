//! Rules that forbid to answer with an entry, at any confidence.

use super::features::DecisionInput;

/// Why an entry is at most suggested, at any confidence; a [`Self::Statement`] is not even that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Objection {
    /// A gap covers more of the question: the curator has seen questions about what the entry does not
    /// cover, and found no answer.
    Gap,
    /// The entry covers little of the question.
    Coverage,
    /// The entry says the opposite, or has another number or code.
    Contradiction,
    /// The message is a statement, and the entry covers too little of it.
    Statement,
    /// None of the entry's many phrasings has the question type, or they ask where and the question when.
    QuestionType,
    /// None of the entry's many phrasings has the name.
    Name,
}

/// How much more of a question a gap has to cover than the best entry, as a share of its content words'
/// weight. Of the judged messages that would be answered, 2 false ones are above and no right one is.
const GAP_MARGIN: f32 = 0.15;

/// Least coverage of an answer.
const MIN_COVERAGE: f32 = 0.4;

/// Value of the feature `statement` from which a message is a statement unlike the phrasings.
const STATEMENT: f32 = 0.85;

/// Least coverage of a statement.
const STATEMENT_COVERAGE: f32 = 0.62;

/// Least number of phrasings of an entry to object to what none of them has.
const MANY_PHRASINGS: usize = 10;

/// Value of the feature `question_type` up to which no phrasing has the question type.
const NO_QUESTION_TYPE: f32 = 0.02;

/// Value of the feature `other_name` from which a name is missing.
const MISSING_NAME: f32 = 0.8;

/// Number of different terms of an entry's quotes from which they have any word by chance: long answers, as
/// imported FAQs have them.
const MANY_QUOTE_TERMS: usize = 50;

/// Least share of a question that the phrasings of an entry with long quotes cover, for an answer. Of 90 judged
/// questions about five FAQs with long answers, 2 right answers are below, and 2 wrong or false ones.
const MIN_COVERAGE_BY_PHRASINGS: f32 = 0.15;

/// The first rule that forbids to answer with an entry, if one does.
pub(crate) fn objection(evidence: &DecisionInput) -> Option<Objection> {
    let features = &evidence.features;
    let has_many = evidence.n_phrasings >= MANY_PHRASINGS;
    let objections = [
        (features.contradiction > 0.0, Objection::Contradiction),
        (
            features.statement >= STATEMENT && features.coverage < STATEMENT_COVERAGE,
            Objection::Statement,
        ),
        (features.gap_coverage >= GAP_MARGIN, Objection::Gap),
        (features.coverage < MIN_COVERAGE, Objection::Coverage),
        (evidence.asks_something_else, Objection::QuestionType),
        (has_many && features.question_type <= NO_QUESTION_TYPE, Objection::QuestionType),
        (has_many && features.other_name >= MISSING_NAME, Objection::Name),
        (is_covered_by_chance(evidence), Objection::Coverage),
    ];
    objections.into_iter().find(|(applies, _)| *applies).map(|(_, objection)| objection)
}

/// Whether only the long quotes of an entry have the words of the question, which may be by chance.
fn is_covered_by_chance(evidence: &DecisionInput) -> bool {
    evidence.n_quote_terms > MANY_QUOTE_TERMS
        && evidence.covered_by_phrasings < MIN_COVERAGE_BY_PHRASINGS
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matching::features::Features;

    #[test]
    fn long_quotes_forbid_an_answer_unless_phrasings_cover_some_of_the_question() {
        let features = Features { coverage: 0.9, question_type: 1.0, ..Features::default() };
        let many = MANY_QUOTE_TERMS + 1;
        for (n_quote_terms, covered_by_phrasings, want) in [
            (many, MIN_COVERAGE_BY_PHRASINGS - 0.01, Some(Objection::Coverage)),
            (many, MIN_COVERAGE_BY_PHRASINGS, None),
            (MANY_QUOTE_TERMS, 0.0, None),
        ] {
            let evidence = DecisionInput {
                features,
                n_phrasings: 3,
                n_quote_terms,
                covered_by_phrasings,
                asks_something_else: false,
            };
            assert_eq!(objection(&evidence), want, "{evidence:?}");
        }
    }
}
