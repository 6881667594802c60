//! The interface's places, and what is done there.

use serde_json::{Value, json};

use super::command;
use super::draft::{Draft, Origin};
use super::error::{
    CANNOT_REPLY, CANNOT_SEND_TO_USER, Fault, Known, MISSING_ACCESS, MISSING_PERMISSIONS,
    NOT_FOUND, NOT_YOURS, THREAD_ARCHIVED, UNKNOWN_CHANNEL, UNKNOWN_GUILD, UNKNOWN_MESSAGE,
    UNKNOWN_USER, WRONG_CHANNEL_TYPE,
};
use super::message::{Message, REPLY, Sight};
use super::permission::{
    EMBED_LINKS, MANAGE_MESSAGES, READ_MESSAGE_HISTORY, SEND_MESSAGES, SEND_MESSAGES_IN_THREADS,
    VIEW_CHANNEL,
};
use super::place::{Channel, DIRECT, FORUM};
use super::state::ServerState;

/// A request: method, path in parts, query and body.
pub(super) struct Request<'a> {
    pub(super) method: &'a str,
    pub(super) path: Vec<&'a str>,
    pub(super) query: &'a str,
    pub(super) body: &'a Value,
}

/// An answer: status and body; null for none.
type Answer = Result<(u16, Value), Fault>;

impl ServerState {
    /// Does what `request` asks for.
    pub(super) fn handle(&mut self, request: &Request<'_>) -> Answer {
        let Request { method, path, query, body } = request;
        let done = |value: Value| Ok((if value.is_null() { 204 } else { 200 }, value));
        match (*method, path.as_slice()) {
            ("GET", ["gateway"]) => done(json!({ "url": self.gateway_url })),
            ("GET", ["gateway", "bot"]) => done(self.gateway_bot()),
            ("GET", ["users", "@me"]) => done(self.users[&self.bot].json()),
            ("POST", ["users", "@me", "channels"]) => self.open_direct(body).and_then(done),
            ("GET", ["applications", "@me"] | ["oauth2", "applications", "@me"]) => {
                done(self.application_json())
            }
            ("GET", ["users" | "guilds", ..]) => self.look_up(path).and_then(done),
            ("GET", ["channels", channel]) => done(self.seen_channel(channel)?.json(self.bot)),
            ("POST", ["channels", channel, "typing"]) => {
                let channel = self.seen_channel(channel)?;
                self.check_may_send(&channel)?;
                done(Value::Null)
            }
            ("POST", ["channels", channel, "messages"]) => {
                self.create(channel, body).and_then(done)
            }
            (_, ["channels", channel, "messages", message]) => {
                self.on_message(method, channel, message, body).and_then(done)
            }
            ("POST", ["interactions", id, token, "callback"]) => {
                let made = self.respond(id.parse().unwrap_or(0), token, body)?;
                done(if query.contains("with_response=true") { made } else { Value::Null })
            }
            ("POST", ["webhooks", application, token]) => {
                self.follow_up(application, token, body).and_then(done)
            }
            ("GET" | "PATCH" | "DELETE", ["webhooks", application, token, "messages", name]) => {
                self.response(method, [application, token, name], body).and_then(done)
            }
            (_, ["applications", application, "commands"]) => {
                self.on_commands(method, application, body).and_then(done)
            }
            _ => {
                self.violation(format!("{method} {} is no place", path.join("/")));
                Err(NOT_FOUND.into())
            }
        }
    }

