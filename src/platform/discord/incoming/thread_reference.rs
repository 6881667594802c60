//! The message that a thread was started from, which short messages in it refer to ("see above"). Pure.

use serenity::model::channel::Message;
use serenity::model::id::{ChannelId, MessageId};

use super::super::channel_cache::ChannelCache;
use super::super::gateway::GatewayEvent;
use super::message::MessageParts;

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
