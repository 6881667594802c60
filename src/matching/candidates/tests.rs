use std::sync::Arc;

use super::*;
use crate::knowledge::{PackFile, PackFiles, prove};
use crate::matching::DecisionRule;

/// A FAQ of entries that share all words but one.
fn index(n_entries: usize) -> Index {
    let mut faq = String::new();
    let mut source = "+++\ntitle = \"S\"\n+++\n\n".to_owned();
    for number in 0..n_entries {
        faq.push_str(&format!(
            "[[entry]]\nid = \"e{number}\"\nquestion = \"Where can I buy a {} for my house?\"\n\
             [[entry.quote]]\ntext = \"Shop {number}.\"\n",
            own_word(number)
        ));
        source.push_str(&format!("Shop {number}.\n\n"));
    }
    let file = |path: &str, text: String| PackFile { path: path.to_owned(), bytes: text.into() };
    let files = PackFiles {
        name: "shop".to_owned(),
        files: vec![
            file("pack.toml", "title = \"Shop\"".to_owned()),
            file("faq.toml", faq),
            file("sources/shop.md", source),
        ],
    };
    let proof = prove(&files);
    assert!(proof.is_accepted(), "{:?}", proof.findings);
    Index::new(vec![Arc::new(proof.pack)])
}

/// A word of four syllables that is far from those of other numbers.
fn own_word(number: usize) -> String {
    const SYLLABLES: [&str; 10] = ["ba", "ke", "lo", "mi", "ru", "ste", "no", "pi", "tu", "gra"];
    let digits = [number % 10, number / 10 % 10, number / 100 % 10];
    let [a, b, c] = digits.map(|digit| SYLLABLES[digit]);
    format!("{a}{b}{c}{a}{b}{c}")
}

#[test]
fn the_entry_with_the_telling_word_is_a_candidate_among_many_with_the_others() {
    let index = index(900);
    for number in [0, 7, 450, 899] {
        let question = format!("where can i buy a {} for my house", own_word(number));
        let found = select(&index, &Query::new(&index, &question));
        assert_eq!(found.len(), MAX_CANDIDATES);
        assert!(found.contains(&number), "{question}: {found:?}");
        let outcome = index.ask(&question, &DecisionRule::default());
        assert_eq!(outcome.ranked.first(), Some(&number), "{question}");
    }
}

#[test]
fn no_more_postings_are_read_than_the_budget_allows() {
    let index = index(900);
    let everything: Vec<String> = (0..180).map(own_word).collect();
    let question = format!("where can i buy a house {}", everything.join(" "));
    let mut sums = Accumulators::default();
    sums.by_entry.resize(index.entries.len(), 0.0);
    sums.touched.resize(10, 0);
    sums.accumulate(&index, &Query::new(&index, &question), 9);
    assert_eq!(sums.n_touched, 9, "the words that are an entry's own come first");
}

#[test]
fn a_search_leaves_nothing_behind_for_the_next() {
    let index = index(60);
    let question = |number: usize| Query::new(&index, &format!("buy a {}", own_word(number)));
    let mut first = select(&index, &question(3));
    select(&index, &question(40));
    let mut again = select(&index, &question(3));
    first.sort_unstable();
    again.sort_unstable();
    assert_eq!(first, again);
    assert!(select(&index, &Query::new(&index, "zxcv")).is_empty());
}
