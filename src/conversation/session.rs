//! A conversation with one person who sees what was said before: a terminal, a direct message.

use super::reply::{Answer, Reply, Suggestion, Topic};
use crate::matching::{DecisionRule, Index};

/// What is remembered between two messages.
#[derive(Debug, Default)]
pub struct Session {
    /// What was suggested last and can be picked by number.
    suggestions: Vec<Suggestion>,
}

impl Session {
    /// The reply to `message`. A bare number picks from the last suggestions; `help` and `topics`
    /// are understood; everything else is a question.
    pub fn reply(&mut self, index: &Index, message: &str, rule: &DecisionRule) -> Reply {
        let message = message.trim();
        let suggestions = std::mem::take(&mut self.suggestions);
        if !suggestions.is_empty()
            && let Ok(number) = message.parse::<usize>()
        {
            return match number.checked_sub(1).and_then(|idx| suggestions.get(idx)) {
                Some(picked) => {
                    Answer::new(index, picked.entry).map_or(Reply::NothingFound, Reply::Answer)
                }
                None => {
                    let n_suggestions = suggestions.len();
                    self.suggestions = suggestions;
                    Reply::NoSuchNumber { n_suggestions }
                }
            };
        }
        if message.eq_ignore_ascii_case("help") {
            return Reply::Help;
        }
        if message.eq_ignore_ascii_case("topics") {
            return Reply::Topics(Topic::all(index));
        }
        let reply = Reply::new(index, &index.ask(message, rule));
        if let Reply::Suggest(suggestions) = &reply {
            self.suggestions.clone_from(suggestions);
        }
        reply
    }
}
