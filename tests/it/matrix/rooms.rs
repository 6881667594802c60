//! Invites, joins, upgrades, missing permissions and leaving.

use std::time::Duration;

use matrix_sdk::ruma::OwnedRoomId;

use super::bot::{ANSWER, Bot, QUESTION, TestChat, alert_settings};
use crate::support::matrix::{Draft, RoomKind, TestUser, register};
use crate::support::synapse::Synapse;

#[test]
#[ignore = "needs a homeserver (scripts/test)"]
fn invites_are_accepted_from_listed_users_only() {
    let server = Synapse::shared();
    let (ada, eve) = (TestUser::new(server, "ada"), TestUser::new(server, "eve"));
    let listed = format!("['{}']", ada.id());
    let bot = Bot::start(server, &[("QUOTH_MATRIX__ACCEPTS_INVITES_FROM", listed.as_str())]);
    let rejected = eve.create_room(RoomKind::Plain, &[&bot.id]);
    let accepted = ada.create_room(RoomKind::Plain, &[&bot.id]);
    ada.wait_for_join(&accepted, &bot.id);
    let left = || (eve.membership(&rejected, &bot.id).as_deref() == Some("leave")).then_some(());
    eve.wait_until("the invite is rejected", left);
}

#[test]
#[ignore = "needs a homeserver (scripts/test)"]
fn bot_greets_joined_rooms_and_leaves_empty_ones() {
    let server = Synapse::shared();
    let bot = Bot::start(server, &[("QUOTH_DEFAULT_SPACE__GREETS", "true")]);
    let ada = TestUser::new(server, "ada");
    let room = ada.create_room(RoomKind::Public, &[&bot.id]);
    assert!(ada.next_change(&room, &bot.id).sent().text.contains("I answer with quotes"));
    ada.leave(&room);
    ada.wait_until("the bot leaves", || (!ada.is_in_joined_rooms(&bot.id, &room)).then_some(()));
}

#[test]
#[ignore = "needs a homeserver (scripts/test)"]
fn upgraded_rooms_are_followed_and_keep_their_settings() {
    let server = Synapse::shared();
    let (ada, bob) = (TestUser::new(server, "ada"), TestUser::new(server, "bob"));
    let room = ada.create_room_version(RoomKind::Public, &[], Some("9"));
    bob.join(&room);
    let listening = format!("['matrix:{room}']");
    let settings = [("QUOTH_DEFAULT_SPACE__LISTENS_IN", listening.as_str())];
    let bot = Bot::start(server, &settings);
    ada.invite(&room, &bot.id);
    ada.wait_for_join(&room, &bot.id);
    let successor = ada.upgrade_room(&room);
    ada.wait_for_join(&successor, &bot.id);
    ada.send(&successor, &Draft::plain(QUESTION));
    assert!(ada.next_change(&successor, &bot.id).sent().text.contains(ANSWER));
}

#[test]
#[ignore = "needs a homeserver (scripts/test)"]
fn messages_from_before_the_join_are_ignored() {
    let server = Synapse::shared();
    let bot = Bot::start(server, &[]);
    let ada = TestUser::new(server, "ada");
    let room = ada.create_room(RoomKind::Plain, &[]);
    ada.send(&room, &bot.mention(QUESTION));
    ada.invite(&room, &bot.id);
    ada.wait_for_join(&room, &bot.id);
    ada.expect_no_change(&room, &bot.id, Duration::from_secs(1));
    let question = ada.send(&room, &bot.mention(QUESTION));
    assert_eq!(ada.next_change(&room, &bot.id).sent().reply_to, Some(question));
}

#[test]
#[ignore = "needs a homeserver (scripts/test)"]
fn missed_questions_are_answered_once_unless_too_old() {
    let mut chat = TestChat::new(RoomKind::Plain);
    chat.expect_nothing_else();
    assert_eq!(chat.bot.stop().code, Some(0));
    let old = Duration::from_secs(61 * 60);
    chat.ada.send_backdated(&chat.room, &chat.bot.mention(QUESTION), old);
    let question = chat.ask(QUESTION);
    chat.bot.start_and_wait();
    assert_eq!(chat.next_change().sent().reply_to, Some(question));
    chat.bot.restart(true);
    chat.expect_nothing_else();
}

