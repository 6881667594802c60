//! Messages that are ignored, typing, deferred responses, locales, and failures.

use std::time::Duration;

use super::bot::{ANSWER, LABELS, QUESTION, TestGuild};
use crate::support::discord::{InjectedFault, ObservedChange, UserMessage};

const CREATE: &str = "POST /channels/{}/messages";
const TYPING: &str = "POST /channels/{}/typing";

#[test]
fn bots_webhooks_and_own_messages_are_ignored() {
    let home = TestGuild::new();
    let TestGuild { discord, channel, ada, .. } = &home;
    let _bot = home.bot(&[]);
    let robot = discord.bot("robot");
    let text = home.mention_bot(QUESTION);
    discord.user_sends(*channel, robot, &text);
    let by_webhook = UserMessage { text: &text, is_from_webhook: true, ..UserMessage::default() };
    discord.user_sends_message(*channel, *ada, by_webhook);
    home.ask(QUESTION);
    // The bot also receives events of its own messages.
    let answer = discord.next_message();
    let reply = UserMessage { text: &text, reply_to: Some(answer.id), ..UserMessage::default() };
    discord.user_sends_message(*channel, robot, reply);
    discord.user_runs_command(*channel, robot, "ask", &[("question", QUESTION)]);
    discord.assert_no_changes();
    assert_eq!(discord.messages_in(*channel).len(), 1);
}

#[test]
fn messages_that_a_proxy_repeats_are_answered_and_their_originals_are_not() {
    const PROXY: u64 = 466_378_653_216_014_359;
    const WEBHOOK: u64 = 700_000_000_000_000_001;
    let home = TestGuild::new();
    let TestGuild { discord, channel, ada, bob, .. } = &home;
    let settings = [
        ("QUOTH_DISCORD__PROXIES", format!("['{PROXY}']")),
        ("QUOTH_DEFAULT_SPACE__MODERATORS", format!("['{bob}']")),
    ];
    let _bot = home.bot(&settings.each_ref().map(|(name, value)| (*name, value.as_str())));
    let text = home.mention_bot(QUESTION);
    let repeat = |owner: u64| {
        let webhook = Some((WEBHOOK, owner));
        let repeated = UserMessage { text: &text, webhook, ..UserMessage::default() };
        discord.user_sends_message(*channel, *ada, repeated)
    };
    // The original is answered before it is repeated.
    let original = discord.user_sends(*channel, *ada, &format!("A: {text}"));
    let first = discord.next_message();
    assert_eq!(first.reply_to, Some(original));
    let repeated = repeat(PROXY);
    let ObservedChange::Deleted(deleted) = discord.next_change() else { panic!("not deleted") };
    assert_eq!(deleted.id, first.id);
    let answer = discord.next_message();
    assert_eq!(answer.reply_to, Some(repeated));
    assert!(answer.text.contains(ANSWER), "{answer:?}");
    discord.delete_message(original);
    discord.assert_no_changes();
    // All comes at once.
    discord.hold_events();
    let original = discord.user_sends(*channel, *ada, &text);
    let second = repeat(PROXY);
    discord.delete_message(original);
    discord.release_events(false);
    let changes = home.changes_until_idle();
    let left: Vec<_> = discord.messages_in(*channel).iter().filter_map(|it| it.reply_to).collect();
    assert_eq!(left, [repeated, second], "{changes:?}");
    // Nobody is known to be the asker: moderators alone control the answer.
    discord.user_presses(answer.id, LABELS.delete, *ada);
    assert!(discord.next_message().is_private);
    discord.user_presses(answer.id, LABELS.delete, *bob);
    assert!(matches!(discord.next_change(), ObservedChange::Deleted(it) if it.id == answer.id));
    // Other webhooks are ignored, and so are those that respond to commands of the proxy.
    repeat(PROXY + 1);
    let webhook = Some((PROXY, PROXY));
    let response = UserMessage { text: &text, webhook, ..UserMessage::default() };
    discord.user_sends_message(*channel, *ada, response);
    home.wait_until_idle();
}

#[test]
fn system_messages_are_ignored() {
    let home = TestGuild::new();
    let TestGuild { discord, channel, ada, .. } = &home;
    let _bot = home.bot(&[]);
    let text = home.mention_bot(QUESTION);
    for kind in [1, 4, 6, 7, 8, 18, 21, 22, 46] {
        let message =
            UserMessage { text: &text, system_type: Some(kind), ..UserMessage::default() };
        discord.user_sends_message(*channel, *ada, message);
    }
    discord.assert_no_changes();
}

#[test]
fn typing_is_sent_only_for_slow_answers() {
    let home = TestGuild::new();
    let discord = &home.discord;
    let _bot = home.bot(&[]);
    home.ask(QUESTION);
    discord.next_message();
    assert!(discord.calls(TYPING).is_empty());
    discord.inject_fault(CREATE, 1, InjectedFault::Slow(Duration::from_secs(3)));
    home.ask(QUESTION);
    discord.next_message();
    assert_eq!(discord.calls(TYPING).len(), 1);
}

