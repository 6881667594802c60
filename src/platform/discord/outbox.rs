//! What the service wants said, carried out.

use std::time::Duration;

use serenity::http::{LightMethod, Route};
use serenity::model::channel::MessageFlags;
use serenity::model::id::ChannelId;

use super::api::{Failure, code};
use super::hindrance::Hindrance;
use super::interaction::Way;
use super::payload::{Payload, Reference};
use super::pending::Pending;
use super::render::render;
use super::response::Sent;
use super::{Discord, name};
use crate::conversation::wording::Wording;
use crate::conversation::{MessageId, Notice, PlaceId, Say};
use crate::service::{Outgoing, SendError, Sender};

/// Discord knows nonces "for a few minutes": two are few.
const KNOWN_AGAIN_FOR: Duration = Duration::from_secs(120);

impl Sender for Discord {
    async fn send(&self, outgoing: &Outgoing) -> Result<MessageId, SendError> {
        let Some(interaction) = name::parse_interaction(&outgoing.cause) else {
            return self.post(outgoing, None).await.map_err(|failure| failure.error);
        };
        // It came in an earlier life, whose tokens went with it.
        let pending = self.pending.find(interaction).ok_or(SendError::Refused)?;
        let sent = self.answer(&pending, outgoing).await.map_err(|failure| failure.error)?;
        self.pending.remove(interaction);
        Ok(sent)
    }

    async fn amend(&self, sent: &MessageId, outgoing: &Outgoing) -> Result<(), SendError> {
        let payload = self.payload(outgoing);
        if let Some(pending) = self.pending.on(sent, &outgoing.cause) {
            match pending.update(payload, &self.api).await {
                Ok(()) => {
                    self.pending.remove(pending.id);
                    return Ok(());
                }
                // It is kept, so that whoever pressed can be told if nothing else helps.
                Err(Failure { error: SendError::Refused, .. }) => {}
                Err(failure) => return Err(failure.error),
            }
        }
        let (channel_id, message_id) = name::parse_message(sent).ok_or(SendError::Refused)?;
        let route = Route::ChannelMessage { channel_id, message_id: message_id.get().into() };
        let done = self.api.call(route, LightMethod::Patch, Some(&self.payload(outgoing))).await;
        done.map(drop).map_err(|failure| failure.error)
    }

    async fn remove(
        &self,
        sent: &MessageId,
        _: &PlaceId,
        cause: &MessageId,
    ) -> Result<(), SendError> {
        if let Some(pending) = self.pending.on(sent, cause)
            && pending.take_away(&self.api).await.is_ok()
        {
            self.pending.remove(pending.id);
            return Ok(());
        }
        let (channel_id, message_id) = name::parse_message(sent).ok_or(SendError::Refused)?;
        let route = Route::ChannelMessage { channel_id, message_id: message_id.get().into() };
        match self.api.call(route, LightMethod::Delete, None::<&()>).await {
            Err(failure) if failure.code != Some(code::UNKNOWN_MESSAGE) => Err(failure.error),
            _ => Ok(()),
        }
    }

    async fn show_work(&self, place: &PlaceId) {
        let Some(channel_id) = name::parse_channel(place) else { return };
        drop(
            self.api
                .call(Route::ChannelTyping { channel_id }, LightMethod::Post, None::<&()>)
                .await,
        );
    }

    fn knows_again_for(&self) -> Option<Duration> {
        Some(KNOWN_AGAIN_FOR)
    }
}

impl Discord {
    fn payload(&self, outgoing: &Outgoing) -> Payload {
        let wording = Wording::of(&outgoing.locale);
        Payload::new(render(&outgoing.say, self.settings.style, wording))
    }

    /// Posts a message in a channel, in reply to what it is for or to `target`.
    async fn post(
        &self,
        outgoing: &Outgoing,
        target: Option<Reference>,
    ) -> Result<MessageId, Failure> {
        let channel_id = name::parse_channel(&outgoing.place).ok_or(Failure::REFUSED)?;
        let hindrance = self.hindrances.known(channel_id);
        if hindrance == Some(Hindrance::Mute) {
            return Err(Failure::REFUSED);
        }
        let cause = outgoing.is_reply.then(|| name::parse_message(&outgoing.cause)).flatten();
        let reference = target.or(cause.map(Reference::new)).filter(|_| hindrance.is_none());
        match self.post_replying_to(outgoing, channel_id, reference).await {
            Err(failure) if failure.code == Some(code::NO_REPLY_WITHOUT_HISTORY) => {
                self.hindered(channel_id, Hindrance::NoReplies).await;
                self.post_replying_to(outgoing, channel_id, None).await
            }
            Err(failure)
                if matches!(
                    failure.code,
                    Some(code::MISSING_ACCESS | code::MISSING_PERMISSIONS)
                ) =>
            {
                self.hindered(channel_id, Hindrance::Mute).await;
                Err(failure)
            }
            done => done,
        }
    }

    async fn post_replying_to(
        &self,
        outgoing: &Outgoing,
        channel_id: ChannelId,
        reference: Option<Reference>,
    ) -> Result<MessageId, Failure> {
        let flags = if outgoing.say.is_unasked {
            MessageFlags::SUPPRESS_NOTIFICATIONS
        } else {
            MessageFlags::empty()
        };
        let nonce = name::nonce(&outgoing.cause);
        let payload = self.payload(outgoing).posted(nonce, reference).with_flags(flags);
        let route = Route::ChannelMessages { channel_id };
        let sent: Sent = self.api.fetch(route, LightMethod::Post, Some(&payload)).await?;
        Ok(sent.name())
    }

    async fn answer(&self, pending: &Pending, outgoing: &Outgoing) -> Result<MessageId, Failure> {
        let is_private = outgoing.say.is_private;
        if let (Way::About(target), false) = (&pending.way, is_private) {
            match self.post(outgoing, Some(*target)).await {
                // Where we may not write, the asker alone has the answer.
                Err(Failure { error: SendError::Refused, .. }) => {}
                posted => {
                    let sent = posted?;
                    // The reply stands, whether its asker is told or not.
                    drop(pending.say(self.done(pending, outgoing), true, &self.api).await);
                    return Ok(sent);
                }
            }
            return pending.say(self.payload(outgoing), true, &self.api).await;
        }
        // What somebody's press brings up is theirs.
        let is_private = is_private || matches!(pending.way, Way::Pressed(_));
        pending.say(self.payload(outgoing), is_private, &self.api).await
    }

    /// That the reply stands below the message that was asked about.
    fn done(&self, pending: &Pending, outgoing: &Outgoing) -> Payload {
        let theirs = Some(&pending.locale).filter(|locale| Wording::speaks(locale));
        let wording = Wording::of(theirs.unwrap_or(&outgoing.locale));
        let say = Say::notice(Notice::Replied, true);
        Payload::new(render(&say, self.settings.style, wording))
    }
}
