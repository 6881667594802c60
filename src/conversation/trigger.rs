//! Classifies messages: whether they are for the bot, and what they ask for.

use unicode_normalization::UnicodeNormalization;

use super::message::{Message, Place};
use super::moderator_command::{FAQ, ModeratorCommand};
use super::pause::{EVERYWHERE, Pause, PauseScope};
use super::settings::{Activation, SpaceSettings};
use super::wording::Wording;
use crate::text::tokenize;

/// What a message asks the bot for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trigger {
    /// Nothing: the message is not for the bot.
    Ignore,
    /// A question.
    Question(Question),
    /// The number of a suggestion, from 1, of the bot's message that it replies to, else of the bot's
    /// last reply to the same user at this place. If that has none, it is a question like any other.
    Selection(usize, Question),
    /// A fixed command word.
    Command(Command),
    /// A command for moderators. From anybody else it is the question, if it can be one.
    Moderation(ModeratorCommand, Option<Question>),
    /// The message addresses the bot but has no words.
    Empty,
    /// The message refers to another user's message whose text the platform withholds from the bot.
    ContentUnavailable,
    /// A command of the platform where commands are disabled. It still needs a reply, since the
    /// platform waits for one.
    CommandsDisabled,
}

/// A question and how it reached the bot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// The asker's own words; may be empty if there are [`Self::referenced_texts`].
    pub text: String,
    /// What the message refers to, which may be the question: the text of another user's message, the title
    /// of a thread.
    pub referenced_texts: Vec<String>,
    /// How the message addresses the bot.
    pub addressed_by: AddressedBy,
}

/// How a question addresses the bot: the less it does, the surer the bot has to be to speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AddressedBy {
    /// A mention, the prefix, a command or a direct message: there is always a reply.
    Name,
    /// Nothing but a reply to a message of the bot, which may be a remark: the bot answers or suggests,
    /// else it is silent.
    Reply,
    /// Nothing: it was sent in a listening channel. The bot answers, else it is silent.
    Nothing,
}

/// The command that deletes what is recorded of the asker.
pub const FORGET_ME: &str = "forget-me";

/// A command of fixed words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    /// Shows what the bot can do.
    Help,
    /// Lists the questions that can be asked.
    Topics,
    /// Pauses the bot, or ends the pause. For moderators.
    SetPause(Pause),
    /// Deletes what is recorded of the asker.
    ForgetMe,
}

impl Command {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let text = text.trim().trim_end_matches(['.', '!', '?']).trim_start_matches('/');
        let words: Vec<String> = text.split_whitespace().map(str::to_ascii_lowercase).collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let pause = |is_paused, scope| Self::SetPause(Pause { is_paused, scope });
        Some(match *words {
            ["help"] => Self::Help,
            ["topics"] => Self::Topics,
            [FORGET_ME] | ["forget", "me"] => Self::ForgetMe,
            ["pause"] => pause(true, PauseScope::Place),
            ["resume"] => pause(false, PauseScope::Place),
            ["pause", EVERYWHERE] => pause(true, PauseScope::Space),
            ["resume", EVERYWHERE] => pause(false, PauseScope::Space),
            _ => return None,
        })
    }
}

/// Classifies `message` by the settings of its space.
pub fn classify(message: &Message, settings: &SpaceSettings) -> Trigger {
    if message.author.is_bot {
        return Trigger::Ignore;
    }
    let wording = Wording::for_locale(&settings.locale);
    let prefixed = prefixed_command(&message.text, settings);
    let has_mark = prefixed.is_some();
    let (text, has_prefix) = match prefixed {
        Some(command) => (command, true),
        None => strip_prefix(&message.text, &settings.prefix),
    };
    let referenced_texts = referenced_texts(message);
    if !is_addressed(message, has_prefix, settings) {
        // A command is private to the bot, so it is not a message of a listening channel.
        return if message.addressing.is_command {
            Trigger::CommandsDisabled
        } else {
            classify_unaddressed(message, settings)
        };
    }
    let is_named = message.addressing.mentions_bot
        || message.addressing.is_command
        || has_prefix
        || message.place.is_direct;
    if !has_words(text) && referenced_texts.is_empty() {
        return if !is_named {
            Trigger::Ignore
        } else if refers_to_hidden(message) {
            Trigger::ContentUnavailable
        } else {
            Trigger::Empty
        };
    }
    let command = Command::parse(text).filter(|_| !message.addressing.is_question);
    match command {
        // Below somebody's question, it asks to help with that.
        Some(Command::Help) if !referenced_texts.is_empty() => {}
        Some(command) => return Trigger::Command(command),
        None => {}
    }
    let addressed_by = if is_named { AddressedBy::Name } else { AddressedBy::Reply };
    let question = Question { text: text.to_owned(), referenced_texts, addressed_by };
    // After the mark, a verb that is not known is a typing mistake, not a question.
    let mistyped = || {
        let is_mistyped = has_mark && after_faq(text).is_some();
        is_mistyped.then_some(ModeratorCommand::Incomplete { verb: None, line: None })
    };
    let command = moderator_command(text, wording).or_else(mistyped).filter(|_| is_named);
    if let Some(command) = command.filter(|_| !message.addressing.is_question) {
        let is_question = !message.addressing.is_command && !has_mark;
        return Trigger::Moderation(command, is_question.then_some(question));
    }
    match list_number(text) {
        Some(number) => Trigger::Selection(number, question),
        None => Trigger::Question(question),
    }
}

