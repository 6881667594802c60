//! What a message, an edit or a pressed button leads to: pure, from event and state to effects.

mod more;

use super::cooldown::{Admission, Cooldowns};
use super::effects::{Effects, Say, Shown};
use super::id::AskerHash;
use super::message::{Control, Message, Person, Place, Use};
use super::notice::{Greeting, Notice, Todo};
use super::reply::{Answer, Reply};
use super::sent_answer::{SentAnswer, SentKind};
use super::space::Space;
use super::timestamp::Timestamp;
use super::trigger::{Ask, Command, Trigger};
use super::unanswered::Unanswered;
use crate::matching::query::Query;
use crate::matching::{Decision, DecisionRule, Index, Outcome};
use more::{paragraphs, rest, topics};

/// What holds while something is responded to.
#[derive(Debug, Clone, Copy)]
pub struct Scene<'a> {
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
    pub said: Option<&'a SentAnswer>,
    /// The time: of the message, so that catching up is judged as if one had been there.
    pub now: Timestamp,
}

/// What `message`, which wants `trigger`, leads to.
pub fn respond(
    message: &Message,
    trigger: &Trigger,
    scene: &Scene<'_>,
    cooldowns: &mut Cooldowns,
) -> Effects {
    let is_command = message.address.is_command;
    match trigger {
        Trigger::Nothing => Effects::default(),
        Trigger::Unserved => Say::notice(Notice::Unserved, true).into(),
        Trigger::Command(command @ (Command::Pause | Command::Resume)) => {
            set_pause(*command == Command::Pause, &message.author, scene)
        }
        // A command of the platform waits for some reply.
        _ if scene.is_paused && is_command => Say::notice(Notice::Paused, true).into(),
        _ if scene.is_paused => Effects::default(),
        Trigger::Ask(Ask { is_overheard: true, text, .. }) => {
            overheard(message, text, scene, cooldowns)
        }
        _ => {
            match cooldowns.admit(scene.asker, &message.place.id, scene.now, &scene.space.settings)
            {
                Admission::Wait { is_told: true, .. } if !is_command => Effects::default(),
                Admission::Wait { span, .. } => Say::notice(Notice::Wait { span }, true).into(),
                Admission::Admitted => addressed(message, trigger, scene),
            }
        }
    }
}

/// What it leads to that `message`, which [`Scene::said`] replies to, was changed.
pub fn respond_to_edit(
    message: &Message,
    trigger: &Trigger,
    scene: &Scene<'_>,
    cooldowns: &mut Cooldowns,
) -> Effects {
    // What was said stands while we are silent, and no command is given by an edit.
    if scene.is_paused || matches!(trigger, Trigger::Command(Command::Pause | Command::Resume)) {
        return Effects::default();
    }
    let effects = respond(message, trigger, scene, cooldowns);
    let shown = match effects.shown {
        Shown::Say(Say { reply: Reply::Notice(Notice::Wait { .. }), .. }) => Shown::Nothing,
        Shown::Say(say) => Shown::Amend(say),
        Shown::Nothing if is_asked_nothing(trigger, scene) => Shown::Remove,
        shown => shown,
    };
    Effects { shown, ..effects }
}

/// What it leads to that somebody used [`Scene::said`].
pub fn respond_to_use(used: &Use, scene: &Scene<'_>, cooldowns: &mut Cooldowns) -> Effects {
    match (used.control, scene.said) {
        (Control::Paragraph(_) | Control::Rest(_) | Control::Topics(_), _) => {
            more_of(used.control, scene, cooldowns)
        }
        (_, None) => Say::notice(Notice::Gone, true).into(),
        (Control::Pick(number), Some(said)) => pick(number, said, scene),
        (Control::Helpful | Control::Unhelpful, _) => Effects {
            judged: Some(used.control == Control::Helpful),
            ..Say::notice(Notice::Thanks, true).into()
        },
        (Control::Delete, Some(said)) => {
            if said.asker == *scene.asker || scene.space.is_moderator(&used.by) {
                Effects { shown: Shown::Remove, ..Effects::default() }
            } else {
                Say::notice(Notice::AskerOnly, true).into()
            }
        }
    }
}

