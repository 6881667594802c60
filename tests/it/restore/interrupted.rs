//! Backups and restores that are killed at each of their operations on files, or find the disk full.

use super::*;
use crate::preload::compiled;
use crate::quoth::quoth_killed_in;

/// The exit code for an operation that cannot be done by half, see `support/faults.c`.
const NOT_A_WRITE: i32 = 86;

/// Runs `args` in `folder` with the fault at the operation `at`; see `support/faults.c`.
pub(crate) fn run_with_fault(
    folder: &Folder,
    library: &str,
    (fault, at): (&str, usize),
    args: &[&str],
) -> Option<Run> {
    let at = at.to_string();
    let settings =
        [&SETTINGS[..], &[("LD_PRELOAD", library), ("FAULT", fault), ("FAULT_AT", &at)]].concat();
    quoth_killed_in(&folder.path(""), &settings, args)
}

#[test]
#[allow(clippy::print_stderr, reason = "prints how many points there were")]
fn restore_that_is_killed_leaves_the_old_or_finishes_the_new() {
    let source = backed_up();
    let library = compiled(&source, "faults");
    let args = ["restore", "b", "--force"];
    let (mut n_old, mut n_decided) = (0, 0);
    for fault in ["kill", "half"] {
        for at in 1.. {
            let of = format!("({fault} at operation {at})");
            let folder = with_other_data(&source);
            let before = (files_in(&folder.path("data")), files_in(&folder.path("p")));
            match run_with_fault(&folder, &library, (fault, at), &args).map(|run| run.code) {
                Some(NOT_A_WRITE) => continue,
                Some(code) => {
                    assert_eq!(code, 0, "{of}");
                    break;
                }
                None => {}
            }
            let is_decided = folder.path("data/restoring/journal.json").exists();
            let is_done =
                !is_decided && !files_in(&folder.path("data")).contains_key("matrix/session");
            if is_decided {
                n_decided += 1;
                let run = quoth(&folder, &["faq", "--pack", "p", "history"]);
                assert_eq!(run.code, 2, "{of}: {run:?}");
                assert!(run.stderr.contains("start quoth or repeat `quoth restore`"), "{run:?}");
                assert_eq!(quoth(&folder, &["backup", "c"]).code, 2, "{of}");
            } else if !is_done {
                n_old += 1;
                let mut data = files_in(&folder.path("data"));
                data.retain(|name, _| !name.starts_with("restoring/"));
                assert!((data, files_in(&folder.path("p"))) == before, "{of}");
            }
            if is_decided && at % 3 == 0 {
                // A start finishes it, too.
                let service = Service::start(&folder, &[]);
                drop(BridgeClient::connect(&folder));
                let log = service.stop().log;
                assert!(log.contains("had been interrupted and is finished now"), "{of}: {log}");
                assert_eq!(std::fs::read(folder.path("data/asker.key")).unwrap(), KEY, "{of}");
            } else {
                let run = succeed(&folder, &args);
                assert_eq!(
                    run.stdout.contains("had been interrupted"),
                    is_decided,
                    "{of}: {run:?}"
                );
                folder.remove("p/README.md");
                assert_restored(&folder, &source, &of);
            }
            let kept = kept_in(&folder);
            for (name, bytes) in before.0 {
                assert!(kept.contains(&(name.clone(), bytes)), "{name} is lost {of}");
            }
            let faq = ("packs/p/faq.toml".to_owned(), before.1["faq.toml"].clone());
            assert!(kept.contains(&faq), "the pack is lost {of}");
        }
    }
    eprintln!("{n_old} kills before the decision, {n_decided} after it");
    assert!(n_old > 10 && n_decided > 10);
}

#[test]
fn restore_on_a_full_disk_loses_nothing_and_goes_on() {
    let source = backed_up();
    let library = compiled(&source, "faults");
    let args = ["restore", "b", "--force"];
    let mut n_failed = 0;
    for at in 1.. {
        let of = format!("(full at operation {at})");
        let folder = with_other_data(&source);
        let before = (files_in(&folder.path("data")), files_in(&folder.path("p")));
        let run = run_with_fault(&folder, &library, ("full", at), &args).unwrap();
        let is_decided = folder.path("data/restoring/journal.json").exists();
        if run.code != 0 {
            n_failed += 1;
            // SQLite goes on without writing where it cannot open a file otherwise.
            let want = ["free some", "No space left", "cannot write data/restoring/quoth.db"];
            assert!(want.iter().any(|want| run.stderr.contains(want)), "{of}: {run:?}");
            let after = (files_in(&folder.path("data")), files_in(&folder.path("p")));
            assert!(is_decided || after == before, "{of}: {run:?}");
            succeed(&folder, &args);
        }
        folder.remove("p/README.md");
        assert_restored(&folder, &source, &of);
        // No operation is left.
        if run.code == 0 && n_failed > 10 && is_past_the_end(&source, &library, at, &args) {
            break;
        }
    }
}

/// Whether a run has fewer operations than `at`.
fn is_past_the_end(source: &Folder, library: &str, at: usize, args: &[&str]) -> bool {
    let folder = with_other_data(source);
    run_with_fault(&folder, library, ("kill", at), args).is_some()
}

#[test]
fn backup_that_is_killed_is_whole_or_refused_by_restore() {
    let source = with_history();
    let library = compiled(&source, "faults");
    let (mut n_refused, mut n_whole) = (0, 0);
    for at in 1.. {
        let folder = Folder::empty();
        copy_folder(&source.path("data"), &folder.path("data"));
        copy_folder(&source.path("p"), &folder.path("p"));
        let is_killed = run_with_fault(&folder, &library, ("kill", at), &["backup", "b"]).is_none();
        let other = with_backup_of(&folder);
        let run = quoth(&other, &["restore", "b"]);
        if run.code == 0 {
            n_whole += 1;
            assert_eq!(files_in(&other.path("p")), files_in(&source.path("p")), "at {at}");
        } else {
            n_refused += 1;
            let want = ["is incomplete", "has no backup"];
            assert!(want.iter().any(|want| run.stderr.contains(want)), "at {at}: {run:?}");
        }
        if !is_killed {
            break;
        }
    }
    assert!(n_refused > 10 && n_whole > 0, "{n_refused} refused, {n_whole} whole");
}

#[test]
fn backup_on_a_full_disk_leaves_nothing_and_says_so() {
    let source = with_history();
    let library = compiled(&source, "faults");
    let mut n_failed = 0;
    for at in 1.. {
        let folder = Folder::empty();
        copy_folder(&source.path("data"), &folder.path("data"));
        copy_folder(&source.path("p"), &folder.path("p"));
        let run = run_with_fault(&folder, &library, ("full", at), &["backup", "b"]).unwrap();
        if run.code == 0 {
            if run_with_fault(&folder, &library, ("kill", at), &["backup", "c"]).is_some() {
                break;
            }
            continue;
        }
        n_failed += 1;
        assert!(run.stderr.contains("there is no backup"), "at {at}: {run:?}");
        assert!(!folder.path("b").exists(), "at {at}: {run:?}");
        succeed(&folder, &["backup", "b"]);
    }
    assert!(n_failed > 10, "{n_failed}");
}
