//! What a message, an edit or a pressed button leads to: pure, from event and state to effects.

mod more;

use super::bot_message::BotMessage;
use super::control::Control;
use super::cooldown::{Admission, Cooldowns};
use super::effects::{Effects, MessageEffect};
use super::event::ControlUse;
use super::id::AskerHash;
use super::message::{Message, Place, User};
use super::notice::{Greeting, Notice, SetupStep};
use super::reply::{Answer, Reply};
use super::sent_reply::{ReplyKind, SentReply};
use super::space::Space;
use super::timestamp::Timestamp;
use super::trigger::{Command, Question, Trigger};
use super::unanswered::UnansweredQuestion;
use crate::matching::query::Query;
use crate::matching::{Decision, DecisionRule, Index, Outcome};
use more::{paragraphs, rest, topics};

/// What holds while something is responded to.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The space.
    pub space: &'a Space,
    /// Whether moderators have paused it.
    pub is_paused: bool,
    /// What is answered from.
    pub index: &'a Index,
    /// How sure an answer has to be there.
    pub rule: &'a DecisionRule,
    /// Who asks, presses or edits.
    pub asker: &'a AskerHash,
    /// Our message that is replied to, used, or that answered what was edited.
    pub target: Option<&'a SentReply>,
    /// The time: of the message, so that catching up is judged as if one had been there.
    pub now: Timestamp,
}

/// What `message`, which wants `trigger`, leads to.
pub fn respond(
    message: &Message,
    trigger: &Trigger,
    scene: &Context<'_>,
    cooldowns: &mut Cooldowns,
) -> Effects {
    let is_command = message.addressing.is_command;
    match trigger {
        Trigger::Ignore => Effects::default(),
        Trigger::CommandsDisabled => BotMessage::notice(Notice::CommandsDisabled, true).into(),
        Trigger::Command(command @ (Command::Pause | Command::Resume)) => {
            set_pause(*command == Command::Pause, &message.author, scene)
        }
        // A command of the platform waits for some reply.
        _ if scene.is_paused && is_command => BotMessage::notice(Notice::Paused, true).into(),
        _ if scene.is_paused => Effects::default(),
        Trigger::Question(Question { is_unaddressed: true, text, .. }) => {
            respond_unaddressed(message, text, scene, cooldowns)
        }
        _ => {
            match cooldowns.admit(scene.asker, &message.place.id, scene.now, &scene.space.settings)
            {
                Admission::Limited { is_told: true, .. } if !is_command => Effects::default(),
                Admission::Limited { span, .. } => {
                    BotMessage::notice(Notice::RateLimited { span }, true).into()
                }
                Admission::Allowed => respond_addressed(message, trigger, scene),
            }
        }
    }
}

/// What it leads to that `message`, which [`Scene::said`] replies to, was changed.
pub fn respond_to_edit(
    message: &Message,
    trigger: &Trigger,
    scene: &Context<'_>,
    cooldowns: &mut Cooldowns,
) -> Effects {
    // What was said stands while we are silent, and no command is given by an edit.
    if scene.is_paused || matches!(trigger, Trigger::Command(Command::Pause | Command::Resume)) {
        return Effects::default();
    }
    let effects = respond(message, trigger, scene, cooldowns);
    let shown = match effects.message {
        MessageEffect::Send(BotMessage {
            reply: Reply::Notice(Notice::RateLimited { .. }),
            ..
        }) => MessageEffect::Nothing,
        MessageEffect::Send(say) => MessageEffect::Edit(say),
        MessageEffect::Nothing if has_no_question(trigger, scene) => MessageEffect::Delete,
        shown => shown,
    };
    Effects { message: shown, ..effects }
}

/// What it leads to that somebody used [`Scene::said`].
pub fn respond_to_control(
    used: &ControlUse,
    scene: &Context<'_>,
    cooldowns: &mut Cooldowns,
) -> Effects {
    match (used.control, scene.target) {
        (Control::Paragraphs(_) | Control::Quotes(_) | Control::Topics(_), _) => {
            show_more(used.control, scene, cooldowns)
        }
        (_, None) => BotMessage::notice(Notice::NoLongerAvailable, true).into(),
        (Control::Pick(number), Some(said)) => pick(number, said, scene),
        (Control::Helpful | Control::Unhelpful, _) => Effects {
            feedback: Some(used.control == Control::Helpful),
            ..BotMessage::notice(Notice::FeedbackRecorded, true).into()
        },
        (Control::Delete, Some(said)) => {
            if said.asker == *scene.asker || scene.space.is_moderator(&used.user) {
                Effects { message: MessageEffect::Delete, ..Effects::default() }
            } else {
                BotMessage::notice(Notice::AskerOnly, true).into()
            }
        }
    }
}

