//! What the service wants said, carried out.

use std::time::Duration;

use serenity::http::{LightMethod, Route};
use serenity::model::channel::MessageFlags;
use serenity::model::id::ChannelId;

use super::Discord;
use super::api::{ApiError, code};
use super::ids;
use super::incoming::interaction::InteractionKind;
use super::interaction_response::PendingInteraction;
use super::interaction_response::callback::PostedMessage;
use super::payload::{Payload, ReplyReference};
use super::permissions::Denial;
use super::render::render;
use crate::conversation::wording::Wording;
use crate::conversation::{BotMessage, MessageId, Notice, PlaceId};
use crate::service::{Outgoing, SendError, Sender};

/// Discord knows nonces "for a few minutes": two are few.
const DEDUP_WINDOW: Duration = Duration::from_secs(120);

impl Sender for Discord {
    async fn send(&self, outgoing: &Outgoing) -> Result<MessageId, SendError> {
        let Some(interaction) = ids::parse_interaction(&outgoing.cause) else {
            return self.send_message(outgoing, None).await.map_err(|failure| failure.error);
        };
        // It came in an earlier life, whose tokens went with it.
        let pending = self.pending.get(interaction).ok_or(SendError::Permanent)?;
        let sent = self
            .respond_to_interaction(&pending, outgoing)
            .await
            .map_err(|failure| failure.error)?;
        self.pending.remove(interaction);
        Ok(sent)
    }

    async fn edit(&self, sent: &MessageId, outgoing: &Outgoing) -> Result<(), SendError> {
        let payload = self.payload(outgoing);
        if let Some(pending) = self.pending.for_component(sent, &outgoing.cause) {
            match pending.update_message(payload, &self.api).await {
                Ok(()) => {
                    self.pending.remove(pending.id);
                    return Ok(());
                }
                // It is kept, so that whoever pressed can be told if nothing else helps.
                Err(ApiError { error: SendError::Permanent, .. }) => {}
                Err(failure) => return Err(failure.error),
            }
        }
        let (channel_id, message_id) = ids::parse_message(sent).ok_or(SendError::Permanent)?;
        let route = Route::ChannelMessage { channel_id, message_id: message_id.get().into() };
        let done = self.api.call(route, LightMethod::Patch, Some(&self.payload(outgoing))).await;
        done.map(drop).map_err(|failure| failure.error)
    }

    async fn delete(
        &self,
        sent: &MessageId,
        _: &PlaceId,
        cause: &MessageId,
    ) -> Result<(), SendError> {
        if let Some(pending) = self.pending.for_component(sent, cause)
            && pending.delete_message(&self.api).await.is_ok()
        {
            self.pending.remove(pending.id);
            return Ok(());
        }
        let (channel_id, message_id) = ids::parse_message(sent).ok_or(SendError::Permanent)?;
        let route = Route::ChannelMessage { channel_id, message_id: message_id.get().into() };
        match self.api.call(route, LightMethod::Delete, None::<&()>).await {
            Err(failure) if failure.code != Some(code::UNKNOWN_MESSAGE) => Err(failure.error),
            _ => Ok(()),
        }
    }

    async fn send_typing(&self, place: &PlaceId) {
        let Some(channel_id) = ids::parse_channel(place) else { return };
        drop(
            self.api
                .call(Route::ChannelTyping { channel_id }, LightMethod::Post, None::<&()>)
                .await,
        );
    }

    fn dedup_window(&self) -> Option<Duration> {
        Some(DEDUP_WINDOW)
    }
}

impl Discord {
    fn payload(&self, outgoing: &Outgoing) -> Payload {
        let wording = Wording::for_locale(&outgoing.locale);
        Payload::new(render(&outgoing.message, self.settings.style, wording))
    }

    /// Posts a message in a channel, in reply to what it is for or to `target`.
    async fn send_message(
        &self,
        outgoing: &Outgoing,
        target: Option<ReplyReference>,
    ) -> Result<MessageId, ApiError> {
        let channel_id = ids::parse_channel(&outgoing.place).ok_or(ApiError::PERMANENT)?;
        let hindrance = self.recent_denials.get(channel_id);
        if hindrance == Some(Denial::Send) {
            return Err(ApiError::PERMANENT);
        }
        let cause = outgoing.is_reply.then(|| ids::parse_message(&outgoing.cause)).flatten();
        let reference = target.or(cause.map(ReplyReference::new)).filter(|_| hindrance.is_none());
        match self.send_reply(outgoing, channel_id, reference).await {
            Err(failure) if failure.code == Some(code::NO_REPLY_WITHOUT_HISTORY) => {
                self.report_missing_permissions(channel_id, Denial::Reply).await;
                self.send_reply(outgoing, channel_id, None).await
            }
            Err(failure)
                if matches!(
                    failure.code,
                    Some(code::MISSING_ACCESS | code::MISSING_PERMISSIONS)
                ) =>
            {
                self.report_missing_permissions(channel_id, Denial::Send).await;
                Err(failure)
            }
            done => done,
        }
    }

    async fn send_reply(
        &self,
        outgoing: &Outgoing,
        channel_id: ChannelId,
        reference: Option<ReplyReference>,
    ) -> Result<MessageId, ApiError> {
        let flags = if outgoing.message.is_unsolicited {
            MessageFlags::SUPPRESS_NOTIFICATIONS
        } else {
            MessageFlags::empty()
        };
        let nonce = ids::nonce(&outgoing.cause);
        let payload = self.payload(outgoing).posted(nonce, reference).with_flags(flags);
        let route = Route::ChannelMessages { channel_id };
        let sent: PostedMessage = self.api.fetch(route, LightMethod::Post, Some(&payload)).await?;
        Ok(sent.name())
    }

    async fn respond_to_interaction(
        &self,
        pending: &PendingInteraction,
        outgoing: &Outgoing,
    ) -> Result<MessageId, ApiError> {
        let is_private = outgoing.message.is_private;
        if let (InteractionKind::MessageCommand(target), false) = (&pending.way, is_private) {
            match self.send_message(outgoing, Some(*target)).await {
                // Where we may not write, the asker alone has the answer.
                Err(ApiError { error: SendError::Permanent, .. }) => {}
                posted => {
                    let sent = posted?;
                    // The reply stands, whether its asker is told or not.
                    drop(
                        pending
                            .respond(self.confirmation(pending, outgoing), true, &self.api)
                            .await,
                    );
                    return Ok(sent);
                }
            }
            return pending.respond(self.payload(outgoing), true, &self.api).await;
        }
        // What somebody's press brings up is theirs.
        let is_private = is_private || matches!(pending.way, InteractionKind::Component(_));
        pending.respond(self.payload(outgoing), is_private, &self.api).await
    }

    /// That the reply stands below the message that was asked about.
    fn confirmation(&self, pending: &PendingInteraction, outgoing: &Outgoing) -> Payload {
        let theirs = Some(&pending.locale).filter(|locale| Wording::supports(locale));
        let wording = Wording::for_locale(theirs.unwrap_or(&outgoing.locale));
        let say = BotMessage::notice(Notice::Replied, true);
        Payload::new(render(&say, self.settings.style, wording))
    }
}
