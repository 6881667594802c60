//! `quoth run` with a client on its bridge: answers, restarts, signals, health, reloads, and errors of
//! the environment.

use std::time::Instant;

use quoth::conversation::Timestamp;
use quoth::moderation::{Revision, RevisionAuthor};
use quoth::store::records::{Records, SqliteRecords};
use serde_json::json;

use crate::folder::{FAQ, Folder, SOURCE};
use crate::pack_changes::ask_until;
use crate::quoth::quoth_in;
use crate::service::{BridgeClient, Service, message_event};

const QUESTION: &str = "What did Ann say?";
const ANSWER: &str = "Ann said: “One two.”";

#[test]
fn question_is_answered_and_the_answer_follows_its_edits_after_a_restart() {
    let folder = Folder::with_pack();
    let service = Service::start(&folder, &[]);
    let mut client = BridgeClient::connect(&folder);
    client.ask("bridge:1", QUESTION);
    let order = client.execute_order();
    assert_eq!(order["do"], "send", "{order}");
    assert_eq!(order["cause"], "bridge:1", "{order}");
    assert_eq!(order["place"], "bridge:ada's", "{order}");
    assert_eq!(order["quotes"], json!([ANSWER]), "{order}");
    assert!(order["text"].as_str().unwrap().contains("“Doc”, paragraph 1"), "{order}");
    assert_eq!(service.stop().code, Some(0));

    let service = Service::start(&folder, &[]);
    let mut client = BridgeClient::connect(&folder);
    client.ask("bridge:1", QUESTION);
    client.assert_silence();
    client.send_line(&message_event("edited", "bridge:1", "How many?"));
    let order = client.execute_order();
    assert_eq!((&order["do"], &order["sent"]), (&json!("amend"), &json!("bridge:1/reply")));
    assert_eq!(order["quotes"], json!(["Three four."]), "{order}");
    client.send_line(&json!({
        "event": "deleted", "id": "bridge:1", "place": { "id": "bridge:ada's" },
    }));
    let order = client.execute_order();
    assert_eq!((&order["do"], &order["sent"]), (&json!("remove"), &json!("bridge:1/reply")));
    assert_eq!(service.stop().code, Some(0));
}

#[test]
fn log_contains_no_names_or_texts_even_at_trace_level() {
    let folder = Folder::with_pack();
    let service = Service::start(&folder, &[("QUOTH_LOG__LEVEL", "trace")]);
    let mut client = BridgeClient::connect(&folder);
    client.ask("bridge:1", "What did Ann say about zanzibar?");
    client.execute_order();
    client.send_line(&json!({ "event": "sung", "text": "zanzibar" }));
    assert!(client.read_line()["error"].as_str().unwrap().contains("sung"));
    let ended = service.stop();
    for secret in ["zanzibar", "lovelace", "One two"] {
        assert!(!ended.log.contains(secret), "{secret} is in {}", ended.log);
    }
    assert!(ended.log.contains("quoth has ended"), "{}", ended.log);
    assert!(!ended.log.contains('\u{1b}'), "no colors without a terminal");
}

#[test]
fn json_log_has_one_object_per_line() {
    let folder = Folder::with_pack();
    let service = Service::start(&folder, &[("QUOTH_LOG__FORMAT", "json")]);
    drop(BridgeClient::connect(&folder));
    let log = service.stop().log;
    assert!(log.lines().count() >= 3, "{log}");
    assert_json_log(&log);
}

