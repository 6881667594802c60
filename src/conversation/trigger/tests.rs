use super::super::message::{Addressing, RepliedTo, User};
use super::super::timestamp::Timestamp;
use super::*;

/// A message in an open channel that turns to nobody.
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

fn replying(text: &str, to: &str, is_ours: bool) -> Message {
    let replied_to =
        RepliedTo { id: "t:0".into(), is_from_bot: is_ours, text: Some(to.to_owned()) };
    Message { replied_to: Some(replied_to), ..message(text) }
}

fn ask(text: &str) -> Trigger {
    Trigger::Question(Question {
        text: text.to_owned(),
        referenced_text: None,
        is_unaddressed: false,
    })
}

#[test]
fn it_speaks_when_addressed_and_not_otherwise() {
    let bot = User { id: "t:bot".into(), roles: Vec::new(), is_bot: true };
    let command = Addressing { is_command: true, ..Addressing::default() };
    let rows = [
        ("an open message", message("did china send troops?"), Trigger::Ignore),
        ("a mention", mentioning("did china send troops?"), ask("did china send troops?")),
        ("a direct message", direct("did china send troops?"), ask("did china send troops?")),
        ("the prefix", message("!ask did china send"), ask("did china send")),
        ("the prefix in capitals", message("!ASK: why"), ask("why")),
        ("a longer word", message("!asking is fun"), Trigger::Ignore),
        ("a reply to us", replying("and russia?", "…", true), ask("and russia?")),
        ("a reply to somebody", replying("and russia?", "…", false), Trigger::Ignore),
        ("a slash command", Message { addressing: command, ..message("why") }, ask("why")),
        ("a bot", Message { author: bot, ..mentioning("why") }, Trigger::Ignore),
        ("a bare mention", mentioning("👀 "), Trigger::Empty),
        ("thanks by emoji", replying("👍", "…", true), Trigger::Ignore),
        ("help", mentioning("Help!"), Trigger::Command(Command::Help)),
        ("topics", direct("topics"), Trigger::Command(Command::Topics)),
        ("pause", mentioning("pause"), Trigger::Command(Command::Pause)),
        ("resume", message("!ask resume"), Trigger::Command(Command::Resume)),
        ("help behind the prefix's mark", message("!help"), Trigger::Command(Command::Help)),
        ("pause behind it", message(" !Pause "), Trigger::Command(Command::Pause)),
        ("another word behind it", message("!helpful"), Trigger::Ignore),
        ("more than a command behind it", message("!help me"), Trigger::Ignore),
        ("a command without it", message("help"), Trigger::Ignore),
        ("a question about help", mentioning("help for whom"), ask("help for whom")),
    ];
    for (name, message, want) in rows {
        assert_eq!(classify(&message, &SpaceSettings::default()), want, "{name}");
    }
}

#[test]
fn an_occasion_that_is_switched_off_is_no_address() {
    let rows = [
        (Activation::Mention, mentioning("why")),
        (Activation::Direct, direct("why")),
        (Activation::Prefix, message("!ask why")),
        (Activation::Reply, replying("why", "…", true)),
    ];
    for (occasion, message) in rows {
        let mut settings = SpaceSettings::default();
        settings.speaks_when.retain(|it| *it != occasion);
        assert_eq!(classify(&message, &settings), Trigger::Ignore, "{occasion:?}");
    }
}

#[test]
fn a_command_where_commands_are_switched_off_is_neither_served_nor_overheard() {
    let mut settings =
        SpaceSettings { listens_in: vec!["t:room".into()], ..SpaceSettings::default() };
    settings.speaks_when.retain(|it| *it != Activation::Command);
    let address = Addressing { is_command: true, ..Addressing::default() };
    for text in ["why no soldiers?", "help", ""] {
        let command = Message { addressing: address, ..message(text) };
        assert_eq!(classify(&command, &settings), Trigger::CommandsDisabled, "{text}");
    }
    let private = Message { addressing: address, ..direct("why no soldiers?") };
    assert_eq!(classify(&private, &settings), ask("why no soldiers?"), "it came directly");
}

#[test]
fn a_mention_in_a_reply_to_somebody_means_their_question() {
    let mention = |text: &str, to: &str| Message {
        addressing: Addressing { mentions_bot: true, ..Addressing::default() },
        ..replying(text, to, false)
    };
    let theirs = "why no soldiers?";
    assert_eq!(classify(&mention("", theirs), &SpaceSettings::default()), ask(theirs));
    let both = Question {
        text: "do you know".to_owned(),
        referenced_text: Some(theirs.to_owned()),
        is_unaddressed: false,
    };
    let settings = SpaceSettings::default();
    assert_eq!(classify(&mention("do you know", theirs), &settings), Trigger::Question(both));
    assert_eq!(classify(&mention("why", "🤷"), &settings), ask("why"));
}

#[test]
fn a_bare_number_may_pick() {
    let Trigger::Selection(2, ask) = classify(&direct(" 2 "), &SpaceSettings::default()) else {
        panic!("no number");
    };
    assert_eq!(ask.text, "2");
}

#[test]
fn listening_is_by_place_and_passes_over_replies() {
    let overheard = Trigger::Question(Question {
        text: "why no soldiers?".to_owned(),
        referenced_text: None,
        is_unaddressed: true,
    });
    for (listens_in, message, want) in [
        ("t:room", message("why no soldiers?"), overheard.clone()),
        ("t:guild", message("why no soldiers?"), overheard),
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
fn a_prefix_of_many_bytes_splits_no_character() {
    for (prefix, text) in [("ß", "日本"), ("!é", "!e"), ("", "text"), ("¿", "¿por qué")] {
        let settings = SpaceSettings { prefix: prefix.to_owned(), ..SpaceSettings::default() };
        classify(&message(text), &settings);
    }
}
