use std::sync::Arc;

use super::*;
use crate::knowledge::{PackFile, PackFiles, prove};

const SOURCE: &str = "+++\ntitle = \"Library\"\n+++\nThe library opens at nine.\n\n\
Members may borrow ten books. Returning late costs a euro.\n\nThe director is Ann Lee.\n";

const FAQ: &str = r#"
[[entry]]
id = "opening"
question = "When does the library open?"
variants = ["opening hours of the library", "At what time do you open in the morning?"]
[[entry.quote]]
text = "The library opens at nine."

[[entry]]
id = "borrowing"
question = "How many books may I borrow?"
variants = ["limit of books for members", "number of books I can borrow at once"]
[[entry.quote]]
text = "Members may borrow ten books."

[[entry]]
id = "borrowing-rules"
question = "Which rules are there for borrowing books?"
variants = ["rules of borrowing", "conditions for members who borrow"]
[[entry.quote]]
text = "Members may borrow ten books."
[[entry.quote]]
text = "Returning late costs a euro."

[[entry]]
id = "director"
question = "Who is the director?"
variants = ["name of the library's boss", "Who runs the library?"]
[[entry.quote]]
text = "The director is Ann Lee."

[[entry]]
id = "gap-age"
question = "How old is the director?"
variants = ["age of the director", "When was the director born?"]
gap = true
"#;

const LEXICON: &str = "[[group]]\nterms = [\"director\", \"head librarian\"]\n";

fn index() -> Index {
    let file = |path: &str, text: &str| PackFile { path: path.to_owned(), bytes: text.into() };
    let files = PackFiles {
        name: "library".to_owned(),
        files: vec![
            file("faq.toml", FAQ),
            file("lexicon.toml", LEXICON),
            file("pack.toml", "title = \"Library\""),
            file("sources/library.md", SOURCE),
        ],
    };
    let proof = prove(&files);
    assert_eq!(proof.findings, []);
    Index::new(vec![Arc::new(proof.pack)])
}

fn ask(index: &Index, text: &str) -> Outcome {
    index.ask(text, &DecisionRule::default())
}

fn first(index: &Index, text: &str) -> String {
    ask(index, text).ranked.first().map(|entry| index.entry_id(*entry)).unwrap_or_default()
}

#[test]
fn a_question_finds_its_entry_misspelt_inflected_or_by_a_synonym() {
    let index = index();
    let cases = [
        ("When does the library open?", "opening"),
        ("wen dose teh libary opne", "opening"),
        ("borrowed book limits", "borrowing"),
        ("is there a head librarian", "director"),
        ("THE LIBRARY'S BOSS???", "director"),
        ("how many boks may i borow", "borrowing"),
    ];
    for (text, want) in cases {
        assert_eq!(first(&index, text), want, "{text}");
    }
}

#[test]
fn telling_words_that_an_entry_cannot_explain_lower_its_confidence() {
    let index = index();
    let log_odds = |text: &str| {
        let confidence = ask(&index, text).confidence;
        (confidence / (1.0 - confidence)).ln()
    };
    let plain = log_odds("When does the library open its doors?");
    for extra in [
        "When does the library of Zanzibar open its doors?",
        "When does the library open its pelican museum's doors?",
    ] {
        let with_extra = log_odds(extra);
        assert!(with_extra < plain - 0.5, "{extra}: {with_extra}, without the words {plain}");
    }
}

#[test]
fn a_better_fitting_gap_wins_and_is_never_ranked() {
    let index = index();
    let outcome = ask(&index, "How old is the director?");
    assert_eq!(outcome.decision, Decision::Abstain);
    assert_eq!(outcome.gap.map(|gap| index.entry_id(gap)), Some("gap-age".to_owned()));
    let is_gap = |entry: &usize| index.entry(*entry).is_some_and(|entry| entry.is_gap());
    assert!(!outcome.ranked.is_empty() && !outcome.ranked.iter().any(is_gap));
}

#[test]
fn what_a_gap_covers_clearly_better_is_suggested_at_the_most() {
    let index = index();
    let thresholds = Thresholds { answer: 0.0, suggest: 0.0, gap: 9.0 };
    let rule = DecisionRule { thresholds, ..DecisionRule::default() };
    assert_eq!(index.ask("Who is the director?", &rule).decision, Decision::Answer);
    let outcome = index.ask("How old is the director?", &rule);
    assert!(outcome.evidence.gap_coverage >= GAP_MARGIN, "{:?}", outcome.evidence);
    assert_eq!(outcome.decision, Decision::Suggest);
}

