//! Answers: their content and controls, who may use these, and restarts.

use super::bot::{ANSWER, LABELS, QUESTION, TestGuild};
use crate::first_pack::letters;
use crate::folder::{Folder, UNQUOTED};
use crate::support::discord::{InjectedFault, ObservedChange, ObservedMessage, UserMessage};
use std::time::Duration;

const EMBED: &str = "embed";
const TEXT: &str = "text";

#[test]
fn answer_has_lead_quotes_source_and_controls_in_both_styles() {
    for style in [EMBED, TEXT] {
        let home = TestGuild::new();
        let _bot = home.bot(&[("QUOTH_DISCORD__STYLE", style)]);
        home.ask(QUESTION);
        let reply = home.discord.next_message();
        // Notifications, and clients with link previews off, show the content alone.
        assert!(reply.content.starts_with("**In short:** "), "{style}: {reply:?}");
        assert_eq!(reply.content.contains("\n> "), style == TEXT, "{reply:?}");
        assert_eq!(reply.embeds.as_array().map(Vec::len), Some(usize::from(style == EMBED)));
        for part in ["In short:", "\n> “With Russia", "Rana Mitter", "paragraph 4"] {
            assert!(reply.text.contains(part), "{style}: {part:?} is not in {}", reply.text);
        }
        let labels =
            [LABELS.show_paragraph, LABELS.answered_it, LABELS.not_this, LABELS.delete].to_vec();
        assert_eq!(reply.labels(), labels, "{style}");
        // The button that deletes stands out (danger) from the others (secondary).
        let colors: Vec<u64> = reply.controls().filter_map(|it| it["style"].as_u64()).collect();
        assert_eq!(colors, [2, 2, 2, 4], "{style}");
    }
}

#[test]
fn source_with_a_url_is_linked() {
    let home = TestGuild::new();
    let folder = Folder::with_pack();
    let source = std::fs::read_to_string(folder.path("p/sources/doc.md")).unwrap();
    let linked = source.replacen("title =", "url = \"https://source.example/a_b\"\ntitle =", 1);
    folder.write("p/sources/doc.md", linked);
    let _bot = home.bot_with("['p']", folder, &[]);
    home.ask("What did Ann say?");
    let reply = home.discord.next_message();
    assert!(reply.text.contains("](<https://source.example/a_b>)"), "{}", reply.text);
}

/// A pack with one entry that has five long quotes.
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
fn quotes_beyond_the_limit_are_behind_a_button_and_never_cut() {
    for style in [EMBED, TEXT] {
        let home = TestGuild::new();
        let (folder, quotes) = long_pack();
        let _bot = home.bot_with("['p']", folder, &[("QUOTH_DISCORD__STYLE", style)]);
        home.ask("What is long?");
        let mut reply = home.discord.next_message();
        let mut n_shown = 0;
        for n_messages in 1..=quotes.len() {
            let text = letters(&reply.text);
            let here = quotes.iter().filter(|quote| text.contains(&letters(quote))).count();
            assert!(here > 0, "{style}: message {n_messages} has no complete quote: {reply:?}");
            n_shown += here;
            if !reply.labels().contains(&LABELS.show_rest) {
                break;
            }
            home.discord.user_presses(reply.id, LABELS.show_rest, home.bob);
            reply = home.discord.next_message();
            assert!(reply.is_private, "the rest is ephemeral: {reply:?}");
        }
        assert_eq!(n_shown, quotes.len(), "{style}");
    }
}

