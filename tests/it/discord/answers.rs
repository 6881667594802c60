//! What an answer shows and offers, and what its controls do, to whom, and after a restart.

use super::bot::{ANSWER, Home, QUESTION, WORDS};
use crate::first_pack::letters;
use crate::folder::Folder;
use crate::support::discord::{InjectedFault, ObservedChange, ObservedMessage};
use std::time::Duration;

const EMBED: &str = "embed";
const TEXT: &str = "text";

#[test]
fn an_answer_has_lead_quotes_source_and_controls_in_both_styles() {
    for style in [EMBED, TEXT] {
        let home = Home::new();
        let _bot = home.bot(&[("QUOTH_DISCORD__STYLE", style)]);
        home.asks(QUESTION);
        let shown = home.discord.next_sent();
        assert_eq!(shown.content.is_empty(), style == EMBED, "{shown:?}");
        assert_eq!(shown.embeds.as_array().map(Vec::len), Some(usize::from(style == EMBED)));
        for part in ["In short:", "\n> “With Russia", "Rana Mitter", "paragraph 4"] {
            assert!(shown.text.contains(part), "{style}: {part:?} is not in {}", shown.text);
        }
        let labels =
            [WORDS.show_paragraph, WORDS.answered_it, WORDS.not_this, WORDS.delete].to_vec();
        assert_eq!(shown.labels(), labels, "{style}");
    }
}

#[test]
fn a_source_with_an_address_is_linked() {
    let home = Home::new();
    let folder = Folder::with_pack();
    let source = std::fs::read_to_string(folder.path("p/sources/doc.md")).unwrap();
    let linked = source.replacen("title =", "url = \"https://source.example/a_b\"\ntitle =", 1);
    folder.write("p/sources/doc.md", linked);
    let _bot = home.bot_with("['p']", folder, &[]);
    home.asks("What did Ann say?");
    let shown = home.discord.next_sent();
    assert!(shown.text.contains("](<https://source.example/a_b>)"), "{}", shown.text);
}

/// A pack with one entry of many long quotes.
fn long_pack() -> (Folder, Vec<String>) {
    let folder = Folder::empty();
    let quotes: Vec<String> = (0..5)
        .map(|number| format!("Quote {number} {}end {number}.", "*bold_words* ".repeat(100)))
        .collect();
    folder.write("p/pack.toml", "title = \"Long\"\n");
    let source = format!("+++\ntitle = \"A *title*\"\n+++\n\n{}\n", quotes.join("\n\n"));
    folder.write("p/sources/doc.md", source);
    let entry =
        "[[entry]]\nid = \"long\"\nquestion = \"What is long?\"\nvariants = [\"long quotes\"]\n";
    let quoted: Vec<String> =
        quotes.iter().map(|quote| format!("[[entry.quote]]\ntext = \"{quote}\"\n")).collect();
    folder.write("p/faq.toml", format!("{entry}{}", quoted.concat()));
    (folder, quotes)
}

#[test]
fn what_does_not_fit_is_behind_a_button_and_no_quote_is_cut() {
    for style in [EMBED, TEXT] {
        let home = Home::new();
        let (folder, quotes) = long_pack();
        let _bot = home.bot_with("['p']", folder, &[("QUOTH_DISCORD__STYLE", style)]);
        home.asks("What is long?");
        let mut shown = home.discord.next_sent();
        let mut n_shown = 0;
        for n_messages in 1..=quotes.len() {
            let text = letters(&shown.text);
            let here = quotes.iter().filter(|quote| text.contains(&letters(quote))).count();
            assert!(here > 0, "{style}: message {n_messages} shows a whole quote: {shown:?}");
            n_shown += here;
            if !shown.labels().contains(&WORDS.show_rest) {
                break;
            }
            home.discord.presses(shown.id, WORDS.show_rest, home.bob);
            shown = home.discord.next_sent();
            assert!(shown.is_private, "who wants the rest has it: {shown:?}");
        }
        assert_eq!(n_shown, quotes.len(), "{style}");
    }
}

