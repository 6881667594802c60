//! What the service wants said, carried out.

use std::time::Duration;

use matrix_sdk::Room;
use matrix_sdk::ruma::events::MessageLikeEventType;
use matrix_sdk::ruma::events::room::power_levels::UserPowerLevel;
use matrix_sdk::ruma::{EventId, OwnedEventId, OwnedUserId, TransactionId};
use serde_json::Value;

use super::Matrix;
use super::content::{self, SendOptions};
use super::error;
use super::ids;
use super::render::{RenderedMessage, render};
use crate::conversation::wording::Wording;
use crate::conversation::{Event, MessageId, Place, PlaceId};
use crate::service::{Outgoing, SendError, Sender};

/// Synapse knows a transaction again for 30 minutes at least, other homeservers for as long as they
/// run: half of that is sure.
const DEDUP_WINDOW: Duration = Duration::from_secs(15 * 60);

impl Sender for Matrix {
    async fn send(&self, outgoing: &Outgoing) -> Result<MessageId, SendError> {
        let (room, thread) = self.resolve_place(&outgoing.place)?;
        let standing = self.send_options(outgoing, &room, thread).await;
        let content = content::message(&body(outgoing), &standing);
        let transaction = ids::transaction_id(&outgoing.cause, ids::Operation::Send);
        let sent = send_content(&room, content, &transaction).await;
        if sent == Err(SendError::Permanent) {
            self.report_missing_permissions(&room, &outgoing.place).await;
        }
        sent.map(|id| ids::message(&id))
    }

    async fn edit(&self, sent: &MessageId, outgoing: &Outgoing) -> Result<(), SendError> {
        let (room, _) = self.resolve_place(&outgoing.place)?;
        let id = ids::parse_message(sent).ok_or(SendError::Permanent)?;
        let standing =
            SendOptions { is_notice: self.settings.sends_notices, ..SendOptions::default() };
        let content = content::edit(&id, &body(outgoing), &standing);
        // To say it twice does no harm, and to be known again would: a question can be changed back.
        send_content(&room, content, &TransactionId::new()).await.map(drop)
    }

    async fn delete(
        &self,
        sent: &MessageId,
        place: &PlaceId,
        _: &MessageId,
    ) -> Result<(), SendError> {
        let (room, _) = self.resolve_place(place)?;
        let id = ids::parse_message(sent).ok_or(SendError::Permanent)?;
        let transaction = ids::transaction_id(sent, ids::Operation::Redact);
        match room.redact(&id, None, Some(transaction)).await {
            Err(error) if !error::is_not_found(&error) => Err(error::classify_request(&error)),
            _ => Ok(()),
        }
    }

    async fn send_typing(&self, place: &PlaceId) {
        if let Ok((room, _)) = self.resolve_place(place) {
            // It is a courtesy.
            drop(room.typing_notice(true).await);
        }
    }

    fn supports_private_replies(&self) -> bool {
        false
    }

    fn dedup_window(&self) -> Option<Duration> {
        Some(DEDUP_WINDOW)
    }
}

impl Matrix {
    /// The room that `place` is or in which it is a thread.
    fn resolve_place(&self, place: &PlaceId) -> Result<(Room, Option<OwnedEventId>), SendError> {
        let (room, thread) = ids::parse_place(place).ok_or(SendError::Permanent)?;
        // Before the session is open, nothing is known.
        let client = self.client.get().ok_or(SendError::Transient { retry_after: None })?;
        let room = client.get_room(&room).ok_or(SendError::Permanent)?;
        Ok((room, thread))
    }

    async fn send_options(
        &self,
        outgoing: &Outgoing,
        room: &Room,
        thread: Option<OwnedEventId>,
    ) -> SendOptions {
        let cause = Some(&outgoing.cause).filter(|_| outgoing.is_reply);
        let replies_to = cause.or(outgoing.control_message.as_ref()).and_then(ids::parse_message);
        let asker = match &replies_to {
            Some(question) if self.settings.pings_asker && cause.is_some() => {
                author(room, question).await
            }
            _ => None,
        };
        let is_notice = self.settings.sends_notices;
        SendOptions { in_reply_to: replies_to, thread_root: thread, mentions: asker, is_notice }
    }

    /// Has moderators told if we may not speak in `room`. The service tells them once.
    async fn report_missing_permissions(&self, room: &Room, place: &PlaceId) {
        let Ok(levels) = room.power_levels().await else { return };
        let UserPowerLevel::Int(ours) = levels.for_user(room.own_user_id()) else { return };
        let needed = levels.for_message(MessageLikeEventType::RoomMessage);
        if ours >= needed {
            return;
        }
        let place = Place { id: place.clone(), parents: Vec::new(), is_direct: false };
        let missing = vec![format!("power level {needed}")];
        self.events.try_dispatch(Event::MissingPermissions { place, missing });
    }
}

fn body(outgoing: &Outgoing) -> RenderedMessage {
    render(&outgoing.message, Wording::for_locale(&outgoing.locale))
}

async fn send_content(
    room: &Room,
    content: Value,
    transaction: &TransactionId,
) -> Result<OwnedEventId, SendError> {
    let sent = room.send_raw("m.room.message", content).with_transaction_id(transaction).await;
    sent.map(|sent| sent.response.event_id).map_err(|error| error::classify_send(&error))
}

/// Who wrote `message`. Whom it does not ring for can read the answer all the same.
async fn author(room: &Room, message: &EventId) -> Option<OwnedUserId> {
    room.event(message, None).await.ok()?.sender()
}
