//! What people say, change and take back.

use std::time::Duration;

use serde_json::json;

use super::Discord;
use super::builders::{Person, Place};
use super::message::{Message, REPLY};
use super::session::{Dispatch, GUILD_MESSAGES};

/// Something that somebody says.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Saying<'a> {
    pub(crate) text: &'a str,
    /// The message that it replies to.
    pub(crate) reply_to: Option<u64>,
    /// Whether the reply does not ping whom it replies to.
    pub(crate) is_quiet: bool,
    /// How long ago it was said.
    pub(crate) ago: Duration,
    /// Whether a webhook says it.
    pub(crate) is_from_webhook: bool,
    /// The kind of a message that Discord itself posts about what somebody does.
    pub(crate) system_kind: Option<u64>,
}

impl Discord {
    /// Somebody says `text`. Gives the message's id.
    pub(crate) fn says(&self, place: Place, person: Person, text: &str) -> u64 {
        self.says_so(place, person, Saying { text, ..Saying::default() })
    }

    /// Somebody says something in some way.
    pub(crate) fn says_so(&self, place: Place, person: Person, saying: Saying<'_>) -> u64 {
        self.shared.change(|world| {
            let at_ms = world.clock.now_ms() - u64::try_from(saying.ago.as_millis()).unwrap();
            let id = world.clock.id_at(at_ms);
            let mut message = Message {
                content: saying.text.to_owned(),
                reply_to: saying.reply_to,
                kind: saying.system_kind.unwrap_or(if saying.reply_to.is_some() {
                    REPLY
                } else {
                    0
                }),
                is_from_webhook: saying.is_from_webhook,
                ..Message::empty(id, place.0, person.0)
            };
            if saying.is_from_webhook {
                message.author = world.clock.id();
            }
            let everyone = message.content.contains("@everyone");
            message.mentions = world.mentioned(&message, !saying.is_quiet);
            message.mentions.everyone = everyone;
            world.post(message)
        })
    }

    /// Tells of a message again, as Discord may.
    pub(crate) fn repeats(&self, message: u64) {
        self.shared.change(|world| world.tell_message("MESSAGE_CREATE", message));
    }

    /// Somebody changes what they said.
    pub(crate) fn edits(&self, message: u64, text: &str) {
        self.shared.change(|world| {
            let now_ms = world.clock.now_ms();
            let mut edited = world.messages[&message].clone();
            edited.content = text.to_owned();
            edited.edited_at_ms = Some(now_ms);
            let pings_replied = edited.mentions.users.contains(&world.bot);
            edited.mentions = world.mentioned(&edited, pings_replied);
            world.messages.insert(message, edited);
            world.tell_message("MESSAGE_UPDATE", message);
        });
    }

    /// A link in a message gets its preview: the message is updated, and nobody has changed it.
    pub(crate) fn previews(&self, message: u64) {
        self.shared.change(|world| {
            let previewed = world.messages.get_mut(&message).unwrap();
            previewed.embeds = json!([{ "type": "link", "title": "A page", "url": "https://a.b" }]);
            world.tell_message("MESSAGE_UPDATE", message);
        });
    }

    /// Somebody takes a message back.
    pub(crate) fn deletes(&self, message: u64) {
        self.shared.change(|world| world.remove(message));
    }

    /// A moderator takes many back at once.
    pub(crate) fn deletes_many(&self, place: Place, messages: &[u64]) {
        self.shared.change(|world| {
            for id in messages {
                world.messages.get_mut(id).unwrap().is_gone = true;
            }
            let guild = world.guild_of(place.0);
            let ids: Vec<String> = messages.iter().map(u64::to_string).collect();
            let data = |_| {
                json!({
                    "ids": ids, "channel_id": place.0.to_string(),
                    "guild_id": guild.map(|id| id.to_string()),
                })
            };
            let kind = "MESSAGE_DELETE_BULK";
            world.tell(&Dispatch { kind, guild, intents: GUILD_MESSAGES, data: &data });
        });
    }

    /// Somebody starts a post in a forum: a thread whose first message has its id. Gives both.
    pub(crate) fn posts(&self, forum: Place, person: Person, text: &str) -> (Place, u64) {
        let thread = self.thread(forum, person);
        self.shared.change(|world| {
            let mut message = Message::empty(thread.0, thread.0, person.0);
            message.content = text.to_owned();
            message.mentions = world.mentioned(&message, false);
            (thread, world.post(message))
        })
    }
}
