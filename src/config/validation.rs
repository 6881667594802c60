//! Checks values beyond their type: ranges and formats.

use tracing_subscriber::EnvFilter;

use super::bridge::BridgeSettings;
use super::discord::DiscordSettings;
use super::log::LogSettings;
use super::matching::MatchingSettings;
use super::matrix::MatrixSettings;
use super::records::RecordsSettings;
use super::space::PLATFORMS;
use crate::conversation::{InvalidValue, PlaceId, SpaceSettings};
use crate::service::settings::{DeliverySettings, HttpSettings, RetentionSettings};

/// Upper limit of the catch-up. The ids of handled messages are kept for 15 days; an older message could
/// be answered twice.
const MAX_CATCH_UP_MINUTES: u32 = 14 * 24 * 60;

/// A section whose values can be checked.
pub(super) trait Validate {
    /// All invalid values.
    fn validate(&self) -> Vec<InvalidValue>;
}

impl Validate for MatchingSettings {
    fn validate(&self) -> Vec<InvalidValue> {
        let share = self.unanswerable_share;
        let is_share = share > 0.0 && share < 1.0;
        let share =
            InvalidValue::unless(is_share, "unanswerable_share", share, "above 0 and below 1");
        [
            InvalidValue::unless_probability("answer_from", self.answer_from),
            InvalidValue::unless_probability("suggest_from", self.suggest_from),
            share,
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

impl Validate for DeliverySettings {
    fn validate(&self) -> Vec<InvalidValue> {
        let minutes = self.catch_up_minutes;
        let range = "below 20160 (14 days)";
        [
            InvalidValue::unless(
                minutes < MAX_CATCH_UP_MINUTES,
                "catch_up_minutes",
                minutes,
                range,
            ),
            InvalidValue::unless_positive("lease_seconds", self.lease_seconds),
            InvalidValue::unless_positive("queue_length", self.queue_length),
            InvalidValue::unless_positive("n_workers", self.n_workers),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

impl Validate for RetentionSettings {
    fn validate(&self) -> Vec<InvalidValue> {
        let days = [
            InvalidValue::unless_positive("unanswered_days", self.unanswered_days),
            InvalidValue::unless_positive("answers_days", self.answers_days),
        ];
        days.into_iter().flatten().collect()
    }
}

impl Validate for LogSettings {
    fn validate(&self) -> Vec<InvalidValue> {
        let is_filter =
            !self.level.trim().is_empty() && EnvFilter::builder().parse(&self.level).is_ok();
        let range = "error, warn, info, debug, trace or directives like \"warn,quoth=debug\"";
        InvalidValue::unless(is_filter, "level", quoted(&self.level), range).into_iter().collect()
    }
}

impl Validate for HttpSettings {
    fn validate(&self) -> Vec<InvalidValue> {
        Vec::new()
    }
}

impl Validate for RecordsSettings {
    fn validate(&self) -> Vec<InvalidValue> {
        Vec::new()
    }
}

impl Validate for BridgeSettings {
    fn validate(&self) -> Vec<InvalidValue> {
        let is_named = self.socket.as_ref().is_none_or(|path| !path.as_os_str().is_empty());
        let mode = quoted(&self.socket_mode);
        let range = "three octal digits, of which the first gives the owner reading and writing, like \"0660\"";
        [
            InvalidValue::unless(is_named, "socket", "\"\"", "a path, or left out"),
            InvalidValue::unless(self.mode().is_some(), "socket_mode", mode, range),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

impl Validate for DiscordSettings {
    fn validate(&self) -> Vec<InvalidValue> {
        // `shards = 0` is one problem, not also one of first_shard.
        let n_shards = self.shards.map(|shards| shards.max(1));
        let is_shard = |shard: u32| n_shards.is_some_and(|shards| shard < shards);
        let first = self.first_shard;
        let first_range = "below `shards`, which has to be set as well";
        let last_range = "from first_shard to below `shards`, which has to be set as well";
        let proxies = self.proxies.iter().map(String::as_str);
        let base = self.api_base.as_deref().unwrap_or_default();
        let base_range = "an address like \"http://127.0.0.1:8080\", without /api";
        [
            self.shards.and_then(|shards| InvalidValue::unless_positive("shards", shards)),
            InvalidValue::unless(first == 0 || is_shard(first), "first_shard", first, first_range),
            self.last_shard.and_then(|last| {
                InvalidValue::unless(
                    first <= last && is_shard(last),
                    "last_shard",
                    last,
                    last_range,
                )
            }),
            InvalidValue::unless(
                base.is_empty() || is_base(base),
                "api_base",
                quoted(base),
                base_range,
            ),
        ]
        .into_iter()
        .flatten()
        .chain(ids(
            "proxies",
            proxies,
            is_snowflake,
            "the id of an application or webhook, digits only",
        ))
        .collect()
    }
}

impl Validate for MatrixSettings {
    fn validate(&self) -> Vec<InvalidValue> {
        let server = self.homeserver.as_deref().unwrap_or_default();
        let is_server = self.homeserver.is_none() || is_homeserver(server);
        let server_range = "a server's name like \"example.org\", or its address like \"https://matrix.example.org\", without a path";
        let user = self.user.as_deref().unwrap_or_default();
        let is_user = self.user.is_none() || is_user(user);
        let user_range =
            "a user id like \"@quoth:example.org\", or the part of it before the colon";
        let patterns = self.accepts_invites_from.iter().map(String::as_str);
        let pattern_range = "user ids, with * as wildcard, like \"@*:example.org\"";
        [
            InvalidValue::unless(is_server, "homeserver", quoted(server), server_range),
            InvalidValue::unless(is_user, "user", quoted(user), user_range),
        ]
        .into_iter()
        .flatten()
        .chain(ids("accepts_invites_from", patterns, is_pattern, pattern_range))
        .collect()
    }
}

fn is_homeserver(text: &str) -> bool {
    let is_host = |host: &str| {
        !host.is_empty() && !host.contains(|c: char| c == '/' || c == '@' || c.is_whitespace())
    };
    match text.split_once("://") {
        Some((scheme, rest)) => {
            ["http", "https"].contains(&scheme) && is_host(rest.strip_suffix('/').unwrap_or(rest))
        }
        None => is_host(text),
    }
}

fn is_user(text: &str) -> bool {
    let local = text.strip_prefix('@').map_or(text, |id| id.split_once(':').map_or("", |it| it.0));
    !local.is_empty() && !local.contains(|c: char| c == ':' || c == '@' || c.is_whitespace())
}

fn is_pattern(text: &str) -> bool {
    text.contains('*') || (text.starts_with('@') && text.contains(':'))
}

fn is_snowflake(text: &str) -> bool {
    text.parse::<u64>().is_ok_and(|id| id > 0)
}

/// Whether `address` is an HTTP address without the path of Discord's API.
fn is_base(address: &str) -> bool {
    let (scheme, rest) = address.split_once("://").unwrap_or_default();
    ["http", "https"].contains(&scheme) && !rest.is_empty() && !rest.contains("/api")
}

impl Validate for SpaceSettings {
    fn validate(&self) -> Vec<InvalidValue> {
        let place = |key, place: &Option<PlaceId>| {
            let place = place.as_ref()?.as_str();
            InvalidValue::unless(is_channel(place), key, quoted(place), CHANNEL)
        };
        let channels = [
            place("reports_to", &self.reports_to),
            place("logs_edits_to", &self.logs_edits_to),
            place("sends_digest_to", &self.sends_digest_to),
        ];
        let places = self.listens_in.iter().map(|place| place.as_str());
        let places = ids("listens_in", places, is_place, PLACE);
        let principals = [("moderators", &self.moderators), ("owners", &self.owners)];
        let principals = principals.into_iter().flat_map(|(key, listed)| {
            let listed = listed.iter().map(|principal| principal.as_str());
            ids(key, listed, is_principal, PRINCIPAL)
        });
        let channels = channels.into_iter().flatten();
        self.invalid_values().into_iter().chain(channels).chain(places).chain(principals).collect()
    }
}

/// Description of a valid place.
pub(super) const PLACE: &str = "a place on discord, matrix, bridge or console, like \
     \"discord:guild:1\", \"matrix:!abc:example.org\" (a room's id, not its alias), \"bridge:general\" or \
     \"console\"";

/// Description of a place that messages can be sent to.
const CHANNEL: &str = "a channel or room on discord, matrix, bridge or console, like \
     \"discord:channel:2\", \"matrix:!abc:example.org\" (a room's id, not its alias), \"bridge:general\" or \
     \"console\"";

/// Description of a valid user, role or rank.
const PRINCIPAL: &str = "a user or role on discord, matrix, bridge or console, like \
     \"discord:user:1\", \"discord:role:2\", \"discord:managers:3\" (a server's id), \"matrix:@ada:example.org\" \
     or \"matrix:moderators:!abc:example.org\" (a room's id)";

/// Whether `id` is a place. The console is one place without a part after the colon. Aliases of Matrix
/// rooms are not accepted, since they can change.
pub fn is_place(id: &str) -> bool {
    let is_on_platform = match on_platform(id) {
        Some(("discord", rest)) => is_discord(rest, &["guild:", "channel:"]),
        Some(("matrix", rest)) => rest.starts_with('!'),
        found => found.is_some(),
    };
    id == "console" || is_on_platform
}

/// Whether `id` is a place that messages can be sent to.
pub fn is_channel(id: &str) -> bool {
    is_place(id) && !id.starts_with("discord:guild:")
}

fn is_principal(id: &str) -> bool {
    match on_platform(id) {
        Some(("discord", rest)) => is_discord(rest, &["user:", "role:", "managers:"]),
        Some(("matrix", rest)) => {
            let room = ["moderators:", "admins:"].iter().find_map(|rank| rest.strip_prefix(rank));
            is_platform_user(id) || room.is_some_and(|room| room.starts_with('!'))
        }
        found => found.is_some(),
    }
}

/// Whether `id` is a user: not a role, nor a rank.
pub fn is_platform_user(id: &str) -> bool {
    match on_platform(id) {
        Some(("discord", rest)) => is_discord(rest, &["user:"]),
        Some(("matrix", rest)) => rest.starts_with('@'),
        found => found.is_some(),
    }
}

/// Whether `rest`, the part of an id after the platform, is one of `kinds` with the number of what it names.
fn is_discord(rest: &str, kinds: &[&str]) -> bool {
    kinds.iter().any(|kind| rest.strip_prefix(kind).is_some_and(is_snowflake))
}

fn on_platform(id: &str) -> Option<(&str, &str)> {
    id.split_once(':')
        .filter(|(platform, rest)| PLATFORMS.contains(platform) && !rest.trim().is_empty())
}

fn ids<'i>(
    key: &'static str,
    ids: impl Iterator<Item = &'i str>,
    is_valid: fn(&str) -> bool,
    range: &'static str,
) -> impl Iterator<Item = InvalidValue> {
    ids.enumerate().filter(move |(_, id)| !is_valid(id)).map(move |(n, id)| InvalidValue {
        key,
        item: Some(n),
        value: quoted(id),
        range,
    })
}

/// The text as it is written in the file.
pub(super) fn quoted(text: &str) -> String {
    format!("{text:?}")
}
