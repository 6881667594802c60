//! The long conversation with the homeserver, in which it tells what happens.

use std::sync::Arc;
use std::time::Duration;

use backon::ExponentialBackoff;
use matrix_sdk::Error;
use matrix_sdk::config::SyncSettings;
use matrix_sdk::ruma::api::client::filter::FilterDefinition;
use matrix_sdk::sync::{RoomUpdates, SyncResponse};

use super::super::PlatformError;
use super::chores::Chores;
use super::rooms::{Rooms, Shared};
use super::{failure, session};
use crate::service::Pulse;

/// How long the homeserver may wait for something to happen. Each answer is a sign of life.
const POLL: Duration = Duration::from_secs(30);

/// Events of a room in one answer. What does not fit is looked up.
const MAX_EVENTS: u32 = 50;

/// Listens until it is told to stop, whatever the homeserver does meanwhile.
///
/// # Errors
/// If the homeserver does not know the session any more.
pub(super) async fn serve(shared: Arc<Shared>, pulse: &Pulse) -> Result<(), PlatformError> {
    let mut rooms = Rooms::new(Arc::clone(&shared));
    let mut chores = Chores::new(Arc::clone(&shared));
    // Nothing is waited for before what is there already is looked at.
    let mut poll = Duration::ZERO;
    let mut outage = Outage::default();
    loop {
        let synced = tokio::select! {
            synced = shared.client.sync_once(settings(poll)) => synced,
            () = shared.stop.asked.cancelled() => break,
        };
        match synced {
            Ok(SyncResponse { rooms: updates, .. }) => {
                pulse.beat();
                outage.end();
                if poll.is_zero() {
                    start(&shared, &mut rooms, &mut chores);
                    poll = POLL;
                }
                hear(updates, &mut rooms, &mut chores);
            }
            Err(error) if error.client_api_error_kind().is_some_and(failure::is_logged_out) => {
                return Err(session::logged_out());
            }
            Err(error) => {
                let wait = outage.note(&error);
                tokio::select! {
                    () = tokio::time::sleep(wait) => {}
                    () = shared.stop.asked.cancelled() => break,
                }
            }
        }
    }
    rooms.end().await;
    Ok(())
}

/// A time in which the homeserver does not answer.
#[derive(Default)]
struct Outage(Option<ExponentialBackoff>);

impl Outage {
    /// It did not answer again. Gives the wait before the next attempt.
    fn note(&mut self, error: &Error) -> Duration {
        if self.0.is_none() {
            let why = failure::in_words(error);
            tracing::warn!(
                "The homeserver does not answer ({why}); quoth tries again until it does"
            );
        }
        let delay = self.0.get_or_insert_with(failure::delays).next().unwrap_or(failure::MAX_DELAY);
        failure::wish_of(error).unwrap_or(delay)
    }

    /// It answers.
    fn end(&mut self) {
        if self.0.take().is_some() {
            tracing::info!("The homeserver answers again");
        }
    }
}

fn settings(poll: Duration) -> SyncSettings {
    let mut filter = FilterDefinition::with_lazy_loading();
    filter.room.timeline.limit = Some(MAX_EVENTS.into());
    SyncSettings::new().timeout(poll).filter(filter.into())
}

/// Listens in all rooms in which we are, and does what was left to do in the last life.
fn start(shared: &Shared, rooms: &mut Rooms, chores: &mut Chores) {
    let joined = shared.client.joined_rooms();
    let n_rooms = joined.len();
    tracing::info!(n_rooms, "Matrix serves {n_rooms} rooms");
    for room in joined {
        rooms.listen(room.room_id());
        chores.look_after(&room);
    }
    for room in shared.client.invited_rooms() {
        chores.invited(room);
    }
    chores.see_whether_we_are_verified();
}

fn hear(updates: RoomUpdates, rooms: &mut Rooms, chores: &mut Chores) {
    for (id, update) in updates.joined {
        rooms.tell(&id, update.timeline);
        if let Some(room) = chores.room(&id) {
            chores.look_after(&room);
        }
    }
    for id in updates.left.keys() {
        rooms.forget(id);
    }
    for id in updates.invited.keys() {
        if let Some(room) = chores.room(id) {
            chores.invited(room);
        }
    }
}
