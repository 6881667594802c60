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

#[test]
fn messages_lead_to_what_their_words_and_the_state_call_for() {
    let asks = "what color is the lighthouse?";
    let paused = || Setting { is_paused: true, ..Setting::new() };
    let deaf = || {
        let mut setting = Setting::new();
        setting.space.settings.speaks_when.clear();
        setting
    };
    let overheard = |message: Message| Message {
        place: Place { id: "t:open".into(), within: Vec::new(), is_direct: false },
        ..message
    };
    let rows = [
        ("a question", Setting::new(), mention(asks), "answer lighthouse"),
        ("a command", Setting::new(), command(mention(asks)), "privately: answer lighthouse"),
        ("a gap", Setting::new(), mention("who is the captain of the ferry"), "not in source"),
        ("another subject", Setting::new(), mention("best pizza in town"), "nothing found"),
        ("no question", Setting::new(), mention("hello"), "NotAQuestion"),
        ("nothing at all", Setting::new(), mention(""), "NotAQuestion"),
        ("help", Setting::new(), mention("help"), "help"),
        ("topics", Setting::new(), mention("topics"), "topics"),
        ("paused", paused(), mention(asks), "-"),
        ("a command while paused", paused(), command(mention(asks)), "privately: Paused"),
        ("a command that is not served", deaf(), command(mention(asks)), "privately: Unserved"),
        (
            "the same where it listens",
            deaf(),
            overheard(command(mention(asks))),
            "privately: Unserved",
        ),
        ("pause by anybody", Setting::new(), mention("pause"), "privately: ModeratorsOnly"),
        ("pause", Setting::new(), by("t:mod", mention("pause")), "PauseDone"),
        ("resume", paused(), by("t:mod", mention("resume")), "ResumeDone"),
    ];
    for (name, setting, message, want) in rows {
        assert_eq!(summary(&setting.respond(&message)), want, "{name}");
    }
    assert_eq!(Setting::new().respond(&by("t:mod", mention("pause"))).pause, Some(true));
    assert_eq!(Setting::new().respond(&mention("pause")).pause, None);
}

#[test]
fn what_is_not_answered_is_kept_for_moderators_and_nothing_else() {
    for (text, is_kept) in [
        ("what color is the lighthouse?", false),
        ("who is the captain of the ferry", true),
        ("best pizza in town", true),
        ("hello", false),
        ("help", false),
    ] {
        let effects = Setting::new().respond(&mention(text));
        assert_eq!(
            effects.unanswered.map(|it| it.text),
            is_kept.then(|| text.to_owned()),
            "{text}"
        );
    }
    let long = format!("pizza {}", "é".repeat(5000));
    let kept = Setting::new().respond(&mention(&long)).unanswered.unwrap();
    assert_eq!(kept.text.chars().count(), MAX_KEPT_CHARS);
    let gap = Setting::new().respond(&mention("who is the captain of the ferry"));
    assert_eq!(gap.unanswered.unwrap().gap.as_deref(), Some("captain"));
}

#[test]
fn where_it_listens_it_answers_or_is_silent() {
    let overheard = |text: &str| Message {
        address: Address::default(),
        place: Place { id: "t:open".into(), within: Vec::new(), is_direct: false },
        ..mention(text)
    };
    for (text, want) in [
        ("what color is the lighthouse?", "answer lighthouse"),
        ("best pizza in town", "-"),
        ("who is the captain of the ferry", "-"),
    ] {
        let effects = Setting::new().respond(&overheard(text));
        assert_eq!(summary(&effects), want, "{text}");
        assert_eq!(effects.unanswered, None, "{text}");
    }
}

#[test]
fn too_many_questions_are_told_so_once() {
    let setting = Setting::new();
    let mut cooldowns = Cooldowns::default();
    let got: Vec<String> = (0..7)
        .map(|_| {
            let message = mention("what color is the lighthouse?");
            setting.with(&message.author.id, |scene| {
                let trigger = trigger(&message, &setting.space.settings);
                summary(&respond(&message, &trigger, scene, &mut cooldowns))
            })
        })
        .collect();
    let answer = "answer lighthouse";
    assert_eq!(got, [answer, answer, answer, answer, answer, "privately: wait", "-"]);
}

