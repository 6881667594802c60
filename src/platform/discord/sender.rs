//! Sends, edits and deletes messages for the service.

use std::time::Duration;

use serenity::http::{LightMethod, Route};
use serenity::model::channel::MessageFlags;
use serenity::model::id::ChannelId;

use super::Discord;
use super::api::{ApiError, code, decode};
use super::ids;
use super::incoming::interaction::InteractionKind;
use super::interaction_response::PendingInteraction;
use super::interaction_response::callback::PostedMessage;
use super::payload::{Payload, ReplyReference};
use super::permissions::recent_denials::Denial;
use super::render::{render, with_question};
use crate::conversation::wording::Wording;
use crate::conversation::{BotMessage, Control, MessageId, Notice, PlaceId, Reply, ReplyKind};
use crate::service::{Outgoing, SendError, Sender};

/// Discord deduplicates nonces "for a few minutes"; this is a conservative reading.
const DEDUP_WINDOW: Duration = Duration::from_secs(120);

impl Sender for Discord {
    async fn send(&self, outgoing: &Outgoing) -> Result<MessageId, SendError> {
        let Some(interaction) = ids::parse_interaction(&outgoing.cause) else {
            return self.send_message(outgoing, None).await.map_err(|error| error.error);
        };
        // An interaction from before a restart: its token was not stored.
        let pending = self.pending.get(interaction).ok_or(SendError::Permanent)?;
        let sent =
            self.respond_to_interaction(&pending, outgoing).await.map_err(|error| error.error)?;
        self.pending.remove(interaction);
        Ok(sent)
    }

    async fn edit(&self, message: &MessageId, outgoing: &Outgoing) -> Result<(), SendError> {
        if let Some(pending) = self.pending.for_component(message, &outgoing.cause) {
            let payload = self.response_payload(&pending, outgoing, true);
            match pending.update_message(payload, &self.api).await {
                Ok(()) => {
                    self.pending.remove(pending.id);
                    return Ok(());
                }
                // The interaction stays pending, so that a failure can still be reported to its user.
                Err(ApiError { error: SendError::Permanent, .. }) => {}
                Err(error) => return Err(error.error),
            }
        }
        let (channel_id, message_id) = ids::parse_message(message).ok_or(SendError::Permanent)?;
        let route = Route::ChannelMessage { channel_id, message_id: message_id.get().into() };
        let edited =
            self.api.send_payload(route, LightMethod::Patch, &self.payload(outgoing)).await;
        edited.map(drop).map_err(|error| error.error)
    }

