use std::sync::Arc;

use super::*;
use crate::knowledge::fixtures::{pack, pack_of};
use crate::matching::Index;
use crate::matching::evaluation::{JudgedMessage, sweep};
use crate::matching::explanation::explain;

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
    index_of(FAQ)
}

fn index_of(faq: &str) -> Index {
    let files = [
        ("faq.toml", faq),
        ("lexicon.toml", LEXICON),
        ("pack.toml", "title = \"Library\""),
        ("sources/library.md", SOURCE),
    ];
    Index::new(vec![pack_of("library", &files)])
}

fn ask(index: &Index, text: &str) -> Outcome {
    index.ask(text, &DecisionRule::default())
}

fn first(index: &Index, text: &str) -> String {
    ask(index, text).ranked.first().map(|entry| index.entry_id(*entry)).unwrap_or_default()
}

#[test]
fn question_finds_its_entry_when_misspelled_inflected_or_by_a_synonym() {
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
fn short_unknown_word_is_no_stop_word_unless_letters_are_missing_or_swapped() {
    let index = index();
    let rule = DecisionRule::default();
    // Of the pack: "for", "does", "when", "the", "how".
    for (word, is_content_word) in
        [("tor", true), ("whn", false), ("teh", false), ("thw", true), ("hoow", true)]
    {
        let explanation = explain(&index, &format!("{word} books"), &rule);
        let found = explanation.words.iter().find(|it| it.word == word);
        let found = found.unwrap_or_else(|| panic!("{word}"));
        assert_eq!(found.is_content_word, is_content_word, "{word}");
    }
}

#[test]
fn content_words_without_coverage_lower_the_confidence() {
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
fn gap_with_a_better_score_wins_and_is_never_ranked() {
    let index = index();
    let outcome = ask(&index, "How old is the director?");
    assert_eq!(outcome.decision, Decision::Abstain);
    assert_eq!(outcome.gap.map(|gap| index.entry_id(gap)), Some("gap-age".to_owned()));
    let is_gap = |entry: &usize| index.entry(*entry).is_some_and(|entry| entry.is_gap());
    assert!(!outcome.ranked.is_empty() && !outcome.ranked.iter().any(is_gap));
}

#[test]
fn entry_is_at_most_suggested_when_a_gap_covers_clearly_more() {
    let index = index();
    let thresholds = Thresholds { answer: 0.0, suggest: 0.0, gap: 9.0 };
    let rule = DecisionRule { thresholds, ..DecisionRule::default() };
    assert_eq!(index.ask("Who is the director?", &rule).decision, Decision::Answer);
    let outcome = index.ask("How old is our director?", &rule);
    assert!(outcome.objection == Some(Objection::Gap), "{:?}", outcome.features);
    assert_eq!(outcome.decision, Decision::Suggest);
}

#[test]
fn words_that_only_long_quotes_have_are_no_answer() {
    let index_with = |answer: &str| {
        let faq = format!(
            "[[entry]]\nid = \"workshop\"\nquestion = \"Who may use the workshop?\"\n\
             [[entry.quote]]\ntext = \"{answer}\"\n\
             [[entry]]\nid = \"keys\"\nquestion = \"Where is the key?\"\n\
             [[entry.quote]]\ntext = \"The key hangs here.\"\n"
        );
        Index::new(vec![pack(&faq, &format!("{answer}\n\nThe key hangs here."))])
    };
    let short = "Members repair gears and brakes there.";
    let letters = |n: u8| char::from(b'a' + n % 26);
    let words: Vec<String> =
        (0..60u8).map(|n| format!("x{}{}", letters(n), letters(n / 26))).collect();
    let long = format!("{short} {}.", words.join(" "));
    for (answer, want) in [(short, None), (&long, Some(Objection::Coverage))] {
        let outcome = ask(&index_with(answer), "repair gears and brakes");
        assert_eq!(outcome.objection, want, "{outcome:?}");
        assert!(!outcome.ranked.is_empty());
    }
}

#[test]
fn entries_that_answer_several_questions_of_a_message_are_suggested() {
    let index = index();
    for (text, want) in [
        ("When does the library open? Who is the director?", vec!["opening", "director"]),
        (
            "Hello! Who runs the library? And how many books may I borrow?",
            vec!["director", "borrowing"],
        ),
        ("When does the library open? At what time do you open in the morning?", vec![]),
        ("When does the library open? Thanks?", vec![]),
        ("How old is the director? Age of the director?", vec![]),
    ] {
        let outcome = ask(&index, text);
        let suggested: Vec<String> =
            outcome.suggestions.iter().map(|idx| index.entry_id(*idx)).collect();
        assert_eq!(suggested, want, "{text}: {:?}", outcome.decision);
        assert!(outcome.gap.is_none() || want.is_empty(), "{text}");
        assert!(outcome.ranked.starts_with(&outcome.suggestions), "{text}");
    }
    // Long enough to be asked alone as clauses, which would answer only one of them.
    let text = "somehow, when does the library open in the morning? \
                and also, how many books may members borrow at once?";
    let outcome = ask(&index, text);
    let suggested = outcome.suggestions.iter().map(|idx| index.entry_id(*idx));
    assert_eq!(suggested.collect::<Vec<_>>(), ["opening", "borrowing"], "{:?}", outcome.decision);
    let outcome = ask(&index, "How old is the director? When does the library open?");
    assert_eq!((outcome.gap, outcome.ranked.first()), (None, Some(&0)), "{:?}", outcome.decision);
    let outcome = ask(&index, "When does the library open? Thanks?");
    assert_eq!(outcome.decision, Decision::Answer);
}

#[test]
fn clause_that_asks_is_answered_without_what_is_said_around_it() {
    let index = index();
    let around =
        "my daughter lost her purple umbrella somewhere near the windy beach yesterday evening";
    let question = "how many books may members borrow at once?";
    let one = ask(&index, question);
    for text in [
        format!("{around}, {question}"),
        format!("{around} 😩 {question} the weather was awful though"),
        format!("{around}\n{question}"),
    ] {
        let outcome = ask(&index, &text);
        assert_eq!((outcome.decision, &outcome.ranked), (Decision::Answer, &one.ranked), "{text}");
        let explained = explain(&index, &text, &DecisionRule::default());
        assert_eq!(explained.asked_alone.as_deref(), Some(question), "{text}");
        assert!((explained.confidence - one.confidence).abs() < 1e-9, "{text}");
    }
    // That is so at each threshold, too.
    let q = format!("{around}, {question}");
    let message = JudgedMessage { q, gold: vec!["borrowing".to_owned()], kind: String::new() };
    let swept = sweep(&index, &[message], &DecisionRule::default(), || {});
    let answering = swept.rows.iter().filter(|row| row.answer_from <= one.confidence);
    assert!(answering.clone().count() > 3 && answering.clone().all(|row| row.right == 1));
    for (text, why) in [
        (format!("{around} how many books may members borrow at once?"), "one clause"),
        (format!("{around}, how many books?"), "too few words"),
        (format!("{around}, members may borrow books at once"), "asks nothing"),
        (format!("the director is how old, {question}"), "a gap"),
        (format!("not ten books but 20, {question}"), "another number"),
    ] {
        let outcome = ask(&index, &text);
        let explained = explain(&index, &text, &DecisionRule::default());
        assert_eq!(explained.asked_alone, None, "{why}: {:?}", outcome.decision);
    }
}

#[test]
fn phrasing_with_several_questions_is_answered_as_it_is() {
    let asked = "When does the library open? Who is the director?";
    for (of, decision) in [("borrowing", Decision::Answer), ("gap-age", Decision::Abstain)] {
        let (before, entry) = FAQ.split_once(&format!("id = \"{of}\"")).unwrap();
        let entry = entry.replacen("variants = [", &format!("variants = [\"{asked}\", "), 1);
        let faq = format!("{before}id = \"{of}\"{entry}");
        let index = index_of(&faq);
        let outcome = ask(&index, asked);
        assert_eq!(outcome.decision, decision, "{of}");
        let decided = outcome.gap.or_else(|| outcome.ranked.first().copied()).unwrap();
        assert_eq!(index.entry_id(decided), of);
    }
}

#[test]
fn suggestions_never_share_a_quote() {
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
fn entries_with_a_far_lower_score_are_not_suggested() {
    let index = index();
    let never = Thresholds { answer: 1.1, suggest: 0.0, gap: 2.0 };
    let never = DecisionRule { thresholds: never, ..DecisionRule::default() };
    let outcome = index.ask("When does the library open its doors?", &never);
    let ids: Vec<String> = outcome.suggestions.iter().map(|e| index.entry_id(*e)).collect();
    assert_eq!(ids, ["opening"], "others share \"library\" with it");
    assert!(outcome.ranked.len() > 1);
}

#[test]
fn messages_without_a_content_word_are_not_answered() {
    let index = index();
    for text in ["", "   ", "hello", "who is it?", "🙂", "the of and", "zxcv qwer"] {
        let outcome = ask(&index, text);
        assert_eq!(outcome.decision, Decision::Abstain, "{text:?}");
    }
}

#[test]
fn excluded_phrasings_and_entries_do_not_affect_the_outcome() {
    let index = index();
    let director = index.find("director").unwrap();
    let rule = DecisionRule::default();
    let score = |excluded| {
        let text = "name of the library's boss";
        index.ask_excluding(text, &rule, excluded).features.score
    };
    let all = score(Excluded::default());
    let without_phrasing = score(Excluded { phrasing: Some((director, 1)), ..Excluded::default() });
    assert!(without_phrasing < all / 2.0, "{without_phrasing} of {all}");
    let excluded = Excluded { entry: Some(director), ..Excluded::default() };
    let outcome = index.ask_excluding("Who is the director?", &rule, excluded);
    assert!(!outcome.ranked.contains(&director));
}

#[test]
fn questions_are_truncated_to_the_maximum_length() {
    let index = index();
    let long = "library ".repeat(100_000);
    let capped = "library ".repeat(MAX_TOKENS);
    assert_eq!(ask(&index, &long).features, ask(&index, &capped).features);
}

#[test]
fn entry_ids_are_prefixed_by_their_pack_if_there_are_several() {
    let one = index();
    assert_eq!(one.entry_id(0), "opening");
    let two = Index::new(vec![Arc::clone(&one.packs()[0]), Arc::clone(&one.packs()[0])]);
    assert_eq!(two.entry_id(0), "library:opening");
    assert_eq!(two.n_entries(), 2 * one.n_entries());
    assert_eq!(two.find("library:opening"), Some(0), "ties go to the entry that stands first");
}

#[test]
fn exact_phrasings_are_answered() {
    let index = index();
    for text in ["Who is the director?", "opening hours of the library", "rules of BORROWING!"] {
        assert_eq!(ask(&index, text).decision, Decision::Answer, "{text}");
    }
}

#[test]
fn compounds_match_words_written_apart_or_as_one() {
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
    let part = index.indexes().next().unwrap();
    let query = Query::new(part, "who runs the lib rary");
    let compounds = query.tokens.iter().filter(|token| {
        token.direct_match().is_some_and(|term_match| {
            term_match.kind == crate::matching::query::MatchKind::Compound
        })
    });
    assert_eq!(compounds.count(), 2);
}

proptest::proptest! {
    #[test]
    fn arbitrary_messages_give_valid_outcomes(
        text in r"(?s)(library|librry|lib rary|borrow|ann lee|Who|how many|\PC{0,12}|[@<`:.?'\u{301}\u{200d} ]{0,6}| ){0,40}",
    ) {
        let index = index();
        let outcome = ask(&index, &text);
        proptest::prop_assert!((0.0..=1.0).contains(&outcome.confidence));
        proptest::prop_assert!((0.0..=1.0).contains(&outcome.any_confidence));
        proptest::prop_assert!(outcome.features.to_array().iter().all(|feature| feature.is_finite()));
        proptest::prop_assert!(outcome.suggestions.len() <= MAX_SUGGESTIONS);
        let answered = outcome.decision == Decision::Answer;
        proptest::prop_assert!(!answered || !outcome.ranked.is_empty());
    }
}

/// The features of the only entry of a pack in a language, for a question that shares two words with it.
fn features_in(language: &str) -> Features {
    let header = format!("title = \"P\"\nlanguage = {language:?}\n");
    let faq = "[[entry]]\nid = \"a\"\nquestion = \"Zelk murmo tasp?\"\n\
         [[entry.quote]]\ntext = \"Brin.\"\n";
    let source = "+++\ntitle = \"S\"\n+++\nBrin.\n";
    let files = [("faq.toml", faq), ("pack.toml", &header), ("sources/s.md", source)];
    ask(&Index::new(vec![pack_of("p", &files)]), "Zelk murmo quavi?").features
}

#[test]
fn meaning_is_neutral_in_a_language_without_word_vectors() {
    let [without, with] = ["sv", "de"].map(features_in);
    assert!(without.meaning > 0.5 && without.meaning < 0.6, "{}", without.meaning);
    assert!(with.meaning > 0.6, "{}", with.meaning);
    assert!(without.unrelated > 0.5 && without.unrelated < 0.7, "{}", without.unrelated);
}

#[test]
fn uncovered_word_speaks_less_against_an_entry_that_has_a_similar_one() {
    let index = index();
    let unrelated = |question: &str| ask(&index, question).features.unrelated;
    let [same, similar, other] =
        ["Who is the director?", "Who is the manager?", "Who is the zebra?"].map(unrelated);
    assert!(same < 0.05 && same < similar && similar + 0.1 < other, "{same} {similar} {other}");
}
