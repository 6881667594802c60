//! Interactions that wait for an answer: three seconds for the first, fifteen minutes for all.

pub(super) mod callback;
pub(super) mod defer;
pub(super) mod respond;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serenity::model::id::{ApplicationId, InteractionId};

use super::ids;
use super::incoming::interaction::InteractionKind;
use crate::conversation::MessageId;

/// How long Discord takes answers to an interaction.
pub(super) const TOKEN_LIFE: Duration = Duration::from_secs(15 * 60);

/// An interaction that is not answered yet.
pub(super) struct PendingInteraction {
    pub(super) id: InteractionId,
    pub(super) application: ApplicationId,
    /// Lets one answer it. Never logged.
    pub(super) token: String,
    pub(super) way: InteractionKind,
    /// Its asker's language.
    pub(super) locale: String,
    /// What Discord has been told. Held while it is being told more.
    pub(super) state: tokio::sync::Mutex<ResponseState>,
    since: Instant,
}

/// What Discord has been told about an interaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ResponseState {
    /// Nothing.
    Unacknowledged,
    /// All that there is to say, or nothing: the platform did not say whether it arrived.
    Ambiguous,
    /// To wait. `is_private`: what will be said is for the asker alone.
    Deferred { is_private: bool },
    /// All that there is to say.
    Responded,
    /// All that there is to say; it may not have arrived, and Discord would not know it again.
    AmbiguousFinal,
}

impl PendingInteraction {
    pub(super) fn new(
        id: InteractionId,
        application: ApplicationId,
        token: &str,
        way: InteractionKind,
        locale: &str,
    ) -> Self {
        let state = tokio::sync::Mutex::new(ResponseState::Unacknowledged);
        let (token, locale) = (token.to_owned(), locale.to_owned());
        Self { id, application, token, way, locale, state, since: Instant::now() }
    }
}

/// All of them.
#[derive(Default)]
pub(super) struct PendingInteractions(Mutex<HashMap<InteractionId, Arc<PendingInteraction>>>);

impl PendingInteractions {
    /// Another one. Those that Discord takes no answer to any more go.
    pub(super) fn insert(&self, pending: PendingInteraction) -> Arc<PendingInteraction> {
        let pending = Arc::new(pending);
        let mut all = self.all();
        // Few wait at any time: whatever is answered is taken out.
        all.retain(|_, other| other.since.elapsed() < TOKEN_LIFE);
        all.insert(pending.id, Arc::clone(&pending));
        pending
    }

    /// The one with this id.
    pub(super) fn get(&self, id: InteractionId) -> Option<Arc<PendingInteraction>> {
        self.all().get(&id).map(Arc::clone)
    }

    /// The one with this name, if it was made by pressing something on our message `sent`.
    pub(super) fn for_component(
        &self,
        sent: &MessageId,
        cause: &MessageId,
    ) -> Option<Arc<PendingInteraction>> {
        let pending = self.get(ids::parse_interaction(cause)?)?;
        matches!(&pending.way, InteractionKind::Component(on) if on == sent).then_some(pending)
    }

    /// It is answered.
    pub(super) fn remove(&self, id: InteractionId) {
        self.all().remove(&id);
    }

    fn all(&self) -> MutexGuard<'_, HashMap<InteractionId, Arc<PendingInteraction>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
