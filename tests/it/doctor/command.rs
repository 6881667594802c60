//! Usage, output and exit codes; and that a running service does not notice.

use std::collections::BTreeSet;
use std::path::Path;

use super::{Setup, chmod};
use crate::folder::Folder;
use crate::quoth::{quoth, quoth_in};
use crate::service::{BridgeClient, Service};

/// Checks that are broken in unit tests, since a whole system would have to be broken for them, with the function of the
/// test.
const BROKEN_IN_UNIT_TESTS: [(&str, &str, &str); 2] = [
    ("data-owner", "src/app/doctor/data_folder.rs", "data_folder_of_another_user_is_wrong"),
    ("disk-space", "src/app/doctor/data_folder.rs", "little_space_and_few_files_are_wrong"),
];

fn names() -> Vec<String> {
    let listed = quoth(&["doctor", "--list", "--json"]).json();
    let names = listed.as_array().unwrap().iter().map(|it| it["check"].as_str().unwrap());
    names.map(str::to_owned).collect()
}

#[test]
fn sane_setup_has_nothing_wrong() {
    let setup = Setup::new();
    setup.assert_nothing_wrong();
    let reports = setup.reports();
    for name in ["config", "data-writable", "records-integrity", "asker-key", "packs-proved"] {
        assert_eq!(reports[name].status, "ok", "{name}: {reports:?}");
    }
    let run = setup.run(&[]);
    assert!(run.stdout.contains("\n0 wrong, "), "{run:?}");
    assert!(run.stdout.contains("Nothing is wrong among what could be checked."), "{run:?}");
}

#[test]
fn doctor_beside_a_service_changes_nothing_and_finds_it() {
    let folder = Folder::with_pack();
    let service = Service::start(&folder, &[]);
    let mut client = BridgeClient::connect(&folder);
    client.ask("bridge:1", "What did Ann say?");
    assert_eq!(client.execute_order()["cause"], "bridge:1");
    let listen = format!("127.0.0.1:{}", service.port);
    let environment = [
        ("QUOTH_PACKS", "['p']"),
        ("QUOTH_DATA", "data"),
        ("QUOTH_BRIDGE__SOCKET", "bridge.sock"),
        ("QUOTH_HTTP__LISTEN", &listen),
    ];
    let files = || {
        let files = std::fs::read_dir(folder.path("data")).unwrap();
        files.map(|file| file.unwrap().file_name()).collect::<BTreeSet<_>>()
    };
    let before = files();
    let run = quoth_in(&folder.path(""), &environment, &["doctor", "--plain"]);
    assert_eq!(run.code, 0, "{run:?}");
    for found in ["uses the data folder", "the service listens on", "ok service: records: ok"] {
        assert!(run.stdout.contains(found), "{found}: {run:?}");
    }
    assert_eq!(files(), before);
    client.ask("bridge:2", "What did Ann say?");
    assert_eq!(client.execute_order()["cause"], "bridge:2", "the bridge's client is connected");
    assert_eq!(service.stop().code, Some(0));
}

#[test]
fn checks_run_by_their_names_and_others_are_bad_usage() {
    let setup = Setup::new();
    let run = setup.run(&["config", "disk-space", "--json"]);
    let checks: Vec<String> =
        run.json().as_array().unwrap().iter().map(|it| it["check"].to_string()).collect();
    assert_eq!(checks, ["\"config\"", "\"disk-space\""]);
    let names = names();
    assert!(names.len() >= 25, "{names:?}");
    assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len(), "{names:?}");
    for name in &names {
        assert_eq!(setup.run(&[name, "--json"]).json()[0]["check"], name.as_str());
    }
    let run = setup.run(&["discs"]);
    assert_eq!(run.code, 2, "{run:?}");
    assert!(run.stderr.contains("there is no check discs; the checks are config, "), "{run:?}");
}

#[test]
fn output_has_a_line_for_each_check_and_advice_below_what_is_wrong() {
    let setup = Setup::new();
    chmod(&setup.folder.path("data"), 0o755);
    let run = setup.run(&["config", "data-permissions", "calibration", "--plain"]);
    assert_eq!(run.code, 1, "{run:?}");
    insta::assert_snapshot!(run.stdout, @r"
    ok config: config/quoth.toml is valid
    wrong data-permissions: every user of this machine can open data (mode 755), which has questions of your users
      what to do: chmod 700 data
    not applicable calibration: no pack has a calibration: the default is used

    1 wrong, 1 ok, 1 not applicable
    ");
}

#[test]
fn configuration_that_cannot_be_read_is_a_failed_check_and_others_go_on() {
    let setup = Setup::new();
    let run = setup.run(&["--config", "nowhere.toml", "--json"]);
    assert_eq!(run.code, 1, "{run:?}");
    let reports = run.json();
    let status = |name: &str| {
        let all = reports.as_array().unwrap();
        all.iter().find(|it| it["check"] == name).unwrap()["status"].clone()
    };
    assert_eq!(status("config"), "wrong", "{run:?}");
    assert_eq!(status("open-files"), "ok", "{run:?}");
    assert_eq!(status("packs-proved"), "not_applicable", "{run:?}");
}

// The page has the checks of both platforms.
#[cfg(all(feature = "discord", feature = "matrix"))]
#[test]
fn page_of_self_hosting_lists_all_checks() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/self-hosting.md");
    let page = std::fs::read_to_string(page).unwrap();
    let (_, section) = page.split_once("\n## When something is wrong").expect("a section");
    let (section, _) = section.split_once("\n## ").expect("another section");
    let rows = section.lines().filter(|line| line.starts_with("| `"));
    let listed: Vec<&str> = rows.filter_map(|row| row.split('`').nth(1)).collect();
    let names = names();
    assert!(names.len() >= 30, "{names:?}");
    assert_eq!(listed, names);
}

#[test]
fn every_check_has_a_test_that_breaks_it() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |path: &str| std::fs::read_to_string(root.join(path)).unwrap();
    let tests =
        ["local", "discord", "matrix"].map(|name| read(&format!("tests/it/doctor/{name}.rs")));
    let tests = tests.concat();
    for name in names() {
        let unit_test = BROKEN_IN_UNIT_TESTS.iter().find(|(check, ..)| *check == name);
        let has_test = match unit_test {
            Some((_, file, function)) => read(file).contains(&format!("fn {function}()")),
            None => tests.contains(&format!("\"{name}\"")),
        };
        assert!(has_test, "{name}");
    }
}
