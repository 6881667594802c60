//! Messages, and what of them a bot gets to read.

use serde_json::{Value, json};

use super::clock::{iso, made_at_ms};
use super::mention::Mentions;
use super::state::ServerState;

/// A message of anybody.
#[derive(Debug, Clone)]
pub(super) struct Message {
    pub(super) id: u64,
    pub(super) channel: u64,
    pub(super) author: u64,
    pub(super) content: String,
    pub(super) embeds: Value,
    pub(super) components: Value,
    pub(super) flags: u64,
    pub(super) kind: u64,
    pub(super) reply_to: Option<u64>,
    pub(super) mentions: Mentions,
    pub(super) is_from_webhook: bool,
    /// The interaction that it responds to, if that had no message before.
    pub(super) interaction: Option<u64>,
    /// The only one who sees it.
    pub(super) only_for: Option<u64>,
    pub(super) nonce: Option<String>,
    pub(super) edited_at_ms: Option<u64>,
    /// The user sees that something is to come.
    pub(super) is_loading: bool,
    pub(super) is_gone: bool,
}

/// Says that something is to come.
const LOADING: u64 = 1 << 7;

/// Kinds of messages.
pub(super) const DEFAULT: u64 = 0;
pub(super) const REPLY: u64 = 19;
pub(super) const CHAT_INPUT_COMMAND: u64 = 20;
pub(super) const CONTEXT_MENU_COMMAND: u64 = 23;

/// What whoever reads a message may see of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sight {
    /// Everything.
    All,
    /// What a bot without the intent for the content of messages sees.
    WithoutContent,
}

impl Message {
    /// A message that says nothing.
    pub(super) fn empty(id: u64, channel: u64, author: u64) -> Self {
        Self {
            id,
            channel,
            author,
            content: String::new(),
            embeds: json!([]),
            components: json!([]),
            flags: 0,
            kind: DEFAULT,
            reply_to: None,
            mentions: Mentions::default(),
            is_from_webhook: false,
            interaction: None,
            only_for: None,
            nonce: None,
            edited_at_ms: None,
            is_loading: false,
            is_gone: false,
        }
    }

    /// As the interface gives it, without what only events have.
    pub(super) fn json(&self, world: &ServerState, sight: Sight) -> Value {
        self.shown(world, sight, true)
    }

    fn shown(&self, world: &ServerState, sight: Sight, has_reference: bool) -> Value {
        let is_open = sight == Sight::All || self.is_open_to_bot(world);
        let hidden = |value: &Value| if is_open { value.clone() } else { json!([]) };
        let mentions: Vec<Value> =
            self.mentions.users.iter().filter_map(|id| Some(world.user(*id)?.json())).collect();
        let mut json = json!({
            "id": self.id.to_string(),
            "channel_id": self.channel.to_string(),
            "author": self.author_json(world),
            "content": if is_open { self.content.as_str() } else { "" },
            "timestamp": iso(made_at_ms(self.id)),
            "edited_timestamp": self.edited_at_ms.map(iso),
            "tts": false,
            "mention_everyone": self.mentions.everyone,
            "mentions": mentions,
            "mention_roles": self.mentions.roles.iter().map(u64::to_string).collect::<Vec<_>>(),
            "attachments": [],
            "embeds": hidden(&self.embeds),
            "components": hidden(&self.components),
            "pinned": false,
            "type": self.kind,
            "flags": self.flags | if self.is_loading { LOADING } else { 0 },
        });
        if let Some(nonce) = &self.nonce {
            json["nonce"] = json!(nonce);
        }
        if self.is_from_webhook {
            json["webhook_id"] = json!(self.author.to_string());
        }
        if self.interaction.is_some() {
            json["application_id"] = json!(world.application.to_string());
            json["webhook_id"] = json!(world.application.to_string());
        }
        if let Some(reply_to) = self.reply_to.filter(|_| has_reference) {
            self.add_reference(&mut json, reply_to, world, sight);
        }
        json
    }

    fn add_reference(&self, json: &mut Value, reply_to: u64, world: &ServerState, sight: Sight) {
        json["message_reference"] = json!({
            "type": 0,
            "message_id": reply_to.to_string(),
            "channel_id": self.channel.to_string(),
            "guild_id": world.guild_of(self.channel).map(|id| id.to_string()),
        });
        let referenced = world.messages.get(&reply_to).filter(|message| !message.is_gone);
        let is_shown = world.switches.is_generous && self.is_open_to_bot(world);
        let sight = if is_shown { Sight::All } else { sight };
        json["referenced_message"] = referenced.map_or(Value::Null, |message| {
            // What that one replies to is not told.
            message.shown(world, sight, false)
        });
    }

    fn author_json(&self, world: &ServerState) -> Value {
        match world.user(self.author) {
            Some(user) => user.json(),
            None => json!({
                "id": self.author.to_string(), "username": "Captain Hook", "avatar": null,
                "discriminator": "0000", "bot": true,
            }),
        }
    }

    /// Whether the bot sees what it says in any case.
    fn is_open_to_bot(&self, world: &ServerState) -> bool {
        let role = world.guild_of(self.channel).map(|guild| world.guilds[&guild].bot_role);
        let names_role = role.is_some_and(|role| self.mentions.roles.contains(&role));
        self.author == world.bot
            || role.is_none()
            || self.mentions.users.contains(&world.bot)
            || (names_role && world.switches.is_generous)
            || self.only_for.is_some()
    }

    /// As the event of its creation or change gives it.
    pub(super) fn event(&self, world: &ServerState, sight: Sight) -> Value {
        let mut json = self.json(world, sight);
        json["channel_type"] = json!(world.channels[&self.channel].kind);
        // What one person sees is sent to that person and the bot, not through the guild.
        let guild = world.guild_of(self.channel).filter(|_| self.only_for.is_none());
        if let Some(guild) = guild {
            json["guild_id"] = json!(guild.to_string());
            if !self.is_from_webhook {
                json["member"] = world.member(guild, self.author);
            }
            for mentioned in json["mentions"].as_array_mut().into_iter().flatten() {
                let id = mentioned["id"].as_str().and_then(|id| id.parse().ok()).unwrap_or(0);
                mentioned["member"] = world.member(guild, id);
            }
        }
        json
    }

    /// All that it shows, in reading order, as it was sent: with Markdown.
    pub(super) fn text(&self) -> String {
        let mut parts = vec![self.content.clone()];
        for embed in self.embeds.as_array().into_iter().flatten() {
            let mut add = |value: &Value| parts.extend(value.as_str().map(str::to_owned));
            add(&embed["author"]["name"]);
            add(&embed["title"]);
            add(&embed["description"]);
            for field in embed["fields"].as_array().into_iter().flatten() {
                add(&field["name"]);
                add(&field["value"]);
            }
            add(&embed["footer"]["text"]);
        }
        parts.retain(|part| !part.is_empty());
        parts.join("\n")
    }
}
