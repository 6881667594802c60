//! Every limit holds for every entry: the stand-in refuses what Discord would refuse.

use super::bot::{Home, at_once};
use crate::first_pack::{answers_in, first_pack};

#[test]
fn every_entry_of_the_first_pack_is_shown_whole_in_both_styles() {
    let pack = first_pack();
    at_once(["embed", "text"], |style| {
        let home = Home::new();
        let _bot = home.bot(&[("QUOTH_DISCORD__STYLE", style)]);
        let direct = home.discord.direct(home.ada);
        for entry in pack.entries.iter().filter(|entry| !entry.is_gap()) {
            home.discord.says(direct, home.ada, &entry.question);
            let shown = home.discord.next_sent();
            let answers = answers_in(&pack, &shown.text, true);
            let id = entry.id.as_str().to_owned();
            assert!(answers.contains(&id), "{style}: {id} is not in {}", shown.text);
            assert_eq!(shown.n_pings, 0, "{style}: {id}");
        }
    });
}

#[test]
fn all_topics_are_shown_page_by_page() {
    let home = Home::new();
    let pack = first_pack();
    let _bot = home.bot(&[]);
    home.discord.uses(home.room, home.ada, "topics", &[]);
    let mut texts = String::new();
    loop {
        let shown = home.discord.next_sent();
        assert!(shown.is_private, "{shown:?}");
        texts.push_str(&shown.text);
        if shown.labels().is_empty() {
            break;
        }
        home.discord.presses(shown.id, super::bot::WORDS.show_rest, home.ada);
    }
    let shown = crate::first_pack::letters(&texts);
    for entry in pack.entries.iter().filter(|entry| !entry.is_gap()) {
        let question = crate::first_pack::letters(&entry.question);
        assert!(shown.contains(&question), "{} is not among the topics", entry.question);
    }
}
