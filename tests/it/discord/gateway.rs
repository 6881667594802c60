//! The gateway: close codes, resumes, heartbeats, shards and shutdown.

use std::time::{Duration, Instant};

use super::bot::{ANSWER, Bot, QUESTION, TestGuild, in_parallel};
use crate::folder::Folder;
use crate::quoth::quoth_in;
use crate::service::ExitedService;
use crate::support::discord::InjectedFault;

/// Asserts that a question is answered.
fn assert_answers(home: &TestGuild) {
    let question = home.ask(QUESTION);
    let reply = home.discord.next_message();
    assert_eq!(reply.reply_to, Some(question));
    assert!(reply.text.contains(ANSWER), "{reply:?}");
}

/// Runs a bot that cannot connect, for longer than it would need to retry.
fn run_with_permanent_error(home: &TestGuild, settings: &[(&str, &str)]) -> ExitedService {
    let own = [("QUOTH_HTTP__IS_ON", "false")];
    let all: Vec<(String, String)> = own
        .iter()
        .chain(settings)
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    Bot::run_for(&home.discord, &all, Duration::from_secs(4))
}

#[test]
fn disallowed_intent_is_reported_and_not_retried() {
    let home = TestGuild::new();
    home.discord.disallow_message_content();
    let output = run_with_permanent_error(&home, &[("QUOTH_DISCORD__MESSAGE_CONTENT", "true")]);
    for part in ["4014", "Message Content Intent", "Privileged Gateway Intents"] {
        assert!(output.log.contains(part), "{part} is not in {}", output.log);
    }
    assert_eq!(home.discord.counts().0, 1, "Discord limits IDENTIFYs");
}

#[test]
fn rejected_token_is_reported_and_not_retried() {
    let home = TestGuild::new();
    let output =
        run_with_permanent_error(&home, &[("QUOTH_DISCORD__TOKEN", "nobodys-token-nobodys-token")]);
    assert!(output.log.contains("Discord rejected the token"), "{}", output.log);
    assert!(!output.log.contains("nobodys"), "{}", output.log);
    let asked = home.discord.calls("GET /gateway/bot");
    assert_eq!(asked.iter().map(|call| call.status).collect::<Vec<_>>(), [401]);

    // A restart would change nothing, so the status is not that of a fault that passes.
    let mut settings = home.discord.settings();
    for (name, value) in [
        ("QUOTH_DISCORD__TOKEN", "nobodys-token-nobodys-token"),
        ("QUOTH_HTTP__IS_ON", "false"),
        ("QUOTH_PACKS", "['p']"),
    ] {
        settings.retain(|(other, _)| other != name);
        settings.push((name.to_owned(), value.to_owned()));
    }
    let settings: Vec<(&str, &str)> =
        settings.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let run = quoth_in(&Folder::with_pack().path(""), &settings, &["run"]);
    assert_eq!(run.code, 2, "{run:?}");

    let home = TestGuild::new();
    home.discord.reject_sessions_with(Some(4004));
    let output = run_with_permanent_error(&home, &[]);
    assert!(output.log.contains("Discord rejected the token"), "{}", output.log);
    assert_eq!(home.discord.counts().0, 1);
}

#[test]
fn wrong_api_base_is_reported_and_not_retried() {
    in_parallel([403, 404], |status| {
        let home = TestGuild::new();
        home.discord.inject_fault("GET /gateway/bot", 9, InjectedFault::Status(status));
        let output = run_with_permanent_error(&home, &[]);
        assert!(output.log.contains("`api_base`"), "{status}: {}", output.log);
        assert_eq!(home.discord.calls("GET /gateway/bot").len(), 1, "{status}");
    });
}

#[test]
fn other_permanent_close_codes_are_not_retried_rapidly() {
    in_parallel([4010, 4011, 4012, 4013], |code| {
        let home = TestGuild::new();
        home.discord.reject_sessions_with(Some(code));
        let output = run_with_permanent_error(&home, &[]);
        let n_identifies = home.discord.counts().0;
        assert!(n_identifies <= 2, "{code}: {n_identifies} times");
        assert_eq!(output.code, Some(0), "{code}: {}", output.log);
    });
}

#[test]
fn missed_events_are_answered_once_after_a_resume() {
    let home = TestGuild::new();
    let bot = home.bot(&[]);
    assert_answers(&home);
    for code in [None, Some(4000), Some(4008), Some(1001)] {
        let (_, n_resumes, _) = home.discord.counts();
        home.discord.close_connections(code);
        let missed = home.ask(QUESTION);
        let reply = home.discord.next_message();
        assert_eq!(reply.reply_to, Some(missed), "{code:?}");
        assert_eq!(home.discord.counts().1, n_resumes + 1, "{code:?}");
    }
    home.discord.request_reconnect();
    home.discord.wait_for_resumes(5);
    assert_answers(&home);
    home.discord.assert_no_changes();
    assert_eq!(home.discord.counts().0, 1, "the session is resumed");
    bot.stop();
}

