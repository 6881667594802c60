//! `quoth run` with a program on its bridge: answers, restarts, signals, health, and what is wrong
//! with the surroundings.

use std::time::Instant;

use quoth::conversation::Timestamp;
use quoth::store::records::revision::RevisionAuthor;
use quoth::store::records::{Records, Revision, SqliteRecords};
use serde_json::json;

use crate::folder::{FAQ, Folder, SOURCE};
use crate::quoth::quoth_in;
use crate::service::{MAX_WAIT, Program, Service, said};

const QUESTION: &str = "What did Ann say?";
const ANSWER: &str = "Ann said: “One two.”";

#[test]
fn a_question_is_answered_and_the_answer_follows_it_after_a_restart() {
    let folder = Folder::with_pack();
    let service = Service::start(&folder, &[]);
    let mut program = Program::connect(&folder);
    program.ask("bridge:1", QUESTION);
    let order = program.obey();
    assert_eq!(order["do"], "send", "{order}");
    assert_eq!(order["cause"], "bridge:1", "{order}");
    assert_eq!(order["place"], "bridge:ada's", "{order}");
    assert_eq!(order["quotes"], json!([ANSWER]), "{order}");
    assert!(order["text"].as_str().unwrap().contains("“Doc”, paragraph 1"), "{order}");
    assert_eq!(service.stop().code, Some(0));

    let service = Service::start(&folder, &[]);
    let mut program = Program::connect(&folder);
    program.ask("bridge:1", QUESTION);
    program.hears_nothing();
    program.tell(&said("edited", "bridge:1", "How many?"));
    let order = program.obey();
    assert_eq!((&order["do"], &order["sent"]), (&json!("amend"), &json!("bridge:1/reply")));
    assert_eq!(order["quotes"], json!(["Three four."]), "{order}");
    program.tell(&json!({
        "event": "deleted", "id": "bridge:1", "place": { "id": "bridge:ada's" },
    }));
    let order = program.obey();
    assert_eq!((&order["do"], &order["sent"]), (&json!("remove"), &json!("bridge:1/reply")));
    assert_eq!(service.stop().code, Some(0));
}

#[test]
fn the_log_names_nobody_and_repeats_nothing_even_when_it_tells_most() {
    let folder = Folder::with_pack();
    let service = Service::start(&folder, &[("QUOTH_LOG__LEVEL", "trace")]);
    let mut program = Program::connect(&folder);
    program.ask("bridge:1", "What did Ann say about zanzibar?");
    program.obey();
    program.tell(&json!({ "event": "sung", "text": "zanzibar" }));
    assert!(program.hear()["error"].as_str().unwrap().contains("sung"));
    let ended = service.stop();
    for secret in ["zanzibar", "lovelace", "One two"] {
        assert!(!ended.log.contains(secret), "{secret} is in {}", ended.log);
    }
    assert!(ended.log.contains("quoth has ended"), "{}", ended.log);
    assert!(!ended.log.contains('\u{1b}'), "no colour where nobody looks");
}

#[test]
fn the_log_is_json_for_programs() {
    let folder = Folder::with_pack();
    let service = Service::start(&folder, &[("QUOTH_LOG__FORMAT", "json")]);
    drop(Program::connect(&folder));
    let log = service.stop().log;
    assert!(log.lines().count() >= 3, "{log}");
    for line in log.lines() {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        for key in ["timestamp", "level", "message", "target"] {
            assert!(line[key].is_string(), "{key} in {line}");
        }
    }
}

#[test]
fn a_stop_waits_for_what_is_under_way_and_takes_nothing_more() {
    let folder = Folder::with_pack();
    let service = Service::start(&folder, &[]);
    let mut program = Program::connect(&folder);
    program.ask("bridge:1", QUESTION);
    let order = program.hear();
    let start = Instant::now();
    service.signal("TERM");
    std::thread::sleep(std::time::Duration::from_millis(200));
    program.ask("bridge:2", QUESTION);
    let resend = program.hear();
    assert_eq!((&resend["do"], &resend["id"]), (&json!("resend"), &json!("bridge:2")));
    program.tell(&json!({ "ack": order["order"], "sent": "bridge:r" }));
    assert_eq!(service.wait().code, Some(0));
    assert!(start.elapsed().as_secs() < 10, "{:?}", start.elapsed());
    let service = Service::start(&folder, &[]);
    let mut program = Program::connect(&folder);
    program.ask("bridge:1", QUESTION);
    program.ask("bridge:2", QUESTION);
    assert_eq!(program.obey()["cause"], "bridge:2", "the first one was answered");
    service.kill();
}

#[test]
fn a_stop_does_not_wait_longer_than_10_s_for_a_platform_that_is_silent() {
    let folder = Folder::with_pack();
    let service = Service::start(&folder, &[]);
    let mut program = Program::connect(&folder);
    program.ask("bridge:1", QUESTION);
    program.hear();
    let start = Instant::now();
    assert_eq!(service.stop().code, Some(0));
    assert!(start.elapsed().as_secs() < 10, "{:?}", start.elapsed());
}

