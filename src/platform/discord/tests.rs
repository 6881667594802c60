//! Tests of the conversion of gateway events. The fixtures have the form of what the gateway sends.

use serde_json::{Value, json};
use serenity::model::application::{CommandInteraction, ComponentInteraction};
use serenity::model::channel::Message;
use serenity::model::event::MessageUpdateEvent;
use serenity::model::guild::Guild;
use serenity::model::id::{ChannelId, GuildId, RoleId, UserId};
use serenity::model::permissions::Permissions;

use super::channel_cache::ChannelCache;
use super::check_shards;
use super::incoming::interaction::{InteractionKind, command, component};
use super::incoming::message::{message_created, message_edited};
use crate::conversation::{Addressing, Control, Event, MessageId};

const BOT: u64 = 900;

fn guild() -> Guild {
    let channel = |id: &str, kind: u8, parent: Value| {
        json!({
            "id": id, "type": kind, "guild_id": "1", "name": "c", "position": 0,
            "parent_id": parent, "permission_overwrites": [],
        })
    };
    let role = |id: &str, permissions: &str, tags: Value| {
        json!({
            "id": id, "name": "r", "color": 0, "colors": { "primary_color": 0 }, "hoist": false,
            "managed": false, "mentionable": false, "permissions": permissions, "position": 0,
            "tags": tags,
        })
    };
    let bot = json!({
        "user": { "id": "900", "username": "quoth", "discriminator": "0000" }, "roles": ["8"],
        "joined_at": "2026-01-01T00:00:00Z", "deaf": false, "mute": false, "flags": 0,
    });
    let guild = json!({
        "id": "1", "name": "g", "owner_id": "5", "afk_timeout": 60, "verification_level": 0,
        "default_message_notifications": 0, "explicit_content_filter": 0, "mfa_level": 0,
        "system_channel_flags": 0, "premium_tier": 0, "preferred_locale": "en-US",
        "nsfw_level": 0, "premium_progress_bar_enabled": false, "joined_at": "2026-01-01T00:00:00Z",
        "large": false, "member_count": 2, "emojis": [], "stickers": [], "features": [],
        "voice_states": [], "presences": [], "stage_instances": [], "guild_scheduled_events": [],
        "members": [bot],
        "roles": [role("1", "0", json!({})), role("8", "3072", json!({ "bot_id": "900" }))],
        "channels": [
            channel("20", 4, Value::Null), channel("21", 0, json!("20")), channel("22", 15, Value::Null),
        ],
        "threads": [channel("30", 11, json!("22"))],
    });
    serde_json::from_value(guild).unwrap()
}

fn cache() -> ChannelCache {
    let mut cache = ChannelCache::for_shards(1);
    cache.ready(UserId::new(BOT), (0, 1), &[GuildId::new(1)]);
    assert!(!cache.add_guild(&guild()));
    cache
}

fn user(id: &str, is_bot: bool) -> Value {
    json!({ "id": id, "username": "u", "discriminator": "0000", "bot": is_bot })
}

/// A message in channel 21, with `changes` to its fields.
pub(super) fn message(changes: Value) -> Value {
    let mut message = json!({
        "id": "400000000000000000", "channel_id": "21", "guild_id": "1", "author": user("5", false),
        "member": { "roles": ["7"], "joined_at": null, "deaf": false, "mute": false },
        "content": "why?", "timestamp": "2026-01-01T00:00:00Z", "edited_timestamp": null,
        "tts": false, "mention_everyone": false, "mentions": [], "mention_roles": [],
        "attachments": [], "embeds": [], "pinned": false, "type": 0,
    });
    for (key, value) in changes.as_object().unwrap() {
        message[key] = value.clone();
    }
    message
}

fn created(changes: Value) -> Option<crate::conversation::Message> {
    let message: Message = serde_json::from_value(message(changes)).unwrap();
    message_created(&message, &cache())
}

