//! `quoth matrix setup`.

use std::path::Path;

use super::bot::Bot;
use crate::folder::Folder;
use crate::quoth::{Run, quoth_in_reading};
use crate::support::matrix::{PASSWORD, register};
use crate::support::synapse::Synapse;

/// Runs `quoth matrix setup` for the account `id`, with its data in `folder`.
fn setup(folder: &Folder, id: &str, password: &str, args: &[&str], input: &str) -> Run {
    setup_in(&folder.path("data"), id, password, args, input)
}

/// The same with the data folder `data`.
fn setup_in(data: &Path, id: &str, password: &str, args: &[&str], input: &str) -> Run {
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
fn printed_key(run: &Run) -> Option<String> {
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
    let mut bot = Bot::start(Synapse::shared(), &[]);
    bot.stop();
    let id = bot.id.as_str();
    let first = setup_in(&bot.folder().path("data"), id, PASSWORD, &[], "");
    assert_eq!(first.code, 0, "{first:?}");
    let key = printed_key(&first).expect("a key");
    let other = Folder::empty();
    let recovered = setup(&other, id, PASSWORD, &["--recover"], &key);
    assert_eq!((recovered.code, printed_key(&recovered)), (0, None), "{recovered:?}");
}
