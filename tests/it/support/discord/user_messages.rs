//! Messages that users send, edit and delete.

use std::time::Duration;

use serde_json::json;

use super::Discord;
use super::builders::{ChannelId, UserId};
use super::message::{Attached, Message, REPLY};
use super::session::{Dispatch, GUILD_MESSAGES};

/// A message to be sent by a user.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct UserMessage<'a> {
    pub(crate) text: &'a str,
    /// The message that it replies to.
    pub(crate) reply_to: Option<u64>,
    /// Whether the reply does not ping the author of the message to which it replies.
    pub(crate) is_without_ping: bool,
    /// How long ago it was sent.
    pub(crate) ago: Duration,
    /// Whether a webhook sends it.
    pub(crate) is_from_webhook: bool,
    /// The webhook that sends it, and the application that owns the webhook.
    pub(crate) webhook: Option<(u64, u64)>,
    /// The type of a system message.
    pub(crate) system_type: Option<u64>,
    /// What it has besides its text.
    pub(crate) attached: Option<Attached>,
    /// The text of another message that it forwards. Its own is empty then.
    pub(crate) forwards: Option<&'a str>,
}

impl Discord {
    /// A user sends `text`. Returns the message id.
    pub(crate) fn user_sends(&self, channel: ChannelId, user: UserId, text: &str) -> u64 {
        self.user_sends_message(channel, user, UserMessage { text, ..UserMessage::default() })
    }

    /// A user sends a message with options. Returns the message id.
    pub(crate) fn user_sends_message(
        &self,
        channel: ChannelId,
        user: UserId,
        options: UserMessage<'_>,
    ) -> u64 {
        self.shared.update(|state| {
            let is_of_user = !options.is_from_webhook && options.webhook.is_none();
            let may_send = state.may_send(&state.channels[&channel.0], user.0);
            assert!(may_send || !is_of_user, "{user} may not send messages in {channel}");
            let at_ms = state.clock.now_ms() - u64::try_from(options.ago.as_millis()).unwrap();
            let id = state.clock.id_at(at_ms);
            let mut message = Message {
                content: options.text.to_owned(),
                reply_to: options.reply_to,
                kind: options.system_type.unwrap_or(if options.reply_to.is_some() {
                    REPLY
                } else {
                    0
                }),
                is_from_webhook: options.is_from_webhook,
                attached: options.attached,
                forwarded: options.forwards.map(str::to_owned),
                ..Message::empty(id, channel.0, user.0)
            };
            if options.is_from_webhook {
                message.author = state.clock.id();
            }
            if let Some((webhook, owner)) = options.webhook {
                message.author = webhook;
                message.is_from_webhook = true;
                message.webhook_owner = Some(owner);
            }
            let everyone = message.content.contains("@everyone");
            message.mentions = state.mentions_of(&message, !options.is_without_ping);
            message.mentions.everyone = everyone;
            state.add_message(message)
        })
    }

    /// Sends the create event of a message again, as Discord may.
    pub(crate) fn repeat_message_event(&self, message: u64) {
        self.shared.update(|state| state.send_message_event("MESSAGE_CREATE", message));
    }

    /// The author edits a message.
    pub(crate) fn user_edits(&self, message: u64, text: &str) {
        self.shared.update(|state| {
            let now_ms = state.clock.now_ms();
            let mut edited = state.messages[&message].clone();
            assert!(!state.channels[&edited.channel].is_archived, "the thread is archived");
            edited.content = text.to_owned();
            // Edits in the same millisecond have different times on Discord.
            edited.edited_at_ms = edited.edited_at_ms.map(|last| last + 1).max(Some(now_ms));
            let pings_replied = edited.mentions.users.contains(&state.bot);
            edited.mentions = state.mentions_of(&edited, pings_replied);
            state.messages.insert(message, edited);
            state.send_message_event("MESSAGE_UPDATE", message);
        });
    }

    /// Adds a link preview: an update event without an edit.
    pub(crate) fn add_link_preview(&self, message: u64) {
        self.shared.update(|state| {
            let previewed = state.messages.get_mut(&message).unwrap();
            previewed.embeds = json!([{ "type": "link", "title": "A page", "url": "https://a.b" }]);
            state.send_message_event("MESSAGE_UPDATE", message);
        });
    }

    /// Deletes a message.
    pub(crate) fn delete_message(&self, message: u64) {
        self.shared.update(|state| state.delete_message(message));
    }

    /// Deletes several messages in one event.
    pub(crate) fn bulk_delete(&self, channel: ChannelId, messages: &[u64]) {
        self.shared.update(|state| {
            for id in messages {
                state.messages.get_mut(id).unwrap().is_deleted = true;
            }
            let guild = state.guild_of(channel.0);
            let ids: Vec<String> = messages.iter().map(u64::to_string).collect();
            let data = |_| {
                json!({
                    "ids": ids, "channel_id": channel.0.to_string(),
                    "guild_id": guild.map(|id| id.to_string()),
                })
            };
            let kind = "MESSAGE_DELETE_BULK";
            state.send_event(&Dispatch { kind, guild, intents: GUILD_MESSAGES, data: &data });
        });
    }

    /// A user creates a forum post: a thread whose first message has the thread's id. Returns both.
    pub(crate) fn user_posts(
        &self,
        forum: ChannelId,
        user: UserId,
        text: &str,
    ) -> (ChannelId, u64) {
        self.user_posts_with_title(forum, user, "thread", text)
    }

    /// Like [`Self::user_posts`], with a title.
    pub(crate) fn user_posts_with_title(
        &self,
        forum: ChannelId,
        user: UserId,
        title: &str,
        text: &str,
    ) -> (ChannelId, u64) {
        let thread = self.named_thread(forum, user, title);
        self.shared.update(|state| {
            let mut message = Message::empty(thread.0, thread.0, user.0);
            message.content = text.to_owned();
            message.mentions = state.mentions_of(&message, false);
            (thread, state.add_message(message))
        })
    }
}
