//! API errors: which requests are retried, and that no message is sent twice.

use std::time::Duration;

use super::bot::{ANSWER, LABELS, QUESTION, TestGuild, in_parallel};
use crate::support::discord::{InjectedFault, permission};

pub(super) const CREATE: &str = "POST /channels/{}/messages";
const CALLBACK: &str = "POST /interactions/{}/{}/callback";

/// Asks a question while `fault` is injected, and asserts that it is answered once. Returns the ms
/// between the first and the last request.
pub(super) fn assert_answered_once(
    home: &TestGuild,
    fault: InjectedFault,
    n_requests: usize,
) -> u64 {
    let what = format!("{fault:?}");
    home.discord.inject_fault(CREATE, 1, fault);
    let question = home.ask(QUESTION);
    let calls = home.discord.wait_for_calls(CREATE, n_requests);
    let reply = home.discord.next_message();
    assert_eq!(reply.reply_to, Some(question), "{what}");
    assert!(reply.text.contains(ANSWER), "{what}: {reply:?}");
    home.wait_until_idle();
    let messages = home.discord.messages_in(home.channel);
    let n_public = messages.iter().filter(|reply| !reply.is_private).count();
    assert_eq!(n_public, 1, "{what}: {messages:?}");
    assert_eq!(home.discord.calls(CREATE).len(), n_requests, "{what}");
    calls.last().map_or(0, |last| last.at_ms - calls[0].at_ms)
}

/// Like [`assert_answered_once`], with a bot of its own.
fn assert_bot_answers_once(fault: InjectedFault, n_requests: usize) -> u64 {
    let home = TestGuild::new();
    let _bot = home.bot(&[]);
    assert_answered_once(&home, fault, n_requests)
}

#[test]
fn rate_limited_sends_are_retried_after_the_wait() {
    for is_global in [false, true] {
        let wait = Duration::from_millis(1800);
        let waited_ms =
            assert_bot_answers_once(InjectedFault::RateLimited { retry_after: wait, is_global }, 2);
        assert!(waited_ms >= 1800, "waited only {waited_ms} ms");
    }
}

#[test]
fn ambiguous_sends_are_executed_once() {
    let all = [
        InjectedFault::Status(500),
        InjectedFault::Status(502),
        InjectedFault::ExecutedStatus(500),
        InjectedFault::Cut,
        InjectedFault::ExecutedCut,
        InjectedFault::ExecutedGarbage,
    ];
    in_parallel(all, |fault| {
        assert_bot_answers_once(fault, 2);
    });
}

#[test]
fn ambiguous_send_before_a_kill_is_executed_once() {
    let home = TestGuild::new();
    let bot = home.bot(&[]);
    home.discord.inject_fault(CREATE, 1, InjectedFault::ExecutedCut);
    let question = home.ask(QUESTION);
    home.discord.next_message();
    let bot = bot.restart(&home.discord, true);
    home.discord.repeat_message_event(question);
    home.changes_until_idle();
    let messages = home.discord.messages_in(home.channel);
    assert_eq!(messages.iter().filter(|reply| !reply.is_private).count(), 1, "{messages:?}");
    bot.stop();
}

/// Runs `check_one` with each fault that an interaction callback can have, each with a bot of its own.
/// The text describes the fault.
fn for_each_callback_error(check_one: impl Fn(&TestGuild, InjectedFault, &str) + Sync) {
    let all = [
        InjectedFault::Status(500),
        InjectedFault::ExecutedStatus(500),
        InjectedFault::ExecutedCut,
        InjectedFault::ExecutedGarbage,
        InjectedFault::RateLimited { retry_after: Duration::from_millis(700), is_global: false },
    ];
    in_parallel(all, |fault| {
        let home = TestGuild::new();
        let _bot = home.bot(&[]);
        let what = format!("{fault:?}");
        check_one(&home, fault, &what);
        // A second callback is a violation, but the bot must try it after an ambiguous error.
        home.discord.take_violations();
    });
}

#[test]
fn command_is_answered_once_after_any_callback_error() {
    for_each_callback_error(|home, fault, what| {
        home.discord.inject_fault(CALLBACK, 1, fault);
        let interaction = home.discord.user_runs_command(
            home.channel,
            home.ada,
            "ask",
            &[("question", QUESTION)],
        );
        let change = home.discord.next_change();
        assert_eq!(change.message().interaction, Some(interaction.id), "{what}");
        assert!(change.message().text.contains(ANSWER), "{what}: {change:?}");
        home.changes_until_idle();
        let messages = home.discord.messages_in(home.channel);
        let n_answers = messages.iter().filter(|reply| reply.text.contains(ANSWER)).count();
        assert_eq!(n_answers, 1, "{what}: {messages:?}");
    });
}

