//! Encrypted rooms.

use std::time::Duration;

use matrix_sdk::encryption::LocalTrust;

use super::bot::{ANSWER, Bot, QUESTION, TestChat};
use crate::support::fault_proxy::{FaultProxy, ProxiedRequest, ProxyAction};
use crate::support::matrix::{Draft, ObservedChange, RoomKind, TestUser, block_on};
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

#[test]
#[ignore = "needs a homeserver (scripts/test)"]
fn missing_room_key_is_reported_once() {
    let chat = TestChat::new(RoomKind::Encrypted);
    chat.ask(QUESTION);
    chat.next_change().sent();
    let set_trust = |trust: LocalTrust| {
        let encryption = chat.ada.client.encryption();
        let devices =
            block_on(encryption.get_user_devices(&chat.bot.id)).expect("the bot's devices");
        for device in devices.devices() {
            block_on(device.set_local_trust(trust)).expect("the trust is set");
        }
        block_on(chat.ada.room(&chat.room).discard_room_key()).expect("a new key");
    };
    set_trust(LocalTrust::BlackListed);
    chat.ask(QUESTION);
    chat.ask(QUESTION);
    chat.ada.expect_no_change(&chat.room, &chat.bot.id, Duration::from_secs(20));
    let notice = chat.next_change().sent();
    assert!(notice.text.contains("I could not decrypt a message"), "{notice:?}");
    set_trust(LocalTrust::Unset);
    let question = chat.ask(QUESTION);
    let answer = chat.next_change().sent();
    assert_eq!(answer.reply_to, Some(question), "no other change is expected: {answer:?}");
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
