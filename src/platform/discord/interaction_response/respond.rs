//! Answering interactions: with a first answer, or in the place of one that tells to wait.

use super::super::api::{Api, ApiError, code};
use super::super::incoming::interaction::InteractionKind;
use super::super::payload::Payload;
use super::callback::{PostedMessage, kind, message_in};
use super::{PendingInteraction, ResponseState};
use crate::conversation::MessageId;
use crate::service::SendError;
use serenity::model::channel::MessageFlags;

impl PendingInteraction {
    /// Says `payload` as a message of its own.
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
        let sent = match &self.way {
            InteractionKind::Component(_) => {
                self.follow_up_at_most_once(&payload, &mut state, api).await?
            }
            // Whoever has been told to wait where all can see it is told there, too: the next
            // message takes that place whatever its flags say, and all have seen the question.
            _ => self.edit_original(&payload.with_flags(MessageFlags::empty()), api).await?,
        };
        *state = ResponseState::Responded;
        Ok(sent.name())
    }

    /// Says `payload` as the first answer, if there was none; `None` if Discord was told to wait.
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
            return Ok(Some(sent.name()));
        }
        if !matches!(*state, ResponseState::Unacknowledged | ResponseState::Ambiguous) {
            return Ok(None);
        }
        match self.callback(kind::MESSAGE, Some(payload), api).await {
            Ok(response) => {
                *state = ResponseState::Responded;
                let sent = match message_in(&response) {
                    Some(sent) => sent,
                    None => self.get_original(api).await?,
                };
                Ok(Some(sent.name()))
            }
            Err(failure) if failure.code == Some(code::ALREADY_ACKNOWLEDGED) => {
                // Until that is known, nothing is said a second time.
                *state = ResponseState::Ambiguous;
                let sent = self.find_response(state, is_private, api).await?;
                if *state == ResponseState::Ambiguous {
                    // What stood there is gone.
                    *state = ResponseState::Deferred { is_private };
                }
                Ok(sent.map(|sent| sent.name()))
            }
            Err(failure) => {
                if failure.error == SendError::Ambiguous {
                    *state = ResponseState::Ambiguous;
                }
                Err(failure)
            }
        }
    }

    /// What an earlier attempt has said, if it has arrived after all; `None` if Discord was told to
    /// wait, or nothing stands there. A message on which something was pressed was there before.
    async fn find_response(
        &self,
        state: &mut ResponseState,
        is_private: bool,
        api: &Api,
    ) -> Result<Option<PostedMessage>, ApiError> {
        let sent = match self.get_original(api).await {
            Ok(sent) => sent,
            Err(ApiError { error: SendError::Permanent, .. }) => return Ok(None),
            Err(failure) => return Err(failure),
        };
        if sent.is_loading()
            || matches!(&self.way, InteractionKind::Component(on) if *on == sent.name())
        {
            *state = ResponseState::Deferred { is_private };
            return Ok(None);
        }
        *state = ResponseState::Responded;
        Ok(Some(sent))
    }

    /// Says `payload` as a further message. Discord does not know such messages again: one that may
    /// have arrived is not sent a second time.
    async fn follow_up_at_most_once(
        &self,
        payload: &Payload,
        state: &mut ResponseState,
        api: &Api,
    ) -> Result<PostedMessage, ApiError> {
        if *state == ResponseState::AmbiguousFinal {
            return Err(ApiError::AMBIGUOUS_FINAL);
        }
        // That is so as well for whoever does not wait for what comes of it.
        let before = std::mem::replace(state, ResponseState::AmbiguousFinal);
        match self.follow_up(payload, api).await {
            Err(failure) if failure.error == SendError::Ambiguous => {
                Err(ApiError { error: SendError::AmbiguousFinal, ..failure })
            }
            Err(failure) => {
                *state = before;
                Err(failure)
            }
            sent => sent,
        }
    }

    /// Makes the message on which something was pressed say `payload`.
    pub(in crate::platform::discord) async fn update_message(
        &self,
        payload: Payload,
        api: &Api,
    ) -> Result<(), ApiError> {
        let mut state = self.state.lock().await;
        if matches!(*state, ResponseState::Unacknowledged | ResponseState::Ambiguous) {
            match self.callback(kind::UPDATE, Some(&payload), api).await {
                Err(failure) if failure.code == Some(code::ALREADY_ACKNOWLEDGED) => {}
                Err(failure) => {
                    if failure.error == SendError::Ambiguous {
                        *state = ResponseState::Ambiguous;
                    }
                    return Err(failure);
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

    /// Takes the message away on which something was pressed.
    pub(in crate::platform::discord) async fn delete_message(
        &self,
        api: &Api,
    ) -> Result<(), ApiError> {
        let mut state = self.state.lock().await;
        if *state == ResponseState::Unacknowledged {
            match self.callback(kind::DEFERRED_UPDATE, None::<&()>, api).await {
                Err(failure) if failure.code != Some(code::ALREADY_ACKNOWLEDGED) => {
                    return Err(failure);
                }
                _ => *state = ResponseState::Deferred { is_private: true },
            }
        }
        self.delete_original(api).await?;
        *state = ResponseState::Responded;
        Ok(())
    }
}