#[test]
fn component_use_is_answered_once_after_any_callback_error() {
    for_each_callback_error(|home, fault, what| {
        let TestGuild { discord, channel, bob, .. } = home;
        home.ask(QUESTION);
        let answer = discord.next_message();
        discord.inject_fault(CALLBACK, 1, fault);
        let interaction = discord.user_presses(answer.id, LABELS.show_paragraph, *bob);
        assert_eq!(discord.next_message().interaction, Some(interaction.id), "{what}");
        home.wait_until_idle();
        let messages = discord.messages_in(*channel);
        let n_replies =
            messages.iter().filter(|reply| reply.interaction == Some(interaction.id)).count();
        assert_eq!(n_replies, 1, "{what}: {messages:?}");
    });
}

#[test]
fn private_selection_is_displayed_after_any_callback_error() {
    for_each_callback_error(|home, fault, what| {
        let TestGuild { discord, channel, ada, .. } = home;
        discord.user_runs_command(*channel, *ada, "ask", &[("question", "china help kazakhstan")]);
        let suggestions = discord.next_message();
        discord.inject_fault(CALLBACK, 1, fault);
        discord.user_presses(suggestions.id, "2. ", *ada);
        assert_eq!(discord.next_change().message().id, suggestions.id, "{what}");
        home.changes_until_idle();
        let messages = discord.messages_in(*channel);
        let selected = messages.iter().find(|reply| reply.id == suggestions.id);
        assert!(selected.is_some_and(|it| it.text.contains("\n> ")), "{what}: {messages:?}");
    });
}

#[test]
fn follow_up_messages_are_never_sent_twice() {
    let all = [
        (InjectedFault::ExecutedStatus(500), 1),
        (InjectedFault::ExecutedCut, 1),
        (InjectedFault::ExecutedGarbage, 1),
        (InjectedFault::Status(500), 0),
        (
            InjectedFault::RateLimited {
                retry_after: Duration::from_millis(700),
                is_global: false,
            },
            1,
        ),
    ];
    in_parallel(all, |(fault, n_expected)| {
        let is_ambiguous = !matches!(fault, InjectedFault::RateLimited { .. });
        let home = TestGuild::new();
        let TestGuild { discord, channel, bob, .. } = &home;
        let bot = home.bot(&[]);
        let what = format!("{fault:?}");
        home.ask(QUESTION);
        let answer = discord.next_message();
        // The interaction is queued behind a slow answer until it is deferred.
        discord.inject_fault(CREATE, 1, InjectedFault::Slow(Duration::from_secs(3)));
        home.ask(QUESTION);
        discord.inject_fault("POST /webhooks/{}/{}", 1, fault);
        let interaction = discord.user_presses(answer.id, LABELS.show_paragraph, *bob);
        assert_eq!(discord.response_type(&interaction), 6, "{what}: it was deferred");
        home.changes_until_idle();
        let messages = discord.messages_in(*channel);
        let n_replies =
            messages.iter().filter(|reply| reply.interaction == Some(interaction.id)).count();
        assert_eq!(n_replies, n_expected, "{what}: {messages:?}");
        discord.take_violations();
        let log = bot.stop().log;
        let name = format!("discord:interaction:{}", interaction.id);
        let is_logged = log.contains(&format!("Unknown whether the reply to {name} was sent"));
        assert_eq!(is_logged, is_ambiguous, "{what}: {log}");
        assert!(!log.contains("rejected the reply"), "{what}: {log}");
    });
}

#[test]
fn permanent_errors_are_not_retried() {
    in_parallel([401, 403, 404], |status| {
        let home = TestGuild::new();
        let _bot = home.bot(&[]);
        home.discord.inject_fault(CREATE, 5, InjectedFault::Status(status));
        home.ask(QUESTION);
        home.discord.wait_for_calls(CREATE, 1);
        home.wait_until_idle();
        std::thread::sleep(Duration::from_secs(1));
        assert_eq!(home.discord.calls(CREATE).len(), 1, "{status}");
    });
}