    async fn delete(
        &self,
        message: &MessageId,
        _: &PlaceId,
        cause: &MessageId,
    ) -> Result<(), SendError> {
        if let Some(pending) = self.pending.for_component(message, cause)
            && pending.delete_message(&self.api).await.is_ok()
        {
            self.pending.remove(pending.id);
            return Ok(());
        }
        let (channel_id, message_id) = ids::parse_message(message).ok_or(SendError::Permanent)?;
        let route = Route::ChannelMessage { channel_id, message_id: message_id.get().into() };
        match self.api.call(route, LightMethod::Delete, None::<&()>).await {
            Err(error) if error.code != Some(code::UNKNOWN_MESSAGE) => Err(error.error),
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
        let rendered = render(&outgoing.message, self.settings.style, wording);
        Payload::new(rendered).with_file(outgoing.message.file())
    }

    /// Sends a message to a channel, as a reply to `target` if given, else to the message that caused
    /// it. Retries without a reference where replies are denied.
    async fn send_message(
        &self,
        outgoing: &Outgoing,
        target: Option<ReplyReference>,
    ) -> Result<MessageId, ApiError> {
        let channel_id = ids::parse_channel(&outgoing.place).ok_or(ApiError::PERMANENT)?;
        let denial = self.recent_denials.get(channel_id);
        if denial == Some(Denial::Send) {
            return Err(ApiError::PERMANENT);
        }
        let cause = outgoing.is_reply.then(|| ids::parse_message(outgoing.question())).flatten();
        let reference = target.or(cause.map(ReplyReference::new)).filter(|_| denial.is_none());
        // Who asks about a message of another user does not make the bot ping that user. Nor does a reply
        // that nobody asked for.
        let pings_asker = (self.settings.pings_asker || outgoing.message.must_notify())
            && outgoing.is_reply
            && target.is_none()
            && !outgoing.message.is_unsolicited;
        match self.send_reply(outgoing, channel_id, (reference, pings_asker)).await {
            Err(error) if error.code == Some(code::NO_REPLY_WITHOUT_HISTORY) => {
                self.report_missing_permissions(channel_id, Denial::Reply).await;
                self.send_reply(outgoing, channel_id, (None, false)).await
            }
            Err(error)
                if matches!(error.code, Some(code::MISSING_ACCESS | code::MISSING_PERMISSIONS)) =>
            {
                self.report_missing_permissions(channel_id, Denial::Send).await;
                Err(error)
            }
            result => result,
        }
    }

    async fn send_reply(
        &self,
        outgoing: &Outgoing,
        channel_id: ChannelId,
        (reference, pings_asker): (Option<ReplyReference>, bool),
    ) -> Result<MessageId, ApiError> {
        let flags = if outgoing.message.is_unsolicited {
            MessageFlags::SUPPRESS_NOTIFICATIONS
        } else {
            MessageFlags::empty()
        };
        let nonce = ids::nonce(&outgoing.cause);
        let payload = self.payload(outgoing).into_new_message(nonce, reference);
        let payload = payload.with_flags(flags).pinging_replied_user(pings_asker);
        let route = Route::ChannelMessages { channel_id };
        let sent = self.api.send_payload(route, LightMethod::Post, &payload).await?;
        let sent: PostedMessage = decode(sent).await?;
        Ok(sent.message_id())
    }

    async fn respond_to_interaction(
        &self,
        pending: &PendingInteraction,
        outgoing: &Outgoing,
    ) -> Result<MessageId, ApiError> {
        let is_private = outgoing.message.is_private;
        if let (InteractionKind::MessageCommand(target), false) = (&pending.kind, is_private) {
            match self.send_message(outgoing, Some(*target)).await {
                // Without permission to send in the channel, the answer is ephemeral.
                Err(ApiError { error: SendError::Permanent, .. }) => {}
                result => {
                    let sent = result?;
                    // The reply is sent, even if its confirmation fails.
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
        let is_answer = outgoing.message.kind == ReplyKind::Answer;
        // Responses to components are visible to their user only, unless they share an answer.
        let is_private = match &pending.kind {
            InteractionKind::Component { may_share, .. } => is_private || !is_answer || !may_share,
            _ => is_private,
        };
        let payload = self.response_payload(pending, outgoing, is_private);
        pending.respond(payload, is_private, &self.api).await
    }

    /// The response to a command or component. If everybody sees it, it shows the question, since it
    /// replies to no message.
    fn response_payload(
        &self,
        pending: &PendingInteraction,
        outgoing: &Outgoing,
        is_private: bool,
    ) -> Payload {
        let wording = Wording::for_locale(&outgoing.locale);
        let mut rendered = render(&outgoing.message, self.settings.style, wording);
        let may_share = matches!(
            pending.kind,
            InteractionKind::Command { may_share: true, .. }
                | InteractionKind::Component { may_share: true, .. }
        );
        if !may_share {
            rendered.buttons.retain(|button| button.control != Control::Share);
        }
        let question = match (&pending.kind, &outgoing.message.reply) {
            (InteractionKind::Command { question, .. }, _) => Some(question),
            (_, Reply::Answer(answer)) => answer.question.as_ref(),
            _ => None,
        };
        let rendered = match question.filter(|_| !is_private) {
            Some(question) => with_question(rendered, question, wording),
            None => rendered,
        };
        Payload::new(rendered).with_file(outgoing.message.file())
    }

    /// The ephemeral response to a message command whose answer was sent to the channel.
    fn confirmation(&self, pending: &PendingInteraction, outgoing: &Outgoing) -> Payload {
        let locale = Some(&pending.locale).filter(|locale| Wording::supports(locale));
        let wording = Wording::for_locale(locale.unwrap_or(&outgoing.locale));
        let message = BotMessage::notice(Notice::Replied, true);
        Payload::new(render(&message, self.settings.style, wording))
    }
}
