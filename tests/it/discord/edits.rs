//! Edits and deletions of questions, the other commands, and greetings.

use super::bot::{ANSWER, QUESTION, TestGuild};
use crate::support::discord::{InjectedFault, ObservedChange, UserMessage};
use std::time::Duration;

#[test]
fn answer_follows_edits_and_deletions_of_its_question_after_a_kill() {
    let home = TestGuild::new();
    let TestGuild { discord, channel, ada, .. } = &home;
    let bot = home.bot(&[]);
    let questions = [home.ask(QUESTION), home.ask(QUESTION), home.ask(QUESTION)];
    let answers = questions.map(|_| discord.next_message().id);
    home.wait_until_idle();
    let bot = bot.restart(discord, true);
    discord.user_edits(questions[0], &home.mention_bot("best pizza in almaty?"));
    let ObservedChange::Edited(edited) = discord.next_change() else { panic!("unexpected change") };
    assert_eq!(edited.id, answers[0]);
    assert!(edited.text.contains("I have no quote"), "{edited:?}");
    discord.user_edits(questions[0], "never mind");
    let ObservedChange::Deleted(deleted) = discord.next_change() else {
        panic!("unexpected change")
    };
    assert_eq!(deleted.id, answers[0]);
    let bot = bot.restart(discord, false);
    discord.bulk_delete(*channel, &questions[1..]);
    let mut deleted = [discord.next_change(), discord.next_change()].map(|change| match change {
        ObservedChange::Deleted(reply) => reply.id,
        other => panic!("{other:?}"),
    });
    deleted.sort_unstable();
    assert_eq!(deleted, answers[1..]);
    discord.user_sends(*channel, *ada, "unrelated");
    discord.assert_no_changes();
    bot.stop();
}

#[test]
fn updates_without_an_edit_change_nothing() {
    let home = TestGuild::new();
    let _bot = home.bot(&[]);
    let question = home.ask(&format!("{QUESTION} https://a.example"));
    home.discord.next_message();
    home.discord.add_link_preview(question);
    home.discord.repeat_message_event(question);
    home.discord.assert_no_changes();
    assert_eq!(home.discord.messages_in(home.channel).len(), 1);
}

#[test]
fn selected_answer_survives_updates_of_an_edited_question() {
    let home = TestGuild::new();
    let TestGuild { discord, ada, .. } = &home;
    let bot = home.bot(&[]);
    let question = home.ask(QUESTION);
    let answer = discord.next_message().id;
    discord.user_edits(question, &home.mention_bot("china help kazakhstan"));
    let ObservedChange::Edited(suggestions) = discord.next_change() else {
        panic!("unexpected change")
    };
    assert!(suggestions.labels().iter().any(|label| label.starts_with("1. ")), "{suggestions:?}");
    discord.user_presses(answer, "2. ", *ada);
    let ObservedChange::Edited(selected) = discord.next_change() else { panic!("not edited") };
    assert_eq!(selected.id, answer);
    // Pins and link previews cause updates without an edit.
    discord.add_link_preview(question);
    discord.assert_no_changes();
    let bot = bot.restart(discord, false);
    discord.add_link_preview(question);
    discord.assert_no_changes();
    bot.stop();
}

#[test]
fn deleted_answer_is_not_restored_by_an_edit() {
    let home = TestGuild::new();
    let _bot = home.bot(&[]);
    let question = home.ask(QUESTION);
    let answer = home.discord.next_message().id;
    home.discord.delete_message(answer);
    assert!(matches!(home.discord.next_change(), ObservedChange::Deleted(_)));
    home.discord.user_edits(question, &home.mention_bot("best pizza in almaty?"));
    home.discord.assert_no_changes();
}

#[test]
fn help_pause_and_resume_commands_check_the_user() {
    let home = TestGuild::new();
    let TestGuild { discord, guild, channel, ada, bob, .. } = &home;
    let moderators = format!("['{ada}']");
    let bot = home.bot(&[("QUOTH_DEFAULT_SPACE__MODERATORS", &moderators)]);
    let rows = [
        (bob, "help", true, "Ask in your own words"),
        (bob, "pause", true, "Only moderators"),
        (ada, "pause", false, "paused"),
        (bob, "help", true, "paused"),
    ];
    for (user, command, is_private, words) in rows {
        let interaction = discord.user_runs_command(*channel, *user, command, &[]);
        let reply = discord.next_message();
        assert_eq!(reply.interaction, Some(interaction.id), "{command}");
        assert_eq!(reply.is_private, is_private, "{command}: {reply:?}");
        assert!(reply.text.contains(words), "{command}: {reply:?}");
    }
    home.ask(QUESTION);
    discord.assert_no_changes();
    let bot = bot.restart(discord, true);
    home.ask(QUESTION);
    discord.assert_no_changes();
    let garden = discord.channel(*guild, "garden");
    let ask_in_garden = || discord.user_sends(garden, *bob, &home.mention_bot(QUESTION));
    ask_in_garden();
    assert!(discord.next_message().text.contains(ANSWER));
    let everywhere = [("everywhere", "true")];
    discord.user_runs_command(garden, *ada, "pause", &everywhere);
    assert!(discord.next_message().text.contains("paused everywhere"));
    ask_in_garden();
    discord.assert_no_changes();
    discord.user_runs_command(*channel, *ada, "resume", &everywhere);
    assert!(discord.next_message().text.contains("I answer again everywhere"));
    home.ask(QUESTION);
    assert!(discord.next_message().text.contains(ANSWER));
    ask_in_garden();
    assert!(discord.next_message().text.contains(ANSWER));
    bot.stop();
}

