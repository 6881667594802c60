//! Responds to the use of controls: buttons, menus, reactions.

use super::moderation::moderate_by_control;
use super::more::{paragraphs, remaining_quotes, topics};
use super::wrong_answer::{WrongAnswer, wrong_answer};
use super::{Context, privately, rate_limited, selected_answer};
use crate::conversation::bot_message::BotMessage;
use crate::conversation::control::Control;
use crate::conversation::cooldown::{Admission, Cooldowns};
use crate::conversation::effects::{Effects, FeedbackEffect, MessageEffect};
use crate::conversation::event::ControlUse;
use crate::conversation::notice::Notice;
use crate::conversation::sent_reply::{ReplyKind, SentReply};

/// Responds to the use of a control of [`Context::target`].
pub fn respond_to_control(
    used: &ControlUse,
    context: &Context<'_>,
    cooldowns: &Cooldowns,
) -> Effects {
    let by_moderator = context.target.and_then(|it| moderate_by_control(used, it, context));
    if let Some(effects) = by_moderator {
        return effects;
    }
    match (used.control, context.target) {
        (Control::Paragraphs(_) | Control::Quotes(_) | Control::Topics(_), _) => {
            show_more(used.control, context, cooldowns)
        }
        (_, None)
        | (
            Control::Save
            | Control::TakeBack
            | Control::Gap
            | Control::Dismiss
            | Control::Inbox(_)
            | Control::RemoveQuoted,
            _,
        ) => BotMessage::notice(Notice::NoLongerAvailable, true).into(),
        (Control::Pick(number), Some(target)) => pick(number, target, context),
        (Control::Share, Some(target)) => share(used, target, context, cooldowns),
        (Control::Notify, Some(target)) => notify(target, context),
        (Control::Helpful | Control::Unhelpful, Some(target))
            if target.kind == ReplyKind::Quoted =>
        {
            BotMessage::notice(Notice::NoLongerAvailable, true).into()
        }
        (Control::Helpful | Control::Unhelpful, _) => {
            give_feedback(used.control == Control::Helpful, used, context)
        }
        (Control::Delete, Some(target)) => {
            if target.is_for(context.asker) || context.space.is_moderator(&used.user) {
                Effects { message: MessageEffect::Delete, ..Effects::default() }
            } else {
                BotMessage::notice(Notice::AskerOnly, true).into()
            }
        }
    }
}

/// Remembers that the asker wants to be told when there is an answer. That works while the bot is paused, too.
fn notify(target: &SentReply, context: &Context<'_>) -> Effects {
    if !target.is_for(context.asker) {
        return BotMessage::notice(Notice::AskerOnly, true).into();
    }
    // It has an answer by now.
    if target.kind != ReplyKind::Abstain {
        return BotMessage::notice(Notice::NoLongerAvailable, true).into();
    }
    Effects { awaits_answer: true, ..BotMessage::notice(Notice::WillNotify, true).into() }
}

/// Records feedback on the target, or takes back the same feedback.
fn give_feedback(is_helpful: bool, used: &ControlUse, context: &Context<'_>) -> Effects {
    let (feedback, notice) = if context.feedback == Some(is_helpful) {
        (FeedbackEffect::Withdraw, Notice::FeedbackWithdrawn)
    } else {
        (FeedbackEffect::Give { is_helpful }, Notice::FeedbackRecorded)
    };
    let effects = Effects { feedback: Some(feedback), ..BotMessage::notice(notice, true).into() };
    let is_wrong = feedback == FeedbackEffect::Give { is_helpful: false };
    match wrong_answer(used, context).filter(|_| is_wrong) {
        Some(WrongAnswer { unanswered, suggestions: Some(suggestions) }) => {
            let message = MessageEffect::Send(suggestions);
            Effects { message, unanswered: Some(unanswered), ..effects }
        }
        Some(WrongAnswer { unanswered, suggestions: None }) => {
            Effects { unanswered: Some(unanswered), ..effects }
        }
        None => effects,
    }
}

/// Shows more of an answer or of the topics. Since that is private, it works while the bot is
/// paused, too.
fn show_more(control: Control, context: &Context<'_>, cooldowns: &Cooldowns) -> Effects {
    let message = match (control, context.target) {
        (Control::Topics(offset), _) => topics(offset, true, context),
        (Control::Paragraphs(offset), Some(target)) => paragraphs(offset, target, context),
        (Control::Quotes(offset), Some(target)) => remaining_quotes(offset, target, context),
        _ => BotMessage::notice(Notice::NoLongerAvailable, true),
    };
    privately(message, false, context, cooldowns)
}

/// Replaces the suggestions `target` by the answer of the suggestion of this number.
fn pick(number: usize, target: &SentReply, context: &Context<'_>) -> Effects {
    if !target.is_for(context.asker) {
        return BotMessage::notice(Notice::AskerOnly, true).into();
    }
    // A suggestion was picked before, or the message never had any.
    if target.kind != ReplyKind::Suggest {
        return BotMessage::notice(Notice::NoLongerAvailable, true).into();
    }
    // A paused bot sends nothing public.
    if context.is_paused && !target.is_private {
        return BotMessage::notice(Notice::Paused, true).into();
    }
    match selected_answer(number, target.is_private, target, context) {
        BotMessage { kind: ReplyKind::Notice, reply, .. } => {
            BotMessage::without_entry(reply, true).into()
        }
        answer => Effects { message: MessageEffect::Edit(answer), ..Effects::default() },
    }
}

/// Shows the private answer `target` to everybody.
fn share(
    used: &ControlUse,
    target: &SentReply,
    context: &Context<'_>,
    cooldowns: &Cooldowns,
) -> Effects {
    if target.asker != *context.asker {
        return BotMessage::notice(Notice::AskerOnly, true).into();
    }
    if context.has_reply {
        return BotMessage::notice(Notice::AlreadyShared, true).into();
    }
    if target.kind != ReplyKind::Answer || !target.is_private {
        return BotMessage::notice(Notice::NoLongerAvailable, true).into();
    }
    if context.is_paused {
        return BotMessage::notice(Notice::Paused, true).into();
    }
    let answer = selected_answer(1, false, target, context);
    if answer.kind != ReplyKind::Answer {
        return BotMessage::without_entry(answer.reply, true).into();
    }
    match cooldowns.admit(context.asker, &used.place.id, context.time, &context.space.settings) {
        Admission::Allowed => answer.into(),
        Admission::Limited { retry_after, is_of_place, .. } => {
            BotMessage::notice(rate_limited(retry_after, is_of_place), true).into()
        }
    }
}
