//! Settings of spaces that are changed in chat and in the terminal.

use serde_json::{Value, json};

use crate::folder::Folder;
use crate::quoth::{Run, quoth_in, quoth_in_reading};
use crate::service::{BridgeClient, Service};

const CONFIGURED: [(&str, &str); 3] = [
    ("QUOTH_DEFAULT_SPACE__COOLDOWN_SECONDS", "0"),
    ("QUOTH_DEFAULT_SPACE__MODERATORS", "['bridge:ada-lovelace']"),
    ("QUOTH_DEFAULT_SPACE__LOGS_EDITS_TO", "'bridge:office'"),
];

fn settings(folder: &Folder, args: &[&str]) -> Run {
    let args = [&["settings", "--plain"], args].concat();
    quoth_in(&folder.path(""), &[("QUOTH_DATA", "data"), ("USER", "bo")], &args)
}

fn text(order: &Value) -> &str {
    order["text"].as_str().unwrap_or_default()
}

#[test]
fn setting_changed_in_chat_is_in_use_shown_and_kept_over_a_restart() {
    let folder = Folder::with_pack();
    let service = Service::start(&folder, &CONFIGURED);
    let mut client = BridgeClient::connect(&folder);
    client.ask("bridge:1", "faq set asks_feedback no");
    let shown = client.execute_order();
    assert!(text(&shown).contains("asks_feedback would change from yes to no"), "{shown}");
    client.ask("bridge:2", "faq save");
    // The confirmation and the log go to two places, which are independent of each other.
    let orders = [client.execute_order(), client.execute_order()];
    let logged = orders.iter().find(|it| it["place"] == "bridge:office").expect("a log");
    assert!(text(logged).starts_with("Settings have changed:"), "{logged}");
    assert!(text(logged).contains("1: asks_feedback set to no by bridge:ada-lovelace"), "{logged}");
    client.ask("bridge:3", "What did Ann say?");
    let answer = client.execute_order();
    assert_eq!(answer["asks_feedback"], false, "{answer}");
    service.stop();

    let service = Service::start(&folder, &CONFIGURED);
    let mut client = BridgeClient::connect(&folder);
    client.ask("bridge:4", "What did Ann say?");
    let answer = client.execute_order();
    assert_eq!(answer["asks_feedback"], false, "{answer}");
    client.ask("bridge:5", "faq revert 1");
    client.execute_order();
    client.ask("bridge:6", "faq save");
    client.execute_order();
    client.execute_order();
    client.ask("bridge:7", "What did Ann say?");
    let answer = client.execute_order();
    assert_eq!(answer["asks_feedback"], true, "{answer}");
    service.stop();
}

#[test]
fn setting_changed_in_the_terminal_is_used_by_the_running_service_and_shown_where_edits_were_and_are()
 {
    let folder = Folder::with_pack();
    let service = Service::start(&folder, &CONFIGURED);
    let mut client = BridgeClient::connect(&folder);
    let changed =
        settings(&folder, &["set", "logs-edits-to", "bridge:hall", "--reason", "office is closed"]);
    assert_eq!(changed.code, 0, "{changed:?}");
    assert!(
        changed.stdout.starts_with("1: logs_edits_to set to bridge:hall by bo at 20"),
        "{changed:?}"
    );
    let places: Vec<Value> = (0..2).map(|_| client.execute_order()["place"].clone()).collect();
    assert!(
        places.contains(&json!("bridge:office")) && places.contains(&json!("bridge:hall")),
        "{places:?}"
    );
    service.stop();
}

#[test]
fn setting_changed_while_stopped_is_shown_at_the_start_and_once() {
    let folder = Folder::with_pack();
    let service = Service::start(&folder, &CONFIGURED);
    let mut client = BridgeClient::connect(&folder);
    client.ask("bridge:1", "faq set digest_hour 5");
    client.execute_order();
    client.ask("bridge:2", "faq save");
    client.execute_order();
    client.execute_order();
    service.stop();
    assert_eq!(settings(&folder, &["set", "digest_hour", "6"]).code, 0);
    assert_eq!(settings(&folder, &["set", "digest_hour", "default"]).code, 0);
    let service = Service::start(&folder, &CONFIGURED);
    let mut client = BridgeClient::connect(&folder);
    for want in ["2: digest_hour set to 6 by bo", "3: digest_hour set to as configured by bo"] {
        let logged = client.execute_order();
        assert_eq!(logged["place"], "bridge:office");
        assert!(text(&logged).contains(want), "{logged}");
    }
    client.ask("bridge:3", "faq settings");
    assert_eq!(client.execute_order()["place"], "bridge:ada's", "nothing else is shown");
    service.stop();
}

