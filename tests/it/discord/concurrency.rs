//! Many concurrent questions: slow channels do not delay others, and no question is lost.

use std::time::Duration;

use super::bot::{ANSWER, QUESTION, TestGuild};
use crate::support::discord::InjectedFault;

const CREATE: &str = "POST /channels/{}/messages";

/// Turns the cooldown off.
const NO_COOLDOWN: [(&str, &str); 1] = [("QUOTH_DEFAULT_SPACE__COOLDOWN_SECONDS", "0")];

#[test]
fn slow_busy_channel_does_not_delay_others() {
    let home = TestGuild::new();
    let TestGuild { discord, guild, channel, ada, bob } = &home;
    let _bot = home.bot(&NO_COOLDOWN);
    let others = [0, 1, 2, 3].map(|number| discord.channel(*guild, &format!("other {number}")));
    let wait = Duration::from_secs(6);
    discord.inject_fault(
        CREATE,
        1,
        InjectedFault::RateLimited { retry_after: wait, is_global: false },
    );
    home.ask(QUESTION);
    discord.wait_for_calls(CREATE, 1);
    for number in 0..300 {
        discord.user_sends(*channel, *bob, &format!("nothing of interest to a bot, part {number}"));
    }
    let asked = others.map(|other| discord.user_sends(other, *ada, &home.mention_bot(QUESTION)));
    let first = discord.next_message();
    assert!(
        first.reply_to.is_some_and(|it| asked.contains(&it)),
        "the slow channel comes last: {first:?}"
    );
}

#[test]
fn questions_before_shutdown_are_answered() {
    const N_QUESTIONS: usize = 40;
    let home = TestGuild::new();
    let TestGuild { discord, channel, .. } = &home;
    let bot = home.bot(&NO_COOLDOWN);
    let wait = Duration::from_millis(1500);
    discord.inject_fault(
        CREATE,
        1,
        InjectedFault::RateLimited { retry_after: wait, is_global: false },
    );
    home.ask(QUESTION);
    discord.wait_for_calls(CREATE, 1);
    for _ in 1..N_QUESTIONS {
        home.ask(QUESTION);
    }
    // Events in transit arrive.
    std::thread::sleep(Duration::from_millis(700));
    assert_eq!(bot.stop().code, Some(0));
    let answered =
        discord.messages_in(*channel).into_iter().filter(|reply| reply.text.contains(ANSWER));
    assert_eq!(answered.count(), N_QUESTIONS);
}
