//! The REST endpoints for interactions: the callback, the original response, follow-up messages.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use serenity::http::{LightMethod, Request, Route};
use serenity::model::channel::MessageFlags;
use serenity::model::id::{ChannelId, GenericId};

use super::super::api::{Api, ApiError, decode};
use super::super::ids;
use super::super::payload::Payload;
use super::PendingInteraction;
use crate::conversation::MessageId;

/// Discord's interaction callback types.
pub(in crate::platform::discord) mod callback_type {
    pub(in crate::platform::discord) const MESSAGE: u8 = 4;
    pub(in crate::platform::discord) const DEFERRED_MESSAGE: u8 = 5;
    pub(in crate::platform::discord) const DEFERRED_UPDATE: u8 = 6;
    pub(in crate::platform::discord) const UPDATE: u8 = 7;
}

/// A message object in a response, as far as it is used.
#[derive(Debug, Deserialize)]
pub(in crate::platform::discord) struct PostedMessage {
    id: GenericId,
    channel_id: ChannelId,
    #[serde(default)]
    flags: MessageFlags,
}

impl PostedMessage {
    /// Whether the message is still the placeholder of a deferred response.
    pub(in crate::platform::discord) fn is_loading(&self) -> bool {
        self.flags.contains(MessageFlags::LOADING)
    }

    pub(in crate::platform::discord) fn message_id(&self) -> MessageId {
        ids::message(self.channel_id, self.id)
    }
}

#[derive(Serialize)]
struct InteractionCallback<D> {
    #[serde(rename = "type")]
    callback_type: u8,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<D>,
}

impl PendingInteraction {
    /// Sends the initial response. Returns the response body, or null if it does not parse: the
    /// callback has been executed in any case.
    pub(in crate::platform::discord) async fn callback(
        &self,
        callback_type: u8,
        data: Option<impl Serialize>,
        api: &Api,
    ) -> Result<Value, ApiError> {
        let body = serde_json::to_vec(&InteractionCallback { callback_type, data })
            .map_err(|_| ApiError::PERMANENT)?;
        let route = Route::InteractionResponse { interaction_id: self.id, token: &self.token };
        let params = vec![("with_response", "true".to_owned())];
        let request = Request::new(route, LightMethod::Post).body(Some(body));
        let response = api.request(request.params(Some(params))).await?;
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

/// The message in the body of a callback response.
pub(in crate::platform::discord) fn message_in(response: &Value) -> Option<PostedMessage> {
    serde_json::from_value(response.pointer("/resource/message")?.clone()).ok()
}