#[test]
fn a_number_picks_from_what_was_suggested_to_the_same_asker() {
    let reply = |text: &str| Message {
        address: Address::default(),
        replied_to: Some(RepliedTo { id: "t:2".into(), is_ours: true, text: None }),
        ..mention(text)
    };
    let suggested = || Setting { said: Some(suggestion()), ..Setting::new() };
    let rows = [
        ("the second", suggested(), reply("2"), "answer lighthouse"),
        ("too high", suggested(), reply("7"), "no such number of 3"),
        ("zero", suggested(), reply("0"), "no such number of 3"),
        ("an entry that went", suggested(), reply("3"), "Gone"),
        ("somebody else", suggested(), by("t:bob", reply("1")), "privately: AskerOnly"),
        ("a question", suggested(), reply("when is the ferry"), "answer ferry"),
        ("thanks", suggested(), reply("thanks"), "-"),
    ];
    for (name, setting, message, want) in rows {
        assert_eq!(summary(&setting.respond(&message)), want, "{name}");
    }
}

#[test]
fn an_edit_changes_or_takes_away_what_was_said() {
    let said = || Setting { said: Some(suggestion()), ..Setting::new() };
    let rows = [
        ("another question", said(), mention("when is the ferry"), "amend: answer ferry"),
        ("nothing to answer", said(), mention("best pizza in town"), "amend: nothing found"),
        (
            "no longer for us",
            said(),
            Message { address: Address::default(), ..mention("ok") },
            "remove",
        ),
        ("paused", Setting { is_paused: true, ..said() }, mention("when is the ferry"), "-"),
        ("a command", said(), by("t:mod", mention("pause")), "-"),
    ];
    for (name, setting, message, want) in rows {
        let effects = setting.edit(&message);
        assert_eq!(summary(&effects), want, "{name}");
        assert_eq!(effects.pause, None, "{name}");
    }
}

#[test]
fn the_asker_picks_and_the_asker_and_moderators_delete() {
    let said = || Setting { said: Some(suggestion()), ..Setting::new() };
    let answered = || Setting { said: Some(answer()), ..Setting::new() };
    let private = || {
        let said = SentAnswer { is_private: true, ..suggestion() };
        Setting { said: Some(said), ..Setting::new() }
    };
    let rows = [
        ("pick", said(), "t:ada", Control::Pick(1), "amend: answer ferry"),
        ("pick in private", private(), "t:ada", Control::Pick(1), "amend: privately: answer ferry"),
        ("pick by another", said(), "t:bob", Control::Pick(1), "privately: AskerOnly"),
        ("pick too high", said(), "t:ada", Control::Pick(9), "privately: no such number of 3"),
        ("pick what went", said(), "t:ada", Control::Pick(3), "privately: Gone"),
        ("delete", said(), "t:ada", Control::Delete, "remove"),
        ("delete by a moderator", said(), "t:mod", Control::Delete, "remove"),
        ("delete by another", said(), "t:bob", Control::Delete, "privately: AskerOnly"),
        ("judge", said(), "t:bob", Control::Helpful, "privately: Thanks"),
        ("pick again", answered(), "t:ada", Control::Pick(1), "privately: Gone"),
        ("pick again, too high", answered(), "t:ada", Control::Pick(2), "privately: Gone"),
        ("of old", Setting::new(), "t:ada", Control::Pick(1), "privately: Gone"),
    ];
    for (name, setting, person, control, want) in rows {
        assert_eq!(summary(&setting.used(person, control)), want, "{name}");
    }
    assert_eq!(said().used("t:bob", Control::Unhelpful).judged, Some(false));
    assert_eq!(said().used("t:ada", Control::Pick(1)).judged, None);
}

