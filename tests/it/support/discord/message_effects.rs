//! Applies drafts to messages, and computes whom they ping.

use serde_json::Value;

use super::draft::{Draft, Origin};
use super::error::ApiError;
use super::message::Message;
use super::observed::{ObservedChange, ObservedMessage};
use super::permission;
use super::state::ServerState;

impl ServerState {
    /// Validates a draft. Undocumented fields, and missing `allowed_mentions`, are violations.
    pub(super) fn check_draft(
        &mut self,
        body: &Value,
        path: &[String],
        origin: Origin,
    ) -> Result<Draft, ApiError> {
        let draft = Draft::check(body, path, origin)?;
        self.report_unknown_fields("message", &draft.unknown);
        if draft.allowed.is_none() {
            self.add_violation("a message without allowed_mentions");
        }
        Ok(draft)
    }

    pub(super) fn report_unknown_fields(&mut self, what: &str, paths: &[String]) {
        for path in paths {
            self.add_violation(format!("{what} has the unknown field {path}"));
        }
    }

    /// Applies the fields of `draft` to `message`.
    pub(super) fn apply_draft(&self, message: &mut Message, draft: Draft, pings_replied: bool) {
        if let Some(content) = draft.content {
            message.content = content;
        }
        if let Some(embeds) = draft.embeds {
            message.embeds = embeds;
        }
        if let Some(components) = draft.components {
            message.components = components;
        }
        message.mentions = match &draft.allowed {
            None => self.mentions_of(message, pings_replied),
            Some(allowed) => {
                let mut pinged = allowed.restrict_to_allowed(&self.mentions_of(message, false));
                if allowed.replied_user {
                    let without_text = Message { content: String::new(), ..message.clone() };
                    pinged.users.extend(self.mentions_of(&without_text, true).users);
                }
                pinged
            }
        };
        let channel = &self.channels[&message.channel];
        if !self.may(channel, permission::MENTION_EVERYONE) && channel.guild.is_some() {
            message.mentions.everyone = false;
        }
    }

    /// Edits the message `id`. `interaction`: the interaction to which the edit responds.
    pub(super) fn edit_message(&mut self, id: u64, draft: Draft, interaction: Option<u64>) {
        let now_ms = self.clock.now_ms();
        let Some(mut message) = self.messages.get(&id).cloned() else { return };
        let was_loading = message.is_loading;
        message.is_loading = false;
        message.edited_at_ms = (!was_loading).then_some(now_ms);
        self.apply_draft(&mut message, draft, false);
        let mut observed = ObservedMessage::new(&message);
        observed.interaction = interaction.or(observed.interaction);
        self.changes.push(if was_loading {
            ObservedChange::Sent(observed)
        } else {
            ObservedChange::Edited(observed)
        });
        self.messages.insert(id, message);
        self.send_message_event("MESSAGE_UPDATE", id);
    }
}
