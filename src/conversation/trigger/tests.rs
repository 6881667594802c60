use super::super::message::{Addressing, MessageOrigin, RepliedTo, User};
use super::super::timestamp::Timestamp;
use super::*;

/// A message in an open channel that addresses nobody.
fn message(text: &str) -> Message {
    Message {
        id: "t:1".into(),
        place: Place { id: "t:room".into(), parents: vec!["t:guild".into()], is_direct: false },
        author: User { id: "t:ada".into(), roles: Vec::new(), is_bot: false },
        text: text.to_owned(),
        addressing: Addressing::default(),
        replied_to: None,
        sent_at: Timestamp::from_millis(0),
        edit_id: None,
        locale: None,
    }
}

fn mentioning(text: &str) -> Message {
    Message {
        addressing: Addressing { mentions_bot: true, ..Addressing::default() },
        ..message(text)
    }
}

fn direct(text: &str) -> Message {
    let place = Place { id: "t:dm".into(), parents: Vec::new(), is_direct: true };
    Message { place, ..message(text) }
}

fn replying(text: &str, to: &str, is_from_bot: bool) -> Message {
    let replied_to = RepliedTo {
        id: "t:0".into(),
        is_from_bot,
        author: None,
        text: Some(to.to_owned()),
        title: None,
        origin: MessageOrigin::default(),
    };
    Message { replied_to: Some(replied_to), ..message(text) }
}

fn question(text: &str) -> Trigger {
    Trigger::Question(Question {
        text: text.to_owned(),
        referenced_texts: Vec::new(),
        addressed_by: AddressedBy::Name,
    })
}

fn pause(is_paused: bool, scope: PauseScope) -> Trigger {
    Trigger::Command(Command::SetPause(Pause { is_paused, scope }))
}

#[test]
fn messages_trigger_only_when_the_bot_is_addressed() {
    let bot = User { id: "t:bot".into(), roles: Vec::new(), is_bot: true };
    let command = Addressing { is_command: true, ..Addressing::default() };
    let asked = Addressing { is_question: true, ..command };
    let reply = Trigger::Question(Question {
        text: "and russia?".to_owned(),
        referenced_texts: Vec::new(),
        addressed_by: AddressedBy::Reply,
    });
    let rows = [
        ("an open message", message("did china send troops?"), Trigger::Ignore),
        ("a mention", mentioning("did china send troops?"), question("did china send troops?")),
        ("a direct message", direct("did china send troops?"), question("did china send troops?")),
        ("the prefix", message("!ask did china send"), question("did china send")),
        ("the prefix in capitals", message("!ASK: why"), question("why")),
        ("a longer word", message("!asking is fun"), Trigger::Ignore),
        ("a reply to the bot", replying("and russia?", "…", true), reply),
        ("a reply to another user", replying("and russia?", "…", false), Trigger::Ignore),
        ("a slash command", Message { addressing: command, ..message("why") }, question("why")),
        ("a bot", Message { author: bot, ..mentioning("why") }, Trigger::Ignore),
        ("a bare mention", mentioning("👀 "), Trigger::Empty),
        ("thanks by emoji", replying("👍", "…", true), Trigger::Ignore),
        ("help", mentioning("Help!"), Trigger::Command(Command::Help)),
        ("topics", direct("topics"), Trigger::Command(Command::Topics)),
        ("forget me", mentioning("Forget me."), Trigger::Command(Command::ForgetMe)),
        ("forget-me", message("!ask forget-me"), Trigger::Command(Command::ForgetMe)),
        ("forget-me, as for another bot", message("!forget-me"), Trigger::Ignore),
        ("pause", mentioning("pause"), pause(true, PauseScope::Place)),
        ("resume", message("!ask resume"), pause(false, PauseScope::Place)),
        ("pause everywhere", mentioning("Pause everywhere!"), pause(true, PauseScope::Space)),
        ("resume everywhere", message("!ask resume everywhere"), pause(false, PauseScope::Space)),
        ("help after the prefix's mark", message("!help"), Trigger::Command(Command::Help)),
        ("pause after it, as for a music bot", message(" !Pause "), Trigger::Ignore),
        (
            "a command word that is asked",
            Message { addressing: asked, ..message("pause") },
            question("pause"),
        ),
        ("another word after it", message("!helpful"), Trigger::Ignore),
        ("more than a command after it", message("!help me"), Trigger::Ignore),
        ("a command without it", message("help"), Trigger::Ignore),
        ("a question about help", mentioning("help for whom"), question("help for whom")),
    ];
    for (name, message, want) in rows {
        assert_eq!(classify(&message, &SpaceSettings::default()), want, "{name}");
    }
}

