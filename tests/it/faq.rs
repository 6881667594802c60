//! `quoth faq`: edits in the terminal, and their history.

use serde_json::Value;

use crate::folder::{FAQ, Folder};
use crate::quoth::{Run, quoth_in};

/// Runs `quoth faq` in `folder` on its pack, as Ann.
fn faq(folder: &Folder, args: &[&str]) -> Run {
    let args = [&["faq", "--plain", "--pack", "p"], args].concat();
    quoth_in(&folder.path(""), &[("USER", "ann")], &args)
}

fn json(folder: &Folder, args: &[&str]) -> Value {
    let run = faq(folder, &[args, &["--json"]].concat());
    serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}: {run:?}"))
}

fn file(folder: &Folder) -> String {
    std::fs::read_to_string(folder.path("p/faq.toml")).unwrap()
}

/// Runs a command that has to succeed.
fn done(folder: &Folder, args: &[&str]) -> String {
    let run = faq(folder, args);
    assert_eq!(run.code, 0, "{run:?}");
    run.stdout
}

#[test]
fn added_entry_answers_and_is_in_the_history() {
    let folder = Folder::with_unquoted_sentence();
    let args = ["add", "--question", "What does a bike cost?", "--quote", crate::folder::UNQUOTED];
    let more = ["--phrasing", "price of a bicycle", "--by", "Bo", "--reason", "asked twice"];
    let added = done(&folder, &[&args[..], &more].concat());
    assert!(added.starts_with("1: what-does-a-bike-cost added by Bo at 20"), "{added}");
    assert!(added.trim_end().ends_with("Z: asked twice"), "{added}");
    let asked = ["ask", "--pack", "p", "--json", "price of a bicycle"];
    let answer = quoth_in(&folder.path(""), &[], &asked);
    assert!(answer.stdout.contains("\"decision\":\"answer\""), "{answer:?}");
    let history = json(&folder, &["history"]);
    let first = &history[0];
    assert_eq!((first["id"].as_i64(), first["by"].as_str()), (Some(1), Some("Bo")));
    assert_eq!(first["entry"], "what-does-a-bike-cost");
    assert_eq!(first["reason"], "asked twice");
    assert_eq!(first["before"], Value::Null);
    assert!(first["at"].as_str().unwrap().ends_with('Z'), "{first}");
}

#[test]
fn edits_are_taken_back_byte_for_byte() {
    let folder = Folder::with_pack();
    let edits: [&[&str]; 6] = [
        &["add", "--gap", "--question", "Why?"],
        &["edit", "a", "--lead", "In short: two."],
        &["edit", "b", "--quote", "Ann said: “One two.”", "--speaker", "Ann"],
        &["remove", "a"],
        &["add-phrasing", "g", "at what time"],
        &["edit", "g", "--question", "At what time?"],
    ];
    for edit in edits {
        done(&folder, edit);
        assert_ne!(file(&folder), FAQ, "{edit:?}");
        let newest = json(&folder, &["history"])[0]["id"].to_string();
        done(&folder, &["revert", &newest]);
        assert_eq!(file(&folder), FAQ, "{edit:?}");
    }
}

#[test]
fn all_that_a_person_has_done_is_taken_back_but_for_what_others_have_changed_since() {
    let folder = Folder::with_pack();
    done(&folder, &["add-phrasing", "g", "at what time"]);
    done(&folder, &["edit", "a", "--lead", "In short: two.", "--by", "Bo"]);
    done(&folder, &["add-phrasing", "b", "what number", "--by", "Bo"]);
    done(&folder, &["edit", "a", "--lead", "Two."]);
    let shown = faq(&folder, &["revert", "--all-by", "Bo", "--dry-run"]);
    assert!(shown.stdout.contains("b would be changed"), "{shown:?}");
    let run = faq(&folder, &["revert", "--all-by", "Bo", "--since", "2020-01-01"]);
    assert_eq!(run.code, 0, "{run:?}");
    assert!(run.stdout.contains("takes back all by Bo since 2020-01-01 00:00 UTC"), "{run:?}");
    assert!(run.stderr.contains("2: a stays"), "{run:?}");
    let left = file(&folder);
    assert!(!left.contains("what number"), "{left}");
    assert!(left.contains("at what time") && left.contains("Two."), "{left}");
    for args in
        [&["revert", "--all-by", "Cy"][..], &["revert", "--all-by", "Bo", "--since", "2100-01-01"]]
    {
        let refused = faq(&folder, args);
        assert_eq!(refused.code, 1, "{refused:?}");
        assert!(refused.stderr.contains("has no change by"), "{refused:?}");
    }
    assert_eq!(file(&folder), left);
}

