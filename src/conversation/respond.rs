//! Turns an event and its context into effects. Pure: the service loads the context and applies the
//! effects.

mod controls;
mod moderation;
mod more;
mod questions;
mod wrong_answer;

use std::time::Duration;

use super::bot_message::BotMessage;
use super::cooldown::{Admission, Cooldowns};
use super::effects::{Effects, MessageEffect, ModeratorAction};
use super::id::AskerHash;
use super::message::{Message, Place};
use super::notice::{Notice, SetupStep};
use super::pause::{Pause, PauseScope};
use super::reply::{Answer, Reply};
use super::sent_reply::{ReplyKind, SentReply};
use super::space::Space;
use super::timestamp::EventTime;
use super::trigger::{AddressedBy, Command, Trigger};
use crate::matching::{Decision, DecisionRule, Index, Outcome, Passage};
pub use controls::respond_to_control;
use moderation::{is_moderation_pick, moderate_by_message};
use more::topics;
use questions::{answer_question, respond_unasked};

/// Inputs for responding to one event: space, index, thresholds, asker, and the bot message it
/// targets.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The space of the event's place.
    pub space: &'a Space,
    /// Whether moderators have paused the bot at the place.
    pub is_paused: bool,
    /// The index of the space's packs.
    pub index: &'a Index,
    /// Calibration and thresholds of the space.
    pub rule: &'a DecisionRule,
    /// The user who caused the event.
    pub asker: &'a AskerHash,
    /// The bot message that is replied to, whose control was used, or that replied to the edited
    /// message.
    pub target: Option<&'a SentReply>,
    /// Whether there is a public reply already: to the message that a command is about, or the one that
    /// shows the private answer [`Context::target`] to everybody.
    pub has_reply: bool,
    /// What was asked, where there is feedback on [`Context::target`]; `None` if it is not kept.
    pub asked: Option<&'a str>,
    /// The asker's feedback on [`Context::target`], where giving the same again takes it back: whether it
    /// was helpful.
    pub feedback: Option<bool>,
    /// When the event happened and is handled.
    pub time: EventTime,
}

/// Responds to a new message. `trigger` is that of `message`.
pub fn respond(
    message: &Message,
    trigger: &Trigger,
    context: &Context<'_>,
    cooldowns: &Cooldowns,
) -> Effects {
    let is_command = message.addressing.is_command;
    match trigger {
        Trigger::Ignore => Effects::default(),
        Trigger::CommandsDisabled => BotMessage::notice(Notice::CommandsDisabled, true).into(),
        Trigger::Command(Command::SetPause(pause)) => {
            set_pause(*pause, message, context, cooldowns)
        }
        Trigger::Moderation(command, question) => {
            let action = ModeratorAction::Command(command.clone());
            match question {
                Some(question) if !context.space.is_moderator(&message.author) => {
                    let trigger = Trigger::Question(question.clone());
                    respond(message, &trigger, context, cooldowns)
                }
                _ => moderate_by_message(action, message, context, cooldowns),
            }
        }
        Trigger::Selection(number, _) if is_moderation_pick(context) => {
            moderate_by_message(ModeratorAction::Number(*number), message, context, cooldowns)
        }
        _ if context.has_reply => BotMessage::notice(Notice::AlreadyReplied, true).into(),
        // The platform shows a command as failed if it gets no reply.
        _ if context.is_paused && is_command => BotMessage::notice(Notice::Paused, true).into(),
        _ if context.is_paused => Effects::default(),
        Trigger::Question(question) if question.addressed_by != AddressedBy::Name => {
            respond_unasked(message, question, context, cooldowns)
        }
        _ => {
            let settings = &context.space.settings;
            match cooldowns.admit(context.asker, &message.place.id, context.time, settings) {
                Admission::Limited { is_notified: true, .. } if !is_command => Effects::default(),
                Admission::Limited { retry_after, is_of_place, .. } => {
                    BotMessage::notice(rate_limited(retry_after, is_of_place), true).into()
                }
                Admission::Allowed => respond_addressed(message, trigger, context),
            }
        }
    }
}

