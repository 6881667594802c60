//! Interactions: what people do with commands, buttons and forms, and how the bot responds.

use serde_json::{Value, json};

use super::draft::{Draft, EPHEMERAL, Origin};
use super::error::{
    ACKNOWLEDGED, Fault, INVALID_WEBHOOK_TOKEN, NOT_FOUND, UNKNOWN_INTERACTION, UNKNOWN_MESSAGE,
    UNKNOWN_WEBHOOK,
};
use super::form::{Findings, Form};
use super::message::{CHAT_INPUT_COMMAND, CONTEXT_MENU_COMMAND, DEFAULT, Message, Sight};
use super::state::ServerState;
use super::{command, component};

/// The first response is due within this time.
const FIRST_MS: u64 = 3_000;

/// The token is good for this time.
const TOKEN_MS: u64 = 15 * 60_000;

/// Kinds of interactions.
pub(super) const COMMAND: u64 = 2;
pub(super) const COMPONENT: u64 = 3;
pub(super) const AUTOCOMPLETE: u64 = 4;
pub(super) const MODAL: u64 = 5;

/// Something that somebody did, and what became of it.
#[derive(Debug, Clone)]
pub(super) struct Interaction {
    pub(super) id: u64,
    pub(super) token: String,
    pub(super) kind: u64,
    pub(super) user: u64,
    pub(super) channel: u64,
    /// The message whose button was pressed.
    pub(super) source: Option<u64>,
    /// Whether it is a command on a message, not one that is typed.
    pub(super) is_on_message: bool,
    pub(super) at_ms: u64,
    /// The kind of the first response, once there is one.
    pub(super) response: Option<u64>,
    /// The message that `@original` stands for.
    original: Option<u64>,
    /// What was offered to complete the input, or the form that was opened.
    pub(super) data: Option<Value>,
}

impl Interaction {
    pub(super) fn new(id: u64, kind: u64, user: u64, channel: u64, at_ms: u64) -> Self {
        Self {
            id,
            token: format!("aW50ZXJhY3Rpb246{id:x}"),
            kind,
            user,
            channel,
            source: None,
            is_on_message: false,
            at_ms,
            response: None,
            original: None,
            data: None,
        }
    }
}

impl ServerState {
    /// Create Interaction Response. Gives what is answered if it is asked for.
    pub(super) fn respond(&mut self, id: u64, token: &str, body: &Value) -> Result<Value, Fault> {
        let now_ms = self.clock.now_ms();
        let found = self.interactions.get(token).filter(|it| it.id == id).cloned();
        let Some(interaction) = found else { return Err(UNKNOWN_INTERACTION.into()) };
        if interaction.response.is_some() {
            self.violation("an interaction was responded to twice");
            return Err(ACKNOWLEDGED.into());
        }
        if now_ms - interaction.at_ms > FIRST_MS {
            self.violation("the first response to an interaction came after 3 s");
            return Err(UNKNOWN_INTERACTION.into());
        }
        let mut findings = Findings::default();
        let kind = Form::check(body, &[], &mut findings, |form| {
            form.field("data");
            check_kind(form, &interaction)
        });
        if let Some(errors) = findings.errors() {
            return Err(Fault::form(&errors));
        }
        let unknown = std::mem::take(&mut findings.unknown);
        self.note_unknown("interaction response", &unknown);
        let kind = kind.flatten().unwrap_or(0);
        self.carry_out(&interaction, kind, &body["data"])?;
        Ok(self.responded(token, kind))
    }

    /// What has been made of the interaction of `token`.
    fn responded(&self, token: &str, kind: u64) -> Value {
        let of = &self.interactions[token];
        let message = of.original.and_then(|id| self.messages.get(&id));
        let mut made = json!({
            "interaction": { "id": of.id.to_string(), "type": of.kind },
            "resource": { "type": kind },
        });
        if let Some(message) = message.filter(|_| kind == 4 || kind == 7) {
            made["resource"]["message"] = message.json(self, Sight::All);
        }
        if let Some(message) = message {
            let interaction = &mut made["interaction"];
            interaction["response_message_id"] = json!(message.id.to_string());
            interaction["response_message_loading"] = json!(message.is_loading);
            interaction["response_message_ephemeral"] = json!(message.only_for.is_some());
        }
        made
    }