#[test]
fn what_was_ordered_from_a_program_that_left_is_not_ordered_again() {
    let folder = Folder::with_pack();
    let service = Service::start(&folder, &[]);
    let mut program = Program::connect(&folder);
    program.ask("bridge:1", QUESTION);
    program.hear();
    drop(program);
    let mut program = Program::connect(&folder);
    program.ask("bridge:1", QUESTION);
    program.hears_nothing();
    assert!(service.stop().log.contains("Whether bridge:1 was replied to cannot be known"));
}

#[test]
fn health_and_metrics_are_told() {
    let folder = Folder::with_pack();
    let service = Service::start(&folder, &[]);
    let mut program = Program::connect(&folder);
    program.ask("bridge:1", QUESTION);
    program.obey();
    program.ask("bridge:2", QUESTION);
    program.obey();
    assert_eq!(service.get("/livez"), (200, "ok\n".to_owned()));
    let (status, ready) = service.get("/readyz");
    assert_eq!(status, 200, "{ready}");
    assert!(ready.starts_with("records: ok\nbridge: ok (last sign of life "), "{ready}");
    let (status, metrics) = service.get("/metrics");
    assert_eq!(status, 200);
    assert!(metrics.contains("fate=\"sent\"} "), "{metrics}");
    assert!(!metrics.contains("ada") && !metrics.contains("bridge:"), "{metrics}");

    let listen = format!("127.0.0.1:{}", service.port);
    let settings = [("QUOTH_HTTP__LISTEN", listen.as_str())];
    let run = quoth_in(&folder.path(""), &settings, &["healthcheck"]);
    assert_eq!((run.code, run.stdout.starts_with("records: ok")), (0, true), "{run:?}");
    service.stop();
    let run = quoth_in(&folder.path(""), &settings, &["healthcheck"]);
    assert_eq!(run.code, 1, "{run:?}");
    assert!(run.stdout.contains("no service answers"), "{run:?}");
}

/// Asks until `want` is the answer.
fn awaits(program: &mut Program, ids: &mut u64, want: &serde_json::Value) {
    let start = Instant::now();
    loop {
        *ids += 1;
        program.ask(&format!("bridge:q{ids}"), QUESTION);
        let order = program.obey();
        if order["quotes"] == *want {
            return;
        }
        assert!(start.elapsed() < MAX_WAIT, "{order}, not {want}");
        std::thread::sleep(std::time::Duration::from_millis(200));
    }
}

#[test]
fn a_changed_pack_is_reloaded_and_moderators_hear_of_a_broken_one_once() {
    let folder = Folder::with_pack();
    let settings = [
        ("QUOTH_DEFAULT_SPACE__REPORTS_TO", "bridge:mods"),
        ("QUOTH_DEFAULT_SPACE__COOLDOWN_SECONDS", "0"),
    ];
    let service = Service::start(&folder, &settings);
    let mut program = Program::connect(&folder);
    let mut ids = 0;
    awaits(&mut program, &mut ids, &json!([ANSWER]));
    for _ in 0..2 {
        folder.write("p/faq.toml", FAQ.replace("Ann said: “One two.”", "Ann said: “One six.”"));
        // The second time nothing is said.
        if ids == 1 {
            let order = program.obey();
            assert_eq!(order["place"], "bridge:mods", "{order}");
            let text = order["text"].as_str().unwrap();
            assert!(text.contains("The pack p was changed and cannot be used"), "{text}");
        } else {
            program.hears_nothing();
        }
        awaits(&mut program, &mut ids, &json!([ANSWER]));
        folder.write("p/faq.toml", FAQ);
        std::thread::sleep(std::time::Duration::from_secs(1));
    }
    folder.write("p/faq.toml", FAQ.replace("text = \"Ann said: “One two.”", "text = \"“One two.”"));
    awaits(&mut program, &mut ids, &json!(["“One two.”"]));
    folder.write("p/sources/doc.md", SOURCE.replace("two", "ten"));
    let order = program.obey();
    assert!(order["text"].as_str().unwrap().contains("until they are fixed: a"), "{order}");
    awaits(&mut program, &mut ids, &json!([]));
    let log = service.stop().log;
    assert!(log.contains("what was served of it before still is"), "{log}");
    let revisions = revisions(&folder, "a");
    let changed =
        |text: &Option<String>| text.as_ref().is_some_and(|it| it.contains("\"“One two.”"));
    assert_eq!(revisions.len(), 1, "what was refused is none: {revisions:?}");
    assert_eq!(revisions[0].by, RevisionAuthor::File);
    assert!(!changed(&revisions[0].before) && changed(&revisions[0].after), "{revisions:?}");
    // A restart serves what stands.
    let service = Service::start(&folder, &settings);
    let mut program = Program::connect(&folder);
    program.ask("bridge:last", "How many?");
    assert_eq!(program.obey()["quotes"], json!(["Three four."]));
    assert_eq!(service.stop().code, Some(0));
}

