//! Trouble with the interface: what is tried again, what never is, and that nothing is said twice.

use std::time::Duration;

use super::bot::{ANSWER, Home, QUESTION, WORDS, at_once};
use crate::support::discord::{InjectedFault, permission};

pub(super) const CREATE: &str = "POST /channels/{}/messages";
const CALLBACK: &str = "POST /interactions/{}/{}/callback";

/// Somebody asks in the room while `mischief` is up, and is answered once. Gives how long the last
/// request came after the first.
pub(super) fn is_answered_once(home: &Home, mischief: InjectedFault, n_requests: usize) -> u64 {
    let what = format!("{mischief:?}");
    home.discord.spoils(CREATE, 1, mischief);
    let question = home.asks(QUESTION);
    let calls = home.discord.waits_for_calls(CREATE, n_requests);
    let shown = home.discord.next_sent();
    assert_eq!(shown.reply_to, Some(question), "{what}");
    assert!(shown.text.contains(ANSWER), "{what}: {shown:?}");
    home.settles();
    let left = home.discord.shown(home.room);
    let n_public = left.iter().filter(|shown| !shown.is_private).count();
    assert_eq!(n_public, 1, "{what}: {left:?}");
    assert_eq!(home.discord.calls(CREATE).len(), n_requests, "{what}");
    calls.last().map_or(0, |last| last.at_ms - calls[0].at_ms)
}

/// The same with a bot of its own.
fn bot_answers_once(mischief: InjectedFault, n_requests: usize) -> u64 {
    let home = Home::new();
    let _bot = home.bot(&[]);
    is_answered_once(&home, mischief, n_requests)
}

#[test]
fn what_was_surely_not_done_is_done_later() {
    for everywhere in [false, true] {
        let wait = Duration::from_millis(1800);
        let waited_ms = bot_answers_once(InjectedFault::Limited { wait, everywhere }, 2);
        assert!(waited_ms >= 1800, "{waited_ms} ms are less than Discord asked for");
    }
}

#[test]
fn what_may_have_been_done_is_done_once() {
    let all = [
        InjectedFault::Status(500),
        InjectedFault::Status(502),
        InjectedFault::DoneStatus(500),
        InjectedFault::Cut,
        InjectedFault::DoneCut,
        InjectedFault::DoneGarbage,
    ];
    at_once(all, |mischief| {
        bot_answers_once(mischief, 2);
    });
}

#[test]
fn what_may_have_been_done_before_a_kill_is_done_once() {
    let home = Home::new();
    let bot = home.bot(&[]);
    home.discord.spoils(CREATE, 1, InjectedFault::DoneCut);
    let question = home.asks(QUESTION);
    home.discord.next_sent();
    let bot = bot.restart(&home.discord, true);
    home.discord.repeats(question);
    home.seen_until_settled();
    let left = home.discord.shown(home.room);
    assert_eq!(left.iter().filter(|shown| !shown.is_private).count(), 1, "{left:?}");
    bot.stop();
}

/// Has `try_one` order each thing that can come back for a response to an interaction, in a home and
/// with a bot of its own. The text tells which one it is.
fn whatever_comes_back(try_one: impl Fn(&Home, InjectedFault, &str) + Sync) {
    let all = [
        InjectedFault::Status(500),
        InjectedFault::DoneStatus(500),
        InjectedFault::DoneCut,
        InjectedFault::DoneGarbage,
        InjectedFault::Limited { wait: Duration::from_millis(700), everywhere: false },
    ];
    at_once(all, |mischief| {
        let home = Home::new();
        let _bot = home.bot(&[]);
        let what = format!("{mischief:?}");
        try_one(&home, mischief, &what);
        // Whoever does not know whether the first response arrived has to try.
        home.discord.forgives();
    });
}

#[test]
fn an_interaction_is_answered_once_whatever_comes_back() {
    whatever_comes_back(|home, mischief, what| {
        home.discord.spoils(CALLBACK, 1, mischief);
        let done = home.discord.uses(home.room, home.ada, "ask", &[("question", QUESTION)]);
        let seen = home.discord.next();
        assert_eq!(seen.shown().interaction, Some(done.id), "{what}");
        assert!(seen.shown().text.contains(ANSWER), "{what}: {seen:?}");
        home.seen_until_settled();
        let left = home.discord.shown(home.room);
        let n_answers = left.iter().filter(|shown| shown.text.contains(ANSWER)).count();
        assert_eq!(n_answers, 1, "{what}: {left:?}");
    });
}

