//! Messages, and how much of them a bot receives.

use serde_json::{Value, json};

use super::clock::{created_at_ms, iso};
use super::mention::Mentions;
use super::state::ServerState;

/// A message.
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
    /// The application that owns the webhook.
    pub(super) webhook_owner: Option<u64>,
    /// What it has besides its content.
    pub(super) attached: Option<Attached>,
    /// The content of the message that it forwards.
    pub(super) forwarded: Option<String>,
    /// The interaction whose response created it.
    pub(super) interaction: Option<u64>,
    /// The user to whom it is ephemeral; `None`: everybody sees it.
    pub(super) visible_to: Option<u64>,
    pub(super) nonce: Option<String>,
    pub(super) edited_at_ms: Option<u64>,
    /// Whether it is the placeholder of a deferred response.
    pub(super) is_loading: bool,
    pub(super) is_deleted: bool,
}

/// What a message may have besides its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Attached {
    File,
    Sticker,
    Poll,
}

impl Attached {
    /// The name and value of the field of the message object.
    fn field(self, id: u64) -> (&'static str, Value) {
        let id = id.to_string();
        let url = format!("https://cdn.discordapp.com/attachments/1/{id}/a.png");
        match self {
            Self::File => (
                "attachments",
                json!([{
                    "id": id, "filename": "a.png", "size": 512, "url": url, "proxy_url": url,
                    "width": 8, "height": 8, "content_type": "image/png", "content_scan_version": 2,
                    "placeholder": "eQgG", "placeholder_version": 1, "title": "who is rana mitter",
                }]),
            ),
            Self::Sticker => (
                "sticker_items",
                json!([{ "id": id, "name": "who is rana mitter", "format_type": 1 }]),
            ),
            Self::Poll => (
                "poll",
                json!({
                    "question": { "text": "who is rana mitter" },
                    "answers": [
                        { "answer_id": 1, "poll_media": { "text": "a professor" } },
                        { "answer_id": 2, "poll_media": { "text": "a poet", "emoji": { "id": null, "name": "🪶" } } },
                    ],
                    "expiry": iso(created_at_ms(id.parse().unwrap()) + 3_600_000),
                    "allow_multiselect": false, "layout_type": 1,
                    "results": { "is_finalized": false, "answer_counts": [] },
                }),
            ),
        }
    }
}

/// The flag LOADING.
const LOADING: u64 = 1 << 7;

/// Message types.
pub(super) const DEFAULT: u64 = 0;
pub(super) const REPLY: u64 = 19;
pub(super) const CHAT_INPUT_COMMAND: u64 = 20;
pub(super) const THREAD_STARTER_MESSAGE: u64 = 21;
pub(super) const CONTEXT_MENU_COMMAND: u64 = 23;

/// How much of a message a reader sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Visibility {
    /// Everything.
    All,
    /// What a bot without the Message Content Intent sees.
    WithoutContent,
}