#[test]
fn no_two_suggestions_show_one_quote() {
    let index = index();
    let always = Thresholds { answer: 1.1, suggest: 0.0, gap: 2.0 };
    let always = DecisionRule { thresholds: always, ..DecisionRule::default() };
    let outcome = index.ask("books members borrow", &always);
    assert_eq!(outcome.decision, Decision::Suggest);
    let ids: Vec<String> = outcome.suggestions.iter().map(|e| index.entry_id(*e)).collect();
    let n_borrowing = ids.iter().filter(|id| id.starts_with("borrowing")).count();
    assert_eq!(n_borrowing, 1, "{ids:?}");
}

#[test]
fn what_fits_far_less_than_the_best_is_not_suggested() {
    let index = index();
    let never = Thresholds { answer: 1.1, suggest: 0.0, gap: 2.0 };
    let never = DecisionRule { thresholds: never, ..DecisionRule::default() };
    let outcome = index.ask("When does the library open its doors?", &never);
    let ids: Vec<String> = outcome.suggestions.iter().map(|e| index.entry_id(*e)).collect();
    assert_eq!(ids, ["opening"], "others share \"library\" with it");
    assert!(outcome.ranked.len() > 1);
}

#[test]
fn messages_without_a_telling_word_are_abstained_from() {
    let index = index();
    for text in ["", "   ", "hello", "who is it?", "🙂", "the of and", "zxcv qwer"] {
        let outcome = ask(&index, text);
        assert_eq!(outcome.decision, Decision::Abstain, "{text:?}");
    }
}

#[test]
fn what_is_left_out_is_as_if_it_were_not_there() {
    let index = index();
    let director = index.find("director").unwrap();
    let rule = DecisionRule::default();
    let score = |left_out| {
        let text = "name of the library's boss";
        index.ask_excluding(text, &rule, left_out).evidence.score
    };
    let all = score(Excluded::default());
    let without_phrasing = score(Excluded { phrasing: Some((director, 1)), entry: None });
    assert!(without_phrasing < all / 2.0, "{without_phrasing} of {all}");
    let left_out = Excluded { phrasing: None, entry: Some(director) };
    let outcome = index.ask_excluding("Who is the director?", &rule, left_out);
    assert!(!outcome.ranked.contains(&director));
}

#[test]
fn questions_of_any_length_cost_no_more_than_the_longest_allowed() {
    let index = index();
    let long = "library ".repeat(100_000);
    let capped = "library ".repeat(MAX_TOKENS);
    assert_eq!(ask(&index, &long).evidence, ask(&index, &capped).evidence);
}

#[test]
fn one_pack_has_plain_ids_and_several_have_their_packs_before_them() {
    let one = index();
    assert_eq!(one.entry_id(0), "opening");
    let two = Index::new(vec![Arc::clone(&one.packs()[0]), Arc::clone(&one.packs()[0])]);
    assert_eq!(two.entry_id(0), "library:opening");
    assert_eq!(two.n_entries(), 2 * one.n_entries());
    assert_eq!(two.find("library:opening"), Some(0), "ties go to the entry that stands first");
}

#[test]
fn a_question_in_the_very_words_of_a_phrasing_is_answered() {
    let index = index();
    for text in ["Who is the director?", "opening hours of the library", "rules of BORROWING!"] {
        assert_eq!(ask(&index, text).decision, Decision::Answer, "{text}");
    }
}

#[test]
fn words_written_apart_or_in_one_are_found_as_the_packs_write_them() {
    let index = index();
    for (question, id) in [
        ("openinghours please?", "opening"),
        ("who runs the lib rary", "director"),
        ("rules for borrow ing", "borrowing-rules"),
    ] {
        let outcome = ask(&index, question);
        let first = outcome.ranked.first().map(|entry| index.entry_id(*entry));
        assert_eq!(first.as_deref(), Some(id), "{question}");
    }
    let query = Query::new(&index, "who runs the lib rary");
    let written = query.tokens.iter().filter(|token| {
        token
            .direct_match()
            .is_some_and(|meeting| meeting.rule == crate::matching::query::MatchKind::Compound)
    });
    assert_eq!(written.count(), 2);
}

proptest::proptest! {
    #[test]
    fn no_message_breaks_the_search(
        text in r"(?s)(library|librry|lib rary|borrow|ann lee|Who|how many|\PC{0,12}|[@<`:.?'\u{301}\u{200d} ]{0,6}| ){0,40}",
    ) {
        let index = index();
        let outcome = ask(&index, &text);
        proptest::prop_assert!((0.0..=1.0).contains(&outcome.confidence));
        proptest::prop_assert!((0.0..=1.0).contains(&outcome.any_confidence));
        proptest::prop_assert!(outcome.evidence.to_array().iter().all(|feature| feature.is_finite()));
        proptest::prop_assert!(outcome.suggestions.len() <= MAX_SUGGESTIONS);
        let answered = outcome.decision == Decision::Answer;
        proptest::prop_assert!(!answered || !outcome.ranked.is_empty());
    }
}