/// Responds to an edit of `message`, to which [`Context::target`] replies. An edit over a rate limit is not
/// told of, but can be responded to later ([`Effects::retry_after`]): the reply follows the last text.
pub fn respond_to_edit(
    message: &Message,
    trigger: &Trigger,
    context: &Context<'_>,
    cooldowns: &Cooldowns,
) -> Effects {
    // A paused bot leaves its replies unchanged, and an edit cannot pause or resume it, nor change a pack.
    // Nor does it delete what is recorded.
    let has_consequences = matches!(
        trigger,
        Trigger::Command(Command::SetPause(_) | Command::ForgetMe) | Trigger::Moderation(..)
    );
    if context.is_paused || has_consequences {
        return Effects::default();
    }
    let settings = &context.space.settings;
    let retry_after =
        cooldowns.retry_after(context.asker, &message.place.id, context.time, settings);
    if retry_after.is_some() && *trigger != Trigger::Ignore {
        return Effects { retry_after, ..Effects::default() };
    }
    let effects = respond(message, trigger, context, cooldowns);
    let message = match effects.message {
        // Another question was counted since.
        MessageEffect::Send(BotMessage {
            reply:
                Reply::Notice(
                    Notice::RateLimited { retry_after } | Notice::PlaceRateLimited { retry_after },
                ),
            ..
        }) => return Effects { retry_after: Some(retry_after), ..Effects::default() },
        MessageEffect::Send(new_content) => MessageEffect::Edit(new_content),
        MessageEffect::Nothing if has_no_question(trigger, context) => MessageEffect::Delete,
        other => other,
    };
    Effects { message, ..effects }
}

/// The answer to a question that had none; `None` if there is none yet, or the bot is paused.
pub fn answer_found(text: &str, context: &Context<'_>) -> Option<BotMessage> {
    let outcome = context.index.ask(text, context.rule);
    let is_answered = outcome.decision == Decision::Answer && !context.is_paused;
    is_answered.then(|| message_for(&outcome, &[], false, context))
}

/// Greets at a place after the bot joined it.
pub fn greet(context: &Context<'_>) -> Effects {
    let settings = &context.space.settings;
    if !settings.greets || context.is_paused {
        return Effects::default();
    }
    let titles = context.index.packs().iter().map(|pack| pack.title.clone()).collect();
    BotMessage::notice(Notice::Greeting { titles }, false).into()
}

/// What is left to set up for `place`, for those who run the bot. `None` if nothing is.
pub fn setup_notice(place: &Place, context: &Context<'_>) -> Option<Notice> {
    let settings = &context.space.settings;
    let mut steps = Vec::new();
    if context.index.n_entries() == 0 {
        steps.push(SetupStep::Entries);
    }
    if settings.moderators.is_empty() && !place.is_direct {
        steps.push(SetupStep::Moderators);
    }
    if settings.reports_to.is_none() && !place.is_direct {
        steps.push(SetupStep::Reports);
    }
    (!steps.is_empty()).then(|| Notice::SetupIncomplete { place: place.id.clone(), steps })
}

/// Sends `message`, which only the asker sees, if the asker is below the limit. Over the limit, it says so
/// once, or each time if `needs_reply`.
fn privately(
    message: BotMessage,
    needs_reply: bool,
    context: &Context<'_>,
    cooldowns: &Cooldowns,
) -> Effects {
    match cooldowns.admit_privately(context.asker, context.time, &context.space.settings) {
        Admission::Allowed => message.into(),
        Admission::Limited { is_notified: true, .. } if !needs_reply => Effects::default(),
        Admission::Limited { retry_after, .. } => {
            BotMessage::notice(Notice::RateLimited { retry_after }, true).into()
        }
    }
}

fn rate_limited(retry_after: Duration, is_of_place: bool) -> Notice {
    if is_of_place {
        Notice::PlaceRateLimited { retry_after }
    } else {
        Notice::RateLimited { retry_after }
    }
}

fn set_pause(
    pause: Pause,
    message: &Message,
    context: &Context<'_>,
    cooldowns: &Cooldowns,
) -> Effects {
    if !context.space.is_moderator(&message.author) {
        return refuse(message, context, cooldowns);
    }
    if pause.scope == PauseScope::Space && !context.space.is_owner(&message.author) {
        return BotMessage::notice(Notice::OwnersOnly, true).into();
    }
    let confirmation = BotMessage::notice(Notice::PauseChanged(pause), false);
    Effects { pause: Some(pause), ..confirmation.into() }
}

/// Refuses a command for moderators by somebody else.
fn refuse(message: &Message, context: &Context<'_>, cooldowns: &Cooldowns) -> Effects {
    // Nobody else needs to know, and the message may be meant for another bot.
    let is_private = message.addressing.is_command || message.place.is_direct;
    let notice = BotMessage::notice(Notice::ModeratorsOnly, true);
    if is_private {
        privately(notice, message.addressing.is_command, context, cooldowns)
    } else {
        Effects::default()
    }
}

