//! The pack of questions about quoth itself, which is imported from docs/faq.md.

use std::path::Path;

use serde_json::Value;

use crate::folder::{Folder, copy_folder};
use crate::quoth::{quoth, quoth_in, quoth_reading};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");
const PACK: &str = "knowledge/quoth";
const PAGE: &str = "docs/faq.md";

fn page() -> String {
    std::fs::read_to_string(Path::new(ROOT).join(PAGE)).unwrap()
}

#[test]
fn pack_is_what_an_import_of_its_page_makes() {
    let folder = Folder::empty();
    copy_folder(&Path::new(ROOT).join(PACK), &folder.path("quoth"));
    let page = format!("{ROOT}/{PAGE}");
    let run = quoth_in(&folder.path(""), &[], &["import", &page, "--into", "quoth", "--prune"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(
        run.stdout.contains("0 entries added, 0 changed, 0 removed."),
        "run `quoth import {PAGE} --into {PACK} --prune`, and give new entries phrasings:\n{}",
        run.stdout
    );
}

#[test]
fn pack_has_no_errors() {
    let run = quoth(&["check", PACK]);
    assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
}

#[test]
fn questions_about_quoth_are_answered_and_others_are_not() {
    let rows = [
        ("how do i verify the matrix device", Some("how-do-i-verify-the-matrix-device")),
        ("is there a docker image", Some("how-do-i-run-quoth-in-docker")),
        ("slash commands don't appear", Some("why-do-the-commands-not-show-up-on-discord")),
        ("bot won't join my matrix room", Some("why-does-the-bot-ignore-my-invitation")),
        ("i lost my recovery key", Some("i-have-lost-the-recovery-key-what-now")),
        ("how do i back up the data", Some("how-do-i-back-up-quoth")),
        ("can it ban spammers", None),
        ("how old is the universe", None),
        ("does quoth play music", None),
    ];
    let asked: String =
        rows.iter().map(|(text, _)| format!("{}\n", serde_json::json!({ "q": text }))).collect();
    let run = quoth_reading(&["ask", "--jsonl", "--pack", PACK], asked.as_bytes());
    assert_eq!(run.code, 0, "{}", run.stderr);
    let replies: Vec<Value> =
        run.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(replies.len(), rows.len());
    for ((text, entry), reply) in rows.iter().zip(&replies) {
        let answered = reply["ids"][0].as_str().filter(|_| reply["decision"] == "answer");
        assert_eq!(answered, *entry, "{text}: {reply}");
        assert!(entry.is_some() || reply["decision"] == "abstain", "{text}: {reply}");
    }
}

#[test]
fn page_names_commands_that_exist() {
    let page = page();
    let mut named: Vec<&str> =
        page.split("`quoth ").skip(1).filter_map(|rest| rest.split([' ', '`']).next()).collect();
    named.sort_unstable();
    named.dedup();
    assert!(named.len() >= 10, "{named:?}");
    for command in named {
        let is_left_out = (command == "matrix" && !cfg!(feature = "matrix"))
            || (command == "phrasings" && !cfg!(feature = "phrasings"));
        if is_left_out {
            continue;
        }
        let run = quoth(&[command, "--help"]);
        assert_eq!(run.code, 0, "quoth {command}: {}", run.stderr);
    }
}

#[test]
fn page_names_settings_that_exist() {
    let page = page();
    let all = std::fs::read_to_string(Path::new(ROOT).join("config/quoth.toml")).unwrap();
    // Settings are written as code in lower case, with an underscore or an equals sign.
    let code = page.split('`').skip(1).step_by(2);
    let keys = code.filter_map(|code| {
        let key = code.split(" = ").next()?;
        let is_key = key.contains('_') && key.chars().all(|c| c.is_ascii_lowercase() || c == '_');
        is_key.then_some(key)
    });
    let mut n_keys = 0;
    for key in keys {
        n_keys += 1;
        assert!(all.contains(&format!("{key} = ")), "{key} is in {PAGE}, and is no setting");
    }
    assert!(n_keys >= 10, "{n_keys}");
}
