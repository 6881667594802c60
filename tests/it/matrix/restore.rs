//! `quoth restore` on another machine: the bot is a new device of its account.

use std::path::Path;
use std::time::Duration;

use super::bot::{ANSWER, Bot, QUESTION};
use super::setup::{printed_key, setup_in};
use crate::first_pack;
use crate::folder::{Folder, copy_folder};
use crate::quoth::{Run, quoth_in};
use crate::support::fault_proxy::{FaultProxy, ProxyAction};
use crate::support::matrix::{Draft, PASSWORD, RoomKind, TestUser, register};
use crate::support::synapse::Synapse;

/// How long the backup of keys takes to return one.
const KEY_DELAY: Duration = Duration::from_secs(3);

/// Runs `quoth` in `folder` with the account of `bot`.
fn quoth(folder: &Folder, bot: &Bot, url: &str, args: &[&str]) -> Run {
    let settings = [
        ("QUOTH_DATA", "data"),
        ("QUOTH_PACKS", "['p']"),
        ("QUOTH_MATRIX__HOMESERVER", url),
        ("QUOTH_MATRIX__USER", bot.id.as_str()),
        ("QUOTH_MATRIX__PASSWORD", PASSWORD),
    ];
    quoth_in(&folder.path(""), &settings, args)
}

#[test]
#[ignore = "needs a homeserver (scripts/test)"]
fn restored_bot_is_a_new_device_that_recovers_by_key_and_reads_encrypted_questions() {
    let server = Synapse::shared();
    let url = server.url();
    let mut bot = Bot::prepare(&url, register(server, "quoth"), &[("QUOTH_PACKS", "['p']")]);
    copy_folder(Path::new(first_pack::FOLDER), &bot.folder().path("p"));
    let id = bot.id.clone();
    let key = setup_in(&bot.folder().path("data"), id.as_str(), PASSWORD, &[], "");
    let key = printed_key(&key).expect("a key");
    bot.start_and_wait();
    let (ada, bob) = (TestUser::new(server, "ada"), TestUser::new(server, "bob"));
    let room = ada.create_room(RoomKind::Encrypted, &[&id, bob.id()]);
    bob.join(&room);
    ada.wait_for_join(&room, &id);
    let before = ada.send(&room, &Draft::plain(QUESTION));
    let answered = bob.send(&room, &bot.mention(QUESTION));
    assert_eq!(bob.next_change(&room, &id).sent().reply_to, Some(answered));
    ada.wait_until("the keys are backed up", || (ada.n_backed_up_keys(&id) >= 2).then_some(()));
    let old_devices = ada.devices_of(&id);
    let run = quoth(bot.folder(), &bot, &url, &["backup", "b"]);
    assert_eq!(run.code, 0, "{run:?}");
    assert!(run.stdout.contains(&format!("keep the recovery key of {id}")), "{run:?}");
    bot.stop();

    // Keys come from the backup later than the events that need them.
    let proxy = FaultProxy::new(url.clone());
    proxy.set_rule(|requests| match requests.last() {
        Some(last) if last.path.contains("/room_keys/keys/") => ProxyAction::Delay(KEY_DELAY),
        _ => ProxyAction::Forward,
    });
    let mut other = Bot::prepare(&proxy.url(), id.clone(), &[("QUOTH_PACKS", "['p']")]);
    copy_folder(&bot.folder().path("b"), &other.folder().path("b"));
    let run = quoth(other.folder(), &other, &url, &["restore", "b"]);
    assert_eq!(run.code, 0, "{run:?}");
    assert!(run.stdout.contains("`quoth matrix setup --recover`"), "{run:?}");
    assert!(!other.folder().path("data/matrix").exists());
    let data = other.folder().path("data");
    let recovered = setup_in(&data, id.as_str(), PASSWORD, &["--recover"], &key);
    assert_eq!(recovered.code, 0, "{recovered:?}");
    assert!(recovered.stdout.contains("is verified"), "{recovered:?}");
    let n_devices = ada.devices_of(&id).len();
    assert_eq!(n_devices, old_devices.len() + 1, "a new device beside the old one");

    other.start_and_wait();
    // The key of the first question is known to the lost device and the backup of keys only. Nothing else comes before:
    // what was answered is not answered again.
    bob.send(&room, &other.mention("").reply_to(&before));
    let answer = bob.next_change(&room, &id).sent();
    assert!(answer.is_encrypted && answer.text.contains(ANSWER), "{answer:?}");
    let question = ada.send(&room, &other.mention(QUESTION));
    let answer = bob.next_change(&room, &id).sent();
    assert_eq!((answer.reply_to, answer.is_encrypted), (Some(question), true));
    assert_eq!(ada.devices_of(&id).len(), n_devices);
    assert!(!other.stop().log.contains("is not verified"));
}