#[test]
fn exported_entries_are_imported_with_the_same_questions_and_answers() {
    let folder = Folder::with_pack();
    let of_pack = |pack: &str| {
        let run = quoth_in(&folder.path(""), &[], &["faq", "--pack", pack, "export"]);
        assert_eq!(run.code, 0, "{run:?}");
        let line = |line: &str| {
            let mut entry: Value = serde_json::from_str(line).unwrap();
            for quote in entry["quotes"].as_array_mut().into_iter().flatten() {
                quote.as_object_mut().unwrap().remove("source");
            }
            entry
        };
        run.stdout.lines().map(line).collect::<Vec<Value>>()
    };
    let entries = of_pack("p");
    assert_eq!(entries.len(), 3);
    for (format, file) in [("jsonl", "all.jsonl"), ("json", "all.json")] {
        done(&folder, &["export", "--format", format, "--output", file]);
        let import = ["import", file, "--into", format, "--language", "en"];
        let run = quoth_in(&folder.path(""), &[], &import);
        assert_eq!(run.code, 0, "{run:?}");
        assert_eq!(of_pack(format), entries, "{format}");
    }
    // A table and a page have no gaps and no speakers.
    for (format, file) in [("csv", "all.csv"), ("markdown", "all.md")] {
        done(&folder, &["export", "--format", format, "--output", file]);
        let import = ["import", file, "--into", format, "--language", "en"];
        let run = quoth_in(&folder.path(""), &[], &import);
        assert_eq!(run.code, 0, "{run:?}");
        let told = |entries: &[Value]| -> Vec<(Value, Vec<Value>)> {
            let texts = |entry: &Value| {
                let quotes = entry["quotes"].as_array().into_iter().flatten();
                quotes.map(|quote| quote["text"].clone()).collect::<Vec<_>>()
            };
            let told = entries.iter().filter(|entry| entry["gap"] != true);
            told.map(|entry| (entry["question"].clone(), texts(entry))).collect()
        };
        assert_eq!(told(&of_pack(format)), told(&entries), "{format}: {run:?}");
    }
}

#[test]
fn removed_entry_is_restored() {
    let folder = Folder::with_pack();
    done(&folder, &["remove", "g"]);
    assert!(!file(&folder).contains("\"g\""));
    let restored = done(&folder, &["restore", "g"]);
    assert!(restored.contains("g added by ann"), "{restored}");
    assert_eq!(file(&folder), FAQ);
    let again = faq(&folder, &["restore", "g"]);
    assert_eq!(again.code, 1, "{again:?}");
    assert!(again.stderr.contains("g was not removed last"), "{again:?}");
}

#[test]
fn refused_edit_changes_nothing_and_says_what_to_do() {
    let folder = Folder::with_pack();
    let rows: [(&[&str], &str); 5] = [
        (&["add", "--question", "Who?", "--quote", "Three fore."], "Three four."),
        (&["add-phrasing", "x", "which"], "there is no entry `x`"),
        (&["add-phrasing", "g", "When?"], "already has the phrasing"),
        (&["remove-phrasing", "a", "never said"], "has no phrasing"),
        (&["revert", "99"], "no revision 99"),
    ];
    for (args, want) in rows {
        let run = faq(&folder, args);
        assert_eq!(run.code, 1, "{run:?}");
        assert!([&*run.stdout, &run.stderr].concat().contains(want), "{args:?}: {run:?}");
        let run = faq(&folder, &[args, &["--json"]].concat());
        let told: Value = serde_json::from_str(&run.stdout).unwrap();
        assert!(told["error"].as_str().is_some(), "{run:?}");
        assert_eq!(file(&folder), FAQ);
    }
    assert_eq!(json(&folder, &["history"]), Value::Array(Vec::new()));
}

