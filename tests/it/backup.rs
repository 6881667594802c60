//! `quoth backup` while the service runs.

use std::os::unix::fs::PermissionsExt;

use serde_json::json;

use crate::folder::Folder;
use crate::quoth::quoth_in;
use crate::service::{BridgeClient, Service, message_event};

const N_BACKUPS: usize = 10;
const QUESTIONS_PER_BACKUP: usize = 20;

#[test]
fn backups_under_load_have_every_question_that_was_answered_before() {
    let folder = Folder::with_pack();
    let settings = [("QUOTH_DEFAULT_SPACE__COOLDOWN_SECONDS", "0")];
    let service = Service::start(&folder, &settings);
    let mut client = BridgeClient::connect(&folder);
    let data = [("QUOTH_DATA", "data"), ("QUOTH_PACKS", "['p']")];
    std::thread::scope(|scope| {
        let mut backups = Vec::new();
        for number in 0..N_BACKUPS {
            for question in 0..QUESTIONS_PER_BACKUP {
                let id = format!("bridge:{number}-{question}");
                client.send_line(&message_event("said", &id, "What did Ann say?"));
            }
            // The answers are recorded while the backup is made.
            let target = format!("backup {number}");
            let folder = &folder;
            backups
                .push(scope.spawn(move || quoth_in(&folder.path(""), &data, &["backup", &target])));
            for _ in 0..QUESTIONS_PER_BACKUP {
                client.execute_order();
            }
        }
        for backup in backups {
            let run = backup.join().unwrap();
            assert_eq!(run.code, 0, "{run:?}");
        }
    });
    assert_eq!(service.stop().code, Some(0));
    for file in ["quoth.db", "asker.key"] {
        let copy = std::fs::metadata(folder.path("backup 0").join(file)).unwrap();
        assert_eq!(copy.permissions().mode() & 0o777, 0o600, "{file}");
    }
    let run = quoth_in(&folder.path(""), &data, &["backup", "backup 0"]);
    assert_eq!(run.code, 2, "{run:?}");
    assert!(run.stderr.contains("back up to a new folder"), "{run:?}");
    // A service that is started with the copy, as the documentation says.
    let copy = [settings[0], ("QUOTH_DATA", "backup 9")];
    let service = Service::start(&folder, &copy);
    let mut client = BridgeClient::connect(&folder);
    for number in 0..N_BACKUPS - 1 {
        client.ask(&format!("bridge:{number}-0"), "What did Ann say?");
    }
    client.ask("bridge:new", "What did Ann say?");
    assert_eq!(client.execute_order()["cause"], json!("bridge:new"));
    assert_eq!(service.stop().code, Some(0));
}

#[test]
fn backup_without_records_says_where_they_were_expected() {
    let folder = Folder::with_pack();
    let run = quoth_in(&folder.path(""), &[("QUOTH_PACKS", "['p']")], &["backup", "b"]);
    assert_eq!(run.code, 2, "{run:?}");
    assert!(run.stderr.contains("there are no records at data/quoth.db"), "{run:?}");
    assert!(!folder.path("b").exists());
}
