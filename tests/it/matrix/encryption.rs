//! Encrypted rooms.

use std::time::Duration;

use matrix_sdk::encryption::LocalTrust;

use super::bot::{ANSWER, Bot, Home, QUESTION};
use crate::support::fault_proxy::{FaultProxy, ProxiedRequest, ProxyAction};
use crate::support::matrix::{Kind, Person, Saying, Seen, wait};
use crate::support::synapse::Synapse;

#[test]
#[ignore = "needs a homeserver (scripts/test)"]
fn in_an_encrypted_room_the_bot_reads_answers_and_follows() {
    let mut home = Home::new(Kind::Encrypted);
    let question = home.asks(QUESTION);
    let answer = home.next().sent();
    assert!(answer.is_encrypted && answer.text.contains(ANSWER), "{answer:?}");
    assert_eq!(answer.reply_to.as_ref(), Some(&question));
    home.bot.restart(true);
    home.ada.edits(&home.room, &question, &home.bot.to("best pizza in almaty?"));
    let changed = home.next().amended();
    assert!(changed.is_encrypted && changed.text.contains("I have no quote"), "{changed:?}");
    home.ada.takes_back(&home.room, &question);
    assert!(matches!(home.next(), Seen::Removed(id) if id == answer.id));
}

#[test]
#[ignore = "needs a homeserver (scripts/test)"]
fn an_encrypted_direct_room_needs_no_mention() {
    let home = Home::new(Kind::EncryptedDirect);
    home.ada.says(&home.room, &Saying::plain(QUESTION));
    let answer = home.next().sent();
    assert!(answer.is_encrypted && answer.text.contains(ANSWER), "{answer:?}");
}

#[test]
#[ignore = "needs a homeserver (scripts/test)"]
fn a_message_whose_key_does_not_come_is_told_of_once() {
    let home = Home::new(Kind::Encrypted);
    home.asks(QUESTION);
    home.next().sent();
    let trust = |trust: LocalTrust| {
        let encryption = home.ada.client.encryption();
        let devices = wait(encryption.get_user_devices(&home.bot.id)).expect("its devices");
        for device in devices.devices() {
            wait(device.set_local_trust(trust)).expect("it is trusted or not");
        }
        wait(home.ada.room(&home.room).discard_room_key()).expect("a new key");
    };
    trust(LocalTrust::BlackListed);
    home.asks(QUESTION);
    home.asks(QUESTION);
    home.ada.sees_nothing(&home.room, &home.bot.id, Duration::from_secs(20));
    let notice = home.next().sent();
    assert!(notice.text.contains("I could not decrypt a message"), "{notice:?}");
    trust(LocalTrust::Unset);
    let question = home.asks(QUESTION);
    let answer = home.next().sent();
    assert_eq!(answer.reply_to, Some(question), "nothing more was to be seen: {answer:?}");
}

#[test]
#[ignore = "needs a homeserver (scripts/test)"]
fn a_message_whose_key_comes_late_is_answered_when_it_comes_also_after_a_restart() {
    let server = Synapse::shared();
    let relay = FaultProxy::to(server.url());
    let ada = Person::at(&relay.url(), "ada");
    let mut bot = Bot::start(server, &[]);
    let room = ada.opens(Kind::Encrypted, &[&bot.id]);
    ada.awaits(&room, &bot.id);
    for is_restarted in [false, true] {
        wait(ada.room(&room).discard_room_key()).expect("a new key");
        relay.order(|passed| match passed.last() {
            Some(last) if ProxiedRequest::brings_keys(last) => ProxyAction::Keep,
            _ => ProxyAction::Pass,
        });
        let question = ada.says(&room, &bot.to(QUESTION));
        ada.sees_nothing(&room, &bot.id, Duration::from_secs(2));
        if is_restarted {
            bot.restart(false);
        }
        relay.order(|_| ProxyAction::Pass);
        relay.let_go();
        let answer = ada.next(&room, &bot.id).sent();
        assert_eq!(answer.reply_to, Some(question), "{answer:?}");
    }
}
