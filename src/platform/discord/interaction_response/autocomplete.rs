//! Choices while a user types: questions for `/ask`, and ids and phrasings for `/faq`.

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
use super::super::commands::faq::{self, FaqUse};
use super::super::incoming::interaction::roles;
use super::super::incoming::user;
use super::super::markdown::truncate;
use crate::conversation::autocomplete;
use crate::conversation::moderator_command::FAQ;
use crate::matching::Index;
use crate::service::knowledge_base::SpaceIndex;

/// Discord's limit of choices in a response.
const MAX_CHOICES: usize = 25;

/// Discord's limit of characters in a choice. A longer question is truncated; its beginning matches
/// it as well.
const MAX_CHOICE_CHARS: usize = 100;

impl Discord {
    /// Responds with choices that match what the user has typed.
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
        let (option, typed) = (typed.name.to_owned(), typed.value.to_owned());
        let asked = FaqUse::new(&interaction.data.options).filter(|_| interaction.data.name == FAQ);
        let is_for_moderators = asked.is_some();
        // Entries are named beside their ids to nobody who may not edit them.
        let author = user(
            &interaction.user,
            roles(interaction.guild_id, interaction.member.as_deref()),
            cache,
        );
        let of = asked.and_then(|asked| asked.text_of("from").or(asked.text_of(faq::ID)));
        let of = of.map(str::to_owned);
        tokio::spawn(async move {
            let space = snapshot.spaces.of(&place);
            let SpaceIndex { index, rule, .. } = snapshot.index_for(space);
            let choices = if !is_for_moderators {
                let questions = autocomplete::complete(index, rule, &typed, MAX_CHOICES);
                let shown = questions.into_iter().map(|it| truncate(it, MAX_CHOICE_CHARS));
                shown.map(|text| (text.clone(), text)).collect()
            } else if !space.is_moderator(&author) {
                Vec::new()
            } else if faq::IDS.contains(&option.as_str()) {
                ids(index, &typed)
            } else {
                phrasings(index, of.as_deref(), &typed)
            };
            // An error needs no handling: the next keystroke sends a new interaction.
            drop(send_choices(id, &token, choices, &api).await);
        });
    }
}

/// The ids of entries, each with its question. One that is longer than a choice may be has to be typed.
fn ids(index: &Index, typed: &str) -> Vec<(String, String)> {
    let found = autocomplete::complete_ids(index, typed, MAX_CHOICES).into_iter();
    let fits = |id: &String| id.chars().count() <= MAX_CHOICE_CHARS;
    let found = found.filter(|(id, _)| fits(id));
    found
        .map(|(id, question)| (truncate(&format!("{id}: {question}"), MAX_CHOICE_CHARS), id))
        .collect()
}

/// The phrasings, beside its question, of the entry with this public id that have what is typed.
fn phrasings(index: &Index, of: Option<&str>, typed: &str) -> Vec<(String, String)> {
    let entry = of.and_then(|id| index.entry(index.find(id)?));
    let typed = typed.to_lowercase();
    let found = entry.into_iter().flat_map(|entry| &entry.variants);
    let fits = |text: &&String| {
        text.chars().count() <= MAX_CHOICE_CHARS && text.to_lowercase().contains(&typed)
    };
    found.filter(fits).take(MAX_CHOICES).map(|text| (text.clone(), text.clone())).collect()
}

async fn send_choices(
    interaction_id: InteractionId,
    token: &str,
    choices: Vec<(String, String)>,
    api: &Api,
) -> Result<(), ApiError> {
    let choices = choices.into_iter().map(|(name, value)| AutocompleteChoice::new(name, value));
    let choices = CreateAutocompleteResponse::new().set_choices(choices.collect());
    let body = CreateInteractionResponse::Autocomplete(choices);
    let route = Route::InteractionResponse { interaction_id, token };
    api.call(route, LightMethod::Post, Some(&body)).await.map(drop)
}
