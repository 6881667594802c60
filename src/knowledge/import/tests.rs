use proptest::prelude::*;

use super::*;
use crate::knowledge::{Content, PackFiles, Proof, prove};

fn import(lines: &str) -> Result<Imported, Vec<LineError>> {
    let mut import = Import::default();
    for line in lines.split('\n') {
        import.add(line.as_bytes());
    }
    import.finish("Title")
}

fn proved(lines: &str) -> Proof {
    let imported = import(lines).unwrap();
    let proof = prove(&PackFiles { name: "p".to_owned(), files: imported.pack.into_files() });
    assert_eq!(proof.findings, [], "{lines}");
    assert_eq!(proof.pack.entries.len(), imported.n_entries + imported.n_gaps);
    proof
}

/// The texts of the quotes of the first entry of the pack.
fn quoted(line: &str) -> Vec<String> {
    let proof = proved(line);
    proof.pack.entries[0].quotes().iter().map(|quote| quote.text().to_owned()).collect()
}

#[test]
fn answers_become_paragraphs_that_their_entries_quote() {
    let line = |rest: &str| format!("{{\"id\": \"a\", \"question\": \" What? \"{rest}}}");
    let (first, second) = ("One two. ".repeat(166), "One two. ".repeat(134));
    let long = format!("{first}{second}");
    let cases: [(String, &[&str]); 14] = [
        (line(""), &["What?"]),
        (line(", \"answer\": null, \"quotes\": [], \"variants\": null"), &["What?"]),
        (line(", \"answer\": \" \\n\""), &["What?"]),
        (line(", \"answer\": \"This.\""), &["This."]),
        (line(", \"answer\": \"a\\nb\\n \\n\\r\\nc\\td\\n\""), &["a\nb", "c\td"]),
        (
            line(", \"quotes\": [\"One.\", {\"text\": \"Two.\"}], \"answer\": \"x\""),
            &["One.", "Two."],
        ),
        (line(", \"quotes\": [{\"text\": \"  \", \"speaker\": null}], \"answer\": \"x\""), &["x"]),
        (line(", \"answer\": \"+++\\n\\n+++\""), &["+++", "+++"]),
        (
            line(", \"answer\": \"[[entry]]\\n# '''x''' \\\"\\\"\\\" \\\\u0000\""),
            &["[[entry]]\n# '''x''' \"\"\" \\u0000"],
        ),
        (line(", \"answer\": \"\\u0000\\u001b\\u2028\\ufeff\""), &["\u{0}\u{1b}\u{2028}\u{feff}"]),
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
                 {\"question\": \"What?\"}\n\
                 {\"id\": \"d\", \"question\": \"What?\", \"quotes\": [3]}\n\
                 {\"id\": \"e\", \"question\": \"What?\", \"gap\": true, \"answer\": \"x\"}\n\
                 {\"id\": \"f\"\n\
                 nonsense\n\
                 {\"id\": [], \"question\": \"What?\"}\n\
                 {\"id\": \"\\ud800\", \"question\": \"What?\"}";
    let errors: Vec<String> =
        import(lines).unwrap_err().iter().map(|error| error.to_string()).collect();
    let want = [
        "line 2: the id `a` is already used on line 1",
        "line 3: \"a b\" is not an id: an id has 1 to 100 characters, without white space or control characters",
        "line 5: the question is empty",
        "line 6: missing field `id` (column 21)",
        "line 7: `quotes` takes texts, or objects like {\"text\": \"...\", \"speaker\": \"...\"} (column 46)",
        "line 8: a gap has no answer, but this line has one",
        "line 9: the line ends too early to be JSON (column 10)",
        "line 10: this is not JSON: expected ident (column 2)",
        "line 11: `id` takes a text or a whole number (column 9)",
        "line 12: this is not JSON: unexpected end of hex escape (column 15)",
    ];
    assert_eq!(errors, want);
    assert_eq!(import("\n \n").unwrap_err()[0].problem, LineProblem::NoLines);
    let mut import = Import::default();
    import.add(b"{\"id\": \"\xff\"}");
    assert_eq!(import.finish("T").unwrap_err().len(), 1);
}

#[test]
fn gaps_alone_make_a_valid_pack() {
    let proof = proved("{\"id\": \"g\", \"question\": \"When?\", \"gap\": true, \"lead\": \"x\"}");
    assert!(proof.pack.entries[0].is_gap());
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
        let proof = proved(&line.to_string());
        let quotes = proof.pack.entries[0].quotes();
        let squeeze = |text: &str| text.split_whitespace().collect::<String>();
        let shown: String = quotes.iter().map(|quote| squeeze(quote.text())).collect();
        let want = if answer.trim().is_empty() { squeeze(&question) } else { squeeze(&answer) };
        prop_assert_eq!(shown, want);
    }
}