#[test]
fn slow_command_is_deferred_in_time() {
    let home = TestGuild::new();
    let TestGuild { discord, channel, ada, .. } = &home;
    let _bot = home.bot(&[]);
    // The queue has one worker, so the command waits for the slow answer, past Discord's deadline.
    discord.inject_fault(CREATE, 1, InjectedFault::Slow(Duration::from_secs(4)));
    home.ask(QUESTION);
    let interaction = discord.user_runs_command(*channel, *ada, "ask", &[("question", QUESTION)]);
    assert_eq!(discord.response_type(&interaction), 5, "deferred");
    let mut replies = [discord.next_message(), discord.next_message()];
    replies.sort_by_key(|reply| reply.interaction.is_some());
    assert_eq!(replies[1].interaction, Some(interaction.id));
    assert!(replies[1].is_private && replies[1].text.contains(ANSWER), "{replies:?}");
}

#[test]
fn command_that_arrives_late_is_deferred_in_time() {
    let home = TestGuild::new();
    let TestGuild { discord, channel, ada, .. } = &home;
    let _bot = home.bot(&[]);
    discord.inject_fault(CREATE, 1, InjectedFault::Slow(Duration::from_secs(5)));
    home.ask(QUESTION);
    std::thread::sleep(Duration::from_millis(200));
    discord.hold_events();
    let interaction = discord.user_runs_command(*channel, *ada, "ask", &[("question", QUESTION)]);
    std::thread::sleep(Duration::from_millis(1700));
    discord.release_events(false);
    assert_eq!(discord.response_type(&interaction), 5, "deferred");
    discord.next_message();
    discord.next_change();
}

#[test]
fn public_deferral_keeps_the_reply_public() {
    let home = TestGuild::new();
    let TestGuild { discord, channel, ada, .. } = &home;
    let _bot = home.bot(&[]);
    discord.inject_fault(CREATE, 1, InjectedFault::Slow(Duration::from_secs(3)));
    home.ask(QUESTION);
    let asked = [("question", "best pizza in almaty?"), ("visible", "everyone")];
    let interaction = discord.user_runs_command(*channel, *ada, "ask", &asked);
    assert_eq!(discord.response_type(&interaction), 5, "deferred");
    discord.next_change();
    let notice = discord.next_change();
    assert_eq!(notice.message().interaction, Some(interaction.id), "{notice:?}");
    assert!(notice.message().text.contains("I have no quote"), "{notice:?}");
    discord.assert_no_changes();
    assert!(
        discord.messages_in(*channel).iter().any(|it| it.id == notice.message().id),
        "the reply was deleted"
    );
}

#[test]
fn private_replies_use_the_users_locale_and_commands_are_localized() {
    let home = TestGuild::new();
    let TestGuild { discord, channel, ada, bob, .. } = &home;
    let _bot = home.bot(&[]);
    discord.set_locale(*ada, "de");
    discord.set_locale(*bob, "fr");
    for (user, words) in [(ada, "Frag"), (bob, "Ask in your own words")] {
        discord.user_runs_command(*channel, *user, "help", &[]);
        let reply = discord.next_message();
        assert!(reply.text.contains(words), "{}", reply.text);
    }
    discord.user_sends(*channel, *ada, &home.mention_bot("best pizza in almaty?"));
    let reply = discord.next_message();
    assert!(
        reply.text.contains("I have no quote"),
        "public replies use the locale of the space: {reply:?}"
    );
    for name in ["ask", "help", "topics", "forget-me", "pause", "resume", "Ask about this"] {
        let command = discord.command(name);
        assert!(command["name_localizations"]["de"].is_string(), "{command}");
    }
}

#[test]
fn failure_notice_has_a_reference_that_is_in_the_log() {
    let home = TestGuild::new();
    let TestGuild { discord, ada, .. } = &home;
    let bot = home.bot(&[]);
    home.ask(QUESTION);
    let answer = discord.next_message();
    discord.inject_fault(
        "DELETE /webhooks/{}/{}/messages/@original",
        9,
        InjectedFault::Status(403),
    );
    discord.inject_fault("DELETE /channels/{}/messages/{}", 9, InjectedFault::Status(403));
    discord.user_presses(answer.id, LABELS.delete, *ada);
    let notice = discord.next_message();
    assert!(notice.is_private && notice.text.contains("Something went wrong"), "{notice:?}");
    let last_word = notice.text.split_whitespace().next_back().unwrap();
    let reference = last_word.trim_matches(['.', '*', '`']);
    assert!(reference.len() >= 6, "{}", notice.text);
    let log = bot.stop().log;
    assert!(log.contains(reference), "{reference} is not in {log}");
    assert!(!log.contains(QUESTION) && !log.contains("aW50ZXJhY3Rpb246"), "{log}");
}

#[test]
fn trace_log_contains_no_message_text_or_token() {
    let home = TestGuild::new();
    let TestGuild { discord, channel, ada, .. } = &home;
    let bot = home.bot(&[("QUOTH_LOG__LEVEL", "trace")]);
    let asked = "who is rana mitter, zanzibar?";
    home.ask(asked);
    discord.next_message();
    discord.user_runs_command(*channel, *ada, "ask", &[("question", asked)]);
    discord.next_message();
    let log = bot.stop().log;
    for secret in ["zanzibar", "aW50ZXJhY3Rpb246", crate::support::discord::TOKEN, ANSWER] {
        assert!(!log.contains(secret), "{secret} is in the log");
    }
}
