//! What was said in a room while nobody listened.

use std::time::{Duration, SystemTime};

use matrix_sdk::deserialized_responses::TimelineEvent;
use matrix_sdk::room::MessagesOptions;
use matrix_sdk::ruma::{UInt, UserId};
use matrix_sdk::{Result, Room};

use super::super::event::{RoomEvent, RoomEventKind};
use super::event_cache::EventCache;

/// Events of one request.
const PAGE: u32 = 100;

/// Requests at the most. What lies further back is passed over.
const MAX_PAGES: usize = 50;

/// The events of `room` that nobody has `heard` yet, the oldest first: back to the last one that was
/// heard, to our own coming, or to what is older than `reach`. They end where `from` says, else now.
///
/// # Errors
/// If the homeserver does not tell. Nothing of it is lost: it can be asked again.
pub(in crate::platform::matrix) async fn load_missed(
    room: &Room,
    mut from: Option<String>,
    heard: &EventCache,
    reach: Duration,
) -> Result<Vec<TimelineEvent>> {
    let mut events = Vec::new();
    let oldest = SystemTime::now().checked_sub(reach);
    for _ in 0..MAX_PAGES {
        let mut options = MessagesOptions::backward().from(from.as_deref());
        options.limit = UInt::from(PAGE);
        let page = room.messages(options).await?;
        for event in page.chunk {
            if is_boundary(&event, heard, oldest, room.own_user_id()) {
                events.reverse();
                return Ok(events);
            }
            events.push(event);
        }
        match page.end {
            Some(end) => from = Some(end),
            None => break,
        }
    }
    events.reverse();
    Ok(events)
}

/// Whether nothing before `event` is wanted, nor `event` itself.
fn is_boundary(
    event: &TimelineEvent,
    heard: &EventCache,
    oldest: Option<SystemTime>,
    us: &UserId,
) -> bool {
    let at = event.timestamp.and_then(|at| at.to_system_time());
    let is_too_old = at.zip(oldest).is_some_and(|(at, oldest)| at < oldest);
    let is_heard = event.event_id().is_some_and(|id| heard.contains(&id));
    let happening = RoomEvent::parse(event.raw());
    let came = happening.is_some_and(|it| matches!(it.kind, RoomEventKind::Join(who) if who == us));
    is_too_old || is_heard || came
}
