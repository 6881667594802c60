//! The checks of Discord against the fake server, each broken alone.

use serde_json::json;

use super::{Setup, in_parallel};
use crate::discord::bot::TestGuild;
use crate::service::free_port;
use crate::support::discord::permission::{EMBED_LINKS, SEND_MESSAGES};
use crate::support::discord::{ChannelId, Discord, Subject};

/// A setup with Discord.
fn setup_with(discord: &Discord) -> Setup {
    let mut setup = Setup::new();
    for (name, value) in discord.settings() {
        setup.set(&name, &value);
    }
    setup
}

#[test]
fn sane_setup_with_discord_has_nothing_wrong_and_starts_no_session() {
    let home = TestGuild::new();
    let mut setup = setup_with(&home.discord);
    setup.set("QUOTH_DISCORD__MESSAGE_CONTENT", "true");
    setup.set("QUOTH_DEFAULT_SPACE__REPORTS_TO", &format!("'{}'", home.channel));
    let Subject::Role(role) = home.discord.bot_role(home.guild) else { panic!("no role") };
    setup.set("QUOTH_DEFAULT_SPACE__MODERATORS", &format!("['discord:role:{role}']"));
    setup.assert_nothing_wrong();
    let reports = setup.reports();
    let is_ok = |name: &&str| reports[*name].status == "ok";
    let names = ["discord-token-shape", "discord-api", "discord-token", "discord-gateway"];
    let more = ["discord-intents", "discord-interactions", "discord-sessions", "discord-shards"];
    let guilds = ["discord-guilds", "discord-places", "discord-permissions", "discord-moderators"];
    let all = [&names[..], &more, &guilds, &["clock"]].concat();
    assert!(all.iter().all(is_ok), "{reports:?}");
    assert_eq!(reports["discord-commands"].status, "not_applicable");
    assert_eq!(home.discord.counts(), (0, 0, 0), "no IDENTIFY, RESUME or registration");
}

#[test]
fn commands_that_a_service_has_registered_are_current() {
    let home = TestGuild::new();
    home.bot(&[]).stop();
    let setup = setup_with(&home.discord);
    assert_eq!(setup.reports()["discord-commands"].status, "ok");
}

/// What breaks a setup with Discord.
type Break = fn(&TestGuild, &mut Setup);

#[test]
fn each_discord_check_reports_its_own_problem_only() {
    let rows: [(&str, &str, &str, Break); 14] = [
        ("discord-token-shape", "not three parts", "client secret", |_, setup| {
            setup.set("QUOTH_DISCORD__TOKEN", "abcdefghijklmnopqrstuvwxyz012345");
        }),
        ("discord-token-shape", "quotation marks", "Reset Token", |_, setup| {
            setup.set("QUOTH_DISCORD__TOKEN", "\"MTE1MDAwMDAwMDAwMDAwMDAw.GstAnd.in-for-a-token\"");
        }),
        ("discord-api", "no usable response", "firewall", |_, setup| {
            let base = format!("http://127.0.0.1:{}", free_port());
            setup.set("QUOTH_DISCORD__API_BASE", &base);
        }),
        ("discord-token", "rejects the token", "copy it again", |_, setup| {
            setup.set("QUOTH_DISCORD__TOKEN", "MTE1MDAwMDAwMDAwMDAwMDAw.Gother.token-of-yesterday");
        }),
        ("discord-gateway", "no WebSocket connection", "firewalls", |home, _| {
            home.discord.set_gateway_url(&format!("ws://127.0.0.1:{}", free_port()));
        }),
        ("discord-intents", "is not enabled", "turn Message Content Intent on", |home, setup| {
            setup.set("QUOTH_DISCORD__MESSAGE_CONTENT", "true");
            home.discord.disallow_message_content();
        }),
        ("discord-interactions", "endpoint URL", "General Information", |home, _| {
            home.discord.set_interactions_endpoint("https://example.org/interactions");
        }),
        ("discord-sessions", "5 of 1000", "do not restart", |home, _| {
            home.discord.use_session_starts(995);
        }),
        ("discord-shards", "1 shards are too few", "set `shards`", |home, setup| {
            home.discord.recommend_shards(10);
            setup.set("QUOTH_DISCORD__SHARDS", "1");
        }),
        ("discord-commands", "not those of this version", "restart quoth", |home, _| {
            home.discord.set_command(json!({ "name": "ask", "description": "old", "type": 1 }));
        }),
        ("discord-guilds", "nobody has invited", "docs/discord.md", |home, _| {
            home.discord.remove_bot(home.guild);
        }),
        ("discord-places", "does not see", "copy the ids", |home, setup| {
            let other = ChannelId(home.channel.0 + 1);
            setup.set("QUOTH_DEFAULT_SPACE__REPORTS_TO", &format!("'{other}'"));
        }),
        ("discord-permissions", "Embed Links", "grant them", |home, setup| {
            setup.set("QUOTH_DEFAULT_SPACE__REPORTS_TO", &format!("'{}'", home.channel));
            home.discord.deny(home.channel, EMBED_LINKS);
        }),
        ("discord-moderators", "has discord:role:7", "copy the id", |_, setup| {
            setup.set("QUOTH_DEFAULT_SPACE__MODERATORS", "['discord:role:7']");
        }),
    ];
    in_parallel(rows, |(check, message, advice, break_it)| {
        let home = TestGuild::new();
        let mut setup = setup_with(&home.discord);
        break_it(&home, &mut setup);
        setup.assert_only_wrong(check, message, advice);
    });
}

#[test]
fn guild_without_a_channel_for_answers_is_wrong() {
    for permission in [SEND_MESSAGES, EMBED_LINKS] {
        let home = TestGuild::new();
        let setup = setup_with(&home.discord);
        home.discord.deny(home.channel, permission);
        let message = "there is no channel in the guild";
        setup.assert_only_wrong("discord-permissions", message, "grant them");
    }
}

#[test]
fn places_that_moderators_have_set_are_checked() {
    let home = TestGuild::new();
    let setup = setup_with(&home.discord);
    let set = |place: ChannelId| {
        let run = setup.run_command(&["settings", "set", "reports_to", &place.to_string()]);
        assert_eq!(run.code, 0, "{run:?}");
    };
    set(home.channel);
    setup.assert_nothing_wrong();
    set(ChannelId(home.channel.0 + 1));
    setup.assert_only_wrong("discord-places", "does not see", "copy the ids");
}

#[test]
fn output_has_no_token() {
    let home = TestGuild::new();
    let setup = setup_with(&home.discord);
    for args in [&[][..], &["--json"]] {
        let run = setup.run(args);
        for secret in ["GstAnd", "in-for-a-token"] {
            assert!(!run.stdout.contains(secret) && !run.stderr.contains(secret), "{run:?}");
        }
    }
}
