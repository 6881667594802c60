//! Responses to interactions: an initial response, an edit of a deferred one, or a follow-up. Each is
//! sent at most once.

use serenity::model::channel::MessageFlags;

use super::super::api::{Api, ApiError, code};
use super::super::incoming::interaction::InteractionKind;
use super::super::payload::Payload;
use super::callback::{PostedMessage, callback_type, message_in};
use super::{PendingInteraction, ResponseState};
use crate::conversation::MessageId;
use crate::service::SendError;

impl PendingInteraction {
    /// Responds with `payload` as a message of its own, and returns the id of that message.
    pub(in crate::platform::discord) async fn respond(
        &self,
        payload: Payload,
        is_private: bool,
        api: &Api,
    ) -> Result<MessageId, ApiError> {
        let flags = if is_private { MessageFlags::EPHEMERAL } else { MessageFlags::empty() };
        let payload = payload.with_flags(flags);
        let mut state = self.state.lock().await;
        if let Some(sent) = self.respond_initially(&payload, is_private, &mut state, api).await? {
            return Ok(sent);
        }
        let sent = match &self.kind {
            InteractionKind::Component { .. } => {
                self.follow_up_at_most_once(&payload, &mut state, api).await?
            }
            // A response that was deferred publicly stays public: the next message takes its place
            // whatever its flags say, and everybody has seen the question.
            _ => self.edit_original(&payload.with_flags(MessageFlags::empty()), api).await?,
        };
        *state = ResponseState::Responded;
        Ok(sent.message_id())
    }

    /// Sends `payload` as the initial response, or finds the message of an earlier attempt. `None` if
    /// the response was deferred.
    async fn respond_initially(
        &self,
        payload: &Payload,
        is_private: bool,
        state: &mut ResponseState,
        api: &Api,
    ) -> Result<Option<MessageId>, ApiError> {
        if *state == ResponseState::Ambiguous
            && let Ok(Some(sent)) = self.find_response(state, is_private, api).await
        {
            return Ok(Some(sent.message_id()));
        }
        if !matches!(*state, ResponseState::Unacknowledged | ResponseState::Ambiguous) {
            return Ok(None);
        }
        let (kind, file) = (callback_type::MESSAGE, payload.file());
        match self.callback_with_file(kind, Some(payload), file, api).await {
            Ok(response) => {
                *state = ResponseState::Responded;
                let sent = match message_in(&response) {
                    Some(sent) => sent,
                    None => self.get_original(api).await?,
                };
                Ok(Some(sent.message_id()))
            }
            Err(error) if error.code == Some(code::ALREADY_ACKNOWLEDGED) => {
                // An earlier attempt has arrived. Until its outcome is known, nothing more is sent.
                *state = ResponseState::Ambiguous;
                let sent = self.find_response(state, is_private, api).await?;
                if *state == ResponseState::Ambiguous {
                    // That message has been deleted.
                    *state = ResponseState::Deferred { is_private };
                }
                Ok(sent.map(|sent| sent.message_id()))
            }
            Err(error) => {
                if error.error == SendError::Ambiguous {
                    *state = ResponseState::Ambiguous;
                }
                Err(error)
            }
        }
    }

    /// The message of an earlier attempt, if it has arrived after all. `None` if the response was
    /// deferred or the message is gone. For a component, the original response is the message that
    /// has the component, unless the attempt created another one.
    async fn find_response(
        &self,
        state: &mut ResponseState,
        is_private: bool,
        api: &Api,
    ) -> Result<Option<PostedMessage>, ApiError> {
        let sent = match self.get_original(api).await {
            Ok(sent) => sent,
            Err(ApiError { error: SendError::Permanent, .. }) => return Ok(None),
            Err(error) => return Err(error),
        };
        if sent.is_loading()
            || matches!(&self.kind, InteractionKind::Component { message, .. } if *message == sent.message_id())
        {
            *state = ResponseState::Deferred { is_private };
            return Ok(None);
        }
        *state = ResponseState::Responded;
        Ok(Some(sent))
    }

    /// Sends `payload` as a follow-up message. Discord does not deduplicate these, so one that may
    /// have arrived is not sent again.
    async fn follow_up_at_most_once(
        &self,
        payload: &Payload,
        state: &mut ResponseState,
        api: &Api,
    ) -> Result<PostedMessage, ApiError> {
        if *state == ResponseState::AmbiguousFinal {
            return Err(ApiError::AMBIGUOUS_FINAL);
        }
        // Set before the request, so that it also holds if this future is dropped meanwhile.
        let before = std::mem::replace(state, ResponseState::AmbiguousFinal);
        match self.follow_up(payload, api).await {
            Err(error) if error.error == SendError::Ambiguous => {
                Err(ApiError { error: SendError::AmbiguousFinal, ..error })
            }
            Err(error) => {
                *state = before;
                Err(error)
            }
            sent => sent,
        }
    }

    /// Replaces the content of the message that has the component with `payload`.
    pub(in crate::platform::discord) async fn update_message(
        &self,
        payload: Payload,
        api: &Api,
    ) -> Result<(), ApiError> {
        let mut state = self.state.lock().await;
        if matches!(*state, ResponseState::Unacknowledged | ResponseState::Ambiguous) {
            let (kind, file) = (callback_type::UPDATE, payload.file());
            match self.callback_with_file(kind, Some(&payload), file, api).await {
                Err(error) if error.code == Some(code::ALREADY_ACKNOWLEDGED) => {}
                Err(error) => {
                    if error.error == SendError::Ambiguous {
                        *state = ResponseState::Ambiguous;
                    }
                    return Err(error);
                }
                Ok(_) => {
                    *state = ResponseState::Responded;
                    return Ok(());
                }
            }
        }
        self.edit_original(&payload, api).await?;
        *state = ResponseState::Responded;
        Ok(())
    }

    /// Deletes the message that has the component.
    pub(in crate::platform::discord) async fn delete_message(
        &self,
        api: &Api,
    ) -> Result<(), ApiError> {
        let mut state = self.state.lock().await;
        if *state == ResponseState::Unacknowledged {
            match self.callback(callback_type::DEFERRED_UPDATE, None::<&()>, api).await {
                Err(error) if error.code != Some(code::ALREADY_ACKNOWLEDGED) => {
                    return Err(error);
                }
                _ => *state = ResponseState::Deferred { is_private: true },
            }
        }
        self.delete_original(api).await?;
        *state = ResponseState::Responded;
        Ok(())
    }
}
