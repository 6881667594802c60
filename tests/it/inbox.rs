//! `quoth inbox`, beside a running service that people ask.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::folder::Folder;
use crate::quoth::{Run, quoth_in};
use crate::service::{BridgeClient, Service, message_event};

/// Runs `quoth` in `folder`, with the data folder of its service.
fn quoth(folder: &Folder, args: &[&str]) -> Run {
    quoth_in(&folder.path(""), &[("QUOTH_DATA", "data"), ("USER", "ann")], args)
}

fn inbox(folder: &Folder, args: &[&str]) -> Run {
    quoth(folder, &[&["inbox", "--plain", "--pack", "p"], args].concat())
}

fn listed(folder: &Folder, args: &[&str]) -> Value {
    let run = inbox(folder, &[&["list", "--json"], args].concat());
    serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}: {run:?}"))
}

/// A service that was asked twice for a sauna and once for bread.
fn asked() -> (Folder, Service, BridgeClient) {
    let folder = Folder::with_pack();
    let settings = [("QUOTH_DEFAULT_SPACE__COOLDOWN_SECONDS", "0")];
    let service = Service::start(&folder, &settings);
    let mut client = BridgeClient::connect(&folder);
    let questions = ["Is there a sauna?", "who bakes the bread", "do you have a sauna"];
    for (number, question) in questions.iter().enumerate() {
        client.ask(&format!("bridge:{number}"), question);
        client.execute_order();
    }
    (folder, service, client)
}

#[test]
fn questions_of_one_need_are_a_group_that_becomes_a_gap_which_is_replied_with_at_once() {
    let (folder, service, mut client) = asked();
    let groups = listed(&folder, &[]);
    let wordings: Vec<&Value> =
        groups.as_array().unwrap().iter().map(|it| &it["wordings"]).collect();
    let sauna = json!(["do you have a sauna", "Is there a sauna?"]);
    assert!(wordings.len() == 2 && wordings.contains(&&sauna), "{groups}");
    let group = &groups[wordings.iter().position(|it| **it == sauna).unwrap()];
    let id = group["id"].as_str().unwrap();
    let gap = inbox(&folder, &["gap", id, "--question", "Is there a sauna?"]);
    assert_eq!(gap.code, 0, "{gap:?}");
    assert!(gap.stdout.contains("is-there-a-sauna added by ann"), "{gap:?}");
    assert_eq!(listed(&folder, &[]).as_array().unwrap().len(), 1, "it is settled");
    let start = Instant::now();
    for number in 10.. {
        client.ask(&format!("bridge:{number}"), "do you have a sauna");
        let order = client.execute_order();
        if order.to_string().contains("does not say") {
            break;
        }
        assert!(start.elapsed() < Duration::from_secs(20), "{order}");
        std::thread::sleep(Duration::from_millis(200));
    }
    service.stop();
}

#[test]
fn assigned_question_becomes_a_phrasing_with_its_reason() {
    let (folder, service, _client) = asked();
    let groups = listed(&folder, &["--search", "BREAD"]);
    let id = groups[0]["id"].as_str().unwrap();
    let shown = inbox(&folder, &["show", id]);
    assert!(shown.stdout.contains("who bakes the bread"), "{shown:?}");
    let preview = inbox(&folder, &["assign", id, "a", "--dry-run"]);
    assert_eq!(preview.code, 0, "{preview:?}");
    let refused = inbox(&folder, &["assign", id, "x"]);
    assert_eq!(refused.code, 1, "{refused:?}");
    assert_eq!(listed(&folder, &[]).as_array().unwrap().len(), 2, "it waits");
    let assigned = inbox(&folder, &["assign", id, "a"]);
    assert!(assigned.stdout.contains("a changed by ann"), "{assigned:?}");
    assert!(assigned.stdout.contains(": asked in chat"), "{assigned:?}");
    let shown = quoth(&folder, &["faq", "show", "a", "--pack", "p"]);
    assert!(shown.stdout.contains("\"who bakes the bread\""), "{shown:?}");
    assert_eq!(listed(&folder, &[]).as_array().unwrap().len(), 1);
    service.stop();
}

#[test]
fn several_groups_become_phrasings_of_one_entry_in_one_change() {
    let (folder, service, _client) = asked();
    let groups = listed(&folder, &[]);
    let ids: Vec<&str> =
        groups.as_array().unwrap().iter().map(|it| it["id"].as_str().unwrap()).collect();
    let unknown = inbox(&folder, &[&["assign"], &ids[..], &["00000000", "a"]].concat());
    assert!(unknown.code == 1 && unknown.stderr.contains("00000000"), "{unknown:?}");
    assert_eq!(listed(&folder, &[]).as_array().unwrap().len(), 2, "it waits");
    let assigned = inbox(&folder, &[&["assign"], &ids[..], &["a"]].concat());
    assert_eq!(assigned.stdout.matches("changed by ann").count(), 1, "{assigned:?}");
    let shown = quoth(&folder, &["faq", "show", "a", "--pack", "p"]).stdout;
    assert!(shown.contains("\"who bakes the bread\"") && shown.contains("sauna"), "{shown}");
    assert_eq!(listed(&folder, &[]), json!([]));
    service.stop();
}

#[test]
fn dismissed_group_stays_away_and_an_erased_one_leaves_the_disk() {
    let (folder, service, mut client) = asked();
    let id = |search: &str| {
        listed(&folder, &["--search", search])[0]["id"].as_str().unwrap_or_default().to_owned()
    };
    let dismissed = inbox(&folder, &["dismiss", &id("sauna")]);
    assert_eq!(dismissed.stdout, "Dismissed 2 questions.\n", "{dismissed:?}");
    client.ask("bridge:9", "is there a sauna here");
    client.execute_order();
    assert_eq!(listed(&folder, &["--search", "sauna"]), json!([]));
    let erased = inbox(&folder, &["erase", &id("bread")]);
    assert_eq!(erased.stdout, "Deleted 1 question.\n", "{erased:?}");
    assert_eq!(listed(&folder, &[]), json!([]));
    service.stop();
    for file in std::fs::read_dir(folder.path("data")).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        assert!(!bytes.windows(5).any(|part| part == b"bakes"));
    }
    let unknown = inbox(&folder, &["show", "00000000"]);
    assert_eq!(unknown.code, 1, "{unknown:?}");
}

#[test]
fn forgotten_person_has_no_questions_in_the_inbox_and_others_keep_theirs() {
    let (folder, service, mut client) = asked();
    let mut event = message_event("said", "bridge:9", "is there a bus to the airport");
    event["author"]["id"] = json!("bridge:bob");
    client.send_line(&event);
    client.execute_order();
    let unknown = quoth(&folder, &["inbox", "forget", "ada"]);
    assert!(unknown.code != 0 && unknown.stderr.contains("discord:user:56"), "{unknown:?}");
    assert_eq!(listed(&folder, &[]).as_array().unwrap().len(), 3);
    let forgotten = quoth(&folder, &["inbox", "forget", "bridge:ada-lovelace"]);
    assert!(forgotten.stdout.starts_with("Deleted "), "{forgotten:?}");
    let left = listed(&folder, &[]);
    assert_eq!(left[0]["wordings"], json!(["is there a bus to the airport"]));
    assert_eq!(left.as_array().unwrap().len(), 1);
    let again = quoth(&folder, &["inbox", "forget", "bridge:ada-lovelace"]);
    assert_eq!(again.stdout, "Deleted 0 records.\n", "{again:?}");
    service.stop();
}