#[test]
fn terminal_chat_uses_settings_and_changes_none() {
    let folder = Folder::with_pack();
    folder.write(
        "config.toml",
        "packs = [\"p\"]\n[[space]]\nname = \"own\"\nplaces = [\"console\"]\nmoderators = [\"console:person\"]\n",
    );
    let args = ["set", "locale", "de", "--space", "own", "--config", "config.toml"];
    assert_eq!(settings(&folder, &args).code, 0);
    let environment = [("QUOTH_DATA", "data")];
    let args = ["chat", "--plain", "--config", "config.toml"];
    let lines = "faq set greets no\nfaq save\nwho bakes the bread\n";
    let chat = quoth_in_reading(&folder.path(""), &environment, &args, lines.as_bytes());
    assert!(chat.stdout.contains("`quoth settings`"), "{chat:?}");
    assert!(chat.stdout.contains("Zitat"), "{chat:?}");
    for space in ["own", "default"] {
        let args = ["history", "--space", space, "--config", "config.toml"];
        assert!(!settings(&folder, &args).stdout.contains("greets"));
    }
}

#[test]
fn reading_settings_writes_nothing() {
    let folder = Folder::with_pack();
    for args in [&["list"][..], &["history"], &["set", "greets", "no", "--dry-run"]] {
        let run = settings(&folder, args);
        assert_eq!(run.code, 0, "{args:?}: {run:?}");
        assert!(!folder.path("data").exists(), "{args:?}");
    }
}

#[test]
fn terminal_lists_changes_and_takes_back_settings_of_a_space() {
    let folder = Folder::with_pack();
    folder.write(
        "config.toml",
        "packs = [\"p\"]\n[[space]]\nname = \"ops\"\nplaces = [\"bridge:ops\"]\ndigest_hour = 7\n",
    );
    let run = |args: &[&str]| {
        let args = [args, &["--space", "ops", "--config", "config.toml"]].concat();
        settings(&folder, &args)
    };
    let hour = |run: &Run| {
        let all = run.json();
        all.as_array().unwrap().iter().find(|it| it["setting"] == "digest_hour").unwrap().clone()
    };
    let preview = run(&["set", "digest_hour", "9", "--dry-run"]);
    assert_eq!(preview.stdout, "digest_hour would change from 7 to 9\n", "{preview:?}");
    assert_eq!(hour(&run(&["list", "--json"]))["value"], 7);
    assert_eq!(run(&["set", "digest_hour", "9"]).code, 0);
    let want = json!({"setting": "digest_hour", "value": 9, "configured": 7, "is_changed": true});
    assert_eq!(hour(&run(&["list", "--json"])), want);
    let listed = run(&["list"]).stdout;
    assert!(
        listed.contains("digest_hour = 9 (") && listed.contains("; configured: 7)"),
        "{listed}"
    );
    let history = run(&["history", "--json"]).json();
    let change = |key: &str| history[0][key].clone();
    let shown = ["setting", "by", "before", "after"].map(change);
    assert_eq!(shown, [json!("digest_hour"), json!("bo"), Value::Null, json!(9)]);
    for (args, want) in [
        (&["set", "digest_hour", "24"][..], "0 to 23"),
        (&["set", "digest_hour", "9"], "like that already"),
        (&["set", "owners", "x"], "no setting `owners`"),
        (&["set", "reports_to", "here"], "discord:channel:2"),
        (&["set", "listens_in", "+bridge:a, nowhere"], "no value of `listens_in`"),
        (&["revert", "7"], "no revision 7"),
        (&["history", "owners"], "no setting `owners`"),
        (&["set", "answer_from", "0"], "\"0\" is no value"),
    ] {
        let refused = run(args);
        assert!(refused.code == 1 && refused.stderr.contains(want), "{args:?}: {refused:?}");
    }
    let preview = run(&["set", "digest_hour", "default", "--dry-run", "--json"]).json();
    assert_eq!((&preview["value"], &preview["is_changed"]), (&json!(7), &json!(false)));
    let elsewhere = settings(&folder, &["list", "--space", "office", "--config", "config.toml"]);
    assert!(elsewhere.stderr.contains("the spaces are: default, ops"), "{elsewhere:?}");
    assert_eq!(run(&["revert", "1"]).code, 0);
    assert_eq!(hour(&run(&["list", "--json"]))["is_changed"], false);
    assert_eq!(run(&["revert", "1"]).code, 1, "it has changed since");
}
