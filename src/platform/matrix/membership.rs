//! What is done for rooms as such: invitations, upgrades, leaving where nobody else is. Each room has
//! one chore at a time.

pub(super) mod invites;
pub(super) mod upgrades;

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use backon::{ExponentialBuilder, Retryable};
use matrix_sdk::ruma::{OwnedRoomId, RoomId};
use matrix_sdk::{Error, Room};
use tokio::task::JoinSet;

use super::error;
use super::rooms::MatrixContext;
use super::setup::is_verified;
use crate::service::SendError;

/// Attempts at a chore after the first one, and the longest wait between them.
const MAX_RETRIES: usize = 8;
const MAX_DELAY: Duration = Duration::from_secs(60);

/// The chores.
pub(super) struct MembershipTasks {
    shared: Arc<MatrixContext>,
    /// The rooms at which somebody is busy.
    busy: Busy,
    /// They end with this.
    tasks: JoinSet<()>,
}

type Busy = Arc<Mutex<HashSet<OwnedRoomId>>>;

impl MembershipTasks {
    pub(super) fn new(shared: Arc<MatrixContext>) -> Self {
        Self { shared, busy: Busy::default(), tasks: JoinSet::new() }
    }

    /// The room called `id`.
    pub(super) fn room(&self, id: &RoomId) -> Option<Room> {
        self.shared.client.get_room(id)
    }

    /// Somebody has invited us to `room`.
    pub(super) fn on_invite(&mut self, room: Room) {
        let shared = Arc::clone(&self.shared);
        let id = room.room_id().to_owned();
        self.spawn(&id, async move { invites::answer(&room, &shared).await });
    }

    /// Does what the state of `room`, in which we are, asks for.
    pub(super) fn check_room(&mut self, room: &Room) {
        let id = room.room_id().to_owned();
        if room.is_tombstoned() && !upgrades::is_followed(room) {
            let room = room.clone();
            self.spawn(&id, async move { upgrades::follow(&room).await });
        } else if self.shared.settings.leaves_when_alone && room.active_members_count() == 1 {
            let room = room.clone();
            self.spawn(&id, async move { leave(&room).await });
        }
    }

    /// Tells whoever runs us, once, if people's clients may keep their keys from us.
    pub(super) fn warn_if_unverified(&mut self) {
        let client = self.shared.client.clone();
        self.tasks.spawn(async move {
            if !is_verified(&client).await {
                tracing::warn!(
                    "The bot's device is not verified, so that clients may keep the keys of encrypted rooms from it: `quoth matrix setup` mends that"
                );
            }
        });
    }

    fn spawn(&mut self, room: &RoomId, chore: impl Future<Output = ()> + Send + 'static) {
        while self.tasks.try_join_next().is_some() {}
        if !all(&self.busy).insert(room.to_owned()) {
            return;
        }
        let (busy, room) = (Arc::clone(&self.busy), room.to_owned());
        self.tasks.spawn(async move {
            chore.await;
            all(&busy).remove(&room);
        });
    }
}

fn all(busy: &Busy) -> MutexGuard<'_, HashSet<OwnedRoomId>> {
    busy.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn leave(room: &Room) {
    let id = room.room_id();
    match retry(|| room.leave()).await {
        Ok(()) => tracing::info!(room.id = %id, "Left {id}, where nobody else is"),
        Err(error) => {
            let why = error::describe(&error);
            tracing::warn!(room.id = %id, "{id}, where nobody else is, could not be left: {why}");
        }
    }
}

/// Calls until it is done, unless the homeserver refuses it.
pub(super) async fn retry<T, C>(call: impl FnMut() -> C) -> Result<T, Error>
where
    C: Future<Output = Result<T, Error>>,
{
    let delays = ExponentialBuilder::new()
        .with_max_delay(MAX_DELAY)
        .with_max_times(MAX_RETRIES)
        .with_jitter();
    call.retry(delays).when(|error| error::classify_send(error) != SendError::Permanent).await
}
