//! The service: handles the events of all platforms, answers each message once, keeps records.
//!
//! It must not know any platform: a platform hands in an [`Event`](crate::conversation::Event) and
//! implements [`Sender`].

mod alerts;
mod apply;
mod awaited;
pub mod clock;
mod context;
mod delivery;
mod digest;
pub mod dispatcher;
mod error_causes;
pub mod event_outcome;
mod failure_notice;
mod handle;
pub mod health;
pub mod knowledge_base;
pub mod metrics;
pub mod moderation;
pub mod pack_editor;
pub mod packs;
mod permission_reports;
mod quoted_messages;
mod recorded_packs;
pub mod records_health;
pub mod retention;
pub mod sender;
pub mod settings;
pub mod settings_editor;

use std::sync::Arc;

use crate::conversation::{AskerHash, Cooldowns, MessageId, PrincipalId, Timestamp};
use crate::store::asker_key::AskerKey;
use crate::store::records::{Claim, Holder, Records};

pub use clock::{Clock, SystemClock};
pub use dispatcher::Dispatcher;
pub(crate) use error_causes::with_causes;
pub use event_outcome::EventOutcome;
pub use failure_notice::error_reference;
pub use health::Liveness;
pub use knowledge_base::KnowledgeBase;
pub use metrics::Metrics;
use moderation::PackEditing;
use permission_reports::PermissionReports;
pub use records_health::RecordsHealth;
pub use sender::{Outgoing, SendError, Sender};
use settings::DeliverySettings;

/// The dependencies of a [`Service`].
pub struct Parts<R> {
    /// The records, which outlive a restart.
    pub records: R,
    /// The indexes to answer from, by space.
    pub knowledge_base: Arc<KnowledgeBase>,
    /// Turns user ids into hashes.
    pub asker_key: AskerKey,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// This process, as the holder of claims.
    pub holder: Holder,
    /// How messages are delivered.
    pub delivery: DeliverySettings,
    /// Whether what was asked is recorded, answered or not.
    pub keeps_questions: bool,
}

/// Handles the events of all platforms and makes sure that each message is answered once.
pub struct Service<R> {
    parts: Parts<R>,
    cooldowns: Cooldowns,
    permission_reports: PermissionReports,
    /// `None` if packs cannot be edited from chat.
    pack_editing: Option<PackEditing>,
}

impl<R: Records> Service<R> {
    /// A service with the dependencies `parts`.
    pub fn new(parts: Parts<R>) -> Self {
        let (cooldowns, permission_reports) = Default::default();
        Self { parts, cooldowns, permission_reports, pack_editing: None }
    }

    /// The records.
    pub fn records(&self) -> &R {
        &self.parts.records
    }

    /// The knowledge base.
    pub fn knowledge_base(&self) -> &KnowledgeBase {
        &self.parts.knowledge_base
    }

    /// A shared handle to [`Self::knowledge_base`].
    pub fn shared_knowledge_base(&self) -> Arc<KnowledgeBase> {
        Arc::clone(&self.parts.knowledge_base)
    }

    fn now(&self) -> Timestamp {
        self.parts.clock.now()
    }

    fn asker_hash(&self, user: &PrincipalId) -> AskerHash {
        self.parts.asker_key.hash(user)
    }

    /// A claim of this process on `message`, from now on.
    fn claim(&self, message: &MessageId) -> Claim {
        Claim {
            message: message.clone(),
            holder: self.parts.holder.clone(),
            now: self.now(),
            lease: self.parts.delivery.lease(),
        }
    }
}

#[cfg(test)]
mod tests;
