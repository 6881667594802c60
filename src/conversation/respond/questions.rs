//! Responds to questions: which words are the question, and what is recorded for moderators.

use super::{Context, has_content_word, message_for, rate_limited};
use crate::conversation::asked::AskedQuestion;
use crate::conversation::bot_message::BotMessage;
use crate::conversation::cooldown::{Admission, Cooldowns};
use crate::conversation::effects::Effects;
use crate::conversation::message::Message;
use crate::conversation::notice::Notice;
use crate::conversation::reply::Reply;
use crate::conversation::trigger::{AddressedBy, Command, Question};
use crate::conversation::unanswered::UnansweredQuestion;
use crate::matching::{Decision, Outcome, Passage};

/// Longest text of a recorded question, in characters. Any text that can become a phrasing fits.
pub(super) const MAX_RECORDED_CHARS: usize = 1000;

/// Responds to `question`, which does not address the bot by name: with an answer that is sure enough, or
/// suggestions if it replies to the bot, else not at all.
pub(super) fn respond_unasked(
    message: &Message,
    question: &Question,
    context: &Context<'_>,
    cooldowns: &Cooldowns,
) -> Effects {
    let settings = &context.space.settings;
    let is_reply = question.addressed_by == AddressedBy::Reply;
    let mut rule = context.rule.clone();
    if !is_reply {
        rule.thresholds.answer = rule.thresholds.answer.max(settings.listen_from);
    }
    let outcome = context.index.ask(&question.text, &rule);
    let is_sure_enough = match outcome.decision {
        Decision::Answer => true,
        Decision::Suggest => is_reply,
        Decision::Abstain => false,
    };
    if !is_sure_enough {
        return Effects::default();
    }
    // Only an answer can be unsolicited, and beside it there are no passages.
    let passages = context.index.passages(&question.text, &outcome);
    let unanswered = (outcome.decision != Decision::Answer)
        .then(|| unanswered(message, &question.text, &outcome, &passages, context));
    let reply = message_for(&outcome, suggested(&passages, context), false, context);
    let reply = BotMessage { is_unsolicited: !is_reply, ..reply };
    match cooldowns.admit(context.asker, &message.place.id, context.time, settings) {
        Admission::Allowed => {
            let asked = Some(asked_question(message, &question.text, context));
            Effects { unanswered, asked, ..reply.into() }
        }
        Admission::Limited { retry_after, is_of_place, is_notified: false } if is_reply => {
            BotMessage::notice(rate_limited(retry_after, is_of_place), true).into()
        }
        Admission::Limited { .. } => Effects::default(),
    }
}

/// Responds to `question`, which addresses the bot by name.
pub(super) fn answer_question(
    message: &Message,
    question: &Question,
    context: &Context<'_>,
) -> Effects {
    let ResolvedQuestion { text, outcome, is_referenced } = resolve_question(question, context);
    let is_private = message.addressing.is_command;
    let is_found = outcome.decision != Decision::Abstain;
    if !is_found && is_help(question, message) {
        return BotMessage::without_entry(Reply::Help, is_private).into();
    }
    if !has_content_word(text, context) {
        // "Thanks" in reply to an answer needs no reply.
        let is_remark = context.target.is_some() && !message.place.is_direct;
        return if is_remark && !is_private {
            Effects::default()
        } else {
            BotMessage::notice(Notice::NotAQuestion, is_private).into()
        };
    }
    // A public command without an answer would not help anybody else.
    let is_private = is_private && (!message.addressing.is_public || !is_found);
    // Whoever wrote the message that is replied to did not ask the bot: only the asker's words are
    // recorded.
    let passages = context.index.passages(text, &outcome);
    let unanswered = (outcome.decision != Decision::Answer && !is_referenced)
        .then(|| unanswered(message, text, &outcome, &passages, context));
    let asked = (!is_referenced).then(|| asked_question(message, text, context));
    let author = message.replied_to.as_ref().and_then(|replied_to| replied_to.author.clone());
    let asked_for = author.filter(|_| is_referenced);
    let reply = message_for(&outcome, suggested(&passages, context), is_private, context);
    Effects { unanswered, asked, asked_for, ..reply.into() }
}

/// The words that are taken for the question.
struct ResolvedQuestion<'q> {
    text: &'q str,
    outcome: Outcome,
    /// Whether they are those of the message that the asker replies to.
    is_referenced: bool,
}

/// The asker's own words or those that they refer to, whichever the entries answer
/// better; if neither, the own words.
fn resolve_question<'q>(question: &'q Question, context: &Context<'_>) -> ResolvedQuestion<'q> {
    let ask = |text: &'q str, is_referenced| {
        let outcome = context.index.ask(text, context.rule);
        ResolvedQuestion { text, outcome, is_referenced }
    };
    let own = ask(&question.text, false);
    if own.outcome.decision == Decision::Answer {
        return own;
    }
    let referenced = question.referenced_texts.iter().map(|text| ask(text, true));
    let better = |best: ResolvedQuestion<'q>, next: ResolvedQuestion<'q>| {
        if rank(&next.outcome) > rank(&best.outcome) { next } else { best }
    };
    let Some(referenced) = referenced.reduce(better) else { return own };
    let is_better = rank(&referenced.outcome) > rank(&own.outcome);
    if is_better || !has_content_word(own.text, context) { referenced } else { own }
}

/// How well an outcome answers: comparable.
fn rank(outcome: &Outcome) -> (u8, f64) {
    match outcome.decision {
        Decision::Answer => (3, 0.0),
        Decision::Suggest => (2, outcome.any_confidence),
        Decision::Abstain => (u8::from(outcome.gap.is_some()), 0.0),
    }
}

/// Whether the asker's own words are the command for help.
fn is_help(question: &Question, message: &Message) -> bool {
    !message.addressing.is_question && Command::parse(&question.text) == Some(Command::Help)
}

/// The `passages` of a question that are suggested in the space.
fn suggested<'p>(passages: &'p [Passage], context: &Context<'_>) -> &'p [Passage] {
    if context.space.settings.suggests_passages { passages } else { &[] }
}

fn unanswered(
    message: &Message,
    text: &str,
    outcome: &Outcome,
    passages: &[Passage],
    context: &Context<'_>,
) -> UnansweredQuestion {
    UnansweredQuestion {
        message: message.id.clone(),
        space: context.space.name.clone(),
        place: message.place.id.clone(),
        asker: context.asker.clone(),
        text: recorded(text),
        nearest: outcome.ranked.iter().map(|idx| context.index.entry_id(*idx)).collect(),
        gap: outcome.gap.map(|gap| context.index.entry_id(gap)),
        passages: passages.iter().map(|it| context.index.passage_id(&it.quote)).collect(),
        asked_at: message.sent_at,
    }
}

fn asked_question(message: &Message, text: &str, context: &Context<'_>) -> AskedQuestion {
    AskedQuestion {
        message: message.id.clone(),
        space: context.space.name.clone(),
        asker: context.asker.clone(),
        text: recorded(text),
        asked_at: message.sent_at,
    }
}

/// What is recorded of the text of a question.
fn recorded(text: &str) -> String {
    text.chars().take(MAX_RECORDED_CHARS).collect()
}