#[test]
fn shutdown_finishes_open_orders_and_accepts_no_events() {
    let folder = Folder::with_pack();
    let service = Service::start(&folder, &[]);
    let mut client = BridgeClient::connect(&folder);
    client.ask("bridge:1", QUESTION);
    let order = client.read_line();
    let start = Instant::now();
    service.signal("TERM");
    std::thread::sleep(std::time::Duration::from_millis(200));
    client.ask("bridge:2", QUESTION);
    let resend = client.read_line();
    assert_eq!((&resend["do"], &resend["id"]), (&json!("resend"), &json!("bridge:2")));
    client.send_line(&json!({ "ack": order["order"], "sent": "bridge:r" }));
    assert_eq!(service.wait().code, Some(0));
    assert!(start.elapsed().as_secs() < 10, "{:?}", start.elapsed());
    let service = Service::start(&folder, &[]);
    let mut client = BridgeClient::connect(&folder);
    client.ask("bridge:1", QUESTION);
    client.ask("bridge:2", QUESTION);
    assert_eq!(client.execute_order()["cause"], "bridge:2", "bridge:1 was answered before");
    service.kill();
}

#[test]
fn shutdown_waits_at_most_10_s_for_a_silent_client() {
    let folder = Folder::with_pack();
    let service = Service::start(&folder, &[]);
    let mut client = BridgeClient::connect(&folder);
    client.ask("bridge:1", QUESTION);
    client.read_line();
    let start = Instant::now();
    assert_eq!(service.stop().code, Some(0));
    assert!(start.elapsed().as_secs() < 10, "{:?}", start.elapsed());
}

#[test]
fn order_to_a_disconnected_client_is_not_repeated() {
    let folder = Folder::with_pack();
    let service = Service::start(&folder, &[]);
    let mut client = BridgeClient::connect(&folder);
    client.ask("bridge:1", QUESTION);
    client.read_line();
    drop(client);
    let mut client = BridgeClient::connect(&folder);
    client.ask("bridge:1", QUESTION);
    client.assert_silence();
    assert!(service.stop().log.contains("Unknown whether the reply to bridge:1 was sent"));
}

