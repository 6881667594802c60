//! Telling Discord to wait: an interaction fails that nobody has answered within three seconds.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use serenity::model::channel::MessageFlags;

use super::super::api::Api;
use super::super::ids;
use super::super::incoming::interaction::InteractionKind;
use super::super::incoming::snowflake_time;
use super::super::payload::Payload;
use super::super::render::RenderedMessage;
use super::callback::kind;
use super::{PendingInteraction, ResponseState};
use crate::conversation::Notice;
use crate::conversation::wording::Wording;
use crate::service::{Clock, SystemClock, error_reference};

/// After this time Discord shows a failure.
const FAILS_AFTER: Duration = Duration::from_secs(3);

/// What takes longer than this is told to wait.
const DEFER_AFTER: Duration = Duration::from_millis(1500);

/// After this time nothing comes any more, and the asker is told so.
const GIVE_UP_AFTER: Duration = Duration::from_secs(120);

impl PendingInteraction {
    /// Tells Discord to wait if an answer takes long, and the asker if none comes.
    pub(in crate::platform::discord) async fn defer_if_slow(self: Arc<Self>, api: Arc<Api>) {
        tokio::time::sleep(DEFER_AFTER.saturating_sub(self.age())).await;
        if !self.defer(&api).await || matches!(self.way, InteractionKind::Component(_)) {
            return;
        }
        tokio::time::sleep(GIVE_UP_AFTER).await;
        self.send_timeout_notice(&api).await;
    }

    /// How long ago somebody did it: it may have waited on its way here.
    fn age(&self) -> Duration {
        let age = SystemClock.now().since(snowflake_time(self.id.get()));
        // Discord takes nothing later than that: it is rather our clock that is wrong.
        if age < FAILS_AFTER { age } else { Duration::ZERO }
    }

    /// Tells Discord to wait, if nothing has been told. Whether it waits.
    async fn defer(&self, api: &Api) -> bool {
        let mut state = self.state.lock().await;
        if *state != ResponseState::Unacknowledged {
            return false;
        }
        let is_private = !matches!(self.way, InteractionKind::Command { is_public: true });
        let flags = if is_private { MessageFlags::EPHEMERAL } else { MessageFlags::empty() };
        let told = match self.way {
            InteractionKind::Component(_) => {
                self.callback(kind::DEFERRED_UPDATE, None::<&()>, api).await
            }
            _ => {
                let data = json!({ "flags": flags });
                self.callback(kind::DEFERRED_MESSAGE, Some(&data), api).await
            }
        };
        match told {
            Ok(_) => {
                *state = ResponseState::Deferred { is_private };
                true
            }
            Err(failure) => {
                tracing::debug!(interaction.id = %self.id, status = failure.status, "Interaction {} could not be deferred", self.id);
                false
            }
        }
    }

    async fn send_timeout_notice(&self, api: &Api) {
        let mut state = self.state.lock().await;
        let ResponseState::Deferred { .. } = *state else { return };
        *state = ResponseState::Responded;
        let reference = error_reference(&ids::interaction(self.id));
        tracing::warn!(interaction.id = %self.id, reference, "Nothing answered interaction {}, told as {reference}", self.id);
        let wording = Wording::for_locale(&self.locale);
        let content = wording.notice(&Notice::InternalError { reference });
        let payload = Payload::new(RenderedMessage { content, ..RenderedMessage::default() });
        drop(self.edit_original(&payload, api).await);
    }
}