fn respond_addressed(message: &Message, trigger: &Trigger, context: &Context<'_>) -> Effects {
    // Replies to commands are private. Only answers and suggestions become public if the asker wants
    // that; see `answer_question`.
    let is_private = message.addressing.is_command;
    match trigger {
        Trigger::Command(Command::Topics) => topics(0, is_private, context).into(),
        Trigger::Command(Command::ForgetMe) => {
            let confirmation = BotMessage::notice(Notice::AskerForgotten, is_private);
            Effects { forgets_asker: true, ..confirmation.into() }
        }
        Trigger::Command(_) => BotMessage::without_entry(Reply::Help, is_private).into(),
        Trigger::Selection(number, question) => {
            match context.target.filter(|target| target.kind == ReplyKind::Suggest) {
                Some(target) if !target.is_for(context.asker) => {
                    BotMessage::notice(Notice::AskerOnly, true).into()
                }
                Some(target) => selected_answer(*number, is_private, target, context).into(),
                None => answer_question(message, question, context),
            }
        }
        Trigger::Question(question) => answer_question(message, question, context),
        Trigger::ContentUnavailable => {
            BotMessage::notice(Notice::ContentUnavailable, is_private).into()
        }
        Trigger::Empty | Trigger::Ignore | Trigger::CommandsDisabled | Trigger::Moderation(..) => {
            BotMessage::notice(Notice::NotAQuestion, is_private).into()
        }
    }
}

/// The message that shows the outcome of a search, with `passages` to suggest.
fn message_for(
    outcome: &Outcome,
    passages: &[Passage],
    is_private: bool,
    context: &Context<'_>,
) -> BotMessage {
    let reply = Reply::new(context.index, outcome, passages);
    let (kind, entries) = match &reply {
        Reply::Answer(_) => (ReplyKind::Answer, outcome.ranked.get(..1).unwrap_or_default()),
        Reply::Suggestions(_) => (ReplyKind::Suggest, &outcome.suggestions[..]),
        _ => (ReplyKind::Abstain, &[][..]),
    };
    let entries = entries.iter().map(|entry| context.index.entry_id(*entry));
    let passages = passages.iter().map(|it| context.index.passage_id(&it.quote));
    let entries = entries.chain(passages).collect();
    let reply = without_disabled_lead(reply, context);
    let asks_feedback = kind == ReplyKind::Answer && context.space.settings.asks_feedback;
    BotMessage { reply, is_private, asks_feedback, kind, entries, offset: 0, is_unsolicited: false }
}

/// The answer of the suggestion of this number (from 1) of `target`, or why there is none.
fn selected_answer(
    number: usize,
    is_private: bool,
    target: &SentReply,
    context: &Context<'_>,
) -> BotMessage {
    let id = number.checked_sub(1).and_then(|idx| target.entries.get(idx));
    let Some(id) = id else {
        let n_suggestions = target.entries.len();
        return BotMessage::without_entry(Reply::NoSuchNumber { n_suggestions }, is_private);
    };
    let answer = context.index.find(id).and_then(|entry| Answer::new(context.index, entry));
    let passage = || context.index.find_passage(id).map(|passage| Answer::of_passage(&passage));
    let Some(answer) = answer.or_else(passage) else {
        return BotMessage::notice(Notice::NoLongerAvailable, is_private);
    };
    BotMessage {
        reply: without_disabled_lead(Reply::Answer(answer), context),
        is_private,
        asks_feedback: context.space.settings.asks_feedback,
        kind: ReplyKind::Answer,
        entries: vec![id.clone()],
        offset: 0,
        is_unsolicited: false,
    }
}

fn without_disabled_lead(reply: Reply, context: &Context<'_>) -> Reply {
    match reply {
        Reply::Answer(answer) if !context.space.settings.shows_lead => {
            Reply::Answer(Answer { lead: None, ..answer })
        }
        reply => reply,
    }
}

/// Whether an edited message contains no question for the bot any more, as opposed to one that the
/// bot does not reply to (rate limit, pause).
fn has_no_question(trigger: &Trigger, context: &Context<'_>) -> bool {
    match trigger {
        Trigger::Ignore
        | Trigger::Empty
        | Trigger::ContentUnavailable
        | Trigger::CommandsDisabled => true,
        Trigger::Question(question) => {
            let mut texts = std::iter::once(&question.text).chain(&question.referenced_texts);
            question.addressed_by != AddressedBy::Name
                || !texts.any(|text| has_content_word(text, context))
        }
        Trigger::Selection(..) | Trigger::Command(_) | Trigger::Moderation(..) => false,
    }
}

fn has_content_word(text: &str, context: &Context<'_>) -> bool {
    context.index.has_content_words(text)
}

#[cfg(test)]
mod tests;
