//! `quoth matrix setup`.

use crate::folder::Folder;
use crate::quoth::{Run, quoth_in_reading};
use crate::support::matrix::{PASSWORD, register};
use crate::support::synapse::Synapse;

/// Runs it for the account `id`, with its data in `folder`.
fn setup(folder: &Folder, id: &str, password: &str, args: &[&str], input: &str) -> Run {
    let url = Synapse::shared().url();
    let environment = [
        ("QUOTH_MATRIX__HOMESERVER", url.as_str()),
        ("QUOTH_MATRIX__USER", id),
        ("QUOTH_MATRIX__PASSWORD", password),
    ];
    let args = [&["matrix", "setup"], args].concat();
    quoth_in_reading(&folder.path(""), &environment, &args, input.as_bytes())
}

/// The recovery key that was printed.
fn key(run: &Run) -> Option<String> {
    let lines = run.stdout.lines().filter(|line| line.starts_with("    "));
    lines.map(|line| line.trim().to_owned()).next()
}

#[test]
#[ignore = "needs a homeserver (scripts/test)"]
fn the_device_is_verified_and_the_recovery_key_is_printed_once() {
    let id = register(Synapse::shared(), "quoth");
    let folder = Folder::empty();
    let first = setup(&folder, id.as_str(), PASSWORD, &[], "");
    assert_eq!(first.code, 0, "{first:?}");
    assert!(first.stdout.contains("is verified"), "{first:?}");
    let first_key = key(&first).expect("a key");
    let again = setup(&folder, id.as_str(), PASSWORD, &[], "");
    assert_eq!((again.code, key(&again)), (0, None), "{again:?}");

    // Another folder is another device, which the key verifies.
    let other = Folder::empty();
    let unverified = setup(&other, id.as_str(), PASSWORD, &[], "");
    assert_eq!((unverified.code, key(&unverified)), (1, None), "{unverified:?}");
    assert!(unverified.stdout.contains("NOT verified"), "{unverified:?}");
    let wrong = setup(&other, id.as_str(), PASSWORD, &["--recover"], "EsTx wrong key\n");
    assert_eq!(wrong.code, 2, "{wrong:?}");
    assert!(wrong.stderr.contains("recovery key"), "{wrong:?}");
    let recovered = setup(&other, id.as_str(), PASSWORD, &["--recover"], &first_key);
    assert_eq!((recovered.code, key(&recovered)), (0, None), "{recovered:?}");

    let renewed = setup(&folder, id.as_str(), PASSWORD, &["--new-recovery-key"], "");
    let new_key = key(&renewed).expect("a key");
    assert_ne!(new_key, first_key);
}

#[test]
#[ignore = "needs a homeserver (scripts/test)"]
fn who_has_lost_device_and_recovery_key_starts_anew() {
    let id = register(Synapse::shared(), "quoth");
    let lost = setup(&Folder::empty(), id.as_str(), PASSWORD, &[], "");
    let old_key = key(&lost).expect("a key");
    let folder = Folder::empty();
    let renewed = setup(&folder, id.as_str(), PASSWORD, &["--new-identity"], "");
    assert_eq!(renewed.code, 0, "{renewed:?}");
    let new_key = key(&renewed).expect("a key");
    assert_ne!(new_key, old_key);
    let again = setup(&folder, id.as_str(), PASSWORD, &[], "");
    assert_eq!((again.code, key(&again)), (0, None), "{again:?}");
    let other = Folder::empty();
    let refused = setup(&other, id.as_str(), PASSWORD, &["--recover"], &old_key);
    assert_eq!(refused.code, 2, "{refused:?}");
    let recovered = setup(&other, id.as_str(), PASSWORD, &["--recover"], &new_key);
    assert_eq!(recovered.code, 0, "{recovered:?}");
}

#[test]
#[ignore = "needs a homeserver (scripts/test)"]
fn what_keeps_it_from_being_set_up_is_told_with_what_to_do() {
    let id = register(Synapse::shared(), "quoth");
    let folder = Folder::empty();
    let refused = setup(&folder, id.as_str(), "wrong", &[], "");
    assert_eq!(refused.code, 2);
    assert!(refused.stderr.contains("does not take user and password"), "{refused:?}");
    assert!(!refused.stderr.contains("wrong"), "{refused:?}");
    let unset = quoth_in_reading(&folder.path(""), &[], &["matrix", "setup"], b"");
    assert_eq!(unset.code, 2);
    assert!(unset.stderr.contains("no Matrix account is configured"), "{unset:?}");
}
