//! Places of all kinds, and places that are gone or closed.

use std::time::Duration;

use super::bot::{ANSWER, Home, QUESTION};
use crate::support::discord::InjectedFault;

const LOOK: &str = "GET /channels/{}";
const CREATE: &str = "POST /channels/{}/messages";

#[test]
fn wherever_people_can_write_they_are_answered() {
    let home = Home::new();
    let Home { discord, guild, room, ada, .. } = &home;
    // Text, voice, announcements, stage; then threads of announcements, public and private ones.
    let mut places = [0, 2, 5, 13].map(|kind| discord.channel_of(*guild, kind)).to_vec();
    places.extend([10, 11, 12].map(|kind| discord.thread_of(*room, *ada, kind)));
    // Kinds that the library does not know, and may not stumble over.
    discord.channel_of(*guild, 16);
    discord.channel_of(*guild, 99);
    let _bot = home.bot(&[]);
    for place in places {
        let question = discord.says(place, *ada, &home.to_bot(QUESTION));
        let shown = discord.next_sent();
        assert_eq!((shown.channel, shown.reply_to), (place.0, Some(question)));
        assert!(shown.text.contains(ANSWER), "{shown:?}");
    }
}

#[test]
fn nobody_waits_while_the_place_of_an_old_thread_is_found_out() {
    let home = Home::new();
    let Home { discord, room, ada, bob, .. } = &home;
    let _bot = home.bot(&[]);
    let thread = discord.old_thread(*room, *bob);
    discord.says(thread, *bob, "nothing for the bot");
    home.settles();
    assert!(discord.calls(LOOK).is_empty(), "where others talk is of no interest");
    discord.spoils(LOOK, 1, InjectedFault::Slow(Duration::from_millis(1500)));
    discord.says(thread, *bob, &home.to_bot(QUESTION));
    home.asks(QUESTION);
    discord.uses(*room, *ada, "help", &[]);
    let channels = [discord.next_sent(), discord.next_sent(), discord.next_sent()];
    assert_eq!(channels.map(|shown| shown.channel), [room.0, room.0, thread.0]);
    // What cannot be found out is not asked for at every message.
    let other = discord.old_thread(*room, *bob);
    discord.spoils(LOOK, 9, InjectedFault::Status(500));
    let n_before = discord.calls(LOOK).len();
    for _ in 0..3 {
        discord.says(other, *bob, &home.to_bot(QUESTION));
        assert_eq!(discord.next_sent().channel, other.0);
    }
    assert_eq!(discord.calls(LOOK).len(), n_before + 1);
}

#[test]
fn a_place_that_is_closed_or_gone_is_tried_once() {
    let home = Home::new();
    let Home { discord, guild, room, ada, bob, .. } = &home;
    let reports = format!("'{}'", discord.channel(*guild, "office"));
    let _bot = home.bot(&[("QUOTH_DEFAULT_SPACE__REPORTS_TO", &reports)]);
    let thread = discord.thread(*room, *bob);
    let gone = discord.channel(*guild, "gone");
    let direct = discord.direct(*ada);
    let slow = InjectedFault::Slow(Duration::from_millis(500));
    for (place, close) in [(thread, 0), (gone, 1), (direct, 2)] {
        let n_before = discord.calls(CREATE).len();
        discord.spoils(CREATE, 1, slow.clone());
        discord.says(place, *ada, &home.to_bot(QUESTION));
        std::thread::sleep(Duration::from_millis(200));
        match close {
            0 => discord.locks(place),
            1 => discord.removes(place),
            _ => discord.takes_no_direct(*ada),
        }
        discord.waits_for_calls(CREATE, n_before + 1);
        std::thread::sleep(Duration::from_millis(700));
        assert_eq!(discord.calls(CREATE).len(), n_before + 1, "{place}");
        assert!(discord.shown(place).is_empty(), "{place}");
    }
    home.settles();
    assert_eq!(discord.forgives().len(), 1, "that the thread is archived is told with 400");
}
