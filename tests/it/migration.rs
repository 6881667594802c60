//! The migration of records of an earlier version: the copy from before, and a full disk.

use crate::folder::{Folder, copy_folder};
use crate::preload::compiled;
use crate::restore::interrupted::run_with_fault;
use crate::restore::{files_in, succeed};
use crate::service::{BridgeClient, Service};

/// Records as the version with the schema 7 left them, in the data folder.
fn write_old_records(folder: &Folder) {
    std::fs::create_dir_all(folder.path("data")).unwrap();
    let connection = rusqlite::Connection::open(folder.path("data/quoth.db")).unwrap();
    connection
        .execute_batch(
            "CREATE TABLE _sqlx_migrations (version BIGINT PRIMARY KEY, description TEXT NOT NULL,
             installed_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP, success BOOLEAN NOT NULL,
             checksum BLOB NOT NULL, execution_time BIGINT NOT NULL)",
        )
        .unwrap();
    let migrations = concat!(env!("CARGO_MANIFEST_DIR"), "/src/store/records/migrations");
    let mut files: Vec<_> =
        std::fs::read_dir(migrations).unwrap().map(|it| it.unwrap().path()).collect();
    files.sort();
    for (number, file) in (1..=7).zip(files) {
        connection.execute_batch(&std::fs::read_to_string(file).unwrap()).unwrap();
        let insert = "INSERT INTO _sqlx_migrations VALUES (?, '', 0, 1, x'', 0)";
        connection.execute(insert, [number]).unwrap();
    }
    let row = "INSERT INTO unanswered VALUES ('t:2', 'default', 't:room', 'ada', 'why?', '[]', NULL, 2000, '[]')";
    connection.execute_batch(row).unwrap();
}

fn schema_of(folder: &Folder) -> i64 {
    let connection = rusqlite::Connection::open(folder.path("data/quoth.db")).unwrap();
    let last = "SELECT max(version) FROM _sqlx_migrations";
    connection.query_row(last, [], |row| row.get(0)).unwrap()
}

#[test]
fn migration_on_a_full_disk_changes_nothing_and_goes_on() {
    let source = Folder::with_pack();
    write_old_records(&source);
    let library = compiled(&source, "faults");
    let args = ["inbox", "list", "--json"];
    let (mut n_old, mut n_new) = (0, 0);
    for at in 1.. {
        let folder = Folder::empty();
        copy_folder(&source.path("data"), &folder.path("data"));
        copy_folder(&source.path("p"), &folder.path("p"));
        let run = run_with_fault(&folder, &library, ("full", at), &args).unwrap();
        let schema = schema_of(&folder);
        let has_copy = files_in(&folder.path("data")).keys().any(|it| it.contains(".before-"));
        if schema == 7 {
            n_old += 1;
            assert_eq!(run.code, 2, "at {at}: {run:?}");
        } else {
            n_new += 1;
            assert!(has_copy, "migrated without a copy at {at}: {run:?}");
        }
        let listed = succeed(&folder, &args);
        assert!(listed.stdout.contains("why?"), "at {at}: {listed:?}");
        if run.code == 0 && n_old > 0 && n_new > 20 {
            break;
        }
    }
}

#[test]
fn start_that_migrates_says_where_the_copy_is() {
    let folder = Folder::with_pack();
    write_old_records(&folder);
    let service = Service::start(&folder, &[]);
    drop(BridgeClient::connect(&folder));
    let ended = service.stop();
    assert!(ended.log.contains("The records are migrated from schema 7 to "), "{}", ended.log);
    assert!(ended.log.contains("quoth.db.before-"), "{}", ended.log);
}
