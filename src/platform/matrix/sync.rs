//! The long conversation with the homeserver, in which it tells what happens.

use std::sync::Arc;
use std::time::Duration;

use backon::ExponentialBackoff;
use matrix_sdk::Error;
use matrix_sdk::config::SyncSettings;
use matrix_sdk::ruma::api::client::filter::FilterDefinition;
use matrix_sdk::sync::{RoomUpdates, SyncResponse};

use super::super::PlatformError;
use super::error;
use super::membership::MembershipTasks;
use super::rooms::{MatrixContext, RoomWorkers};
use super::session;
use crate::service::Liveness;

/// How long the homeserver may wait for something to happen. Each answer is a sign of life.
const SYNC_TIMEOUT: Duration = Duration::from_secs(30);

/// Events of a room in one answer. What does not fit is looked up.
const MAX_EVENTS: u32 = 50;

/// Listens until it is told to stop, whatever the homeserver does meanwhile.
///
/// # Errors
/// If the homeserver does not know the session any more.
pub(super) async fn run(shared: Arc<MatrixContext>, pulse: &Liveness) -> Result<(), PlatformError> {
    let mut rooms = RoomWorkers::new(Arc::clone(&shared));
    let mut chores = MembershipTasks::new(Arc::clone(&shared));
    // Nothing is waited for before what is there already is looked at.
    let mut poll = Duration::ZERO;
    let mut outage = Outage::default();
    loop {
        let synced = tokio::select! {
            synced = shared.client.sync_once(settings(poll)) => synced,
            () = shared.stop.graceful.cancelled() => break,
        };
        match synced {
            Ok(SyncResponse { rooms: updates, .. }) => {
                pulse.mark_alive();
                outage.end();
                if poll.is_zero() {
                    start_rooms(&shared, &mut rooms, &mut chores);
                    poll = SYNC_TIMEOUT;
                }
                handle_updates(updates, &mut rooms, &mut chores);
            }
            Err(error) if error.client_api_error_kind().is_some_and(error::is_logged_out) => {
                return Err(session::logged_out());
            }
            Err(error) => {
                let wait = outage.note(&error);
                tokio::select! {
                    () = tokio::time::sleep(wait) => {}
                    () = shared.stop.graceful.cancelled() => break,
                }
            }
        }
    }
    rooms.drain().await;
    Ok(())
}

/// A time in which the homeserver does not answer.
#[derive(Default)]
struct Outage(Option<ExponentialBackoff>);

impl Outage {
    /// It did not answer again. Gives the wait before the next attempt.
    fn note(&mut self, error: &Error) -> Duration {
        if self.0.is_none() {
            let why = error::describe(error);
            tracing::warn!(
                "The homeserver does not answer ({why}); quoth tries again until it does"
            );
        }
        let delay = self.0.get_or_insert_with(error::backoff).next().unwrap_or(error::MAX_DELAY);
        error::retry_after(error).unwrap_or(delay)
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
fn start_rooms(shared: &MatrixContext, rooms: &mut RoomWorkers, chores: &mut MembershipTasks) {
    let joined = shared.client.joined_rooms();
    let n_rooms = joined.len();
    tracing::info!(n_rooms, "Matrix serves {n_rooms} rooms");
    for room in joined {
        rooms.ensure_worker(room.room_id());
        chores.check_room(&room);
    }
    for room in shared.client.invited_rooms() {
        chores.on_invite(room);
    }
    chores.warn_if_unverified();
}

fn handle_updates(updates: RoomUpdates, rooms: &mut RoomWorkers, chores: &mut MembershipTasks) {
    for (id, update) in updates.joined {
        rooms.push_timeline(&id, update.timeline);
        if let Some(room) = chores.room(&id) {
            chores.check_room(&room);
        }
    }
    for id in updates.left.keys() {
        rooms.remove(id);
    }
    for id in updates.invited.keys() {
        if let Some(room) = chores.room(id) {
            chores.on_invite(room);
        }
    }
}