/// Shows whoever asks for it more, privately, and so while we are paused, too.
fn show_more(control: Control, scene: &Context<'_>, cooldowns: &mut Cooldowns) -> Effects {
    let say = match (control, scene.target) {
        (Control::Topics(n_before), _) => topics(n_before, true, scene),
        (Control::Paragraphs(n_before), Some(said)) => paragraphs(n_before, said, scene),
        (Control::Quotes(n_before), Some(said)) => rest(n_before, said, scene),
        _ => BotMessage::notice(Notice::NoLongerAvailable, true),
    };
    match cooldowns.admit_privately(scene.asker, scene.now, &scene.space.settings) {
        Admission::Allowed => say.into(),
        Admission::Limited { is_told: true, .. } => Effects::default(),
        Admission::Limited { span, .. } => {
            BotMessage::notice(Notice::RateLimited { span }, true).into()
        }
    }
}

/// The suggestion of this number takes the place of `said`.
fn pick(number: usize, said: &SentReply, scene: &Context<'_>) -> Effects {
    if said.asker != *scene.asker {
        return BotMessage::notice(Notice::AskerOnly, true).into();
    }
    // It was picked from already, or it never was there to pick from.
    if said.kind != ReplyKind::Suggest {
        return BotMessage::notice(Notice::NoLongerAvailable, true).into();
    }
    // Nothing is said that all would see.
    if scene.is_paused && !said.is_private {
        return BotMessage::notice(Notice::Paused, true).into();
    }
    match selected_answer(number, said.is_private, said, scene) {
        BotMessage { kind: ReplyKind::Notice, reply, .. } => {
            BotMessage::without_entry(reply, true).into()
        }
        say => Effects { message: MessageEffect::Edit(say), ..Effects::default() },
    }
}

/// What is said on coming to `place`.
pub fn greet(place: &Place, scene: &Context<'_>) -> Effects {
    if !scene.space.settings.greets || scene.is_paused {
        return Effects::default();
    }
    let mut todos = Vec::new();
    if scene.index.n_entries() == 0 {
        todos.push(SetupStep::Entries);
    }
    if scene.space.settings.moderators.is_empty() && !place.is_direct {
        todos.push(SetupStep::Moderators);
    }
    if scene.space.settings.reports_to.is_none() && !place.is_direct {
        todos.push(SetupStep::Reports);
    }
    let titles = scene.index.packs().iter().map(|pack| pack.title.clone()).collect();
    BotMessage::notice(Notice::Greeting(Greeting { titles, todos }), false).into()
}

fn set_pause(pause: bool, person: &User, scene: &Context<'_>) -> Effects {
    if !scene.space.is_moderator(person) {
        return BotMessage::notice(Notice::ModeratorsOnly, true).into();
    }
    let done = if pause { Notice::PauseConfirmed } else { Notice::ResumeConfirmed };
    Effects { pause: Some(pause), ..BotMessage::notice(done, false).into() }
}

fn respond_unaddressed(
    message: &Message,
    text: &str,
    scene: &Context<'_>,
    cooldowns: &mut Cooldowns,
) -> Effects {
    let mut rule = scene.rule.clone();
    rule.thresholds.answer = rule.thresholds.answer.max(scene.space.settings.listen_from);
    let outcome = scene.index.ask(text, &rule);
    // Nobody asked us, so that silence is right unless we are sure.
    if outcome.decision != Decision::Answer {
        return Effects::default();
    }
    let settings = &scene.space.settings;
    match cooldowns.admit(scene.asker, &message.place.id, scene.now, settings) {
        Admission::Allowed => {
            BotMessage { is_unsolicited: true, ..message_for(&outcome, false, scene) }.into()
        }
        Admission::Limited { .. } => Effects::default(),
    }
}

fn respond_addressed(message: &Message, trigger: &Trigger, scene: &Context<'_>) -> Effects {
    // Only what answers is for everybody, if the asker wants that.
    let is_private = message.addressing.is_command;
    match trigger {
        Trigger::Command(Command::Topics) => topics(0, is_private, scene).into(),
        Trigger::Command(_) => BotMessage::without_entry(Reply::Help, is_private).into(),
        Trigger::Selection(number, ask) => {
            match scene.target.filter(|said| said.kind == ReplyKind::Suggest) {
                Some(said) if said.asker != *scene.asker => {
                    BotMessage::notice(Notice::AskerOnly, true).into()
                }
                Some(said) => selected_answer(*number, is_private, said, scene).into(),
                None => answer_question(message, ask, scene),
            }
        }
        Trigger::Question(ask) => answer_question(message, ask, scene),
        Trigger::ContentUnavailable => {
            BotMessage::notice(Notice::ContentUnavailable, is_private).into()
        }
        Trigger::Empty | Trigger::Ignore | Trigger::CommandsDisabled => {
            BotMessage::notice(Notice::NotAQuestion, is_private).into()
        }
    }
}

