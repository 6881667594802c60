//! Reviews of edits in the terminal, by what people have asked a running service.

use serde_json::{Value, json};

use crate::folder::{FAQ, Folder};
use crate::quoth::{Run, quoth_in};
use crate::service::{BridgeClient, Service};

const PRICE: &str = "what does the bicycle cost";

/// Runs `quoth faq` in `folder` on its pack, with the data folder of its service.
fn faq(folder: &Folder, args: &[&str]) -> Run {
    faq_with(folder, &[], args)
}

fn faq_with(folder: &Folder, environment: &[(&str, &str)], args: &[&str]) -> Run {
    let args = [&["faq", "--plain", "--pack", "p"], args].concat();
    let defaults = [("QUOTH_DATA", "data"), ("USER", "ann")];
    quoth_in(&folder.path(""), &[&defaults, environment].concat(), &args)
}

fn json_of(folder: &Folder, args: &[&str]) -> Value {
    let run = faq(folder, &[args, &["--json"]].concat());
    serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}: {run:?}"))
}

/// Asks a service of the folder, and stops it.
fn ask(folder: &Folder, settings: &[(&str, &str)], questions: &[&str]) {
    let no_limits = ("QUOTH_DEFAULT_SPACE__COOLDOWN_SECONDS", "0");
    let service = Service::start(folder, &[&[no_limits], settings].concat());
    let mut client = BridgeClient::connect(folder);
    for (number, question) in questions.iter().enumerate() {
        // Another service of the same folder is sent other messages.
        client.ask(&format!("bridge:{}-{number}", settings.len()), question);
        client.execute_order();
    }
    assert_eq!(service.stop().code, Some(0));
}

/// A folder whose service was asked three questions, one of them twice.
fn asked() -> Folder {
    let folder = Folder::with_pack();
    ask(&folder, &[], &["What did Ann say?", PRICE, "How many?", PRICE]);
    folder
}

const ADD_PRICE: [&str; 3] = ["add-phrasing", "b", PRICE];

#[test]
fn edit_shows_which_questions_get_an_answer_before_and_after_it_is_made() {
    let folder = asked();
    let want = "Of 3 questions that were asked, 1 gets an answer, 0 lose their answer, 0 get another \
                reply.\nQuestions that get an answer:\n  what does the bicycle cost (2 times): no \
                answer -> b\n";
    let preview = faq(&folder, &[&ADD_PRICE[..], &["--dry-run"]].concat());
    assert_eq!(preview.code, 0, "{preview:?}");
    assert!(preview.stdout.ends_with(want), "{preview:?}");
    assert_eq!(std::fs::read_to_string(folder.path("p/faq.toml")).unwrap(), FAQ);
    let made = faq(&folder, &ADD_PRICE);
    assert!(made.stdout.starts_with("1: b changed by ann"), "{made:?}");
    assert!(made.stdout.ends_with(want), "{made:?}");
    let since = faq(&folder, &["review", "--since", "1"]);
    assert!(since.stdout.starts_with("b is changed:\n"), "{since:?}");
    assert!(since.stdout.ends_with(want), "{since:?}");
}

#[test]
fn json_of_a_preview_has_all_of_its_review_and_that_of_an_edit_its_revisions() {
    let folder = asked();
    let edit = ["remove-phrasing", "b", PRICE, "--dry-run"];
    faq(&folder, &ADD_PRICE);
    let shown = json_of(&folder, &edit);
    assert_eq!(shown["changes"][0]["entry"], "b");
    let lost = json!([
        {"text": PRICE, "n_times": 2, "before": {"id": "b", "is_gap": false}, "after": null}
    ]);
    let want = json!({"n_questions": 3, "gained": [], "lost": lost, "changed": [], "shadowed": []});
    assert_eq!(shown["review"], want, "{shown}");
    let made = json_of(&folder, &edit[..3]);
    assert_eq!(made[0]["by"], "ann");
}

#[test]
fn phrasing_of_another_entry_with_the_same_words_is_shadowed() {
    let folder = asked();
    let made = faq(&folder, &["add-phrasing", "b", "what did ann say"]);
    let want = "1 phrasing of other entries would be shadowed:\n  What did Ann say?: a phrasing of \
                a and of b\n";
    assert!(made.stdout.ends_with(want), "{made:?}");
}

#[test]
fn file_that_somebody_has_edited_is_reviewed_before_it_is_served() {
    let folder = asked();
    let same = faq(&folder, &["review"]);
    assert_eq!(
        (same.code, &*same.stdout),
        (0, "The entries and synonyms are as it was recorded last.\n")
    );
    folder.write("p/faq.toml", FAQ.replace("How many?", "In which order?"));
    for _ in 0..2 {
        let review = faq(&folder, &["review"]);
        assert_eq!(review.code, 0, "{review:?}");
        assert!(review.stdout.contains("1 loses its answer"), "{review:?}");
        assert!(review.stdout.contains("How many? (once): b -> no answer"), "{review:?}");
    }
    let edited = faq(&folder, &["add-phrasing", "g", "at what time"]);
    assert!(edited.stdout.starts_with("2: g changed"), "a review records nothing: {edited:?}");
    let since = faq(&folder, &["review", "--since", "1"]);
    assert!(since.stdout.contains("1 loses its answer"), "{since:?}");
}

#[test]
fn review_without_anything_to_compare_with_fails() {
    let folder = Folder::with_pack();
    let rows: [(&[&str], &str); 2] = [
        (&["review"], "no text of this pack is recorded yet"),
        (&["review", "--since", "7"], "this pack has no revision 7"),
    ];
    for (args, want) in rows {
        let run = faq(&folder, args);
        assert!(run.code == 1 && run.stderr.contains(want), "{run:?}");
        assert!(json_of(&folder, args)["error"].as_str().is_some_and(|it| it.contains(want)));
    }
}

#[test]
fn questions_are_not_kept_if_the_retention_says_so_and_those_kept_before_are_deleted() {
    let folder = asked();
    let off = ("QUOTH_RETENTION__QUESTIONS_DAYS", "0");
    ask(&folder, &[off], &["When?"]);
    let edit = faq_with(&folder, &[off], &ADD_PRICE);
    assert_eq!(edit.code, 0, "{edit:?}");
    assert_eq!(edit.stdout.lines().count(), 1, "{edit:?}");
    assert!(edit.stderr.contains("What is asked is not kept"), "{edit:?}");
    assert!(edit.stderr.contains("`questions_days` in [retention]"), "{edit:?}");
    let again = faq(&folder, &["remove-phrasing", "b", PRICE]);
    assert!(again.stderr.contains("No question was asked in the last 30 days"), "{again:?}");
}

#[test]
fn asked_text_cannot_send_escapes_or_lines_to_the_terminal() {
    let folder = Folder::with_pack();
    ask(&folder, &[], &["what does the \u{1b}[2J bicycle\n9: a removed\u{9b}2J cost"]);
    let made =
        faq(&folder, &["add-phrasing", "b", "what does the [2J bicycle 9: a removed2J cost"]);
    assert_eq!(made.code, 0, "{made:?}");
    assert!(!made.stdout.contains(['\u{1b}', '\u{9b}']), "{made:?}");
    assert!(made.stdout.lines().all(|line| !line.starts_with("9:")), "{made:?}");
    assert!(made.stdout.contains("bicycle"), "{made:?}");
}
