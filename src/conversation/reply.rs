//! The content of a reply, before a platform renders it.

mod answer;
mod cited_quote;
mod moderation;
mod paragraph_part;
mod suggestions;
mod topic;

use super::notice::Notice;
use crate::matching::{Decision, Index, Outcome, Passage};

pub use answer::Answer;
pub use cited_quote::CitedQuote;
pub use moderation::{ModerationReply, ReplyFile};
pub use paragraph_part::ParagraphPart;
pub use suggestions::{SuggestionList, Suggestions};
pub use topic::Topic;

/// The content of a reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// The answer of an entry.
    Answer(Answer),
    /// Entries and passages that may answer, for the asker to pick from.
    Suggestions(Suggestions),
    /// The question is a known gap: the source was searched for it and does not answer it.
    NotInSource {
        /// Titles of the pack's sources, to show what was searched.
        titles: Vec<String>,
    },
    /// No entry is near enough.
    NothingFound,
    /// The asker picked a number that is not among the suggestions.
    NoSuchNumber {
        /// How many suggestions there are.
        n_suggestions: usize,
    },
    /// What the bot can do.
    Help,
    /// The questions that can be asked.
    Topics(Vec<Topic>),
    /// The paragraphs that an answer quotes from.
    Paragraphs(Vec<ParagraphPart>),
    /// A message about the bot itself.
    Notice(Notice),
    /// What a moderator has asked for.
    Moderation(ModerationReply),
}

impl Reply {
    /// The reply for the outcome of a search, with `passages` to suggest.
    pub fn new(index: &Index, outcome: &Outcome, passages: &[Passage]) -> Self {
        match outcome.decision {
            Decision::Answer => outcome
                .ranked
                .first()
                .and_then(|entry| Answer::in_language(index, *entry, outcome.language.as_ref()))
                .map_or(Self::NothingFound, Self::Answer),
            Decision::Suggest | Decision::Abstain => {
                let suggestions = Suggestions::new(index, outcome, passages);
                match outcome.gap {
                    _ if !suggestions.is_empty() => Self::Suggestions(suggestions),
                    Some(gap) => Self::NotInSource { titles: titles(index, gap) },
                    None => Self::NothingFound,
                }
            }
        }
    }
}

/// Titles of the sources of the pack that holds `entry`.
fn titles(index: &Index, entry: usize) -> Vec<String> {
    let sources = index.pack_of(entry).map_or(&[][..], |pack| pack.sources.as_slice());
    sources.iter().map(|source| source.metadata().title.clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::knowledge::fixtures::pack;
    use crate::matching::decision::DecisionRule;
    use crate::text::Language;

    fn index() -> Index {
        let faq = "[[entry]]\nid = \"a\"\nquestion = \"When does the ferry leave?\"\n\
                   translations = { de = [\"Wann fährt die Fähre?\"] }\n\
                   [[entry.quote]]\ntext = \"At nine.\"\n";
        Index::new(vec![pack(faq, "At nine.")])
    }

    #[test]
    fn replies_show_questions_in_the_language_of_the_asker() {
        let index = index();
        for (asked, shown) in [
            ("wann fährt die fähre", "Wann fährt die Fähre?"),
            ("when does the ferry leave", "When does the ferry leave?"),
        ] {
            let outcome = index.ask(asked, &DecisionRule::default());
            let Reply::Answer(answer) = Reply::new(&index, &outcome, &[]) else {
                panic!("{outcome:?}")
            };
            assert_eq!(answer.question.as_deref(), Some(shown));
            let outcome = Outcome { decision: Decision::Suggest, suggestions: vec![0], ..outcome };
            let Reply::Suggestions(suggestions) = Reply::new(&index, &outcome, &[]) else {
                panic!()
            };
            assert_eq!(suggestions.questions[0], shown);
        }
        let french = Outcome { language: Some(Language::new("fr")), ..Outcome::nothing() };
        let french = Outcome { decision: Decision::Suggest, suggestions: vec![0], ..french };
        let Reply::Suggestions(suggestions) = Reply::new(&index, &french, &[]) else { panic!() };
        assert_eq!(suggestions.questions[0], "When does the ferry leave?");
    }
}
