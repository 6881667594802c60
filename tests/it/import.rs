//! `quoth import`.

use std::fmt::Write;

use crate::folder::Folder;
use crate::quoth::{quoth, quoth_in};

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
    folder.write("full/notes.txt", "mine");
    std::fs::create_dir(folder.path("empty")).unwrap();
    let [lines, missing, full, empty, pack, new] =
        ["lines.jsonl", "none.jsonl", "full", "empty", "p", "new"].map(|n| folder.arg(n));
    let cases: [(&[&str], &str); 7] = [
        (&[&lines, "--into", &full], "not empty"),
        (&[&missing, "--into", &new], "cannot read"),
        (&[&empty, "--into", &new], "no file that can be imported"),
        (&[&lines, "--into", &new, "--language", "english"], "two letters"),
        (&[&lines, "--into", &pack, "--language", "de"], "a language of its own"),
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
fn file_without_questions_fails_as_other_files_that_cannot_be_imported() {
    let folder = Folder::empty();
    folder.write("text.md", "Just a text.\n");
    folder.write("gone.csv", "question,answer\nWhat?,\n");
    folder.write("open.csv", "question,answer\nWhat?,\"This\nWho?,Ann\n");
    for (name, want) in [
        ("text.md", "no question that is recognized"),
        ("gone.csv", "has no answer"),
        ("open.csv", "line 2: a quotation mark"),
    ] {
        let run = quoth(&["import", &folder.arg(name), "--into", &folder.arg("new")]);
        assert_eq!(run.code, 1, "{run:?}");
        assert!(run.stderr.contains(want), "{run:?}");
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

#[test]
fn second_import_is_merged_into_the_pack() {
    let folder = Folder::empty();
    folder.write("faq.md", "# Club\n\n## Is it free?\n\nYes.\n\n## Where is it?\n\nIn **Kiel**.\n");
    let (file, pack) = (folder.arg("faq.md"), folder.arg("pack"));
    let import = |more: &[&str]| quoth(&[&["import", &file, "--into", &pack], more].concat());
    assert_eq!(import(&[]).code, 0);
    let again = import(&[]);
    assert!(again.code == 0 && again.stdout.contains("is up to date"), "{again:?}");
    let faq = std::fs::read_to_string(folder.path("pack/faq.toml")).unwrap();
    folder.write(
        "pack/faq.toml",
        faq.replace("\"Is it free?\"", "\"Is it free?\"\nvariants = [\"costs\"]"),
    );
    folder.write("faq.md", "# Club\n\n## Is it free?\n\nNo.\n\n## When is it?\n\nOn Mondays.\n");
    let dry = import(&["--dry-run"]);
    assert!(dry.stdout.ends_with("Nothing was written.\n"), "{dry:?}");
    let merged = import(&[]);
    insta::assert_snapshot!(merged.stdout.replace(&file, "faq.md").replace(&pack, "pack"), @r"
    faq.md: Markdown, 2 questions.
    ! Where is it? (where-is-it): gone from the file; kept (--prune removes it)
    ~ Is it free? (is-it-free): answer
    + When is it? (when-is-it)
    1 entry added, 1 changed, 0 removed.
    Merged into the pack pack.
    To check it, run: quoth check pack
    ");
    assert_eq!(quoth(&["check", &pack]).code, 0);
    for (question, want) in
        [("costs", "No."), ("when is it", "On Mondays."), ("where is it", "In Kiel.")]
    {
        let run = quoth(&["ask", "--pack", &pack, question]);
        assert!(run.stdout.contains(want), "{question}: {run:?}");
    }
    let pruned = import(&["--prune"]);
    assert!(pruned.stdout.contains("- Where is it? (where-is-it)"), "{pruned:?}");
    assert!(
        !std::fs::read_to_string(folder.path("pack/faq.toml")).unwrap().contains("where-is-it")
    );
}

#[test]
fn other_faq_does_not_replace_the_one_that_was_imported() {
    let folder = Folder::empty();
    folder.write("pool.md", "# FAQ\n\n## Is there a pool?\n\nYes.\n");
    folder.write("fees.csv", "question,answer\nWhat does it cost?,Four euros.\n");
    let import = |file: &str, options: &[&str]| {
        quoth_in(&folder.path(""), &[], &[&["import", file, "--into", "p"], options].concat())
    };
    assert_eq!(import("pool.md", &[]).code, 0);
    let before = std::fs::read(folder.path("p/faq.toml")).unwrap();
    let refused = import("fees.csv", &["--prune"]);
    assert_eq!(refused.code, 2, "{refused:?}");
    assert!(refused.stderr.contains("--title NAME"), "{refused:?}");
    assert_eq!(std::fs::read(folder.path("p/faq.toml")).unwrap(), before);
    let hinted = import("fees.csv", &["--dry-run"]);
    assert!(hinted.stdout.contains("None of the questions of the last import"), "{hinted:?}");
    let beside = import("fees.csv", &["--title", "Fees", "--prune"]);
    assert_eq!(beside.code, 0, "{beside:?}");
    let faq = std::fs::read_to_string(folder.path("p/faq.toml")).unwrap();
    assert!(faq.contains("is-there-a-pool") && faq.contains("what-does-it-cost"), "{faq}");
}

#[test]
fn import_that_would_break_the_pack_writes_nothing() {
    let folder = Folder::with_pack();
    folder.write("faq.md", "# p\n\n## Is it free?\n\nYes.\n");
    let before = std::fs::read_to_string(folder.path("p/faq.toml")).unwrap();
    folder.write("p/faq.toml", format!("{before}\n[[entry]]\nid = \"x\"\nquestion = \"X?\"\n"));
    let run =
        quoth(&["import", &folder.arg("faq.md"), "--into", &folder.arg("p"), "--title", "Club"]);
    assert_eq!(run.code, 1, "{run:?}");
    assert!(run.stdout.contains("Nothing was written"), "{run:?}");
    assert!(!folder.path("p/sources/club.md").exists());
}

#[test]
fn every_format_is_imported_and_answers() {
    let json = r#"{"faq": [{"question": "Is it free?", "answer": "Yes, <b>always</b>."}]}"#;
    let html =
        "<html><body><h1>Club</h1><h2>Is it free?</h2><p>Yes, <b>always</b>.</p></body></html>";
    let cases = [
        ("faq.md", "# Club\n\n## Is it free?\n\nYes, **always**.\n", "Markdown"),
        (
            "faq.csv",
            "Frage;Antwort\nIs it free?;Yes, always.\n",
            "a table with semicolons, questions in \"Frage\", answers in \"Antwort\"",
        ),
        (
            "faq.tsv",
            "Is it free?\tYes, always.\nWhere?\tIn Kiel.\n",
            "a table with tabs and no header, questions in column 1, answers in column 2",
        ),
        ("faq.json", json, "JSON"),
        (
            "faq.jsonl",
            "{\"question\": \"Is it free?\", \"answer\": \"Yes, always.\"}\n",
            "JSON lines",
        ),
        ("faq.yaml", "- Is it free?: Yes, always.\n", "YAML"),
        ("faq.toml", "[[faq]]\nquestion = \"Is it free?\"\nanswer = \"Yes, always.\"\n", "TOML"),
        ("faq.html", html, "HTML"),
        ("faq.txt", "Q: Is it free?\nA: Yes, always.\n", "plain text"),
    ];
    for (name, text, taken_for) in cases {
        let folder = Folder::empty();
        folder.write(name, text);
        let (file, pack) = (folder.arg(name), folder.arg("pack"));
        let run = quoth(&["import", &file, "--into", &pack]);
        assert_eq!(run.code, 0, "{name}: {run:?}");
        assert!(run.stdout.starts_with(&format!("{file}: {taken_for}, ")), "{name}: {run:?}");
        let answer = quoth(&["ask", "--pack", &pack, "is it free?"]);
        assert!(answer.stdout.contains("Yes, always."), "{name}: {answer:?}");
    }
}

#[test]
fn folder_of_a_format_that_has_to_be_converted_says_with_what() {
    let folder = Folder::empty();
    folder.write("faq/join.rst.txt", "How do I join?\n==============\n\nAsk Ann.\n");
    folder.write("faq/logo.png", "");
    let run = quoth(&["import", &folder.arg("faq"), "--into", &folder.arg("pack")]);
    assert_eq!(run.code, 1, "{run:?}");
    assert!(run.stderr.contains("of reStructuredText: convert it with pandoc"), "{run:?}");
}

#[test]
fn folder_of_files_is_one_pack() {
    let folder = Folder::empty();
    folder.write(
        "faq/pay/refund.md",
        "---\ntitle: Can I get a refund?\ntags: [money]\n---\nWithin 14 days.\n",
    );
    folder.write("faq/join.md", "---\nquestion: How do I join?\n---\nAsk Ann.\n");
    folder.write("faq/empty.md", "");
    folder.write("faq/_metadata.yaml", "sections:\n  - name: Pay\n    text: About paying.\n");
    folder.write("faq/notes.md", "Just a text.\n");
    folder.write("faq/map.txt", "Where is the map?\n\nAt the desk.\n");
    folder.write("faq/robots.txt", "User-agent: *\n");
    let run = quoth(&["import", &folder.arg("faq"), "--into", &folder.arg("pack")]);
    let want = "3 Markdown files, 3 questions.\n4 files left out:\n  _metadata.yaml: configuration\n  \
                empty.md: empty\n  notes.md: no questions\n  robots.txt: no questions\n";
    assert!(run.stdout.starts_with(want), "{run:?}");
    let answer = quoth(&["ask", "--pack", &folder.arg("pack"), "how do i join"]);
    assert!(answer.stdout.contains("Ask Ann."), "{answer:?}");
}
