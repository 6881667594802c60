//! Permissions: what the bot or a user may not do, and who is told.

use std::time::Duration;

use super::bot::{ANSWER, LABELS, QUESTION, TestGuild, in_parallel};
use crate::first_pack;
use crate::folder::Folder;
use crate::support::discord::permission::{
    SEND_MESSAGES, SEND_MESSAGES_IN_THREADS, USE_APPLICATION_COMMANDS, VIEW_CHANNEL,
};
use crate::support::discord::{ChannelId, InjectedFault, Subject};

const CREATE: &str = "POST /channels/{}/messages";

/// A guild with an office, to which alerts go.
fn guild_with_office() -> (TestGuild, ChannelId, String) {
    let home = TestGuild::new();
    let office = home.discord.channel(home.guild, "office");
    let reports_to = format!("'{office}'");
    (home, office, reports_to)
}

#[test]
fn message_command_in_a_read_only_channel_is_answered_privately() {
    in_parallel(["bot", "user"], |who| {
        let (home, _, reports_to) = guild_with_office();
        let TestGuild { discord, channel, ada, bob, .. } = &home;
        let _bot = home.bot(&[("QUOTH_DEFAULT_SPACE__REPORTS_TO", &reports_to)]);
        let asked = discord.user_sends(*channel, *bob, QUESTION);
        match who {
            "bot" => discord.deny(*channel, SEND_MESSAGES),
            _ => discord.deny_users(*channel, SEND_MESSAGES),
        }
        discord.user_runs_message_command(asked, *ada, "Ask about this");
        let reply = discord.next_message();
        assert!(reply.is_private && reply.text.contains(ANSWER), "{who}: {reply:?}");
        home.wait_until_idle();
        assert_eq!(discord.calls(CREATE).len(), 0, "{who}: nothing public, and no alert");
        if who == "user" {
            let options = [("question", QUESTION), ("visible", "everyone")];
            discord.user_runs_command(*channel, *ada, "ask", &options);
            assert!(discord.next_message().is_private);
        }
    });
}

#[test]
fn failed_lookup_of_permissions_is_not_reported_as_missing_ones() {
    let faults = [
        InjectedFault::Status(500),
        InjectedFault::RateLimited { retry_after: Duration::from_secs(9), is_global: false },
    ];
    in_parallel(faults, |fault| {
        let (home, _, reports_to) = guild_with_office();
        let TestGuild { discord, channel, .. } = &home;
        let bot = home.bot(&[("QUOTH_DEFAULT_SPACE__REPORTS_TO", &reports_to)]);
        discord.deny(*channel, SEND_MESSAGES);
        discord.inject_fault("GET /channels/{}", 9, fault);
        home.ask(QUESTION);
        discord.wait_for_calls("GET /channels/{}", 1);
        home.wait_until_idle();
        let log = bot.stop().log;
        assert!(!log.contains("Missing permissions"), "{log}");
    });
}

#[test]
fn bot_in_a_timeout_is_reported_as_such() {
    let (home, office, reports_to) = guild_with_office();
    let TestGuild { discord, guild, .. } = &home;
    let _bot = home.bot(&[("QUOTH_DEFAULT_SPACE__REPORTS_TO", &reports_to)]);
    discord.set_timed_out(*guild, true);
    home.ask(QUESTION);
    // The alert channel is in the same guild: the bot cannot send there, either.
    let calls = discord.wait_for_calls(CREATE, 2);
    assert_eq!(calls[1].ids, [office.0.to_string()]);
    let text = calls[1].body["content"].as_str().unwrap();
    assert!(text.contains("Send Messages") && text.contains("timeout"), "{text}");
    assert!(!text.contains("View Channel"), "{text}");
}