#[test]
fn health_and_metrics_are_served() {
    let folder = Folder::with_pack();
    let service = Service::start(&folder, &[]);
    let mut client = BridgeClient::connect(&folder);
    client.ask("bridge:1", QUESTION);
    client.execute_order();
    client.ask("bridge:2", QUESTION);
    client.execute_order();
    assert_eq!(service.get("/livez"), (200, "ok\n".to_owned()));
    let (status, ready) = service.get("/readyz");
    assert_eq!(status, 200, "{ready}");
    assert!(ready.starts_with("records: ok\nbridge: ok (last activity "), "{ready}");
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

#[test]
fn changed_pack_is_reloaded_and_an_invalid_one_is_reported_once() {
    let folder = Folder::with_pack();
    let settings = [
        ("QUOTH_DEFAULT_SPACE__REPORTS_TO", "bridge:mods"),
        ("QUOTH_DEFAULT_SPACE__COOLDOWN_SECONDS", "0"),
    ];
    let service = Service::start(&folder, &settings);
    let mut client = BridgeClient::connect(&folder);
    let mut ids = 0;
    ask_until(&mut client, &mut ids, &json!([ANSWER]));
    let broken = FAQ.replace("Ann said: “One two.”", "Ann said: “One six.”");
    let shorter = FAQ.replace("text = \"Ann said: “One two.”", "text = \"“One two.”");
    let mut served = json!([ANSWER]);
    for (repaired, want) in [(&*shorter, json!(["“One two.”"])), (FAQ, json!([ANSWER]))] {
        folder.write("p/faq.toml", &broken);
        let order = client.execute_order();
        assert_eq!(order["place"], "bridge:mods", "{order}");
        let text = order["text"].as_str().unwrap();
        assert!(text.contains("The pack p was changed and cannot be used"), "{text}");
        // The same error is not reported a second time, as long as nobody has fixed it.
        folder.write("p/faq.toml", format!("{broken}# Changed.\n"));
        std::thread::sleep(std::time::Duration::from_secs(1));
        client.assert_silence();
        ask_until(&mut client, &mut ids, &served);
        folder.write("p/faq.toml", repaired);
        ask_until(&mut client, &mut ids, &want);
        served = want;
    }
    folder.write("p/faq.toml", FAQ.replace("text = \"Ann said: “One two.”", "text = \"“One two.”"));
    ask_until(&mut client, &mut ids, &json!(["“One two.”"]));
    folder.write("p/sources/doc.md", SOURCE.replace("two", "ten"));
    let order = client.execute_order();
    assert!(order["text"].as_str().unwrap().contains("until they are fixed: a"), "{order}");
    ask_until(&mut client, &mut ids, &json!([]));
    let log = service.stop().log;
    assert!(log.contains("the previous version stays in use"), "{log}");
    let revisions = revisions(&folder, "a");
    let is_changed =
        |text: &Option<String>| text.as_ref().is_some_and(|it| it.contains("\"“One two.”"));
    assert_eq!(revisions.len(), 3, "a rejected change is not a revision: {revisions:?}");
    assert_eq!(revisions[0].by, RevisionAuthor::File);
    assert!(!is_changed(&revisions[0].before) && is_changed(&revisions[0].after), "{revisions:?}");
    // After a restart, the entries that are not disabled are served.
    let service = Service::start(&folder, &settings);
    let mut client = BridgeClient::connect(&folder);
    client.ask("bridge:last", "How many?");
    assert_eq!(client.execute_order()["quotes"], json!(["Three four."]));
    assert_eq!(service.stop().code, Some(0));
}

#[test]
fn changes_made_while_stopped_are_recorded_and_an_invalid_one_is_not_served() {
    let folder = Folder::with_pack();
    let settings = [("QUOTH_DEFAULT_SPACE__REPORTS_TO", "bridge:mods")];
    let mut next_id = 0;
    let mut start_and_ask = |expects_alert: bool| {
        next_id += 1;
        let service = Service::start(&folder, &settings);
        let mut client = BridgeClient::connect(&folder);
        let mut texts = Vec::new();
        if expects_alert {
            texts.push(client.execute_order()["text"].to_string());
        }
        client.ask(&format!("bridge:{next_id}"), QUESTION);
        texts.push(client.execute_order()["quotes"][0].as_str().unwrap().to_owned());
        assert_eq!(service.stop().code, Some(0));
        texts
    };
    assert_eq!(start_and_ask(false), [ANSWER]);
    folder.write("p/faq.toml", FAQ.replace("text = \"Ann said: “One two.”", "text = \"“One two.”"));
    assert_eq!(start_and_ask(false), ["“One two.”"]);
    let of_a = revisions(&folder, "a");
    assert_eq!(of_a.len(), 1, "{of_a:?}");
    assert!(of_a[0].before.as_ref().unwrap().contains(ANSWER), "{of_a:?}");
    // A misquote is refused like on a reload: the version that was served before is served.
    folder.write("p/faq.toml", FAQ.replace("text = \"Ann said: “One two.”", "text = \"“One six.”"));
    let texts = start_and_ask(true);
    assert!(texts[0].contains("The pack p was changed and cannot be used"), "{texts:?}");
    assert_eq!(texts[1], "“One two.”");
    assert_eq!(revisions(&folder, "a").len(), 1);
    // Nothing was served before: there is nothing but the error.
    let other = [settings[0], ("QUOTH_DATA", "other")];
    let ended = Service::start(&folder, &other).wait();
    assert_eq!(ended.code, Some(2), "{}", ended.log);
    assert!(ended.log.contains("the pack p is rejected"), "{}", ended.log);
}

#[test]
fn edit_in_the_terminal_is_served_at_once_and_recorded_once() {
    let folder = Folder::with_pack();
    let settings = [("QUOTH_DEFAULT_SPACE__COOLDOWN_SECONDS", "0")];
    let service = Service::start(&folder, &settings);
    let mut client = BridgeClient::connect(&folder);
    let mut ids = 0;
    ask_until(&mut client, &mut ids, &json!([ANSWER]));
    let args = ["faq", "edit", "a", "--quote", "“One two.”", "--by", "bo", "--pack", "p"];
    let edited = quoth_in(&folder.path(""), &[("QUOTH_DATA", "data")], &args);
    assert_eq!(edited.code, 0, "{edited:?}");
    ask_until(&mut client, &mut ids, &json!(["“One two.”"]));
    service.stop();
    let revisions = revisions(&folder, "a");
    assert_eq!(revisions.len(), 1, "{revisions:?}");
    assert_eq!(revisions[0].by, RevisionAuthor::Terminal("bo".to_owned()));
}

/// The revisions of an entry in the records of a service that has ended.
fn revisions(folder: &Folder, entry: &str) -> Vec<Revision> {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let now = Timestamp::from_millis(0);
        let records = SqliteRecords::open(&folder.path("data"), now).await.unwrap();
        let revisions = records.revisions("p".to_owned(), entry.to_owned(), 9).await.unwrap();
        records.close().await;
        revisions.into_iter().map(|recorded| recorded.revision).collect()
    })
}

