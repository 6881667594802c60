//! Checks of the token, the connection and the application.

use super::super::commands::{self, Registration};
use super::super::gateway::{self, BAD_TOKEN, INTENT_NOT_ENABLED};
use super::super::{NOT_DISCORD, PlatformError, check_shards};
use super::{DiscordSetup, ProbeError, TIMEOUT, in_time, no_response};
use crate::platform::diagnosis::{CheckOutcome, CheckResult};

/// Flags of an application for which the message content intent is enabled: of a verified one, and of one in fewer than
/// 100 guilds.
const MESSAGE_CONTENT_FLAGS: u64 = 1 << 18 | 1 << 19;

/// Session starts of the day that are few. Each start of quoth takes one for each shard, and so does each session that
/// Discord has forgotten.
const FEW_SESSION_STARTS: u64 = 20;

/// Whether `token` looks like a bot's token.
pub(super) fn is_complete(token: &str) -> bool {
    let parts: Vec<&str> = token.split('.').collect();
    let is_base64 = |part: &&str| {
        let is_of_it = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '=');
        !part.is_empty() && part.chars().all(is_of_it)
    };
    parts.len() == 3 && parts.iter().all(is_base64)
}

pub(super) async fn is_token_complete(setup: &DiscordSetup) -> CheckOutcome {
    let token = setup.settings.token();
    if is_complete(token) {
        return Ok(CheckResult::ok("it has three parts"));
    }
    let message = if token.contains(char::is_whitespace) || token.contains(['"', '\'']) {
        "the token has white space or quotation marks in it"
    } else {
        "the token has not three parts with dots between them"
    };
    Ok(CheckResult::wrong(
        message,
        "copy all of it, and nothing else (no `Bot` before it, no quotation marks in its file), from \
         https://discord.com/developers/applications (your application, Bot, Reset Token); the client secret and the \
         public key of the application are other things",
    ))
}

pub(super) async fn is_api_reachable(setup: &DiscordSetup) -> CheckOutcome {
    if setup.api.is_none() {
        return Ok(CheckResult::wrong(
            "no HTTP client can be built",
            "check the proxies of the environment (HTTPS_PROXY)",
        ));
    }
    if !is_complete(setup.settings.token()) {
        return Err("the token is not complete (see discord-token-shape)".to_owned());
    }
    Ok(match setup.fetched_gateway().await {
        Ok(_) | Err(ProbeError { status: Some(401) }) => CheckResult::ok("it responds"),
        Err(ProbeError { status: Some(status @ (403 | 404)) }) => {
            CheckResult::wrong(format!("it responds with HTTP status {status}"), NOT_DISCORD)
        }
        Err(ProbeError { status: Some(429) }) => CheckResult::wrong(
            "Discord limits the requests of this address (HTTP status 429)",
            "wait, and look for programs on this machine, or with this token, that send many requests",
        ),
        Err(ProbeError { status: Some(status) }) => CheckResult::wrong(
            format!("it responds with HTTP status {status}"),
            "look at https://discordstatus.com, and try again later; quoth connects by itself",
        ),
        Err(ProbeError { status: None }) => CheckResult::wrong(
            format!("no usable response within {} s", TIMEOUT.as_secs()),
            "check the network, name resolution, firewall and proxies of this machine, and https://discordstatus.com",
        ),
    })
}

pub(super) async fn is_token_accepted(setup: &DiscordSetup) -> CheckOutcome {
    if is_complete(setup.settings.token())
        && setup.fetched_gateway().await.err() == Some(ProbeError { status: Some(401) })
    {
        return Ok(CheckResult::wrong("Discord rejects the token", BAD_TOKEN));
    }
    setup.gateway().await.map(|_| CheckResult::ok("it is accepted"))
}

pub(super) async fn is_gateway_reachable(setup: &DiscordSetup) -> CheckOutcome {
    let url = &setup.gateway().await?.gateway.url;
    let greeted = tokio::time::timeout(TIMEOUT, gateway::sends_hello(url)).await;
    if greeted.unwrap_or(false) {
        return Ok(CheckResult::ok("it responds"));
    }
    Ok(CheckResult::wrong(
        format!("no WebSocket connection to {url} within {} s", TIMEOUT.as_secs()),
        "let this machine connect to it directly, at port 443: the gateway is not reached by the proxies of HTTPS_PROXY, \
         and some firewalls let HTTPS pass, but no WebSockets",
    ))
}

pub(super) async fn are_intents_enabled(setup: &DiscordSetup) -> CheckOutcome {
    if !setup.settings.message_content {
        return Err("the configuration needs none (message_content = false)".to_owned());
    }
    let flags = setup.application().await?.flags;
    if flags & MESSAGE_CONTENT_FLAGS != 0 {
        return Ok(CheckResult::ok("the message content intent is enabled"));
    }
    let message = "message_content is true, but the message content intent is not enabled for the application";
    Ok(CheckResult::wrong(message, INTENT_NOT_ENABLED))
}

pub(super) async fn are_interactions_received(setup: &DiscordSetup) -> CheckOutcome {
    let endpoint = &setup.application().await?.interactions_endpoint_url;
    if endpoint.as_deref().is_none_or(str::is_empty) {
        return Ok(CheckResult::ok("they come by the gateway"));
    }
    Ok(CheckResult::wrong(
        "Discord sends commands and buttons to an interactions endpoint URL, not to quoth",
        "at https://discord.com/developers/applications, open your application, General Information, and remove the \
         Interactions Endpoint URL",
    ))
}

pub(super) async fn has_session_starts(setup: &DiscordSetup) -> CheckOutcome {
    let limit = &setup.gateway().await?.gateway.session_start_limit;
    let (remaining, minutes) = (limit.remaining, limit.reset_after / 60_000);
    if remaining >= FEW_SESSION_STARTS {
        return Ok(CheckResult::ok(format!("{remaining} of {} are left", limit.total)));
    }
    Ok(CheckResult::wrong(
        format!(
            "{remaining} of {} session starts are left; the limit resets in {minutes} min",
            limit.total
        ),
        "do not restart quoth until then, and find out what starts it so often (or another program with its token)",
    ))
}

pub(super) async fn are_shards_enough(setup: &DiscordSetup) -> CheckOutcome {
    let recommended = setup.gateway().await?.gateway.shards;
    let total = setup.settings.shards.total.unwrap_or(recommended).max(1);
    match check_shards(total, recommended) {
        Ok(()) => Ok(CheckResult::ok(format!("{total}; Discord recommends {recommended}"))),
        Err(error @ (PlatformError::Permanent { .. } | PlatformError::Transient { .. })) => {
            let message = format!("{total} shards are too few; Discord recommends {recommended}");
            Ok(CheckResult::wrong(message, error.to_string()))
        }
    }
}

pub(super) async fn are_commands_current(setup: &DiscordSetup) -> CheckOutcome {
    let id = setup.application().await?.id;
    let registration =
        in_time(async { commands::registration(setup.api()?, id).await.map_err(ProbeError::from) });
    match registration.await.map_err(no_response)? {
        Registration::Same => Ok(CheckResult::ok("they are those of this version")),
        Registration::None => Err("none are registered yet: `quoth run` does it".to_owned()),
        Registration::Different => Ok(CheckResult::wrong(
            "the commands that are registered are not those of this version",
            "restart quoth, which registers them when it connects; if they change again, another program uses the same \
             application: give each its own",
        )),
    }
}
