//! Responses to interactions, as Discord's interface takes them: the first one, what it is changed to,
//! and further messages.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use serenity::builder::{
    AutocompleteChoice, CreateAutocompleteResponse, CreateInteractionResponse,
};
use serenity::http::{LightMethod, Request, Route};
use serenity::model::channel::MessageFlags;
use serenity::model::id::{ChannelId, GenericId, InteractionId};

use super::super::api::{Api, ApiError, decode};
use super::super::ids;
use super::super::payload::Payload;
use super::PendingInteraction;
use crate::conversation::MessageId;

/// Kinds of answers to interactions, by Discord's numbers.
pub(in crate::platform::discord) mod kind {
    pub(in crate::platform) const MESSAGE: u8 = 4;
    pub(in crate::platform) const DEFERRED_MESSAGE: u8 = 5;
    pub(in crate::platform) const DEFERRED_UPDATE: u8 = 6;
    pub(in crate::platform) const UPDATE: u8 = 7;
}

/// A message as Discord names it.
#[derive(Debug, Deserialize)]
pub(in crate::platform::discord) struct PostedMessage {
    pub(in crate::platform::discord) id: GenericId,
    pub(in crate::platform::discord) channel_id: ChannelId,
    #[serde(default)]
    flags: MessageFlags,
}

impl PostedMessage {
    /// Whether people are still told to wait.
    pub(in crate::platform::discord) fn is_loading(&self) -> bool {
        self.flags.contains(MessageFlags::LOADING)
    }

    pub(in crate::platform::discord) fn name(&self) -> MessageId {
        ids::message(self.channel_id, self.id)
    }
}

#[derive(Serialize)]
struct InteractionCallback<D> {
    #[serde(rename = "type")]
    kind: u8,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<D>,
}

impl PendingInteraction {
    pub(in crate::platform::discord) async fn callback(
        &self,
        kind: u8,
        data: Option<impl Serialize>,
        api: &Api,
    ) -> Result<Value, ApiError> {
        let body = serde_json::to_vec(&InteractionCallback { kind, data })
            .map_err(|_| ApiError::PERMANENT)?;
        let route = Route::InteractionResponse { interaction_id: self.id, token: &self.token };
        let params = vec![("with_response", "true".to_owned())];
        let request = Request::new(route, LightMethod::Post).body(Some(body));
        let response = api.request(request.params(Some(params))).await?;
        // It is done, whatever is told about it.
        Ok(decode(response).await.unwrap_or_default())
    }

    pub(in crate::platform::discord) async fn follow_up(
        &self,
        payload: &Payload,
        api: &Api,
    ) -> Result<PostedMessage, ApiError> {
        let (application_id, token) = (self.application, self.token.as_str());
        let route = Route::WebhookFollowupMessages { application_id, token };
        api.fetch(route, LightMethod::Post, Some(payload)).await
    }

    pub(in crate::platform::discord) async fn get_original(
        &self,
        api: &Api,
    ) -> Result<PostedMessage, ApiError> {
        api.get(self.original_route()).await
    }

    pub(in crate::platform::discord) async fn edit_original(
        &self,
        payload: &Payload,
        api: &Api,
    ) -> Result<PostedMessage, ApiError> {
        api.fetch(self.original_route(), LightMethod::Patch, Some(payload)).await
    }

    pub(in crate::platform::discord) async fn delete_original(
        &self,
        api: &Api,
    ) -> Result<(), ApiError> {
        api.call(self.original_route(), LightMethod::Delete, None::<&()>).await.map(drop)
    }

    fn original_route(&self) -> Route<'_> {
        let (application_id, token) = (self.application, self.token.as_str());
        Route::WebhookOriginalInteractionResponse { application_id, token }
    }
}

/// The message that a callback has made.
pub(in crate::platform::discord) fn message_in(response: &Value) -> Option<PostedMessage> {
    serde_json::from_value(response.pointer("/resource/message")?.clone()).ok()
}

/// Answers somebody who is typing a question with `choices`.
pub(in crate::platform::discord) async fn send_choices(
    interaction_id: InteractionId,
    token: &str,
    choices: Vec<String>,
    api: &Api,
) -> Result<(), ApiError> {
    let choices = choices.into_iter().map(|text| AutocompleteChoice::new(text.clone(), text));
    let choices = CreateAutocompleteResponse::new().set_choices(choices.collect());
    let body = CreateInteractionResponse::Autocomplete(choices);
    let route = Route::InteractionResponse { interaction_id, token };
    api.call(route, LightMethod::Post, Some(&body)).await.map(drop)
}