#[test]
fn missing_permission_is_reported_to_moderators_once() {
    let rows = [
        (permission::SEND_MESSAGES, "Send Messages", 1),
        (permission::EMBED_LINKS, "Embed Links", 1),
        (permission::READ_MESSAGE_HISTORY, "Read Message History", 2),
    ];
    in_parallel(rows, |(denied, name, n_tries)| {
        let home = TestGuild::new();
        let TestGuild { discord, guild, channel, ada, .. } = &home;
        let office = discord.channel(*guild, "office");
        let reports_to = format!("'{office}'");
        let bot = home.bot(&[("QUOTH_DEFAULT_SPACE__REPORTS_TO", &reports_to)]);
        discord.deny(*channel, denied);
        home.ask(QUESTION);
        let mut replies = vec![discord.next_message()];
        let is_answered = denied == permission::READ_MESSAGE_HISTORY;
        if is_answered {
            replies.push(discord.next_message());
        }
        let report = replies.iter().find(|reply| reply.channel == office.0);
        let report = report.unwrap_or_else(|| panic!("{name}: {replies:?}"));
        assert!(report.text.contains(name), "{name} is not in {}", report.text);
        assert!(report.text.contains(&format!("<#{}>", channel.0)), "{}", report.text);
        let in_channel = |calls: Vec<crate::support::discord::Call>| {
            calls.iter().filter(|call| call.ids[0] == channel.0.to_string()).count()
        };
        assert_eq!(in_channel(discord.calls(CREATE)), n_tries, "{name}");
        discord.user_sends(*channel, *ada, &home.mention_bot(QUESTION));
        if is_answered {
            assert_eq!(discord.next_message().channel, channel.0);
        }
        discord.assert_no_changes();
        let bot = bot.restart(discord, false);
        home.ask(QUESTION);
        if is_answered {
            assert_eq!(discord.next_message().channel, channel.0);
        }
        discord.assert_no_changes();
        discord.take_violations();
        bot.stop();
    });
}

#[test]
fn granted_permission_takes_effect_at_once() {
    let home = TestGuild::new();
    let TestGuild { discord, channel, .. } = &home;
    let _bot = home.bot(&[]);
    discord.deny(*channel, permission::SEND_MESSAGES);
    home.ask(QUESTION);
    discord.wait_for_calls(CREATE, 1);
    discord.assert_no_changes();
    discord.deny(*channel, 0);
    home.ask(QUESTION);
    assert!(discord.next_message().text.contains(ANSWER));
}

#[test]
fn permission_granted_by_any_means_takes_effect_at_once() {
    /// Denies or grants the permission to send messages in threads.
    type Change = fn(&TestGuild, bool);
    const SENDING: permission::Permissions = permission::SEND_MESSAGES_IN_THREADS;
    let ways: [(&str, Change); 4] = [
        ("by its channel", |home, is_denied| {
            home.discord.deny(home.channel, if is_denied { SENDING } else { 0 });
        }),
        ("by a role", |home, is_denied| {
            home.discord.deny_role(home.guild, if is_denied { SENDING } else { 0 });
        }),
        ("by the guild", |home, is_denied| {
            home.discord.deny_guild(home.guild, if is_denied { SENDING } else { 0 });
        }),
        ("to the bot itself", |home, is_denied| home.discord.set_timed_out(home.guild, is_denied)),
    ];
    in_parallel(ways, |(way, set_denied)| {
        let home = TestGuild::new();
        let TestGuild { discord, channel, ada, .. } = &home;
        let thread = discord.thread(*channel, *ada);
        let _bot = home.bot(&[]);
        set_denied(&home, true);
        let text = home.mention_bot(QUESTION);
        discord.user_sends(thread, *ada, &text);
        discord.wait_for_calls(CREATE, 1);
        discord.assert_no_changes();
        // After a denial, nothing is sent for a while.
        discord.user_sends(thread, *ada, &text);
        discord.assert_no_changes();
        assert_eq!(discord.calls(CREATE).len(), 1, "{way}");
        set_denied(&home, false);
        let question = discord.user_sends(thread, *ada, &text);
        let reply = discord.next_message();
        assert_eq!(reply.reply_to, Some(question), "{way}");
    });
}

#[test]
fn answer_is_deleted_in_the_channel_after_its_token_expired() {
    let home = TestGuild::new();
    let TestGuild { discord, channel, ada, .. } = &home;
    let _bot = home.bot(&[]);
    discord.user_runs_command(
        *channel,
        *ada,
        "ask",
        &[("question", QUESTION), ("visible", "everyone")],
    );
    let answer = discord.next_message();
    discord.advance_clock(Duration::from_secs(20 * 60));
    discord.user_presses(answer.id, LABELS.delete, *ada);
    let change = discord.next_change();
    assert_eq!(change.message().id, answer.id, "{change:?}");
}
