//! What is said to messages, edited ones too, and on coming to a place.

use super::*;

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
        place: Place { id: "t:open".into(), parents: Vec::new(), is_direct: false },
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
        addressing: Addressing::default(),
        place: Place { id: "t:open".into(), parents: Vec::new(), is_direct: false },
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
    let cooldowns = Cooldowns::default();
    let got: Vec<String> = (0..7)
        .map(|_| {
            let message = mention("what color is the lighthouse?");
            setting.with(&message.author.id, |scene| {
                let trigger = classify(&message, &setting.space.settings);
                summary(&respond(&message, &trigger, scene, &cooldowns))
            })
        })
        .collect();
    let answer = "answer lighthouse";
    assert_eq!(got, [answer, answer, answer, answer, answer, "privately: wait", "-"]);
}

#[test]
fn a_number_picks_from_what_was_suggested_to_the_same_asker() {
    let reply = |text: &str| Message {
        addressing: Addressing::default(),
        replied_to: Some(RepliedTo { id: "t:2".into(), is_from_bot: true, text: None }),
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
            Message { addressing: Addressing::default(), ..mention("ok") },
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
fn the_lead_and_the_question_about_an_answer_can_be_switched_off() {
    let mut setting = Setting::new();
    setting.space.settings.shows_lead = false;
    setting.space.settings.asks_feedback = false;
    let MessageEffect::Send(say) =
        setting.respond(&mention("what color is the lighthouse?")).message
    else {
        panic!("nothing said");
    };
    let Reply::Answer(answer) = say.reply else { panic!("no answer") };
    assert_eq!((answer.lead, say.asks_feedback), (None, false));
}

#[test]
fn a_greeting_says_what_is_left_to_set_up() {
    let place = mention("").place;
    let greeting = |setting: &Setting| {
        setting.with(&"t:ada".into(), |scene| match greet(&place, scene).message {
            MessageEffect::Send(BotMessage {
                reply: Reply::Notice(Notice::Greeting(greeting)),
                ..
            }) => Some(greeting),
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
    assert_eq!(greeting(&setting).unwrap().todos, [SetupStep::Moderators, SetupStep::Reports]);
    setting.space.settings.greets = false;
    assert_eq!(greeting(&setting), None);
}

#[test]
fn a_public_command_is_answered_for_all_and_notices_stay_the_askers() {
    let public = Addressing { is_command: true, is_public: true, ..Addressing::default() };
    let setting = Setting::new();
    let is_private = |text: &str| {
        let message = Message { addressing: public, ..mention(text) };
        match setting.respond(&message).message {
            MessageEffect::Send(say) => say.is_private,
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
    let meant = RepliedTo { id: "t:0".into(), is_from_bot: false, text: None };
    let message = Message { replied_to: Some(meant), ..mention("") };
    assert_eq!(summary(&Setting::new().respond(&message)), "Unreadable");
}
