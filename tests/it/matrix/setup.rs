//! `quoth matrix setup`.

use std::path::Path;

use super::bot::{ANSWER, Bot, QUESTION};
use crate::folder::Folder;
use crate::quoth::{Run, quoth_in_reading};
use crate::support::matrix::{Draft, PASSWORD, RoomKind, TestUser, register};
use crate::support::synapse::Synapse;

/// Runs `quoth matrix setup` for the account `id`, with its data in `folder`.
fn setup(folder: &Folder, id: &str, password: &str, args: &[&str], input: &str) -> Run {
    setup_in(&folder.path("data"), id, password, args, input)
}

/// The same with the data folder `data`.
pub(super) fn setup_in(data: &Path, id: &str, password: &str, args: &[&str], input: &str) -> Run {
    let url = Synapse::shared().url();
    let environment = [
        ("QUOTH_DATA", data.to_str().expect("a path in UTF-8")),
        ("QUOTH_MATRIX__HOMESERVER", url.as_str()),
        ("QUOTH_MATRIX__USER", id),
        ("QUOTH_MATRIX__PASSWORD", password),
    ];
    let args = [&["matrix", "setup"], args].concat();
    quoth_in_reading(Path::new("/"), &environment, &args, input.as_bytes())
}

/// The recovery key that was printed, if one was.
pub(super) fn printed_key(run: &Run) -> Option<String> {
    let lines = run.stdout.lines().filter(|line| line.starts_with("    "));
    lines.map(|line| line.trim().to_owned()).next()
}

#[test]
#[ignore = "needs a homeserver (scripts/test)"]
fn setup_verifies_the_device_and_prints_the_recovery_key_once() {
    let id = register(Synapse::shared(), "quoth");
    let folder = Folder::empty();
    let first = setup(&folder, id.as_str(), PASSWORD, &[], "");
    assert_eq!(first.code, 0, "{first:?}");
    assert!(first.stdout.contains("is verified"), "{first:?}");
    let first_key = printed_key(&first).expect("a key");
    let again = setup(&folder, id.as_str(), PASSWORD, &[], "");
    assert_eq!((again.code, printed_key(&again)), (0, None), "{again:?}");

    // A second folder is a second device, which the recovery key verifies.
    let other = Folder::empty();
    let unverified = setup(&other, id.as_str(), PASSWORD, &[], "");
    assert_eq!((unverified.code, printed_key(&unverified)), (1, None), "{unverified:?}");
    assert!(unverified.stdout.contains("NOT verified"), "{unverified:?}");
    let wrong = setup(&other, id.as_str(), PASSWORD, &["--recover"], "EsTx wrong key\n");
    assert_eq!(wrong.code, 2, "{wrong:?}");
    assert!(wrong.stderr.contains("recovery key"), "{wrong:?}");
    let recovered = setup(&other, id.as_str(), PASSWORD, &["--recover"], &first_key);
    assert_eq!((recovered.code, printed_key(&recovered)), (0, None), "{recovered:?}");

    let renewed = setup(&folder, id.as_str(), PASSWORD, &["--new-recovery-key"], "");
    let new_key = printed_key(&renewed).expect("a key");
    assert_ne!(new_key, first_key);
}

#[test]
#[ignore = "needs a homeserver (scripts/test)"]
fn new_identity_replaces_lost_device_and_recovery_key() {
    let id = register(Synapse::shared(), "quoth");
    let lost = setup(&Folder::empty(), id.as_str(), PASSWORD, &[], "");
    let old_key = printed_key(&lost).expect("a key");
    let folder = Folder::empty();
    let renewed = setup(&folder, id.as_str(), PASSWORD, &["--new-identity"], "");
    assert_eq!(renewed.code, 0, "{renewed:?}");
    let new_key = printed_key(&renewed).expect("a key");
    assert_ne!(new_key, old_key);
    let again = setup(&folder, id.as_str(), PASSWORD, &[], "");
    assert_eq!((again.code, printed_key(&again)), (0, None), "{again:?}");
    let other = Folder::empty();
    let rejected = setup(&other, id.as_str(), PASSWORD, &["--recover"], &old_key);
    assert_eq!(rejected.code, 2, "{rejected:?}");
    let recovered = setup(&other, id.as_str(), PASSWORD, &["--recover"], &new_key);
    assert_eq!(recovered.code, 0, "{recovered:?}");
}