/// Shows whoever asks for it more, privately, and so while we are paused, too.
fn more_of(control: Control, scene: &Scene<'_>, cooldowns: &mut Cooldowns) -> Effects {
    let say = match (control, scene.said) {
        (Control::Topics(n_before), _) => topics(n_before, true, scene),
        (Control::Paragraph(n_before), Some(said)) => paragraphs(n_before, said, scene),
        (Control::Rest(n_before), Some(said)) => rest(n_before, said, scene),
        _ => Say::notice(Notice::Gone, true),
    };
    match cooldowns.admit_privately(scene.asker, scene.now, &scene.space.settings) {
        Admission::Admitted => say.into(),
        Admission::Wait { is_told: true, .. } => Effects::default(),
        Admission::Wait { span, .. } => Say::notice(Notice::Wait { span }, true).into(),
    }
}

/// The suggestion of this number takes the place of `said`.
fn pick(number: usize, said: &SentAnswer, scene: &Scene<'_>) -> Effects {
    if said.asker != *scene.asker {
        return Say::notice(Notice::AskerOnly, true).into();
    }
    // It was picked from already, or it never was there to pick from.
    if said.kind != SentKind::Suggest {
        return Say::notice(Notice::Gone, true).into();
    }
    // Nothing is said that all would see.
    if scene.is_paused && !said.is_private {
        return Say::notice(Notice::Paused, true).into();
    }
    match picked(number, said.is_private, said, scene) {
        Say { kind: SentKind::Notice, reply, .. } => Say::plain(reply, true).into(),
        say => Effects { shown: Shown::Amend(say), ..Effects::default() },
    }
}

/// What is said on coming to `place`.
pub fn greet(place: &Place, scene: &Scene<'_>) -> Effects {
    if !scene.space.settings.greets || scene.is_paused {
        return Effects::default();
    }
    let mut todos = Vec::new();
    if scene.index.n_entries() == 0 {
        todos.push(Todo::Entries);
    }
    if scene.space.settings.moderators.is_empty() && !place.is_direct {
        todos.push(Todo::Moderators);
    }
    if scene.space.settings.reports_to.is_none() && !place.is_direct {
        todos.push(Todo::Reports);
    }
    let titles = scene.index.packs().iter().map(|pack| pack.title.clone()).collect();
    Say::notice(Notice::Greeting(Greeting { titles, todos }), false).into()
}

fn set_pause(pause: bool, person: &Person, scene: &Scene<'_>) -> Effects {
    if !scene.space.is_moderator(person) {
        return Say::notice(Notice::ModeratorsOnly, true).into();
    }
    let done = if pause { Notice::PauseDone } else { Notice::ResumeDone };
    Effects { pause: Some(pause), ..Say::notice(done, false).into() }
}

fn overheard(
    message: &Message,
    text: &str,
    scene: &Scene<'_>,
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
        Admission::Admitted => Say { is_unasked: true, ..say(&outcome, false, scene) }.into(),
        Admission::Wait { .. } => Effects::default(),
    }
}

fn addressed(message: &Message, trigger: &Trigger, scene: &Scene<'_>) -> Effects {
    // Only what answers is for everybody, if the asker wants that.
    let is_private = message.address.is_command;
    match trigger {
        Trigger::Command(Command::Topics) => topics(0, is_private, scene).into(),
        Trigger::Command(_) => Say::plain(Reply::Help, is_private).into(),
        Trigger::Number(number, ask) => {
            match scene.said.filter(|said| said.kind == SentKind::Suggest) {
                Some(said) if said.asker != *scene.asker => {
                    Say::notice(Notice::AskerOnly, true).into()
                }
                Some(said) => picked(*number, is_private, said, scene).into(),
                None => asked(message, ask, scene),
            }
        }
        Trigger::Ask(ask) => asked(message, ask, scene),
        Trigger::Unreadable => Say::notice(Notice::Unreadable, is_private).into(),
        Trigger::Empty | Trigger::Nothing | Trigger::Unserved => {
            Say::notice(Notice::NotAQuestion, is_private).into()
        }
    }
}

