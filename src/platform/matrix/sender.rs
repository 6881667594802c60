//! Sends, edits and redacts messages for the service.

use std::sync::Arc;
use std::time::Duration;

use matrix_sdk::ruma::events::MessageLikeEventType::{self, RoomMessage, RoomRedaction};
use matrix_sdk::ruma::{EventId, OwnedEventId, OwnedUserId, TransactionId};
use matrix_sdk::{Error, Room};
use serde_json::Value;
use tokio::time::Instant;

use super::Matrix;
use super::content::{self, SendOptions, UploadedFile};
use super::error;
use super::ids;
use super::permissions;
use super::reactions;
use super::render::{RenderedMessage, render};
use crate::conversation::reply::ReplyFile;
use crate::conversation::wording::Wording;
use crate::conversation::{MessageId, PlaceId};
use crate::service::{Outgoing, SendError, Sender};

/// How long homeservers deduplicate transaction IDs for certain. Synapse keeps them for at least 30
/// minutes, other homeservers for as long as they run; this is half of that minimum.
const DEDUP_WINDOW: Duration = Duration::from_secs(15 * 60);

impl Sender for Matrix {
    async fn send(&self, outgoing: &Outgoing) -> Result<MessageId, SendError> {
        tracing::trace!("Rendering a reply");
        let (room, thread_root) = self.resolve_place(&outgoing.place)?;
        let options = self.send_options(outgoing, &room, thread_root).await;
        let rendered = rendered(outgoing);
        let mut content = content::message(&rendered, &options);
        let transaction_id = ids::transaction_id(&outgoing.cause, ids::Operation::Send);
        if let Some(file) = outgoing.message.file() {
            let call = format!("upload {transaction_id}");
            let upload = async { upload(&room, file).await };
            let uploaded = self.limited(&call, upload, error::classify_send).await?;
            content::add_file(&mut content, file, &uploaded);
        }
        let sent = self.send_content(&room, content, &transaction_id).await;
        if sent == Err(SendError::Permanent) {
            self.report_missing_permissions(&room, RoomMessage, &outgoing.place).await;
        }
        sent.map(|id| {
            self.set_own_reactions(room, &id, &rendered);
            ids::message(&id)
        })
    }

    async fn edit(&self, sent: &MessageId, outgoing: &Outgoing) -> Result<(), SendError> {
        let (room, _) = self.resolve_place(&outgoing.place)?;
        let id = ids::parse_message(sent).ok_or(SendError::Permanent)?;
        let options =
            SendOptions { is_notice: self.settings.sends_notices, ..SendOptions::default() };
        let rendered = rendered(outgoing);
        let content = content::edit(&id, &rendered, &options);
        // A new transaction ID: an edit that is repeated is harmless, but one that the homeserver
        // takes for a duplicate is lost, as when a question is edited back to an earlier text.
        let (transaction_id, call) = (TransactionId::new(), format!("edit {id}"));
        let sent = room.send_raw("m.room.message", content).with_transaction_id(&transaction_id);
        let edit = async { sent.await.map(drop) };
        self.limited(&call, edit, error::classify_send).await?;
        self.set_own_reactions(room, &id, &rendered);
        Ok(())
    }

    async fn delete(
        &self,
        sent: &MessageId,
        place: &PlaceId,
        _: &MessageId,
    ) -> Result<(), SendError> {
        let (room, _) = self.resolve_place(place)?;
        let id = ids::parse_message(sent).ok_or(SendError::Permanent)?;
        let transaction_id = ids::transaction_id(sent, ids::Operation::Redact);
        let call = transaction_id.to_string();
        let redact = async {
            match room.redact(&id, None, Some(transaction_id)).await {
                Err(error) if !error::is_not_found(&error) => Err(error),
                _ => Ok(()),
            }
        };
        let deleted = self.limited(&call, redact, error::classify_request).await;
        if deleted == Err(SendError::Permanent) {
            self.report_missing_permissions(&room, RoomRedaction, place).await;
        }
        deleted
    }

