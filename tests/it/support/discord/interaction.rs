//! Interactions and the endpoints for their responses.

use serde_json::{Value, json};

use super::draft::{Draft, EPHEMERAL, Origin};
use super::error::{
    ACKNOWLEDGED, ApiError, INVALID_WEBHOOK_TOKEN, NOT_FOUND, UNKNOWN_INTERACTION, UNKNOWN_MESSAGE,
    UNKNOWN_WEBHOOK,
};
use super::form::{Findings, Form};
use super::message::{CHAT_INPUT_COMMAND, CONTEXT_MENU_COMMAND, DEFAULT, Message, Visibility};
use super::state::ServerState;
use super::{command, component};

/// Deadline of the initial response, in ms.
const RESPONSE_DEADLINE_MS: u64 = 3_000;

/// Lifetime of the token, in ms.
const TOKEN_LIFETIME_MS: u64 = 15 * 60_000;

/// Interaction types.
pub(super) const COMMAND: u64 = 2;
pub(super) const COMPONENT: u64 = 3;
pub(super) const AUTOCOMPLETE: u64 = 4;
pub(super) const MODAL: u64 = 5;

/// An interaction and the state of its response.
#[derive(Debug, Clone)]
pub(super) struct Interaction {
    pub(super) id: u64,
    pub(super) token: String,
    pub(super) kind: u64,
    pub(super) user: u64,
    pub(super) channel: u64,
    /// The message of the component.
    pub(super) source: Option<u64>,
    /// Whether it is a message command, not a slash command.
    pub(super) is_on_message: bool,
    pub(super) at_ms: u64,
    /// The callback type of the initial response, once there is one.
    pub(super) response: Option<u64>,
    /// The message of `@original`.
    original: Option<u64>,
    /// The choices or the modal of the response.
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
    /// Create Interaction Response. Returns the body for `with_response`.
    pub(super) fn respond(
        &mut self,
        id: u64,
        token: &str,
        body: &Value,
    ) -> Result<Value, ApiError> {
        let now_ms = self.clock.now_ms();
        let found = self.interactions.get(token).filter(|it| it.id == id).cloned();
        let Some(interaction) = found else { return Err(UNKNOWN_INTERACTION.into()) };
        if interaction.response.is_some() {
            self.add_violation("an interaction was responded to twice");
            return Err(ACKNOWLEDGED.into());
        }
        if now_ms - interaction.at_ms > RESPONSE_DEADLINE_MS {
            self.add_violation("the first response to an interaction came after 3 s");
            return Err(UNKNOWN_INTERACTION.into());
        }
        let mut findings = Findings::default();
        let kind = Form::check(body, &[], &mut findings, |form| {
            form.field("data");
            check_kind(form, &interaction)
        });
        if let Some(errors) = findings.errors() {
            return Err(ApiError::form(&errors));
        }
        let unknown = std::mem::take(&mut findings.unknown);
        self.report_unknown_fields("interaction response", &unknown);
        let kind = kind.flatten().unwrap_or(0);
        self.execute(&interaction, kind, &body["data"])?;
        Ok(self.callback_response(token, kind))
    }

    /// The callback response object.
    fn callback_response(&self, token: &str, kind: u64) -> Value {
        let interaction = &self.interactions[token];
        let message = interaction.original.and_then(|id| self.messages.get(&id));
        let mut json = json!({
            "interaction": { "id": interaction.id.to_string(), "type": interaction.kind },
            "resource": { "type": kind },
        });
        if let Some(message) = message.filter(|_| kind == 4 || kind == 7) {
            json["resource"]["message"] = message.json(self, Visibility::All);
        }
        if let Some(message) = message {
            let interaction = &mut json["interaction"];
            interaction["response_message_id"] = json!(message.id.to_string());
            interaction["response_message_loading"] = json!(message.is_loading);
            interaction["response_message_ephemeral"] = json!(message.visible_to.is_some());
        }
        json
    }

    fn execute(
        &mut self,
        interaction: &Interaction,
        kind: u64,
        data: &Value,
    ) -> Result<(), ApiError> {
        let path = ["data".to_owned()];
        let (mut original, mut accepted_data) = (None, None);
        match kind {
            4 => {
                let draft = self.check_draft(data, &path, Origin::Callback)?;
                original = Some(self.post_response(interaction, draft, false));
            }
            5 => {
                let flags = data["flags"].as_u64().unwrap_or(0);
                let has_more = data.as_object().is_some_and(|data| {
                    data.iter().any(|(key, value)| key != "flags" && !is_default(value))
                });
                if flags & !EPHEMERAL != 0 || has_more {
                    self.add_violation("a deferral has only the flag EPHEMERAL");
                }
                original = Some(self.post_response(interaction, empty_draft(flags), true));
            }
            6 => original = interaction.source,
            7 => {
                let draft = self.check_draft(data, &path, Origin::EditResponse)?;
                original = interaction.source;
                self.edit_message(interaction.source.unwrap_or(0), draft, Some(interaction.id));
            }
            8 | 9 => accepted_data = Some(self.check_data(data, &path, kind)?),
            _ => return Err(NOT_FOUND.into()),
        }
        let interaction =
            self.interactions.get_mut(&interaction.token).expect("the interaction exists");
        interaction.response = Some(kind);
        interaction.original = original;
        interaction.data = accepted_data;
        Ok(())
    }

