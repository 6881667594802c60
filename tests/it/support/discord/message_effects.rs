//! From what a message is to say to what it says, and whom that pings.

use serde_json::Value;

use super::draft::{Draft, Origin};
use super::error::Fault;
use super::mention::Mentions;
use super::message::Message;
use super::observed::{ObservedChange, ObservedMessage};
use super::permission;
use super::state::ServerState;

impl ServerState {
    /// A checked draft; what it has too much is noted.
    pub(super) fn drafted(
        &mut self,
        body: &Value,
        path: &[String],
        origin: Origin,
    ) -> Result<Draft, Fault> {
        let draft = Draft::check(body, path, origin)?;
        self.note_unknown("message", &draft.unknown);
        if draft.allowed.is_none() {
            self.violation("a message without allowed_mentions");
        }
        Ok(draft)
    }

    pub(super) fn note_unknown(&mut self, what: &str, paths: &[String]) {
        for path in paths {
            self.violation(format!("{what} has the unknown field {path}"));
        }
    }

    /// Puts what `draft` says into `message`.
    pub(super) fn fill(&self, message: &mut Message, draft: Draft, pings_replied: bool) {
        if let Some(content) = draft.content {
            message.content = content;
        }
        if let Some(embeds) = draft.embeds {
            message.embeds = embeds;
        }
        if let Some(components) = draft.components {
            message.components = components;
        }
        let all = self.mentioned(message, pings_replied);
        message.mentions = match &draft.allowed {
            None => all,
            Some(allowed) => {
                let mut narrowed = allowed.narrow(&Mentions {
                    users: Mentions::of(&message.content).users,
                    ..all.clone()
                });
                if allowed.replied_user {
                    narrowed.users.extend(all.users);
                }
                narrowed
            }
        };
        let channel = &self.channels[&message.channel];
        if !self.may(channel, permission::MENTION_EVERYONE) && channel.guild.is_some() {
            message.mentions.everyone = false;
        }
    }

    /// Makes the message `id` say what `draft` says. `interaction`: what it responds to thereby.
    pub(super) fn change(&mut self, id: u64, draft: Draft, interaction: Option<u64>) {
        let now_ms = self.clock.now_ms();
        let Some(mut message) = self.messages.get(&id).cloned() else { return };
        let was_loading = message.is_loading;
        message.is_loading = false;
        message.edited_at_ms = (!was_loading).then_some(now_ms);
        self.fill(&mut message, draft, false);
        let mut shown = ObservedMessage::new(&message);
        shown.interaction = interaction.or(shown.interaction);
        self.seen.push(if was_loading {
            ObservedChange::Sent(shown)
        } else {
            ObservedChange::Amended(shown)
        });
        self.messages.insert(id, message);
        self.tell_message("MESSAGE_UPDATE", id);
    }
}