#[test]
fn changes_by_an_editor_are_in_the_history_as_those_of_the_file() {
    let folder = Folder::with_pack();
    done(&folder, &["add-phrasing", "g", "at what time"]);
    let edited = file(&folder).replace("How many?", "How many were there?");
    folder.write("p/faq.toml", edited);
    done(&folder, &["add-phrasing", "b", "what number"]);
    let history = json(&folder, &["history"]);
    let told: Vec<_> =
        history.as_array().unwrap().iter().map(|it| (&it["entry"], &it["by"])).collect();
    let by = |entry: &str, by: &str| (Value::from(entry), Value::from(by));
    let want = [by("b", "ann"), by("b", "file"), by("g", "ann")];
    assert!(told.into_iter().eq(want.iter().map(|(entry, by)| (entry, by))), "{history}");
    assert_eq!(json(&folder, &["history", "g"]).as_array().unwrap().len(), 1);
    assert_eq!(json(&folder, &["history", "--by", "file"]).as_array().unwrap().len(), 1);
    assert_eq!(json(&folder, &["history", "--since", "2999-01-01"]).as_array().unwrap().len(), 0);
}

#[test]
fn diff_marks_words_and_dry_run_writes_nothing() {
    let folder = Folder::with_pack();
    let preview = done(&folder, &["edit", "g", "--question", "At what time?", "--dry-run"]);
    assert!(preview.contains("[-\"When?\"-]{+\"At what time?\"+}"), "{preview}");
    assert_eq!(file(&folder), FAQ);
    done(&folder, &["edit", "g", "--question", "At what time?"]);
    let diff = done(&folder, &["diff", "1"]);
    assert!(diff.contains("[-\"When?\"-]{+\"At what time?\"+}"), "{diff}");
}

#[test]
fn edits_at_the_same_time_are_all_made_and_recorded() {
    let folder = Folder::with_pack();
    std::thread::scope(|scope| {
        let edit = |number: usize| {
            let phrasing = format!("wording {number}");
            let run = faq(&folder, &["add-phrasing", "g", &phrasing]);
            assert_eq!(run.code, 0, "{run:?}");
        };
        for number in 0..8 {
            scope.spawn(move || edit(number));
        }
    });
    let history = json(&folder, &["history"]);
    assert_eq!(history.as_array().unwrap().len(), 8, "{history}");
    assert!((0..8).all(|number| file(&folder).contains(&format!("\"wording {number}\""))));
}

#[test]
fn reason_cannot_forge_a_line_of_the_history() {
    let folder = Folder::with_pack();
    let reason = "r\n9: a removed by boss \u{1b}[2K";
    done(&folder, &["add-phrasing", "g", "at what time", "--reason", reason]);
    let history = done(&folder, &["history"]);
    assert_eq!(history.lines().count(), 1, "{history:?}");
    assert!(!history.contains('\u{1b}'), "{history:?}");
}

#[test]
fn text_of_the_pack_cannot_send_escapes_to_the_terminal() {
    let folder = Folder::with_pack();
    // A control character that TOML allows, the start of an escape sequence on some terminals.
    folder.write("p/faq.toml", FAQ.replace("When?", "When \u{9b}2J?"));
    let edit = ["edit", "g", "--question", "At what time?"];
    let mut shown = vec![done(&folder, &["show", "g"]), done(&folder, &["list"])];
    shown.push(done(&folder, &[&edit[..], &["--dry-run"]].concat()));
    done(&folder, &edit);
    shown.push(done(&folder, &["diff", "1"]));
    let shown = shown.concat();
    assert!(shown.contains("2J") && !shown.contains('\u{9b}'), "{shown:?}");
}

#[test]
fn pack_with_an_error_is_shown_and_can_be_repaired() {
    let folder = Folder::with_pack();
    folder.write("p/faq.toml", FAQ.replace("Three four.", "Three fore."));
    let shown = faq(&folder, &["show", "b"]);
    assert!(
        shown.stdout.contains("Three fore.") && shown.stderr.contains("has errors"),
        "{shown:?}"
    );
    done(&folder, &["edit", "b", "--quote", "Three four."]);
    assert!(file(&folder).contains("Three four."));
}

#[test]
fn several_phrasings_are_one_change() {
    let folder = Folder::with_pack();
    let added = done(&folder, &["add-phrasing", "b", "what number", "how much"]);
    assert_eq!(added.lines().count(), 1, "{added}");
    let shown = json(&folder, &["show", "b"]);
    assert_eq!(shown["variants"], Value::from(vec!["what number", "how much"]));
}