#[test]
fn question_prefix_faq_marks_questions_not_commands() {
    let settings = SpaceSettings { prefix: "?faq".to_owned(), ..SpaceSettings::default() };
    let asked = classify(&message("?faq why no soldiers?"), &settings);
    assert_eq!(asked, question("why no soldiers?"));
    let command = classify(&message("?faq faq list"), &settings);
    assert!(matches!(command, Trigger::Moderation(..)), "{command:?}");
}

#[test]
fn disabled_activation_is_ignored() {
    let rows = [
        (Activation::Mention, mentioning("why")),
        (Activation::Direct, direct("why")),
        (Activation::Prefix, message("!ask why")),
        (Activation::Reply, replying("why", "…", true)),
    ];
    for (activation, message) in rows {
        let mut settings = SpaceSettings::default();
        settings.speaks_when.retain(|it| *it != activation);
        assert_eq!(classify(&message, &settings), Trigger::Ignore, "{activation:?}");
    }
}

#[test]
fn disabled_commands_are_reported_and_are_no_messages_of_a_listening_channel() {
    let mut settings =
        SpaceSettings { listens_in: vec!["t:room".into()], ..SpaceSettings::default() };
    settings.speaks_when.retain(|it| *it != Activation::Command);
    let addressing = Addressing { is_command: true, ..Addressing::default() };
    for text in ["why no soldiers?", "help", ""] {
        let command = Message { addressing, ..message(text) };
        assert_eq!(classify(&command, &settings), Trigger::CommandsDisabled, "{text}");
    }
    let private = Message { addressing, ..direct("why no soldiers?") };
    assert_eq!(
        classify(&private, &settings),
        question("why no soldiers?"),
        "a direct message addresses the bot"
    );
}

#[test]
fn mention_in_a_reply_refers_to_the_other_users_message() {
    let mention = |text: &str, to: &str| Message {
        addressing: Addressing { mentions_bot: true, ..Addressing::default() },
        ..replying(text, to, false)
    };
    let about = |text: &str, referenced: &str| {
        Trigger::Question(Question {
            text: text.to_owned(),
            referenced_texts: vec![referenced.to_owned()],
            addressed_by: AddressedBy::Name,
        })
    };
    let other = "why no soldiers?";
    let settings = SpaceSettings::default();
    for (text, referenced, want) in [
        ("", other, about("", other)),
        ("do you know", other, about("do you know", other)),
        ("help", other, about("help", other)),
        ("help", "🤷", Trigger::Command(Command::Help)),
        ("topics", other, Trigger::Command(Command::Topics)),
        ("why", "🤷", question("why")),
    ] {
        assert_eq!(classify(&mention(text, referenced), &settings), want, "{text} to {referenced}");
    }
}

#[test]
fn bare_number_is_a_selection() {
    for text in [" 2 ", "2.", "2)", "(2)", "#2", "２", "②", "2️⃣", "٢", "२", "2!"] {
        let trigger = classify(&direct(text), &SpaceSettings::default());
        assert!(matches!(trigger, Trigger::Selection(2, _)), "{text}: {trigger:?}");
    }
    for text in ["2 tickets", "2.5", "-2", "2026-01-02", "9999999999999999999999", "二"] {
        let trigger = classify(&direct(text), &SpaceSettings::default());
        assert!(matches!(trigger, Trigger::Question(_)), "{text}: {trigger:?}");
    }
}

#[test]
fn listening_channels_are_chosen_by_place_and_skip_replies() {
    let unaddressed = Trigger::Question(Question {
        text: "why no soldiers?".to_owned(),
        referenced_texts: Vec::new(),
        addressed_by: AddressedBy::Nothing,
    });
    for (listens_in, message, want) in [
        ("t:room", message("why no soldiers?"), unaddressed.clone()),
        ("t:guild", message("why no soldiers?"), unaddressed),
        ("t:other", message("why no soldiers?"), Trigger::Ignore),
        ("t:room", replying("why no soldiers?", "…", false), Trigger::Ignore),
        ("t:room", message("👍"), Trigger::Ignore),
    ] {
        let settings =
            SpaceSettings { listens_in: vec![listens_in.into()], ..SpaceSettings::default() };
        assert_eq!(classify(&message, &settings), want, "{listens_in}: {}", message.text);
    }
}

#[test]
fn multibyte_prefix_does_not_split_characters() {
    for (prefix, text) in [("ß", "日本"), ("!é", "!e"), ("", "text"), ("¿", "¿por qué")] {
        let settings = SpaceSettings { prefix: prefix.to_owned(), ..SpaceSettings::default() };
        classify(&message(text), &settings);
    }
}