#[test]
fn missing_permission_in_a_category_is_reported_to_the_space_of_the_category() {
    let home = TestGuild::new();
    let TestGuild { discord, guild, ada, .. } = &home;
    let (category, desk) = discord.channel_in_category(*guild, "desk");
    let (wrong, right) = (discord.channel(*guild, "wrong"), discord.channel(*guild, "right"));
    let folder = Folder::empty();
    let space = format!(
        "[default_space]\nreports_to = \"{wrong}\"\n[[space]]\nname = \"ops\"\nplaces = [\"{category}\"]\nreports_to = \"{right}\"\n"
    );
    folder.write("config/quoth.toml", space);
    let packs = format!("['{}']", first_pack::FOLDER);
    let _bot = home.bot_with(&packs, folder, &[]);
    // The second time, the bot cannot even look the channel up.
    for n_hidden in [0, 1] {
        discord.inject_fault("GET /channels/{}", n_hidden, InjectedFault::Status(403));
        discord.deny(desk, SEND_MESSAGES);
        discord.user_sends(desk, *ada, &home.mention_bot(QUESTION));
        let alert = discord.next_message();
        assert_eq!(alert.channel, right.0, "{alert:?}");
        discord.deny(desk, 0);
    }
}

#[test]
fn commands_of_moderators_are_offered_to_members_without_permissions_of_the_guild() {
    let home = TestGuild::new();
    let TestGuild { discord, channel, ada, .. } = &home;
    let _bot = home.bot(&[]);
    let offered = |channel, user| {
        let mut names = discord.offered_commands(channel, user);
        names.sort();
        names.join(" ")
    };
    // Who moderates is configured; the bot refuses the others.
    assert_eq!(
        offered(*channel, *ada),
        "Ask about this Make this an entry ask faq forget-me help pause resume topics"
    );
    // There is nothing to pause in direct messages.
    assert_eq!(offered(discord.direct(*ada), *ada), "Ask about this ask faq forget-me help topics");
}

#[test]
fn member_without_commands_is_answered_by_mention_and_uses_its_buttons() {
    let home = TestGuild::new();
    let TestGuild { discord, channel, ada, .. } = &home;
    let _bot = home.bot(&[]);
    discord.overwrite(*channel, Subject::Member(*ada), (0, USE_APPLICATION_COMMANDS));
    assert_eq!(discord.offered_commands(*channel, *ada), [""; 0]);
    home.ask(QUESTION);
    let answer = discord.next_message();
    assert!(answer.text.contains(ANSWER), "{answer:?}");
    discord.user_presses(answer.id, LABELS.show_paragraph, *ada);
    let paragraph = discord.next_message();
    assert!(paragraph.is_private && paragraph.text.contains(ANSWER), "{paragraph:?}");
}

#[test]
fn users_without_send_messages_get_private_replies_only() {
    // In a channel and in a thread of it; the permission is lost after the private answer.
    in_parallel([false, true], |is_thread| {
        let home = TestGuild::new();
        let TestGuild { discord, channel, ada, bob, .. } = &home;
        let _bot = home.bot(&[]);
        let place = if is_thread { discord.thread(*channel, *bob) } else { *channel };
        discord.user_runs_command(place, *ada, "ask", &[("question", QUESTION)]);
        let private = discord.next_message();
        assert!(private.labels().contains(&LABELS.share), "{private:?}");
        let required = if is_thread { SEND_MESSAGES_IN_THREADS } else { SEND_MESSAGES };
        discord.overwrite(*channel, Subject::Member(*ada), (0, required));
        discord.user_presses(private.id, LABELS.share, *ada);
        assert!(discord.next_message().is_private, "thread: {is_thread}");
        let options = [("question", QUESTION), ("visible", "everyone")];
        discord.user_runs_command(place, *ada, "ask", &options);
        assert!(discord.next_message().is_private, "thread: {is_thread}");
    });
}

