//! Permissions: what the bot or a user may not do, and who is told.

use std::time::Duration;

use super::bot::{ANSWER, QUESTION, TestGuild, in_parallel};
use crate::first_pack;
use crate::folder::Folder;
use crate::support::discord::{InjectedFault, permission};

const CREATE: &str = "POST /channels/{}/messages";

/// A guild with an office, to which alerts go.
fn guild_with_office() -> (TestGuild, crate::support::discord::ChannelId, String) {
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
            "bot" => discord.deny(*channel, permission::SEND_MESSAGES),
            _ => discord.deny_users(*channel, permission::SEND_MESSAGES),
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
        discord.deny(*channel, permission::SEND_MESSAGES);
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
        discord.deny(desk, permission::SEND_MESSAGES);
        discord.user_sends(desk, *ada, &home.mention_bot(QUESTION));
        let alert = discord.next_message();
        assert_eq!(alert.channel, right.0, "{alert:?}");
        discord.deny(desk, 0);
    }
}
