//! Faults that tests inject into REST requests.

use std::time::Duration;

/// A fault of a request. `Executed...`: the request takes effect, but the bot cannot know.
#[derive(Debug, Clone)]
pub(crate) enum InjectedFault {
    /// 429 without effect: for this route, or global.
    RateLimited { retry_after: Duration, is_global: bool },
    /// An error status without effect.
    Status(u16),
    /// The request takes effect, and the response has an error status.
    ExecutedStatus(u16),
    /// The request succeeds, and its headers report the bucket as exhausted.
    BucketExhausted { reset_after: Duration },
    /// The request succeeds after a delay.
    Slow(Duration),
    /// The connection closes without a response and without effect.
    Cut,
    /// The request takes effect, and the connection closes without a response.
    ExecutedCut,
    /// The request takes effect, and the successful response has an invalid body.
    ExecutedGarbage,
}

/// What happens to new gateway connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ConnectionFault {
    /// The upgrade to a WebSocket is answered with this HTTP status.
    RefusedUpgrade(u16),
    /// The upgrade is never answered.
    HangingUpgrade,
    /// The connection closes before HELLO, with a code or without a close frame.
    Closed(Option<u16>),
    /// The connection closes after HELLO without a close frame.
    ClosedAfterHello,
}

/// A fault for the next requests of a route.
#[derive(Debug)]
pub(super) struct ScheduledFault {
    pub(super) route: String,
    pub(super) fault: InjectedFault,
    pub(super) n_left: usize,
}

impl InjectedFault {
    /// Whether the request takes effect.
    pub(super) fn is_executed(&self) -> bool {
        match self {
            Self::RateLimited { .. } | Self::Status(_) | Self::Cut => false,
            Self::ExecutedStatus(_) | Self::BucketExhausted { .. } | Self::Slow(_) => true,
            Self::ExecutedCut | Self::ExecutedGarbage => true,
        }
    }
}
