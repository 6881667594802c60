//! The endpoints of the REST API, except those of interactions.

use serde_json::{Value, json};

use super::command;
use super::draft::{Draft, Origin};
use super::error::{
    ApiError, CANNOT_REPLY, CANNOT_SEND_TO_USER, ErrorCode, MISSING_ACCESS, MISSING_PERMISSIONS,
    NOT_AUTHOR, NOT_FOUND, THREAD_ARCHIVED, THREAD_LOCKED, UNKNOWN_CHANNEL, UNKNOWN_GUILD,
    UNKNOWN_MESSAGE, UNKNOWN_USER, WRONG_CHANNEL_TYPE,
};
use super::guild::{Channel, DIRECT, FORUM};
use super::message::{Message, REPLY, Visibility};
use super::permission::{
    EMBED_LINKS, MANAGE_MESSAGES, MANAGE_THREADS, READ_MESSAGE_HISTORY, VIEW_CHANNEL,
};
use super::state::ServerState;

/// A request.
pub(super) struct Request<'a> {
    pub(super) method: &'a str,
    pub(super) path: Vec<&'a str>,
    pub(super) query: &'a str,
    pub(super) body: &'a Value,
}

/// A response: status and body; null for no body.
type ApiResult = Result<(u16, Value), ApiError>;

impl ServerState {
    /// Executes `request`.
    pub(super) fn handle(&mut self, request: &Request<'_>) -> ApiResult {
        let Request { method, path, query, body } = request;
        let ok = |value: Value| Ok((if value.is_null() { 204 } else { 200 }, value));
        match (*method, path.as_slice()) {
            ("GET", ["gateway"]) => ok(json!({ "url": self.gateway_url })),
            ("GET", ["gateway", "bot"]) => ok(self.gateway_bot()),
            ("GET", ["users", "@me"]) => ok(self.users[&self.bot].json()),
            ("GET", ["users", "@me", "guilds"]) => ok(self.guilds_of_bot()),
            ("POST", ["users", "@me", "channels"]) => self.open_direct(body).and_then(ok),
            ("GET", ["applications", "@me"] | ["oauth2", "applications", "@me"]) => {
                ok(self.application_json())
            }
            ("GET", ["users" | "guilds", ..]) => self.get_object(path).and_then(ok),
            ("GET", ["channels", channel]) => ok(self.visible_channel(channel)?.json()),
            ("POST", ["channels", channel, "typing"]) => {
                let channel = self.visible_channel(channel)?;
                self.check_may_send(&channel)?;
                ok(Value::Null)
            }
            ("GET", ["channels", channel, "messages"]) => {
                self.list_messages(channel, query).and_then(ok)
            }
            ("POST", ["channels", channel, "messages"]) => self.create(channel, body).and_then(ok),
            (_, ["channels", channel, "messages", message]) => {
                self.on_message(method, channel, message, body).and_then(ok)
            }
            ("POST", ["interactions", id, token, "callback"]) => {
                let resource = self.respond(id.parse().unwrap_or(0), token, body)?;
                ok(if query.contains("with_response=true") { resource } else { Value::Null })
            }
            ("POST", ["webhooks", application, token]) => {
                self.follow_up(application, token, body).and_then(ok)
            }
            ("GET" | "PATCH" | "DELETE", ["webhooks", application, token, "messages", name]) => {
                self.response(method, [application, token, name], body).and_then(ok)
            }
            (_, ["applications", application, "commands"]) => {
                self.on_commands(method, application, body).and_then(ok)
            }
            _ => {
                self.add_violation(format!("{method} {} is not an endpoint", path.join("/")));
                Err(NOT_FOUND.into())
            }
        }
    }