#[test]
fn a_press_is_answered_once_whatever_comes_back() {
    whatever_comes_back(|home, mischief, what| {
        let Home { discord, room, bob, .. } = home;
        home.asks(QUESTION);
        let answer = discord.next_sent();
        discord.spoils(CALLBACK, 1, mischief);
        let done = discord.presses(answer.id, WORDS.show_paragraph, *bob);
        assert_eq!(discord.next_sent().interaction, Some(done.id), "{what}");
        home.settles();
        let left = discord.shown(*room);
        let n_told = left.iter().filter(|shown| shown.interaction == Some(done.id)).count();
        assert_eq!(n_told, 1, "{what}: {left:?}");
    });
}

#[test]
fn a_private_pick_is_shown_whatever_comes_back() {
    whatever_comes_back(|home, mischief, what| {
        let Home { discord, room, ada, .. } = home;
        discord.uses(*room, *ada, "ask", &[("question", "china help kazakhstan")]);
        let suggestions = discord.next_sent();
        discord.spoils(CALLBACK, 1, mischief);
        discord.presses(suggestions.id, "2. ", *ada);
        assert_eq!(discord.next().shown().id, suggestions.id, "{what}");
        home.seen_until_settled();
        let left = discord.shown(*room);
        let picked = left.iter().find(|shown| shown.id == suggestions.id);
        assert!(picked.is_some_and(|it| it.text.contains("\n> ")), "{what}: {left:?}");
    });
}

#[test]
fn a_further_message_is_never_said_twice() {
    let all = [
        (InjectedFault::DoneStatus(500), 1),
        (InjectedFault::DoneCut, 1),
        (InjectedFault::DoneGarbage, 1),
        (InjectedFault::Status(500), 0),
        (InjectedFault::Limited { wait: Duration::from_millis(700), everywhere: false }, 1),
    ];
    at_once(all, |(mischief, n_wanted)| {
        let is_uncertain = !matches!(mischief, InjectedFault::Limited { .. });
        let home = Home::new();
        let Home { discord, room, bob, .. } = &home;
        let bot = home.bot(&[]);
        let what = format!("{mischief:?}");
        home.asks(QUESTION);
        let answer = discord.next_sent();
        // The press waits behind a slow answer, for longer than Discord would.
        discord.spoils(CREATE, 1, InjectedFault::Slow(Duration::from_secs(3)));
        home.asks(QUESTION);
        discord.spoils("POST /webhooks/{}/{}", 1, mischief);
        let done = discord.presses(answer.id, WORDS.show_paragraph, *bob);
        assert_eq!(discord.response_to(&done), 6, "{what}: it was deferred");
        home.seen_until_settled();
        let left = discord.shown(*room);
        let n_told = left.iter().filter(|shown| shown.interaction == Some(done.id)).count();
        assert_eq!(n_told, n_wanted, "{what}: {left:?}");
        discord.forgives();
        let log = bot.stop().log;
        let name = format!("discord:interaction:{}", done.id);
        let is_told = log.contains(&format!("Unknown whether the reply to {name} was sent"));
        assert_eq!(is_told, is_uncertain, "{what}: {log}");
        assert!(!log.contains("rejected the reply"), "{what}: {log}");
    });
}

#[test]
fn what_is_refused_is_never_tried_again() {
    at_once([401, 403, 404], |status| {
        let home = Home::new();
        let _bot = home.bot(&[]);
        home.discord.spoils(CREATE, 5, InjectedFault::Status(status));
        home.asks(QUESTION);
        home.discord.waits_for_calls(CREATE, 1);
        home.settles();
        std::thread::sleep(Duration::from_secs(1));
        assert_eq!(home.discord.calls(CREATE).len(), 1, "{status}");
    });
}

