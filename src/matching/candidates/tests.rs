use super::*;
use crate::knowledge::fixtures::{pack, pack_of};
use crate::matching::DecisionRule;
use crate::matching::excluded::Excluded;

/// A pack of entries that share all words but one.
fn index(n_entries: usize) -> PackIndex {
    let mut faq = String::new();
    let mut source = String::new();
    for number in 0..n_entries {
        faq.push_str(&format!(
            "[[entry]]\nid = \"e{number}\"\nquestion = \"Where can I buy a {} for my house?\"\n\
             [[entry.quote]]\ntext = \"Shop {number}.\"\n",
            unique_word(number)
        ));
        source.push_str(&format!("Shop {number}.\n\n"));
    }
    PackIndex::new(pack(&faq, &source))
}

/// A word of six syllables that is dissimilar to those of other numbers.
fn unique_word(number: usize) -> String {
    const SYLLABLES: [&str; 10] = ["ba", "ke", "lo", "mi", "ru", "ste", "no", "pi", "tu", "gra"];
    let digits = [number % 10, number / 10 % 10, number / 100 % 10];
    let [a, b, c] = digits.map(|digit| SYLLABLES[digit]);
    format!("{a}{b}{c}{a}{b}{c}")
}

#[test]
fn entry_with_the_rare_word_is_a_candidate_among_many_with_the_common_words() {
    let index = index(900);
    for number in [0, 7, 450, 899] {
        let question = format!("where can i buy a {} for my house", unique_word(number));
        let found = by_words(&index, &Query::new(&index, &question));
        assert_eq!(found.len(), MAX_BY_WORDS);
        assert!(found.contains(&number), "{question}: {found:?}");
        let outcome = index.ask_excluding(&question, &DecisionRule::default(), Excluded::default());
        assert_eq!(outcome.ranked.first(), Some(&number), "{question}");
    }
}

#[test]
fn number_of_processed_postings_is_limited_by_the_budget() {
    let index = index(900);
    let everything: Vec<String> = (0..180).map(unique_word).collect();
    let question = format!("where can i buy a house {}", everything.join(" "));
    let mut accumulators = Accumulators::default();
    accumulators.prepare(index.entries.len(), 9);
    accumulate(&mut accumulators, &index, &Query::new(&index, &question), 9);
    assert_eq!(accumulators.top(900).len(), 9, "the rarest words come first");
}

#[test]
fn accumulators_are_cleared_after_each_search() {
    let index = index(60);
    let question = |number: usize| Query::new(&index, &format!("buy a {}", unique_word(number)));
    let mut first = by_words(&index, &question(3));
    by_words(&index, &question(40));
    let mut again = by_words(&index, &question(3));
    first.sort_unstable();
    again.sort_unstable();
    assert_eq!(first, again);
    assert!(by_words(&index, &Query::new(&index, "zxcv")).is_empty());
}

#[test]
fn entry_that_means_the_same_in_other_words_is_a_candidate() {
    let faq = "[[entry]]\nid = \"journey\"\nquestion = \"Wie lange dauert die Reise?\"\n\
         [[entry.quote]]\ntext = \"Sechs.\"\n";
    let index = PackIndex::new(pack_of(
        "p",
        &[
            ("faq.toml", faq),
            ("pack.toml", "title = \"P\"\nlanguage = \"de\"\n"),
            ("sources/s.md", "+++\ntitle = \"S\"\n+++\nSechs.\n"),
        ],
    ));
    let query = Query::new(&index, "Fahrt Stunden");
    assert!(by_words(&index, &query).is_empty());
    assert_eq!(select(&index, &query, Excluded::default()), [0]);
    let left_out = Excluded { phrasing: Some((0, 0)), ..Excluded::default() };
    assert!(select(&index, &query, left_out).is_empty());
}
