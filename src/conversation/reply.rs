//! A reply.

mod answer;
mod cited_quote;
mod paragraph_part;
mod suggestion;
mod topic;

use super::notice::Notice;
use crate::matching::{Decision, Index, Outcome};

pub use answer::Answer;
pub use cited_quote::CitedQuote;
pub use paragraph_part::ParagraphPart;
pub use suggestion::Suggestion;
pub use topic::Topic;

/// What to say to a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// An entry answers.
    Answer(Answer),
    /// Several entries may answer; the asker picks. Never empty.
    Suggestions(Vec<Suggestion>),
    /// The source was searched for this very question and does not answer it.
    NotInSource {
        /// Titles of the packs' sources, to say what was searched.
        titles: Vec<String>,
    },
    /// No entry is near enough.
    NothingFound,
    /// A number was picked that was not suggested.
    NoSuchNumber {
        /// How many there are to pick from.
        n_suggestions: usize,
    },
    /// What can be done here.
    Help,
    /// What can be asked.
    Topics(Vec<Topic>),
    /// Where quotes stand.
    Paragraphs(Vec<ParagraphPart>),
    /// Something about quoth itself.
    Notice(Notice),
}

impl Reply {
    /// The reply that `outcome` calls for.
    pub fn new(index: &Index, outcome: &Outcome) -> Self {
        match outcome.decision {
            Decision::Answer => outcome
                .ranked
                .first()
                .and_then(|entry| Answer::new(index, *entry))
                .map_or(Self::NothingFound, Self::Answer),
            Decision::Suggest => {
                let suggestion = |entry: &usize| {
                    let question = index.entry(*entry)?.question.clone();
                    Some(Suggestion { entry: *entry, question })
                };
                Self::Suggestions(outcome.suggestions.iter().filter_map(suggestion).collect())
            }
            Decision::Abstain => outcome
                .gap
                .map_or(Self::NothingFound, |gap| Self::NotInSource { titles: titles(index, gap) }),
        }
    }
}

fn titles(index: &Index, entry: usize) -> Vec<String> {
    let sources = index.pack_of(entry).map_or(&[][..], |pack| pack.sources.as_slice());
    sources.iter().map(|source| source.metadata().title.clone()).collect()
}
