//! Groups of unanswered questions, on judged messages.

use std::path::Path;

use quoth::knowledge::Lexicon;
use quoth::matching::question_groups::group;
use quoth::text::Language;
use serde_json::Value;

/// The lines of a file of judged messages.
fn rows(file: &str) -> Vec<Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(file);
    let text = std::fs::read_to_string(path).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn text<'r>(row: &'r Value, key: &str) -> &'r str {
    row[key].as_str().unwrap()
}

/// The judged messages about the first pack's article that a sentence answers, with the sentences that do.
fn messages() -> Vec<(String, Vec<String>)> {
    let strings = |list: &Value| -> Vec<String> {
        list.as_array().unwrap().iter().map(|it| it.as_str().unwrap().to_owned()).collect()
    };
    rows("devset/questions.jsonl")
        .iter()
        .map(|row| (text(row, "q").to_owned(), strings(&row["gold"])))
        .filter(|(_, gold)| !gold.is_empty())
        .collect()
}

/// How many pairs of messages there are.
#[derive(Debug)]
struct Pairs {
    /// That belong together.
    same: usize,
    /// That are in one group.
    together: usize,
    /// Both.
    right: usize,
    all: usize,
}

impl Pairs {
    /// Groups messages, given from the latest to the earliest, of which two belong together where `is_same`.
    fn of(texts: &[&str], language: &Language, is_same: impl Fn(usize, usize) -> bool) -> Self {
        let groups = group(texts, language, &Lexicon::default());
        assert_eq!(groups.iter().map(Vec::len).sum::<usize>(), texts.len(), "each is in one group");
        let mut group_of = vec![0; texts.len()];
        for (number, members) in groups.iter().enumerate() {
            members.iter().for_each(|member| group_of[*member] = number);
        }
        let mut pairs = Self { same: 0, together: 0, right: 0, all: 0 };
        for second in 0..texts.len() {
            for first in 0..second {
                let (same, together) =
                    (is_same(first, second), group_of[first] == group_of[second]);
                pairs.all += 1;
                pairs.same += usize::from(same);
                pairs.together += usize::from(together);
                pairs.right += usize::from(same && together);
            }
        }
        pairs
    }

    /// The share of the pairs in one group that belong there, in percent.
    fn precision(&self) -> usize {
        100 * self.right / self.together.max(1)
    }

    /// The share of the pairs that belong together that are in one group, in percent.
    fn recall(&self) -> usize {
        100 * self.right / self.same
    }

    /// The share of all pairs that are rightly together or apart, in percent.
    fn accuracy(&self) -> usize {
        100 * (self.all - (self.together - self.right) - (self.same - self.right)) / self.all
    }
}

/// The pairs of the judged messages of the inbox in a language, of a half or of all.
fn pairs_of_inbox(language: &str, half: Option<&str>) -> Pairs {
    let mut rows = rows(&format!("inbox/{language}.jsonl"));
    rows.retain(|row| half.is_none_or(|half| text(row, "half") == half));
    rows.reverse();
    let texts: Vec<&str> = rows.iter().map(|row| text(row, "text")).collect();
    let is_same = |a: usize, b: usize| text(&rows[a], "need") == text(&rows[b], "need");
    Pairs::of(&texts, &Language::new(language), is_same)
}

#[test]
fn nearly_all_pairs_in_a_group_ask_for_the_same_sentence() {
    let messages = messages();
    assert_eq!(messages.len(), 150);
    let texts: Vec<&str> = messages.iter().map(|(text, _)| text.as_str()).collect();
    let is_same = |a: usize, b: usize| messages[a].1.iter().any(|id| messages[b].1.contains(id));
    let pairs = Pairs::of(&texts, &Language::english(), is_same);
    // Most of the 496 pairs that a sentence answers ask for other things of it, in quite other words.
    assert_eq!(pairs.same, 496);
    assert!(pairs.right >= 8 && pairs.precision() >= 85, "{pairs:?}");
}

#[test]
fn groups_of_the_judged_inbox_are_as_right_as_measured() {
    // Language, half of the messages, and in percent the least precision, recall and share of all pairs that are right.
    let cases = [
        ("en", Some("kept"), [65, 6, 97]),
        ("en", Some("tuning"), [90, 14, 97]),
        ("en", None, [60, 11, 98]),
        ("de", Some("kept"), [90, 2, 78]),
        ("fr", Some("kept"), [90, 4, 78]),
    ];
    for (language, half, least) in cases {
        let pairs = pairs_of_inbox(language, half);
        let measured = [pairs.precision(), pairs.recall(), pairs.accuracy()];
        let is_enough = measured.iter().zip(least).all(|(measured, least)| *measured >= least);
        assert!(is_enough, "{language} {half:?}: {measured:?} %, {pairs:?}");
    }
}