    /// Reads of users and guilds.
    fn get_object(&self, path: &[&str]) -> Result<Value, ApiError> {
        match path {
            ["users", user] => {
                let user = user.parse().ok().and_then(|id| self.user(id));
                Ok(user.ok_or(UNKNOWN_USER)?.json())
            }
            ["guilds", guild] => Ok(self.guild(guild)?),
            ["guilds", guild, "channels"] => {
                let id = self.guild_id(guild)?;
                let all =
                    self.channels.values().filter(|it| it.guild == Some(id) && !it.is_thread());
                Ok(all.map(|channel| channel.json()).collect())
            }
            ["guilds", guild, "members", user] => {
                let guild = self.guild_id(guild)?;
                let user = if *user == "@me" { Some(self.bot) } else { user.parse().ok() };
                let user = user.filter(|id| self.users.contains_key(id)).ok_or(UNKNOWN_USER)?;
                let mut member = self.member(guild, user);
                member["user"] = self.users[&user].json();
                Ok(member)
            }
            ["guilds", guild, "roles"] => {
                let guild = self.guild_id(guild)?;
                Ok(self.guilds[&guild].roles_json(self.bot).into())
            }
            _ => Err(NOT_FOUND.into()),
        }
    }

    /// The guilds that the bot is in, without their roles and channels.
    fn guilds_of_bot(&self) -> Value {
        let guilds = self.guilds.values().filter(|guild| !guild.is_left);
        let part = |guild: &super::guild::Guild| {
            json!({
                "id": guild.id.to_string(), "name": guild.name, "icon": null, "banner": null,
                "owner": false, "permissions": "0", "features": [],
            })
        };
        guilds.map(part).collect()
    }

    fn gateway_bot(&self) -> Value {
        json!({
            "url": self.gateway_url, "shards": self.options.n_shards,
            "session_start_limit": {
                "total": 1000, "remaining": 1000 - self.n_identifies, "reset_after": 14_400_000,
                "max_concurrency": 1,
            },
        })
    }

    fn application_json(&self) -> Value {
        let content = if self.options.allows_content { 1 << 19 } else { 0 };
        json!({
            "id": self.application.to_string(), "name": "quoth", "icon": null, "description": "",
            "bot_public": false, "bot_require_code_grant": false, "verify_key": "", "team": null,
            "owner": self.users[&self.bot].json(), "flags": content, "summary": "",
            "interactions_endpoint_url": self.options.interactions_endpoint,
        })
    }

    fn guild_id(&self, guild: &str) -> Result<u64, ApiError> {
        let is_in = |id: &u64| self.guilds.get(id).is_some_and(|guild| !guild.is_left);
        let id = guild.parse().ok().filter(is_in);
        id.ok_or_else(|| UNKNOWN_GUILD.into())
    }

    fn guild(&self, guild: &str) -> Result<Value, ApiError> {
        Ok(self.guilds[&self.guild_id(guild)?].json(self.bot))
    }

    /// The channel of a path, if the bot may view it.
    fn visible_channel(&self, channel: &str) -> Result<Channel, ApiError> {
        let id = channel.parse().map_err(|_| UNKNOWN_CHANNEL)?;
        let channel = self.channel(id).ok_or(UNKNOWN_CHANNEL)?.clone();
        if !self.may(&channel, VIEW_CHANNEL) {
            return Err(MISSING_ACCESS.into());
        }
        Ok(channel)
    }

    fn check_may_send(&self, channel: &Channel) -> Result<(), ErrorCode> {
        if channel.kind == FORUM {
            return Err(WRONG_CHANNEL_TYPE);
        }
        if channel.is_locked && !self.may(channel, MANAGE_THREADS) {
            return Err(if channel.is_archived { THREAD_ARCHIVED } else { THREAD_LOCKED });
        }
        if !self.may_send(channel, self.bot) {
            return Err(MISSING_PERMISSIONS);
        }
        let accepts_direct_messages = channel
            .owner
            .and_then(|id| self.user(id))
            .is_none_or(|user| user.accepts_direct_messages);
        if channel.kind == DIRECT && !accepts_direct_messages {
            return Err(CANNOT_SEND_TO_USER);
        }
        Ok(())
    }