#[test]
fn message_is_converted_with_place_author_and_time() {
    let message = created(json!({})).unwrap();
    assert_eq!(message.id.as_str(), "discord:message:21:400000000000000000");
    assert_eq!(message.place.id.as_str(), "discord:channel:21");
    let parents: Vec<&str> = message.place.parents.iter().map(|it| it.as_str()).collect();
    assert_eq!(parents, ["discord:channel:20", "discord:guild:1"]);
    assert_eq!(message.author.id.as_str(), "discord:user:5");
    assert_eq!(message.author.roles, ["discord:role:7".into(), "discord:managers:1".into()]);
    assert_eq!(message.sent_at.as_millis(), 1_515_437_831_640);
    assert!(!message.place.is_direct && !message.author.is_bot);
}

#[test]
fn thread_is_in_its_channel_and_direct_message_in_the_only_guild() {
    let mut cache = cache();
    let parents = |cache: &ChannelCache, channel: u64, guild: Option<u64>| {
        let place = cache.place(ChannelId::new(channel), guild.map(GuildId::new));
        (place.parents.iter().map(ToString::to_string).collect::<Vec<_>>(), place.is_direct)
    };
    let ids = |ids: &[&str]| ids.iter().map(|it| format!("discord:{it}")).collect::<Vec<_>>();
    assert_eq!(parents(&cache, 30, Some(1)), (ids(&["channel:22", "guild:1"]), false));
    assert_eq!(parents(&cache, 50, None), (ids(&["guild:1"]), true));
    cache.ready(UserId::new(BOT), (0, 1), &[1, 2].map(GuildId::new));
    assert_eq!(parents(&cache, 50, None), (ids(&[]), true));
}

#[test]
fn only_guild_is_known_after_all_shards_are_ready_and_left_guilds_are_removed() {
    let direct = |cache: &ChannelCache| cache.place(ChannelId::new(50), None).parents.len();
    let mut cache = ChannelCache::for_shards(2);
    let other = GuildId::new(1 << 22);
    cache.ready(UserId::new(BOT), (0, 2), &[GuildId::new(1)]);
    assert_eq!(direct(&cache), 0, "the other shard may have a guild");
    cache.ready(UserId::new(BOT), (1, 2), &[]);
    assert_eq!(direct(&cache), 1);
    cache.ready(UserId::new(BOT), (1, 2), &[other]);
    assert_eq!(direct(&cache), 0);
    cache.add_guild(&guild());
    cache.ready(UserId::new(BOT), (0, 2), &[]);
    assert_eq!(direct(&cache), 1, "the guild was left while the bot was disconnected");
    assert!(cache.is_unknown(ChannelId::new(21)), "its channels are removed, too");
}

#[test]
fn bot_mentions_are_detected_and_stripped() {
    let bot = || json!([user("900", true)]);
    let rows = [
        (json!({ "content": "<@900> why?", "mentions": bot() }), "why?", true),
        (json!({ "content": "why, <@!900>?", "mentions": bot() }), "why,  ?", true),
        (json!({ "content": "<@&8> why?", "mention_roles": ["8"] }), "why?", true),
        (json!({ "content": "<@&7> why?", "mention_roles": ["7"] }), "<@&7> why?", false),
        (json!({ "content": "`<@900>`" }), "`<@900>`", false),
        (json!({ "content": "why?", "mentions": bot() }), "why?", false),
    ];
    for (changes, text, mentions_bot) in rows {
        let message = created(changes.clone()).unwrap();
        assert_eq!(
            (message.text.as_str(), message.addressing.mentions_bot),
            (text, mentions_bot),
            "{changes}"
        );
    }
}