    fn carry_out(&mut self, of: &Interaction, kind: u64, data: &Value) -> Result<(), Fault> {
        let path = ["data".to_owned()];
        let (mut original, mut kept) = (None, None);
        match kind {
            4 => {
                let draft = self.drafted(data, &path, Origin::Callback)?;
                original = Some(self.say(of, draft, false));
            }
            5 => {
                let flags = data["flags"].as_u64().unwrap_or(0);
                let says_more = data.as_object().is_some_and(|data| {
                    data.iter().any(|(key, value)| key != "flags" && !is_nothing(value))
                });
                if flags & !EPHEMERAL != 0 || says_more {
                    self.violation("a deferral takes nothing but the flag EPHEMERAL");
                }
                original = Some(self.say(of, quiet(flags), true));
            }
            6 => original = of.source,
            7 => {
                let draft = self.drafted(data, &path, Origin::EditResponse)?;
                original = of.source;
                self.change(of.source.unwrap_or(0), draft, Some(of.id));
            }
            8 | 9 => kept = Some(self.checked(data, &path, kind)?),
            _ => return Err(NOT_FOUND.into()),
        }
        let interaction = self.interactions.get_mut(&of.token).expect("it was found");
        interaction.response = Some(kind);
        interaction.original = original;
        interaction.data = kept;
        Ok(())
    }

    /// Checks choices (8) or a form (9).
    fn checked(&mut self, data: &Value, path: &[String], kind: u64) -> Result<Value, Fault> {
        let mut findings = Findings::default();
        Form::check(data, path, &mut findings, |form| match kind {
            8 => command::check_choices(form),
            _ => component::check_modal(form),
        });
        if let Some(errors) = findings.errors() {
            return Err(Fault::form(&errors));
        }
        self.note_unknown("interaction response", &findings.unknown);
        Ok(data.clone())
    }

    /// Posts a message for an interaction.
    fn say(&mut self, of: &Interaction, draft: Draft, is_loading: bool) -> u64 {
        let id = self.clock.id();
        let kind = match of.kind {
            COMMAND if of.is_on_message => CONTEXT_MENU_COMMAND,
            COMMAND => CHAT_INPUT_COMMAND,
            _ => DEFAULT,
        };
        let mut message = Message {
            kind,
            flags: draft.flags,
            reply_to: of.source,
            interaction: Some(of.id),
            only_for: (draft.flags & EPHEMERAL != 0).then_some(of.user),
            is_loading,
            ..Message::empty(id, of.channel, self.bot)
        };
        // It responds; nobody is pinged for that.
        self.fill(&mut message, draft, false);
        self.post(message)
    }

    /// The interaction of `token`, which has been responded to and is still good.
    fn by_token(&mut self, application: &str, token: &str) -> Result<Interaction, Fault> {
        let now_ms = self.clock.now_ms();
        if application != self.application.to_string() {
            return Err(UNKNOWN_WEBHOOK.into());
        }
        let found = self.interactions.get(token).cloned();
        let interaction = found.filter(|it| it.response.is_some());
        let Some(interaction) = interaction else { return Err(UNKNOWN_WEBHOOK.into()) };
        if now_ms - interaction.at_ms > TOKEN_MS {
            return Err(INVALID_WEBHOOK_TOKEN.into());
        }
        Ok(interaction)
    }

    /// Create Followup Message.
    pub(super) fn follow_up(
        &mut self,
        application: &str,
        token: &str,
        body: &Value,
    ) -> Result<Value, Fault> {
        let of = self.by_token(application, token)?;
        let draft = self.drafted(body, &[], Origin::FollowUp)?;
        let loading = of.original.filter(|id| self.messages[id].is_loading);
        let id = match loading {
            // The first one after a deferral takes its place.
            Some(id) => {
                self.change(id, draft, None);
                id
            }
            None => self.say(&of, draft, false),
        };
        Ok(self.messages[&id].json(self, Sight::All))
    }

