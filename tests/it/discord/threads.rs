//! Threads that are archived or locked.

use std::time::Duration;

use super::bot::{ANSWER, QUESTION, TestGuild, in_parallel};
use crate::support::discord::{InjectedFault, ObservedChange};

const CREATE: &str = "POST /channels/{}/messages";

#[test]
fn question_that_reopens_an_archived_thread_is_answered_there() {
    // Whether the thread was archived before the bot connected, so that it was never announced.
    in_parallel([false, true], |is_unknown| {
        let home = TestGuild::new();
        let TestGuild { discord, channel, ada, bob, .. } = &home;
        let mut thread = discord.thread(*channel, *bob);
        discord.archive_thread(thread);
        let bot = home.bot(&[]);
        if !is_unknown {
            thread = discord.thread(*channel, *bob);
            discord.archive_thread(thread);
        }
        let question = discord.user_sends(thread, *ada, &home.mention_bot(QUESTION));
        let reply = discord.next_message();
        assert_eq!((reply.channel, reply.reply_to), (thread.0, Some(question)));
        assert!(reply.text.contains(ANSWER), "{reply:?}");
        bot.stop();
    });
}

#[test]
fn answer_reopens_a_thread_that_was_archived_meanwhile() {
    let home = TestGuild::new();
    let TestGuild { discord, channel, ada, .. } = &home;
    let _bot = home.bot(&[]);
    let thread = discord.thread(*channel, *ada);
    discord.inject_fault(CREATE, 1, InjectedFault::Slow(Duration::from_millis(600)));
    discord.user_sends(thread, *ada, &home.mention_bot(QUESTION));
    std::thread::sleep(Duration::from_millis(200));
    discord.archive_thread(thread);
    assert!(discord.next_message().text.contains(ANSWER));
    assert!(!discord.is_archived(thread));
}

#[test]
fn locked_thread_is_tried_once_without_an_alert_and_answered_when_it_is_open_again() {
    in_parallel([false, true], |is_archived| {
        let home = TestGuild::new();
        let TestGuild { discord, guild, channel, ada, .. } = &home;
        let office = discord.channel(*guild, "office");
        let reports_to = format!("'{office}'");
        let bot = home.bot(&[("QUOTH_DEFAULT_SPACE__REPORTS_TO", &reports_to)]);
        let thread = discord.thread(*channel, *ada);
        discord.inject_fault(CREATE, 1, InjectedFault::Slow(Duration::from_millis(600)));
        discord.user_sends(thread, *ada, &home.mention_bot(QUESTION));
        std::thread::sleep(Duration::from_millis(200));
        discord.lock_thread(thread);
        if is_archived {
            discord.archive_thread(thread);
        }
        discord.wait_for_calls(CREATE, 1);
        discord.assert_no_changes();
        assert_eq!(discord.calls(CREATE).len(), 1, "{is_archived}: neither a retry nor an alert");
        discord.take_violations();
        discord.reopen_thread(thread);
        discord.user_sends(thread, *ada, &home.mention_bot(QUESTION));
        assert!(discord.next_message().text.contains(ANSWER), "{is_archived}");
        bot.stop();
    });
}

#[test]
fn answer_in_an_archived_thread_is_deleted_with_its_question() {
    let home = TestGuild::new();
    let TestGuild { discord, channel, ada, .. } = &home;
    let _bot = home.bot(&[]);
    let thread = discord.thread(*channel, *ada);
    let question = discord.user_sends(thread, *ada, &home.mention_bot(QUESTION));
    let answer = discord.next_message().id;
    discord.archive_thread(thread);
    discord.delete_message(question);
    let change = discord.next_change();
    assert!(matches!(&change, ObservedChange::Deleted(it) if it.id == answer), "{change:?}");
    assert!(discord.is_archived(thread));
}