#[test]
fn controls_work_after_a_restart_and_a_kill() {
    let home = Home::new();
    let Home { discord, ada, bob, .. } = &home;
    let mut bot = home.bot(&[]);
    home.asks(QUESTION);
    let answer = discord.next_sent().id;
    for is_killed in [false, true] {
        bot = bot.restart(discord, is_killed);
        discord.presses(answer, WORDS.show_paragraph, *bob);
        let paragraph = discord.next_sent();
        assert!(paragraph.is_private && paragraph.text.contains("paragraph 4"), "{paragraph:?}");
        for label in [WORDS.answered_it, WORDS.not_this] {
            discord.presses(answer, label, *bob);
            let thanks = discord.next_sent();
            assert!(thanks.is_private && thanks.text.contains("Thank you"), "{thanks:?}");
        }
    }
    discord.presses(answer, WORDS.delete, *ada);
    let ObservedChange::Removed(gone) = discord.next() else { panic!("it stays") };
    assert_eq!(gone.id, answer);
}

#[test]
fn a_private_answer_offers_what_its_asker_may_do() {
    let home = Home::new();
    let Home { discord, room, ada, .. } = &home;
    let _bot = home.bot(&[]);
    discord.uses(*room, *ada, "ask", &[("question", QUESTION)]);
    let answer = discord.next_sent();
    discord.presses(answer.id, WORDS.show_paragraph, *ada);
    let paragraph = discord.next_sent();
    assert!(paragraph.is_private && paragraph.text.contains(ANSWER), "{paragraph:?}");
    discord.presses(answer.id, WORDS.answered_it, *ada);
    assert!(discord.next_sent().text.contains("Thank you"));
}

#[test]
fn suggestions_are_picked_by_their_asker_in_private_too() {
    let home = Home::new();
    let Home { discord, room, ada, .. } = &home;
    let bot = home.bot(&[]);
    let ask = [("question", "china help kazakhstan")];
    discord.uses(*room, *ada, "ask", &ask);
    let suggestions = discord.next_sent();
    let first = suggestions.labels().first().map(|label| (*label).to_owned());
    assert!(suggestions.is_private && first.as_ref().is_some_and(|it| it.starts_with("1. ")));
    let bot = bot.restart(discord, false);
    discord.presses(suggestions.id, "2. ", *ada);
    let ObservedChange::Amended(picked) = discord.next() else { panic!("nothing was picked") };
    assert_eq!(picked.id, suggestions.id);
    assert!(picked.text.contains("\n> ") && picked.labels().contains(&WORDS.show_paragraph));
    assert!(!picked.labels().contains(&WORDS.delete), "a private answer is its reader's to hide");
    bot.stop();
}

#[test]
fn whoever_presses_while_others_wait_is_told_what_they_pressed_for() {
    let home = Home::new();
    let Home { discord, ada, bob, .. } = &home;
    let _bot = home.bot(&[]);
    home.asks("china help kazakhstan");
    let suggestions = discord.next_sent();
    discord.spoils("POST /channels/{}/messages", 1, InjectedFault::Slow(Duration::from_secs(1)));
    home.asks(QUESTION);
    let picked = discord.presses(suggestions.id, "2. ", *ada);
    let refused = discord.presses(suggestions.id, "1. ", *bob);
    assert_eq!(discord.response_to(&picked), 7, "the message is changed for who picked");
    assert_eq!(discord.response_to(&refused), 4, "and who may not is told so");
    discord.next_sent();
    let ObservedChange::Amended(shown) = discord.next() else { panic!("nothing was picked") };
    assert_eq!((shown.id, shown.interaction), (suggestions.id, Some(picked.id)), "{shown:?}");
    let told = discord.next_sent();
    assert!(told.is_private && told.interaction == Some(refused.id), "{told:?}");
}