    /// The message that a path names: `@original` or an id.
    fn response_of(&mut self, of: &Interaction, name: &str) -> Result<u64, Fault> {
        let id = if name == "@original" { of.original } else { name.parse().ok() };
        let is_there = |id: &u64| {
            self.messages.get(id).is_some_and(|message| {
                let is_its_own = message.interaction == Some(of.id) || of.source == Some(*id);
                !message.is_gone && is_its_own
            })
        };
        id.filter(is_there).ok_or_else(|| UNKNOWN_MESSAGE.into())
    }

    /// Get, edit or delete a response by its interaction's token.
    pub(super) fn response(
        &mut self,
        method: &str,
        [application, token, name]: [&str; 3],
        body: &Value,
    ) -> Result<Value, Fault> {
        let of = self.by_token(application, token)?;
        let id = self.response_of(&of, name)?;
        match method {
            "GET" => {}
            "PATCH" => {
                let draft = self.drafted(body, &[], Origin::EditResponse)?;
                self.change(id, draft, Some(of.id));
            }
            _ => {
                self.remove(id);
                return Ok(Value::Null);
            }
        }
        Ok(self.messages[&id].json(self, Sight::All))
    }
}

/// Whether `value` is as good as absent.
fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::String(text) => text.is_empty(),
        Value::Array(list) => list.is_empty(),
        _ => false,
    }
}

/// A draft that says nothing yet.
fn quiet(flags: u64) -> Draft {
    Draft {
        content: None,
        embeds: None,
        components: None,
        flags,
        allowed: None,
        nonce: None,
        is_nonce_enforced: false,
        reference: None,
        unknown: Vec::new(),
    }
}

fn check_kind(form: &mut Form<'_>, interaction: &Interaction) -> Option<u64> {
    let kind = form.number("type")?;
    let is_component = interaction.kind == COMPONENT
        || (interaction.kind == MODAL && interaction.source.is_some());
    let fits = match kind {
        4 | 5 => interaction.kind != AUTOCOMPLETE,
        6 | 7 => is_component,
        8 => interaction.kind == AUTOCOMPLETE,
        9 => matches!(interaction.kind, COMMAND | COMPONENT),
        _ => false,
    };
    if !fits {
        form.wrong("type", "INTERACTION_CALLBACK_INVALID", "Not for this kind of interaction.");
    }
    if !matches!(kind, 5 | 6) && !form.has("data") {
        form.missing("data");
    }
    Some(kind)
}

/// What every interaction has in common.
pub(super) fn json(world: &ServerState, of: &Interaction, data: &Value) -> Value {
    let channel = &world.channels[&of.channel];
    let user = &world.users[&of.user];
    let mut json = json!({
        "id": of.id.to_string(), "application_id": world.application.to_string(), "type": of.kind,
        "data": data, "token": of.token, "version": 1, "locale": user.locale,
        "channel": channel.json(world.bot), "channel_id": channel.id.to_string(),
        "app_permissions": world.permissions(channel).to_string(), "entitlements": [],
        "authorizing_integration_owners": { "0": channel.guild.unwrap_or(0).to_string() },
        "context": if channel.guild.is_some() { 0 } else { 1 }, "attachment_size_limit": 10_485_760,
    });
    match channel.guild {
        Some(guild) => {
            let mut member = world.member(guild, of.user);
            member["user"] = user.json();
            member["permissions"] = json!("0");
            json["member"] = member;
            json["guild_id"] = json!(guild.to_string());
            json["guild"] = json!({ "id": guild.to_string(), "locale": "en-US", "features": [] });
            json["guild_locale"] = json!(world.guilds[&guild].locale);
        }
        None => json["user"] = user.json(),
    }
    if let Some(source) = of.source.and_then(|id| world.messages.get(&id)) {
        json["message"] = source.json(world, Sight::All);
    }
    json
}
