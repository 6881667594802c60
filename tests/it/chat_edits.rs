//! Moderators edit a pack from chat, beside a terminal and an editor.

use serde_json::{Value, json};

use crate::folder::{FAQ, Folder};
use crate::quoth::{Run, quoth_in};
use crate::service::{BridgeClient, Service};

/// A service whose moderator is Ada and that shows edits in the office.
fn moderated() -> (Folder, Service, BridgeClient) {
    let folder = Folder::with_pack();
    let settings = [
        ("QUOTH_DEFAULT_SPACE__COOLDOWN_SECONDS", "0"),
        ("QUOTH_DEFAULT_SPACE__MODERATORS", "['bridge:ada-lovelace']"),
        ("QUOTH_DEFAULT_SPACE__LOGS_EDITS_TO", "'bridge:office'"),
    ];
    let service = Service::start(&folder, &settings);
    let client = BridgeClient::connect(&folder);
    (folder, service, client)
}

fn faq(folder: &Folder, args: &[&str]) -> Run {
    let args = [&["faq", "--plain", "--pack", "p"], args].concat();
    quoth_in(&folder.path(""), &[("QUOTH_DATA", "data"), ("USER", "bo")], &args)
}

/// Ada saves what the message of `order` proposes.
fn save(client: &mut BridgeClient, id: &str, order: &Value) {
    client.send_line(&json!({
        "event": "used", "id": id, "sent": sent_id(order), "place": { "id": "bridge:ada's", "is_direct": true },
        "by": { "id": "bridge:ada-lovelace" }, "at": crate::service::now(), "control": "save",
    }));
}

/// The id under which [`BridgeClient::execute_order`] has acknowledged `order`.
fn sent_id(order: &Value) -> String {
    format!("{}/reply", order["cause"].as_str().unwrap_or_default())
}

#[test]
fn entries_are_exported_as_a_file_that_can_be_imported() {
    let (folder, service, mut client) = moderated();
    for (number, format) in ["json", "jsonl", "csv", "markdown"].into_iter().enumerate() {
        client.ask(&format!("bridge:{number}"), &format!("faq export {format}"));
        let order = client.execute_order();
        let name = order["file"]["name"].as_str().unwrap();
        folder.write(name, order["file"]["text"].as_str().unwrap());
        let args = ["import", name, "--into", format];
        let imported = quoth_in(&folder.path(""), &[], &args);
        assert!(imported.code == 0 && imported.stdout.contains("with 2 entries"), "{imported:?}");
    }
    client.ask("bridge:9", "faq export yaml");
    assert!(client.execute_order()["text"].as_str().unwrap().contains("no pack yaml"));
    service.stop();
}

#[test]
fn each_edit_is_recorded_once_and_shown_with_its_author() {
    let (folder, service, mut client) = moderated();
    client.ask("bridge:1", "faq add-phrasing b what number");
    let shown = client.execute_order();
    assert_eq!(shown["kind"], "proposal", "{shown}");
    save(&mut client, "bridge:2", &shown);
    // The confirmation and the log go to two places, which are independent of each other.
    let orders = [client.execute_order(), client.execute_order()];
    let logged = orders.iter().find(|it| it["place"] == "bridge:office").expect("a log");
    let saved = orders.iter().find(|it| it["place"] == "bridge:ada's").expect("a confirmation");
    assert_eq!((&saved["do"], &saved["kind"]), (&json!("amend"), &json!("edited")), "{saved}");
    let text = logged["text"].as_str().unwrap();
    assert!(text.contains("1: b changed by bridge:ada-lovelace") && text.contains("+"), "{text}");
    let edited = faq(&folder, &["edit", "a", "--lead", "Numbers."]);
    assert_eq!(edited.code, 0, "{edited:?}");
    let logged = client.execute_order();
    assert!(logged["text"].as_str().unwrap().contains("2: a changed by bo"), "{logged}");
    let text = std::fs::read_to_string(folder.path("p/faq.toml")).unwrap();
    folder.write("p/faq.toml", text.replace("When?", "At what time?"));
    let logged = client.execute_order();
    assert!(logged["text"].as_str().unwrap().contains("3: g changed by an editor"), "{logged}");
    service.stop();
    let history = faq(&folder, &["history", "--json"]);
    let history: Value = serde_json::from_str(&history.stdout).unwrap();
    assert_eq!(history.as_array().unwrap().len(), 3, "{history}");
    let other = FAQ.split("[[entry]]").nth(3).unwrap().replace("When?", "At what time?");
    assert!(std::fs::read_to_string(folder.path("p/faq.toml")).unwrap().ends_with(&other));
}

#[test]
fn answer_is_served_when_its_edit_is_confirmed() {
    let (folder, service, mut client) = moderated();
    // The next order that is not for the office.
    let next = |client: &mut BridgeClient| loop {
        let order = client.execute_order();
        if order["place"] != "bridge:office" {
            return order;
        }
    };
    for number in 0..20 {
        let phrasing = format!("zebra{number} quota");
        client.ask(&format!("bridge:e{number}"), &format!("faq add-phrasing b {phrasing}"));
        let shown = next(&mut client);
        save(&mut client, &format!("bridge:s{number}"), &shown);
        assert_eq!(next(&mut client)["kind"], "edited");
        client.ask(&format!("bridge:q{number}"), &phrasing);
        assert_eq!(next(&mut client)["entries"], json!(["b"]), "{phrasing}");
    }
    service.stop();
    let faq = std::fs::read_to_string(folder.path("p/faq.toml")).unwrap();
    assert_eq!(faq.matches("zebra").count(), 20);
}

#[test]
fn edit_of_a_pack_that_cannot_be_read_is_refused_and_loses_nothing() {
    let (folder, service, mut client) = moderated();
    client.ask("bridge:1", "faq add-phrasing b what number");
    let shown = client.execute_order();
    let before = std::fs::read_to_string(folder.path("p/faq.toml")).unwrap();
    std::fs::rename(folder.path("p"), folder.path("q")).unwrap();
    save(&mut client, "bridge:2", &shown);
    let refused = client.execute_order();
    assert!(refused["text"].as_str().unwrap().contains("cannot read the files"), "{refused}");
    std::fs::rename(folder.path("q"), folder.path("p")).unwrap();
    assert_eq!(std::fs::read_to_string(folder.path("p/faq.toml")).unwrap(), before);
    let ended = service.stop();
    assert!(ended.log.contains("A moderator's edit failed"), "{}", ended.log);
    assert!(!ended.log.contains("what number"), "{}", ended.log);
}

#[test]
#[cfg(target_os = "linux")]
fn records_are_whole_after_commands_beside_a_service_that_has_edited() {
    let (folder, service, mut client) = moderated();
    // The service opens its records a second time for this.
    client.ask("bridge:1", "faq add-phrasing b what number");
    client.execute_order();
    for _ in 0..2 {
        faq(&folder, &["history"]);
        let deleted = service.deleted_files();
        assert!(deleted.is_empty(), "a command took the records for unused: {deleted:?}");
    }
    client.ask("bridge:2", "who bakes the bread");
    client.execute_order();
    service.stop();
    let inbox = quoth_in(
        &folder.path(""),
        &[("QUOTH_DATA", "data")],
        &["inbox", "--plain", "--pack", "p", "list"],
    );
    assert!(inbox.stdout.contains("who bakes the bread"), "{inbox:?}");
}