fn answer_question(message: &Message, ask: &Question, scene: &Context<'_>) -> Effects {
    let own = scene.index.ask(&ask.text, scene.rule);
    let (text, outcome) = match &ask.referenced_text {
        Some(about) if own.decision != Decision::Answer => {
            (about, scene.index.ask(about, scene.rule))
        }
        _ => (&ask.text, own),
    };
    let is_private = message.addressing.is_command;
    if Query::new(scene.index, text).content_words().next().is_none() {
        // "Thanks" under an answer needs no word from us.
        let is_remark = scene.target.is_some() && !message.place.is_direct;
        return if is_remark && !is_private {
            Effects::default()
        } else {
            BotMessage::notice(Notice::NotAQuestion, is_private).into()
        };
    }
    // What helps nobody else needs nobody else's eyes.
    let is_private =
        is_private && (!message.addressing.is_public || outcome.decision == Decision::Abstain);
    let unanswered =
        (outcome.decision != Decision::Answer).then(|| unanswered(message, text, &outcome, scene));
    Effects { unanswered, ..message_for(&outcome, is_private, scene).into() }
}

fn message_for(outcome: &Outcome, is_private: bool, scene: &Context<'_>) -> BotMessage {
    let ids = |entries: &[usize]| entries.iter().map(|idx| scene.index.entry_id(*idx)).collect();
    let (kind, entries) = match outcome.decision {
        Decision::Answer => (ReplyKind::Answer, ids(outcome.ranked.get(..1).unwrap_or_default())),
        Decision::Suggest => (ReplyKind::Suggest, ids(&outcome.suggestions)),
        Decision::Abstain => (ReplyKind::Abstain, Vec::new()),
    };
    let reply = without_unwanted_lead(Reply::new(scene.index, outcome), scene);
    let asks_feedback = kind == ReplyKind::Answer && scene.space.settings.asks_feedback;
    BotMessage { reply, is_private, asks_feedback, kind, entries, offset: 0, is_unsolicited: false }
}

/// The suggestion of this number, from 1, or a notice why there is none.
fn selected_answer(
    number: usize,
    is_private: bool,
    said: &SentReply,
    scene: &Context<'_>,
) -> BotMessage {
    let id = number.checked_sub(1).and_then(|idx| said.entries.get(idx));
    let Some(id) = id else {
        let n_suggestions = said.entries.len();
        return BotMessage::without_entry(Reply::NoSuchNumber { n_suggestions }, is_private);
    };
    let answer = scene.index.find(id).and_then(|entry| Answer::new(scene.index, entry));
    let Some(answer) = answer else {
        return BotMessage::notice(Notice::NoLongerAvailable, is_private);
    };
    BotMessage {
        reply: without_unwanted_lead(Reply::Answer(answer), scene),
        is_private,
        asks_feedback: scene.space.settings.asks_feedback,
        kind: ReplyKind::Answer,
        entries: vec![id.clone()],
        offset: 0,
        is_unsolicited: false,
    }
}

fn without_unwanted_lead(reply: Reply, scene: &Context<'_>) -> Reply {
    match reply {
        Reply::Answer(answer) if !scene.space.settings.shows_lead => {
            Reply::Answer(Answer { lead: None, ..answer })
        }
        reply => reply,
    }
}

/// Characters of a question that are kept for moderators: enough for any that can become a
/// phrasing.
const MAX_KEPT_CHARS: usize = 1000;

fn unanswered(
    message: &Message,
    text: &str,
    outcome: &Outcome,
    scene: &Context<'_>,
) -> UnansweredQuestion {
    UnansweredQuestion {
        message: message.id.clone(),
        space: scene.space.name.clone(),
        place: message.place.id.clone(),
        asker: scene.asker.clone(),
        text: text.chars().take(MAX_KEPT_CHARS).collect(),
        nearest: outcome.ranked.iter().map(|idx| scene.index.entry_id(*idx)).collect(),
        gap: outcome.gap.map(|gap| scene.index.entry_id(gap)),
        asked_at: message.sent_at,
    }
}

/// Whether silence after an edit means that nothing is asked any more, and not that we have no
/// time for it.
fn has_no_question(trigger: &Trigger, scene: &Context<'_>) -> bool {
    match trigger {
        Trigger::Ignore
        | Trigger::Empty
        | Trigger::ContentUnavailable
        | Trigger::CommandsDisabled => true,
        Trigger::Question(ask) => {
            ask.is_unaddressed
                || Query::new(scene.index, &ask.text).content_words().next().is_none()
        }
        Trigger::Selection(..) | Trigger::Command(_) => false,
    }
}

#[cfg(test)]
mod tests;
