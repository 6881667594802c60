//! The life of the gateway: closed connections, resumptions, silence, shards, and the end.

use std::time::{Duration, Instant};

use super::bot::{ANSWER, Bot, Home, QUESTION, at_once};
use crate::service::Ended;
use crate::support::discord::InjectedFault;

/// Asks, and is answered once.
fn answers(home: &Home) {
    let question = home.asks(QUESTION);
    let shown = home.discord.next_sent();
    assert_eq!(shown.reply_to, Some(question));
    assert!(shown.text.contains(ANSWER), "{shown:?}");
}

/// Stops a bot whose Discord is of no use, after the time in which it might try again.
fn hopeless(home: &Home, settings: &[(&str, &str)]) -> Ended {
    let own = [("QUOTH_HTTP__IS_ON", "false")];
    let all: Vec<(String, String)> = own
        .iter()
        .chain(settings)
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    Bot::start_without_hope(&home.discord, &all, Duration::from_secs(4))
}

#[test]
fn the_switch_that_is_off_is_named_and_nothing_is_tried_again() {
    let home = Home::new();
    home.discord.forbids_content();
    let ended = hopeless(&home, &[("QUOTH_DISCORD__MESSAGE_CONTENT", "true")]);
    for part in ["4014", "Message Content Intent", "Privileged Gateway Intents"] {
        assert!(ended.log.contains(part), "{part} is not in {}", ended.log);
    }
    assert_eq!(home.discord.counts().0, 1, "IDENTIFY is counted by Discord");
}

#[test]
fn a_token_that_is_not_taken_is_told_and_not_tried_again() {
    let home = Home::new();
    let ended = hopeless(&home, &[("QUOTH_DISCORD__TOKEN", "nobodys-token-nobodys-token")]);
    assert!(ended.log.contains("does not take the token"), "{}", ended.log);
    assert!(!ended.log.contains("nobodys"), "{}", ended.log);
    let asked = home.discord.calls("GET /gateway/bot");
    assert_eq!(asked.iter().map(|call| call.status).collect::<Vec<_>>(), [401]);

    let home = Home::new();
    home.discord.refuses_with(Some(4004));
    let ended = hopeless(&home, &[]);
    assert!(ended.log.contains("does not take the token"), "{}", ended.log);
    assert_eq!(home.discord.counts().0, 1);
}

#[test]
fn an_address_that_is_not_discords_is_told_and_not_tried_again() {
    at_once([403, 404], |status| {
        let home = Home::new();
        home.discord.spoils("GET /gateway/bot", 9, InjectedFault::Status(status));
        let ended = hopeless(&home, &[]);
        assert!(ended.log.contains("`api_base`"), "{status}: {}", ended.log);
        assert_eq!(home.discord.calls("GET /gateway/bot").len(), 1, "{status}");
    });
}

#[test]
fn other_codes_without_hope_are_told_and_not_tried_at_full_speed() {
    at_once([4010, 4011, 4012, 4013], |code| {
        let home = Home::new();
        home.discord.refuses_with(Some(code));
        let ended = hopeless(&home, &[]);
        let n_identifies = home.discord.counts().0;
        assert!(n_identifies <= 2, "{code}: {n_identifies} times");
        assert_eq!(ended.code, Some(0), "{code}: {}", ended.log);
    });
}

#[test]
fn what_was_missed_is_told_on_resumption_and_answered_once() {
    let home = Home::new();
    let bot = home.bot(&[]);
    answers(&home);
    for code in [None, Some(4000), Some(4008), Some(1001)] {
        let (_, n_resumes, _) = home.discord.counts();
        home.discord.hangs_up(code);
        let missed = home.asks(QUESTION);
        let shown = home.discord.next_sent();
        assert_eq!(shown.reply_to, Some(missed), "{code:?}");
        assert_eq!(home.discord.counts().1, n_resumes + 1, "{code:?}");
    }
    home.discord.asks_to_reconnect();
    home.discord.waits_for_resumes(5);
    answers(&home);
    home.discord.shows_nothing();
    assert_eq!(home.discord.counts().0, 1, "one session is enough");
    bot.stop();
}