#[test]
fn forged_ids_do_nothing_that_their_presser_may_not_do() {
    let home = Home::new();
    let Home { discord, room, ada, bob, .. } = &home;
    let _bot = home.bot(&[]);
    home.asks(QUESTION);
    let answer = discord.next_sent();
    home.asks("china help kazakhstan");
    let suggestions = discord.next_sent();
    let chat = discord.says(*room, *bob, "not a message of the bot");
    let ids = |shown: &ObservedMessage| -> Vec<String> {
        shown.controls().filter_map(|it| it["custom_id"].as_str().map(str::to_owned)).collect()
    };
    let huge = format!("{}9", "9".repeat(80));
    let strange = [
        "",
        ":",
        "q1",
        "q1:",
        "q1:pick",
        "q1:pick:0",
        "q1:pick:-1",
        "q1:pick:99",
        "q1:rest:99",
        "q1:paragraph:99",
        "q1:topics:99999",
        "q2:delete",
        "delete",
        "q1:delete:1",
        "q1:pick:1:2",
        "\u{0}",
        "q1:rest:18446744073709551615",
        huge.as_str(),
    ];
    for id in strange {
        discord.sends_id(answer.id, id, None, *bob);
        discord.sends_id(answer.id, id, Some(id), *bob);
    }
    for id in [ids(&answer), ids(&suggestions)].concat() {
        for message in [answer.id, suggestions.id, chat] {
            discord.sends_id(message, &id, None, *bob);
            discord.sends_id(message, "x", Some(&id), *bob);
        }
    }
    for seen in home.seen_until_settled() {
        assert!(
            matches!(seen, ObservedChange::Sent(ObservedMessage { is_private: true, .. })),
            "{seen:?}"
        );
    }
    let left: Vec<String> = discord.shown(*room).into_iter().map(|shown| shown.text).collect();
    assert!(left.contains(&answer.text) && left.contains(&suggestions.text), "both stand");
    discord.presses(answer.id, WORDS.delete, *ada);
    assert!(matches!(discord.next(), ObservedChange::Removed(_)), "and their asker still can");
}

#[test]
fn nothing_in_a_pack_pings_or_is_markup() {
    let home = Home::new();
    let Home { discord, guild, ada, .. } = &home;
    let nasty = format!(
        "@everyone <@{}> <@&{}> **b** ||s|| `c` [l](https://x.y) <t:1:R> <:e:123456789012345678>",
        ada.0, guild.0
    );
    let folder = Folder::empty();
    folder.write("p/pack.toml", "title = \"N\"\n");
    folder.write("p/sources/doc.md", format!("+++\ntitle = \"# {nasty}\"\n+++\n\n{nasty}\n"));
    let quote = format!("[[entry.quote]]\ntext = \"{nasty}\"\nspeaker = \"*{nasty}\"\n");
    folder.write(
        "p/faq.toml",
        format!(
            "[[entry]]\nid = \"n\"\nquestion = \"What is nasty?\"\nlead = \"> {nasty}\"\n{quote}"
        ),
    );
    let _bot = home.bot_with("['p']", folder, &[("QUOTH_DISCORD__STYLE", TEXT)]);
    home.asks("What is nasty?");
    let shown = discord.next_sent();
    assert_eq!(shown.n_pings, 0, "{shown:?}");
    for raw in [format!("<@{}", ada.0), "**b**".to_owned(), "](https".to_owned(), "<t:".to_owned()]
    {
        assert!(!shown.text.contains(&raw), "{raw} is in {}", shown.text);
    }
    assert!(letters(&shown.text).contains(&letters(&nasty)), "{shown:?}");
}

#[test]
fn whoever_presses_twice_is_answered_twice_and_all_is_done_once() {
    let home = Home::new();
    let Home { discord, room, ada, bob, .. } = &home;
    let _bot = home.bot(&[]);
    home.asks("china help kazakhstan");
    let suggestions = discord.next_sent().id;
    discord.holds();
    let picks = ["1. ", "2. ", "1. "].map(|label| discord.presses(suggestions, label, *ada));
    let refused = discord.presses(suggestions, "1. ", *bob);
    discord.releases(false);
    for done in picks.iter().chain([&refused]) {
        discord.response_to(done);
    }
    home.seen_until_settled();
    let left: Vec<ObservedMessage> =
        discord.shown(*room).into_iter().filter(|shown| !shown.is_private).collect();
    assert_eq!(left.len(), 1, "{left:?}");
    assert!(left[0].labels().contains(&WORDS.show_paragraph), "{left:?}");

    discord.holds();
    let presses = [0, 1, 2].map(|_| discord.presses(suggestions, WORDS.delete, *ada));
    discord.releases(false);
    for done in &presses {
        discord.response_to(done);
    }
    let seen = home.seen_until_settled();
    let n_removed = seen.iter().filter(|seen| matches!(seen, ObservedChange::Removed(_))).count();
    assert_eq!(n_removed, 1, "{seen:?}");
}
