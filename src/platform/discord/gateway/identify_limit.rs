//! The limit of new sessions: one in five seconds, whatever the number of shards.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Mutex, OwnedMutexGuard};
use tokio::time::{Instant, sleep_until};

/// Time between two IDENTIFYs. Discord invalidates a session that is started earlier. Large bots may
/// start several at once; one after the other is always allowed.
const INTERVAL: Duration = Duration::from_secs(5);

/// Spaces the IDENTIFYs of all shards. It outlives connections.
#[derive(Debug, Clone, Default)]
pub(in crate::platform::discord) struct IdentifyLimit(Arc<Mutex<Option<Instant>>>);

/// The permission to send one IDENTIFY. No other shard starts a session until it is dropped.
///
/// It is kept until Discord has responded: from then on, the time to the next IDENTIFY is enough for
/// Discord, too, however long this one took to arrive.
pub(super) struct IdentifyPermit {
    last: OwnedMutexGuard<Option<Instant>>,
    is_sent: bool,
}

impl IdentifyLimit {
    /// Waits until a session may be started.
    pub(super) async fn acquire(&self) -> IdentifyPermit {
        let last = Arc::clone(&self.0).lock_owned().await;
        if let Some(last) = *last {
            sleep_until(last + INTERVAL).await;
        }
        IdentifyPermit { last, is_sent: false }
    }
}

impl IdentifyPermit {
    /// Records that the IDENTIFY was sent.
    pub(super) fn mark_sent(&mut self) {
        self.is_sent = true;
    }
}

impl Drop for IdentifyPermit {
    fn drop(&mut self) {
        if self.is_sent {
            *self.last = Some(Instant::now());
        }
    }
}
