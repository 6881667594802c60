use super::super::message::{Address, Person, RepliedTo};
use super::super::timestamp::Timestamp;
use super::*;

/// A message in an open channel that turns to nobody.
fn message(text: &str) -> Message {
    Message {
        id: "t:1".into(),
        place: Place { id: "t:room".into(), within: vec!["t:guild".into()], is_direct: false },
        author: Person { id: "t:ada".into(), roles: Vec::new(), is_bot: false },
        text: text.to_owned(),
        address: Address::default(),
        replied_to: None,
        sent_at: Timestamp::from_millis(0),
        change: None,
        locale: None,
    }
}

fn mentioning(text: &str) -> Message {
    Message { address: Address { mentions_us: true, ..Address::default() }, ..message(text) }
}

fn direct(text: &str) -> Message {
    let place = Place { id: "t:dm".into(), within: Vec::new(), is_direct: true };
    Message { place, ..message(text) }
}

fn replying(text: &str, to: &str, is_ours: bool) -> Message {
    let replied_to = RepliedTo { id: "t:0".into(), is_ours, text: Some(to.to_owned()) };
    Message { replied_to: Some(replied_to), ..message(text) }
}

fn ask(text: &str) -> Trigger {
    Trigger::Ask(Ask { text: text.to_owned(), about: None, is_overheard: false })
}

#[test]
fn it_speaks_when_addressed_and_not_otherwise() {
    let bot = Person { id: "t:bot".into(), roles: Vec::new(), is_bot: true };
    let command = Address { is_command: true, ..Address::default() };
    let rows = [
        ("an open message", message("did china send troops?"), Trigger::Nothing),
        ("a mention", mentioning("did china send troops?"), ask("did china send troops?")),
        ("a direct message", direct("did china send troops?"), ask("did china send troops?")),
        ("the prefix", message("!ask did china send"), ask("did china send")),
        ("the prefix in capitals", message("!ASK: why"), ask("why")),
        ("a longer word", message("!asking is fun"), Trigger::Nothing),
        ("a reply to us", replying("and russia?", "…", true), ask("and russia?")),
        ("a reply to somebody", replying("and russia?", "…", false), Trigger::Nothing),
        ("a slash command", Message { address: command, ..message("why") }, ask("why")),
        ("a bot", Message { author: bot, ..mentioning("why") }, Trigger::Nothing),
        ("a bare mention", mentioning("👀 "), Trigger::Empty),
        ("thanks by emoji", replying("👍", "…", true), Trigger::Nothing),
        ("help", mentioning("Help!"), Trigger::Command(Command::Help)),
        ("topics", direct("topics"), Trigger::Command(Command::Topics)),
        ("pause", mentioning("pause"), Trigger::Command(Command::Pause)),
        ("resume", message("!ask resume"), Trigger::Command(Command::Resume)),
        ("help behind the prefix's mark", message("!help"), Trigger::Command(Command::Help)),
        ("pause behind it", message(" !Pause "), Trigger::Command(Command::Pause)),
        ("another word behind it", message("!helpful"), Trigger::Nothing),
        ("more than a command behind it", message("!help me"), Trigger::Nothing),
        ("a command without it", message("help"), Trigger::Nothing),
        ("a question about help", mentioning("help for whom"), ask("help for whom")),
    ];
    for (name, message, want) in rows {
        assert_eq!(trigger(&message, &SpaceSettings::default()), want, "{name}");
    }
}

#[test]
fn an_occasion_that_is_switched_off_is_no_address() {
    let rows = [
        (Occasion::Mention, mentioning("why")),
        (Occasion::Direct, direct("why")),
        (Occasion::Prefix, message("!ask why")),
        (Occasion::Reply, replying("why", "…", true)),
    ];
    for (occasion, message) in rows {
        let mut settings = SpaceSettings::default();
        settings.speaks_when.retain(|it| *it != occasion);
        assert_eq!(trigger(&message, &settings), Trigger::Nothing, "{occasion:?}");
    }
}

#[test]
fn a_command_where_commands_are_switched_off_is_neither_served_nor_overheard() {
    let mut settings =
        SpaceSettings { listens_in: vec!["t:room".into()], ..SpaceSettings::default() };
    settings.speaks_when.retain(|it| *it != Occasion::Command);
    let address = Address { is_command: true, ..Address::default() };
    for text in ["why no soldiers?", "help", ""] {
        let command = Message { address, ..message(text) };
        assert_eq!(trigger(&command, &settings), Trigger::Unserved, "{text}");
    }
    let private = Message { address, ..direct("why no soldiers?") };
    assert_eq!(trigger(&private, &settings), ask("why no soldiers?"), "it came directly");
}

#[test]
fn a_mention_in_a_reply_to_somebody_means_their_question() {
    let mention = |text: &str, to: &str| Message {
        address: Address { mentions_us: true, ..Address::default() },
        ..replying(text, to, false)
    };
    let theirs = "why no soldiers?";
    assert_eq!(trigger(&mention("", theirs), &SpaceSettings::default()), ask(theirs));
    let both =
        Ask { text: "do you know".to_owned(), about: Some(theirs.to_owned()), is_overheard: false };
    let settings = SpaceSettings::default();
    assert_eq!(trigger(&mention("do you know", theirs), &settings), Trigger::Ask(both));
    assert_eq!(trigger(&mention("why", "🤷"), &settings), ask("why"));
}

#[test]
fn a_bare_number_may_pick() {
    let Trigger::Number(2, ask) = trigger(&direct(" 2 "), &SpaceSettings::default()) else {
        panic!("no number");
    };
    assert_eq!(ask.text, "2");
}

#[test]
fn listening_is_by_place_and_passes_over_replies() {
    let overheard =
        Trigger::Ask(Ask { text: "why no soldiers?".to_owned(), about: None, is_overheard: true });
    for (listens_in, message, want) in [
        ("t:room", message("why no soldiers?"), overheard.clone()),
        ("t:guild", message("why no soldiers?"), overheard),
        ("t:other", message("why no soldiers?"), Trigger::Nothing),
        ("t:room", replying("why no soldiers?", "…", false), Trigger::Nothing),
        ("t:room", message("👍"), Trigger::Nothing),
    ] {
        let settings =
            SpaceSettings { listens_in: vec![listens_in.into()], ..SpaceSettings::default() };
        assert_eq!(trigger(&message, &settings), want, "{listens_in}: {}", message.text);
    }
}

#[test]
fn a_prefix_of_many_bytes_splits_no_character() {
    for (prefix, text) in [("ß", "日本"), ("!é", "!e"), ("", "text"), ("¿", "¿por qué")] {
        let settings = SpaceSettings { prefix: prefix.to_owned(), ..SpaceSettings::default() };
        trigger(&message(text), &settings);
    }
}
