use std::sync::Arc;

use super::*;
use crate::knowledge::Pack;
use crate::knowledge::fixtures::pack_of;
use crate::matching::DecisionRule;

/// An entry: its id, its phrasings, and its quote; a gap has none.
type Row<'a> = (&'a str, &'a [&'a str], &'a str);

const HOURS: Row<'_> = (
    "hours",
    &["When does the pool open?", "opening hours of the pool", "at what time can I swim"],
    "The pool opens at seven.",
);
const LOCKERS: Row<'_> = (
    "lockers",
    &["What do I need for a locker?", "coin for a locker", "do the lockers take coins"],
    "Lockers take a one euro coin.",
);
const TICKETS: Row<'_> = (
    "tickets",
    &["What does a ticket cost?", "price of a ticket", "how much do I pay"],
    "A ticket costs five euros.",
);
const BAGS: &str = "where can I leave my bag";

fn pack(language: &str, rows: &[Row<'_>]) -> Arc<Pack> {
    let entry = |(id, phrasings, quote): &Row<'_>| {
        let content = match *quote {
            "" => "gap = true\n".to_owned(),
            quote => format!("[[entry.quote]]\ntext = {quote:?}\n"),
        };
        let (question, variants) = (phrasings[0], &phrasings[1..]);
        format!(
            "[[entry]]\nid = {id:?}\nquestion = {question:?}\nvariants = {variants:?}\n{content}"
        )
    };
    let faq: String = rows.iter().map(entry).collect();
    let quotes: Vec<&str> =
        [HOURS.2, LOCKERS.2, TICKETS.2, "Bags stay in the lockers.", "Das Bad öffnet um sieben."]
            .into();
    let source = format!("+++\ntitle = \"S\"\n+++\n{}\n", quotes.join("\n\n"));
    let header = format!("title = \"P\"\nlanguage = {language:?}\n");
    pack_of("p", &[("faq.toml", &faq), ("pack.toml", &header), ("sources/s.md", &source)])
}

fn reviewed(before: &Arc<Pack>, after: &Arc<Pack>, asked: &[(&str, u64)]) -> Review {
    let [before, after] = [before, after].map(|pack| Index::new(vec![Arc::clone(pack)]));
    let rule = DecisionRule::default();
    let version = |index| Version { index, rule: &rule };
    let text =
        |(text, n_times): &(&str, u64)| AskedText { text: (*text).to_owned(), n_times: *n_times };
    let asked: Vec<AskedText> = asked.iter().map(text).collect();
    review(version(&before), version(&after), &asked)
}

/// The lists of a review, each question with what replies to it before and after.
fn told(review: &Review) -> [Vec<String>; 3] {
    let entry = |it: &Option<ReplyingEntry>| match it {
        None => "-".to_owned(),
        Some(ReplyingEntry { id, is_gap }) => format!("{id}{}", if *is_gap { "!" } else { "" }),
    };
    let question = |it: &ReviewedQuestion| {
        format!("{} {}: {}>{}", it.n_times, it.text, entry(&it.before), entry(&it.after))
    };
    [&review.gained, &review.lost, &review.changed].map(|list| list.iter().map(question).collect())
}

/// What a review tells of one question that was asked once.
fn told_of(text: &str, before: &[Row<'_>], after: &[Row<'_>]) -> [Vec<String>; 3] {
    told(&reviewed(&pack("en", before), &pack("en", after), &[(text, 1)]))
}

const BAGS_IN_LOCKERS: Row<'_> = (LOCKERS.0, &[LOCKERS.1[0], LOCKERS.1[1], BAGS], LOCKERS.2);
const BAGS_IN_TICKETS: Row<'_> = (TICKETS.0, &[TICKETS.1[0], TICKETS.1[1], BAGS], TICKETS.2);

#[test]
fn questions_that_get_an_answer_are_told() {
    let after = [HOURS, BAGS_IN_LOCKERS, TICKETS];
    let gained = told_of(BAGS, &[HOURS, LOCKERS, TICKETS], &after);
    assert_eq!(gained, [vec![format!("1 {BAGS}: ->lockers")], vec![], vec![]]);
}

#[test]
fn questions_that_lose_their_answer_are_told() {
    let before = [HOURS, BAGS_IN_LOCKERS, TICKETS];
    let lost = told_of(BAGS, &before, &[HOURS, LOCKERS, TICKETS]);
    assert_eq!(lost, [vec![], vec![format!("1 {BAGS}: lockers>-")], vec![]]);
    let removed = told_of("coin for a locker", &before, &[HOURS, TICKETS]);
    assert_eq!(removed, [vec![], vec!["1 coin for a locker: lockers>-".to_owned()], vec![]]);
}

#[test]
fn questions_that_another_entry_or_another_text_answers_are_told() {
    let (before, moved) = ([HOURS, BAGS_IN_LOCKERS, TICKETS], [HOURS, LOCKERS, BAGS_IN_TICKETS]);
    let changed = told_of(BAGS, &before, &moved);
    assert_eq!(changed, [vec![], vec![], vec![format!("1 {BAGS}: lockers>tickets")]]);
    let requoted = [HOURS, (LOCKERS.0, LOCKERS.1, "Bags stay in the lockers."), TICKETS];
    let changed = told_of("coin for a locker", &[HOURS, LOCKERS, TICKETS], &requoted);
    let want = "1 coin for a locker: lockers>lockers".to_owned();
    assert_eq!(changed, [vec![], vec![], vec![want]]);
}

