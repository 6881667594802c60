//! Validation of message bodies, for each endpoint that accepts one.

use serde_json::{Value, json};

use super::error::{ApiError, EMPTY_MESSAGE};
use super::form::{Findings, Form};
use super::mention::AllowedMentions;
use super::{component, embed};

const SUPPRESS_EMBEDS: u64 = 1 << 2;
pub(super) const EPHEMERAL: u64 = 1 << 6;
pub(super) const SUPPRESS_NOTIFICATIONS: u64 = 1 << 12;

/// The endpoint of a message body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    /// Create Message.
    Create,
    /// Edit Message.
    Edit,
    /// Create Interaction Response.
    Callback,
    /// Create Followup Message.
    FollowUp,
    /// Edit Original Interaction Response, and edits of follow-up messages.
    EditResponse,
}

/// A validated message body.
#[derive(Debug)]
pub(super) struct Draft {
    /// `None`: unchanged. Trimmed, as Discord stores it.
    pub(super) content: Option<String>,
    pub(super) embeds: Option<Value>,
    pub(super) components: Option<Value>,
    pub(super) flags: u64,
    /// `None`: Discord's default, which pings.
    pub(super) allowed: Option<AllowedMentions>,
    pub(super) nonce: Option<String>,
    pub(super) is_nonce_enforced: bool,
    pub(super) reference: Option<Reference>,
    /// Paths of undocumented fields.
    pub(super) unknown: Vec<String>,
}

/// A message reference.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reference {
    pub(super) message: u64,
    pub(super) channel: Option<u64>,
    pub(super) fails_if_missing: bool,
}

impl Origin {
    fn is_edit(self) -> bool {
        matches!(self, Self::Edit | Self::EditResponse)
    }

    /// The flags that this endpoint accepts.
    fn flags(self) -> u64 {
        match self {
            Self::Create => SUPPRESS_EMBEDS | SUPPRESS_NOTIFICATIONS,
            Self::Callback | Self::FollowUp => SUPPRESS_EMBEDS | EPHEMERAL | SUPPRESS_NOTIFICATIONS,
            Self::Edit | Self::EditResponse => SUPPRESS_EMBEDS,
        }
    }
}

impl Draft {
    /// Validates `body`, which is at `path` of the request body.
    pub(super) fn check(body: &Value, path: &[String], origin: Origin) -> Result<Self, ApiError> {
        let mut findings = Findings::default();
        let draft = Form::check(body, path, &mut findings, |form| Self::read(form, origin));
        match (findings.errors(), draft) {
            (None, Some(draft)) => {
                let unknown = findings.unknown;
                if !origin.is_edit() && draft.is_empty() {
                    return Err(EMPTY_MESSAGE.into());
                }
                Ok(Self { unknown, ..draft })
            }
            (errors, _) => Err(ApiError::form(&errors.unwrap_or(json!({})))),
        }
    }

    fn read(form: &mut Form<'_>, origin: Origin) -> Self {
        let content = form.text("content", 0, 2000).map(|text| text.trim().to_owned());
        embed::check(form);
        component::check(form);
        let flags = form.number("flags").unwrap_or(0);
        if flags & !origin.flags() != 0 {
            form.add_error(
                "flags",
                "MESSAGE_FLAGS_INVALID",
                format!("{flags} cannot be set here."),
            );
        }
        let allowed = form.object("allowed_mentions", AllowedMentions::check);
        form.list("attachments", 10);
        if !origin.is_edit() && form.flag("tts") == Some(true) {
            form.add_error("tts", "NO_SPEECH", "The fake server supports no TTS.");
        }
        let (mut nonce, mut is_nonce_enforced, mut reference) = (None, false, None);
        if origin == Origin::Create {
            nonce = read_nonce(form);
            is_nonce_enforced = form.flag("enforce_nonce").unwrap_or(false);
            reference = form.object("message_reference", Reference::read).flatten();
            if !form.list("sticker_ids", 3).is_empty() {
                form.add_error("sticker_ids", "NO_STICKERS", "The fake server has no stickers.");
            }
        }
        let present = |form: &mut Form<'_>, key| form.has(key).then(|| list(form, key));
        Self {
            content: if form.has("content") { Some(content.unwrap_or_default()) } else { None },
            embeds: present(form, "embeds"),
            components: present(form, "components"),
            flags,
            allowed,
            nonce,
            is_nonce_enforced,
            reference,
            unknown: Vec::new(),
        }
    }

    fn is_empty(&self) -> bool {
        let is_none = |list: &Option<Value>| {
            list.as_ref().and_then(Value::as_array).is_none_or(Vec::is_empty)
        };
        self.content.as_ref().is_none_or(String::is_empty)
            && is_none(&self.embeds)
            && is_none(&self.components)
    }
}

fn list(form: &mut Form<'_>, key: &'static str) -> Value {
    form.field(key).cloned().unwrap_or_else(|| json!([]))
}

fn read_nonce(form: &mut Form<'_>) -> Option<String> {
    let value = form.field("nonce")?;
    if value.is_u64() {
        return Some(value.to_string());
    }
    form.text("nonce", 0, 25).map(str::to_owned)
}

impl Reference {
    fn read(form: &mut Form<'_>) -> Option<Self> {
        if form.number("type").is_some_and(|kind| kind != 0) {
            form.add_error("type", "NO_FORWARDS", "The fake server supports no forwards.");
        }
        form.id("guild_id");
        let channel = form.id("channel_id");
        let fails_if_missing = form.flag("fail_if_not_exists").unwrap_or(true);
        let message = form.id("message_id");
        if message.is_none() {
            form.add_missing("message_id");
        }
        Some(Self { message: message?, channel, fails_if_missing })
    }
}