#[test]
#[ignore = "needs a homeserver (scripts/test)"]
fn setup_errors_say_what_to_do() {
    let id = register(Synapse::shared(), "quoth");
    let folder = Folder::empty();
    let rejected = setup(&folder, id.as_str(), "wrong", &[], "");
    assert_eq!(rejected.code, 2);
    assert!(rejected.stderr.contains("rejected user and password"), "{rejected:?}");
    assert!(!rejected.stderr.contains("wrong"), "{rejected:?}");
    let unset = quoth_in_reading(&folder.path(""), &[], &["matrix", "setup"], b"");
    assert_eq!(unset.code, 2);
    assert!(unset.stderr.contains("no Matrix account is configured"), "{unset:?}");
}

#[test]
#[ignore = "needs a homeserver (scripts/test)"]
fn recovery_key_of_a_setup_after_the_first_run_verifies_other_devices() {
    let server = Synapse::shared();
    let no_key = "The account has no recovery key";
    let mut bot = Bot::start(server, &[]);
    bot.wait_until_logged(no_key);
    bot.stop();
    let id = bot.id.clone();
    let first = setup_in(&bot.folder().path("data"), id.as_str(), PASSWORD, &[], "");
    assert_eq!(first.code, 0, "{first:?}");
    let key = printed_key(&first).expect("a key");

    // The key of this question is known to the first device and the backup only.
    bot.start_and_wait();
    let (ada, bob) = (TestUser::new(server, "ada"), TestUser::new(server, "bob"));
    let room = ada.create_room(RoomKind::Encrypted, &[&id, bob.id()]);
    bob.join(&room);
    ada.wait_for_join(&room, &id);
    let question = ada.send(&room, &Draft::plain(QUESTION));
    bob.send(&room, &bot.mention(QUESTION));
    bob.next_change(&room, &id).sent();
    ada.wait_until("the keys are backed up", || (ada.n_backed_up_keys(&id) >= 2).then_some(()));
    assert!(!bot.stop().log.contains(no_key));

    let mut other = Bot::prepare(&server.url(), id.clone(), &[]);
    let data = other.folder().path("data");
    let recovered = setup_in(&data, id.as_str(), PASSWORD, &["--recover"], &key);
    assert_eq!((recovered.code, printed_key(&recovered)), (0, None), "{recovered:?}");
    assert!(recovered.stdout.contains("is verified"), "{recovered:?}");
    other.start_and_wait();
    bob.send(&room, &bot.mention("").reply_to(&question));
    let answer = bob.next_change(&room, &id).sent();
    assert!(answer.is_encrypted && answer.text.contains(ANSWER), "{answer:?}");
}

#[test]
#[ignore = "needs a homeserver (scripts/test)"]
fn setup_prints_no_recovery_key_without_the_keys_that_it_recovers() {
    // The first run creates the account's identity, whose keys are in its folder only.
    let mut bot = Bot::start(Synapse::shared(), &[]);
    bot.stop();
    let id = bot.id.as_str();
    let other = Folder::empty();
    for args in [&[][..], &["--new-recovery-key"]] {
        let without = setup(&other, id, PASSWORD, args, "");
        assert_eq!((without.code, printed_key(&without)), (1, None), "{without:?}");
        assert!(without.stdout.contains("No recovery key was created"), "{without:?}");
    }
    let none = setup(&other, id, PASSWORD, &["--recover"], "EsTx wrong key\n");
    assert_eq!(none.code, 2, "{none:?}");
    assert!(none.stderr.contains("has no recovery key"), "{none:?}");

    let first = setup_in(&bot.folder().path("data"), id, PASSWORD, &[], "");
    let key = printed_key(&first).expect("a key");
    let recovered = setup(&other, id, PASSWORD, &["--recover"], &key);
    assert_eq!(recovered.code, 0, "{recovered:?}");
}