#[test]
fn a_missing_permission_is_told_to_moderators_once_and_by_name() {
    let rows = [
        (permission::SEND_MESSAGES, "Send Messages", 1),
        (permission::EMBED_LINKS, "Embed Links", 1),
        (permission::READ_MESSAGE_HISTORY, "Read Message History", 2),
    ];
    at_once(rows, |(denied, name, n_tries)| {
        let home = Home::new();
        let Home { discord, guild, room, ada, .. } = &home;
        let office = discord.channel(*guild, "office");
        let reports_to = format!("'{office}'");
        let bot = home.bot(&[("QUOTH_DEFAULT_SPACE__REPORTS_TO", &reports_to)]);
        discord.denies(*room, denied);
        home.asks(QUESTION);
        let mut seen = vec![discord.next_sent()];
        let is_answered = denied == permission::READ_MESSAGE_HISTORY;
        if is_answered {
            seen.push(discord.next_sent());
        }
        let report = seen.iter().find(|shown| shown.channel == office.0);
        let report = report.unwrap_or_else(|| panic!("{name}: {seen:?}"));
        assert!(report.text.contains(name), "{name} is not in {}", report.text);
        assert!(report.text.contains(&format!("<#{}>", room.0)), "{}", report.text);
        let in_room = |calls: Vec<crate::support::discord::Call>| {
            calls.iter().filter(|call| call.ids[0] == room.0.to_string()).count()
        };
        assert_eq!(in_room(discord.calls(CREATE)), n_tries, "{name}");
        discord.says(*room, *ada, &home.to_bot(QUESTION));
        if is_answered {
            assert_eq!(discord.next_sent().channel, room.0);
        }
        discord.shows_nothing();
        let bot = bot.restart(discord, false);
        home.asks(QUESTION);
        if is_answered {
            assert_eq!(discord.next_sent().channel, room.0);
        }
        discord.shows_nothing();
        discord.forgives();
        bot.stop();
    });
}

#[test]
fn what_a_permission_was_missing_for_works_when_it_is_given() {
    let home = Home::new();
    let Home { discord, room, .. } = &home;
    let _bot = home.bot(&[]);
    discord.denies(*room, permission::SEND_MESSAGES);
    home.asks(QUESTION);
    discord.waits_for_calls(CREATE, 1);
    discord.shows_nothing();
    discord.denies(*room, 0);
    home.asks(QUESTION);
    assert!(discord.next_sent().text.contains(ANSWER));
}

#[test]
fn a_permission_counts_at_once_by_whatever_it_is_given() {
    /// Takes away what lets the bot write in threads, or gives it back.
    type Change = fn(&Home, bool);
    const WRITING: permission::Permissions = permission::SEND_MESSAGES_IN_THREADS;
    let ways: [(&str, Change); 4] = [
        ("by its channel", |home, is_denied| {
            home.discord.denies(home.room, if is_denied { WRITING } else { 0 });
        }),
        ("by a role", |home, is_denied| {
            home.discord.denies_role(home.guild, if is_denied { WRITING } else { 0 });
        }),
        ("by the guild", |home, is_denied| {
            home.discord.denies_guild(home.guild, if is_denied { WRITING } else { 0 });
        }),
        ("to the bot itself", |home, is_denied| home.discord.times_out(home.guild, is_denied)),
    ];
    at_once(ways, |(way, denies)| {
        let home = Home::new();
        let Home { discord, room, ada, .. } = &home;
        let thread = discord.thread(*room, *ada);
        let _bot = home.bot(&[]);
        denies(&home, true);
        let text = home.to_bot(QUESTION);
        discord.says(thread, *ada, &text);
        discord.waits_for_calls(CREATE, 1);
        discord.shows_nothing();
        // Where it was refused nothing is tried for a while.
        discord.says(thread, *ada, &text);
        discord.shows_nothing();
        assert_eq!(discord.calls(CREATE).len(), 1, "{way}");
        denies(&home, false);
        let question = discord.says(thread, *ada, &text);
        let shown = discord.next_sent();
        assert_eq!(shown.reply_to, Some(question), "{way}");
    });
}

#[test]
fn the_answer_stays_when_its_token_is_too_old_and_is_changed_in_the_channel() {
    let home = Home::new();
    let Home { discord, room, ada, .. } = &home;
    let _bot = home.bot(&[]);
    discord.uses(*room, *ada, "ask", &[("question", QUESTION), ("visible", "everyone")]);
    let answer = discord.next_sent();
    discord.passes(Duration::from_secs(20 * 60));
    discord.presses(answer.id, WORDS.delete, *ada);
    let seen = discord.next();
    assert_eq!(seen.shown().id, answer.id, "{seen:?}");
}
