//! Outages of the gateway: connections that are refused, hang, or are closed at once.

use std::time::Duration;

use super::bot::{ANSWER, QUESTION, TestGuild, in_parallel};
use crate::support::discord::ConnectionFault;

/// Shortest wait after the first failed connection; each further one is twice as long.
const MIN_WAIT: Duration = Duration::from_millis(500);

#[test]
fn failing_connections_are_retried_with_growing_waits() {
    let all = [
        ConnectionFault::Closed(None),
        ConnectionFault::Closed(Some(4000)),
        ConnectionFault::ClosedAfterHello,
        ConnectionFault::RefusedUpgrade(503),
    ];
    in_parallel(all, |fault| {
        let home = TestGuild::new();
        let TestGuild { discord, .. } = &home;
        let bot = home.bot(&[("QUOTH_HTTP__IS_ON", "true")]);
        bot.wait_until_ready(true);
        let n_before = discord.n_connections();
        discord.set_connection_fault(Some(fault));
        discord.close_connections(Some(4000));
        discord.wait_for_connections(n_before + 4);
        let gaps = discord.connection_gaps(n_before + 1);
        for (gap, least) in gaps.iter().zip([MIN_WAIT, MIN_WAIT * 2, MIN_WAIT * 4]) {
            assert!(*gap >= least, "{fault:?}: {gap:?} instead of {least:?}: {gaps:?}");
        }
        bot.wait_until_ready(false);
        discord.set_connection_fault(None);
        let question = home.ask(QUESTION);
        let reply = discord.next_message();
        assert_eq!(reply.reply_to, Some(question), "{fault:?}");
        assert!(reply.text.contains(ANSWER), "{fault:?}: {reply:?}");
        bot.wait_until_ready(true);
        assert_eq!(discord.counts().0, 1, "{fault:?}: the session is resumed");
        let log = bot.stop().log;
        assert!(log.contains("WARN") && log.contains("Discord shard 0 is not connected"), "{log}");
        assert!(log.contains("Discord shard 0 is connected again after"), "{log}");
    });
}

#[test]
fn hanging_connection_is_not_ready() {
    let home = TestGuild::new();
    let TestGuild { discord, .. } = &home;
    let bot = home.bot(&[("QUOTH_HTTP__IS_ON", "true")]);
    bot.wait_until_ready(true);
    discord.set_connection_fault(Some(ConnectionFault::HangingUpgrade));
    discord.close_connections(None);
    bot.wait_until_ready(false);
    bot.stop();
}

#[test]
fn session_that_was_forgotten_in_an_outage_is_replaced_at_once() {
    let home = TestGuild::new();
    let TestGuild { discord, .. } = &home;
    let bot = home.bot(&[]);
    let n_before = discord.n_connections();
    discord.set_connection_fault(Some(ConnectionFault::Closed(None)));
    discord.close_connections(None);
    discord.drop_sessions();
    // The waits have grown: the next one is 8 s or longer, and the one after it 16 s.
    discord.wait_for_connections(n_before + 5);
    discord.set_connection_fault(None);
    let question = home.ask(QUESTION);
    assert_eq!(discord.next_message().reply_to, Some(question));
    let wait = discord.connection_gaps(n_before + 6)[0];
    assert!(wait < Duration::from_secs(12), "{wait:?} instead of 1 to 5 s");
    assert_eq!(discord.counts().0, 2, "a new session");
    bot.stop();
}
