//! Matrix: translates room events into events of the service, and replies into room events, also in
//! encrypted rooms. The client library is matrix-sdk.

mod content;
mod context;
mod error;
mod event;
mod ids;
mod incoming;
mod membership;
mod permissions;
mod place;
mod reactions;
pub mod render;
mod rooms;
mod sender;
mod session;
mod settings;
mod setup;
mod sync;

use std::sync::Arc;

use matrix_sdk::Client;
use tokio::sync::OnceCell;

use super::{EventSink, PlatformError, Shutdown};
use crate::service::{Dispatcher, Liveness};
use context::MatrixContext;
pub use ids::PLATFORM;
pub use settings::{Login, Settings};
pub use setup::{RecoveryKey, SetupMode, VerificationStatus, set_up};

/// The Matrix platform: one account of the bot on one homeserver.
pub struct Matrix {
    settings: Settings,
    liveness: Arc<Liveness>,
    client: OnceCell<Client>,
    events: Arc<EventSink>,
}

impl Matrix {
    /// Creates the platform without connecting.
    pub fn new(settings: Settings, liveness: Arc<Liveness>) -> Self {
        Self { settings, liveness, client: OnceCell::new(), events: Arc::default() }
    }

    /// Opens the session on the first call, then syncs and sends events to `dispatcher` until
    /// `stop` requests the shutdown.
    ///
    /// # Errors
    /// [`PlatformError`] says whether connecting again can help.
    pub async fn serve(
        &self,
        dispatcher: &Arc<Dispatcher>,
        stop: &Shutdown,
    ) -> Result<(), PlatformError> {
        let client = tokio::select! {
            client = self.client.get_or_try_init(|| session::open(&self.settings)) => client?,
            () = stop.graceful.cancelled() => return Ok(()),
        };
        self.events.connect(dispatcher);
        let (client, settings) = (client.clone(), self.settings.clone());
        let context = MatrixContext::new(client, settings, Arc::clone(&self.events), stop.clone());
        sync::run(Arc::new(context), &self.liveness).await
    }
}
