//! The REST endpoints for interactions: the callback, the original response, follow-up messages.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use serenity::http::{LightMethod, Request, Route};
use serenity::model::channel::MessageFlags;
use serenity::model::id::{ChannelId, GenericId};

use super::super::api::{Api, ApiError, decode, with_body};
use super::super::ids;
use super::super::payload::Payload;
use super::PendingInteraction;
use crate::conversation::MessageId;
use crate::conversation::reply::ReplyFile;

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
        self.callback_with_file(callback_type, data, None, api).await
    }

    /// The same, with a file beside it.
    pub(in crate::platform::discord) async fn callback_with_file(
        &self,
        callback_type: u8,
        data: Option<impl Serialize>,
        file: Option<&ReplyFile>,
        api: &Api,
    ) -> Result<Value, ApiError> {
        let route = Route::InteractionResponse { interaction_id: self.id, token: &self.token };
        let params = vec![("with_response", "true".to_owned())];
        let request = Request::new(route, LightMethod::Post).params(Some(params));
        let request = with_body(request, &InteractionCallback { callback_type, data }, file)?;
        let response = api.request(request).await?;
        Ok(decode(response).await.unwrap_or_default())
    }

    pub(in crate::platform::discord) async fn follow_up(
        &self,
        payload: &Payload,
        api: &Api,
    ) -> Result<PostedMessage, ApiError> {
        let (application_id, token) = (self.application, self.token.as_str());
        let route = Route::WebhookFollowupMessages { application_id, token };
        decode(api.send_payload(route, LightMethod::Post, payload).await?).await
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
        let response = api.send_payload(self.original_route(), LightMethod::Patch, payload).await?;
        decode(response).await
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
