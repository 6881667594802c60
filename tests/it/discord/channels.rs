//! Channels of all types, unknown threads, and channels that are closed or deleted.

use std::time::Duration;

use super::bot::{ANSWER, QUESTION, TestGuild};
use crate::support::discord::InjectedFault;

const GET_CHANNEL: &str = "GET /channels/{}";
const CREATE: &str = "POST /channels/{}/messages";

#[test]
fn messages_in_every_channel_type_are_answered() {
    let home = TestGuild::new();
    let TestGuild { discord, guild, channel, ada, .. } = &home;
    // Text, voice, announcement and stage channels; then announcement, public and private threads.
    let mut channels = [0, 2, 5, 13].map(|kind| discord.channel_of_kind(*guild, kind)).to_vec();
    channels.extend([10, 11, 12].map(|kind| discord.thread_of_kind(*channel, *ada, kind)));
    // Types that serenity does not know, which must not be an error.
    discord.channel_of_kind(*guild, 16);
    discord.channel_of_kind(*guild, 99);
    let _bot = home.bot(&[]);
    for channel in channels {
        let question = discord.user_sends(channel, *ada, &home.mention_bot(QUESTION));
        let reply = discord.next_message();
        assert_eq!((reply.channel, reply.reply_to), (channel.0, Some(question)));
        assert!(reply.text.contains(ANSWER), "{reply:?}");
    }
}

#[test]
fn thread_lookups_do_not_delay_other_channels() {
    let home = TestGuild::new();
    let TestGuild { discord, channel, ada, bob, .. } = &home;
    let _bot = home.bot(&[]);
    let thread = discord.unannounced_thread(*channel, *bob);
    discord.user_sends(thread, *bob, "nothing for the bot");
    home.wait_until_idle();
    assert!(
        discord.calls(GET_CHANNEL).is_empty(),
        "no lookup for messages that do not address the bot"
    );
    discord.inject_fault(GET_CHANNEL, 1, InjectedFault::Slow(Duration::from_millis(1500)));
    discord.user_sends(thread, *bob, &home.mention_bot(QUESTION));
    home.ask(QUESTION);
    discord.user_runs_command(*channel, *ada, "help", &[]);
    let channels = [discord.next_message(), discord.next_message(), discord.next_message()];
    assert_eq!(channels.map(|reply| reply.channel), [channel.0, channel.0, thread.0]);
    // A failed lookup is not repeated for every message.
    let other = discord.unannounced_thread(*channel, *bob);
    discord.inject_fault(GET_CHANNEL, 9, InjectedFault::Status(500));
    let n_before = discord.calls(GET_CHANNEL).len();
    for _ in 0..3 {
        discord.user_sends(other, *bob, &home.mention_bot(QUESTION));
        assert_eq!(discord.next_message().channel, other.0);
    }
    assert_eq!(discord.calls(GET_CHANNEL).len(), n_before + 1);
}

#[test]
fn closed_or_deleted_channels_are_tried_once() {
    let home = TestGuild::new();
    let TestGuild { discord, guild, channel, ada, bob, .. } = &home;
    let reports = format!("'{}'", discord.channel(*guild, "office"));
    let _bot = home.bot(&[("QUOTH_DEFAULT_SPACE__REPORTS_TO", &reports)]);
    let thread = discord.thread(*channel, *bob);
    let gone = discord.channel(*guild, "gone");
    let direct = discord.direct(*ada);
    let slow = InjectedFault::Slow(Duration::from_millis(500));
    for (channel, close) in [(thread, 0), (gone, 1), (direct, 2)] {
        let n_before = discord.calls(CREATE).len();
        discord.inject_fault(CREATE, 1, slow.clone());
        discord.user_sends(channel, *ada, &home.mention_bot(QUESTION));
        std::thread::sleep(Duration::from_millis(200));
        match close {
            0 => {
                discord.archive_thread(channel);
                discord.lock_thread(channel);
            }
            1 => discord.delete_channel(channel),
            _ => discord.close_direct_messages(*ada),
        }
        discord.wait_for_calls(CREATE, n_before + 1);
        std::thread::sleep(Duration::from_millis(700));
        assert_eq!(discord.calls(CREATE).len(), n_before + 1, "{channel}");
        assert!(discord.messages_in(channel).is_empty(), "{channel}");
    }
    home.wait_until_idle();
    assert_eq!(
        discord.take_violations().len(),
        1,
        "the rejection for an archived thread has status 400"
    );
}
