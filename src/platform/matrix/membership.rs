//! Room membership: answers invites, follows upgrades (tombstones) and leaves empty rooms. At most
//! one task per room runs at a time.

mod invites;
mod retry;
mod upgrades;

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use matrix_sdk::Room;
use matrix_sdk::ruma::{OwnedRoomId, RoomId};
use tokio::task::JoinSet;

use super::context::MatrixContext;
use super::error;
use super::setup::{is_verified, lacks_recovery_key};
use retry::retry;

/// The running membership tasks. Dropping it aborts them.
pub(super) struct MembershipTasks {
    context: Arc<MatrixContext>,
    /// The rooms with a running task.
    busy: BusyRooms,
    tasks: JoinSet<()>,
}

type BusyRooms = Arc<Mutex<HashSet<OwnedRoomId>>>;

impl MembershipTasks {
    pub(super) fn new(context: Arc<MatrixContext>) -> Self {
        Self { context, busy: BusyRooms::default(), tasks: JoinSet::new() }
    }

    /// The room `id`, if the client knows it.
    pub(super) fn room(&self, id: &RoomId) -> Option<Room> {
        self.context.client.get_room(id)
    }

    /// Accepts or rejects the invite to `room`.
    pub(super) fn on_invite(&mut self, room: Room) {
        let context = Arc::clone(&self.context);
        let id = room.room_id().to_owned();
        self.spawn(&id, async move { invites::answer(&room, &context).await });
    }

    /// Follows the joined `room` to its successor if it was upgraded, or leaves it if it is empty.
    pub(super) fn check_room(&mut self, room: &Room) {
        let id = room.room_id().to_owned();
        if room.is_tombstoned() && !upgrades::is_followed(room) {
            let room = room.clone();
            self.spawn(&id, async move { upgrades::join_replacement(&room).await });
        } else if self.context.settings.leaves_when_alone && room.active_members_count() == 1 {
            let room = room.clone();
            self.spawn(&id, async move { leave(&room).await });
        }
    }

    /// Logs a warning if the bot's device is not verified, since clients may then keep room keys from
    /// it, or if its identity could not be recovered.
    pub(super) fn warn_if_not_set_up(&mut self) {
        let client = self.context.client.clone();
        self.tasks.spawn(async move {
            // They create the identity at a first start.
            client.encryption().wait_for_e2ee_initialization_tasks().await;
            if !is_verified(&client).await {
                tracing::warn!(
                    "The bot's device is not verified, so that clients may keep the keys of encrypted rooms from it: run `quoth matrix setup`"
                );
            } else if lacks_recovery_key(&client) {
                tracing::warn!(
                    "The account has no recovery key, without which no other device can be verified if the data folder is lost: stop the bot and run `quoth matrix setup`"
                );
            }
        });
    }

    fn spawn(&mut self, room: &RoomId, task: impl Future<Output = ()> + Send + 'static) {
        while self.tasks.try_join_next().is_some() {}
        if !lock(&self.busy).insert(room.to_owned()) {
            return;
        }
        let (busy, room) = (Arc::clone(&self.busy), room.to_owned());
        self.tasks.spawn(async move {
            task.await;
            lock(&busy).remove(&room);
        });
    }
}

fn lock(busy: &BusyRooms) -> MutexGuard<'_, HashSet<OwnedRoomId>> {
    busy.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn leave(room: &Room) {
    let id = room.room_id();
    match retry(|| room.leave()).await {
        Ok(()) => tracing::info!(room.id = %id, "Left {id}, which has no other members"),
        Err(error) => {
            let why = error::describe(&error);
            tracing::warn!(room.id = %id, "Could not leave {id}, which has no other members: {why}");
        }
    }
}