#[test]
fn sighup_reloads_spaces_and_thresholds_and_rejects_an_invalid_configuration() {
    let folder = Folder::with_pack();
    folder.write("config/quoth.toml", "");
    let service = Service::start(&folder, &[("QUOTH_DEFAULT_SPACE__COOLDOWN_SECONDS", "0")]);
    let mut client = BridgeClient::connect(&folder);
    let mut ids = 0;
    ask_until(&mut client, &mut ids, &json!([ANSWER]));
    folder.write("config/quoth.toml", "[default_space]\nspeaks_wen = []\n");
    service.signal("HUP");
    std::thread::sleep(std::time::Duration::from_secs(1));
    ask_until(&mut client, &mut ids, &json!([ANSWER]));
    folder.write(
        "config/quoth.toml",
        "[default_space]\nspeaks_when = ['mention']\nreports_to = 'matrix:!r:x'\n\
         [retention]\nanswers_days = 3\n[delivery]\nn_workers = 3\n",
    );
    service.signal("HUP");
    std::thread::sleep(std::time::Duration::from_secs(1));
    client.ask("bridge:unanswered", QUESTION);
    client.assert_silence();
    let log = service.stop().log;
    for want in [
        "Reload failed, keeping the current configuration",
        "`speaks_when`",
        "Changed settings apply after a restart only: [delivery], [retention]",
        "`reports_to` of the space `default` has matrix:!r:x, but matrix is not served",
    ] {
        assert!(log.contains(want), "{want} is not in {log}");
    }
}

#[test]
fn errors_of_the_environment_say_what_to_do_and_exit_with_1_only_if_they_can_pass() {
    let folder = Folder::with_pack();
    let service = Service::start(&folder, &[]);
    drop(BridgeClient::connect(&folder));
    folder.write(
        "broken/quoth.db",
        "this is not a database, but it is long enough to be read as one",
    );
    folder.write("file", "");
    folder.write("bad/pack.toml", "title = \"Bad\"\n");
    let _lock = DatabaseLock::acquire(&folder, "locked");
    let listen = format!("127.0.0.1:{}", service.port);
    let rows: [(&str, &str, i32, &str); 11] = [
        ("QUOTH_DATA", "data", 1, "is in use by another quoth process: stop it"),
        ("QUOTH_DATA", "locked", 1, "are locked by another program"),
        ("QUOTH_DATA", "broken", 2, "are damaged: stop quoth, keep a copy"),
        ("QUOTH_DATA", "file", 2, "make it, and the files in it, writable"),
        ("QUOTH_HTTP__LISTEN", &listen, 1, "is another quoth running?"),
        ("QUOTH_PACKS", "['nowhere']", 1, "cannot open the pack folder nowhere"),
        ("QUOTH_PACKS", "['bad']", 2, "the pack bad is rejected"),
        ("QUOTH_HTTP__LISEN", "x", 2, "did you mean `QUOTH_HTTP__LISTEN`?"),
        ("QUOTH_BRIDGE__SOCKET", "", 2, "`socket`"),
        ("QUOTH_BRIDGE__SOCKET", "file", 2, "entity already exists"),
        ("QUOTH_MATRIX__USER", "ada", 2, "`homeserver` in [matrix] is missing"),
    ];
    for (name, value, code, want) in rows {
        for format in ["text", "json"] {
            let mut settings = vec![("QUOTH_DATA", "other"), ("QUOTH_LOG__FORMAT", format)];
            settings.push((name, value));
            let ended = Service::start(&folder, &settings).wait();
            assert_eq!(ended.code, Some(code), "{name}={value}: {}", ended.log);
            assert!(ended.log.contains(want), "{name}={value}: {want} is not in {}", ended.log);
            if format == "json" {
                assert_json_log(&ended.log);
            }
        }
    }
    let settings = [("QUOTH_PACKS", "['p']"), ("QUOTH_LOG__FORMAT", "json")];
    let run = quoth_in(&folder.path(""), &settings, &["run"]);
    assert_eq!(run.code, 2, "{run:?}");
    assert!(run.stderr.contains("no platform to serve"), "{run:?}");
    assert_json_log(&run.stderr);
    assert_eq!(service.stop().code, Some(0), "the running service is not affected");
}

