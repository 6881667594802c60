//! Groups of unanswered questions, on judged messages.

use std::path::Path;

use quoth::knowledge::Lexicon;
use quoth::matching::question_groups::group;
use quoth::text::Language;
use serde_json::Value;

/// The judged messages about the first pack's article that a sentence answers, with the sentences that do.
fn messages() -> Vec<(String, Vec<String>)> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/devset/questions.jsonl");
    let text = std::fs::read_to_string(path).unwrap();
    let rows = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let strings = |list: &Value| -> Vec<String> {
        list.as_array().unwrap().iter().map(|it| it.as_str().unwrap().to_owned()).collect()
    };
    rows.map(|row| (row["q"].as_str().unwrap().to_owned(), strings(&row["gold"])))
        .filter(|(_, gold)| !gold.is_empty())
        .collect()
}

#[test]
fn half_of_the_pairs_in_a_group_ask_for_the_same_sentence() {
    let messages = messages();
    assert_eq!(messages.len(), 150);
    let texts: Vec<&str> = messages.iter().map(|(text, _)| text.as_str()).collect();
    let groups = group(&texts, &Language::english(), &Lexicon::default());
    assert_eq!(groups.iter().map(Vec::len).sum::<usize>(), 150, "each is in one group");
    let is_same = |a: usize, b: usize| messages[a].1.iter().any(|id| messages[b].1.contains(id));
    let pairs = |members: &[usize]| -> Vec<(usize, usize)> {
        let pairs_of = |(at, a): (usize, &usize)| members[..at].iter().map(|b| (*a, *b)).collect();
        members.iter().enumerate().flat_map::<Vec<_>, _>(pairs_of).collect()
    };
    let together: Vec<_> = groups.iter().flat_map(|members| pairs(members)).collect();
    let all = pairs(&(0..150).collect::<Vec<_>>());
    let n_same = |pairs: &[(usize, usize)]| pairs.iter().filter(|(a, b)| is_same(*a, *b)).count();
    // Most of the 496 pairs that a sentence answers ask for other things of it, in quite other words.
    let (n_right, n_together) = (n_same(&together), together.len());
    assert_eq!(n_same(&all), 496);
    assert!(n_right >= 19 && n_together <= 39, "{n_right} of {n_together}");
}