#[test]
fn permission_that_an_overwrite_takes_is_reported_whoever_it_is_for() {
    in_parallel(["everyone", "role", "bot"], |who| {
        let (home, office, reports_to) = guild_with_office();
        let TestGuild { discord, guild, channel, .. } = &home;
        let _bot = home.bot(&[("QUOTH_DEFAULT_SPACE__REPORTS_TO", &reports_to)]);
        let bot_role = discord.bot_role(*guild);
        // Users may still write: a role of theirs is allowed to.
        discord.overwrite(*channel, Subject::Users, (SEND_MESSAGES, 0));
        let subject = match who {
            "everyone" => Subject::Everyone,
            "role" => bot_role,
            _ => Subject::Bot,
        };
        discord.overwrite(*channel, subject, (0, SEND_MESSAGES));
        home.ask(QUESTION);
        let alert = discord.next_message();
        assert_eq!(alert.channel, office.0, "{who}: {alert:?}");
        assert!(alert.text.contains("Send Messages"), "{who}: {alert:?}");
        assert!(!alert.text.contains("View Channel"), "{who}: {alert:?}");
        // An overwrite that is nearer to the bot allows it again.
        let nearer = if who == "everyone" { bot_role } else { Subject::Bot };
        discord.overwrite(*channel, nearer, (SEND_MESSAGES, 0));
        home.ask(QUESTION);
        assert!(discord.next_message().text.contains(ANSWER), "{who}");
    });
}

#[test]
fn greeting_goes_to_the_first_channel_where_overwrites_let_the_bot_write() {
    let home = TestGuild::new();
    let TestGuild { discord, .. } = &home;
    let _bot = home.bot(&[]);
    let new = discord.guild_joined("new", Duration::ZERO);
    let [rules, staff, hall] = ["rules", "staff", "hall"].map(|name| discord.channel(new, name));
    let _last = discord.channel(new, "last");
    discord.overwrite(rules, Subject::Everyone, (0, SEND_MESSAGES));
    discord.overwrite(staff, Subject::Everyone, (0, VIEW_CHANNEL));
    discord.overwrite(hall, Subject::Everyone, (0, VIEW_CHANNEL | SEND_MESSAGES));
    discord.overwrite(hall, discord.bot_role(new), (VIEW_CHANNEL | SEND_MESSAGES, 0));
    discord.announce_guild(new);
    assert_eq!(discord.next_message().channel, hall.0);
}

#[test]
fn missed_questions_are_read_only_where_overwrites_let_the_bot_look() {
    let home = TestGuild::new();
    let TestGuild { discord, guild, ada, .. } = &home;
    let [hidden, shown] = ["hidden", "shown"].map(|name| discord.channel(*guild, name));
    for channel in [hidden, shown] {
        discord.overwrite(channel, Subject::Everyone, (0, VIEW_CHANNEL));
        discord.overwrite(channel, Subject::Users, (VIEW_CHANNEL, 0));
    }
    discord.overwrite(shown, discord.bot_role(*guild), (VIEW_CHANNEL, 0));
    let thread = discord.thread(hidden, *ada);
    let bot = home.bot(&[]);
    let mut question = 0;
    let bot = bot.restart_after(discord, false, || {
        for channel in [hidden, thread, shown] {
            question = discord.user_sends(channel, *ada, &home.mention_bot(QUESTION));
        }
    });
    let reply = discord.next_message();
    assert_eq!((reply.channel, reply.reply_to), (shown.0, Some(question)));
    home.wait_until_idle();
    let reads = discord.calls("GET /channels/{}/messages");
    assert!(reads.iter().all(|call| call.ids == [shown.0.to_string()]), "{reads:?}");
    bot.stop();
}

#[test]
fn message_command_in_a_locked_thread_is_answered_privately() {
    let home = TestGuild::new();
    let TestGuild { discord, channel, ada, bob, .. } = &home;
    let _bot = home.bot(&[]);
    let thread = discord.thread(*channel, *bob);
    let asked = discord.user_sends(thread, *bob, QUESTION);
    discord.lock_thread(thread);
    discord.user_runs_message_command(asked, *ada, "Ask about this");
    let reply = discord.next_message();
    assert!(reply.is_private && reply.text.contains(ANSWER), "{reply:?}");
    home.wait_until_idle();
}
