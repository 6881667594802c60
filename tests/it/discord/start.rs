//! Errors at the start, and invalid frames.

use std::time::Duration;

use super::bot::{ANSWER, QUESTION, TestGuild, in_parallel};
use crate::support::discord::InjectedFault;

#[test]
fn transient_errors_at_the_start_are_retried() {
    let all = [
        InjectedFault::Status(500),
        InjectedFault::Cut,
        InjectedFault::ExecutedGarbage,
        InjectedFault::RateLimited { retry_after: Duration::from_millis(500), is_global: true },
    ];
    in_parallel(all, |fault| {
        let home = TestGuild::new();
        home.discord.inject_fault("GET /gateway/bot", 1, fault);
        let bot = home.bot(&[]);
        home.ask(QUESTION);
        assert!(home.discord.next_message().text.contains(ANSWER));
        bot.stop();
    });
}

#[test]
fn failed_command_registration_does_not_prevent_answers() {
    let home = TestGuild::new();
    let commands = "PUT /applications/{}/commands";
    home.discord.inject_fault(commands, 9, InjectedFault::Status(500));
    let bot = home.bot_without_commands(&[]);
    home.ask(QUESTION);
    assert!(home.discord.next_message().text.contains(ANSWER));
    assert!(bot.stop().log.contains("Could not register the commands"));
}

#[test]
fn command_registration_is_retried_until_it_succeeds() {
    in_parallel(["GET", "PUT"], |method| {
        let home = TestGuild::new();
        let commands = format!("{method} /applications/{{}}/commands");
        home.discord.inject_fault(&commands, 2, InjectedFault::Status(503));
        // This waits until the commands are registered.
        let bot = home.bot(&[]);
        assert_eq!(home.discord.calls(&commands).len(), 3, "{method}");
        bot.stop();
    });
}

#[test]
fn invalid_frames_are_ignored_and_not_logged() {
    let home = TestGuild::new();
    let bot = home.bot(&[("QUOTH_LOG__LEVEL", "debug")]);
    for frame in [
        r#"{"op":0,"t":"MESSAGE_CREATE","s":900,"d":{"content":"zanzibar"}}"#,
        r#"{"op":0,"t":"ZANZIBAR_SUNG","s":901,"d":{"zanzibar":[1]}}"#,
        r#"{"op":0,"t":"INTERACTION_CREATE","s":902,"d":{"type":99,"zanzibar":1}}"#,
        r#"{"op":99,"d":"zanzibar"}"#,
        "zanzibar",
        "{",
    ] {
        home.discord.send_frame(frame);
    }
    home.ask(QUESTION);
    assert!(home.discord.next_message().text.contains(ANSWER));
    let log = bot.stop().log;
    assert!(!log.to_lowercase().contains("zanzibar"), "{log}");
}
