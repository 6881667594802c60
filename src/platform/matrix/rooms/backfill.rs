//! Loads missed events of a room by back-pagination.

use std::collections::HashSet;
use std::time::{Duration, SystemTime};

use matrix_sdk::deserialized_responses::TimelineEvent;
use matrix_sdk::room::MessagesOptions;
use matrix_sdk::ruma::{UInt, UserId};
use matrix_sdk::{Result, Room};

use super::super::event::{EditKey, is_join_of};
use super::event_cache::EventCache;

/// Events per request.
const PAGE_SIZE: u32 = 100;

/// Maximum number of requests. Older events are skipped.
const MAX_PAGES: usize = 50;

/// Events in a row that are too old before the pagination stops. Their times are what their senders
/// claim: one that claims to be older must not hide those before it.
const MAX_OLD: usize = 50;

/// Loads the events of `room` that are not in `cache` and not older than `max_age`, oldest first. Of the edits
/// of a message only the last: an earlier run may have applied it, and an older one must not replace it.
///
/// Pagination starts at the token `from`, else at the end of the room, and goes back to the first
/// event that is in `cache` or is the bot's own join, or to [`MAX_OLD`] that are too old.
///
/// # Errors
/// If a request fails. Nothing is lost then: the call can be repeated.
pub(in crate::platform::matrix) async fn load_missed(
    room: &Room,
    mut from: Option<String>,
    cache: &EventCache,
    max_age: Duration,
) -> Result<Vec<TimelineEvent>> {
    let mut events = Vec::new();
    let oldest = SystemTime::now().checked_sub(max_age);
    let mut n_old = 0;
    let mut edits = HashSet::new();
    for _ in 0..MAX_PAGES {
        let mut options = MessagesOptions::backward().from(from.as_deref());
        options.limit = UInt::from(PAGE_SIZE);
        let page = room.messages(options).await?;
        for event in page.chunk {
            let is_old = is_older(&event, oldest);
            n_old = if is_old { n_old + 1 } else { 0 };
            if n_old == MAX_OLD || is_boundary(&event, cache, room.own_user_id()) {
                events.reverse();
                return Ok(events);
            }
            let is_superseded = EditKey::of(event.raw()).is_some_and(|key| !edits.insert(key));
            if !is_old && !is_superseded {
                events.push(event);
            }
        }
        match page.end {
            Some(end) => from = Some(end),
            None => break,
        }
    }
    events.reverse();
    Ok(events)
}

/// Whether the pagination stops at `event`, which itself is not wanted either.
fn is_boundary(event: &TimelineEvent, cache: &EventCache, bot_id: &UserId) -> bool {
    let is_cached = event.event_id().is_some_and(|id| cache.contains(&id));
    is_cached || is_join_of(event.raw(), bot_id)
}

fn is_older(event: &TimelineEvent, oldest: Option<SystemTime>) -> bool {
    let at = event.timestamp.and_then(|at| at.to_system_time());
    at.zip(oldest).is_some_and(|(at, oldest)| at < oldest)
}
