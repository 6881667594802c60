//! The bridge: what a client gets told, and who can connect.

use std::os::unix::fs::PermissionsExt;

use serde_json::{Value, json};

use crate::folder::Folder;
use crate::service::{BridgeClient, Service, message_event};

const QUESTION: &str = "What did Ann say?";

/// Without rate limits.
const NO_COOLDOWN: (&str, &str) = ("QUOTH_DEFAULT_SPACE__COOLDOWN_SECONDS", "0");

/// The event that Ada deleted her message `id`.
fn deletion(id: &str) -> Value {
    json!({ "event": "deleted", "id": id, "place": { "id": "bridge:ada's", "is_direct": true } })
}

#[test]
fn late_and_repeated_acknowledgements_are_reported_to_the_client() {
    let folder = Folder::with_pack();
    let settings = [NO_COOLDOWN, ("QUOTH_DELIVERY__LEASE_SECONDS", "4")];
    let service = Service::start(&folder, &settings);
    let mut client = BridgeClient::connect(&folder);
    client.ask("bridge:1", QUESTION);
    let number = client.read_line()["order"].clone();
    service.wait_for_log("Unknown whether the reply to bridge:1 was sent");
    for (what, want) in [("late", "too late"), ("repeated", "no such order")] {
        client.send_line(&json!({ "ack": number, "sent": "bridge:1/reply" }));
        let line = client.read_line();
        assert_eq!(line["ack"], number, "{what}: {line}");
        assert!(line["error"].as_str().unwrap().contains(want), "{what}: {line}");
    }
    // One in time is not answered: the next line is an order.
    for id in ["bridge:2", "bridge:3"] {
        client.ask(id, QUESTION);
        assert_eq!(client.execute_order()["cause"], id);
    }
    let log = service.stop().log;
    assert!(log.contains("The acknowledgement of the bridge order 0 came too late"), "{log}");
}

#[test]
fn line_that_is_too_long_is_reported_and_keeps_the_connection_and_open_orders() {
    let folder = Folder::with_pack();
    let service = Service::start(&folder, &[NO_COOLDOWN]);
    let mut client = BridgeClient::connect(&folder);
    client.ask("bridge:1", QUESTION);
    let number = client.read_line()["order"].clone();
    client.ask("bridge:2", &"why? ".repeat(100_000));
    let line = client.read_line();
    assert!(line["error"].as_str().unwrap().contains("longer than 262144 bytes"), "{line}");
    client.send_line(&json!({ "ack": number, "sent": "bridge:1/reply" }));
    client.send_line(&message_event("edited", "bridge:1", "How many?"));
    let order = client.execute_order();
    assert_eq!((&order["do"], &order["sent"]), (&json!("amend"), &json!("bridge:1/reply")));
    let log = service.stop().log;
    assert!(!log.contains("disconnected unexpectedly"), "{log}");
}

#[test]
fn reused_message_id_does_not_delete_another_answer() {
    let folder = Folder::with_pack();
    let service = Service::start(&folder, &[NO_COOLDOWN]);
    let mut client = BridgeClient::connect(&folder);
    for id in ["bridge:1", "bridge:2"] {
        client.ask(id, QUESTION);
        let number = client.read_line()["order"].clone();
        client.send_line(&json!({ "ack": number, "sent": "bridge:reply" }));
    }
    service.wait_for_log("gave the reply to bridge:2 the id of an earlier reply");
    // The id stays that of the first answer. Nothing is deleted for the second.
    client.send_line(&deletion("bridge:2"));
    client.send_line(&message_event("edited", "bridge:1", "How many?"));
    let order = client.execute_order();
    assert_eq!((&order["do"], &order["sent"]), (&json!("amend"), &json!("bridge:reply")));
    client.send_line(&deletion("bridge:1"));
    let order = client.execute_order();
    assert_eq!((&order["do"], &order["sent"]), (&json!("remove"), &json!("bridge:reply")));
    service.stop();
}

#[test]
fn events_that_are_turned_away_are_counted() {
    let folder = Folder::with_pack();
    let settings = [NO_COOLDOWN, ("QUOTH_DELIVERY__QUEUE_LENGTH", "1")];
    let service = Service::start(&folder, &settings);
    let mut client = BridgeClient::connect(&folder);
    // The first is being answered, the second waits.
    client.ask("bridge:0", QUESTION);
    let order = client.read_line();
    client.ask("bridge:1", QUESTION);
    for number in 2..5 {
        let id = format!("bridge:{number}");
        client.ask(&id, QUESTION);
        let resend = client.read_line();
        assert_eq!((&resend["do"], resend["id"].as_str()), (&json!("resend"), Some(id.as_str())));
    }
    assert_eq!(n_turned_away(&service), 3);
    client.send_line(&json!({ "ack": order["order"], "sent": "bridge:0/reply" }));
    assert_eq!(client.execute_order()["cause"], "bridge:1");
    service.stop();
}

/// The metric of events that were turned away.
fn n_turned_away(service: &Service) -> u32 {
    let (_, metrics) = service.get("/metrics");
    let head = "quoth_events_total{platform=\"bridge\",fate=\"turned_away\"} ";
    let line = metrics.lines().find_map(|line| line.strip_prefix(head));
    line.unwrap_or_else(|| panic!("{metrics}")).parse().unwrap()
}

#[test]
fn socket_has_the_permissions_that_are_set() {
    for (settings, want) in [(&[][..], 0o600), (&[("QUOTH_BRIDGE__SOCKET_MODE", "0660")], 0o660)] {
        let folder = Folder::with_pack();
        let service = Service::start(&folder, settings);
        drop(BridgeClient::connect(&folder));
        let metadata = std::fs::metadata(folder.path("bridge.sock")).unwrap();
        assert_eq!(metadata.permissions().mode() & 0o777, want, "{settings:?}");
        service.stop();
    }
}
