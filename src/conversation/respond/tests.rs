mod messages;
mod uses;

use std::sync::{Arc, LazyLock};

use super::super::message::{Address, RepliedTo};
use super::super::reply::Suggestion;
use super::super::settings::SpaceSettings;
use super::super::trigger::trigger;
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
        place: Place { id: "t:room".into(), within: Vec::new(), is_direct: false },
        author: Person { id: "t:ada".into(), roles: Vec::new(), is_bot: false },
        text: text.to_owned(),
        address: Address { mentions_us: true, ..Address::default() },
        replied_to: None,
        sent_at: Timestamp::from_millis(5_000),
        change: None,
        locale: None,
    }
}

fn by(person: &str, message: Message) -> Message {
    Message { author: Person { id: person.into(), roles: Vec::new(), is_bot: false }, ..message }
}

fn command(message: Message) -> Message {
    Message { address: Address { is_command: true, ..Address::default() }, ..message }
}

fn suggestion() -> SentAnswer {
    SentAnswer {
        question: "t:1".into(),
        sent: "t:2".into(),
        place: "t:room".into(),
        space: "s".to_owned(),
        asker: "t:ada".into(),
        kind: SentKind::Suggest,
        is_private: false,
        entries: vec!["ferry".to_owned(), "lighthouse".to_owned(), "gone".to_owned()],
        sent_at: Timestamp::from_millis(6_000),
    }
}

fn answer() -> SentAnswer {
    let entries = vec!["lighthouse".to_owned()];
    SentAnswer { kind: SentKind::Answer, entries, ..suggestion() }
}

/// What holds in a test; who asks goes by the plain name.
struct Setting {
    space: Space,
    is_paused: bool,
    said: Option<SentAnswer>,
}

impl Setting {
    fn new() -> Self {
        Self { space: space(), is_paused: false, said: None }
    }

    fn with<T>(&self, person: &PersonName, act: impl FnOnce(&Scene<'_>) -> T) -> T {
        act(&Scene {
            space: &self.space,
            is_paused: self.is_paused,
            index: &INDEX,
            rule: &DecisionRule::default(),
            asker: &AskerHash::from(person.as_str()),
            said: self.said.as_ref(),
            now: Timestamp::from_millis(5_000),
        })
    }

    fn respond(&self, message: &Message) -> Effects {
        self.with(&message.author.id, |scene| {
            let trigger = trigger(message, &self.space.settings);
            respond(message, &trigger, scene, &mut Cooldowns::default())
        })
    }

    fn edit(&self, message: &Message) -> Effects {
        self.with(&message.author.id, |scene| {
            let trigger = trigger(message, &self.space.settings);
            respond_to_edit(message, &trigger, scene, &mut Cooldowns::default())
        })
    }

    fn used(&self, person: &str, control: Control) -> Effects {
        self.used_within(person, control, &mut Cooldowns::default())
    }

    fn used_within(&self, person: &str, control: Control, cooldowns: &mut Cooldowns) -> Effects {
        let by = Person { id: person.into(), roles: Vec::new(), is_bot: false };
        let used = Use {
            id: "t:3".into(),
            sent: "t:2".into(),
            place: mention("").place,
            by,
            at: Timestamp::from_millis(7_000),
            control,
            locale: None,
        };
        self.with(&person.into(), |scene| respond_to_use(&used, scene, cooldowns))
    }
}

type PersonName = super::super::id::PersonId;

/// What is shown, in a word or two.
fn summary(effects: &Effects) -> String {
    let of = |say: &Say| {
        let what = match &say.reply {
            Reply::Notice(Notice::Wait { .. }) => "wait".to_owned(),
            Reply::Notice(Notice::Greeting(_)) => "greeting".to_owned(),
            Reply::Notice(notice) => format!("{notice:?}"),
            Reply::NothingFound => "nothing found".to_owned(),
            Reply::NotInSource { .. } => "not in source".to_owned(),
            Reply::NoSuchNumber { n_suggestions } => format!("no such number of {n_suggestions}"),
            Reply::Help => "help".to_owned(),
            Reply::Topics(_) => "topics".to_owned(),
            Reply::Paragraphs(passages) => format!("{} paragraphs", passages.len()),
            Reply::Answer(_) => format!("answer {}", say.entries.join(" ")),
            Reply::Suggest(_) => format!("suggest {}", say.entries.join(" ")),
        };
        if say.is_private { format!("privately: {what}") } else { what }
    };
    match &effects.shown {
        Shown::Nothing => "-".to_owned(),
        Shown::Say(say) => of(say),
        Shown::Amend(say) => format!("amend: {}", of(say)),
        Shown::Remove => "remove".to_owned(),
    }
}