#[test]
fn moderators_are_recognized_by_role() {
    let home = TestGuild::new();
    let TestGuild { discord, guild, channel, ada, bob, .. } = &home;
    let role = discord.give_role(*guild, *bob, "mods");
    let moderators = format!("['discord:role:{role}']");
    let _bot = home.bot(&[("QUOTH_DEFAULT_SPACE__MODERATORS", &moderators)]);
    discord.user_sends(*channel, *ada, &home.mention_bot("pause"));
    discord.assert_no_changes();
    discord.user_sends(*channel, *bob, &home.mention_bot("pause"));
    assert!(discord.next_message().text.contains("paused"));
}

#[test]
fn bot_greets_once_and_logs_setup_steps() {
    let home = TestGuild::new();
    let TestGuild { discord, .. } = &home;
    let bot = home.bot(&[]);
    let new = discord.guild_joined("new", Duration::ZERO);
    let hall = discord.channel(new, "hall");
    discord.announce_guild(new);
    let greeting = discord.next_message();
    assert_eq!(greeting.channel, hall.0);
    assert!(greeting.text.contains("I answer with quotes"), "{}", greeting.text);
    assert!(!greeting.text.contains("moderators"), "{}", greeting.text);
    discord.announce_guild(new);
    discord.simulate_outage(new);
    discord.simulate_outage(home.guild);
    bot.wait_for_log("name moderators in the configuration");
    let bot = bot.restart(discord, true);
    discord.assert_no_changes();
    let message = UserMessage {
        text: &home.mention_bot(QUESTION),
        ago: Duration::from_secs(3600),
        ..UserMessage::default()
    };
    discord.user_sends_message(hall, home.ada, message);
    discord.assert_no_changes();
    bot.stop();
}

#[test]
fn questions_sent_while_the_bot_is_removed_are_not_answered() {
    let home = TestGuild::new();
    let TestGuild { discord, ada, .. } = &home;
    let other = discord.guild_joined("other", Duration::from_secs(86_400));
    let hall = discord.channel(other, "hall");
    let bot = home.bot(&[]);
    let ask = || discord.user_sends(hall, *ada, &home.mention_bot(QUESTION));
    let asked = ask();
    assert_eq!(discord.next_message().reply_to, Some(asked));
    discord.remove_bot(other);
    ask();
    discord.assert_no_changes();
    discord.add_bot(other);
    let greeting = discord.next_message();
    assert!(greeting.text.contains("I answer with quotes"), "{greeting:?}");
    // A start reads what was missed.
    let bot = bot.restart(discord, false);
    let asked = ask();
    assert_eq!(discord.next_message().reply_to, Some(asked));
    // It was removed, and added again, while it did not run.
    let bot = bot.restart_after(discord, false, || {
        discord.remove_bot(other);
        ask();
    });
    discord.assert_no_changes();
    bot.stop();
}

#[test]
fn invite_before_the_first_start_is_greeted_at_the_start() {
    let home = TestGuild::new();
    let TestGuild { discord, ada, .. } = &home;
    let new = discord.guild_joined("new", Duration::from_secs(600));
    let hall = discord.channel(new, "hall");
    let other = discord.channel(new, "other");
    let bot = home.bot(&[]);
    let greeting = discord.next_message();
    assert_eq!(greeting.channel, hall.0, "the guild of a year ago has no greeting");
    let text = home.mention_bot(QUESTION);
    let message =
        UserMessage { text: &text, ago: Duration::from_secs(900), ..UserMessage::default() };
    discord.user_sends_message(other, *ada, message);
    discord.assert_no_changes();
    let bot = bot.restart(discord, false);
    discord.assert_no_changes();
    bot.stop();
}

#[test]
fn last_of_several_quick_edits_is_what_the_answer_shows() {
    let home = TestGuild::new();
    let TestGuild { discord, channel, ada, bob, .. } = &home;
    let _bot = home.bot(&[
        ("QUOTH_DEFAULT_SPACE__QUESTIONS_PER_ASKER", "2"),
        ("QUOTH_DEFAULT_SPACE__COOLDOWN_SECONDS", "3"),
    ]);
    let create = "POST /channels/{}/messages";
    let edit = "PATCH /channels/{}/messages/{}";
    for (asker, is_send_slow) in [(ada, true), (bob, false)] {
        if is_send_slow {
            // The send of the answer is retried while the question is edited.
            let retry_after = Duration::from_secs(1);
            let fault = InjectedFault::RateLimited { retry_after, is_global: false };
            discord.inject_fault(create, 1, fault);
        }
        let (n_creates, n_edits) = (discord.n_calls(create), discord.n_calls(edit));
        let text = home.mention_bot("best pizza in almaty?");
        let question = discord.user_sends(*channel, *asker, &text);
        discord.wait_for_calls(create, n_creates + 1);
        for text in ["best pasta in almaty?", "best salad in almaty?", "best soup in almaty?"] {
            discord.user_edits(question, &home.mention_bot(text));
        }
        discord.user_edits(question, &home.mention_bot(QUESTION));
        let changes = changes_until(&home, ANSWER);
        assert_eq!(changes.last().unwrap().message().reply_to, Some(question), "{changes:?}");
        // The first edit may be applied before the others arrive; the last is in any case.
        assert!(discord.n_calls(edit) - n_edits <= 2, "{changes:?}");
        discord.assert_no_changes();
    }
}

/// Waits until an answer shows `part`, and returns the changes until then.
fn changes_until(home: &TestGuild, part: &str) -> Vec<ObservedChange> {
    let mut changes = Vec::new();
    loop {
        changes.push(home.discord.next_change());
        if changes.last().is_some_and(|change| change.message().text.contains(part)) {
            return changes;
        }
    }
}
