//! More at once than can be answered at once: what is slow holds up nobody, and nothing is lost.

use std::time::Duration;

use super::bot::{ANSWER, Home, QUESTION};
use crate::support::discord::InjectedFault;

const CREATE: &str = "POST /channels/{}/messages";

/// Nobody is to be told to wait.
const NO_LIMITS: [(&str, &str); 1] = [("QUOTH_DEFAULT_SPACE__COOLDOWN_SECONDS", "0")];

#[test]
fn one_slow_channel_full_of_talk_holds_up_no_other() {
    let home = Home::new();
    let Home { discord, guild, room, ada, bob } = &home;
    let _bot = home.bot(&NO_LIMITS);
    let others = [0, 1, 2, 3].map(|number| discord.channel(*guild, &format!("other {number}")));
    let wait = Duration::from_secs(6);
    discord.spoils(CREATE, 1, InjectedFault::Limited { wait, everywhere: false });
    home.asks(QUESTION);
    discord.waits_for_calls(CREATE, 1);
    for number in 0..300 {
        discord.says(*room, *bob, &format!("nothing of interest to a bot, part {number}"));
    }
    let asked = others.map(|other| discord.says(other, *ada, &home.to_bot(QUESTION)));
    let first = discord.next_sent();
    assert!(first.reply_to.is_some_and(|it| asked.contains(&it)), "the room comes last: {first:?}");
}

#[test]
fn what_was_asked_before_a_stop_is_answered() {
    const N_QUESTIONS: usize = 40;
    let home = Home::new();
    let Home { discord, room, .. } = &home;
    let bot = home.bot(&NO_LIMITS);
    let wait = Duration::from_millis(1500);
    discord.spoils(CREATE, 1, InjectedFault::Limited { wait, everywhere: false });
    home.asks(QUESTION);
    discord.waits_for_calls(CREATE, 1);
    for _ in 1..N_QUESTIONS {
        home.asks(QUESTION);
    }
    // What is on its way arrives.
    std::thread::sleep(Duration::from_millis(700));
    assert_eq!(bot.stop().code, Some(0));
    let answered = discord.shown(*room).into_iter().filter(|shown| shown.text.contains(ANSWER));
    assert_eq!(answered.count(), N_QUESTIONS);
}
