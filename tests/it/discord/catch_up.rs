//! Catching up with what happened while no session received it. Discord repeats nothing.

use std::time::Duration;

use super::bot::{ANSWER, QUESTION, TestGuild, in_parallel};
use crate::support::discord::{ChannelId, ConnectionFault, InjectedFault, ObservedChange};

const CREATE: &str = "POST /channels/{}/messages";

/// The messages to which the bot has replied in `channel`, sorted.
fn answered(home: &TestGuild, channel: ChannelId) -> Vec<u64> {
    let messages = home.discord.messages_in(channel);
    let mut answered: Vec<u64> = messages.iter().filter_map(|reply| reply.reply_to).collect();
    answered.sort_unstable();
    answered
}

/// Waits until `n` further messages of the bot were sent.
fn wait_for_messages(home: &TestGuild, n: usize) {
    for _ in 0..n {
        home.discord.next_message();
    }
}

#[test]
fn questions_queued_before_a_kill_or_a_stop_are_answered_after_the_restart() {
    in_parallel([true, false], |is_killed| {
        let home = TestGuild::new();
        let TestGuild { discord, channel, .. } = &home;
        let bot = home.bot(&[("QUOTH_DELIVERY__DRAIN_SECONDS", "2")]);
        discord.inject_fault(CREATE, 2, InjectedFault::Slow(Duration::from_secs(1)));
        discord.inject_fault(CREATE, 3, InjectedFault::Slow(Duration::from_secs(60)));
        let asked: Vec<u64> = (0..20).map(|_| home.ask(QUESTION)).collect();
        wait_for_messages(&home, 2);
        // Most questions have been received by now, and wait.
        let bot = bot.restart(discord, is_killed);
        discord.clear_faults();
        wait_for_messages(&home, 18);
        home.wait_until_idle();
        assert_eq!(answered(&home, *channel), asked, "killed: {is_killed}");
        bot.stop();
    });
}

#[test]
fn direct_messages_are_caught_up_with_where_one_was_received_lately() {
    in_parallel([true, false], |is_killed| {
        let home = TestGuild::new();
        let TestGuild { discord, ada, bob, .. } = &home;
        let bot = home.bot(&[("QUOTH_DELIVERY__DRAIN_SECONDS", "1")]);
        let (known, queued) = (discord.direct(*ada), discord.direct(*bob));
        let mut asked = vec![discord.user_sends(known, *ada, QUESTION)];
        wait_for_messages(&home, 1);
        discord.inject_fault(CREATE, 9, InjectedFault::Slow(Duration::from_secs(60)));
        let waiting: Vec<u64> =
            (0..3).map(|_| discord.user_sends(queued, *bob, QUESTION)).collect();
        discord.wait_for_calls("POST /channels/{}/typing", 1);
        let bot = bot.restart_after(discord, is_killed, || {
            asked.push(discord.user_sends(known, *ada, QUESTION));
            discord.clear_faults();
        });
        wait_for_messages(&home, 4);
        home.wait_until_idle();
        assert_eq!(answered(&home, known), asked, "killed: {is_killed}");
        assert_eq!(answered(&home, queued), waiting, "killed: {is_killed}");
        bot.stop();
    });
}

#[test]
fn private_replies_make_no_direct_messages_of_a_channel() {
    let home = TestGuild::new();
    let TestGuild { discord, channel, ada, bob, .. } = &home;
    let bot = home.bot(&[]);
    discord.user_sends(*channel, *bob, QUESTION);
    // Discord announces the private reply without a guild, like a direct message.
    discord.user_runs_command(*channel, *ada, "help", &[]);
    wait_for_messages(&home, 1);
    home.wait_until_idle();
    let bot = bot.restart(discord, false);
    let asked = home.ask(QUESTION);
    wait_for_messages(&home, 1);
    home.wait_until_idle();
    assert_eq!(answered(&home, *channel), [asked]);
    bot.stop();
}

#[test]
fn questions_asked_while_offline_are_answered_once() {
    let home = TestGuild::new();
    let TestGuild { discord, guild, channel, ada, .. } = &home;
    let bot = home.bot(&[]);
    let before = home.ask(QUESTION);
    wait_for_messages(&home, 1);
    // Discord has forgotten the session when the bot connects again.
    discord.set_connection_fault(Some(ConnectionFault::Closed(None)));
    discord.close_connections(None);
    discord.wait_for_sessions(0);
    discord.drop_sessions();
    let mut missed = vec![home.ask(QUESTION)];
    discord.user_sends(*channel, *ada, "good morning");
    let thread = discord.thread(*channel, *ada);
    let in_thread = discord.user_sends(thread, *ada, &home.mention_bot(QUESTION));
    let deleted = home.ask(QUESTION);
    discord.delete_message(deleted);
    let hidden = discord.channel(*guild, "hidden");
    discord.deny(hidden, crate::support::discord::permission::VIEW_CHANNEL);
    missed.push(home.ask(QUESTION));
    discord.set_connection_fault(None);
    wait_for_messages(&home, 3);
    home.wait_until_idle();
    missed.insert(0, before);
    assert_eq!(answered(&home, *channel), missed);
    assert_eq!(answered(&home, thread), [in_thread]);
    assert!(discord.messages_in(*channel)[0].text.contains(ANSWER));
    // Nothing is read that the bot may not read.
    let reads = discord.calls("GET /channels/{}/messages");
    assert!(reads.iter().all(|call| call.status == 200), "{reads:?}");
    bot.stop();
}

#[test]
fn more_missed_questions_than_fit_into_a_page_are_answered_unless_too_old() {
    in_parallel([("6", 6), ("0", 0)], |(minutes, n_answered)| {
        let home = TestGuild::new();
        let TestGuild { discord, channel, ada, .. } = &home;
        let bot = home.bot(&[("QUOTH_DELIVERY__CATCH_UP_MINUTES", minutes)]);
        let mut missed = Vec::new();
        let bot = bot.restart_after(discord, false, || {
            missed.extend((0..3).map(|_| home.ask(QUESTION)));
            for _ in 0..240 {
                discord.user_sends(*channel, *ada, "good morning");
            }
            missed.extend((0..3).map(|_| home.ask(QUESTION)));
        });
        wait_for_messages(&home, n_answered);
        home.wait_until_idle();
        assert_eq!(answered(&home, *channel), missed[..n_answered], "{minutes} minutes");
        bot.stop();
    });
}

#[test]
fn answer_to_a_question_that_was_deleted_while_offline_is_deleted() {
    let home = TestGuild::new();
    let TestGuild { discord, channel, .. } = &home;
    let bot = home.bot(&[]);
    let questions = [home.ask(QUESTION), home.ask(QUESTION)];
    wait_for_messages(&home, 2);
    let bot = bot.restart_after(discord, false, || discord.delete_message(questions[0]));
    let change = discord.next_change();
    assert!(matches!(&change, ObservedChange::Deleted(it) if it.reply_to == Some(questions[0])));
    home.wait_until_idle();
    assert_eq!(answered(&home, *channel), questions[1..]);
    bot.stop();
}
