//! What short messages in a thread refer to ("see above"): its title, and the message that it was started
//! from. Pure.

use serenity::model::channel::Message;
use serenity::model::id::{ChannelId, MessageId};

use super::super::channel_cache::ChannelCache;
use super::super::gateway::GatewayEvent;
use super::message::MessageParts;

/// Most words of a mention in a thread that may refer to the thread. A longer one speaks for itself.
const MAX_REFERRING_WORDS: usize = 5;

/// The words of first messages that say nothing but "see title".
const REFERRING_WORDS: [&str; 19] = [
    "see", "read", "title", "titel", "topic", "subject", "above", "the", "as", "in", "says", "it",
    "all", "siehe", "s", "oben", "betreff", "im", "steht",
];

/// Whether `text` is so short that the thread may be meant.
pub(super) fn is_short(text: &str) -> bool {
    text.split_whitespace().count() <= MAX_REFERRING_WORDS
}

/// Whether `text` only refers to the title of its thread.
pub(super) fn only_refers(text: &str) -> bool {
    let mut words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.all(|word| REFERRING_WORDS.contains(&word.to_lowercase().as_str()))
}

/// The message that the thread of `event` was started from, as its channel and id, if the event may refer
/// to it and does not have it yet.
pub(in crate::platform::discord) fn wanted_starter(
    event: &GatewayEvent,
    cache: &ChannelCache,
) -> Option<(ChannelId, MessageId)> {
    match event {
        GatewayEvent::MessageCreate(it) => MessageParts::of_message(it).wanted_starter(cache),
        GatewayEvent::MessageUpdate(it) => MessageParts::of_update(it)?.wanted_starter(cache),
        _ => None,
    }
}

/// Attaches the message that its thread was started from to `event`, in the place of the message that a
/// reply refers to.
pub(in crate::platform::discord) fn attach_starter(event: &mut GatewayEvent, starter: Message) {
    match event {
        GatewayEvent::MessageCreate(it) => it.referenced_message = Some(Box::new(starter)),
        GatewayEvent::MessageUpdate(it) => it.referenced_message = Some(Some(Box::new(starter))),
        _ => {}
    }
}