    async fn send_typing(&self, place: &PlaceId) {
        if let Ok((room, _)) = self.resolve_place(place) {
            // The indicator is optional, so errors are ignored.
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
    /// The room of `place`, and the root of the thread if `place` is one.
    fn resolve_place(&self, place: &PlaceId) -> Result<(Room, Option<OwnedEventId>), SendError> {
        let (room_id, thread_root) = ids::parse_place(place).ok_or(SendError::Permanent)?;
        // No room is known while no session is open.
        let client = self.client().ok_or(SendError::Transient { retry_after: None })?;
        let room = client.get_room(&room_id).ok_or(SendError::Permanent)?;
        Ok((room, thread_root))
    }

    async fn report_missing_permissions(
        &self,
        room: &Room,
        event_type: MessageLikeEventType,
        place: &PlaceId,
    ) {
        permissions::report_missing_permissions(room, event_type, place, &self.events).await;
    }

    fn set_own_reactions(&self, room: Room, message: &EventId, rendered: &RenderedMessage) {
        if self.settings.sets_reactions {
            let (keys, rate_limit) =
                (reactions::own_keys(&rendered.controls), Arc::clone(&self.rate_limit));
            self.own_reactions.set(room, message.to_owned(), keys, rate_limit);
        }
    }

    async fn send_content(
        &self,
        room: &Room,
        content: Value,
        transaction_id: &TransactionId,
    ) -> Result<OwnedEventId, SendError> {
        let sent = room.send_raw("m.room.message", content).with_transaction_id(transaction_id);
        let send = async { sent.await.map(|sent| sent.response.event_id) };
        self.limited(transaction_id.as_str(), send, error::classify_send).await
    }

    /// The result of `request`, which sends an event. The request is made once the rate limit of the
    /// homeserver allows the call `key`, which is the same in every attempt.
    async fn limited<T, E>(
        &self,
        key: &str,
        request: impl Future<Output = Result<T, E>>,
        classify: fn(&E) -> SendError,
    ) -> Result<T, SendError> {
        let wait = |wait| SendError::Transient { retry_after: Some(wait) };
        self.rate_limit.admit(key, Instant::now()).map_err(wait)?;
        tracing::trace!("The library sends an event");
        match request.await {
            Ok(done) => Ok(done),
            Err(error) => Err(match classify(&error) {
                SendError::Transient { retry_after: Some(retry_after) } => {
                    wait(self.rate_limit.record(key, retry_after, Instant::now()))
                }
                error => error,
            }),
        }
    }

    async fn send_options(
        &self,
        outgoing: &Outgoing,
        room: &Room,
        thread_root: Option<OwnedEventId>,
    ) -> SendOptions {
        let question = Some(outgoing.question()).filter(|_| outgoing.is_reply);
        let in_reply_to =
            question.or(outgoing.control_message.as_ref()).and_then(ids::parse_message);
        // A reply that nobody asked for notifies nobody.
        let may_ping = self.settings.pings_asker || outgoing.message.must_notify();
        let pings_asker = may_ping && question.is_some() && !outgoing.message.is_unsolicited;
        let mentions = match &in_reply_to {
            Some(target) if pings_asker => author(room, target).await,
            _ => None,
        };
        // Clients notify nobody of a notice, whomever it mentions.
        let is_notice = self.settings.sends_notices && mentions.is_none();
        SendOptions { in_reply_to, thread_root, mentions, is_notice }
    }
}

/// Uploads a file, encrypted if the messages of the room are.
async fn upload(room: &Room, file: &ReplyFile) -> matrix_sdk::Result<UploadedFile> {
    let client = room.client();
    let bytes = file.text.as_bytes().to_vec();
    if room.latest_encryption_state().await?.is_encrypted() {
        let file = client.upload_encrypted_file(&mut std::io::Cursor::new(bytes)).await?;
        return Ok(UploadedFile::Encrypted(Box::new(file)));
    }
    let media_type =
        file.media_type.parse().map_err(|_| Error::UnknownError("invalid media type".into()))?;
    let response = client.media().upload(&media_type, bytes, None).await?;
    Ok(UploadedFile::Plain(response.content_uri))
}

fn rendered(outgoing: &Outgoing) -> RenderedMessage {
    render(&outgoing.message, Wording::for_locale(&outgoing.locale))
}

/// The sender of `message`. `None` if it cannot be fetched: then the reply is sent without a
/// mention.
async fn author(room: &Room, message: &EventId) -> Option<OwnedUserId> {
    room.event(message, None).await.ok()?.sender()
}