/// The number that `text` is, as people pick from a list: "2", "2.", "2)", "(2)", "#2", "２", "②", "2️⃣", "٢".
fn list_number(text: &str) -> Option<usize> {
    const VARIATION_SELECTOR: char = '\u{FE0F}';
    const KEYCAP: char = '\u{20E3}';
    let plain: String = text.nfkc().filter(|c| ![VARIATION_SELECTOR, KEYCAP].contains(c)).collect();
    let number = plain.trim().trim_start_matches(['#', '(']).trim_end_matches(['.', ')', ':', '!']);
    let digits: Option<String> = number.trim().chars().map(decimal_digit).collect();
    digits?.parse().ok()
}

/// The digit that `c` is, as an ASCII digit, in the scripts of the languages that quoth knows.
fn decimal_digit(c: char) -> Option<char> {
    // The zeros of ASCII, Arabic, Persian and Devanagari; their digits follow them (Unicode 17, chapter 22.3).
    const ZEROS: [char; 4] = ['0', '\u{0660}', '\u{06F0}', '\u{0966}'];
    ZEROS.into_iter().find_map(|zero| {
        let value = u32::from(c).checked_sub(u32::from(zero))?;
        char::from_digit(value, 10)
    })
}

fn is_addressed(message: &Message, has_prefix: bool, settings: &SpaceSettings) -> bool {
    let is_reply = message.replied_to.as_ref().is_some_and(|it| it.is_from_bot);
    let activations = [
        (Activation::Mention, message.addressing.mentions_bot),
        (Activation::Reply, is_reply),
        (Activation::Command, message.addressing.is_command),
        (Activation::Direct, message.place.is_direct),
        (Activation::Prefix, has_prefix),
    ];
    activations
        .into_iter()
        .any(|(activation, applies)| applies && settings.speaks_when.contains(&activation))
}

fn classify_unaddressed(message: &Message, settings: &SpaceSettings) -> Trigger {
    // A reply to another user belongs to their conversation.
    let is_open = message.replied_to.is_none() && has_words(&message.text);
    if is_open && is_listening_in(&message.place, settings) {
        let text = message.text.clone();
        return Trigger::Question(Question {
            text,
            referenced_texts: Vec::new(),
            addressed_by: AddressedBy::Nothing,
        });
    }
    Trigger::Ignore
}

/// The texts with words that `message` refers to, of which the bot wrote none.
fn referenced_texts(message: &Message) -> Vec<String> {
    let Some(replied_to) = message.replied_to.as_ref().filter(|it| !it.is_from_bot) else {
        return Vec::new();
    };
    let texts = replied_to.text.iter().chain(&replied_to.title);
    texts.filter(|text| has_words(text)).cloned().collect()
}

/// Whether it replies to another user's message whose text the platform withholds.
fn refers_to_hidden(message: &Message) -> bool {
    message.replied_to.as_ref().is_some_and(|it| !it.is_from_bot && it.text.is_none())
}

/// Whether `place` is a listening channel.
fn is_listening_in(place: &Place, settings: &SpaceSettings) -> bool {
    let listed = &settings.listens_in;
    !place.is_direct
        && (listed.contains(&place.id) || place.parents.iter().any(|id| listed.contains(id)))
}

/// `text` without the prefix, and whether it had it. The prefix must be a whole word; case is
/// ignored.
fn strip_prefix<'a>(text: &'a str, prefix: &str) -> (&'a str, bool) {
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

/// The command in `text`, if `text` is nothing but a command after the punctuation that `prefix`
/// starts with: if the prefix is `!ask`, `!help` is a command. Not one that pauses or resumes, or has
/// somebody forgotten, which may be meant for another bot: a music bot is paused by `!pause`.
fn prefixed_command<'a>(text: &'a str, settings: &SpaceSettings) -> Option<&'a str> {
    let (prefix, mark) = (&settings.prefix, settings.command_mark());
    let command = text.trim().strip_prefix(mark).filter(|_| !mark.is_empty())?;
    let is_harmless = |it: Command| matches!(it, Command::Help | Command::Topics);
    // Where questions have the prefix `!faq`, it is not the word for moderators.
    let asks_by_faq = prefix.get(mark.len()..).is_some_and(|it| it.eq_ignore_ascii_case(FAQ));
    let is_for_moderators = !asks_by_faq && after_faq(command).is_some();
    let is_command = Command::parse(command).is_some_and(is_harmless) || is_for_moderators;
    is_command.then_some(command)
}

/// The command for moderators in `text`, which starts with the word for that.
fn moderator_command(text: &str, wording: &Wording) -> Option<ModeratorCommand> {
    ModeratorCommand::parse(after_faq(text)?, wording)
}

/// What follows the word for moderators.
fn after_faq(text: &str) -> Option<&str> {
    let text = text.trim_start_matches('/');
    let word = text.split_whitespace().next().filter(|word| word.eq_ignore_ascii_case(FAQ))?;
    text.get(word.len()..)
}

/// Whether `text` has words, apart from emoji, links and the like.
fn has_words(text: &str) -> bool {
    !tokenize(text, 1).is_empty()
}

#[cfg(test)]
mod tests;