#[test]
fn the_lead_and_the_question_about_an_answer_can_be_switched_off() {
    let mut setting = Setting::new();
    setting.space.settings.shows_lead = false;
    setting.space.settings.asks_feedback = false;
    let Shown::Say(say) = setting.respond(&mention("what color is the lighthouse?")).shown else {
        panic!("nothing said");
    };
    let Reply::Answer(answer) = say.reply else { panic!("no answer") };
    assert_eq!((answer.lead, say.asks_feedback), (None, false));
}

#[test]
fn a_greeting_says_what_is_left_to_set_up() {
    let place = mention("").place;
    let greeting = |setting: &Setting| {
        setting.with(&"t:ada".into(), |scene| match greet(&place, scene).shown {
            Shown::Say(Say { reply: Reply::Notice(Notice::Greeting(greeting)), .. }) => {
                Some(greeting)
            }
            _ => None,
        })
    };
    let mut setting = Setting::new();
    setting.space.settings.reports_to = Some("t:mods".into());
    assert_eq!(
        greeting(&setting),
        Some(Greeting { titles: vec!["Harbor".to_owned()], todos: Vec::new() })
    );
    setting.space.settings.moderators.clear();
    setting.space.settings.reports_to = None;
    assert_eq!(greeting(&setting).unwrap().todos, [Todo::Moderators, Todo::Reports]);
    setting.space.settings.greets = false;
    assert_eq!(greeting(&setting), None);
}

#[test]
fn a_public_command_is_answered_for_all_and_notices_stay_the_askers() {
    let public = Address { is_command: true, is_public: true, ..Address::default() };
    let setting = Setting::new();
    let is_private = |text: &str| {
        let message = Message { address: public, ..mention(text) };
        match setting.respond(&message).shown {
            Shown::Say(say) => say.is_private,
            other => panic!("{text}: {other:?}"),
        }
    };
    assert!(!is_private("what color is the lighthouse?"));
    assert!(!is_private("ferry"), "suggestions are for all to see");
    assert!(is_private("best pizza in town?"), "that nothing answers helps nobody else");
    assert!(is_private("topics") && is_private(""));
}

#[test]
fn a_message_that_shows_no_text_cannot_be_asked_about() {
    let meant = RepliedTo { id: "t:0".into(), is_ours: false, text: None };
    let message = Message { replied_to: Some(meant), ..mention("") };
    assert_eq!(summary(&Setting::new().respond(&message)), "Unreadable");
}

#[test]
fn paragraphs_and_the_rest_are_shown_to_whoever_wants_them() {
    let mut setting = Setting::new();
    setting.said = Some(answer());
    let rows = [
        (Control::Paragraph(0), "1 paragraphs"),
        (Control::Paragraph(1), "Gone"),
        (Control::Rest(0), "answer"),
        (Control::Rest(1), "Gone"),
        (Control::Topics(0), "topics"),
    ];
    for (control, want) in rows {
        let Shown::Say(say) = setting.used("t:bob", control).shown else { panic!("{control:?}") };
        let what = summary(&Effects::from(say.clone()));
        assert!(what.contains(want), "{control:?}: {what}");
        assert!(say.is_private, "{control:?}");
    }
    setting.said = Some(suggestion());
    for control in [Control::Paragraph(0), Control::Rest(0)] {
        let what = summary(&setting.used("t:bob", control));
        assert!(what.contains("Gone"), "suggestions have no quotes: {what}");
    }
}

#[test]
fn who_is_paused_says_nothing_that_all_would_see_and_its_private_controls_work() {
    let said = |said| Setting { said: Some(said), is_paused: true, ..Setting::new() };
    let private = SentAnswer { is_private: true, ..suggestion() };
    let rows = [
        (said(suggestion()), Control::Pick(1), "privately: Paused"),
        (said(private), Control::Pick(1), "amend: privately: answer ferry"),
        (said(answer()), Control::Paragraph(0), "privately: 1 paragraphs"),
        (said(answer()), Control::Rest(0), "privately: answer lighthouse"),
        (said(answer()), Control::Topics(0), "privately: topics"),
        (said(answer()), Control::Helpful, "privately: Thanks"),
        (said(answer()), Control::Delete, "remove"),
    ];
    for (setting, control, want) in rows {
        assert_eq!(summary(&setting.used("t:ada", control)), want, "{control:?}");
    }
}

