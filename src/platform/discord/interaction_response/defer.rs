//! Deferred responses: Discord shows an error for an interaction without a response within 3 s.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use serenity::model::channel::MessageFlags;

use super::super::api::Api;
use super::super::ids;
use super::super::incoming::interaction::InteractionKind;
use super::super::payload::Payload;
use super::super::render::RenderedMessage;
use super::callback::callback_type;
use super::{PendingInteraction, ResponseState};
use crate::conversation::Notice;
use crate::conversation::wording::Wording;
use crate::service::{Clock, SystemClock, error_reference};

/// Time from the interaction until Discord shows an error.
const RESPONSE_DEADLINE: Duration = Duration::from_secs(3);

/// Time from the interaction until its response is deferred.
const DEFER_AFTER: Duration = Duration::from_millis(1500);

/// Time from the deferral until the asker is notified that no answer comes.
const GIVE_UP_AFTER: Duration = Duration::from_secs(120);

impl PendingInteraction {
    /// Defers the response if it is slow, and later notifies the asker if there still is none.
    pub(in crate::platform::discord) async fn defer_if_slow(self: Arc<Self>, api: Arc<Api>) {
        tokio::time::sleep(DEFER_AFTER.saturating_sub(self.age())).await;
        if !self.defer(&api).await || matches!(self.kind, InteractionKind::Component { .. }) {
            return;
        }
        tokio::time::sleep(GIVE_UP_AFTER).await;
        self.send_timeout_notice(&api).await;
    }

    /// Time since the interaction was created, which includes its way to the bot.
    fn age(&self) -> Duration {
        let age = SystemClock.now().since(ids::snowflake_time(self.id.get()));
        // A larger age means that the local clock is wrong: Discord would accept no response.
        if age < RESPONSE_DEADLINE { age } else { Duration::ZERO }
    }

    /// Defers the response, unless there is one. Returns whether it is deferred now.
    async fn defer(&self, api: &Api) -> bool {
        let mut state = self.state.lock().await;
        if *state != ResponseState::Unacknowledged {
            return false;
        }
        let is_private = !matches!(self.kind, InteractionKind::Command { is_public: true, .. });
        let flags = if is_private { MessageFlags::EPHEMERAL } else { MessageFlags::empty() };
        let deferred = match self.kind {
            InteractionKind::Component { .. } => {
                self.callback(callback_type::DEFERRED_UPDATE, None::<&()>, api).await
            }
            _ => {
                let data = json!({ "flags": flags });
                self.callback(callback_type::DEFERRED_MESSAGE, Some(&data), api).await
            }
        };
        match deferred {
            Ok(_) => {
                *state = ResponseState::Deferred { is_private };
                true
            }
            Err(error) => {
                tracing::debug!(interaction.id = %self.id, status = error.status, "Could not defer the response to interaction {}", self.id);
                false
            }
        }
    }

    async fn send_timeout_notice(&self, api: &Api) {
        let mut state = self.state.lock().await;
        let ResponseState::Deferred { .. } = *state else { return };
        *state = ResponseState::Responded;
        let reference = error_reference(&ids::interaction(self.id));
        tracing::warn!(interaction.id = %self.id, reference, "Interaction {} timed out without an answer (reference {reference})", self.id);
        let wording = Wording::for_locale(&self.locale);
        let content = wording.notice(&Notice::InternalError { reference });
        let payload = Payload::new(RenderedMessage { content, ..RenderedMessage::default() });
        drop(self.edit_original(&payload, api).await);
    }
}