    /// Create DM.
    fn open_direct(&mut self, body: &Value) -> Result<Value, ApiError> {
        let recipient = body["recipient_id"].as_str().and_then(|id| id.parse().ok());
        let user = recipient.filter(|id| self.users.contains_key(id)).ok_or(UNKNOWN_USER)?;
        let id = self.direct_channel(user);
        let mut json = self.channels[&id].json();
        json["recipients"] = json!([self.users[&user].json()]);
        Ok(json)
    }

    /// Get Channel Messages: newest first, whatever part of them is requested.
    fn list_messages(&mut self, channel: &str, query: &str) -> Result<Value, ApiError> {
        let channel = self.visible_channel(channel)?;
        let (mut limit, mut after, mut before) = (50, None, None);
        for (key, value) in query.split('&').filter_map(|pair| pair.split_once('=')) {
            let number: Option<u64> = value.parse().ok();
            match key {
                "limit" => limit = number.filter(|it| (1..=100).contains(it)).unwrap_or(0),
                "after" => after = number,
                "before" => before = number,
                _ => self.add_violation(format!("messages were requested with {key}")),
            }
        }
        if limit == 0 || (after.is_some() && before.is_some()) {
            self.add_violation(format!("messages were requested with {query}"));
        }
        if !self.may(&channel, READ_MESSAGE_HISTORY) {
            return Ok(json!([]));
        }
        let allows = self.options.allows_content;
        let sight = if allows { Visibility::All } else { Visibility::WithoutContent };
        let range = after.map_or(0, |id| id + 1)..before.unwrap_or(u64::MAX);
        let is_listed =
            |it: &&Message| it.channel == channel.id && !it.is_deleted && it.visible_to.is_none();
        let all = self.messages.range(range).map(|(_, message)| message).filter(is_listed);
        let mut listed: Vec<&Message> = all.collect();
        let limit = usize::try_from(limit).unwrap();
        if after.is_some() {
            listed.truncate(limit);
        } else {
            listed.drain(..listed.len().saturating_sub(limit));
        }
        Ok(listed.iter().rev().map(|message| message.json(self, sight)).collect())
    }

    /// Create Message.
    fn create(&mut self, channel: &str, body: &Value) -> Result<Value, ApiError> {
        let channel = self.visible_channel(channel)?;
        let draft = self.check_draft(body, &[], Origin::Create)?;
        self.check_may_send(&channel)?;
        let has_embeds = draft.embeds.as_ref().is_some_and(|it| *it != json!([]));
        if has_embeds && !self.may(&channel, EMBED_LINKS) {
            return Err(MISSING_PERMISSIONS.into());
        }
        let nonce = draft.nonce.clone().filter(|_| draft.is_nonce_enforced);
        if let Some(resource) = nonce.as_ref().and_then(|nonce| self.message_by_nonce(nonce)) {
            return Ok(self.messages[&resource].json(self, Visibility::All));
        }
        let id = self.clock.id();
        let mut message = Message {
            nonce: draft.nonce.clone(),
            flags: draft.flags,
            ..Message::empty(id, channel.id, self.bot)
        };
        self.add_reference(&mut message, &draft, &channel)?;
        let pings_replied = draft.allowed.is_none();
        self.apply_draft(&mut message, draft, pings_replied);
        if let Some(nonce) = nonce {
            self.record_nonce(nonce, id);
        }
        self.add_message(message);
        Ok(self.messages[&id].json(self, Visibility::All))
    }

    fn add_reference(
        &mut self,
        message: &mut Message,
        draft: &Draft,
        channel: &Channel,
    ) -> Result<(), ApiError> {
        let Some(reference) = draft.reference else { return Ok(()) };
        if !self.may(channel, READ_MESSAGE_HISTORY) {
            return Err(CANNOT_REPLY.into());
        }
        let is_elsewhere = reference.channel.is_some_and(|id| id != channel.id);
        let exists = !is_elsewhere && self.message(channel.id, reference.message).is_some();
        if exists {
            message.reply_to = Some(reference.message);
            message.kind = REPLY;
        } else if reference.fails_if_missing {
            let error = json!([{
                "code": "MESSAGE_REFERENCE_UNKNOWN_MESSAGE", "message": "Unknown message",
            }]);
            return Err(ApiError::form(&json!({ "message_reference": { "_errors": error } })));
        }
        Ok(())
    }

