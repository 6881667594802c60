//! The records of a running service: what is deleted, damaged records, and who asks for readiness.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::FileExt;
use std::time::Instant;

use rusqlite::Connection;
use serde_json::json;

use crate::folder::Folder;
use crate::quoth::quoth_in;
use crate::service::{BridgeClient, MAX_WAIT, Service};

/// A question without an answer, so that its text is recorded.
const UNANSWERED: &str = "Where does zanzibar keep its quagga?";

/// The files in the data folder that contain `text`.
fn data_files_with(folder: &Folder, text: &str) -> Vec<String> {
    let files = std::fs::read_dir(folder.path("data")).unwrap().map(|it| it.unwrap().path());
    let has_text = |path: &std::path::PathBuf| {
        std::fs::read(path).unwrap().windows(text.len()).any(|it| it == text.as_bytes())
    };
    files.filter(has_text).map(|it| it.display().to_string()).collect()
}

#[test]
fn deleted_question_is_on_the_disk_no_more() {
    let folder = Folder::with_pack();
    let service = Service::start(&folder, &[("QUOTH_DEFAULT_SPACE__COOLDOWN_SECONDS", "0")]);
    let mut client = BridgeClient::connect(&folder);
    client.ask("bridge:1", UNANSWERED);
    client.execute_order();
    // The reply is recorded after its acknowledgement.
    let start = Instant::now();
    while data_files_with(&folder, UNANSWERED).is_empty() {
        assert!(start.elapsed() < MAX_WAIT, "the question is not recorded");
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    client.send_line(&json!({
        "event": "deleted", "id": "bridge:1", "place": { "id": "bridge:ada's", "is_direct": true },
    }));
    client.execute_order();
    let start = Instant::now();
    loop {
        let files = data_files_with(&folder, UNANSWERED);
        if files.is_empty() {
            break;
        }
        assert!(start.elapsed() < MAX_WAIT, "it is in {files:?}");
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    assert_eq!(service.stop().code, Some(0));
}

/// Waits until `/readyz` answers with `status` and a text that begins with `line`.
fn wait_for_readiness(service: &Service, status: u16, line: &str) {
    let start = Instant::now();
    loop {
        let (found, text) = service.get("/readyz");
        if found == status && text.starts_with(line) {
            return;
        }
        assert!(start.elapsed() < MAX_WAIT, "{found}: {text}");
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
}

/// Overwrites the pages where `table` and its indexes begin, in a database that is closed.
fn overwrite_pages_of(folder: &Folder, table: &str) {
    let path = folder.path("data/quoth.db");
    let pages: Vec<u32> = Connection::open(&path)
        .unwrap()
        .prepare("SELECT rootpage FROM sqlite_schema WHERE tbl_name = ?")
        .unwrap()
        .query_map([table], |row| row.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    assert!(!pages.is_empty());
    let file = std::fs::OpenOptions::new().write(true).open(path).unwrap();
    for page in pages {
        file.write_all_at(&[0x55; PAGE_BYTES], u64::from(page - 1) * PAGE_BYTES as u64).unwrap();
    }
}

/// The page size of a new database.
const PAGE_BYTES: usize = 4096;

#[test]
fn service_that_cannot_record_questions_is_not_ready_and_logs_the_cause() {
    let folder = Folder::with_pack();
    let service = Service::start(&folder, &[("QUOTH_DEFAULT_SPACE__COOLDOWN_SECONDS", "0")]);
    let mut client = BridgeClient::connect(&folder);
    client.ask("bridge:1", UNANSWERED);
    client.execute_order();
    wait_for_readiness(&service, 200, "records: ok\n");
    assert_eq!(service.stop().code, Some(0));
    overwrite_pages_of(&folder, "unanswered");
    let service = Service::start(&folder, &[("QUOTH_DEFAULT_SPACE__COOLDOWN_SECONDS", "0")]);
    drop(BridgeClient::connect(&folder));
    wait_for_readiness(&service, 503, "records: not usable\n");
    let log = service.kill().log;
    assert!(log.contains("are damaged"), "{log}");
    assert!(log.contains("database disk image is malformed"), "the cause is logged: {log}");
    assert!(!log.contains("zanzibar"), "{log}");
}

#[test]
fn service_whose_records_are_removed_is_not_ready_and_says_so() {
    let folder = Folder::with_pack();
    let service = Service::start(&folder, &[]);
    drop(BridgeClient::connect(&folder));
    wait_for_readiness(&service, 200, "records: ok\n");
    folder.remove("data/quoth.db");
    wait_for_readiness(&service, 503, "records: not usable\n");
    let (_, metrics) = service.get("/metrics");
    assert!(metrics.contains("\nquoth_records_are_usable 0\n"), "{metrics}");
    let log = service.stop().log;
    assert!(log.contains("were removed or replaced while quoth uses them"), "{log}");
}

#[test]
fn records_or_key_that_are_gone_at_a_start_are_made_anew_with_a_warning() {
    let folder = Folder::with_pack();
    let log_of_start = || {
        let service = Service::start(&folder, &[]);
        drop(BridgeClient::connect(&folder));
        service.stop().log
    };
    let warnings = ["There are no records", "is another one than before"];
    let check = |log: &str, want: Option<&str>| {
        let found: Vec<&str> = warnings.into_iter().filter(|it| log.contains(it)).collect();
        assert_eq!(found, want.into_iter().collect::<Vec<_>>(), "{log}");
    };
    check(&log_of_start(), None);
    check(&log_of_start(), None);
    for (file, warning) in [("quoth.db", warnings[0]), ("asker.key", warnings[1])] {
        folder.remove(&format!("data/{file}"));
        if file == "quoth.db" {
            // A command makes no new ones, which would hide it.
            let run = quoth_in(
                &folder.path(""),
                &[("QUOTH_DATA", "data")],
                &["faq", "history", "--pack", "p"],
            );
            assert!(run.code != 0 && run.stderr.contains("there are no records"), "{run:?}");
        }
        check(&log_of_start(), Some(warning));
        check(&log_of_start(), None);
    }
}

#[test]
fn half_open_connections_keep_no_health_check_out() {
    let folder = Folder::with_pack();
    let service = Service::start(&folder, &[]);
    drop(BridgeClient::connect(&folder));
    wait_for_readiness(&service, 200, "records: ok\n");
    // More than the usual limit of open files, 1024.
    let half_open: Vec<TcpStream> = (0..1100)
        .map(|_| {
            let mut stream = TcpStream::connect(("127.0.0.1", service.port)).unwrap();
            stream.write_all(b"GET /readyz HTTP/1.1\r\n").unwrap();
            stream
        })
        .collect();
    wait_for_readiness(&service, 200, "records: ok\n");
    let handles = service.n_file_handles();
    assert!(handles < 200, "{handles} open files");
    // The oldest were closed.
    let mut oldest = &half_open[0];
    oldest.set_read_timeout(Some(MAX_WAIT)).unwrap();
    assert!(matches!(oldest.read(&mut [0]), Ok(0) | Err(_)));
    let mut client = BridgeClient::connect(&folder);
    client.ask("bridge:1", "What did Ann say?");
    assert_eq!(client.execute_order()["cause"], "bridge:1");
    assert_eq!(service.stop().code, Some(0));
}

#[test]
fn key_that_a_full_disk_left_empty_is_generated_again() {
    let folder = Folder::with_pack();
    folder.write("data/asker.key", "");
    let service = Service::start(&folder, &[]);
    let mut client = BridgeClient::connect(&folder);
    client.ask("bridge:1", "What did Ann say?");
    client.execute_order();
    assert_eq!(service.stop().code, Some(0));
    assert_eq!(std::fs::read(folder.path("data/asker.key")).unwrap().len(), 32);
}

#[test]
fn secret_that_is_longer_than_any_is_refused_instead_of_cut() {
    let folder = Folder::with_pack();
    folder.write("key", vec![b'x'; 65_537]);
    let settings = [("QUOTH_RECORDS__HASH_KEY_FILE", "key")];
    let ended = Service::start(&folder, &settings).wait();
    assert_eq!(ended.code, Some(2), "{}", ended.log);
    assert!(ended.log.contains("has more than 65536 bytes"), "{}", ended.log);
}

/// Milliseconds of 400 days.
const DAYS_400: i64 = 400 * 24 * 3600 * 1000;

/// Executes `statements` on the records of `folder`.
fn change_records(folder: &Folder, statements: &[&str]) {
    let connection = Connection::open(folder.path("data/quoth.db")).unwrap();
    connection.busy_timeout(MAX_WAIT).unwrap();
    for statement in statements {
        let statement = statement.replace("400 days", &DAYS_400.to_string());
        connection.execute_batch(&statement).unwrap();
    }
}

#[test]
fn first_start_with_the_clock_ahead_does_not_silence_the_bot_for_ever() {
    let folder = Folder::with_pack();
    let ahead = ["UPDATE meta SET value = value + 400 days WHERE name = 'first_start'"];
    let service = Service::start(&folder, &[]);
    let mut client = BridgeClient::connect(&folder);
    // As if the clock had been corrected since the start.
    change_records(&folder, &ahead);
    client.ask("bridge:1", "What did Ann say?");
    assert_eq!(client.execute_order()["cause"], "bridge:1");
    assert_eq!(service.stop().code, Some(0));
    // As if it had been corrected between two starts.
    change_records(&folder, &ahead);
    let service = Service::start(&folder, &[]);
    let mut client = BridgeClient::connect(&folder);
    client.ask("bridge:2", "What did Ann say?");
    assert_eq!(client.execute_order()["cause"], "bridge:2");
    assert_eq!(service.stop().code, Some(0));
}

#[test]
fn later_start_with_the_clock_ahead_erases_nothing() {
    let folder = Folder::with_pack();
    let service = Service::start(&folder, &[]);
    let mut client = BridgeClient::connect(&folder);
    client.ask("bridge:1", UNANSWERED);
    client.execute_order();
    assert_eq!(service.stop().code, Some(0));
    // Everything 400 days earlier: as if the clock of the next start were 400 days ahead.
    change_records(
        &folder,
        &[
            "UPDATE meta SET value = value - 400 days WHERE name IN ('first_start', 'clock')",
            "UPDATE handled SET at = at - 400 days",
            "UPDATE answers SET sent_at = sent_at - 400 days",
            "UPDATE unanswered SET asked_at = asked_at - 400 days",
        ],
    );
    let service = Service::start(&folder, &[]);
    let mut client = BridgeClient::connect(&folder);
    client.ask("bridge:2", "What did Ann say?");
    client.execute_order();
    wait_for_readiness(&service, 200, "records: ok\n");
    let log = service.stop().log;
    assert_eq!(n_rows(&folder, "unanswered"), 1, "the question is still there");
    assert_eq!(n_rows(&folder, "answers"), 2);
    assert!(log.contains("The clock is 400 days later than when quoth last ran"), "{log}");
}

/// Number of rows of `table` in the records of `folder`.
fn n_rows(folder: &Folder, table: &str) -> i64 {
    let connection = Connection::open(folder.path("data/quoth.db")).unwrap();
    let count = format!("SELECT count(*) FROM {table}");
    connection.query_row(&count, [], |row| row.get(0)).unwrap()
}
