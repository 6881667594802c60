//! Whether a message is for us, and what it wants.

use super::message::{Message, Place};
use super::settings::{Occasion, SpaceSettings};
use crate::text::tokenize;

/// What a message wants from us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trigger {
    /// Nothing: it is not for us.
    Nothing,
    /// An answer.
    Ask(Ask),
    /// The suggestion of this number, from 1, of the message that it replies to; else it is a
    /// question like any other.
    Number(usize, Ask),
    /// Something that is always said the same way.
    Command(Command),
    /// It names us and says nothing.
    Empty,
    /// It means somebody else's message, of which the platform shows us no text.
    Unreadable,
    /// It is a command where commands are not answered; whoever gave it waits all the same.
    Unserved,
}

/// A question and how it came to us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    /// The words of whoever turned to us.
    pub text: String,
    /// The words of somebody else to whom the message replies: then these are meant, unless the
    /// asker's own are a question that an entry answers.
    pub about: Option<String>,
    /// Whether nobody turned to us, and we listen.
    pub is_overheard: bool,
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
pub fn trigger(message: &Message, settings: &SpaceSettings) -> Trigger {
    if message.author.is_bot {
        return Trigger::Nothing;
    }
    let (text, has_prefix) = without_prefix(&message.text, &settings.prefix);
    let about = message
        .replied_to
        .as_ref()
        .filter(|replied_to| !replied_to.is_ours)
        .and_then(|replied_to| replied_to.text.clone())
        .filter(|text| says_something(text));
    if !is_addressed(message, has_prefix, settings) {
        // What is said in a command is said to us alone, so that it cannot be overheard.
        let is_command = message.address.is_command;
        return if is_command { Trigger::Unserved } else { overheard(message, settings) };
    }
    if !says_something(text) {
        let is_reply_only = !message.address.mentions_us
            && !message.address.is_command
            && !has_prefix
            && !message.place.is_direct;
        return match about {
            Some(about) => Trigger::Ask(Ask { text: about, about: None, is_overheard: false }),
            None if is_reply_only => Trigger::Nothing,
            None if means_other(message) => Trigger::Unreadable,
            None => Trigger::Empty,
        };
    }
    if let Some(command) = Command::parse(text) {
        return Trigger::Command(command);
    }
    let ask = Ask { text: text.to_owned(), about, is_overheard: false };
    match text.trim().parse::<usize>() {
        Ok(number) => Trigger::Number(number, ask),
        Err(_) => Trigger::Ask(ask),
    }
}

fn is_addressed(message: &Message, has_prefix: bool, settings: &SpaceSettings) -> bool {
    let replies_to_us = message.replied_to.as_ref().is_some_and(|it| it.is_ours);
    let occasions = [
        (Occasion::Mention, message.address.mentions_us),
        (Occasion::Reply, replies_to_us),
        (Occasion::Command, message.address.is_command),
        (Occasion::Direct, message.place.is_direct),
        (Occasion::Prefix, has_prefix),
    ];
    occasions.into_iter().any(|(occasion, holds)| holds && settings.speaks_when.contains(&occasion))
}

fn overheard(message: &Message, settings: &SpaceSettings) -> Trigger {
    // A reply to somebody else is part of their talk.
    let is_open = message.replied_to.is_none() && says_something(&message.text);
    if is_open && listens(&message.place, settings) {
        let text = message.text.clone();
        return Trigger::Ask(Ask { text, about: None, is_overheard: true });
    }
    Trigger::Nothing
}

/// Whether it replies to somebody else's message without a word that we could read.
fn means_other(message: &Message) -> bool {
    message.replied_to.as_ref().is_some_and(|it| !it.is_ours && it.text.is_none())
}

/// Whether every message at `place` is looked at.
fn listens(place: &Place, settings: &SpaceSettings) -> bool {
    let listed = &settings.listens_in;
    !place.is_direct
        && (listed.contains(&place.id) || place.within.iter().any(|id| listed.contains(id)))
}

/// `text` behind the prefix, and whether it has it: as a word of its own, in either case.
fn without_prefix<'a>(text: &'a str, prefix: &str) -> (&'a str, bool) {
    if let Some(command) = marked_command(text, prefix) {
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
fn marked_command<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let mark = prefix.get(..prefix.find(char::is_alphanumeric).unwrap_or(prefix.len()))?;
    let command = text.trim().strip_prefix(mark).filter(|_| !mark.is_empty())?;
    Command::parse(command).map(|_| command)
}

/// Whether words are left when emoji, links and the like are put aside.
fn says_something(text: &str) -> bool {
    !tokenize(text, 1).is_empty()
}

#[cfg(test)]
mod tests;
