//! `quoth import`.

use std::fmt::Write;

use crate::folder::Folder;
use crate::quoth::quoth;

const LINES: &str = r#"{"id": "hours", "question": "When is it open?", "variants": ["opening hours"], "answer": "From nine.\n\nNot on Sundays."}
{"id": "who", "question": "Who says so?", "quotes": ["+++", {"text": "'''[[entry]]'''", "speaker": "Ann"}], "tags": ["people"], "lead": "Ann does."}
{"id": "books", "question": "How many books?", "gap": true}
{"id": "none", "question": "Is there no answer?"}
"#;

#[test]
fn imported_pack_passes_the_check() {
    let folder = Folder::empty();
    folder.write("faq lines.jsonl", LINES);
    let (file, pack) = (folder.arg("faq lines.jsonl"), folder.arg("pack"));
    let run = quoth(&["import", &file, "--into", &pack]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{run:?}");
    assert!(run.stdout.contains("2 entries, 1 gap and a source of 4 paragraphs"), "{run:?}");
    let left_out = format!(
        "1 question without an answer left out (--gaps makes gaps of them):\n  {file}:4: Is there no answer?\n"
    );
    assert!(run.stdout.contains(&left_out), "{run:?}");
    let run = quoth(&["check", "--deny", "warnings", &pack]);
    assert!(run.stdout.contains("speaker-not-near") && run.code == 1, "{}", run.stdout);
    let run = quoth(&["check", &pack]);
    assert_eq!(run.code, 0, "{}", run.stdout);
    let source = std::fs::read_to_string(folder.path("pack/sources/faq-lines.md")).unwrap();
    insta::assert_snapshot!(source, @r#"
    +++
    title = "faq lines"
    +++

    From nine.

    Not on Sundays.

    +++

    '''[[entry]]'''
    "#);
    insta::assert_snapshot!(std::fs::read_to_string(folder.path("pack/faq.toml")).unwrap(), @r#"
    # 3 questions and their answers, as imported.

    [[entry]]
    id = "hours"
    question = "When is it open?"
    variants = [
      "opening hours",
    ]

    [[entry.quote]]
    text = '''
    From nine.

    Not on Sundays.'''
    paragraph = 1

    [[entry]]
    id = "who"
    question = "Who says so?"
    lead = "Ann does."
    tags = ["people"]

    [[entry.quote]]
    text = '''+++'''
    paragraph = 3

    [[entry.quote]]
    text = "'''[[entry]]'''"
    paragraph = 4
    speaker = "Ann"

    [[entry]]
    id = "books"
    question = "How many books?"
    gap = true
    "#);
}

#[test]
fn invalid_lines_are_all_reported_and_nothing_is_written() {
    let folder = Folder::empty();
    folder.write("lines.jsonl", format!("{LINES}{LINES}oops\n"));
    folder.write("empty.jsonl", "\n");
    let file = folder.arg("lines.jsonl");
    let run = quoth(&["import", &file, "--into", &folder.arg("pack")]);
    assert_eq!((run.code, run.stdout.as_str()), (1, ""));
    let lines: Vec<&str> = run.stderr.lines().collect();
    assert_eq!(lines.len(), 6, "{}", run.stderr);
    assert_eq!(lines[0], format!("{file}:5: the id `hours` is already used on line 1"));
    assert!(lines[4].starts_with(&format!("{file}:9: this is not JSON")), "{}", run.stderr);
    let run = quoth(&["import", &folder.arg("empty.jsonl"), "--into", &folder.arg("pack")]);
    assert_eq!(
        (run.code, run.stderr.lines().next()),
        (1, Some(&*format!("{}: the file is empty", folder.arg("empty.jsonl"))))
    );
    assert!(!folder.path("pack").exists());
}

#[test]
fn bad_usage_has_another_exit_code_than_invalid_lines() {
    let folder = Folder::with_pack();
    folder.write("lines.jsonl", LINES);
    std::fs::create_dir(folder.path("empty")).unwrap();
    let [lines, missing, pack, empty, new] =
        ["lines.jsonl", "none.jsonl", "p", "empty", "new"].map(|n| folder.arg(n));
    let cases: [(&[&str], &str); 6] = [
        (&[&lines, "--into", &pack], "not empty"),
        (&[&missing, "--into", &new], "cannot read"),
        (&[&empty, "--into", &new], "no file that can be imported"),
        (&[&lines, "--into", &new, "--language", "english"], "two letters"),
        (&[&lines, "--into", &new, "--title", ""], "the title is empty"),
        (&[&lines], "--into"),
    ];
    for (args, want) in cases {
        let run = quoth(&[&["import"], args].concat());
        assert_eq!(run.code, 2, "{args:?}: {run:?}");
        assert!(run.stderr.contains(want), "{args:?}: {run:?}");
        assert!(!folder.path("new").exists());
    }
}

#[test]
fn large_import_is_accepted() {
    let folder = Folder::empty();
    let mut lines = String::new();
    for n in 0..2_000 {
        let answer = "All of it is said here, more or less. ".repeat(n % 90 + 1);
        writeln!(
            lines,
            "{{\"id\": {n}, \"question\": \"Question {n}?\", \"answer\": \"{answer}\"}}"
        )
        .unwrap();
    }
    folder.write("lines.jsonl", lines);
    quoth(&["import", &folder.arg("lines.jsonl"), "--into", &folder.arg("pack"), "--title", "All"]);
    let run = quoth(&["check", "--json", &folder.arg("pack")]);
    assert_eq!(run.code, 0);
    assert_eq!(run.json()["packs"][0]["entries"], 2_000);
}