#[test]
fn invalid_session_is_replaced_by_a_new_one() {
    let home = TestGuild::new();
    let bot = home.bot(&[]);
    assert_answers(&home);
    home.discord.invalidate_sessions(true);
    home.discord.wait_for_resumes(1);
    assert_answers(&home);
    home.discord.invalidate_sessions(false);
    home.discord.wait_for_identifies(2);
    home.discord.wait_for_sessions(1);
    assert_answers(&home);
    // Repeated events of answered questions are not answered again.
    home.discord.assert_no_changes();
    home.discord.drop_sessions();
    home.discord.wait_for_sessions(0);
    bot.stop();
}

#[test]
fn connection_without_heartbeat_acks_is_replaced() {
    let home = TestGuild::new();
    home.discord.set_heartbeat_interval(Duration::from_millis(500));
    let bot = home.bot(&[]);
    assert_answers(&home);
    let before = home.discord.n_connections();
    home.discord.set_heartbeat_acks(false);
    home.discord.wait_for_connections(before + 1);
    home.discord.set_heartbeat_acks(true);
    home.discord.wait_for_sessions(1);
    assert_answers(&home);
    assert_eq!(home.discord.counts().0, 1, "the session is resumed");
    bot.stop();
}

#[test]
fn shutdown_completes_in_time_whatever_discord_does() {
    let home = TestGuild::new();
    home.discord.never_send_close_frames();
    let bot = home.bot(&[]);
    assert_answers(&home);
    let start = Instant::now();
    assert_eq!(bot.stop().code, Some(0));
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());

    let home = TestGuild::new();
    let bot = home.bot(&[]);
    home.discord.inject_fault(
        "POST /channels/{}/messages",
        1,
        InjectedFault::Slow(Duration::from_secs(60)),
    );
    home.ask(QUESTION);
    home.discord.wait_for_calls("POST /channels/{}/typing", 1);
    let start = Instant::now();
    assert_eq!(bot.stop().code, Some(0));
    assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
}

#[test]
fn duplicate_and_reordered_events_are_answered_once() {
    let home = TestGuild::new();
    let TestGuild { discord, .. } = &home;
    let _bot = home.bot(&[]);
    discord.hold_events();
    let questions = [home.ask(QUESTION), home.ask("what did china say about russia")];
    questions.iter().for_each(|question| discord.repeat_message_event(*question));
    discord.release_events(true);
    let mut answered =
        [discord.next_message(), discord.next_message()].map(|it| it.reply_to.unwrap());
    answered.sort_unstable();
    assert_eq!(answered, questions);
    discord.assert_no_changes();
}

#[test]
fn edit_before_its_question_is_answered_once() {
    let home = TestGuild::new();
    let TestGuild { discord, channel, .. } = &home;
    let _bot = home.bot(&[]);
    discord.hold_events();
    let question = home.ask("best pizza in almaty?");
    discord.user_edits(question, &home.mention_bot(QUESTION));
    discord.release_events(true);
    discord.next_message();
    assert_eq!(discord.messages_in(*channel).len(), 1);
    home.wait_until_idle();
    assert_eq!(discord.messages_in(*channel).len(), 2, "the answer and the marker");
}

#[test]
fn shards_are_the_recommended_or_configured_ones() {
    let home = TestGuild::new();
    home.discord.recommend_shards(2);
    home.discord.limit_identifies();
    let bot = home.bot(&[]);
    home.discord.wait_for_sessions(2);
    assert_eq!(home.discord.shards(), [(0, 2), (1, 2)]);
    assert_answers(&home);
    bot.stop();

    let home = TestGuild::new();
    let settings = [
        ("QUOTH_DISCORD__SHARDS", "4"),
        ("QUOTH_DISCORD__FIRST_SHARD", "1"),
        ("QUOTH_DISCORD__LAST_SHARD", "2"),
    ];
    let bot = home.bot(&settings);
    home.discord.wait_for_sessions(2);
    assert_eq!(home.discord.shards(), [(1, 4), (2, 4)]);
    bot.stop();
}

#[test]
fn commands_are_written_only_when_they_have_changed() {
    let home = TestGuild::new();
    let bot = home.bot(&[]);
    let bot = bot.restart(&home.discord, false);
    assert_answers(&home);
    assert_eq!(home.discord.counts().2, 1);
    bot.stop();
}
