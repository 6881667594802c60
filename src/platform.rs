//! Chat platforms. Each converts its events to [`conversation`](crate::conversation) types, sends what
//! the service asks for, and knows none of the rules of who is answered what.

mod answer_style;
#[cfg(unix)]
pub mod bridge;
pub mod console;
pub mod diagnosis;
#[cfg(feature = "discord")]
pub mod discord;
#[cfg(any(feature = "discord", feature = "matrix"))]
mod event_sink;
#[cfg(all(test, any(feature = "discord", feature = "matrix")))]
mod fixtures;
#[cfg(feature = "matrix")]
pub mod matrix;

use std::error::Error;
use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub use answer_style::AnswerStyle;
#[cfg(any(feature = "discord", feature = "matrix"))]
use event_sink::EventSink;

/// Two-phase shutdown: first stop accepting events and dispatch those already received, then
/// disconnect.
#[derive(Debug, Clone, Default)]
pub struct Shutdown {
    /// First phase: accept no more events. Replies may still be sent.
    pub graceful: CancellationToken,
    /// Tracks work that still dispatches events received before [`Self::graceful`]. Its end is waited
    /// for before the second phase.
    pub in_flight: TaskTracker,
    /// Second phase: disconnect and return.
    pub forced: CancellationToken,
}

/// Delays between attempts: exponential between `min_delay` and `max_delay`, with jitter, without end.
pub(crate) fn endless_backoff(min_delay: Duration, max_delay: Duration) -> ExponentialBackoff {
    ExponentialBuilder::new()
        .with_min_delay(min_delay)
        .with_max_delay(max_delay)
        .without_max_times()
        .with_jitter()
        .build()
}

/// Why a platform cannot run, or stopped.
#[derive(Debug, thiserror::Error)]
pub enum PlatformError {
    /// A retry may succeed.
    #[error("{what}")]
    Transient {
        /// What happened.
        what: String,
        /// The cause.
        source: Option<Box<dyn Error + Send + Sync>>,
    },
    /// A retry cannot succeed before an operator fixes something.
    #[error("{advice}")]
    Permanent {
        /// What happened and what to do.
        advice: String,
        /// The cause.
        source: Option<Box<dyn Error + Send + Sync>>,
    },
}