#[test]
fn phrasing_is_moved_between_entries() {
    let folder = Folder::with_pack();
    done(&folder, &["add-phrasing", "g", "what number"]);
    done(&folder, &["move-phrasing", "g", "b", "what number"]);
    let shown = json(&folder, &["show", "b"]);
    assert_eq!(shown["variants"], Value::from(vec!["what number"]));
    assert_eq!(json(&folder, &["show", "g"])["variants"], Value::Array(Vec::new()));
    let listed = json(&folder, &["list"]);
    assert_eq!(listed.as_array().unwrap().len(), 3);
    assert_eq!(listed[1]["n_phrasings"], 2);
    assert_eq!(json(&folder, &["search", "what number"])[0]["id"], "b");
}

/// The text of the lexicon; `None` if the pack has none.
fn lexicon(folder: &Folder) -> Option<String> {
    std::fs::read_to_string(folder.path("p/lexicon.toml")).ok()
}

#[test]
fn synonyms_are_added_listed_and_taken_back_byte_for_byte() {
    let folder = Folder::with_pack();
    let asked =
        || quoth_in(&folder.path(""), &[], &["ask", "--pack", "p", "--json", "utterance of ann"]);
    let before = asked().json()["confidence"].as_f64().unwrap();
    let added = done(&folder, &["add-synonyms", "say", "utterance", "--reason", "asked so"]);
    assert!(added.starts_with("1: lexicon.toml (synonyms) changed by ann at 20"), "{added}");
    assert!(asked().json()["confidence"].as_f64().unwrap() > before, "it is searched with");
    done(&folder, &["add-synonyms", "UTTERANCE", "spoken words"]);
    let groups = serde_json::json!([["say", "utterance", "spoken words"]]);
    assert_eq!(json(&folder, &["synonyms"]), groups);
    assert_eq!(done(&folder, &["synonyms"]), "say, utterance, spoken words\n");
    let history = json(&folder, &["history", "lexicon.toml"]);
    assert_eq!(history.as_array().map(Vec::len), Some(2), "{history}");
    // What an editor changes is in the history, too.
    let edited =
        format!("# Ours.\n{}\n[[group]]\nterms = [\"two\", \"2\"]\n", lexicon(&folder).unwrap());
    folder.write("p/lexicon.toml", &edited);
    done(&folder, &["add-phrasing", "g", "at what time"]);
    let history = json(&folder, &["history", "lexicon.toml"]);
    assert_eq!(
        (history[0]["by"].as_str(), history.as_array().map(Vec::len)),
        (Some("file"), Some(3))
    );
    done(&folder, &["revert", "2"]);
    assert_eq!(lexicon(&folder), Some(edited.replace(", \"spoken words\"", "")));
    done(&folder, &["revert", "3"]);
    done(&folder, &["revert", "1"]);
    done(&folder, &["revert", "4"]);
    assert_eq!(
        (file(&folder), json(&folder, &["synonyms"])),
        (FAQ.to_owned(), serde_json::json!([]))
    );
}

#[test]
fn pack_without_a_lexicon_has_none_again_when_its_synonyms_are_taken_back() {
    let folder = Folder::with_pack();
    done(&folder, &["add-synonyms", "say", "utterance"]);
    done(&folder, &["remove", "g"]);
    assert!(lexicon(&folder).is_some());
    done(&folder, &["revert", "--all-by", "ann"]);
    assert_eq!((file(&folder), lexicon(&folder)), (FAQ.to_owned(), None));
}

#[test]
fn refused_synonyms_change_nothing_and_say_what_to_do() {
    let folder = Folder::with_pack();
    let text = "[[group]]\nterms = [\"a\", \"b\"]\n[[group]]\nterms = [\"c\", \"d\"]\n";
    folder.write("p/lexicon.toml", text);
    let rows: [(&[&str], &str); 4] = [
        (&["add-synonyms", "x"], "at least two terms"),
        (&["add-synonyms", "a", "c"], "in two groups, “a, b” and “c, d”"),
        (&["add-synonyms", "b", "a"], "like that already"),
        (&["remove-synonyms", "x"], "no group of the lexicon has `x`"),
    ];
    for (args, want) in rows {
        let run = faq(&folder, args);
        assert_eq!(run.code, 1, "{run:?}");
        assert!(run.stderr.contains(want), "{args:?}: {run:?}");
        assert_eq!(lexicon(&folder).as_deref(), Some(text));
    }
    folder.write("p/lexicon.toml", "[[group");
    let run = faq(&folder, &["add-synonyms", "x", "y"]);
    assert!(run.code == 1 && run.stderr.contains("lexicon.toml is not TOML"), "{run:?}");
    assert_eq!(json(&folder, &["history"]), Value::Array(Vec::new()));
}