#[test]
fn who_wants_to_be_shown_more_too_often_is_told_so_once() {
    let setting = Setting { said: Some(answer()), ..Setting::new() };
    for (control, want) in [
        (Control::Paragraph(0), "privately: 1 paragraphs"),
        (Control::Rest(0), "privately: answer lighthouse"),
        (Control::Topics(0), "privately: topics"),
    ] {
        let mut cooldowns = Cooldowns::default();
        let mut press =
            |person, control| summary(&setting.used_within(person, control, &mut cooldowns));
        for _ in 0..setting.space.settings.questions_per_asker {
            assert_eq!(press("t:bob", control), want);
        }
        assert_eq!(press("t:bob", control), "privately: wait");
        assert_eq!(press("t:bob", control), "-");
        assert_eq!(press("t:ada", control), want, "others may");
        assert_eq!(press("t:bob", Control::Helpful), "privately: Thanks", "it brings nothing new");
    }
}

#[test]
fn topics_go_on_where_they_stopped() {
    let setting = Setting::new();
    let questions = |n_before: usize| match setting.used("t:bob", Control::Topics(n_before)).shown {
        Shown::Say(Say { reply: Reply::Topics(topics), n_before: told, .. }) => {
            assert_eq!(told, n_before);
            topics.into_iter().flat_map(|topic| topic.questions).collect::<Vec<_>>()
        }
        other => panic!("{other:?}"),
    };
    let all = questions(0);
    assert_eq!(all.len(), 2);
    assert_eq!(questions(1), all[1..]);
    assert!(questions(9).is_empty());
}

#[test]
fn a_message_offers_what_its_reader_may_do_with_it() {
    use Control::{Delete, Helpful, Paragraph, Pick, Rest, Topics, Unhelpful};
    let picking = || Setting { said: Some(suggestion()), ..Setting::new() };
    let said = |effects: Effects| match effects.shown {
        Shown::Say(say) | Shown::Amend(say) => say,
        other => panic!("{other:?}"),
    };
    let asks = || mention("what color is the lighthouse?");
    let quiet = || {
        let mut setting = Setting::new();
        setting.space.settings.asks_feedback = false;
        setting
    };
    let suggestion = |number: usize| Suggestion { entry: number, question: format!("{number}?") };
    let suggestions = Reply::Suggest(vec![suggestion(0), suggestion(1)]);
    let suggestions = Say { kind: SentKind::Suggest, ..Say::plain(suggestions, false) };
    let rows: [(&str, Say, usize, &[Control]); 9] = [
        (
            "an answer",
            said(Setting::new().respond(&asks())),
            1,
            &[Paragraph(0), Helpful, Unhelpful, Delete],
        ),
        (
            "one without room",
            said(Setting::new().respond(&asks())),
            0,
            &[Paragraph(0), Rest(0), Helpful, Unhelpful, Delete],
        ),
        (
            "a private one",
            said(Setting::new().respond(&command(asks()))),
            1,
            &[Paragraph(0), Helpful, Unhelpful],
        ),
        ("without feedback", said(quiet().respond(&asks())), 1, &[Paragraph(0), Delete]),
        (
            "what was picked",
            said(picking().used("t:ada", Pick(1))),
            1,
            &[Paragraph(0), Helpful, Unhelpful, Delete],
        ),
        ("suggestions", suggestions, 1, &[Pick(1), Pick(2), Delete]),
        ("topics", said(Setting::new().used("t:bob", Topics(0))), 1, &[Topics(1)]),
        ("all topics", said(Setting::new().used("t:bob", Topics(1))), 1, &[]),
        ("a notice", said(Setting::new().respond(&mention("hello"))), 1, &[]),
    ];
    for (name, say, n_shown, want) in rows {
        assert_eq!(say.controls(n_shown), want, "{name}: {:?}", say.entries);
    }
}
