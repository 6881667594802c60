use proptest::prelude::*;

use super::*;
use crate::knowledge::source::Format as SourceFormat;
use crate::knowledge::{Content, PackFiles, Proof, prove};

fn entries(name: &str, bytes: &[u8]) -> Vec<ImportedEntry> {
    let records = read_file(0, name, bytes, &FieldChoice::default()).unwrap().records;
    Collection::new(records, UnansweredPolicy::QuestionStandsIn).entries
}

/// The proof of the pack that is made of a file.
fn proved(name: &str, text: &str) -> Proof {
    let entries = entries(name, text.as_bytes());
    let (pack, _) = new_pack("Title", &entries, None);
    let proof = prove(&PackFiles { name: "p".to_owned(), files: pack.into_files() });
    assert_eq!(proof.findings, [], "{text}");
    assert_eq!(proof.pack.entries.len(), entries.len());
    proof
}

/// The texts of the quotes of the first entry of the pack.
fn quoted(line: &str) -> Vec<String> {
    let proof = proved("a.jsonl", line);
    proof.pack.entries[0].quotes().iter().map(|quote| quote.text().to_owned()).collect()
}

#[test]
fn answers_become_the_source_that_their_entries_quote() {
    let line = |rest: &str| format!("{{\"id\": \"a\", \"question\": \" What? \"{rest}}}");
    let (first, second) = ("One two. ".repeat(166), "One two. ".repeat(134));
    let long = format!("{first}{second}");
    let cases: [(String, &[&str]); 14] = [
        (line(""), &["What?"]),
        (line(", \"answer\": null, \"quotes\": [], \"variants\": null"), &["What?"]),
        (line(", \"answer\": \" \\n\""), &["What?"]),
        (line(", \"answer\": \"This.\""), &["This."]),
        (line(", \"answer\": \"a\\nb\\n \\n\\r\\nc\\td\\n\""), &["a\nb\n \n\r\nc\td"]),
        (
            line(", \"quotes\": [\"One.\", {\"text\": \"Two.\"}], \"answer\": \"x\""),
            &["One.", "Two."],
        ),
        (line(", \"quotes\": [{\"text\": \"  \", \"speaker\": null}], \"answer\": \"x\""), &["x"]),
        (line(", \"answer\": \"+++\\n\\n+++\""), &["+++\n\n+++"]),
        (
            line(", \"answer\": \"[[entry]]\\n# '''x''' \\\"\\\"\\\" \\\\u0000\""),
            &["[[entry]]\n# '''x''' \"\"\" \\u0000"],
        ),
        (line(", \"answer\": \"\\u001b\\u2028x\\ufeff\""), &["\u{1b}\u{2028}x\u{feff}"]),
        (line(", \"answer\": \"'''\""), &["'''"]),
        (line(", \"gap\": false, \"unknown\": [1]"), &["What?"]),
        (line(", \"gap\": true"), &[]),
        (line(&format!(", \"answer\": \"{long}\"")), &[first.trim_end(), second.trim_end()]),
    ];
    for (line, want) in cases {
        assert_eq!(quoted(&line), want, "{line:.80}");
    }
}

#[test]
fn all_fields_of_a_line_are_in_its_entry() {
    let proof = proved(
        "a.jsonl",
        "\u{feff}{\"id\": 7, \"question\": \"What?\", \"variants\": [\"wot\", \" \"], \"lead\": \"So.\", \"tags\": [\"t\"], \
         \"quotes\": [{\"text\": \"Same.\", \"speaker\": \"Ann\", \"role\": \"x \\\"y\\\"\"}]}\r\n\n\
         {\"id\": \"b\", \"question\": \"Who?\", \"answer\": \"Same.\"}\n",
    );
    let [first, second] = &proof.pack.entries[..] else { panic!("two entries") };
    assert_eq!((first.id.as_str(), first.question.as_str()), ("7", "What?"));
    assert_eq!(
        (&first.variants[..], &first.tags[..]),
        (&["wot".to_owned()][..], &["t".to_owned()][..])
    );
    let quote = &first.quotes()[0];
    assert_eq!(
        (quote.speaker(), quote.role(), quote.paragraph()),
        (Some("Ann"), Some("x \"y\""), 1)
    );
    assert!(matches!(&first.content, Content::Answer { lead: Some(lead), .. } if lead == "So."));
    assert_eq!(second.quotes()[0].paragraph(), 2, "each entry quotes its own paragraph");
}

