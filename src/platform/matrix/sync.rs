//! The sync loop: long-polls `/sync` and passes its updates to the room workers and membership
//! tasks.

use std::sync::Arc;
use std::time::Duration;

use backon::ExponentialBackoff;
use matrix_sdk::Error;
use matrix_sdk::config::SyncSettings;
use matrix_sdk::ruma::api::client::filter::FilterDefinition;
use matrix_sdk::sync::{RoomUpdates, SyncResponse};

use super::super::PlatformError;
use super::context::MatrixContext;
use super::error;
use super::membership::MembershipTasks;
use super::rooms::RoomWorkers;
use super::session;
use crate::service::Liveness;

/// How long the homeserver may hold a sync request open until there are updates. Each response
/// counts as activity.
const SYNC_TIMEOUT: Duration = Duration::from_secs(30);

/// Events of a room in one response. The backfill loads the rest.
const MAX_EVENTS: u32 = 50;

/// Why syncing has ended.
pub(super) enum SyncEnd {
    /// The shutdown was requested.
    Shutdown,
    /// The session has expired, and a login can continue it. Whether a sync had succeeded before.
    Expired { was_used: bool },
}

/// Syncs until shutdown, or until the session expires. Retries with backoff while the homeserver does not
/// respond.
///
/// # Errors
/// If the homeserver has ended the session.
pub(super) async fn run(
    context: Arc<MatrixContext>,
    liveness: &Liveness,
) -> Result<SyncEnd, PlatformError> {
    let mut rooms = RoomWorkers::new(Arc::clone(&context));
    let mut memberships = MembershipTasks::new(Arc::clone(&context));
    // The first sync returns at once, so that existing rooms are served without delay.
    let mut timeout = Duration::ZERO;
    let mut outage = Outage::default();
    loop {
        let synced = tokio::select! {
            synced = context.client.sync_once(settings(timeout)) => synced,
            () = context.stop.graceful.cancelled() => break,
        };
        match synced {
            Ok(SyncResponse { rooms: updates, .. }) => {
                tracing::trace!("The library has processed a sync response");
                liveness.mark_alive();
                outage.end();
                if timeout.is_zero() {
                    start_rooms(&context, &mut rooms, &mut memberships);
                    timeout = SYNC_TIMEOUT;
                }
                handle_updates(updates, &mut rooms, &mut memberships);
            }
            Err(error) if error.client_api_error_kind().is_some_and(error::is_soft_logout) => {
                return Ok(SyncEnd::Expired { was_used: !timeout.is_zero() });
            }
            Err(error) if error.client_api_error_kind().is_some_and(error::is_logged_out) => {
                return Err(session::logged_out());
            }
            Err(error) => {
                let wait = outage.record(&error);
                tokio::select! {
                    () = tokio::time::sleep(wait) => {}
                    () = context.stop.graceful.cancelled() => break,
                }
            }
        }
    }
    rooms.drain().await;
    Ok(SyncEnd::Shutdown)
}

/// The current outage of the homeserver, if there is one.
#[derive(Default)]
struct Outage(Option<ExponentialBackoff>);

impl Outage {
    /// Records a failed sync. Returns the wait before the next attempt. Only the first failure of
    /// an outage is logged.
    fn record(&mut self, error: &Error) -> Duration {
        if self.0.is_none() {
            let why = error::describe(error);
            tracing::warn!("The homeserver does not respond ({why}); retrying");
        }
        let delay = self.0.get_or_insert_with(error::backoff).next().unwrap_or(error::MAX_DELAY);
        error::retry_after(error).unwrap_or(delay)
    }

    /// Records a successful sync.
    fn end(&mut self) {
        if self.0.take().is_some() {
            tracing::info!("The homeserver responds again");
        }
    }
}

fn settings(timeout: Duration) -> SyncSettings {
    let mut filter = FilterDefinition::with_lazy_loading();
    filter.room.timeline.limit = Some(MAX_EVENTS.into());
    SyncSettings::new().timeout(timeout).filter(filter.into())
}

/// Starts the workers of all joined rooms, and the membership tasks that are due since the last
/// run.
fn start_rooms(
    context: &MatrixContext,
    rooms: &mut RoomWorkers,
    memberships: &mut MembershipTasks,
) {
    let joined = context.client.joined_rooms();
    let n_rooms = joined.len();
    tracing::info!(n_rooms, "Matrix serves {n_rooms} rooms");
    for room in joined {
        rooms.ensure_worker(room.room_id());
        memberships.check_room(&room);
    }
    for room in context.client.invited_rooms() {
        memberships.on_invite(room);
    }
    memberships.warn_if_not_set_up();
}

fn handle_updates(
    updates: RoomUpdates,
    rooms: &mut RoomWorkers,
    memberships: &mut MembershipTasks,
) {
    for (id, update) in updates.joined {
        rooms.push_timeline(&id, update.timeline);
        if let Some(room) = memberships.room(&id) {
            memberships.check_room(&room);
        }
    }
    for id in updates.left.keys() {
        rooms.remove(id);
    }
    for id in updates.invited.keys() {
        if let Some(room) = memberships.room(id) {
            memberships.on_invite(room);
        }
    }
}
