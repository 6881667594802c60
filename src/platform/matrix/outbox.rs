//! What the service wants said, carried out.

use std::time::Duration;

use matrix_sdk::Room;
use matrix_sdk::ruma::events::MessageLikeEventType;
use matrix_sdk::ruma::events::room::power_levels::UserPowerLevel;
use matrix_sdk::ruma::{EventId, OwnedEventId, OwnedUserId, TransactionId};
use serde_json::Value;

use super::content::{self, Standing};
use super::render::{Body, render};
use super::{Matrix, failure, name};
use crate::conversation::wording::Wording;
use crate::conversation::{Event, MessageId, Place, PlaceId};
use crate::service::{Outgoing, SendError, Sender};

/// Synapse knows a transaction again for 30 minutes at least, other homeservers for as long as they
/// run: half of that is sure.
const KNOWN_AGAIN_FOR: Duration = Duration::from_secs(15 * 60);

impl Sender for Matrix {
    async fn send(&self, outgoing: &Outgoing) -> Result<MessageId, SendError> {
        let (room, thread) = self.place(&outgoing.place)?;
        let standing = self.standing(outgoing, &room, thread).await;
        let content = content::message(&body(outgoing), &standing);
        let transaction = name::transaction(&outgoing.cause, name::Doing::Send);
        let sent = post(&room, content, &transaction).await;
        if sent == Err(SendError::Refused) {
            self.hindered(&room, &outgoing.place).await;
        }
        sent.map(|id| name::message(&id))
    }

    async fn amend(&self, sent: &MessageId, outgoing: &Outgoing) -> Result<(), SendError> {
        let (room, _) = self.place(&outgoing.place)?;
        let id = name::parse_message(sent).ok_or(SendError::Refused)?;
        let standing = Standing { is_notice: self.settings.sends_notices, ..Standing::default() };
        let content = content::change(&id, &body(outgoing), &standing);
        // To say it twice does no harm, and to be known again would: a question can be changed back.
        post(&room, content, &TransactionId::new()).await.map(drop)
    }

    async fn remove(
        &self,
        sent: &MessageId,
        place: &PlaceId,
        _: &MessageId,
    ) -> Result<(), SendError> {
        let (room, _) = self.place(place)?;
        let id = name::parse_message(sent).ok_or(SendError::Refused)?;
        let transaction = name::transaction(sent, name::Doing::Remove);
        match room.redact(&id, None, Some(transaction)).await {
            Err(error) if !failure::is_not_found(&error) => Err(failure::of_request(&error)),
            _ => Ok(()),
        }
    }

    async fn show_work(&self, place: &PlaceId) {
        if let Ok((room, _)) = self.place(place) {
            // It is a courtesy.
            drop(room.typing_notice(true).await);
        }
    }

    fn whispers(&self) -> bool {
        false
    }

    fn knows_again_for(&self) -> Option<Duration> {
        Some(KNOWN_AGAIN_FOR)
    }
}

impl Matrix {
    /// The room that `place` is or in which it is a thread.
    fn place(&self, place: &PlaceId) -> Result<(Room, Option<OwnedEventId>), SendError> {
        let (room, thread) = name::parse_place(place).ok_or(SendError::Refused)?;
        // Before the session is open, nothing is known.
        let client = self.client.get().ok_or(SendError::Passing { retry_after: None })?;
        let room = client.get_room(&room).ok_or(SendError::Refused)?;
        Ok((room, thread))
    }

    async fn standing(
        &self,
        outgoing: &Outgoing,
        room: &Room,
        thread: Option<OwnedEventId>,
    ) -> Standing {
        let cause = Some(&outgoing.cause).filter(|_| outgoing.is_reply);
        let replies_to = cause.or(outgoing.used.as_ref()).and_then(name::parse_message);
        let asker = match &replies_to {
            Some(question) if self.settings.pings_asker && cause.is_some() => {
                author(room, question).await
            }
            _ => None,
        };
        let is_notice = self.settings.sends_notices;
        Standing { replies_to, thread, rings_for: asker, is_notice }
    }

    /// Has moderators told if we may not speak in `room`. The service tells them once.
    async fn hindered(&self, room: &Room, place: &PlaceId) {
        let Ok(levels) = room.power_levels().await else { return };
        let UserPowerLevel::Int(ours) = levels.for_user(room.own_user_id()) else { return };
        let needed = levels.for_message(MessageLikeEventType::RoomMessage);
        if ours >= needed {
            return;
        }
        let place = Place { id: place.clone(), within: Vec::new(), is_direct: false };
        let missing = vec![format!("power level {needed}")];
        self.events.offer(Event::Hindered { place, missing });
    }
}

fn body(outgoing: &Outgoing) -> Body {
    render(&outgoing.say, Wording::of(&outgoing.locale))
}

async fn post(
    room: &Room,
    content: Value,
    transaction: &TransactionId,
) -> Result<OwnedEventId, SendError> {
    let sent = room.send_raw("m.room.message", content).with_transaction_id(transaction).await;
    sent.map(|sent| sent.response.event_id).map_err(|error| failure::of_sending(&error))
}

/// Who wrote `message`. Whom it does not ring for can read the answer all the same.
async fn author(room: &Room, message: &EventId) -> Option<OwnedUserId> {
    room.event(message, None).await.ok()?.sender()
}