#[test]
fn an_invalid_session_is_left_for_a_new_one() {
    let home = Home::new();
    let bot = home.bot(&[]);
    answers(&home);
    home.discord.invalidates(true);
    home.discord.waits_for_resumes(1);
    answers(&home);
    home.discord.invalidates(false);
    home.discord.waits_for_identifies(2);
    home.discord.waits_for_sessions(1);
    answers(&home);
    // What is told again of what was answered is not answered again.
    home.discord.shows_nothing();
    home.discord.forgets_sessions();
    home.discord.waits_for_sessions(0);
    bot.stop();
}

#[test]
fn whoever_acknowledges_no_heartbeats_is_left() {
    let home = Home::new();
    home.discord.beats_every(Duration::from_millis(500));
    let bot = home.bot(&[]);
    answers(&home);
    let before = home.discord.n_connections();
    home.discord.acknowledges(false);
    home.discord.waits_for_connections(before + 1);
    home.discord.acknowledges(true);
    home.discord.waits_for_sessions(1);
    answers(&home);
    bot.stop();
}

#[test]
fn a_stop_ends_in_time_whatever_discord_does() {
    let home = Home::new();
    home.discord.never_closes();
    let bot = home.bot(&[]);
    answers(&home);
    let start = Instant::now();
    assert_eq!(bot.stop().code, Some(0));
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());

    let home = Home::new();
    let bot = home.bot(&[]);
    home.discord.spoils(
        "POST /channels/{}/messages",
        1,
        InjectedFault::Slow(Duration::from_secs(60)),
    );
    home.asks(QUESTION);
    home.discord.waits_for_calls("POST /channels/{}/typing", 1);
    let start = Instant::now();
    assert_eq!(bot.stop().code, Some(0));
    assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
}

#[test]
fn what_is_told_twice_or_out_of_order_is_answered_once_each() {
    let home = Home::new();
    let Home { discord, .. } = &home;
    let _bot = home.bot(&[]);
    discord.holds();
    let questions = [home.asks(QUESTION), home.asks("what did china say about russia")];
    questions.iter().for_each(|question| discord.repeats(*question));
    discord.releases(true);
    let mut answered = [discord.next_sent(), discord.next_sent()].map(|it| it.reply_to.unwrap());
    answered.sort_unstable();
    assert_eq!(answered, questions);
    discord.shows_nothing();
}

#[test]
fn an_edit_that_comes_before_its_question_is_no_harm() {
    let home = Home::new();
    let Home { discord, room, .. } = &home;
    let _bot = home.bot(&[]);
    discord.holds();
    let question = home.asks("best pizza in almaty?");
    discord.edits(question, &home.to_bot(QUESTION));
    discord.releases(true);
    discord.next_sent();
    assert_eq!(discord.shown(*room).len(), 1);
    home.settles();
    assert_eq!(discord.shown(*room).len(), 2, "and the mark of the end");
}

#[test]
fn as_many_shards_are_served_as_discord_recommends_or_the_configuration_says() {
    let home = Home::new();
    home.discord.recommends_shards(2);
    home.discord.limits_identifies();
    let bot = home.bot(&[]);
    home.discord.waits_for_sessions(2);
    assert_eq!(home.discord.shards(), [(0, 2), (1, 2)]);
    answers(&home);
    bot.stop();

    let home = Home::new();
    let settings = [
        ("QUOTH_DISCORD__SHARDS", "4"),
        ("QUOTH_DISCORD__FIRST_SHARD", "1"),
        ("QUOTH_DISCORD__LAST_SHARD", "2"),
    ];
    let bot = home.bot(&settings);
    home.discord.waits_for_sessions(2);
    assert_eq!(home.discord.shards(), [(1, 4), (2, 4)]);
    bot.stop();
}

#[test]
fn commands_are_written_only_when_they_have_changed() {
    let home = Home::new();
    let bot = home.bot(&[]);
    let bot = bot.restart(&home.discord, false);
    answers(&home);
    assert_eq!(home.discord.counts().2, 1);
    bot.stop();
}
