//! Answering interactions: with a first answer, or in the place of one that tells to wait.

use super::api::{Api, Failure, code};
use super::interaction::Way;
use super::payload::Payload;
use super::pending::{Pending, State};
use super::response::{Sent, kind, sent_by};
use crate::conversation::MessageId;
use crate::service::SendError;
use serenity::model::channel::MessageFlags;

impl Pending {
    /// Says `payload` as a message of its own.
    pub(super) async fn say(
        &self,
        payload: Payload,
        is_private: bool,
        api: &Api,
    ) -> Result<MessageId, Failure> {
        let flags = if is_private { MessageFlags::EPHEMERAL } else { MessageFlags::empty() };
        let payload = payload.with_flags(flags);
        let mut state = self.state.lock().await;
        if let Some(sent) = self.say_at_once(&payload, is_private, &mut state, api).await? {
            return Ok(sent);
        }
        let sent = match &self.way {
            Way::Pressed(_) => self.follow_up_once(&payload, &mut state, api).await?,
            // Whoever has been told to wait where all can see it is told there, too: the next
            // message takes that place whatever its flags say, and all have seen the question.
            _ => self.edit_original(&payload.with_flags(MessageFlags::empty()), api).await?,
        };
        *state = State::Answered;
        Ok(sent.name())
    }

    /// Says `payload` as the first answer, if there was none; `None` if Discord was told to wait.
    async fn say_at_once(
        &self,
        payload: &Payload,
        is_private: bool,
        state: &mut State,
        api: &Api,
    ) -> Result<Option<MessageId>, Failure> {
        if *state == State::Uncertain
            && let Ok(Some(sent)) = self.arrived(state, is_private, api).await
        {
            return Ok(Some(sent.name()));
        }
        if !matches!(*state, State::Fresh | State::Uncertain) {
            return Ok(None);
        }
        match self.callback(kind::MESSAGE, Some(payload), api).await {
            Ok(response) => {
                *state = State::Answered;
                let sent = match sent_by(&response) {
                    Some(sent) => sent,
                    None => self.original(api).await?,
                };
                Ok(Some(sent.name()))
            }
            Err(failure) if failure.code == Some(code::ALREADY_ACKNOWLEDGED) => {
                // Until that is known, nothing is said a second time.
                *state = State::Uncertain;
                let sent = self.arrived(state, is_private, api).await?;
                if *state == State::Uncertain {
                    // What stood there is gone.
                    *state = State::Deferred { is_private };
                }
                Ok(sent.map(|sent| sent.name()))
            }
            Err(failure) => {
                if failure.error == SendError::Unknown {
                    *state = State::Uncertain;
                }
                Err(failure)
            }
        }
    }

    /// What an earlier attempt has said, if it has arrived after all; `None` if Discord was told to
    /// wait, or nothing stands there. A message on which something was pressed was there before.
    async fn arrived(
        &self,
        state: &mut State,
        is_private: bool,
        api: &Api,
    ) -> Result<Option<Sent>, Failure> {
        let sent = match self.original(api).await {
            Ok(sent) => sent,
            Err(Failure { error: SendError::Refused, .. }) => return Ok(None),
            Err(failure) => return Err(failure),
        };
        if sent.is_loading() || matches!(&self.way, Way::Pressed(on) if *on == sent.name()) {
            *state = State::Deferred { is_private };
            return Ok(None);
        }
        *state = State::Answered;
        Ok(Some(sent))
    }

    /// Says `payload` as a further message. Discord does not know such messages again: one that may
    /// have arrived is not sent a second time.
    async fn follow_up_once(
        &self,
        payload: &Payload,
        state: &mut State,
        api: &Api,
    ) -> Result<Sent, Failure> {
        if *state == State::Lost {
            return Err(Failure::UNKNOWN_FOR_GOOD);
        }
        // That is so as well for whoever does not wait for what comes of it.
        let before = std::mem::replace(state, State::Lost);
        match self.follow_up(payload, api).await {
            Err(failure) if failure.error == SendError::Unknown => {
                Err(Failure { error: SendError::UnknownForGood, ..failure })
            }
            Err(failure) => {
                *state = before;
                Err(failure)
            }
            sent => sent,
        }
    }

    /// Makes the message on which something was pressed say `payload`.
    pub(super) async fn update(&self, payload: Payload, api: &Api) -> Result<(), Failure> {
        let mut state = self.state.lock().await;
        if matches!(*state, State::Fresh | State::Uncertain) {
            match self.callback(kind::UPDATE, Some(&payload), api).await {
                Err(failure) if failure.code == Some(code::ALREADY_ACKNOWLEDGED) => {}
                Err(failure) => {
                    if failure.error == SendError::Unknown {
                        *state = State::Uncertain;
                    }
                    return Err(failure);
                }
                Ok(_) => {
                    *state = State::Answered;
                    return Ok(());
                }
            }
        }
        self.edit_original(&payload, api).await?;
        *state = State::Answered;
        Ok(())
    }

    /// Takes the message away on which something was pressed.
    pub(super) async fn take_away(&self, api: &Api) -> Result<(), Failure> {
        let mut state = self.state.lock().await;
        if *state == State::Fresh {
            match self.callback(kind::DEFERRED_UPDATE, None::<&()>, api).await {
                Err(failure) if failure.code != Some(code::ALREADY_ACKNOWLEDGED) => {
                    return Err(failure);
                }
                _ => *state = State::Deferred { is_private: true },
            }
        }
        self.delete_original(api).await?;
        *state = State::Answered;
        Ok(())
    }
}
