//! `quoth chat` through a pipe: each line is a question, and a number picks a suggestion.

use crate::folder::Folder;
use crate::quoth::quoth_reading;

fn chat(lines: &str) -> String {
    let run = quoth_reading(&["chat", "--plain"], lines.as_bytes());
    assert_eq!(run.code, 0, "{}", run.stderr);
    run.stdout
}

#[test]
fn question_is_answered_with_quote_and_citation() {
    insta::assert_snapshot!(chat("who is rana mitter\n"), @r"
    In short: A China expert at Oxford University.

    Quote: “With Russia and China becoming closer, we may expect increased
    rhetorical support for Moscow’s abroad activities, especially when they conflict
    with Western geostrategic goals,” said Rana Mitter, an Oxford University China
    expert.
    Source: Rana Mitter, an Oxford University China expert. “Why did China not
    dispatch soldiers to assist Kazakhstan?”, paragraph 4

    See also: What can be expected as Russia and China become closer? · Does China
    send its army abroad, and in what case? · What does Steve Tsang do?
    ");
}

#[test]
fn suggestions_are_picked_by_number() {
    let output = chat("china help kazakhstan\n9\n1\n");
    let (suggested, picked) =
        output.split_once("There is no such number: pick from 1 to 3").unwrap();
    assert!(suggested.starts_with("Did you mean one of these?\n  1. "), "{output}");
    assert!(picked.contains("Quote: ") && picked.contains("Source: "), "{output}");
}

#[test]
fn passage_is_suggested_and_shown_with_its_citation_when_picked() {
    let folder = Folder::with_unquoted_sentence();
    let pack = folder.arg("p");
    let args = ["chat", "--plain", "--pack", &pack];
    let run = quoth_reading(&args, b"do bicycles travel\n1\n");
    insta::assert_snapshot!(run.stdout, @r"
    I have no prepared answer to this. In the document:
      1. Bicycles travel for two euros.

    Quote: Bicycles travel for two euros.
    Source: “Doc”, paragraph 3
    ");
}

#[test]
fn help_and_topics_are_commands_and_empty_lines_are_skipped() {
    let output = chat("\nHELP\n  \ntopics\n");
    assert!(output.starts_with("Ask in your own words."), "{output}");
    assert!(output.contains("- What is Rana Mitter's profession?"), "{output}");
}

#[test]
fn invalid_utf8_is_not_answered_and_does_not_end_the_session() {
    let run = quoth_reading(&["chat", "--plain"], b"\xFF\xFE\nhelp\n");
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(run.stdout.contains("Ask in your own words."), "{}", run.stdout);
}

#[test]
fn output_through_a_pipe_has_no_escape_sequences() {
    let run = quoth_reading(&["chat"], b"who is rana mitter\n");
    assert!(run.stdout.contains("\u{2502} ") && !run.stdout.contains('\u{1b}'), "{}", run.stdout);
}