#[test]
fn invalid_lines_are_all_reported_with_their_number() {
    let lines = "{\"id\": \"a\", \"question\": \"What?\"}\n\
                 {\"id\": \"a\", \"question\": \"What?\"}\n\
                 {\"id\": \"a b\", \"question\": \"What?\"}\n\
                 \n\
                 {\"id\": \"c\", \"question\": \" \"}\n\
                 [1]\n\
                 {\"id\": \"e\", \"question\": \"What?\", \"gap\": true, \"answer\": \"x\"}\n\
                 {\"id\": \"f\"\n\
                 nonsense\n\
                 {\"id\": \"\\ud800\", \"question\": \"What?\"}";
    let Err(ReadError::Lines { errors }) = json_lines::read(lines, &FieldChoice::default()) else {
        panic!()
    };
    let errors: Vec<String> = errors.iter().map(ToString::to_string).collect();
    let want = [
        "line 2: the id `a` is already used on line 1",
        "line 3: \"a b\" is not an id: an id has 1 to 100 characters, without white space or control characters",
        "line 5: there is no question; the keys are: id, question",
        "line 6: this is no JSON object, such as {\"question\": \"...\", \"answer\": \"...\"}",
        "line 7: a gap has no answer, but this line has one",
        "line 8: the line ends too early to be JSON (column 10)",
        "line 9: this is not JSON: expected ident (column 2)",
        "line 10: this is not JSON: unexpected end of hex escape (column 15)",
    ];
    assert_eq!(errors, want);
}

#[test]
fn truth_value_is_a_question_only_where_nothing_else_can_be_one() {
    let read = |lines: &str| {
        let records = json_lines::read(lines, &FieldChoice::default()).ok().unwrap();
        records.into_iter().map(|record| record.question).collect::<Vec<_>>()
    };
    assert_eq!(read("{\"question\": \"off\", \"answer\": \"It is off.\"}"), ["off"]);
    let marked = "{\"question\": true, \"title\": \"What is it?\", \"answer\": \"A lamp.\"}";
    assert_eq!(read(marked), ["What is it?"]);
}

#[test]
fn file_of_something_else_is_one_error() {
    let cases: [(&str, &[u8], &str); 8] = [
        (
            "a.jsonl",
            b"# FAQ\n\n## A?\n\none\n",
            "no line is a JSON object with a question: line 1: ",
        ),
        ("a.jsonl", b" \n\n", "the file is empty"),
        (
            "a.json",
            b"{\"a\": [1, 2",
            "this is not valid JSON: line 1, column 11: it ends too early",
        ),
        ("a.csv", b"no columns at all\nhere\n", "there are no two columns"),
        ("a.rst", b"FAQ\n===\n", "reStructuredText cannot be read: convert it with pandoc"),
        ("a.dat", b"some words\n", "this is no FAQ in a format that is known"),
        ("a.md", b"\x89PNG\r\n\x1a\n\0\0\0\0\0\0\0\0", "this is not a text file"),
        ("a.md", b"---\ntitle: [\n---\n# A?\n", "this is not valid YAML: line "),
    ];
    for (name, bytes, want) in cases {
        let error = read_file(0, name, bytes, &FieldChoice::default()).unwrap_err().to_string();
        assert!(error.starts_with(want), "{name}: {error}");
    }
}

#[test]
fn answer_of_several_paragraphs_is_one_quote_with_its_markup() {
    let text = "## How?\n\nFirst:\n\n- one\n- two\n\n```\n  code\n\n  more\n```\n\n## B?\n\nSee [this](https://a.example).\n";
    let (pack, text) = new_pack("T", &entries("faq.md", text.as_bytes()), None);
    assert_eq!((pack.metadata.format, text.n_divided), (SourceFormat::Markdown, 0));
    assert_eq!(text.quotes[0][0].text, "First:\n\n- one\n- two\n\n```\n  code\n\n  more\n```");
    assert_eq!(text.quotes[1][0].paragraph, Some(5));
}

#[test]
fn block_that_is_divided_into_quotes_stays_a_block() {
    let rows = |range: std::ops::Range<usize>| {
        range.map(|n| format!("| card number {n} | works since {n} |\n")).collect::<String>()
    };
    let table = format!("| card | works |\n|---|---|\n{}", rows(0..60));
    let code = format!("```\n{}\n\n{}```\n", rows(0..30), rows(30..60));
    for (block, want) in [(table, [1, 2, 2]), (code, [1, 2, 3])] {
        let text = format!("## Which?\n\nThese:\n\n{block}");
        let (pack, text) = new_pack("T", &entries("faq.md", text.as_bytes()), None);
        assert_eq!(pack.body, format!("These:\n\n{block}"));
        let paragraphs: Vec<_> =
            text.quotes[0].iter().filter_map(|quote| quote.paragraph).collect();
        assert_eq!(paragraphs, want, "{:?}", text.quotes);
    }
}

