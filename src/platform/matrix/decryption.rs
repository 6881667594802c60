//! Decryption of events whose room key came later than they did.

use std::time::Duration;

use matrix_sdk::Room;
use matrix_sdk::deserialized_responses::{TimelineEvent, TimelineEventKind};
use matrix_sdk::ruma::events::AnySyncTimelineEvent;
use matrix_sdk::ruma::serde::Raw;

/// How long a room key may take to come from the backup. The events of the room wait meanwhile.
const MAX_DOWNLOAD: Duration = Duration::from_secs(10);

/// `event` decrypted; `None` if its room key is not there.
pub(super) async fn decrypt(
    room: &Room,
    event: &Raw<AnySyncTimelineEvent>,
) -> Option<TimelineEvent> {
    let event = room.decrypt_event(event.cast_ref_unchecked(), None).await.ok()?;
    (!event.kind.is_utd()).then_some(event)
}

/// `event`, decrypted with the key from the backup of the account if it could not be without. The library looks there, too,
/// but returns the event before it has the key.
pub(super) async fn decrypt_by_backup(room: &Room, event: TimelineEvent) -> TimelineEvent {
    let TimelineEventKind::UnableToDecrypt { utd_info, .. } = &event.kind else { return event };
    let Some(session) = &utd_info.session_id else { return event };
    let backups = room.client().encryption().backups();
    let download = backups.download_room_key(room.room_id(), session);
    if !matches!(tokio::time::timeout(MAX_DOWNLOAD, download).await, Ok(Ok(true))) {
        return event;
    }
    decrypt(room, event.raw()).await.unwrap_or(event)
}