/// What the records of a service that has ended hold of an entry of the pack.
fn revisions(folder: &Folder, entry: &str) -> Vec<Revision> {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let now = Timestamp::from_millis(0);
        let records = SqliteRecords::open(&folder.path("data"), now).await.unwrap();
        let found = records.revisions("p".to_owned(), entry.to_owned(), 9).await.unwrap();
        records.close().await;
        found
    })
}

#[test]
fn a_hang_up_reloads_spaces_and_thresholds_and_a_faulty_configuration_changes_nothing() {
    let folder = Folder::with_pack();
    folder.write("config/quoth.toml", "");
    let service = Service::start(&folder, &[("QUOTH_DEFAULT_SPACE__COOLDOWN_SECONDS", "0")]);
    let mut program = Program::connect(&folder);
    let mut ids = 0;
    awaits(&mut program, &mut ids, &json!([ANSWER]));
    folder.write("config/quoth.toml", "[default_space]\nspeaks_wen = []\n");
    service.signal("HUP");
    std::thread::sleep(std::time::Duration::from_secs(1));
    awaits(&mut program, &mut ids, &json!([ANSWER]));
    folder.write("config/quoth.toml", "[default_space]\nspeaks_when = ['mention']\n");
    service.signal("HUP");
    std::thread::sleep(std::time::Duration::from_secs(1));
    program.ask("bridge:unheard", QUESTION);
    program.hears_nothing();
    let log = service.stop().log;
    assert!(log.contains("Nothing is reloaded") && log.contains("`speaks_when`"), "{log}");
}

#[test]
fn what_is_wrong_with_the_surroundings_is_said_with_what_to_do() {
    let folder = Folder::with_pack();
    let service = Service::start(&folder, &[]);
    drop(Program::connect(&folder));
    folder.write("broken/quoth.db", "this is no database, but it is long enough to be read as one");
    folder.write("file", "");
    let listen = format!("127.0.0.1:{}", service.port);
    let rows: [(&str, &str, &str); 8] = [
        ("QUOTH_DATA", "data", "is in use by another quoth: stop that one"),
        ("QUOTH_DATA", "broken", "are damaged: stop quoth, keep a copy"),
        ("QUOTH_DATA", "file", "make it writable"),
        ("QUOTH_DATA", "/proc/quoth", "make it writable"),
        ("QUOTH_HTTP__LISTEN", &listen, "is another quoth running?"),
        ("QUOTH_PACKS", "['nowhere']", "cannot open the pack folder nowhere"),
        ("QUOTH_HTTP__LISEN", "x", "unknown key `lisen` in [http]: did you mean `listen`?"),
        ("QUOTH_BRIDGE__SOCKET", "", "`socket`"),
    ];
    for (name, value, want) in rows {
        let mut settings = vec![("QUOTH_DATA", "other")];
        settings.push((name, value));
        let ended = Service::start(&folder, &settings).wait();
        assert_eq!(ended.code, Some(2), "{name}={value}: {}", ended.log);
        assert!(ended.log.contains(want), "{name}={value}: {want} is not in {}", ended.log);
    }
    let without = [("QUOTH_PACKS", "['p']")];
    let run = quoth_in(&folder.path(""), &without, &["run"]);
    assert_eq!(run.code, 2, "{run:?}");
    assert!(run.stderr.contains("no platform to serve"), "{run:?}");
    assert_eq!(service.stop().code, Some(0), "none of it harmed the one that runs");
}

#[test]
fn a_service_without_any_platform_left_ends_with_1_and_takes_no_socket_from_others() {
    let folder = Folder::with_pack();
    let service = Service::start(&folder, &[]);
    drop(Program::connect(&folder));
    folder.write("file", "kept");
    let rows = [
        ("none/bridge.sock", "No such file or directory"),
        ("bridge.sock", "address in use"),
        ("file", "entity already exists"),
    ];
    for (socket, want) in rows {
        let settings = [("QUOTH_BRIDGE__SOCKET", socket), ("QUOTH_DATA", "other")];
        let ended = Service::start(&folder, &settings).wait();
        assert_eq!(ended.code, Some(1), "{socket}: {}", ended.log);
        for want in [want, "make its folder writable, stop the process that listens there"] {
            assert!(ended.log.contains(want), "{socket}: {want} is not in {}", ended.log);
        }
    }
    assert_eq!(std::fs::read(folder.path("file")).unwrap(), b"kept");
    let mut program = Program::connect(&folder);
    program.ask("bridge:1", QUESTION);
    assert_eq!(program.obey()["cause"], "bridge:1", "the first service has its socket still");
    assert_eq!(service.stop().code, Some(0));
}

#[test]
fn a_socket_that_a_killed_service_left_is_replaced_and_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::with_pack();
    let service = Service::start(&folder, &[]);
    drop(Program::connect(&folder));
    service.kill();
    let socket = folder.path("bridge.sock");
    assert!(socket.exists());
    let service = Service::start(&folder, &[]);
    let mut program = Program::connect(&folder);
    program.ask("bridge:1", QUESTION);
    program.obey();
    assert_eq!(std::fs::metadata(&socket).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(service.stop().code, Some(0));
    assert!(!socket.exists());
}