/// A room with the bot, and the room of its alerts.
struct AlertedRoom {
    ada: TestUser,
    bot: Bot,
    room: OwnedRoomId,
    office: OwnedRoomId,
}

impl AlertedRoom {
    fn new() -> Self {
        let server = Synapse::shared();
        let ada = TestUser::new(server, "ada");
        let id = register(server, "quoth");
        let [room, office] = [(); 2].map(|()| ada.create_room(RoomKind::Plain, &[&id]));
        let settings = alert_settings(&office, &ada);
        let settings = settings.each_ref().map(|(name, value)| (*name, value.as_str()));
        let bot = Bot::start_as(server, id, &settings);
        ada.wait_for_join(&room, &bot.id);
        ada.wait_for_join(&office, &bot.id);
        Self { ada, bot, room, office }
    }
}

#[test]
#[ignore = "needs a homeserver (scripts/test)"]
fn missing_power_level_is_reported_to_moderators_once() {
    let AlertedRoom { ada, mut bot, room, office } = AlertedRoom::new();
    ada.require_power_level(&room, 50);
    ada.send(&room, &bot.mention(QUESTION));
    let alert = ada.next_change(&office, &bot.id).sent();
    assert!(alert.text.contains("power level 50"), "{alert:?}");
    ada.send(&room, &bot.mention(QUESTION));
    ada.expect_no_change(&office, &bot.id, Duration::from_secs(1));
    ada.require_power_level(&room, 0);
    let question = ada.send(&room, &bot.mention(QUESTION));
    assert_eq!(ada.next_change(&room, &bot.id).sent().reply_to, Some(question));
    assert_eq!(bot.stop().code, Some(0));
}

#[test]
#[ignore = "needs a homeserver (scripts/test)"]
fn bot_stays_in_empty_rooms_if_configured() {
    let server = Synapse::shared();
    let bot = Bot::start(server, &[("QUOTH_MATRIX__LEAVES_WHEN_ALONE", "false")]);
    let (ada, bob) = (TestUser::new(server, "ada"), TestUser::new(server, "bob"));
    let room = ada.create_room(RoomKind::Public, &[&bot.id]);
    ada.wait_for_join(&room, &bot.id);
    ada.leave(&room);
    std::thread::sleep(Duration::from_secs(2));
    bob.join(&room);
    let question = bob.send(&room, &bot.mention(QUESTION));
    assert_eq!(bob.next_change(&room, &bot.id).sent().reply_to, Some(question));
}

#[test]
#[ignore = "needs a homeserver (scripts/test)"]
fn messages_from_while_the_bot_was_out_are_ignored() {
    let chat = TestChat::new(RoomKind::Plain);
    chat.expect_nothing_else();
    chat.ada.kick(&chat.room, &chat.bot.id);
    chat.ask(QUESTION);
    chat.ada.invite(&chat.room, &chat.bot.id);
    chat.ada.wait_for_join(&chat.room, &chat.bot.id);
    // The bot looks for what it has missed first: it would answer the first of these questions before those of
    // the sync response with its join.
    for _ in 0..2 {
        chat.expect_nothing_else();
    }
}

#[test]
#[ignore = "needs a homeserver (scripts/test)"]
fn invites_to_spaces_are_rejected() {
    let server = Synapse::shared();
    let bot = Bot::start(server, &[("QUOTH_DEFAULT_SPACE__GREETS", "true")]);
    let ada = TestUser::new(server, "ada");
    let space = ada.create_space(&[&bot.id]);
    let left = || (ada.membership(&space, &bot.id).as_deref() == Some("leave")).then_some(());
    ada.wait_until("the invite is rejected", left);
}

#[test]
#[ignore = "needs a homeserver (scripts/test)"]
fn missing_power_level_for_redactions_is_reported_to_moderators() {
    let AlertedRoom { ada, bot, room, office } = AlertedRoom::new();
    ada.change_power_levels(&room, |levels| levels["events"]["m.room.redaction"] = 50.into());
    ada.send(&room, &bot.mention(QUESTION));
    let answer = ada.next_change(&room, &bot.id).sent();
    ada.react(&room, &answer.id, "🗑️");
    let alert = ada.next_change(&office, &bot.id).sent();
    assert!(alert.text.contains("power level 50 (m.room.redaction)"), "{alert:?}");
}