#[test]
fn reply_has_the_referenced_message() {
    let referenced = |author: &str, content: &str| {
        json!({
            "type": 19, "message_reference": { "channel_id": "21", "message_id": "9" },
            "referenced_message": message(json!({
                "id": "9", "author": user(author, false), "content": content,
            })),
        })
    };
    let deleted = json!({
        "type": 19, "message_reference": { "channel_id": "21", "message_id": "9" },
        "referenced_message": null,
    });
    let rows = [
        (referenced("900", "an answer"), true, Some("an answer")),
        (referenced("6", "who?"), false, Some("who?")),
        (referenced("6", ""), false, None),
        (deleted, false, None),
    ];
    for (changes, is_from_bot, text) in rows {
        let replied_to = created(changes.clone()).unwrap().replied_to.unwrap();
        assert_eq!(replied_to.id, MessageId::from("discord:message:21:9"));
        assert_eq!(
            (replied_to.is_from_bot, replied_to.text.as_deref()),
            (is_from_bot, text),
            "{changes}"
        );
    }
}

#[test]
fn bots_and_webhooks_are_marked_and_system_messages_are_ignored() {
    assert!(created(json!({ "author": user("6", true) })).unwrap().author.is_bot);
    assert!(created(json!({ "webhook_id": "6" })).unwrap().author.is_bot);
    for kind in [6, 7, 18, 20, 21] {
        assert_eq!(created(json!({ "type": kind })), None, "{kind}");
    }
}

#[test]
fn edit_has_the_new_text_and_partial_updates_are_ignored() {
    let cache = cache();
    let edited = |changes: Value| {
        let update: MessageUpdateEvent = serde_json::from_value(message(changes)).unwrap();
        message_edited(&update, &cache).map(|edited| edited.text)
    };
    assert_eq!(edited(json!({})).as_deref(), Some("why?"));
    let preview: MessageUpdateEvent =
        serde_json::from_value(json!({ "id": "4", "channel_id": "21", "embeds": [] })).unwrap();
    assert_eq!(message_edited(&preview, &cache), None);
}

/// An interaction with `data`.
fn interaction(kind: u8, data: Value) -> Value {
    json!({
        "id": "400000000000000000", "application_id": "900", "type": kind, "data": data,
        "guild_id": "1", "channel_id": "21", "token": "t", "version": 1, "locale": "de",
        "member": {
            "user": user("5", false), "roles": ["7"], "joined_at": "2026-01-01T00:00:00Z",
            "deaf": false, "mute": false, "flags": 0, "permissions": "3072",
        },
        "entitlements": [], "authorizing_integration_owners": {}, "attachment_size_limit": 1,
    })
}

#[test]
fn command_is_converted_with_its_visibility() {
    let incoming = |data: Value| {
        let given: CommandInteraction = serde_json::from_value(interaction(2, data)).unwrap();
        command(&given, &mut cache())
    };
    let option = |name: &str, value: &str| json!({ "name": name, "type": 3, "value": value });
    let ask = |options: Value| json!({ "id": "1", "name": "ask", "type": 1, "options": options });
    let rows = [
        (ask(json!([option("question", "why?")])), "why?", false),
        (ask(json!([option("question", "pause")])), "pause", false),
        (ask(json!([option("question", "why?"), option("visible", "me")])), "why?", false),
        (ask(json!([option("question", "why?"), option("visible", "everyone")])), "why?", true),
        (json!({ "id": "1", "name": "pause", "type": 1 }), "pause", false),
    ];
    for (data, text, is_public) in rows {
        let is_question = data["name"] == "ask";
        let Some(Event::MessageCreated(message)) = incoming(data.clone()).map(|it| it.event) else {
            panic!("{data}")
        };
        assert_eq!(message.text, text);
        let want = Addressing { is_command: true, is_public, is_question, mentions_bot: false };
        assert_eq!((message.addressing, message.locale.as_deref()), (want, Some("de")), "{data}");
        let owner = ["discord:role:7".into(), "discord:managers:1".into()];
        assert_eq!(message.author.roles, owner);
    }
    assert!(incoming(json!({ "id": "1", "name": "dance", "type": 1 })).is_none());
}

