//! Tests of the fake server itself: who may do what, and what becomes of archived threads.

use serde_json::{Value, json};
use serenity::all::GatewayIntents;

use super::fake_server::{Bot, MESSAGE_INTENTS};
use crate::support::discord::permission::{
    ADMINISTRATOR, MANAGE_GUILD, MANAGE_THREADS, Permissions, READ_MESSAGE_HISTORY, SEND_MESSAGES,
    SEND_MESSAGES_IN_THREADS, USE_APPLICATION_COMMANDS, VIEW_CHANNEL,
};
use crate::support::discord::{ChannelId, Discord, GuildId, Subject, UserId};

/// A server with a guild, a channel of it and a user.
fn with_channel() -> (Discord, GuildId, ChannelId, UserId) {
    let discord = Discord::start();
    let guild = discord.guild("home");
    let (channel, ada) = (discord.channel(guild, "channel"), discord.user("ada"));
    (discord, guild, channel, ada)
}

/// A message that pings nobody.
fn message() -> Value {
    json!({ "content": "x", "allowed_mentions": { "parse": [] } })
}

#[test]
fn overwrites_apply_in_the_order_of_everyone_roles_member() {
    let (discord, guild, channel, ada) = with_channel();
    let [first, second] = ["first", "second"].map(|name| discord.give_role(guild, ada, name));
    let (role, member) = (Subject::Role, Subject::Member(ada));
    type Overwrite = (Subject, Permissions, Permissions);
    const SEND: Permissions = SEND_MESSAGES;
    let rows: [(&[Overwrite], bool); 8] = [
        (&[], true),
        (&[(Subject::Everyone, 0, SEND)], false),
        (&[(Subject::Everyone, 0, SEND), (role(first), SEND, 0)], true),
        // What one role allows, another one cannot deny.
        (&[(role(first), SEND, 0), (role(second), 0, SEND)], true),
        (&[(role(first), SEND, 0), (member, 0, SEND)], false),
        (&[(Subject::Everyone, 0, SEND), (member, SEND, 0)], true),
        // Nobody can write where they cannot look.
        (&[(Subject::Everyone, SEND, VIEW_CHANNEL)], false),
        (&[(Subject::Everyone, 0, READ_MESSAGE_HISTORY)], true),
    ];
    for (overwrites, may_send) in rows {
        let channel = discord.channel(guild, "channel");
        for (subject, allow, deny) in overwrites {
            discord.overwrite(channel, *subject, (*allow, *deny));
        }
        assert_eq!(discord.user_may_send(channel, ada), may_send, "{overwrites:?}");
    }
    // A channel does not have the overwrites of its category, a thread has those of its channel.
    let (category, inside) = discord.channel_in_category(guild, "inside");
    discord.overwrite(category, Subject::Everyone, (0, SEND));
    assert!(discord.user_may_send(inside, ada));
    let thread = discord.thread(channel, ada);
    discord.overwrite(channel, Subject::Everyone, (0, SEND));
    assert!(discord.user_may_send(thread, ada));
    discord.overwrite(channel, Subject::Everyone, (0, SEND_MESSAGES_IN_THREADS));
    assert!(!discord.user_may_send(thread, ada));
    discord.give_role_with(guild, ada, ("admin", ADMINISTRATOR));
    assert!(discord.user_may_send(thread, ada));
}

#[test]
fn overwrites_of_all_kinds_apply_to_the_bot() {
    let (discord, guild, _, ada) = with_channel();
    let bot = Bot::start(&discord, MESSAGE_INTENTS);
    assert_eq!(bot.next_event(), "ready 1");
    let denied = |code: u32| Some((403, json!([code, []])));
    let bot_role = discord.bot_role(guild);
    for (overwrites, error) in [
        (vec![(Subject::Everyone, 0, SEND_MESSAGES)], denied(50013)),
        (vec![(Subject::Everyone, 0, VIEW_CHANNEL)], denied(50001)),
        (
            vec![
                (Subject::Everyone, 0, VIEW_CHANNEL | SEND_MESSAGES),
                (bot_role, VIEW_CHANNEL | SEND_MESSAGES, 0),
            ],
            None,
        ),
        (vec![(bot_role, 0, SEND_MESSAGES), (Subject::Bot, SEND_MESSAGES, 0)], None),
        (vec![(Subject::Users, 0, SEND_MESSAGES), (Subject::Member(ada), 0, VIEW_CHANNEL)], None),
    ] {
        let channel = discord.channel(guild, "channel");
        for (subject, allow, deny) in &overwrites {
            discord.overwrite(channel, *subject, (*allow, *deny));
        }
        assert_eq!(bot.create_message(channel, &message()), error, "{overwrites:?}");
    }
}

