//! The JSON of messages that the bot sends or edits.

use serde::Serialize;
use serenity::builder::{CreateActionRow, CreateButton, CreateEmbed};
use serenity::model::application::ButtonStyle;
use serenity::model::channel::MessageFlags;
use serenity::model::id::{ChannelId, GenericId};

use super::custom_id;
use super::render::{Button, RenderedMessage};
use crate::conversation::Control;
use crate::conversation::reply::ReplyFile;

/// The body of a message create or edit request. It pings nobody but the author of the message that it
/// replies to, and that one only by [`Payload::pinging_replied_user`].
#[derive(Debug, Serialize)]
pub(super) struct Payload {
    content: String,
    embeds: Vec<CreateEmbed>,
    components: Vec<CreateActionRow>,
    allowed_mentions: AllowedMentions,
    #[serde(skip_serializing_if = "Option::is_none")]
    flags: Option<MessageFlags>,
    #[serde(flatten)]
    new_message: Option<NewMessageFields>,
    #[serde(skip_serializing_if = "Option::is_none")]
    attachments: Option<[AttachmentFields; 1]>,
    /// The file of the attachment, which is sent beside the JSON.
    #[serde(skip)]
    file: Option<ReplyFile>,
}

/// The file that is sent beside the JSON.
#[derive(Debug, Serialize)]
struct AttachmentFields {
    id: u8,
    filename: String,
}

/// Fields that only a new message in a channel has.
#[derive(Debug, Serialize)]
pub(super) struct NewMessageFields {
    nonce: String,
    enforce_nonce: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    message_reference: Option<ReplyReference>,
}

/// A message reference. If that message has been deleted, the reply is sent without it.
#[derive(Debug, Clone, Copy, Serialize)]
pub(super) struct ReplyReference {
    pub(super) channel_id: ChannelId,
    pub(super) message_id: GenericId,
    fail_if_not_exists: bool,
}

/// Who is pinged: nobody whom the text mentions.
#[derive(Debug, Serialize)]
struct AllowedMentions {
    parse: [&'static str; 0],
    replied_user: bool,
}

impl ReplyReference {
    pub(super) const fn new((channel_id, message_id): (ChannelId, GenericId)) -> Self {
        Self { channel_id, message_id, fail_if_not_exists: false }
    }
}

/// Discord's limit of buttons in a row. A message has at most five rows.
const BUTTONS_PER_ROW: usize = 5;

impl Payload {
    /// The payload of `message`.
    pub(super) fn new(message: RenderedMessage) -> Self {
        let embeds = message.embeds.into_iter().map(|text| CreateEmbed::new().description(text));
        let buttons: Vec<CreateButton> = message.buttons.into_iter().map(button).collect();
        let rows = buttons.chunks(BUTTONS_PER_ROW).map(<[CreateButton]>::to_vec);
        Self {
            content: message.content,
            embeds: embeds.collect(),
            components: rows.map(CreateActionRow::Buttons).collect(),
            allowed_mentions: AllowedMentions { parse: [], replied_user: false },
            flags: None,
            new_message: None,
            attachments: None,
            file: None,
        }
    }

    /// Adds a file.
    pub(super) fn with_file(self, file: Option<&ReplyFile>) -> Self {
        let attachments =
            file.map(|file| [AttachmentFields { id: 0, filename: file.name.clone() }]);
        Self { attachments, file: file.cloned(), ..self }
    }

    /// The file.
    pub(super) fn file(&self) -> Option<&ReplyFile> {
        self.file.as_ref()
    }

    /// Sets `flags`.
    pub(super) fn with_flags(self, flags: MessageFlags) -> Self {
        Self { flags: (!flags.is_empty()).then_some(flags), ..self }
    }

    /// Sets whether the author of the message that it replies to is pinged.
    pub(super) fn pinging_replied_user(self, replied_user: bool) -> Self {
        Self { allowed_mentions: AllowedMentions { parse: [], replied_user }, ..self }
    }

    /// Adds the fields of a new message. Discord deduplicates messages by `nonce`.
    pub(super) fn into_new_message(
        self,
        nonce: String,
        message_reference: Option<ReplyReference>,
    ) -> Self {
        Self {
            new_message: Some(NewMessageFields { nonce, enforce_nonce: true, message_reference }),
            ..self
        }
    }
}

fn button(Button { label, control }: Button) -> CreateButton {
    let style = match control {
        Control::Delete => ButtonStyle::Danger,
        _ => ButtonStyle::Secondary,
    };
    CreateButton::new(custom_id::of(control)).label(label).style(style)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delete_button_alone_is_red() {
        let style = |control| {
            let label = String::new();
            serde_json::to_value(button(Button { label, control })).unwrap()["style"].clone()
        };
        let red = u8::from(ButtonStyle::Danger);
        for control in [Control::Delete, Control::Save, Control::TakeBack, Control::Unhelpful] {
            assert_eq!(style(control) == red, control == Control::Delete, "{control:?}");
        }
    }
}