/// Asserts that each line of `log` is an event in JSON, and that there is one.
fn assert_json_log(log: &str) {
    assert!(!log.is_empty(), "nothing is logged");
    for line in log.lines() {
        let event: serde_json::Value =
            serde_json::from_str(line).unwrap_or_else(|error| panic!("{error} in {log}"));
        for key in ["timestamp", "level", "message", "target"] {
            assert!(event[key].is_string(), "{key} in {event}");
        }
    }
}

/// A lock on a database, like that of a backup.
struct DatabaseLock(#[expect(dead_code, reason = "holds the lock")] rusqlite::Connection);

impl DatabaseLock {
    /// Locks `quoth.db` in the data folder `data`.
    fn acquire(folder: &Folder, data: &str) -> Self {
        folder.write(&format!("{data}/quoth.db"), "");
        let connection =
            rusqlite::Connection::open(folder.path(&format!("{data}/quoth.db"))).unwrap();
        connection.execute_batch("BEGIN EXCLUSIVE").unwrap();
        Self(connection)
    }
}

#[test]
fn bridge_waits_for_its_socket_and_folder_and_leaves_the_sockets_of_others() {
    let folder = Folder::with_pack();
    let first = Service::start(&folder, &[]);
    let mut client = BridgeClient::connect(&folder);
    let second = Service::start(&folder, &[("QUOTH_DATA", "second")]);
    let settings = [("QUOTH_DATA", "third"), ("QUOTH_BRIDGE__SOCKET", "late/bridge.sock")];
    let third = Service::start(&folder, &settings);
    for (service, want) in [(&second, "address in use"), (&third, "No such file or directory")] {
        service.wait_for_log("make its folder writable, stop the process that listens there");
        service.wait_for_log(want);
    }
    client.ask("bridge:1", QUESTION);
    let order = client.execute_order();
    assert_eq!(order["cause"], "bridge:1", "the first service still has its socket");
    assert_eq!(first.stop().code, Some(0));
    let mut client = BridgeClient::connect(&folder);
    client.ask("bridge:2", QUESTION);
    assert_eq!(client.execute_order()["cause"], "bridge:2", "the second service has it now");
    std::fs::create_dir(folder.path("late")).unwrap();
    drop(BridgeClient::connect_to(&folder.path("late/bridge.sock")));
    for service in [second, third] {
        assert_eq!(service.stop().code, Some(0));
    }
}

#[test]
fn stale_socket_is_replaced_and_is_accessible_to_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::with_pack();
    let service = Service::start(&folder, &[]);
    drop(BridgeClient::connect(&folder));
    service.kill();
    let socket = folder.path("bridge.sock");
    assert!(socket.exists());
    let service = Service::start(&folder, &[]);
    let mut client = BridgeClient::connect(&folder);
    client.ask("bridge:1", QUESTION);
    client.execute_order();
    assert_eq!(std::fs::metadata(&socket).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(service.stop().code, Some(0));
    assert!(!socket.exists());
}