#[test]
fn owner_and_members_with_a_managing_role_are_managers_of_their_guild() {
    let mut cache = cache();
    let [guild, other, member, admin]: [u64; 4] = [1, 2, 6, 7];
    let is_manager = |cache: &ChannelCache, guild: u64, user: u64, role: u64| {
        cache.managers().includes(GuildId::new(guild), UserId::new(user), &[RoleId::new(role)])
    };
    assert!(is_manager(&cache, guild, 5, 9), "the owner");
    assert!(!is_manager(&cache, other, 5, 9), "of another guild");
    assert!(!is_manager(&cache, guild, member, 9));
    let set = |cache: &mut ChannelCache, role: u64, permissions| {
        cache.managers_mut().set_role(GuildId::new(guild), RoleId::new(role), permissions);
    };
    set(&mut cache, 9, Permissions::MANAGE_GUILD);
    set(&mut cache, 10, Permissions::ADMINISTRATOR);
    assert!(is_manager(&cache, guild, member, 9) && is_manager(&cache, guild, admin, 10));
    set(&mut cache, 9, Permissions::MANAGE_CHANNELS);
    assert!(!is_manager(&cache, guild, member, 9), "the role has lost the permission");
    cache.managers_mut().set_owner(GuildId::new(guild), UserId::new(member));
    assert!(!is_manager(&cache, guild, 5, 9) && is_manager(&cache, guild, member, 9));
    set(&mut cache, guild, Permissions::MANAGE_GUILD);
    assert!(is_manager(&cache, guild, 5, 9), "everybody has the role of the guild");
    cache.remove_guild(GuildId::new(guild));
    assert!(!is_manager(&cache, guild, member, 9));
}

#[test]
fn message_command_references_its_target() {
    let target = message(json!({ "id": "9", "content": "who?", "author": user("6", false) }));
    let data = json!({
        "id": "1", "name": "Ask about this", "type": 3, "target_id": "9",
        "resolved": { "messages": { "9": target } },
    });
    let given: CommandInteraction = serde_json::from_value(interaction(2, data)).unwrap();
    let incoming = command(&given, &mut cache()).unwrap();
    assert!(
        matches!(incoming.kind, InteractionKind::MessageCommand(it) if it.message_id.get() == 9)
    );
    let Event::MessageCreated(message) = incoming.event else { panic!("not a message") };
    let replied_to = message.replied_to.unwrap();
    assert_eq!((replied_to.text.as_deref(), replied_to.is_from_bot), (Some("who?"), false));
    assert!(message.addressing.is_public);
}

#[test]
fn component_with_a_known_custom_id_is_a_control_use() {
    let given = |custom_id: &str| {
        let mut given = interaction(3, json!({ "custom_id": custom_id, "component_type": 2 }));
        given["message"] = message(json!({ "id": "9", "author": user("900", true) }));
        let given: ComponentInteraction = serde_json::from_value(given).unwrap();
        component(&given, &mut cache())
    };
    let Some(Event::ControlUsed(used)) = given("q1:pick:2").map(|it| it.event) else {
        panic!("not a control use")
    };
    assert_eq!(used.control, Control::Pick(2));
    assert_eq!(used.message.as_str(), "discord:message:21:9");
    assert!(given("something").is_none());
}

#[test]
fn shard_counts_that_discord_would_reject_are_rejected() {
    for (total, recommended, is_valid) in [(1, 1, true), (1, 3, true), (1, 4, false), (2, 4, true)]
    {
        assert_eq!(check_shards(total, recommended).is_ok(), is_valid, "{total} of {recommended}");
    }
}

#[test]
fn greeting_goes_to_a_channel_in_which_the_bot_may_send() {
    let place = cache().greeting_channel(&guild()).unwrap();
    assert_eq!(place.id.as_str(), "discord:channel:21");
}
