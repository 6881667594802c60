//! Choices for the question option of `/ask`, while a user types.

use std::sync::Arc;

use serenity::builder::{
    AutocompleteChoice, CreateAutocompleteResponse, CreateInteractionResponse,
};
use serenity::http::{LightMethod, Route};
use serenity::model::application::CommandInteraction;
use serenity::model::id::InteractionId;

use super::super::Discord;
use super::super::api::{Api, ApiError};
use super::super::channel_cache::ChannelCache;
use super::super::markdown::truncate;
use crate::conversation::autocomplete;

/// Discord's limit of choices in a response.
const MAX_CHOICES: usize = 25;

/// Discord's limit of characters in a choice. A longer question is truncated; its beginning matches
/// it as well.
const MAX_CHOICE_CHARS: usize = 100;

impl Discord {
    /// Responds with questions that match what the user has typed.
    pub(in crate::platform::discord) fn autocomplete(
        &self,
        interaction: &CommandInteraction,
        cache: &mut ChannelCache,
    ) {
        let Some(typed) = interaction.data.autocomplete() else { return };
        if let Some(channel) = &interaction.channel {
            cache.add_partial_channel(channel, interaction.guild_id);
        }
        let place = cache.place(interaction.channel_id, interaction.guild_id);
        let snapshot = self.knowledge_base.current();
        let (api, id, token) = (Arc::clone(&self.api), interaction.id, interaction.token.clone());
        let typed = typed.value.to_owned();
        tokio::spawn(async move {
            let space = snapshot.index_for(snapshot.spaces.of(&place));
            let questions = autocomplete::complete(&space.index, &space.rule, &typed, MAX_CHOICES);
            let choices = questions.into_iter().map(|it| truncate(it, MAX_CHOICE_CHARS)).collect();
            // An error needs no handling: the next keystroke sends a new interaction.
            drop(send_choices(id, &token, choices, &api).await);
        });
    }
}

async fn send_choices(
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
