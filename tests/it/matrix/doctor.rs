//! `quoth doctor` with a real homeserver.

use std::collections::BTreeMap;

use serde_json::Value;

use super::bot::Bot;
use crate::quoth::quoth_in;
use crate::support::matrix::register;
use crate::support::synapse::Synapse;

/// The status of each check.
fn statuses(bot: &Bot, args: &[&str]) -> (i32, BTreeMap<String, String>) {
    let environment = bot.environment();
    let environment: Vec<(&str, &str)> =
        environment.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let args = [&["doctor", "--json"], args].concat();
    let run = quoth_in(&bot.folder().path(""), &environment, &args);
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let reports = run.json();
    let reports = reports.as_array().expect("a list").iter();
    (run.code, reports.map(|it| (text(&it["check"]), text(&it["status"]))).collect())
}

#[test]
#[ignore = "needs a homeserver (scripts/test)"]
fn doctor_finds_nothing_wrong_beside_a_bot_that_is_set_up_and_does_not_disturb_it() {
    let server = Synapse::shared();
    let mut bot = Bot::prepare(&server.url(), register(server, "quoth"), &[]);
    let environment = bot.environment();
    let environment: Vec<(&str, &str)> =
        environment.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let set_up = quoth_in(&bot.folder().path(""), &environment, &["matrix", "setup"]);
    assert_eq!(set_up.code, 0, "{set_up:?}");
    bot.start_and_wait();
    let (code, found) = statuses(&bot, &[]);
    let wrong: Vec<_> = found.iter().filter(|(_, status)| *status == "wrong").collect();
    assert!(code == 0 && wrong.is_empty(), "{wrong:?}");
    let names = ["matrix-homeserver", "matrix-versions", "matrix-login", "matrix-session"];
    let more = ["matrix-token", "matrix-store", "matrix-device", "matrix-recovery-key", "clock"];
    for name in [&names[..], &more].concat() {
        assert_eq!(found[name], "ok", "{name}: {found:?}");
    }
    assert!(bot.is_ready());
    assert_eq!(bot.stop().code, Some(0));
}

#[test]
#[ignore = "needs a homeserver (scripts/test)"]
fn doctor_finds_a_device_that_is_not_verified_and_a_recovery_key_that_is_missing() {
    let server = Synapse::shared();
    let id = register(server, "quoth");
    let first = Bot::start_as(server, id.clone(), &[]);
    // A second data folder is a second device of the account, which nobody has verified.
    let second = Bot::start_as(server, id, &[]);
    let (_, found) = statuses(&second, &["matrix-token", "matrix-device", "matrix-recovery-key"]);
    let found: Vec<(&str, &str)> =
        found.iter().map(|(name, status)| (name.as_str(), status.as_str())).collect();
    let want =
        [("matrix-device", "wrong"), ("matrix-recovery-key", "wrong"), ("matrix-token", "ok")];
    assert_eq!(found, want);
    drop(first);
}
