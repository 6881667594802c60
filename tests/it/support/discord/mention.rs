//! Mentions in texts, and the allowed mentions of a message.

use std::collections::BTreeSet;

use super::form::Form;

/// The mentions in a text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Mentions {
    pub(super) users: BTreeSet<u64>,
    pub(super) roles: BTreeSet<u64>,
    pub(super) everyone: bool,
}

impl Mentions {
    /// Parses the mentions of `text`, also escaped ones: Discord's server does not parse Markdown.
    pub(super) fn of(text: &str) -> Self {
        let mut mentions = Self::default();
        for part in text.split('<').skip(1) {
            let Some((inside, _)) = part.split_once('>') else { continue };
            let number = |text: &str| text.parse::<u64>().ok();
            if let Some(role) = inside.strip_prefix("@&").and_then(number) {
                mentions.roles.insert(role);
            } else if let Some(user) = inside.strip_prefix("@!").and_then(number) {
                mentions.users.insert(user);
            } else if let Some(user) = inside.strip_prefix('@').and_then(number) {
                mentions.users.insert(user);
            }
        }
        mentions.everyone = text.contains("@everyone") || text.contains("@here");
        mentions
    }
}

/// The `allowed_mentions` of a message.
#[derive(Debug, Clone, Default)]
pub(super) struct AllowedMentions {
    parses: BTreeSet<String>,
    users: BTreeSet<u64>,
    roles: BTreeSet<u64>,
    pub(super) replied_user: bool,
}

impl AllowedMentions {
    /// Validates the object.
    pub(super) fn check(form: &mut Form<'_>) -> Self {
        let mut parses = BTreeSet::new();
        for kind in form.list("parse", 3) {
            match kind.as_str() {
                Some(kind @ ("roles" | "users" | "everyone")) => drop(parses.insert(kind.into())),
                _ => form.add_error("parse", "BASE_TYPE_CHOICES", "Not a kind of mention."),
            }
        }
        let mut ids = |key: &'static str| -> BTreeSet<u64> {
            let ids: BTreeSet<u64> = form
                .list(key, 100)
                .iter()
                .filter_map(|id| id.as_u64().or_else(|| id.as_str()?.parse().ok()))
                .collect();
            if parses.contains(key) && !ids.is_empty() {
                let message =
                    format!("parse:[\"{key}\"] and {key}: [ids...] are mutually exclusive.");
                form.add_error("parse", "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE", message);
            }
            ids
        };
        let (users, roles) = (ids("users"), ids("roles"));
        let replied_user = form.flag("replied_user").unwrap_or(false);
        Self { parses, users, roles, replied_user }
    }

    /// The part of `mentions` that pings.
    pub(super) fn restrict_to_allowed(&self, mentions: &Mentions) -> Mentions {
        let among = |kind: &str, listed: &BTreeSet<u64>, all: &BTreeSet<u64>| {
            if self.parses.contains(kind) { all.clone() } else { all & listed }
        };
        Mentions {
            users: among("users", &self.users, &mentions.users),
            roles: among("roles", &self.roles, &mentions.roles),
            everyone: mentions.everyone && self.parses.contains("everyone"),
        }
    }
}
