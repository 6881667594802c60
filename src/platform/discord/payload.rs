//! What is posted, as Discord reads it.

use serde::Serialize;
use serenity::builder::{CreateActionRow, CreateButton, CreateEmbed};
use serenity::model::application::ButtonStyle;
use serenity::model::channel::MessageFlags;
use serenity::model::id::{ChannelId, GenericId};

use super::custom_id;
use super::render::{Button, RenderedMessage};

/// A message of ours, or what it is to say. Whatever it says, nobody is pinged.
#[derive(Debug, Serialize)]
pub(super) struct Payload {
    content: String,
    embeds: Vec<CreateEmbed>,
    components: Vec<CreateActionRow>,
    allowed_mentions: NoMentions,
    #[serde(skip_serializing_if = "Option::is_none")]
    flags: Option<MessageFlags>,
    #[serde(flatten)]
    post: Option<NewMessageFields>,
}

/// What only a new message in a channel says.
#[derive(Debug, Serialize)]
pub(super) struct NewMessageFields {
    nonce: String,
    enforce_nonce: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    message_reference: Option<ReplyReference>,
}

/// The message that is replied to. If it is gone, the reply is posted all the same.
#[derive(Debug, Clone, Copy, Serialize)]
pub(super) struct ReplyReference {
    pub(super) channel_id: ChannelId,
    pub(super) message_id: GenericId,
    fail_if_not_exists: bool,
}

/// Nobody is mentioned, not even whoever is replied to.
#[derive(Debug, Serialize)]
struct NoMentions {
    parse: [&'static str; 0],
    replied_user: bool,
}

impl ReplyReference {
    pub(super) const fn new((channel_id, message_id): (ChannelId, GenericId)) -> Self {
        Self { channel_id, message_id, fail_if_not_exists: false }
    }
}

impl Payload {
    /// What `card` says.
    pub(super) fn new(card: RenderedMessage) -> Self {
        let embeds = card.embeds.into_iter().map(|text| CreateEmbed::new().description(text));
        let buttons: Vec<CreateButton> = card.buttons.into_iter().map(button).collect();
        let row = (!buttons.is_empty()).then_some(CreateActionRow::Buttons(buttons));
        Self {
            content: card.content,
            embeds: embeds.collect(),
            components: row.into_iter().collect(),
            allowed_mentions: NoMentions { parse: [], replied_user: false },
            flags: None,
            post: None,
        }
    }

    /// With these flags.
    pub(super) fn with_flags(self, flags: MessageFlags) -> Self {
        Self { flags: (!flags.is_empty()).then_some(flags), ..self }
    }

    /// As a new message by a name that Discord knows again.
    pub(super) fn posted(self, nonce: String, message_reference: Option<ReplyReference>) -> Self {
        Self {
            post: Some(NewMessageFields { nonce, enforce_nonce: true, message_reference }),
            ..self
        }
    }
}

fn button(Button { label, control }: Button) -> CreateButton {
    CreateButton::new(custom_id::of(control)).label(label).style(ButtonStyle::Secondary)
}
