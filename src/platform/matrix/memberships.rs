//! Who is a member of which room. Homeservers send the members of large rooms only as far as they
//! are needed (lazy loading); the others are looked up one by one, and remembered for a while.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use matrix_sdk::Room;
use matrix_sdk::deserialized_responses::MemberEvent;
use matrix_sdk::ruma::api::client::state::get_state_event_for_key::v3::Request;
use matrix_sdk::ruma::events::StateEventType;
use matrix_sdk::ruma::events::room::member::{MembershipState, RoomMemberEventContent};
use matrix_sdk::ruma::{OwnedRoomId, OwnedUserId, UserId};
use tokio::time::Instant;

use super::error;

/// How long a looked-up membership is used. A user who joins later is seen at once: the homeserver
/// sends that event.
const MAX_AGE: Duration = Duration::from_secs(10 * 60);

/// Maximum number of remembered memberships.
const MAX_REMEMBERED: usize = 10_000;

/// The membership event of `user` in `room`, if the store has it.
///
/// `Room::get_member_no_sync` reads presence, profile, power levels, namesakes and ignored users as well.
pub(super) async fn member_event(room: &Room, user: &UserId) -> Option<MemberEvent> {
    let event = room.get_state_event_static_for_key::<RoomMemberEventContent, _>(user).await;
    event.ok().flatten()?.deserialize().ok()
}

/// The memberships that were looked up.
#[derive(Debug, Default)]
pub(super) struct Memberships(Mutex<HashMap<(OwnedUserId, OwnedRoomId), (Instant, bool)>>);

impl Memberships {
    /// Whether `user` is a member of `room`. Costs a small request if that is not known.
    pub(super) async fn is_member(&self, room: &Room, user: &UserId) -> bool {
        if let Some(member) = member_event(room, user).await {
            return *member.membership() == MembershipState::Join;
        }
        if room.are_members_synced() {
            return false;
        }
        let key = (user.to_owned(), room.room_id().to_owned());
        let remembered = self.lock().get(&key).copied();
        if let Some((at, is_member)) = remembered
            && at.elapsed() < MAX_AGE
        {
            return is_member;
        }
        let Some(is_member) = look_up(room, user).await else { return false };
        let mut remembered = self.lock();
        if remembered.len() >= MAX_REMEMBERED {
            remembered.clear();
        }
        remembered.insert(key, (Instant::now(), is_member));
        is_member
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<(OwnedUserId, OwnedRoomId), (Instant, bool)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether the homeserver says that `user` is a member of `room`. `None` if it does not respond.
async fn look_up(room: &Room, user: &UserId) -> Option<bool> {
    let request =
        Request::new(room.room_id().to_owned(), StateEventType::RoomMember, user.to_string());
    match room.client().send(request).await {
        Ok(response) => {
            let content =
                response.into_content().deserialize_as_unchecked::<RoomMemberEventContent>();
            Some(content.is_ok_and(|content| content.membership == MembershipState::Join))
        }
        Err(error) if error::is_not_found(&error) => Some(false),
        Err(_) => None,
    }
}