fn asked(message: &Message, ask: &Ask, scene: &Scene<'_>) -> Effects {
    let own = scene.index.ask(&ask.text, scene.rule);
    let (text, outcome) = match &ask.about {
        Some(about) if own.decision != Decision::Answer => {
            (about, scene.index.ask(about, scene.rule))
        }
        _ => (&ask.text, own),
    };
    let is_private = message.address.is_command;
    if Query::new(scene.index, text).telling().next().is_none() {
        // "Thanks" under an answer needs no word from us.
        let is_remark = scene.said.is_some() && !message.place.is_direct;
        return if is_remark && !is_private {
            Effects::default()
        } else {
            Say::notice(Notice::NotAQuestion, is_private).into()
        };
    }
    // What helps nobody else needs nobody else's eyes.
    let is_private =
        is_private && (!message.address.is_public || outcome.decision == Decision::Abstain);
    let unanswered =
        (outcome.decision != Decision::Answer).then(|| unanswered(message, text, &outcome, scene));
    Effects { unanswered, ..say(&outcome, is_private, scene).into() }
}

fn say(outcome: &Outcome, is_private: bool, scene: &Scene<'_>) -> Say {
    let ids = |entries: &[usize]| entries.iter().map(|idx| scene.index.entry_id(*idx)).collect();
    let (kind, entries) = match outcome.decision {
        Decision::Answer => (SentKind::Answer, ids(outcome.ranked.get(..1).unwrap_or_default())),
        Decision::Suggest => (SentKind::Suggest, ids(&outcome.suggestions)),
        Decision::Abstain => (SentKind::Abstain, Vec::new()),
    };
    let reply = without_unwanted_lead(Reply::new(scene.index, outcome), scene);
    let asks_feedback = kind == SentKind::Answer && scene.space.settings.asks_feedback;
    Say { reply, is_private, asks_feedback, kind, entries, n_before: 0, is_unasked: false }
}

/// The suggestion of this number, from 1, or a notice why there is none.
fn picked(number: usize, is_private: bool, said: &SentAnswer, scene: &Scene<'_>) -> Say {
    let id = number.checked_sub(1).and_then(|idx| said.entries.get(idx));
    let Some(id) = id else {
        let n_suggestions = said.entries.len();
        return Say::plain(Reply::NoSuchNumber { n_suggestions }, is_private);
    };
    let answer = scene.index.find(id).and_then(|entry| Answer::new(scene.index, entry));
    let Some(answer) = answer else { return Say::notice(Notice::Gone, is_private) };
    Say {
        reply: without_unwanted_lead(Reply::Answer(answer), scene),
        is_private,
        asks_feedback: scene.space.settings.asks_feedback,
        kind: SentKind::Answer,
        entries: vec![id.clone()],
        n_before: 0,
        is_unasked: false,
    }
}

fn without_unwanted_lead(reply: Reply, scene: &Scene<'_>) -> Reply {
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

fn unanswered(message: &Message, text: &str, outcome: &Outcome, scene: &Scene<'_>) -> Unanswered {
    Unanswered {
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
fn is_asked_nothing(trigger: &Trigger, scene: &Scene<'_>) -> bool {
    match trigger {
        Trigger::Nothing | Trigger::Empty | Trigger::Unreadable | Trigger::Unserved => true,
        Trigger::Ask(ask) => {
            ask.is_overheard || Query::new(scene.index, &ask.text).telling().next().is_none()
        }
        Trigger::Number(..) | Trigger::Command(_) => false,
    }
}

#[cfg(test)]
mod tests;
