//! The places where people ask. Each translates in and out and holds no rule of ours.

mod answer_style;
#[cfg(unix)]
pub mod bridge;
pub mod console;
#[cfg(feature = "discord")]
pub mod discord;
#[cfg(any(feature = "discord", feature = "matrix"))]
mod event_sink;
#[cfg(all(test, any(feature = "discord", feature = "matrix")))]
mod fixtures;
#[cfg(feature = "matrix")]
pub mod matrix;

use std::error::Error;

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub use answer_style::AnswerStyle;
#[cfg(any(feature = "discord", feature = "matrix"))]
use event_sink::EventSink;

/// How a platform is told to end: first it takes nothing more in and brings what it was told before,
/// later it lets go of everything.
#[derive(Debug, Clone, Default)]
pub struct Shutdown {
    /// Take nothing more in; what is under way may still be sent.
    pub graceful: CancellationToken,
    /// Holds a token of it who still brings what happened before [`Self::asked`]; it is waited for.
    pub in_flight: TaskTracker,
    /// End.
    pub forced: CancellationToken,
}

/// Why a platform cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum PlatformError {
    /// Trying again may help.
    #[error("{what}")]
    Transient {
        /// What happened.
        what: String,
        /// Why.
        source: Option<Box<dyn Error + Send + Sync>>,
    },
    /// Somebody has to mend something first.
    #[error("{advice}")]
    Permanent {
        /// What happened and what to do.
        advice: String,
        /// Why.
        source: Option<Box<dyn Error + Send + Sync>>,
    },
}
