//! `quoth check`: reports, exit codes and JSON.

use serde_json::json;

use crate::folder::{FAQ, Folder, SOURCE};
use crate::quoth::quoth;

#[test]
fn valid_pack_passes_with_a_summary() {
    let folder = Folder::with_pack();
    let run = quoth(&["check", "--deny", "warnings", &folder.arg("p")]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    insta::assert_snapshot!(run.stdout, @r"
    pack p: 2 entries, 1 gap, 2 sentences, all quoted
    pack p: 2 entries have fewer than 8 phrasings. Those that need more most, with words of their quotes that no phrasing has:
      a: 1 phrasing; said
      b: 1 phrasing
    0 errors, 0 warnings
    ");
    let pack = &quoth(&["check", "--json", &folder.arg("p")]).json()["packs"][0];
    let want = json!([
        { "entry": "a", "phrasings": 1, "missing_words": ["said"] },
        { "entry": "b", "phrasings": 1, "missing_words": [] },
    ]);
    assert_eq!(pack["phrasings_needed"], want);
}

#[test]
fn packs_of_the_configuration_are_checked_by_default() {
    let run = quoth(&["check"]);
    assert_eq!(run.code, 0, "{run:?}");
    assert!(run.stdout.contains(" 24 sentences, all quoted"));
}

#[test]
fn exit_codes_distinguish_errors_warnings_and_bad_usage() {
    let folder = Folder::with_pack();
    folder.write("file", "x");
    folder.write("warned/pack.toml", "title = \"P\"\n");
    folder.write("warned/sources/doc.md", SOURCE);
    folder.write("warned/faq.toml", FAQ.replace("speaker = \"Ann\"", "speaker = \"Bo\""));
    folder.write("bad/faq.toml", "[[entry]]\n");
    let [good, warned, bad] = ["p", "warned", "bad"].map(|name| folder.arg(name));
    let [missing, file] = ["missing", "file"].map(|name| folder.arg(name));
    let cases: [(&[&str], i32); 12] = [
        (&[&good], 0),
        (&["--pack", &good], 0),
        (&[&good, &warned], 0),
        (&[&good, &warned, "--deny", "warnings"], 1),
        (&[&good, &warned, "--deny", "warnings", "--json"], 1),
        (&[&good, &bad], 1),
        (&[&bad, "--json"], 1),
        (&[&bad, "--plain"], 1),
        (&[&missing], 2),
        (&[&file], 2),
        (&[&good, "--deny", "everything"], 2),
        (&[&good, "--nonsense"], 2),
    ];
    for (args, want) in cases {
        let run = quoth(&[&["check"], args].concat());
        assert_eq!(run.code, want, "{args:?}: {run:?}");
        assert_eq!(run.stderr.is_empty(), want != 2, "{args:?}: {run:?}");
    }
}

#[test]
fn json_has_every_finding_with_its_position() {
    let folder = Folder::with_pack();
    folder.write("p/faq.toml", FAQ.replace("Three four.", "’Three for."));
    folder.write("p/lexicon.toml", b"\xff");
    let run = quoth(&["check", "--json", &folder.arg("p")]);
    let report = run.json();
    let pack = &report["packs"][0];
    assert_eq!(run.code, 1);
    assert_eq!((&pack["pack"], &pack["path"]), (&"p".into(), &folder.arg("p").into()));
    let counts = ["accepted", "entries", "gaps", "errors", "warnings"].map(|key| &pack[key]);
    assert_eq!(serde_json::json!(counts), serde_json::json!([false, 1, 1, 2, 0]));
    let quote = &pack["findings"][0];
    let position = ["line", "column", "end_line", "end_column"].map(|key| &quote[key]);
    assert_eq!(serde_json::json!(position), serde_json::json!([15, 8, 15, 25]));
    let texts = ["rule", "severity", "file", "label"].map(|key| &quote[key]);
    let want = ["quote-not-in-source", "error", "faq.toml", "nearest: paragraph 2"];
    assert_eq!(serde_json::json!(texts), serde_json::json!(want));
    let keys = [
        "rule",
        "severity",
        "message",
        "file",
        "line",
        "column",
        "end_line",
        "end_column",
        "label",
        "help",
        "explanation",
    ];
    for finding in pack["findings"].as_array().unwrap() {
        let object = finding.as_object().unwrap();
        assert!(keys.iter().all(|key| object.contains_key(*key)) && object.len() == keys.len());
    }
    folder.remove("p/pack.toml");
    let report = quoth(&["check", "--json", &folder.arg("p")]).json();
    let missing = &report["packs"][0]["findings"][2];
    assert_eq!(serde_json::json!(missing["rule"]), "missing-file");
    assert!(missing["line"].is_null());
}

#[test]
fn report_marks_the_span_with_reason_and_advice() {
    let folder = Folder::with_pack();
    folder.write("p/faq.toml", FAQ.replace("“One two.”", "\\\"One two.\\\""));
    let run = quoth(&["check", &folder.arg("p")]);
    insta::assert_snapshot!(run.stdout.replace(&folder.arg("p"), "p"), @r#"
    error[quote-not-in-source]

      × this text is not in the source `doc`
       ╭─[p/faq.toml:6:8]
     5 │ [[entry.quote]]
     6 │ text = "Ann said: \"One two.\""
       ·        ────────────┬───────────
       ·                    ╰── nearest: paragraph 1
     7 │ speaker = "Ann"
       ╰────
      help: the source says, in paragraph 1:
            Ann said: “One two.”
            what differs:
              «"» (U+0022) where the source has «“» (U+201C)
              «"» (U+0022) where the source has «”» (U+201D)

    Why these rules:
      quote-not-in-source: quoth only shows words that are in the source, character
        for character; only white space may differ.

    pack p: 1 entry, 1 gap, 2 sentences; rejected until the errors are fixed
    1 error, 0 warnings
    "#);
}

#[test]
fn plain_report_has_the_same_content_in_readable_lines() {
    let folder = Folder::with_pack();
    folder.write("p/faq.toml", FAQ.replace("Three four.", "Three four"));
    let run = quoth(&["check", "--plain", &folder.arg("p")]);
    insta::assert_snapshot!(run.stdout.replace(&folder.arg("p"), "p"), @r#"
    the quote ends inside a sentence
        Diagnostic severity: warning
    Begin snippet for p/faq.toml:15:8 starting at line 14, column 1

    snippet line 14: [[entry.quote]]
    snippet line 15: text = '''Three four'''
        label at line 15, columns 8 to 23: paragraph 2
    snippet line 16: paragraph = 2
    diagnostic help: quote whole sentences; if you keep the cut, readers see [...] there
    diagnostic code: cut-sentence

    Why these rules:
      cut-sentence: A quote that starts or ends inside a sentence may change the
        meaning of the sentence.

    pack p: 2 entries, 1 gap, 2 sentences, all quoted
    pack p: 2 entries have fewer than 8 phrasings. Those that need more most, with words of their quotes that no phrasing has:
      a: 1 phrasing; said
      b: 1 phrasing
    0 errors, 1 warning
    "#);
}

#[test]
fn output_without_a_terminal_has_no_color() {
    let folder = Folder::with_pack();
    folder.write("p/faq.toml", "\u{1b}[31m");
    for args in [&["check"][..], &["check", "--plain"], &["check", "--json"]] {
        let run = quoth(&[args, &[&folder.arg("p")]].concat());
        assert!(!run.stdout.contains('\u{1b}'), "{run:?}");
    }
}

#[test]
fn file_that_is_not_utf8_is_a_finding() {
    let folder = Folder::with_pack();
    for name in ["pack.toml", "faq.toml", "sources/doc.md", "lexicon.toml"] {
        let folder_name = format!("{}-broken", name.replace('/', "-"));
        for (file, text) in
            [("pack.toml", "title = \"P\"\n"), ("faq.toml", FAQ), ("sources/doc.md", SOURCE)]
        {
            folder.write(&format!("{folder_name}/{file}"), text);
        }
        folder.write(&format!("{folder_name}/{name}"), b"one\ntwo \xC3\x28 \xFF");
        for args in [&["check"][..], &["check", "--plain"], &["check", "--json"]] {
            let run = quoth(&[args, &[&folder.arg(&folder_name)]].concat());
            assert_eq!(run.code, 1, "{name}: {run:?}");
            assert!(run.stdout.contains("not-utf8"), "{name}: {run:?}");
            assert!(run.stdout.contains(name), "{name}: {run:?}");
        }
    }
}

#[test]
fn unreadable_file_is_bad_usage() {
    let folder = Folder::with_pack();
    folder.remove("p/faq.toml");
    std::fs::create_dir(folder.path("p/faq.toml")).unwrap();
    let run = quoth(&["check", &folder.arg("p")]);
    assert_eq!(run.code, 2, "{run:?}");
    assert!(run.stderr.contains("faq.toml"), "{run:?}");
}

#[test]
fn findings_beyond_a_limit_are_counted_and_listed_in_json() {
    let folder = Folder::with_pack();
    folder.write("p/sources/doc.md", format!("{SOURCE}\n{}", "Nobody asks. ".repeat(1_500)));
    let run = quoth(&["check", &folder.arg("p")]);
    assert_eq!(run.code, 0);
    assert!(run.stdout.contains("... and 500 more of sentence-not-quoted"), "{}", run.stdout);
    assert!(run.stdout.contains("0 errors, 1,500 warnings"));
    let report = quoth(&["check", "--json", &folder.arg("p")]).json();
    assert_eq!(report["packs"][0]["findings"].as_array().unwrap().len(), 1_500);
}
