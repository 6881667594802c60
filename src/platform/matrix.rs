//! Matrix: translates room events into events of the service, and replies into room events, also in
//! encrypted rooms. The client library is matrix-sdk.

mod content;
mod context;
mod decryption;
pub mod doctor;
mod error;
mod event;
mod ids;
mod incoming;
mod membership;
mod memberships;
mod own_reactions;
mod permissions;
mod place;
mod rate_limit;
mod reactions;
pub mod render;
mod rooms;
mod sender;
mod session;
mod settings;
mod setup;
mod sync;
mod tls_error;

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use matrix_sdk::Client;

use super::{EventSink, PlatformError, Shutdown};
use crate::service::{Dispatcher, Liveness};
use context::MatrixContext;
pub use ids::PLATFORM;
use own_reactions::OwnReactions;
use rate_limit::RateLimit;
pub use settings::{Login, Settings};
pub use setup::{RecoveryKey, SetupMode, VerificationStatus, set_up};
use sync::SyncEnd;

/// The wait before a session that has expired is continued: calls that still use it end meanwhile.
const CONTINUE_AFTER: Duration = Duration::from_secs(1);

/// The Matrix platform: one account of the bot on one homeserver.
pub struct Matrix {
    settings: Settings,
    liveness: Arc<Liveness>,
    /// The client of the current session. `None` while there is no session.
    client: RwLock<Option<Client>>,
    events: Arc<EventSink>,
    rate_limit: Arc<RateLimit>,
    own_reactions: Arc<OwnReactions>,
}

impl Matrix {
    /// Creates the platform without connecting.
    pub fn new(settings: Settings, liveness: Arc<Liveness>) -> Self {
        Self {
            settings,
            liveness,
            client: RwLock::default(),
            events: Arc::default(),
            rate_limit: Arc::default(),
            own_reactions: Arc::default(),
        }
    }

    /// Opens the session, then syncs and sends events to `dispatcher` until `stop` requests the
    /// shutdown or the session ends. A session that expires is continued.
    ///
    /// # Errors
    /// [`PlatformError`] says whether connecting again can help.
    pub async fn serve(
        &self,
        dispatcher: &Arc<Dispatcher>,
        stop: &Shutdown,
    ) -> Result<(), PlatformError> {
        loop {
            match self.serve_session(dispatcher, stop).await? {
                SyncEnd::Shutdown => return Ok(()),
                // No failure, after which waits would grow, however often it happens.
                SyncEnd::Expired { was_used: true } => {}
                SyncEnd::Expired { was_used: false } => return Err(session::expired()),
            }
            tokio::select! {
                () = tokio::time::sleep(CONTINUE_AFTER) => {}
                () = stop.graceful.cancelled() => return Ok(()),
            }
        }
    }

    async fn serve_session(
        &self,
        dispatcher: &Arc<Dispatcher>,
        stop: &Shutdown,
    ) -> Result<SyncEnd, PlatformError> {
        let client = tokio::select! {
            client = session::open(&self.settings) => client?,
            () = stop.graceful.cancelled() => return Ok(SyncEnd::Shutdown),
        };
        self.set_client(Some(client.clone()));
        self.events.connect(dispatcher);
        let settings = self.settings.clone();
        let context = MatrixContext::new(client, settings, Arc::clone(&self.events), stop.clone());
        let result = sync::run(Arc::new(context), &self.liveness).await;
        if !matches!(result, Ok(SyncEnd::Shutdown)) {
            // Its session has ended. A call that comes before the next one is open is repeated.
            self.set_client(None);
        }
        result
    }

    /// The client of the current session.
    fn client(&self) -> Option<Client> {
        self.client.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set_client(&self, client: Option<Client>) {
        *self.client.write().unwrap_or_else(PoisonError::into_inner) = client;
    }
}
