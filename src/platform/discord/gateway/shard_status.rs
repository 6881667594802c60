//! Which shards are connected, for the liveness of the platform.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use crate::service::Liveness;

/// The shards of this process that are connected. The platform is alive while all of them are.
pub(super) struct ShardStatuses {
    connected: Mutex<HashSet<u32>>,
    n_shards: usize,
    liveness: Arc<Liveness>,
}

impl ShardStatuses {
    pub(super) fn new(n_shards: usize, liveness: Arc<Liveness>) -> Self {
        liveness.mark_disconnected();
        Self { connected: Mutex::default(), n_shards, liveness }
    }

    /// Records that `shard` has a session, or received something in one.
    pub(super) fn mark_alive(&self, shard: u32) {
        let mut connected = self.connected.lock().unwrap_or_else(PoisonError::into_inner);
        connected.insert(shard);
        if connected.len() >= self.n_shards {
            self.liveness.mark_alive();
        }
    }

    /// Records that `shard` has lost its connection.
    pub(super) fn mark_disconnected(&self, shard: u32) {
        self.connected.lock().unwrap_or_else(PoisonError::into_inner).remove(&shard);
        self.liveness.mark_disconnected();
    }
}

impl Drop for ShardStatuses {
    fn drop(&mut self) {
        self.liveness.mark_disconnected();
    }
}
