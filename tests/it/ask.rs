//! `quoth ask`: the JSON contract that other programs rely on, and invalid input.

use serde_json::{Value, json};

use crate::folder::{Folder, SOURCE, UNQUOTED};
use crate::quoth::{quoth, quoth_reading};

const ARTICLE: &str = "knowledge/china-kazakhstan/sources/article.md";

/// The text after the front matter, from whose start offsets count.
fn article_body() -> String {
    let text = std::fs::read_to_string(ARTICLE).unwrap();
    text.splitn(3, "+++\n").nth(2).unwrap().to_owned()
}

fn ask_lines(lines: &[u8]) -> Vec<Value> {
    let run = quoth_reading(&["ask", "--jsonl"], lines);
    run.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn answer_has_the_contract_keys_and_byte_exact_spans() {
    let run = quoth(&["ask", "--json", "Does", "China", "recognize", "the", "Taliban?"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let answer = run.json();
    let keys: Vec<&str> = answer.as_object().unwrap().keys().map(String::as_str).collect();
    let mut want = vec!["q", "decision", "confidence", "ids", "quotes", "citations"];
    want.extend(["suggested_quotes", "suggested_passages", "passage_citations", "gap"]);
    want.sort_unstable();
    assert_eq!(keys, want);
    assert_eq!(answer["decision"], "answer");
    assert_eq!(answer["ids"][0], "taliban-recognition");
    assert!(answer["ids"].as_array().unwrap().len() <= 5);
    let citation = &answer["citations"][0];
    assert_eq!((&citation["source"], &citation["paragraph"]), (&json!("article"), &json!(12)));
    let offset = |key: &str| usize::try_from(citation[key].as_u64().unwrap()).unwrap();
    assert_eq!(
        &article_body()[offset("start")..offset("end")],
        answer["quotes"][0].as_str().unwrap()
    );
    let confidence = answer["confidence"].as_f64().unwrap();
    assert!((confidence * 1e4).fract().abs() < 1e-6, "{confidence} has more than four decimals");
}

#[test]
fn passage_is_named_in_json_with_its_citation() {
    let folder = Folder::with_unquoted_sentence();
    let pack = folder.arg("p");
    let run = quoth(&["ask", "--json", "--pack", &pack, "do bicycles travel"]);
    let outcome = run.json();
    assert_eq!(outcome["decision"], "abstain", "it is no answer");
    assert_eq!(outcome["suggested_passages"], json!([UNQUOTED]));
    let start = SOURCE.rsplit("+++\n").next().unwrap().len() + 1;
    let end = start + UNQUOTED.len();
    let citation = json!({
        "source": "doc", "paragraph": 3, "speaker": null, "role": null, "start": start, "end": end
    });
    assert_eq!(outcome["passage_citations"], json!([citation]));
    let run = quoth(&["ask", "--json", "--pack", &pack, "How many?"]);
    assert_eq!(run.json()["suggested_passages"], json!([]), "beside an answer there is none");
}

#[test]
fn quotes_for_all_devset_questions_are_verbatim_in_the_source() {
    let questions = std::fs::read("tests/data/devset/questions.jsonl").unwrap();
    let body = article_body();
    let outcomes = ask_lines(&questions);
    assert_eq!(outcomes.len(), 270);
    let mut n_quotes = 0;
    for outcome in &outcomes {
        let suggested = outcome["suggested_quotes"].as_array().unwrap().iter();
        let shown = suggested.flat_map(|quotes| quotes.as_array().unwrap());
        for quote in shown.chain(outcome["quotes"].as_array().unwrap()) {
            n_quotes += 1;
            assert!(body.contains(quote.as_str().unwrap()), "{quote}");
        }
        let is_gap = |id: &Value| id.as_str().unwrap().starts_with("gap-");
        assert!(!outcome["ids"].as_array().unwrap().iter().any(is_gap), "{outcome}");
        let is_answer = outcome["decision"] == "answer";
        assert_eq!(is_answer, !outcome["quotes"].as_array().unwrap().is_empty(), "{outcome}");
        let is_suggest = outcome["decision"] == "suggest";
        assert_eq!(is_suggest, suggested_count(outcome) > 0, "{outcome}");
        assert!(suggested_count(outcome) <= 3, "{outcome}");
    }
    assert!(n_quotes > 100, "only {n_quotes} quotes were shown");
}

fn suggested_count(outcome: &Value) -> usize {
    outcome["suggested_quotes"].as_array().unwrap().len()
}

#[test]
fn gap_is_named_in_json_and_shown_as_text() {
    let outcome =
        &ask_lines(br#"{"q": "How many people were killed in the Kazakhstan unrest?"}"#)[0];
    assert_eq!(
        (&outcome["decision"], &outcome["gap"]),
        (&json!("abstain"), &json!("gap-death-toll"))
    );
    let run = quoth(&["ask", "How many people were killed in the Kazakhstan unrest?"]);
    assert!(run.stdout.starts_with("The article does not say."), "{}", run.stdout);
}

#[test]
fn invalid_lines_are_reported_on_their_line_and_set_the_exit_code() {
    let input = b"{\"q\": \"why\", \"id\": 7}\nnot json\n{\"p\": 1}\n\xFF\xFE\n{\"q\": 5}\n\n{\"q\": \"why\"}";
    let run = quoth_reading(&["ask", "--jsonl"], input);
    assert_eq!(run.code, 1);
    let lines: Vec<Value> = run.stdout.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    let is_error: Vec<bool> = lines.iter().map(|line| line.get("error").is_some()).collect();
    assert_eq!(is_error, [false, true, true, true, true, true, false]);
    assert!(lines[3]["error"].as_str().unwrap().starts_with("line 4: "));
}

#[test]
fn hostile_text_abstains_without_a_panic() {
    let megabyte = "kazakhstan ".repeat(100_000);
    let one_word = "x".repeat(1_000_000);
    let texts = [
        "",
        " \t ",
        "\u{0}\u{1}\u{7f}\u{1b}[31m",
        "\u{202E}\u{200F}\u{2066}",
        "🙂🙂🇰🇿👩‍👩‍👧",
        "?!...---",
        "\u{FFFD}",
        "a\u{301}\u{301}\u{301}",
        &one_word,
    ];
    for text in texts {
        let line = json!({ "q": text }).to_string();
        let outcome = &ask_lines(line.as_bytes())[0];
        let start: String = text.chars().take(20).collect();
        assert_eq!(outcome["decision"], "abstain", "{start:?}");
        assert_eq!(outcome["q"], text, "{start:?}");
    }
    let outcome = &ask_lines(json!({ "q": megabyte }).to_string().as_bytes())[0];
    assert_ne!(outcome["decision"], "answer", "one word a hundred thousand times");
}

#[test]
fn timings_are_present_only_on_request() {
    let run = quoth_reading(&["ask", "--jsonl", "--timings"], br#"{"q": "why"}"#);
    let outcome: Value = serde_json::from_str(&run.stdout).unwrap();
    assert!(outcome["micros"].is_u64(), "{outcome}");
    assert!(ask_lines(br#"{"q": "why"}"#)[0].get("micros").is_none());
}

#[test]
fn outcome_is_the_same_on_every_run() {
    let questions = std::fs::read("tests/data/devset/questions.jsonl").unwrap();
    assert_eq!(ask_lines(&questions), ask_lines(&questions));
}

#[test]
fn bad_usage_and_invalid_packs_exit_with_2_and_advice() {
    let folder = Folder::with_pack();
    folder.write("q/faq.toml", "[[entry]\n");
    folder.write("file", "");
    let cases: [(&[&str], &str); 6] = [
        (&["ask"], "QUESTION"),
        (&["ask", " "], "the question is empty"),
        (&["ask", "why", "--pack", &folder.arg("missing")], "cannot open the pack folder"),
        (&["ask", "why", "--pack", &folder.arg("file")], "is not a folder"),
        (&["ask", "why", "--pack", &folder.arg("q")], "quoth check"),
        (&["ask", "why", "--config", &folder.arg("none.toml")], "cannot read the configuration"),
    ];
    for (args, want) in cases {
        let run = quoth(args);
        assert_eq!(run.code, 2, "{args:?}: {}", run.stderr);
        assert!(run.stderr.contains(want), "{args:?}: {}", run.stderr);
    }
}

#[test]
fn several_packs_are_searched_together_with_prefixed_ids() {
    let folder = Folder::with_pack();
    let args = [
        "ask",
        "--json",
        "What did Ann say?",
        "--pack",
        &folder.arg("p"),
        "--pack",
        "knowledge/china-kazakhstan",
    ];
    let outcome = quoth(&args).json();
    assert_eq!(outcome["ids"][0], "p:a", "{outcome}");
}
