//! What an asker may pick from.

use super::CitedQuote;
use crate::conversation::layout::{first_words, one_line};
use crate::conversation::wording::Wording;
use crate::matching::{Index, Outcome, Passage};

/// Longest line of a passage in a list, in characters.
const MAX_LINE_CHARS: usize = 280;

/// What the asker may pick from, by number: entries, then passages. Never empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Suggestions {
    /// The questions of entries, each in the asker's language if the entry has one in it.
    pub questions: Vec<String>,
    /// Sentences of the document that no entry quotes.
    pub passages: Vec<CitedQuote>,
}

/// Suggestions of one kind, below a heading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SuggestionList {
    /// The line above them.
    pub heading: String,
    /// The number of the first one.
    pub first_number: usize,
    /// A line for each; of a long passage, its first words.
    pub lines: Vec<String>,
}

impl Suggestions {
    /// The suggestions of an outcome and of passages.
    pub(super) fn new(index: &Index, outcome: &Outcome, passages: &[Passage]) -> Self {
        let language = outcome.language.as_ref();
        let question = |entry: &usize| Some(index.question(*entry, language)?.to_owned());
        Self {
            questions: outcome.suggestions.iter().filter_map(question).collect(),
            passages: passages.iter().map(|it| CitedQuote::new(&it.quote)).collect(),
        }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.questions.len() + self.passages.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The line of the suggestion of this number, from 1.
    pub fn line(&self, number: usize) -> Option<String> {
        let position = number.checked_sub(1)?;
        match self.questions.get(position) {
            Some(question) => Some(one_line(question)),
            None => {
                let passage = self.passages.get(position - self.questions.len())?;
                Some(first_words(passage, MAX_LINE_CHARS))
            }
        }
    }

    /// The suggestions as lists with headings.
    pub fn lists(&self, wording: &Wording) -> Vec<SuggestionList> {
        let list = |heading: String, first_number: usize, n: usize| SuggestionList {
            heading,
            first_number,
            lines: (first_number..first_number + n).filter_map(|it| self.line(it)).collect(),
        };
        let (n_questions, n_passages) = (self.questions.len(), self.passages.len());
        let mut lists = Vec::new();
        if n_questions > 0 {
            lists.push(list(wording.did_you_mean(n_questions), 1, n_questions));
        }
        if n_passages > 0 {
            let heading = match n_questions {
                0 => wording.only_in_document(),
                _ => wording.in_document(),
            };
            lists.push(list(heading, n_questions + 1, n_passages));
        }
        lists
    }
}
