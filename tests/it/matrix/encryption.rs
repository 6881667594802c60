//! Encrypted rooms.

use std::time::Duration;

use matrix_sdk::encryption::LocalTrust;

use super::bot::{ANSWER, Bot, QUESTION, TestChat, alert_settings};
use crate::support::fault_proxy::{FaultProxy, ProxiedRequest, ProxyAction};
use crate::support::matrix::{Draft, ObservedChange, RoomKind, TestUser, block_on, register};
use crate::support::synapse::Synapse;

#[test]
#[ignore = "needs a homeserver (scripts/test)"]
fn encrypted_rooms_support_answers_edits_and_redactions() {
    let mut chat = TestChat::new(RoomKind::Encrypted);
    let question = chat.ask(QUESTION);
    let answer = chat.next_change().sent();
    assert!(answer.is_encrypted && answer.text.contains(ANSWER), "{answer:?}");
    assert_eq!(answer.reply_to.as_ref(), Some(&question));
    chat.bot.restart(true);
    chat.ada.edit(&chat.room, &question, &chat.bot.mention("best pizza in almaty?"));
    let edited = chat.next_change().edited();
    assert!(edited.is_encrypted && edited.text.contains("I have no quote"), "{edited:?}");
    chat.ada.redact(&chat.room, &question);
    assert!(matches!(chat.next_change(), ObservedChange::Deleted(id) if id == answer.id));
}

#[test]
#[ignore = "needs a homeserver (scripts/test)"]
fn encrypted_direct_chat_needs_no_mention() {
    let chat = TestChat::new(RoomKind::EncryptedDirect);
    chat.ada.send(&chat.room, &Draft::plain(QUESTION));
    let answer = chat.next_change().sent();
    assert!(answer.is_encrypted && answer.text.contains(ANSWER), "{answer:?}");
}

/// Longer than the bot waits for a room key.
const KEY_WAIT: Duration = Duration::from_secs(90);

/// Lets `user` share the keys of messages with the bot, or not.
fn set_trust(chat: &TestChat, user: &TestUser, trust: LocalTrust) {
    let encryption = user.client.encryption();
    let devices = block_on(encryption.get_user_devices(&chat.bot.id)).expect("the bot's devices");
    for device in devices.devices() {
        block_on(device.set_local_trust(trust)).expect("the trust is set");
    }
    block_on(user.room(&chat.room).discard_room_key()).expect("a new key");
}

#[test]
#[ignore = "needs a homeserver (scripts/test)"]
fn missing_room_keys_are_reported_once_a_day() {
    let chat = TestChat::new(RoomKind::Encrypted);
    for user in [&chat.ada, &chat.bob] {
        user.send(&chat.room, &chat.bot.mention(QUESTION));
        chat.next_change().sent();
        set_trust(&chat, user, LocalTrust::BlackListed);
    }
    chat.ask(QUESTION);
    chat.bob.send(&chat.room, &chat.bot.mention(QUESTION));
    let notice = chat.ada.next_change_within(&chat.room, &chat.bot.id, KEY_WAIT).sent();
    assert!(notice.text.contains("I could not decrypt a message"), "{notice:?}");
    // Both keys are missing for the same time.
    chat.ada.expect_no_change(&chat.room, &chat.bot.id, Duration::from_secs(5));
    set_trust(&chat, &chat.ada, LocalTrust::Unset);
    let question = chat.ask(QUESTION);
    let answer = chat.next_change().sent();
    assert_eq!(answer.reply_to, Some(question), "no other change is expected: {answer:?}");
}

#[test]
#[ignore = "needs a homeserver (scripts/test)"]
fn undecryptable_replies_to_others_are_reported_to_moderators() {
    let server = Synapse::shared();
    let id = register(server, "quoth");
    let ada = TestUser::new(server, "ada");
    let office = ada.create_room(RoomKind::Plain, &[&id]);
    let settings = alert_settings(&office, &ada);
    let settings = settings.each_ref().map(|(name, value)| (*name, value.as_str()));
    let bot = Bot::start_as(server, id, &settings);
    let bob = TestUser::new(server, "bob");
    let room = ada.create_room(RoomKind::Encrypted, &[&bot.id, bob.id()]);
    bob.join(&room);
    ada.wait_for_join(&room, &bot.id);
    ada.wait_for_join(&office, &bot.id);
    let chat = TestChat { bot, room, ada, bob };
    let question = chat.ask(QUESTION);
    chat.next_change().sent();
    chat.bob.send(&chat.room, &chat.bot.mention(QUESTION));
    chat.next_change().sent();
    set_trust(&chat, &chat.bob, LocalTrust::BlackListed);
    chat.bob.send(&chat.room, &Draft::plain("me too").reply_to(&question));
    let alert = chat.ada.next_change_within(&office, &chat.bot.id, KEY_WAIT).sent();
    assert!(alert.text.contains("I could not decrypt messages in"), "{alert:?}");
    assert!(chat.ada.poll_change(&chat.room, &chat.bot.id).is_none());
}

#[test]
#[ignore = "needs a homeserver (scripts/test)"]
fn undecryptable_messages_from_before_the_join_are_not_reported() {
    let server = Synapse::shared();
    let bot = Bot::start(server, &[]);
    let (ada, bob) = (TestUser::new(server, "ada"), TestUser::new(server, "bob"));
    let room = ada.create_room(RoomKind::Encrypted, &[bob.id()]);
    bob.join(&room);
    let chat = TestChat { bot, room, ada, bob };
    for _ in 0..2 {
        for user in [&chat.ada, &chat.bob] {
            user.send(&chat.room, &chat.bot.mention(QUESTION));
        }
        chat.ada.invite(&chat.room, &chat.bot.id);
        chat.ada.wait_for_join(&chat.room, &chat.bot.id);
        chat.ada.expect_no_change(&chat.room, &chat.bot.id, Duration::from_secs(35));
        let question = chat.ask(QUESTION);
        assert_eq!(chat.next_change().sent().reply_to, Some(question));
        // The second round: what was said while the bot was out.
        chat.ada.kick(&chat.room, &chat.bot.id);
    }
}

#[test]
#[ignore = "needs a homeserver (scripts/test)"]
fn late_room_keys_lead_to_answers_across_restarts() {
    let server = Synapse::shared();
    let proxy = FaultProxy::new(server.url());
    let ada = TestUser::at(&proxy.url(), "ada");
    let mut bot = Bot::start(server, &[]);
    let room = ada.create_room(RoomKind::Encrypted, &[&bot.id]);
    ada.wait_for_join(&room, &bot.id);
    for is_restarted in [false, true] {
        block_on(ada.room(&room).discard_room_key()).expect("a new key");
        proxy.set_rule(|requests| match requests.last() {
            Some(last) if ProxiedRequest::sends_room_keys(last) => ProxyAction::Hold,
            _ => ProxyAction::Forward,
        });
        let question = ada.send(&room, &bot.mention(QUESTION));
        ada.expect_no_change(&room, &bot.id, Duration::from_secs(2));
        if is_restarted {
            bot.restart(false);
        }
        proxy.set_rule(|_| ProxyAction::Forward);
        proxy.release();
        let answer = ada.next_change(&room, &bot.id).sent();
        assert_eq!(answer.reply_to, Some(question), "{answer:?}");
    }
}