#[test]
fn title_of_a_page_keeps_its_signs() {
    let html = "<h2>Why is __del__ not called, and `foo' not removed?</h2><p>So.</p>";
    let want = "Why is __del__ not called, and `foo' not removed?";
    assert_eq!(entries("faq.html", html.as_bytes())[0].question, want);
}

#[test]
fn links_to_other_pages_and_contents_of_a_page_are_no_answer() {
    let html = "<div class=\"toc\"><ol><li><a href=\"a.html\">How many?</a></li></ol></div>\
        <h2>How many?</h2><div class=\"header\"><p>Next: <a href=\"#b\" rel=\"next\">What for?</a>, \
        Up: <a href=\"#top\" rel=\"up\">All questions</a></p></div><p>Two.</p>\
        <h2>What for?</h2><p>For <a href=\"b.html\">all</a>.</p>\
        <table class=\"navfooter\"><tr><td><a href=\"c.html\">Back</a></td></tr></table>";
    let answers: Vec<String> = entries("faq.html", html.as_bytes())
        .into_iter()
        .map(|entry| entry.answers.into_iter().map(|answer| answer.text).collect())
        .collect();
    assert_eq!(answers, ["Two.", "For [all](b.html)."]);
}

#[test]
fn question_in_another_format_loses_its_markup() {
    let cases = [
        ("Is it _really_ `x`, <b>so</b>, or <name>?", "Is it really x, so, or <name>?"),
        ("Bread &amp; <i>butter</i>?", "Bread & butter?"),
        ("How much is 2 * 3?", "How much is 2 * 3?"),
        ("**", "**"),
    ];
    for (question, want) in cases {
        let json = serde_json::json!([{"question": question, "answer": "x"}]).to_string();
        assert_eq!(entries("faq.json", json.as_bytes())[0].question, want, "{question}");
    }
}

#[test]
fn html_answer_becomes_markdown_and_markdown_keeps_its_html() {
    let cases = [
        ("<p>See <a href=\"https://a.example\">this</a>.</p>", "See [this](https://a.example)."),
        ("- see <a href='/x'>this</a>\n- **b**", "- see <a href='/x'>this</a>\n- **b**"),
    ];
    for (answer, want) in cases {
        let json = serde_json::json!([{"question": "A?", "answer": answer}]).to_string();
        assert_eq!(entries("faq.json", json.as_bytes())[0].answers[0].text, want, "{answer}");
    }
}

#[test]
fn front_matter_gives_answer_and_id_of_its_question() {
    /// Id, question and answer of each entry.
    type Entries = &'static [(&'static str, &'static str, &'static str)];
    let cases: [(&str, Entries); 5] = [
        ("id: pool-1\nquestion: Is it?\nanswer: Yes\n---\n", &[("pool-1", "Is it?", "Yes")]),
        ("slug: x\ntitle: Is it?\n---\nNo.\n", &[("x", "Is it?", "No.")]),
        (
            "question: Is it?\nanswer: Yes.\n---\nSince 1999.\n",
            &[("is-it", "Is it?", "Yes.\n\nSince 1999.")],
        ),
        ("question: Is it?\ndescription: About it.\n---\nNo.\n", &[("is-it", "Is it?", "No.")]),
        (
            "id: page\ntitle: FAQ\n---\n## A?\n\n1.\n\n## B?\n\n2.\n",
            &[("a", "A?", "1."), ("b", "B?", "2.")],
        ),
    ];
    for (text, want) in cases {
        let entries = entries("a.md", format!("---\n{text}").as_bytes());
        let got: Vec<(&str, &str, &str)> = entries
            .iter()
            .map(|entry| (entry.id.as_str(), &*entry.question, &*entry.answers[0].text))
            .collect();
        assert_eq!(got, want, "{text}");
    }
}

#[test]
fn draft_is_left_out() {
    for (matter, want) in [
        ("draft: true", vec![Reason::Draft]),
        ("published: false", vec![Reason::Draft]),
        ("draft: false\npublished: yes", vec![]),
    ] {
        let text = format!("---\nquestion: Is it?\n{matter}\n---\nNo.\n");
        let reading = read_file(0, "a.md", text.as_bytes(), &FieldChoice::default()).unwrap();
        let collection = Collection::new(reading.records, UnansweredPolicy::default());
        let got: Vec<Reason> = collection.left_out.into_iter().map(|left| left.reason).collect();
        assert_eq!(got, want, "{matter}");
    }
}