#[test]
fn controls_work_after_a_restart_and_a_kill() {
    let home = TestGuild::new();
    let TestGuild { discord, ada, bob, .. } = &home;
    let mut bot = home.bot(&[]);
    home.ask(QUESTION);
    let answer = discord.next_message().id;
    for is_killed in [false, true] {
        bot = bot.restart(discord, is_killed);
        discord.user_presses(answer, LABELS.show_paragraph, *bob);
        let paragraph = discord.next_message();
        assert!(paragraph.is_private && paragraph.text.contains("paragraph 4"), "{paragraph:?}");
        for label in [LABELS.answered_it, LABELS.not_this] {
            discord.user_presses(answer, label, *bob);
            let thanks = discord.next_message();
            assert!(thanks.is_private && thanks.text.contains("Thank you"), "{thanks:?}");
        }
    }
    discord.user_presses(answer, LABELS.delete, *ada);
    let ObservedChange::Deleted(deleted) = discord.next_change() else { panic!("not deleted") };
    assert_eq!(deleted.id, answer);
}

#[test]
fn private_answer_has_working_controls() {
    let home = TestGuild::new();
    let TestGuild { discord, channel, ada, .. } = &home;
    let _bot = home.bot(&[]);
    discord.user_runs_command(*channel, *ada, "ask", &[("question", QUESTION)]);
    let answer = discord.next_message();
    discord.user_presses(answer.id, LABELS.show_paragraph, *ada);
    let paragraph = discord.next_message();
    assert!(paragraph.is_private && paragraph.text.contains(ANSWER), "{paragraph:?}");
    discord.user_presses(answer.id, LABELS.answered_it, *ada);
    assert!(discord.next_message().text.contains("Thank you"));
}

#[test]
fn suggestions_are_selected_by_their_asker_in_private() {
    let home = TestGuild::new();
    let TestGuild { discord, channel, ada, .. } = &home;
    let bot = home.bot(&[]);
    let ask = [("question", "china help kazakhstan")];
    discord.user_runs_command(*channel, *ada, "ask", &ask);
    let suggestions = discord.next_message();
    let first = suggestions.labels().first().map(|label| (*label).to_owned());
    assert!(suggestions.is_private && first.as_ref().is_some_and(|it| it.starts_with("1. ")));
    let bot = bot.restart(discord, false);
    discord.user_presses(suggestions.id, "2. ", *ada);
    let ObservedChange::Edited(selected) = discord.next_change() else { panic!("not edited") };
    assert_eq!(selected.id, suggestions.id);
    assert!(selected.text.contains("\n> ") && selected.labels().contains(&LABELS.show_paragraph));
    assert!(
        !selected.labels().contains(&LABELS.delete),
        "an ephemeral answer has no delete button"
    );
    bot.stop();
}

#[test]
fn passage_is_suggested_and_shown_with_its_citation_when_picked() {
    let home = TestGuild::new();
    let TestGuild { discord, channel, ada, .. } = &home;
    let folder = Folder::with_unquoted_sentence();
    let packs = format!("['{}']", folder.arg("p"));
    let bot = home.bot_with(&packs, folder, &[]);
    let ask = [("question", "do bicycles travel")];
    discord.user_runs_command(*channel, *ada, "ask", &ask);
    let suggestions = discord.next_message();
    assert!(suggestions.text.ends_with(&format!("In the document:\n1. {UNQUOTED}")));
    assert_eq!(suggestions.labels(), [format!("1. {UNQUOTED}")]);
    let bot = bot.restart(discord, false);
    discord.user_presses(suggestions.id, "1. ", *ada);
    let ObservedChange::Edited(selected) = discord.next_change() else { panic!("not edited") };
    let quote = format!("> {UNQUOTED}\n— “Doc”, paragraph 3");
    assert!(selected.text.contains(&quote), "{selected:?}");
    discord.user_presses(suggestions.id, LABELS.show_paragraph, *ada);
    assert!(discord.next_message().text.contains(&quote));
    discord.user_presses(suggestions.id, LABELS.share, *ada);
    let shared = discord.next_message();
    assert!(!shared.is_private && shared.text.contains(&quote), "{shared:?}");
    bot.stop();
}

