mod controls;
mod messages;

use std::sync::LazyLock;

use super::super::control::Control;
use super::super::event::ControlUse;
use super::super::id::PrincipalId;
use super::super::message::{Addressing, MessageOrigin, RepliedTo, User};
use super::super::pause::PauseScope;
use super::super::reply::Suggestions;
use super::super::settings::SpaceSettings;
use super::super::timestamp::Timestamp;
use super::super::trigger::classify;
use super::questions::MAX_RECORDED_CHARS;
use super::*;
use crate::knowledge::fixtures::pack_of;

const PACK: [(&str, &str); 3] = [
    ("pack.toml", "title = \"Harbor\"\nlanguage = \"en\"\n"),
    (
        "sources/harbor.md",
        "+++\ntitle = \"The harbor\"\n+++\n\nThe lighthouse was painted red in May.\n\nThe ferry leaves at nine.\n\n\
         Bicycles travel for two euros.\n",
    ),
    (
        "faq.toml",
        r#"
[[entry]]
id = "lighthouse"
question = "What color is the lighthouse?"
variants = ["lighthouse color", "how was the lighthouse painted"]
lead = "Red."
[[entry.quote]]
text = "The lighthouse was painted red in May."

[[entry]]
id = "ferry"
question = "When does the ferry leave?"
variants = ["ferry departure time", "when is the ferry"]
see_also = ["captain", "lighthouse"]
[[entry.quote]]
text = "The ferry leaves at nine."

[[entry]]
id = "captain"
question = "Who is the captain of the ferry?"
variants = ["name of the ferry captain"]
gap = true
"#,
    ),
];

/// The id of a sentence that no entry quotes.
const BICYCLES: &str = "passage harbor/harbor/3 Bicycles travel for two euros.";

static INDEX: LazyLock<Index> = LazyLock::new(|| Index::new(vec![pack_of("harbor", &PACK)]));

fn space() -> Space {
    let settings = SpaceSettings {
        moderators: vec!["t:mod".into()],
        listens_in: vec!["t:open".into()],
        ..SpaceSettings::default()
    };
    Space { name: "s".to_owned(), places: Vec::new(), packs: Vec::new(), settings }
}

fn mention(text: &str) -> Message {
    Message {
        id: "t:1".into(),
        place: Place { id: "t:room".into(), parents: Vec::new(), is_direct: false },
        author: User { id: "t:ada".into(), roles: Vec::new(), is_bot: false },
        text: text.to_owned(),
        addressing: Addressing { mentions_bot: true, ..Addressing::default() },
        replied_to: None,
        sent_at: Timestamp::from_millis(5_000),
        edit_id: None,
        locale: None,
    }
}

/// The message that is replied to.
fn replied_to(id: &str, is_from_bot: bool, text: Option<&str>) -> Option<RepliedTo> {
    let text = text.map(str::to_owned);
    let origin = MessageOrigin::default();
    Some(RepliedTo { id: id.into(), is_from_bot, author: None, text, title: None, origin })
}

fn by(user: &str, message: Message) -> Message {
    Message { author: User { id: user.into(), roles: Vec::new(), is_bot: false }, ..message }
}

fn command(message: Message) -> Message {
    Message { addressing: Addressing { is_command: true, ..Addressing::default() }, ..message }
}

fn suggestion() -> SentReply {
    SentReply {
        question: "t:1".into(),
        message: "t:2".into(),
        place: "t:room".into(),
        space: "s".to_owned(),
        asker: "t:ada".into(),
        asked_for: None,
        kind: ReplyKind::Suggest,
        is_private: false,
        entries: vec!["ferry".to_owned(), "lighthouse".to_owned(), "gone".to_owned()],
        sent_at: Timestamp::from_millis(6_000),
    }
}

fn answer() -> SentReply {
    let entries = vec!["lighthouse".to_owned()];
    SentReply { kind: ReplyKind::Answer, entries, ..suggestion() }
}

/// Owns what a [`Context`] borrows. The hash of an asker is the plain id.
struct Fixture {
    space: Space,
    is_paused: bool,
    target: Option<SentReply>,
    has_reply: bool,
    feedback: Option<bool>,
}

impl Fixture {
    fn new() -> Self {
        Self { space: space(), is_paused: false, target: None, has_reply: false, feedback: None }
    }

    fn with<T>(&self, user: &PrincipalId, act: impl FnOnce(&Context<'_>) -> T) -> T {
        act(&Context {
            space: &self.space,
            is_paused: self.is_paused,
            index: &INDEX,
            rule: &DecisionRule::default(),
            asker: &AskerHash::from(user.as_str()),
            target: self.target.as_ref(),
            has_reply: self.has_reply,
            asked: None,
            feedback: self.feedback,
            time: EventTime {
                at: Timestamp::from_millis(5_000),
                now: Timestamp::from_millis(5_000),
            },
        })
    }

    fn respond(&self, message: &Message) -> Effects {
        self.with(&message.author.id, |context| {
            let trigger = classify(message, &self.space.settings);
            respond(message, &trigger, context, &Cooldowns::default())
        })
    }

    fn edit(&self, message: &Message) -> Effects {
        self.with(&message.author.id, |context| {
            let trigger = classify(message, &self.space.settings);
            respond_to_edit(message, &trigger, context, &Cooldowns::default())
        })
    }

    fn used(&self, user: &str, control: Control) -> Effects {
        self.used_within(user, control, &Cooldowns::default())
    }

    fn used_within(&self, user: &str, control: Control, cooldowns: &Cooldowns) -> Effects {
        let used = ControlUse {
            id: "t:3".into(),
            message: "t:2".into(),
            place: mention("").place,
            user: User { id: user.into(), roles: Vec::new(), is_bot: false },
            used_at: Timestamp::from_millis(7_000),
            control,
            locale: None,
        };
        self.with(&user.into(), |context| respond_to_control(&used, context, cooldowns))
    }
}

/// The effect on messages, in a word or two.
fn summary(effects: &Effects) -> String {
    let content = |message: &BotMessage| {
        let content = match &message.reply {
            Reply::Notice(Notice::RateLimited { .. }) => "rate limited".to_owned(),
            Reply::Notice(Notice::Greeting { .. }) => "greeting".to_owned(),
            Reply::Notice(Notice::PauseChanged(Pause { is_paused, scope })) => {
                let change = if *is_paused { "paused" } else { "resumed" };
                let scope = if *scope == PauseScope::Space { "everywhere" } else { "at the place" };
                format!("{change} {scope}")
            }
            Reply::Notice(notice) => format!("{notice:?}"),
            Reply::NothingFound => "nothing found".to_owned(),
            Reply::NotInSource { .. } => "not in source".to_owned(),
            Reply::NoSuchNumber { n_suggestions } => format!("no such number of {n_suggestions}"),
            Reply::Help => "help".to_owned(),
            Reply::Topics(_) => "topics".to_owned(),
            Reply::Paragraphs(parts) => format!("{} paragraphs", parts.len()),
            Reply::Answer(_) => format!("answer {}", message.entries.join(" ")),
            Reply::Suggestions(_) => format!("suggest {}", message.entries.join(" ")),
            Reply::Moderation(reply) => reply.text.plain_text(),
        };
        if message.is_private { format!("private: {content}") } else { content }
    };
    match &effects.message {
        MessageEffect::Nothing => "-".to_owned(),
        MessageEffect::Send(message) => content(message),
        MessageEffect::Edit(message) => format!("edit: {}", content(message)),
        MessageEffect::Delete => "delete".to_owned(),
    }
}