#[test]
fn file_of_a_folder_that_is_no_faq_is_told_apart() {
    let cases = [
        ("a.json", r#"[{"question": "A?", "answer": "1."}]"#, true),
        ("a.json", r#"{"frage": "A", "antwort": "1"}"#, true),
        ("a.json", r#"{"A?": "1.", "B?": "2."}"#, true),
        ("a.yaml", "rules: Be kind to each other.\nmap: It is pinned in the channel.\n", true),
        ("a.yaml", "course: swimming\nlevel: two\n", false),
        ("a.yaml", "sections:\n  - id: pool\n    name: Pool\n    text: x\n", false),
        ("a.toml", "title = 'Pool'\ndescription = 'The site of the whole pool'\n", false),
        ("a.md", "Just a text.\n", false),
        ("a.md", "# FAQ\n\n## Is it?\n\nNo.\n", true),
        ("a.csv", "question,answer\nA?,1.\n", true),
    ];
    for (name, text, want) in cases {
        let reading = read_file(0, name, text.as_bytes(), &FieldChoice::default()).unwrap();
        assert_eq!(reading.is_faq, want, "{text}");
    }
}

#[test]
fn configuration_in_a_folder_is_left_out() {
    let left_out = |name: &str, text: &str| {
        let read = read_file_of_folder(0, name, text.as_bytes(), &FieldChoice::default());
        match read.unwrap() {
            FileOfFolder::Faq(_) => None,
            FileOfFolder::NoFaq(reason) => Some(reason),
        }
    };
    let yaml = "question: Is it?\nanswer: Yes.\n";
    for name in ["_x.yaml", "x.lock", "mkdocs.yml", "a/_config.yml"] {
        assert_eq!(left_out(name, yaml), Some(NoFaq::Configuration), "{name}");
    }
    for name in ["faq.yaml", "_pool/faq.yml"] {
        assert_eq!(left_out(name, yaml), None, "{name}");
    }
    assert_eq!(left_out("package.json", "{}"), Some(NoFaq::Configuration));
    assert_eq!(left_out("_index.md", "# Is it?\n\nYes.\n"), None);
    assert_eq!(left_out("about.md", "Just a text.\n"), Some(NoFaq::NoQuestions));
    assert_eq!(left_out("notes.txt", "\n"), Some(NoFaq::Empty));
}

#[test]
fn gaps_alone_make_a_valid_pack() {
    let proof = proved(
        "a.jsonl",
        "{\"id\": \"g\", \"question\": \"When?\", \"gap\": true, \"lead\": \"x\"}",
    );
    assert!(proof.pack.entries[0].is_gap());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_plain_text_makes_an_accepted_pack_or_none(
        parts in proptest::collection::vec(
            "1\\. |1\\.1 |2\\. |Q: |A: |What\\?|so|   |\t|- |```|\\*|_|<b>|\\[|-----|~~|&amp;|#|\n|\n|\n\n|\n\n|择|\\PC",
            0..60,
        ),
    ) {
        let text = format!("What?\n\nSo.\n\n{}\n\nWhere?\n\nThere.\n", parts.concat());
        if let Ok(reading) = read_file(0, "faq.txt", text.as_bytes(), &FieldChoice::default()) {
            let collection = Collection::new(reading.records, UnansweredPolicy::QuestionStandsIn);
            if !collection.entries.is_empty() {
                let (pack, _) = new_pack("T", &collection.entries, None);
                let files = PackFiles { name: "p".to_owned(), files: pack.into_files() };
                prop_assert_eq!(prove(&files).findings, [], "{}", text);
            }
        }
    }
}

proptest! {
    #[test]
    fn any_imported_text_makes_an_accepted_pack(
        answer in "(?s:.){0,60}|[ab.'\"\\\\+#\\[\\n\\r\u{a0}\u{85}\u{2028}]{0,40}|[a.? ]{1490,3100}",
        question in "\\PC{0,6}[a-z]",
        speaker in "(?s:.){0,4}",
    ) {
        let line = serde_json::json!({
            "id": "a", "question": question, "variants": [answer], "tags": [speaker],
            "lead": speaker, "quotes": [{"text": answer, "speaker": speaker}],
        });
        let proof = proved("a.jsonl", &line.to_string());
        let quotes = proof.pack.entries[0].quotes();
        // In Markdown, a backslash keeps a line break.
        let squeeze = |text: &str| {
            let lines = text.trim().lines().map(|line| line.trim_end().trim_end_matches('\\'));
            lines.flat_map(str::split_whitespace).collect::<String>()
        };
        let shown: String = quotes.iter().map(|quote| squeeze(quote.text())).collect();
        let want = if answer.trim().is_empty() { squeeze(&question) } else { squeeze(&answer) };
        prop_assert_eq!(shown, want);
    }
}
