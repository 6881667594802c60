//! What all platforms share: answering once, keeping records, staying alive.

mod alerts;
pub mod clock;
mod delivery;
pub mod dispatcher;
pub mod event_outcome;
mod failure_notice;
pub mod health;
pub mod knowledge_base;
pub mod metrics;
pub mod packs;
mod respond;
pub mod retention;
pub mod sender;
pub mod settings;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::conversation::{AskerHash, Cooldowns, MessageId, PrincipalId, Timestamp};
use crate::store::asker_key::AskerKey;
use crate::store::records::{Claim, Holder, Records};

pub use clock::{Clock, SystemClock};
pub use dispatcher::Dispatcher;
pub use event_outcome::EventOutcome;
pub use failure_notice::error_reference;
pub use health::Liveness;
pub use knowledge_base::KnowledgeBase;
pub use metrics::Metrics;
pub use sender::{Outgoing, SendError, Sender};
use settings::DeliverySettings;

/// What a service is made of.
pub struct Parts<R> {
    /// What outlives a restart.
    pub records: R,
    /// What is answered from.
    pub knowledge_base: Arc<KnowledgeBase>,
    /// Turns askers into hashes.
    pub asker_key: AskerKey,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// This process, as the claims of its messages name it.
    pub holder: Holder,
    /// How messages are delivered.
    pub delivery: DeliverySettings,
}

/// Takes what happens on platforms and sees to it that each message is answered once.
pub struct Service<R> {
    parts: Parts<R>,
    cooldowns: Mutex<Cooldowns>,
}

impl<R: Records> Service<R> {
    /// The service made of `parts`.
    pub fn new(parts: Parts<R>) -> Self {
        Self { parts, cooldowns: Mutex::default() }
    }

    /// What outlives a restart.
    pub fn records(&self) -> &R {
        &self.parts.records
    }

    /// What is answered from.
    pub fn knowledge_base(&self) -> &KnowledgeBase {
        &self.parts.knowledge_base
    }

    /// The same, for whoever keeps it.
    pub fn shared_knowledge_base(&self) -> Arc<KnowledgeBase> {
        Arc::clone(&self.parts.knowledge_base)
    }

    fn now(&self) -> Timestamp {
        self.parts.clock.now()
    }

    fn asker(&self, person: &PrincipalId) -> AskerHash {
        self.parts.asker_key.hash(person)
    }

    /// Our claim on `message` from now on.
    fn claim(&self, message: &MessageId) -> Claim {
        Claim {
            message: message.clone(),
            holder: self.parts.holder.clone(),
            now: self.now(),
            lease: self.parts.delivery.lease(),
        }
    }

    fn cooldowns(&self) -> MutexGuard<'_, Cooldowns> {
        // Whoever panicked left counts behind that are at the worst a little off.
        self.cooldowns.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
