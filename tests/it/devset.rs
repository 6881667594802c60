//! Checks that no judged message is in the first pack, whose quality they measure.

use std::collections::HashSet;

use quoth::text::tokenize;
use serde_json::Value;

fn words(text: &str) -> Vec<String> {
    tokenize(text, usize::MAX).iter().map(|token| token.word.to_lowercase()).collect()
}

#[test]
fn no_judged_message_is_a_phrasing_of_the_pack() {
    let judged: HashSet<Vec<String>> = include_str!("../data/devset/questions.jsonl")
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .map(|message| words(message["q"].as_str().unwrap()))
        .collect();
    assert_eq!(judged.len(), 270);
    let faq: toml::Table =
        include_str!("../../knowledge/china-kazakhstan/faq.toml").parse().unwrap();
    for entry in faq["entry"].as_array().unwrap() {
        let variants = entry.get("variants").and_then(toml::Value::as_array).into_iter().flatten();
        for phrasing in variants.chain([&entry["question"]]).filter_map(toml::Value::as_str) {
            assert!(!judged.contains(&words(phrasing)), "{} has {phrasing:?}", entry["id"]);
        }
    }
}
