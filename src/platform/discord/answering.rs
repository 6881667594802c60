//! Answering interactions: at once, or after telling Discord to wait.

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use serenity::builder::{
    AutocompleteChoice, CreateAutocompleteResponse, CreateInteractionResponse,
};
use serenity::http::{LightMethod, Request, Route};
use serenity::model::channel::MessageFlags;
use serenity::model::id::{ChannelId, GenericId, InteractionId};

use super::api::{Api, Failure, code, decode};
use super::incoming::made_at;
use super::interaction::Way;
use super::name;
use super::payload::Payload;
use super::pending::{Pending, State};
use super::render::Card;
use crate::conversation::MessageId;
use crate::conversation::Notice;
use crate::conversation::wording::Wording;
use crate::service::{Clock, SendError, SystemClock, reference};

/// After this time Discord shows a failure.
const FAILS_AFTER: Duration = Duration::from_secs(3);

/// What takes longer than this is told to wait.
const DEFER_AFTER: Duration = Duration::from_millis(1500);

/// After this time nothing comes any more, and the asker is told so.
const GIVE_UP_AFTER: Duration = Duration::from_secs(120);

/// Kinds of answers to interactions, by Discord's numbers.
mod kind {
    pub(super) const MESSAGE: u8 = 4;
    pub(super) const DEFERRED_MESSAGE: u8 = 5;
    pub(super) const DEFERRED_UPDATE: u8 = 6;
    pub(super) const UPDATE: u8 = 7;
}

/// A message as Discord names it.
#[derive(Debug, Deserialize)]
pub(super) struct Sent {
    pub(super) id: GenericId,
    pub(super) channel_id: ChannelId,
    #[serde(default)]
    flags: MessageFlags,
}

impl Sent {
    /// Whether people are still told to wait.
    fn is_loading(&self) -> bool {
        self.flags.contains(MessageFlags::LOADING)
    }

    pub(super) fn name(&self) -> MessageId {
        name::message(self.channel_id, self.id)
    }
}

#[derive(Serialize)]
struct Callback<D> {
    #[serde(rename = "type")]
    kind: u8,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<D>,
}

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
            return Err(Failure::REFUSED);
        }
        let sent = self.follow_up(payload, api).await;
        if sent.as_ref().is_err_and(|failure| failure.error == SendError::Unknown) {
            *state = State::Lost;
        }
        sent
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

    /// Tells Discord to wait if an answer takes long, and the asker if none comes.
    pub(super) async fn watch_over(self: Arc<Self>, api: Arc<Api>) {
        tokio::time::sleep(DEFER_AFTER.saturating_sub(self.age())).await;
        if !self.defer(&api).await || matches!(self.way, Way::Pressed(_)) {
            return;
        }
        tokio::time::sleep(GIVE_UP_AFTER).await;
        self.give_up(&api).await;
    }

    /// How long ago somebody did it: it may have waited on its way here.
    fn age(&self) -> Duration {
        let age = SystemClock.now().since(made_at(self.id.get()));
        // Discord takes nothing later than that: it is rather our clock that is wrong.
        if age < FAILS_AFTER { age } else { Duration::ZERO }
    }

    /// Tells Discord to wait, if nothing has been told. Whether it waits.
    async fn defer(&self, api: &Api) -> bool {
        let mut state = self.state.lock().await;
        if *state != State::Fresh {
            return false;
        }
        let is_private = !matches!(self.way, Way::Command { is_public: true });
        let flags = if is_private { MessageFlags::EPHEMERAL } else { MessageFlags::empty() };
        let told = match self.way {
            Way::Pressed(_) => self.callback(kind::DEFERRED_UPDATE, None::<&()>, api).await,
            _ => {
                let data = json!({ "flags": flags });
                self.callback(kind::DEFERRED_MESSAGE, Some(&data), api).await
            }
        };
        match told {
            Ok(_) => {
                *state = State::Deferred { is_private };
                true
            }
            Err(failure) => {
                tracing::debug!(interaction.id = %self.id, status = failure.status, "Interaction {} could not be deferred", self.id);
                false
            }
        }
    }

    async fn give_up(&self, api: &Api) {
        let mut state = self.state.lock().await;
        let State::Deferred { .. } = *state else { return };
        *state = State::Answered;
        let reference = reference(&name::interaction(self.id));
        tracing::warn!(interaction.id = %self.id, reference, "Nothing answered interaction {}, told as {reference}", self.id);
        let wording = Wording::of(&self.locale);
        let content = wording.notice(&Notice::Failed { reference });
        let payload = Payload::new(Card { content, ..Card::default() });
        drop(self.edit_original(&payload, api).await);
    }

    async fn callback(
        &self,
        kind: u8,
        data: Option<impl Serialize>,
        api: &Api,
    ) -> Result<Value, Failure> {
        let body = serde_json::to_vec(&Callback { kind, data }).map_err(|_| Failure::REFUSED)?;
        let route = Route::InteractionResponse { interaction_id: self.id, token: &self.token };
        let params = vec![("with_response", "true".to_owned())];
        let request = Request::new(route, LightMethod::Post).body(Some(body));
        let response = api.request(request.params(Some(params))).await?;
        // It is done, whatever is told about it.
        Ok(decode(response).await.unwrap_or_default())
    }

    async fn follow_up(&self, payload: &Payload, api: &Api) -> Result<Sent, Failure> {
        let (application_id, token) = (self.application, self.token.as_str());
        let route = Route::WebhookFollowupMessages { application_id, token };
        api.fetch(route, LightMethod::Post, Some(payload)).await
    }

    async fn original(&self, api: &Api) -> Result<Sent, Failure> {
        api.read(self.original_route()).await
    }

    async fn edit_original(&self, payload: &Payload, api: &Api) -> Result<Sent, Failure> {
        api.fetch(self.original_route(), LightMethod::Patch, Some(payload)).await
    }

    async fn delete_original(&self, api: &Api) -> Result<(), Failure> {
        api.call(self.original_route(), LightMethod::Delete, None::<&()>).await.map(drop)
    }

    fn original_route(&self) -> Route<'_> {
        let (application_id, token) = (self.application, self.token.as_str());
        Route::WebhookOriginalInteractionResponse { application_id, token }
    }
}

/// The message that a callback has made.
fn sent_by(response: &Value) -> Option<Sent> {
    serde_json::from_value(response.pointer("/resource/message")?.clone()).ok()
}

/// Answers somebody who is typing a question with `choices`.
pub(super) async fn complete(
    interaction_id: InteractionId,
    token: &str,
    choices: Vec<String>,
    api: &Api,
) -> Result<(), Failure> {
    let choices = choices.into_iter().map(|text| AutocompleteChoice::new(text.clone(), text));
    let choices = CreateAutocompleteResponse::new().set_choices(choices.collect());
    let body = CreateInteractionResponse::Autocomplete(choices);
    let route = Route::InteractionResponse { interaction_id, token };
    api.call(route, LightMethod::Post, Some(&body)).await.map(drop)
}
