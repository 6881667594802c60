//! Interactions that wait for a response: 3 s for the initial one, 15 min for all further ones.

pub(super) mod autocomplete;
pub(super) mod callback;
pub(super) mod defer;
mod form;
pub(super) mod respond;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serenity::model::id::{ApplicationId, InteractionId};

use super::ids;
use super::incoming::interaction::InteractionKind;
use crate::conversation::MessageId;

/// How long the token of an interaction is valid.
pub(super) const TOKEN_LIFE: Duration = Duration::from_secs(15 * 60);

/// An interaction that the bot has not completely responded to.
pub(super) struct PendingInteraction {
    pub(super) id: InteractionId,
    pub(super) application: ApplicationId,
    /// Authorizes responses. Never logged.
    pub(super) token: String,
    pub(super) kind: InteractionKind,
    /// The language of the user's client.
    pub(super) locale: String,
    /// Locked while a response is sent.
    pub(super) state: tokio::sync::Mutex<ResponseState>,
    created_at: Instant,
}

/// Which response to an interaction has been sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ResponseState {
    /// None.
    Unacknowledged,
    /// The initial response may have arrived or not.
    Ambiguous,
    /// A deferred response. `is_private`: the final one will be ephemeral.
    Deferred { is_private: bool },
    /// The final response.
    Responded,
    /// The final response may have arrived or not, and Discord would not deduplicate a retry.
    AmbiguousFinal,
}

impl PendingInteraction {
    pub(super) fn new(
        id: InteractionId,
        application: ApplicationId,
        token: &str,
        kind: InteractionKind,
        locale: &str,
    ) -> Self {
        let state = tokio::sync::Mutex::new(ResponseState::Unacknowledged);
        let (token, locale) = (token.to_owned(), locale.to_owned());
        Self { id, application, token, kind, locale, state, created_at: Instant::now() }
    }
}

/// All pending interactions, by id.
#[derive(Default)]
pub(super) struct PendingInteractions(Mutex<HashMap<InteractionId, Arc<PendingInteraction>>>);

impl PendingInteractions {
    /// Inserts an interaction, and removes those whose token has expired.
    pub(super) fn insert(&self, pending: PendingInteraction) -> Arc<PendingInteraction> {
        let pending = Arc::new(pending);
        let mut interactions = self.lock();
        // The map is small, since an interaction is removed after the response.
        interactions.retain(|_, other| other.created_at.elapsed() < TOKEN_LIFE);
        interactions.insert(pending.id, Arc::clone(&pending));
        pending
    }

    /// The interaction with this id.
    pub(super) fn get(&self, id: InteractionId) -> Option<Arc<PendingInteraction>> {
        self.lock().get(&id).map(Arc::clone)
    }

    /// The interaction `cause`, if it is the use of a component of the bot message `message`.
    pub(super) fn for_component(
        &self,
        message: &MessageId,
        cause: &MessageId,
    ) -> Option<Arc<PendingInteraction>> {
        let pending = self.get(ids::parse_interaction(cause)?)?;
        matches!(&pending.kind, InteractionKind::Component { message: of, .. } if of == message)
            .then_some(pending)
    }

    /// Removes an interaction after its final response.
    pub(super) fn remove(&self, id: InteractionId) {
        self.lock().remove(&id);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<InteractionId, Arc<PendingInteraction>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
