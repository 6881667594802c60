//! A cache of the channels that recently denied a send or a reply.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serenity::model::id::ChannelId;

/// How long nothing is sent to a channel after a denial. Discord bans clients that cause too many
/// 403 responses; after permissions are fixed, the bot answers again within this time.
const DENIAL_TTL: Duration = Duration::from_secs(30);

/// Capacity of the cache, in channels.
const MAX_CACHED: usize = 10_000;

/// What a channel denied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::platform::discord) enum Denial {
    /// Sending any message.
    Send,
    /// Replying to a message; sending one without a reference is allowed.
    Reply,
}

/// Channels that recently denied a send or a reply (403), with the time.
#[derive(Default)]
pub(in crate::platform::discord) struct RecentDenials(Mutex<HashMap<ChannelId, (Denial, Instant)>>);

impl RecentDenials {
    /// The denial of `channel`, unless it has expired.
    pub(in crate::platform::discord) fn get(&self, channel: ChannelId) -> Option<Denial> {
        let denials = self.lock();
        let (denial, since) = denials.get(&channel)?;
        (since.elapsed() < DENIAL_TTL).then_some(*denial)
    }

    /// Removes the denials of the channels for which `is_changed` is true, since their permissions
    /// may have changed.
    pub(in crate::platform::discord) fn clear(&self, is_changed: impl Fn(ChannelId) -> bool) {
        self.lock().retain(|channel, _| !is_changed(*channel));
    }

    pub(super) fn record(&self, channel: ChannelId, denial: Denial) {
        let mut denials = self.lock();
        if denials.len() >= MAX_CACHED {
            denials.retain(|_, (_, since)| since.elapsed() < DENIAL_TTL);
        }
        denials.insert(channel, (denial, Instant::now()));
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<ChannelId, (Denial, Instant)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
