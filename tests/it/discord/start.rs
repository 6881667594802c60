//! Starts that go wrong, and frames that say nothing.

use std::time::Duration;

use super::bot::{ANSWER, Home, QUESTION, at_once};
use crate::support::discord::InjectedFault;

#[test]
fn what_is_down_at_the_start_is_tried_again() {
    let all = [
        InjectedFault::Status(500),
        InjectedFault::Cut,
        InjectedFault::DoneGarbage,
        InjectedFault::Limited { wait: Duration::from_millis(500), everywhere: true },
    ];
    at_once(all, |mischief| {
        let home = Home::new();
        home.discord.spoils("GET /gateway/bot", 1, mischief);
        let bot = home.bot(&[]);
        home.asks(QUESTION);
        assert!(home.discord.next_sent().text.contains(ANSWER));
        bot.stop();
    });
}

#[test]
fn commands_that_could_not_be_registered_keep_nobody_from_answering() {
    let home = Home::new();
    let commands = "PUT /applications/{}/commands";
    home.discord.spoils(commands, 9, InjectedFault::Status(500));
    let bot = home.bot_without_commands(&[]);
    home.asks(QUESTION);
    assert!(home.discord.next_sent().text.contains(ANSWER));
    assert!(bot.stop().log.contains("commands could not be registered"));
}

#[test]
fn commands_are_registered_when_discord_takes_them_at_last() {
    at_once(["GET", "PUT"], |method| {
        let home = Home::new();
        let commands = format!("{method} /applications/{{}}/commands");
        home.discord.spoils(&commands, 2, InjectedFault::Status(503));
        // It waits for the commands.
        let bot = home.bot(&[]);
        assert_eq!(home.discord.calls(&commands).len(), 3, "{method}");
        bot.stop();
    });
}

#[test]
fn frames_that_say_nothing_do_no_harm_and_are_not_in_the_log() {
    let home = Home::new();
    let bot = home.bot(&[("QUOTH_LOG__LEVEL", "debug")]);
    for frame in [
        r#"{"op":0,"t":"MESSAGE_CREATE","s":900,"d":{"content":"zanzibar"}}"#,
        r#"{"op":0,"t":"ZANZIBAR_SUNG","s":901,"d":{"zanzibar":[1]}}"#,
        r#"{"op":0,"t":"INTERACTION_CREATE","s":902,"d":{"type":99,"zanzibar":1}}"#,
        r#"{"op":99,"d":"zanzibar"}"#,
        "zanzibar",
        "{",
    ] {
        home.discord.sends_frame(frame);
    }
    home.asks(QUESTION);
    assert!(home.discord.next_sent().text.contains(ANSWER));
    let log = bot.stop().log;
    assert!(!log.to_lowercase().contains("zanzibar"), "{log}");
}