    /// Validates choices (8) or a modal (9).
    fn check_data(&mut self, data: &Value, path: &[String], kind: u64) -> Result<Value, ApiError> {
        let mut findings = Findings::default();
        Form::check(data, path, &mut findings, |form| match kind {
            8 => command::check_choices(form),
            _ => component::check_modal(form),
        });
        if let Some(errors) = findings.errors() {
            return Err(ApiError::form(&errors));
        }
        self.report_unknown_fields("interaction response", &findings.unknown);
        Ok(data.clone())
    }

    /// Adds a message that responds to an interaction. Returns its id.
    fn post_response(&mut self, interaction: &Interaction, draft: Draft, is_loading: bool) -> u64 {
        let id = self.clock.id();
        let kind = match interaction.kind {
            COMMAND if interaction.is_on_message => CONTEXT_MENU_COMMAND,
            COMMAND => CHAT_INPUT_COMMAND,
            _ => DEFAULT,
        };
        let mut message = Message {
            kind,
            flags: draft.flags,
            reply_to: interaction.source,
            interaction: Some(interaction.id),
            visible_to: (draft.flags & EPHEMERAL != 0).then_some(interaction.user),
            is_loading,
            ..Message::empty(id, interaction.channel, self.bot)
        };
        // A response pings nobody by its reference.
        self.apply_draft(&mut message, draft, false);
        self.add_message(message)
    }

    /// The interaction of `token`, which must have a response and not be expired.
    fn by_token(&mut self, application: &str, token: &str) -> Result<Interaction, ApiError> {
        let now_ms = self.clock.now_ms();
        if application != self.application.to_string() {
            return Err(UNKNOWN_WEBHOOK.into());
        }
        let found = self.interactions.get(token).cloned();
        let interaction = found.filter(|it| it.response.is_some());
        let Some(interaction) = interaction else { return Err(UNKNOWN_WEBHOOK.into()) };
        if now_ms - interaction.at_ms > TOKEN_LIFETIME_MS {
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
    ) -> Result<Value, ApiError> {
        let interaction = self.by_token(application, token)?;
        let draft = self.check_draft(body, &[], Origin::FollowUp)?;
        let loading = interaction.original.filter(|id| self.messages[id].is_loading);
        let id = match loading {
            // The first follow-up after a deferral replaces the placeholder.
            Some(id) => {
                self.edit_message(id, draft, None);
                id
            }
            None => self.post_response(&interaction, draft, false),
        };
        Ok(self.messages[&id].json(self, Visibility::All))
    }

    /// The message of a path: `@original` or an id.
    fn response_of(&mut self, interaction: &Interaction, name: &str) -> Result<u64, ApiError> {
        let id = if name == "@original" { interaction.original } else { name.parse().ok() };
        let exists = |id: &u64| {
            self.messages.get(id).is_some_and(|message| {
                let is_its_own =
                    message.interaction == Some(interaction.id) || interaction.source == Some(*id);
                !message.is_deleted && is_its_own
            })
        };
        id.filter(exists).ok_or_else(|| UNKNOWN_MESSAGE.into())
    }

    /// Get, edit or delete a response by its interaction's token.
    pub(super) fn response(
        &mut self,
        method: &str,
        [application, token, name]: [&str; 3],
        body: &Value,
    ) -> Result<Value, ApiError> {
        let interaction = self.by_token(application, token)?;
        let id = self.response_of(&interaction, name)?;
        match method {
            "GET" => {}
            "PATCH" => {
                let draft = self.check_draft(body, &[], Origin::EditResponse)?;
                self.edit_message(id, draft, Some(interaction.id));
            }
            _ => {
                self.delete_message(id);
                return Ok(Value::Null);
            }
        }
        Ok(self.messages[&id].json(self, Visibility::All))
    }
}

/// Whether `value` equals an absent field.
fn is_default(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::String(text) => text.is_empty(),
        Value::Array(list) => list.is_empty(),
        _ => false,
    }
}

/// A draft without content.
fn empty_draft(flags: u64) -> Draft {
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
        form.add_error("type", "INTERACTION_CALLBACK_INVALID", "Not for this kind of interaction.");
    }
    if !matches!(kind, 5 | 6) && !form.has("data") {
        form.add_missing("data");
    }
    Some(kind)
}

/// The interaction object.
pub(super) fn json(state: &ServerState, interaction: &Interaction, data: &Value) -> Value {
    let channel = &state.channels[&interaction.channel];
    let user = &state.users[&interaction.user];
    let mut json = json!({
        "id": interaction.id.to_string(), "application_id": state.application.to_string(), "type": interaction.kind,
        "data": data, "token": interaction.token, "version": 1, "locale": user.locale,
        "channel": channel.json(), "channel_id": channel.id.to_string(),
        "app_permissions": state.permissions(channel, state.bot).to_string(), "entitlements": [],
        "authorizing_integration_owners": { "0": channel.guild.unwrap_or(0).to_string() },
        "context": if channel.guild.is_some() { 0 } else { 1 }, "attachment_size_limit": 10_485_760,
    });
    match channel.guild {
        Some(guild) => {
            let mut member = state.member(guild, interaction.user);
            member["user"] = user.json();
            member["permissions"] = json!(state.permissions(channel, interaction.user).to_string());
            json["member"] = member;
            json["guild_id"] = json!(guild.to_string());
            json["guild"] = json!({ "id": guild.to_string(), "locale": "en-US", "features": [] });
            json["guild_locale"] = json!(state.guilds[&guild].locale);
        }
        None => json["user"] = user.json(),
    }
    if let Some(source) = interaction.source.and_then(|id| state.messages.get(&id)) {
        json["message"] = source.json(state, Visibility::All);
    }
    json
}
