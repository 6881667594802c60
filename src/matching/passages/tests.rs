use crate::knowledge::fixtures::pack_of;
use crate::matching::{Decision, DecisionRule, Index};

const GARDEN: &str = "The garden opens at eight. Dogs stay outside.\n\n\
    Seeds are sold in the shed. On Mondays it is closed.\n\n\
    How do I rent a plot?\n\nA plot costs forty euros a year.\n\nCompost bin\n";

const FAQ: &str = "[[entry]]\nid = \"opening\"\nquestion = \"When does the garden open?\"\n\
    [[entry.quote]]\ntext = \"The garden opens at eight.\"\n\
    [[entry]]\nid = \"seeds\"\nquestion = \"Where can I buy seeds?\"\n\
    [[entry.quote]]\ntext = \"Seeds are sold in the shed.\"\n\
    [[entry]]\nid = \"water\"\nquestion = \"Who pays for the water?\"\ngap = true\n";

fn index_of(packs: &[(&str, &str, &str)]) -> Index {
    let pack = |(name, front_matter, body): &(&str, &str, &str)| {
        let source = format!("+++\ntitle = \"T\"\n{front_matter}+++\n{body}");
        let header = "title = \"Garden\"\nlanguage = \"en\"\n";
        let files = [("pack.toml", header), ("faq.toml", FAQ), ("sources/garden.md", &source)];
        pack_of(name, &files)
    };
    Index::new(packs.iter().map(pack).collect())
}

fn garden() -> Index {
    index_of(&[("garden", "", GARDEN)])
}

/// The texts of the passages for a question.
fn passages(index: &Index, question: &str) -> Vec<String> {
    let outcome = index.ask(question, &DecisionRule::default());
    let found = index.passages(question, &outcome);
    found.into_iter().map(|it| it.quote.text().to_owned()).collect()
}

#[test]
fn unquoted_sentence_that_covers_the_question_is_a_passage() {
    let index = garden();
    for (question, want) in [
        ("how much does a plot cost a year", &["A plot costs forty euros a year."][..]),
        // "Shed" stands in the sentence before.
        ("is the seed shed closed on mondays", &["On Mondays it is closed."]),
        ("can dogs come in", &[]),
        // It would repeat the question.
        ("compost bin", &[]),
        ("who won the cup", &[]),
    ] {
        assert_eq!(passages(&index, question), want, "{question}");
    }
}

#[test]
fn answered_questions_gaps_and_statements_have_no_passages() {
    let index = garden();
    for question in [
        "When does the garden open?",
        "Who pays for the water?",
        "the plot that we rent costs forty euros a year",
    ] {
        assert_eq!(passages(&index, question), [""; 0], "{question}");
    }
}

#[test]
fn heading_is_no_passage_and_is_the_context_of_what_follows() {
    let body = "The garden opens at eight. Seeds are sold in the shed.\n\n\
        ## Price of a plot in the old orchard\n\nForty euros a year.\n\n## Parking\n\nNone.\n";
    let index = index_of(&[("garden", "format = \"markdown\"\n", body)]);
    assert_eq!(
        passages(&index, "what is the price of an orchard plot a year?"),
        ["Forty euros a year."]
    );
    assert_eq!(passages(&index, "old orchard"), [""; 0]);
}

#[test]
fn passage_is_offered_once_and_beside_few_entries() {
    let twice = format!("{GARDEN}\nA plot costs forty euros a year.\n");
    let index = index_of(&[("a", "", &twice), ("b", "", GARDEN)]);
    let question = "how much does a plot cost a year";
    assert_eq!(passages(&index, question), ["A plot costs forty euros a year."]);
    let mut outcome = index.ask(question, &DecisionRule::default());
    outcome.decision = Decision::Suggest;
    outcome.suggestions = vec![0, 1, 3, 4];
    assert!(index.passages(question, &outcome).is_empty(), "there is no room");
}

#[test]
fn passage_is_found_by_its_id_until_the_source_no_longer_has_it() {
    let index = garden();
    let question = "how much does a plot cost a year";
    let outcome = index.ask(question, &DecisionRule::default());
    let passage = index.passages(question, &outcome).remove(0).quote;
    let id = index.passage_id(&passage);
    assert_eq!(id, "passage garden/garden/4 A plot costs forty euros a year.");
    assert_eq!(index.find_passage(&id), Some(passage));
    assert_eq!(index.find(&id), None);
    let moved = index_of(&[("garden", "", &format!("New.\n\n{GARDEN}"))]);
    assert_eq!(moved.find_passage(&id).map(|it| it.paragraph()), Some(5));
    let changed = index_of(&[("garden", "", &GARDEN.replace("forty", "fifty"))]);
    assert_eq!(changed.find_passage(&id), None);
    for id in ["", "passage ", "passage a/b", "passage garden/garden/x y", "opening"] {
        assert_eq!(index.find_passage(id), None, "{id}");
    }
}