#[test]
fn users_do_only_what_they_may() {
    let (discord, _, channel, ada) = with_channel();
    let bob = discord.user("bob");
    let sent = discord.user_sends(channel, bob, "?");
    let commands = json!([{ "name": "a", "description": "d" }, { "name": "A", "type": 3 }]);
    let bot = Bot::start(&discord, GatewayIntents::GUILDS);
    assert_eq!(bot.next_event(), "ready 1");
    assert_eq!(bot.register_commands(&commands), None);
    // What the bot would respond does not matter here.
    discord.hold_events();
    let actions: [(&str, &dyn Fn()); 5] = [
        ("send", &|| {
            discord.user_sends(channel, ada, "x");
        }),
        ("run a command", &|| drop(discord.user_runs_command(channel, ada, "a", &[]))),
        ("type", &|| drop(discord.user_types(channel, ada, ("a", "o"), "x"))),
        ("ask about a message", &|| drop(discord.user_runs_message_command(sent, ada, "A"))),
        ("press", &|| drop(discord.user_sends_custom_id(sent, "a", None, ada))),
    ];
    for (denied, n_possible) in
        [(0, 5), (SEND_MESSAGES, 4), (USE_APPLICATION_COMMANDS, 2), (VIEW_CHANNEL, 0)]
    {
        discord.overwrite(channel, Subject::Member(ada), (0, denied));
        let possible = actions
            .iter()
            .filter(|(_, act)| std::panic::catch_unwind(std::panic::AssertUnwindSafe(act)).is_ok());
        let possible: Vec<&str> = possible.map(|(name, _)| *name).collect();
        assert_eq!(possible.len(), n_possible, "without {denied:#x}: {possible:?}");
    }
    assert!(discord.user_may_send(channel, bob), "the overwrite is for one member");
}

#[test]
fn commands_are_offered_by_context_and_default_permissions() {
    let (discord, guild, channel, ada) = with_channel();
    let bot = Bot::start(&discord, GatewayIntents::GUILDS);
    assert_eq!(bot.next_event(), "ready 1");
    let command = |name: &str, contexts: Value, permissions: Value| {
        json!({
            "name": name, "description": "d", "contexts": contexts,
            "default_member_permissions": permissions,
        })
    };
    let all = json!([
        command("all", Value::Null, Value::Null),
        command("guilds", json!([0]), Value::Null),
        command("direct", json!([1]), Value::Null),
        command("managers", json!([0, 1]), json!(MANAGE_GUILD.to_string())),
        command("admins", Value::Null, json!("0")),
    ]);
    assert_eq!(bot.register_commands(&all), None);
    let offered = |channel| discord.offered_commands(channel, ada).join(" ");
    assert_eq!(offered(discord.direct(ada)), "all direct managers admins");
    assert_eq!(offered(channel), "all guilds");
    discord.give_role_with(guild, ada, ("manager", MANAGE_GUILD));
    assert_eq!(offered(channel), "all guilds managers");
    discord.overwrite(channel, Subject::Member(ada), (0, USE_APPLICATION_COMMANDS));
    assert_eq!(offered(channel), "");
    discord.give_role_with(guild, ada, ("admin", ADMINISTRATOR));
    assert_eq!(offered(channel), "all guilds managers admins");
}

#[test]
fn message_unarchives_a_thread_unless_it_is_locked() {
    let (discord, guild, channel, ada) = with_channel();
    let bot = Bot::start(&discord, MESSAGE_INTENTS);
    assert_eq!(bot.next_event(), "ready 1");
    let thread = discord.thread(channel, ada);
    discord.archive_thread(thread);
    discord.user_sends(thread, ada, "x");
    assert!(!discord.is_archived(thread));
    discord.archive_thread(thread);
    assert_eq!(bot.create_message(thread, &message()), None);
    assert!(!discord.is_archived(thread));

    discord.lock_thread(thread);
    let locked = |code: u32, status: u16| Some((status, json!([code, []])));
    assert_eq!(bot.create_message(thread, &message()), locked(160_005, 403));
    discord.archive_thread(thread);
    assert_eq!(bot.create_message(thread, &message()), locked(50083, 400));
    assert_eq!(discord.take_violations().len(), 1);
    assert!(!discord.user_may_send(thread, ada));
    let moderator = discord.user("moderator");
    discord.give_role_with(guild, moderator, ("mods", MANAGE_THREADS));
    discord.user_sends(thread, moderator, "x");
    assert!(!discord.is_archived(thread));
    assert!(!discord.user_may_send(thread, ada), "it is still locked");
    discord.reopen_thread(thread);
    assert_eq!(bot.create_message(thread, &message()), None);
}

#[test]
fn archived_threads_are_not_listed_and_their_messages_not_edited() {
    let (discord, _, channel, ada) = with_channel();
    let [open, archived] = [(); 2].map(|()| discord.thread(channel, ada));
    let bot = Bot::start(&discord, MESSAGE_INTENTS);
    assert_eq!(bot.next_event(), "ready 1");
    assert_eq!(bot.create_message(archived, &message()), None);
    let sent = discord.next_message().id;
    discord.archive_thread(archived);
    assert_eq!(discord.listed_threads(channel), [open]);
    assert_eq!(bot.edit_message(archived, sent, &message()), Some((400, json!([50083, []]))));
    assert_eq!(bot.delete_message(archived, sent), None);
    assert!(discord.is_archived(archived));
    discord.take_violations();
}