    /// Get, edit or delete a message.
    fn on_message(
        &mut self,
        method: &str,
        channel: &str,
        message: &str,
        body: &Value,
    ) -> Result<Value, ApiError> {
        let channel = self.visible_channel(channel)?;
        let found = message.parse().ok().and_then(|id| self.message(channel.id, id)).cloned();
        // Ephemeral and deferred messages are not accessible by this endpoint.
        let found = found.filter(|message| message.visible_to.is_none() && !message.is_loading);
        let message = found.ok_or(UNKNOWN_MESSAGE)?;
        let is_own = message.author == self.bot;
        match method {
            "GET" if !self.may(&channel, READ_MESSAGE_HISTORY) => Err(MISSING_ACCESS.into()),
            "GET" => {
                // The setting in the Developer Portal counts here, not the intents of the session.
                let allows = self.options.allows_content;
                let sight = if allows { Visibility::All } else { Visibility::WithoutContent };
                Ok(message.json(self, sight))
            }
            "PATCH" if !is_own => Err(NOT_AUTHOR.into()),
            "PATCH" if channel.is_archived => Err(THREAD_ARCHIVED.into()),
            "PATCH" => {
                let draft = self.check_draft(body, &[], Origin::Edit)?;
                self.edit_message(message.id, draft, None);
                Ok(self.messages[&message.id].json(self, Visibility::All))
            }
            "DELETE" if !is_own && !self.may(&channel, MANAGE_MESSAGES) => {
                Err(MISSING_PERMISSIONS.into())
            }
            "DELETE" => {
                self.delete_message(message.id);
                Ok(Value::Null)
            }
            _ => Err(NOT_FOUND.into()),
        }
    }

    /// Get, create or replace global commands.
    fn on_commands(
        &mut self,
        method: &str,
        application: &str,
        body: &Value,
    ) -> Result<Value, ApiError> {
        if application != self.application.to_string() {
            return Err(NOT_FOUND.into());
        }
        if method == "GET" {
            return Ok(self.commands.clone().into());
        }
        let unknown = command::check(body)?;
        self.report_unknown_fields("command", &unknown);
        self.n_command_writes += 1;
        let same = |old: &Value, new: &Value| {
            let kind = |it: &Value| it["type"].as_u64().unwrap_or(1);
            old["name"] == new["name"] && kind(old) == kind(new)
        };
        match body {
            Value::Array(commands) if method == "PUT" => {
                let commands = commands.clone();
                self.commands = commands.into_iter().map(|it| self.registered(it)).collect();
                Ok(self.commands.clone().into())
            }
            command if method == "POST" => {
                let command = self.registered(command.clone());
                self.commands.retain(|old| !same(old, &command));
                self.commands.push(command.clone());
                Ok(command)
            }
            _ => Err(NOT_FOUND.into()),
        }
    }

    /// A command with the default values and ids that Discord adds.
    fn registered(&mut self, mut command: Value) -> Value {
        let defaults = json!({
            "type": 1, "description": "", "options": [], "default_member_permissions": null,
            "nsfw": false, "name_localizations": null, "description_localizations": null,
            "contexts": null, "integration_types": [0],
        });
        for (key, value) in defaults.as_object().into_iter().flatten() {
            if command[key].is_null() {
                command[key] = value.clone();
            }
        }
        let id = self.clock.id().to_string();
        command["id"] = json!(id);
        command["version"] = json!(id);
        command["application_id"] = json!(self.application.to_string());
        command
    }
}