    /// What is known of somebody, or of a guild.
    fn look_up(&self, path: &[&str]) -> Result<Value, Fault> {
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
                Ok(all.map(|channel| channel.json(self.bot)).collect())
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

    fn gateway_bot(&self) -> Value {
        json!({
            "url": self.gateway_url, "shards": self.switches.n_shards,
            "session_start_limit": {
                "total": 1000, "remaining": 1000 - self.n_identifies, "reset_after": 14_400_000,
                "max_concurrency": 1,
            },
        })
    }

    fn application_json(&self) -> Value {
        let content = if self.switches.allows_content { 1 << 19 } else { 0 };
        json!({
            "id": self.application.to_string(), "name": "quoth", "icon": null, "description": "",
            "bot_public": false, "bot_require_code_grant": false, "verify_key": "", "team": null,
            "owner": self.users[&self.bot].json(), "flags": content, "summary": "",
        })
    }

    fn guild_id(&self, guild: &str) -> Result<u64, Fault> {
        let id = guild.parse().ok().filter(|id| self.guilds.contains_key(id));
        id.ok_or_else(|| UNKNOWN_GUILD.into())
    }

    fn guild(&self, guild: &str) -> Result<Value, Fault> {
        Ok(self.guilds[&self.guild_id(guild)?].json(self.bot))
    }

    /// The channel that a path names, if the bot sees it.
    fn seen_channel(&self, channel: &str) -> Result<Channel, Fault> {
        let id = channel.parse().map_err(|_| UNKNOWN_CHANNEL)?;
        let channel = self.channel(id).ok_or(UNKNOWN_CHANNEL)?.clone();
        if !self.may(&channel, VIEW_CHANNEL) {
            return Err(MISSING_ACCESS.into());
        }
        Ok(channel)
    }

    fn check_may_send(&self, channel: &Channel) -> Result<(), Known> {
        let wanted = if channel.is_thread() { SEND_MESSAGES_IN_THREADS } else { SEND_MESSAGES };
        if channel.kind == FORUM {
            return Err(WRONG_CHANNEL_TYPE);
        }
        if channel.is_archived {
            return Err(THREAD_ARCHIVED);
        }
        if !self.may(channel, wanted) {
            return Err(MISSING_PERMISSIONS);
        }
        let takes_direct =
            channel.owner.and_then(|id| self.user(id)).is_none_or(|user| user.takes_direct);
        if channel.kind == DIRECT && !takes_direct {
            return Err(CANNOT_SEND_TO_USER);
        }
        Ok(())
    }

    /// Create DM.
    fn open_direct(&mut self, body: &Value) -> Result<Value, Fault> {
        let recipient = body["recipient_id"].as_str().and_then(|id| id.parse().ok());
        let user = recipient.filter(|id| self.users.contains_key(id)).ok_or(UNKNOWN_USER)?;
        let id = self.direct_channel(user);
        let mut json = self.channels[&id].json(self.bot);
        json["recipients"] = json!([self.users[&user].json()]);
        Ok(json)
    }

    /// Create Message.
    fn create(&mut self, channel: &str, body: &Value) -> Result<Value, Fault> {
        let channel = self.seen_channel(channel)?;
        let draft = self.drafted(body, &[], Origin::Create)?;
        self.check_may_send(&channel)?;
        let has_embeds = draft.embeds.as_ref().is_some_and(|it| *it != json!([]));
        if has_embeds && !self.may(&channel, EMBED_LINKS) {
            return Err(MISSING_PERMISSIONS.into());
        }
        let nonce = draft.nonce.clone().filter(|_| draft.is_nonce_enforced);
        if let Some(made) = nonce.as_ref().and_then(|nonce| self.made_with(nonce)) {
            return Ok(self.messages[&made].json(self, Sight::All));
        }
        let id = self.clock.id();
        let mut message = Message {
            nonce: draft.nonce.clone(),
            flags: draft.flags,
            ..Message::empty(id, channel.id, self.bot)
        };
        self.add_reference(&mut message, &draft, &channel)?;
        let pings_replied = draft.allowed.is_none();
        self.fill(&mut message, draft, pings_replied);
        if let Some(nonce) = nonce {
            self.remember(nonce, id);
        }
        self.post(message);
        Ok(self.messages[&id].json(self, Sight::All))
    }

    fn add_reference(
        &mut self,
        message: &mut Message,
        draft: &Draft,
        channel: &Channel,
    ) -> Result<(), Fault> {
        let Some(reference) = draft.reference else { return Ok(()) };
        if !self.may(channel, READ_MESSAGE_HISTORY) {
            return Err(CANNOT_REPLY.into());
        }
        let is_elsewhere = reference.channel.is_some_and(|id| id != channel.id);
        let is_there = !is_elsewhere && self.message(channel.id, reference.message).is_some();
        if is_there {
            message.reply_to = Some(reference.message);
            message.kind = REPLY;
        } else if reference.fails_if_gone {
            let error = json!([{
                "code": "MESSAGE_REFERENCE_UNKNOWN_MESSAGE", "message": "Unknown message",
            }]);
            return Err(Fault::form(&json!({ "message_reference": { "_errors": error } })));
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
    ) -> Result<Value, Fault> {
        let channel = self.seen_channel(channel)?;
        let found = message.parse().ok().and_then(|id| self.message(channel.id, id)).cloned();
        // What one person alone sees is out of reach here.
        let found = found.filter(|message| message.only_for.is_none() && !message.is_loading);
        let message = found.ok_or(UNKNOWN_MESSAGE)?;
        let is_own = message.author == self.bot;
        match method {
            "GET" if !self.may(&channel, READ_MESSAGE_HISTORY) => Err(MISSING_ACCESS.into()),
            "GET" => {
                // The switch in the portal counts here, not what the session asked for.
                let allows = self.switches.allows_content;
                let sight = if allows { Sight::All } else { Sight::WithoutContent };
                Ok(message.json(self, sight))
            }
            "PATCH" if !is_own => Err(NOT_YOURS.into()),
            "PATCH" if channel.is_archived => Err(THREAD_ARCHIVED.into()),
            "PATCH" => {
                let draft = self.drafted(body, &[], Origin::Edit)?;
                self.change(message.id, draft, None);
                Ok(self.messages[&message.id].json(self, Sight::All))
            }
            "DELETE" if !is_own && !self.may(&channel, MANAGE_MESSAGES) => {
                Err(MISSING_PERMISSIONS.into())
            }
            "DELETE" => {
                self.remove(message.id);
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
    ) -> Result<Value, Fault> {
        if application != self.application.to_string() {
            return Err(NOT_FOUND.into());
        }
        if method == "GET" {
            return Ok(self.commands.clone().into());
        }
        let unknown = command::check(body)?;
        self.note_unknown("command", &unknown);
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

    /// A command as Discord gives it back.
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
