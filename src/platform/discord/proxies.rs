//! Messages that a proxy, such as PluralKit, repeats: it posts a user's message again by a webhook, under
//! another name, and deletes the original.

use std::collections::{HashMap, HashSet, VecDeque};
use std::time::Duration;

use serenity::model::channel::Message;
use serenity::model::id::{ApplicationId, ChannelId, MessageId, WebhookId};

use super::gateway::GatewayEvent;
use super::ids;

/// Longest time between a message and its repetition.
const MAX_DELAY: Duration = Duration::from_secs(10);

/// Capacity for messages that may be repeated, in each channel.
const MAX_RECENT: usize = 50;

/// Capacity for channels.
const MAX_CHANNELS: usize = 1000;

/// The configured proxies, and the messages that they may repeat.
#[derive(Debug, Default)]
pub(super) struct Proxies {
    /// Ids of applications and webhooks.
    ids: HashSet<u64>,
    recent: HashMap<ChannelId, VecDeque<(MessageId, String)>>,
}

impl Proxies {
    /// Proxies with these ids, of their applications or webhooks.
    pub(super) fn new(ids: &[u64]) -> Self {
        Self { ids: ids.iter().copied().collect(), recent: HashMap::new() }
    }

    /// Marks a message of a proxy as one of a user. Returns the deletion of the message that it repeats,
    /// which is to be handled first: Discord reports that deletion later, if at all.
    pub(super) fn unmask(&mut self, event: &mut GatewayEvent) -> Option<GatewayEvent> {
        if self.ids.is_empty() {
            return None;
        }
        match event {
            GatewayEvent::MessageCreate(message) => {
                if self.is_proxied(message.webhook_id, message.application_id) {
                    message.webhook_id = None;
                    message.author.bot = false;
                    return self.take_original(message);
                }
                self.record(message);
            }
            GatewayEvent::MessageUpdate(update) => {
                let (webhook, application) =
                    (update.webhook_id.flatten(), update.application_id.flatten());
                if self.is_proxied(webhook, application)
                    && let Some(author) = &mut update.author
                {
                    author.bot = false;
                    update.webhook_id = None;
                }
            }
            GatewayEvent::MessageDelete { channel, messages, .. } => {
                if let Some(recent) = self.recent.get_mut(channel) {
                    recent.retain(|(id, _)| !messages.contains(id));
                }
            }
            _ => {}
        }
        None
    }

    /// Whether a message of this webhook, which belongs to this application, is one of a proxy.
    fn is_proxied(&self, webhook: Option<WebhookId>, application: Option<ApplicationId>) -> bool {
        let (webhook, application) =
            (webhook.map(WebhookId::get), application.map(ApplicationId::get));
        // The responses of an application to interactions come from a webhook with its own id.
        let is_response = webhook == application;
        let is_listed = |id: &u64| self.ids.contains(id);
        !is_response
            && webhook.is_some_and(|webhook| {
                is_listed(&webhook) || application.as_ref().is_some_and(is_listed)
            })
    }

    fn record(&mut self, message: &Message) {
        if message.author.bot || message.content.is_empty() {
            return;
        }
        if self.recent.len() >= MAX_CHANNELS && !self.recent.contains_key(&message.channel_id) {
            self.recent.clear();
        }
        let recent = self.recent.entry(message.channel_id).or_default();
        recent.retain(|(id, _)| may_repeat(*id, message.id));
        if recent.len() >= MAX_RECENT {
            recent.pop_front();
        }
        recent.push_back((message.id, message.content.clone()));
    }

    /// Removes the latest message that `repetition` may repeat, without the marks of a proxy around its
    /// text.
    fn take_original(&mut self, repetition: &Message) -> Option<GatewayEvent> {
        let text = repetition.content.trim();
        let recent = self.recent.get_mut(&repetition.channel_id)?;
        let is_original = |(id, original): &(MessageId, String)| {
            !text.is_empty() && original.contains(text) && may_repeat(*id, repetition.id)
        };
        let (id, _) = recent.remove(recent.iter().rposition(is_original)?)?;
        Some(GatewayEvent::MessageDelete {
            channel: repetition.channel_id,
            messages: vec![id],
            guild: repetition.guild_id,
        })
    }
}

/// Whether the message `later` is soon enough after `earlier` to repeat it.
fn may_repeat(earlier: MessageId, later: MessageId) -> bool {
    let time = |id: MessageId| ids::snowflake_time(id.get());
    time(later).since(time(earlier)) <= MAX_DELAY
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::tests::message;
    use super::*;

    #[test]
    fn repetitions_of_configured_proxies_count_as_messages_of_users() {
        // The webhook, the application of its owner, whether it is listed.
        let rows = [
            (Some("700"), Some("50"), true),
            (Some("60"), None, true),
            (Some("701"), Some("51"), false),
            (Some("701"), None, false),
            (None, Some("50"), false),
            (Some("50"), Some("50"), false),
        ];
        for (webhook, application, want) in rows {
            let mut json = message(json!({ "content": "who?" }));
            json["author"]["bot"] = json!(true);
            json["webhook_id"] = webhook.map_or(Value::Null, Into::into);
            json["application_id"] = application.map_or(Value::Null, Into::into);
            let message: Message = serde_json::from_value(json).unwrap();
            let mut event = GatewayEvent::MessageCreate(Box::new(message));
            Proxies::new(&[50, 60]).unmask(&mut event);
            let GatewayEvent::MessageCreate(message) = event else { panic!("another event") };
            assert_eq!(!message.author.bot, want, "{webhook:?} {application:?}");
        }
    }
}
