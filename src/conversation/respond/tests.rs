mod messages;
mod uses;

use std::sync::{Arc, LazyLock};

use super::super::message::{Addressing, RepliedTo};
use super::super::reply::Suggestion;
use super::super::settings::SpaceSettings;
use super::super::trigger::classify;
use super::*;
use crate::knowledge::{PackFile, PackFiles, prove};

const PACK: [(&str, &str); 3] = [
    ("pack.toml", "title = \"Harbor\"\nlanguage = \"en\"\n"),
    (
        "sources/harbor.md",
        "+++\ntitle = \"The harbor\"\n+++\n\nThe lighthouse was painted red in May.\n\nThe ferry leaves at nine.\n",
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

static INDEX: LazyLock<Index> = LazyLock::new(|| {
    let files = PACK
        .iter()
        .map(|(path, text)| PackFile { path: (*path).to_owned(), bytes: text.as_bytes().to_vec() })
        .collect();
    let proof = prove(&PackFiles { name: "harbor".to_owned(), files });
    assert!(proof.is_accepted(), "{:?}", proof.findings);
    Index::new(vec![Arc::new(proof.pack)])
});

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

fn by(person: &str, message: Message) -> Message {
    Message { author: User { id: person.into(), roles: Vec::new(), is_bot: false }, ..message }
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

/// What holds in a test; who asks goes by the plain name.
struct Setting {
    space: Space,
    is_paused: bool,
    said: Option<SentReply>,
}

impl Setting {
    fn new() -> Self {
        Self { space: space(), is_paused: false, said: None }
    }

    fn with<T>(&self, person: &PersonName, act: impl FnOnce(&Context<'_>) -> T) -> T {
        act(&Context {
            space: &self.space,
            is_paused: self.is_paused,
            index: &INDEX,
            rule: &DecisionRule::default(),
            asker: &AskerHash::from(person.as_str()),
            target: self.said.as_ref(),
            now: Timestamp::from_millis(5_000),
        })
    }

    fn respond(&self, message: &Message) -> Effects {
        self.with(&message.author.id, |scene| {
            let trigger = classify(message, &self.space.settings);
            respond(message, &trigger, scene, &Cooldowns::default())
        })
    }

    fn edit(&self, message: &Message) -> Effects {
        self.with(&message.author.id, |scene| {
            let trigger = classify(message, &self.space.settings);
            respond_to_edit(message, &trigger, scene, &Cooldowns::default())
        })
    }

    fn used(&self, person: &str, control: Control) -> Effects {
        self.used_within(person, control, &Cooldowns::default())
    }

    fn used_within(&self, person: &str, control: Control, cooldowns: &Cooldowns) -> Effects {
        let by = User { id: person.into(), roles: Vec::new(), is_bot: false };
        let used = ControlUse {
            id: "t:3".into(),
            message: "t:2".into(),
            place: mention("").place,
            user: by,
            used_at: Timestamp::from_millis(7_000),
            control,
            locale: None,
        };
        self.with(&person.into(), |scene| respond_to_control(&used, scene, cooldowns))
    }
}

type PersonName = super::super::id::PrincipalId;

/// What is shown, in a word or two.
fn summary(effects: &Effects) -> String {
    let of = |say: &BotMessage| {
        let what = match &say.reply {
            Reply::Notice(Notice::RateLimited { .. }) => "wait".to_owned(),
            Reply::Notice(Notice::Greeting(_)) => "greeting".to_owned(),
            Reply::Notice(notice) => format!("{notice:?}"),
            Reply::NothingFound => "nothing found".to_owned(),
            Reply::NotInSource { .. } => "not in source".to_owned(),
            Reply::NoSuchNumber { n_suggestions } => format!("no such number of {n_suggestions}"),
            Reply::Help => "help".to_owned(),
            Reply::Topics(_) => "topics".to_owned(),
            Reply::Paragraphs(passages) => format!("{} paragraphs", passages.len()),
            Reply::Answer(_) => format!("answer {}", say.entries.join(" ")),
            Reply::Suggestions(_) => format!("suggest {}", say.entries.join(" ")),
        };
        if say.is_private { format!("privately: {what}") } else { what }
    };
    match &effects.message {
        MessageEffect::Nothing => "-".to_owned(),
        MessageEffect::Send(say) => of(say),
        MessageEffect::Edit(say) => format!("amend: {}", of(say)),
        MessageEffect::Delete => "remove".to_owned(),
    }
}