impl Message {
    /// A message without content.
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
            webhook_owner: None,
            attached: None,
            forwarded: None,
            interaction: None,
            visible_to: None,
            nonce: None,
            edited_at_ms: None,
            is_loading: false,
            is_deleted: false,
        }
    }

    /// The message object of the REST API.
    pub(super) fn json(&self, state: &ServerState, sight: Visibility) -> Value {
        self.render(state, sight, true)
    }

    fn render(&self, state: &ServerState, sight: Visibility, has_reference: bool) -> Value {
        let is_open = sight == Visibility::All || self.is_visible_to_bot(state);
        let hidden = |value: &Value| if is_open { value.clone() } else { json!([]) };
        let mentions: Vec<Value> =
            self.mentions.users.iter().filter_map(|id| Some(state.user(*id)?.json())).collect();
        let mut json = json!({
            "id": self.id.to_string(),
            "channel_id": self.channel.to_string(),
            "author": self.author_json(state),
            "content": if is_open { self.content.as_str() } else { "" },
            "timestamp": iso(created_at_ms(self.id)),
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
        if let Some(attached) = self.attached.filter(|_| is_open) {
            let (name, value) = attached.field(self.id);
            json[name] = value;
        }
        if let Some(nonce) = &self.nonce {
            json["nonce"] = json!(nonce);
        }
        if self.is_from_webhook {
            json["webhook_id"] = json!(self.author.to_string());
        }
        if let Some(owner) = self.webhook_owner {
            json["application_id"] = json!(owner.to_string());
        }
        if self.interaction.is_some() {
            json["application_id"] = json!(state.application.to_string());
            json["webhook_id"] = json!(state.application.to_string());
        }
        if let Some(forwarded) = &self.forwarded {
            json["message_reference"] = json!({
                "type": 1, "message_id": self.id.to_string(),
                "channel_id": self.channel.to_string(),
            });
            json["message_snapshots"] = json!([{ "message": {
                "content": if is_open { forwarded } else { "" }, "timestamp": iso(created_at_ms(self.id)),
                "edited_timestamp": null, "mentions": [], "mention_roles": [], "attachments": [],
                "embeds": [], "type": 0, "flags": 0, "components": [],
            } }]);
        }
        if let Some(reply_to) = self.reply_to.filter(|_| has_reference) {
            self.add_reference(&mut json, reply_to, state, sight);
        }
        json
    }

    fn add_reference(
        &self,
        json: &mut Value,
        reply_to: u64,
        state: &ServerState,
        sight: Visibility,
    ) {
        let referenced = state.messages.get(&reply_to).filter(|message| !message.is_deleted);
        // A thread refers to a message in its parent channel.
        let channel = referenced.map_or(self.channel, |message| message.channel);
        json["message_reference"] = json!({
            "type": 0,
            "message_id": reply_to.to_string(),
            "channel_id": channel.to_string(),
            "guild_id": state.guild_of(self.channel).map(|id| id.to_string()),
        });
        let is_revealed =
            state.options.reveals_undocumented_content && self.is_visible_to_bot(state);
        let sight = if is_revealed { Visibility::All } else { sight };
        json["referenced_message"] = referenced.map_or(Value::Null, |message| {
            // A reference of the referenced message is not included.
            message.render(state, sight, false)
        });
    }

    fn author_json(&self, state: &ServerState) -> Value {
        match state.user(self.author) {
            Some(user) => user.json(),
            None => json!({
                "id": self.author.to_string(), "username": "Captain Hook", "avatar": null,
                "discriminator": "0000", "bot": true,
            }),
        }
    }

    /// Whether the bot sees the content without the Message Content Intent.
    fn is_visible_to_bot(&self, state: &ServerState) -> bool {
        let role = state.guild_of(self.channel).map(|guild| state.guilds[&guild].bot_role);
        let mentions_role = role.is_some_and(|role| self.mentions.roles.contains(&role));
        self.author == state.bot
            || role.is_none()
            || self.mentions.users.contains(&state.bot)
            || (mentions_role && state.options.reveals_undocumented_content)
            || self.visible_to.is_some()
    }

    /// The message object of a create or update event.
    pub(super) fn event(&self, state: &ServerState, sight: Visibility) -> Value {
        let mut json = self.json(state, sight);
        json["channel_type"] = json!(state.channels[&self.channel].kind);
        // Events of ephemeral messages have no guild.
        let guild = state.guild_of(self.channel).filter(|_| self.visible_to.is_none());
        if let Some(guild) = guild {
            json["guild_id"] = json!(guild.to_string());
            if !self.is_from_webhook {
                json["member"] = state.member(guild, self.author);
            }
            for mentioned in json["mentions"].as_array_mut().into_iter().flatten() {
                let id = mentioned["id"].as_str().and_then(|id| id.parse().ok()).unwrap_or(0);
                mentioned["member"] = state.member(guild, id);
            }
        }
        json
    }

    /// Content and embed texts in reading order, with Markdown.
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