#[test]
fn queued_component_uses_get_their_own_responses() {
    let home = TestGuild::new();
    let TestGuild { discord, ada, bob, .. } = &home;
    let _bot = home.bot(&[]);
    home.ask("china help kazakhstan");
    let suggestions = discord.next_message();
    discord.inject_fault(
        "POST /channels/{}/messages",
        1,
        InjectedFault::Slow(Duration::from_secs(1)),
    );
    home.ask(QUESTION);
    let selected = discord.user_presses(suggestions.id, "2. ", *ada);
    let rejected = discord.user_presses(suggestions.id, "1. ", *bob);
    // A response that is late, on a slow machine, is deferred first: 6.
    let updates = discord.response_type(&selected);
    assert!([6, 7].contains(&updates), "the message is updated for the asker: {updates}");
    let sends = discord.response_type(&rejected);
    assert!([4, 6].contains(&sends), "another user gets a message: {sends}");
    discord.next_message();
    let ObservedChange::Edited(reply) = discord.next_change() else { panic!("not edited") };
    assert_eq!((reply.id, reply.interaction), (suggestions.id, Some(selected.id)), "{reply:?}");
    let notice = discord.next_message();
    assert!(notice.is_private && notice.interaction == Some(rejected.id), "{notice:?}");
}

#[test]
fn forged_custom_ids_grant_no_rights() {
    let home = TestGuild::new();
    let TestGuild { discord, channel, ada, bob, .. } = &home;
    let _bot = home.bot(&[]);
    home.ask(QUESTION);
    let answer = discord.next_message();
    home.ask("china help kazakhstan");
    let suggestions = discord.next_message();
    let chat = discord.user_sends(*channel, *bob, "not a message of the bot");
    let ids = |reply: &ObservedMessage| -> Vec<String> {
        reply.controls().filter_map(|it| it["custom_id"].as_str().map(str::to_owned)).collect()
    };
    let huge = format!("{}9", "9".repeat(80));
    let invalid_ids = [
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
    for id in invalid_ids {
        discord.user_sends_custom_id(answer.id, id, None, *bob);
        discord.user_sends_custom_id(answer.id, id, Some(id), *bob);
    }
    for id in [ids(&answer), ids(&suggestions)].concat() {
        for message in [answer.id, suggestions.id, chat] {
            discord.user_sends_custom_id(message, &id, None, *bob);
            discord.user_sends_custom_id(message, "x", Some(&id), *bob);
        }
    }
    for change in home.changes_until_idle() {
        assert!(
            matches!(change, ObservedChange::Sent(ObservedMessage { is_private: true, .. })),
            "{change:?}"
        );
    }
    let messages: Vec<String> =
        discord.messages_in(*channel).into_iter().map(|reply| reply.text).collect();
    assert!(
        messages.contains(&answer.text) && messages.contains(&suggestions.text),
        "both are unchanged"
    );
    discord.user_presses(answer.id, LABELS.delete, *ada);
    assert!(
        matches!(discord.next_change(), ObservedChange::Deleted(_)),
        "their asker can still delete"
    );
}

#[test]
fn pack_texts_never_ping_or_act_as_markup() {
    let home = TestGuild::new();
    let TestGuild { discord, guild, ada, .. } = &home;
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
    home.ask("What is nasty?");
    let reply = discord.next_message();
    assert_eq!(reply.n_pings, 0, "{reply:?}");
    for raw in [format!("<@{}", ada.0), "**b**".to_owned(), "](https".to_owned(), "<t:".to_owned()]
    {
        assert!(!reply.text.contains(&raw), "{raw} is in {}", reply.text);
    }
    assert!(letters(&reply.text).contains(&letters(&nasty)), "{reply:?}");
}

#[test]
fn repeated_component_uses_get_a_response_each_and_one_effect() {
    let home = TestGuild::new();
    let TestGuild { discord, channel, ada, bob, .. } = &home;
    let _bot = home.bot(&[]);
    home.ask("china help kazakhstan");
    let suggestions = discord.next_message().id;
    discord.hold_events();
    let selections =
        ["1. ", "2. ", "1. "].map(|label| discord.user_presses(suggestions, label, *ada));
    let rejected = discord.user_presses(suggestions, "1. ", *bob);
    discord.release_events(false);
    for interaction in selections.iter().chain([&rejected]) {
        discord.response_type(interaction);
    }
    home.changes_until_idle();
    let messages: Vec<ObservedMessage> =
        discord.messages_in(*channel).into_iter().filter(|reply| !reply.is_private).collect();
    assert_eq!(messages.len(), 1, "{messages:?}");
    assert!(messages[0].labels().contains(&LABELS.show_paragraph), "{messages:?}");

    discord.hold_events();
    let presses = [0, 1, 2].map(|_| discord.user_presses(suggestions, LABELS.delete, *ada));
    discord.release_events(false);
    for interaction in &presses {
        discord.response_type(interaction);
    }
    let changes = home.changes_until_idle();
    let n_deleted =
        changes.iter().filter(|change| matches!(change, ObservedChange::Deleted(_))).count();
    assert_eq!(n_deleted, 1, "{changes:?}");
}

#[test]
fn pinged_is_the_asker_alone() {
    let home = TestGuild::new();
    let TestGuild { discord, channel, ada, bob, .. } = &home;
    let listened = discord.channel(home.guild, "listened");
    let listens_in = format!("['{listened}']");
    let settings = [
        ("QUOTH_DISCORD__PINGS_ASKER", "true"),
        ("QUOTH_DISCORD__MESSAGE_CONTENT", "true"),
        ("QUOTH_DEFAULT_SPACE__LISTENS_IN", listens_in.as_str()),
    ];
    let _bot = home.bot(&settings);
    let question = home.ask(QUESTION);
    let answer = discord.next_message();
    assert_eq!((answer.reply_to, answer.pings.as_slice()), (Some(question), &[ada.0][..]));
    // Who asks about a message of another user does not have them pinged.
    let asked = discord.user_sends(*channel, *bob, QUESTION);
    discord.user_runs_message_command(asked, *ada, "Ask about this");
    let text = home.mention_bot("this?");
    let other = discord.user_sends(*channel, *bob, QUESTION);
    let under = UserMessage { text: &text, reply_to: Some(other), ..UserMessage::default() };
    let under = discord.user_sends_message(*channel, *ada, under);
    let changes = home.changes_until_idle();
    let pings_of = |question| {
        let mut messages = changes.iter().map(ObservedChange::message);
        messages.find(|it| it.reply_to == Some(question)).map(|it| it.pings.clone())
    };
    assert_eq!(pings_of(asked), Some(vec![]), "{changes:?}");
    assert_eq!(pings_of(under), Some(vec![ada.0]), "{changes:?}");
    // Nobody asked for a reply in a listening channel.
    discord.user_sends(listened, *bob, QUESTION);
    let unasked = discord.next_message();
    assert!(unasked.is_silent && unasked.pings.is_empty(), "{unasked:?}");
}

#[test]
fn feedback_is_taken_back_by_giving_it_again() {
    let home = TestGuild::new();
    let TestGuild { discord, ada, bob, .. } = &home;
    let _bot = home.bot(&[]);
    home.ask(QUESTION);
    let answer = discord.next_message().id;
    let rows = [
        (bob, LABELS.not_this, "Thank you"),
        (ada, LABELS.not_this, "Thank you"),
        (bob, LABELS.not_this, "taken back"),
        (bob, LABELS.not_this, "Thank you"),
        (bob, LABELS.answered_it, "Thank you"),
        (bob, LABELS.answered_it, "taken back"),
    ];
    for (user, label, want) in rows {
        discord.user_presses(answer, label, *user);
        let reply = discord.next_message();
        assert!(reply.is_private && reply.text.contains(want), "{label}, {want}: {reply:?}");
    }
}
