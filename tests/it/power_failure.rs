//! Loss of power: only what was synced to the disk is left. A killed process alone leaves everything that
//! it has written, whether it was synced or not.

use serde_json::json;

use crate::folder::Folder;
use crate::preload::compiled;
use crate::service::{BridgeClient, Service, message_event};

const QUESTION: &str = "What did Ann say?";

/// The files of the records.
const FILES: [&str; 2] = ["quoth.db", "quoth.db-wal"];

/// Starts a service whose synced files are copied to the folder `synced`.
fn start(folder: &Folder) -> Service {
    let library = compiled(folder, "synced_files");
    std::fs::create_dir_all(folder.path("synced")).unwrap();
    Service::start(
        folder,
        &[
            ("QUOTH_DEFAULT_SPACE__COOLDOWN_SECONDS", "0"),
            ("LD_PRELOAD", &library),
            ("SYNCED_FILES", &folder.arg("synced")),
        ],
    )
}

/// Kills `service` and leaves of its records what was synced.
fn lose_power(service: Service, folder: &Folder) {
    service.kill();
    for file in FILES {
        let (path, synced) = (folder.path("data").join(file), folder.path("synced").join(file));
        drop(std::fs::remove_file(&path));
        if synced.exists() {
            std::fs::rename(&synced, &path).unwrap();
        }
    }
    drop(std::fs::remove_file(folder.path("data/quoth.db-shm")));
}

#[test]
fn claims_sends_and_answers_outlive_a_loss_of_power() {
    let folder = Folder::with_pack();
    let service = start(&folder);
    let mut client = BridgeClient::connect(&folder);
    client.ask("bridge:1", QUESTION);
    client.execute_order();
    // Events of a place are handled in order: when this is sent, the first answer is recorded.
    client.ask("bridge:2", QUESTION);
    assert_eq!(client.read_line()["cause"], "bridge:2");
    lose_power(service, &folder);

    let service = start(&folder);
    let mut client = BridgeClient::connect(&folder);
    for id in ["bridge:1", "bridge:2", "bridge:3"] {
        client.ask(id, QUESTION);
    }
    assert_eq!(client.execute_order()["cause"], "bridge:3", "the others may have been answered");
    client.send_line(&message_event("edited", "bridge:1", "How many?"));
    let order = client.execute_order();
    assert_eq!((&order["do"], &order["sent"]), (&json!("amend"), &json!("bridge:1/reply")));
    service.wait_for_log("Unknown whether the reply to bridge:2 was sent");
    // Of a deletion, too.
    client.send_line(&json!({
        "event": "deleted", "id": "bridge:3", "place": { "id": "bridge:ada's", "is_direct": true },
    }));
    assert_eq!(client.execute_order()["do"], "remove");
    client.ask("bridge:4", QUESTION);
    client.execute_order();
    lose_power(service, &folder);

    let service = start(&folder);
    let mut client = BridgeClient::connect(&folder);
    client.send_line(&message_event("edited", "bridge:3", "How many?"));
    client.ask("bridge:5", QUESTION);
    assert_eq!(client.execute_order()["cause"], "bridge:5", "the deleted answer stays deleted");
    service.stop();
}