#[test]
fn gap_that_replies_is_no_answer() {
    let gap: Row<'_> = ("sauna", &["Is there a sauna?", "sauna"], "");
    let with_gap = [HOURS, LOCKERS, TICKETS, gap];
    let told = told_of("is there a sauna", &[HOURS, LOCKERS, TICKETS], &with_gap);
    assert_eq!(told, [vec![], vec![], vec!["1 is there a sauna: ->sauna!".to_owned()]]);
    let instead: Row<'_> = ("price", &["price of a ticket"], "");
    let before = [HOURS, LOCKERS, TICKETS];
    let told = told_of("price of a ticket", &before, &[HOURS, LOCKERS, instead]);
    assert_eq!(told, [vec![], vec!["1 price of a ticket: tickets>price!".to_owned()], vec![]]);
}

#[test]
fn equal_texts_are_asked_once_and_the_most_frequent_comes_first() {
    let (before, after) = ([HOURS, TICKETS], [HOURS, LOCKERS, TICKETS]);
    let asked = [
        ("coin for a locker", 2),
        ("what do I need\nfor a locker?", 4),
        ("opening hours of the pool", 9),
        ("coin for a locker", 3),
    ];
    let review = reviewed(&pack("en", &before), &pack("en", &after), &asked);
    let want = ["5 coin for a locker: ->lockers", "4 what do I need for a locker?: ->lockers"];
    assert_eq!(told(&review), [want.map(str::to_owned).to_vec(), vec![], vec![]]);
    assert_eq!(review.n_texts, 3, "the other is asked, and its reply is the same");
}

#[test]
fn phrasings_of_other_entries_with_the_same_or_similar_words_are_shadowed() {
    let before = [HOURS, LOCKERS, TICKETS];
    let rows = [
        ("Coin for a locker?", LOCKERS.1[1], "lockers", true),
        ("at what time may I swim in the morning", HOURS.1[2], "hours", false),
    ];
    for (added, phrasing, entry, is_same_wording) in rows {
        let phrasings = [TICKETS.1[0], TICKETS.1[1], added];
        let after = [HOURS, LOCKERS, (TICKETS.0, &phrasings[..], TICKETS.2)];
        let review = reviewed(&pack("en", &before), &pack("en", &after), &[]);
        let want = ShadowedPhrasing {
            phrasing: phrasing.to_owned(),
            entry: entry.to_owned(),
            by: "tickets".to_owned(),
            is_same_wording,
        };
        assert_eq!(review.shadowed, [want]);
        let taken_back = reviewed(&pack("en", &after), &pack("en", &before), &[]);
        assert_eq!(taken_back.shadowed, [], "what an entry loses shadows nothing");
    }
}

#[test]
fn packs_in_other_languages_and_translations_are_reviewed() {
    let hours = "Das Bad öffnet um sieben.";
    let before: [Row<'_>; 2] = [
        ("zeiten", &["Wann öffnet das Bad?", "Öffnungszeiten"], hours),
        ("karten", &["Was kostet eine Eintrittskarte?", "Preis einer Karte"], TICKETS.2),
    ];
    let text = "darf man Hunde mitbringen";
    let after: [Row<'_>; 2] = [("zeiten", &["Wann öffnet das Bad?", text], hours), before[1]];
    let review = reviewed(&pack("de", &before), &pack("de", &after), &[(text, 1)]);
    let gained = format!("1 {text}: ->zeiten");
    assert_eq!(told(&review), [vec![gained.clone()], vec![], vec![]]);
    let translated = |phrasings: &str| {
        let faq = format!(
            "[[entry]]\nid = \"zeiten\"\nquestion = \"When does the pool open?\"\n\
             translations = {{ de = [{phrasings}] }}\n[[entry.quote]]\ntext = {hours:?}\n"
        );
        let source = format!("+++\ntitle = \"S\"\n+++\n{hours}\n");
        let header = "title = \"P\"\nlanguage = \"en\"\n";
        pack_of("p", &[("faq.toml", &faq), ("pack.toml", header), ("sources/s.md", &source)])
    };
    let [before, after] =
        ["\"Wann öffnet das Bad?\"".to_owned(), format!("\"Wann öffnet das Bad?\", {text:?}")]
            .map(|phrasings| translated(&phrasings));
    assert_eq!(told(&reviewed(&before, &after, &[(text, 1)])), [vec![gained], vec![], vec![]]);
}

#[test]
fn question_with_several_questions_is_reviewed_by_each_of_them() {
    let both = format!("When does the pool open? And {BAGS}?");
    let before = [HOURS, LOCKERS, TICKETS];
    let [before, after] =
        [before, [HOURS, BAGS_IN_LOCKERS, TICKETS]].map(|rows| Index::new(vec![pack("en", &rows)]));
    let rule = DecisionRule::default();
    let version = |index| Version { index, rule: &rule };
    let comparison = Comparison::new(version(&before), version(&after));
    assert!(comparison.outcomes(&both).is_some());
    assert!(comparison.outcomes("When does the pool open? Is it at seven?").is_none());
}

#[test]
fn other_synonyms_or_sources_concern_all_questions() {
    let one = pack("en", &[HOURS, LOCKERS]);
    let asked = |other: Pack| {
        let [before, after] = [Arc::clone(&one), Arc::new(other)].map(|it| Index::new(vec![it]));
        let rule = DecisionRule::default();
        let version = |index| Version { index, rule: &rule };
        Comparison::new(version(&before), version(&after)).outcomes("anything").is_some()
    };
    let same = || Pack {
        name: one.name.clone(),
        title: one.title.clone(),
        description: None,
        language: one.language.clone(),
        sources: one.sources.clone(),
        entries: one.entries.clone(),
        lexicon: one.lexicon.clone(),
    };
    assert!(!asked(same()));
    assert!(asked(Pack { sources: Vec::new(), ..same() }));
    assert!(asked(Pack { language: crate::text::Language::new("de"), ..same() }));
}
