//! Matrix: translates events in and replies out, in encrypted rooms too. Its client is matrix-sdk.

mod content;
mod error;
mod event;
mod ids;
mod incoming;
mod membership;
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
use rooms::MatrixContext;
pub use settings::{Login, Settings};
pub use setup::{RecoveryKey, SetupMode, VerificationStatus, set_up};

/// Names its messages, places and people.
pub const PLATFORM: &str = "matrix";

/// Matrix.
pub struct Matrix {
    settings: Settings,
    pulse: Arc<Liveness>,
    client: OnceCell<Client>,
    events: Arc<EventSink>,
}

impl Matrix {
    /// Matrix as `settings` say.
    pub fn new(settings: Settings, pulse: Arc<Liveness>) -> Self {
        Self { settings, pulse, client: OnceCell::new(), events: Arc::default() }
    }

    /// Stays connected and brings what happens to `lane`, until it is told to stop.
    ///
    /// # Errors
    /// [`PlatformError`] says whether connecting again can help.
    pub async fn serve(
        &self,
        lane: &Arc<Dispatcher>,
        stop: &Shutdown,
    ) -> Result<(), PlatformError> {
        let client = tokio::select! {
            client = self.client.get_or_try_init(|| session::open(&self.settings)) => client?,
            () = stop.graceful.cancelled() => return Ok(()),
        };
        self.events.connect(lane);
        let (client, settings) = (client.clone(), self.settings.clone());
        let shared = MatrixContext::new(client, settings, Arc::clone(&self.events), stop.clone());
        sync::run(Arc::new(shared), &self.pulse).await
    }
}
