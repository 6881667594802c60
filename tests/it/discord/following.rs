//! Answers follow their questions: edits and deletions, after a restart too. And what the bot says
//! of itself.

use super::bot::{ANSWER, Home, QUESTION};
use crate::support::discord::{ObservedChange, Saying};
use std::time::Duration;

#[test]
fn an_answer_follows_its_question_after_a_kill() {
    let home = Home::new();
    let Home { discord, room, ada, .. } = &home;
    let bot = home.bot(&[]);
    let questions = [home.asks(QUESTION), home.asks(QUESTION), home.asks(QUESTION)];
    let answers = questions.map(|_| discord.next_sent().id);
    home.settles();
    let bot = bot.restart(discord, true);
    discord.edits(questions[0], &home.to_bot("best pizza in almaty?"));
    let ObservedChange::Amended(amended) = discord.next() else { panic!("it stays") };
    assert_eq!(amended.id, answers[0]);
    assert!(amended.text.contains("I have no quote"), "{amended:?}");
    discord.edits(questions[0], "never mind");
    let ObservedChange::Removed(removed) = discord.next() else { panic!("it stays") };
    assert_eq!(removed.id, answers[0]);
    let bot = bot.restart(discord, false);
    discord.deletes_many(*room, &questions[1..]);
    let mut gone = [discord.next(), discord.next()].map(|seen| match seen {
        ObservedChange::Removed(shown) => shown.id,
        other => panic!("{other:?}"),
    });
    gone.sort_unstable();
    assert_eq!(gone, answers[1..]);
    discord.says(*room, *ada, "and on it goes");
    discord.shows_nothing();
    bot.stop();
}

#[test]
fn what_nobody_changed_changes_nothing() {
    let home = Home::new();
    let _bot = home.bot(&[]);
    let question = home.asks(&format!("{QUESTION} https://a.example"));
    home.discord.next_sent();
    home.discord.previews(question);
    home.discord.repeats(question);
    home.discord.shows_nothing();
    assert_eq!(home.discord.shown(home.room).len(), 1);
}

#[test]
fn a_question_that_was_edited_long_ago_may_be_pinned() {
    let home = Home::new();
    let Home { discord, ada, .. } = &home;
    let bot = home.bot(&[]);
    let question = home.asks(QUESTION);
    let answer = discord.next_sent().id;
    discord.edits(question, &home.to_bot("china help kazakhstan"));
    let ObservedChange::Amended(suggestions) = discord.next() else { panic!("it stays") };
    assert!(suggestions.labels().iter().any(|label| label.starts_with("1. ")), "{suggestions:?}");
    discord.presses(answer, "2. ", *ada);
    let ObservedChange::Amended(picked) = discord.next() else { panic!("nothing was picked") };
    assert_eq!(picked.id, answer);
    // Whoever pins it, or has Discord look at a link, changes no word of it.
    discord.previews(question);
    discord.shows_nothing();
    let bot = bot.restart(discord, false);
    discord.previews(question);
    discord.shows_nothing();
    bot.stop();
}

#[test]
fn an_answer_that_is_gone_does_not_come_back_by_an_edit() {
    let home = Home::new();
    let _bot = home.bot(&[]);
    let question = home.asks(QUESTION);
    let answer = home.discord.next_sent().id;
    home.discord.deletes(answer);
    assert!(matches!(home.discord.next(), ObservedChange::Removed(_)));
    home.discord.edits(question, &home.to_bot("best pizza in almaty?"));
    home.discord.shows_nothing();
}

#[test]
fn help_topics_and_pause_are_commands_that_know_who_asks() {
    let home = Home::new();
    let Home { discord, room, ada, bob, .. } = &home;
    let moderators = format!("['{ada}']");
    let bot = home.bot(&[("QUOTH_DEFAULT_SPACE__MODERATORS", &moderators)]);
    let rows = [
        (bob, "help", true, "Ask in your own words"),
        (bob, "pause", true, "Only moderators"),
        (ada, "pause", false, "paused"),
        (bob, "help", true, "paused"),
    ];
    for (person, command, is_private, words) in rows {
        let done = discord.uses(*room, *person, command, &[]);
        let shown = discord.next_sent();
        assert_eq!(shown.interaction, Some(done.id), "{command}");
        assert_eq!(shown.is_private, is_private, "{command}: {shown:?}");
        assert!(shown.text.contains(words), "{command}: {shown:?}");
    }
    home.asks(QUESTION);
    discord.shows_nothing();
    let bot = bot.restart(discord, true);
    home.asks(QUESTION);
    discord.shows_nothing();
    discord.uses(*room, *ada, "resume", &[]);
    assert!(discord.next_sent().text.contains("I answer again"));
    home.asks(QUESTION);
    assert!(discord.next_sent().text.contains(ANSWER));
    bot.stop();
}

#[test]
fn moderators_can_be_named_by_their_role() {
    let home = Home::new();
    let Home { discord, guild, room, ada, bob, .. } = &home;
    let role = discord.gives_role(*guild, *bob, "mods");
    let moderators = format!("['discord:role:{role}']");
    let _bot = home.bot(&[("QUOTH_DEFAULT_SPACE__MODERATORS", &moderators)]);
    for (person, words) in [(ada, "Only moderators"), (bob, "paused")] {
        discord.says(*room, *person, &home.to_bot("pause"));
        assert!(discord.next_sent().text.contains(words));
    }
}

#[test]
fn it_greets_once_and_says_what_is_left_to_set_up() {
    let home = Home::new();
    let Home { discord, .. } = &home;
    let bot = home.bot(&[]);
    let new = discord.guild_since("new", Duration::ZERO);
    let hall = discord.channel(new, "hall");
    discord.tells_guild(new);
    let greeting = discord.next_sent();
    assert_eq!(greeting.channel, hall.0);
    for part in ["I answer with quotes", "name moderators"] {
        assert!(greeting.text.contains(part), "{part} is not in {}", greeting.text);
    }
    discord.tells_guild(new);
    discord.loses_for_a_while(new);
    discord.loses_for_a_while(home.guild);
    let bot = bot.restart(discord, true);
    discord.shows_nothing();
    let saying = Saying {
        text: &home.to_bot(QUESTION),
        ago: Duration::from_secs(3600),
        ..Saying::default()
    };
    discord.says_so(hall, home.ada, saying);
    discord.shows_nothing();
    bot.stop();
}

#[test]
fn whoever_invites_it_before_it_starts_is_greeted_when_it_does() {
    let home = Home::new();
    let Home { discord, ada, .. } = &home;
    let new = discord.guild_since("new", Duration::from_secs(600));
    let hall = discord.channel(new, "hall");
    let other = discord.channel(new, "other");
    let bot = home.bot(&[]);
    let greeting = discord.next_sent();
    assert_eq!(greeting.channel, hall.0, "and the guild of a year ago has none");
    let text = home.to_bot(QUESTION);
    let saying = Saying { text: &text, ago: Duration::from_secs(900), ..Saying::default() };
    discord.says_so(other, *ada, saying);
    discord.shows_nothing();
    let bot = bot.restart(discord, false);
    discord.shows_nothing();
    bot.stop();
}
