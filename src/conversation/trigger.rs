//! Whether a message is for us, and what it wants.

use super::message::{Message, Place};
use super::settings::{Activation, SpaceSettings};
use crate::text::tokenize;

/// What a message wants from us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trigger {
    /// Nothing: it is not for us.
    Ignore,
    /// An answer.
    Question(Question),
    /// The suggestion of this number, from 1, of the message that it replies to; else it is a
    /// question like any other.
    Selection(usize, Question),
    /// Something that is always said the same way.
    Command(Command),
    /// It names us and says nothing.
    Empty,
    /// It means somebody else's message, of which the platform shows us no text.
    ContentUnavailable,
    /// It is a command where commands are not answered; whoever gave it waits all the same.
    CommandsDisabled,
}

/// A question and how it came to us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// The words of whoever turned to us.
    pub text: String,
    /// The words of somebody else to whom the message replies: then these are meant, unless the
    /// asker's own are a question that an entry answers.
    pub referenced_text: Option<String>,
    /// Whether nobody turned to us, and we listen.
    pub is_unaddressed: bool,
}

/// Something that is always said the same way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    /// What can be done here.
    Help,
    /// What can be asked here.
    Topics,
    /// Be silent until told otherwise. For moderators.
    Pause,
    /// Speak again. For moderators.
    Resume,
}

impl Command {
    fn parse(text: &str) -> Option<Self> {
        let word = text.trim().trim_end_matches(['.', '!', '?']).trim_start_matches('/');
        let named = [
            ("help", Self::Help),
            ("topics", Self::Topics),
            ("pause", Self::Pause),
            ("resume", Self::Resume),
        ];
        named.into_iter().find(|(name, _)| word.eq_ignore_ascii_case(name)).map(|(_, it)| it)
    }
}

/// What `message` wants from us where `settings` hold.
pub fn classify(message: &Message, settings: &SpaceSettings) -> Trigger {
    if message.author.is_bot {
        return Trigger::Ignore;
    }
    let (text, has_prefix) = strip_prefix(&message.text, &settings.prefix);
    let about = message
        .replied_to
        .as_ref()
        .filter(|replied_to| !replied_to.is_from_bot)
        .and_then(|replied_to| replied_to.text.clone())
        .filter(|text| has_words(text));
    if !is_addressed(message, has_prefix, settings) {
        // What is said in a command is said to us alone, so that it cannot be overheard.
        let is_command = message.addressing.is_command;
        return if is_command {
            Trigger::CommandsDisabled
        } else {
            classify_unaddressed(message, settings)
        };
    }
    if !has_words(text) {
        let is_reply_only = !message.addressing.mentions_bot
            && !message.addressing.is_command
            && !has_prefix
            && !message.place.is_direct;
        return match about {
            Some(about) => Trigger::Question(Question {
                text: about,
                referenced_text: None,
                is_unaddressed: false,
            }),
            None if is_reply_only => Trigger::Ignore,
            None if refers_to_hidden(message) => Trigger::ContentUnavailable,
            None => Trigger::Empty,
        };
    }
    if let Some(command) = Command::parse(text) {
        return Trigger::Command(command);
    }
    let ask = Question { text: text.to_owned(), referenced_text: about, is_unaddressed: false };
    match text.trim().parse::<usize>() {
        Ok(number) => Trigger::Selection(number, ask),
        Err(_) => Trigger::Question(ask),
    }
}

fn is_addressed(message: &Message, has_prefix: bool, settings: &SpaceSettings) -> bool {
    let replies_to_us = message.replied_to.as_ref().is_some_and(|it| it.is_from_bot);
    let occasions = [
        (Activation::Mention, message.addressing.mentions_bot),
        (Activation::Reply, replies_to_us),
        (Activation::Command, message.addressing.is_command),
        (Activation::Direct, message.place.is_direct),
        (Activation::Prefix, has_prefix),
    ];
    occasions.into_iter().any(|(occasion, holds)| holds && settings.speaks_when.contains(&occasion))
}

fn classify_unaddressed(message: &Message, settings: &SpaceSettings) -> Trigger {
    // A reply to somebody else is part of their talk.
    let is_open = message.replied_to.is_none() && has_words(&message.text);
    if is_open && is_listening_in(&message.place, settings) {
        let text = message.text.clone();
        return Trigger::Question(Question { text, referenced_text: None, is_unaddressed: true });
    }
    Trigger::Ignore
}

/// Whether it replies to somebody else's message without a word that we could read.
fn refers_to_hidden(message: &Message) -> bool {
    message.replied_to.as_ref().is_some_and(|it| !it.is_from_bot && it.text.is_none())
}

/// Whether every message at `place` is looked at.
fn is_listening_in(place: &Place, settings: &SpaceSettings) -> bool {
    let listed = &settings.listens_in;
    !place.is_direct
        && (listed.contains(&place.id) || place.parents.iter().any(|id| listed.contains(id)))
}

/// `text` behind the prefix, and whether it has it: as a word of its own, in either case.
fn strip_prefix<'a>(text: &'a str, prefix: &str) -> (&'a str, bool) {
    if let Some(command) = prefixed_command(text, prefix) {
        return (command, true);
    }
    let trimmed = text.trim_start();
    let start = trimmed.get(..prefix.len());
    let has_prefix = !prefix.is_empty() && start.is_some_and(|it| it.eq_ignore_ascii_case(prefix));
    match trimmed.get(prefix.len()..) {
        Some(rest) if has_prefix && !rest.starts_with(char::is_alphanumeric) => {
            (rest.trim_start_matches([':', ',']).trim(), true)
        }
        _ => (text.trim(), false),
    }
}

/// The command in `text`, if that is all it says, behind the mark that `prefix` starts with: where
/// `!ask` starts a question, `!help` asks for help.
fn prefixed_command<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let mark = prefix.get(..prefix.find(char::is_alphanumeric).unwrap_or(prefix.len()))?;
    let command = text.trim().strip_prefix(mark).filter(|_| !mark.is_empty())?;
    Command::parse(command).map(|_| command)
}

/// Whether words are left when emoji, links and the like are put aside.
fn has_words(text: &str) -> bool {
    !tokenize(text, 1).is_empty()
}

#[cfg(test)]
mod tests;
