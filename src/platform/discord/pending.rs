//! Interactions that wait for an answer: three seconds for the first, fifteen minutes for all.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serenity::model::id::{ApplicationId, InteractionId};

use super::interaction::Way;
use super::name;
use crate::conversation::MessageId;

/// How long Discord takes answers to an interaction.
pub(super) const TOKEN_LIFE: Duration = Duration::from_secs(15 * 60);

/// An interaction that is not answered yet.
pub(super) struct Pending {
    pub(super) id: InteractionId,
    pub(super) application: ApplicationId,
    /// Lets one answer it. Never logged.
    pub(super) token: String,
    pub(super) way: Way,
    /// Its asker's language.
    pub(super) locale: String,
    /// What Discord has been told. Held while it is being told more.
    pub(super) state: tokio::sync::Mutex<State>,
    since: Instant,
}

/// What Discord has been told about an interaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    /// Nothing.
    Fresh,
    /// All that there is to say, or nothing: the platform did not say whether it arrived.
    Uncertain,
    /// To wait. `is_private`: what will be said is for the asker alone.
    Deferred { is_private: bool },
    /// All that there is to say.
    Answered,
    /// All that there is to say; it may not have arrived, and Discord would not know it again.
    Lost,
}

impl Pending {
    pub(super) fn new(
        id: InteractionId,
        application: ApplicationId,
        token: &str,
        way: Way,
        locale: &str,
    ) -> Self {
        let state = tokio::sync::Mutex::new(State::Fresh);
        let (token, locale) = (token.to_owned(), locale.to_owned());
        Self { id, application, token, way, locale, state, since: Instant::now() }
    }
}

/// All of them.
#[derive(Default)]
pub(super) struct Table(Mutex<HashMap<InteractionId, Arc<Pending>>>);

impl Table {
    /// Another one. Those that Discord takes no answer to any more go.
    pub(super) fn add(&self, pending: Pending) -> Arc<Pending> {
        let pending = Arc::new(pending);
        let mut all = self.all();
        // Few wait at any time: whatever is answered is taken out.
        all.retain(|_, other| other.since.elapsed() < TOKEN_LIFE);
        all.insert(pending.id, Arc::clone(&pending));
        pending
    }

    /// The one with this id.
    pub(super) fn find(&self, id: InteractionId) -> Option<Arc<Pending>> {
        self.all().get(&id).map(Arc::clone)
    }

    /// The one with this name, if it was made by pressing something on our message `sent`.
    pub(super) fn on(&self, sent: &MessageId, cause: &MessageId) -> Option<Arc<Pending>> {
        let pending = self.find(name::parse_interaction(cause)?)?;
        matches!(&pending.way, Way::Pressed(on) if on == sent).then_some(pending)
    }

    /// It is answered.
    pub(super) fn remove(&self, id: InteractionId) {
        self.all().remove(&id);
    }

    fn all(&self) -> MutexGuard<'_, HashMap<InteractionId, Arc<Pending>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
