//! Forms for moderators. A form is the initial response to a command, within 3 s, so it is opened before the command is
//! queued.

use std::sync::Arc;

use serenity::builder::CreateInteractionResponse;
use serenity::http::{LightMethod, Route};
use serenity::model::application::{CommandInteraction, ModalInteraction};

use super::super::Discord;
use super::super::channel_cache::ChannelCache;
use super::super::commands::faq::{self, FaqUse};
use super::super::entry_form;
use super::super::incoming::interaction::{self, IncomingInteraction, roles};
use super::super::incoming::user;
use crate::conversation::moderator_command::{FAQ, Verb};
use crate::conversation::wording::Wording;

impl Discord {
    /// Opens the form that `command` asks for. Returns `false` if it asks for none, or its user may have none: then it
    /// is handled like any other.
    pub(in crate::platform::discord) fn open_form(
        &self,
        command: &CommandInteraction,
        cache: &mut ChannelCache,
    ) -> bool {
        let Some(asked) = FaqUse::new(&command.data.options).filter(|_| command.data.name == FAQ)
        else {
            return false;
        };
        if let Some(channel) = &command.channel {
            cache.add_partial_channel(channel, command.guild_id);
        }
        let place = cache.place(command.channel_id, command.guild_id);
        let snapshot = self.knowledge_base.current();
        let space = snapshot.spaces.of(&place);
        let author = user(&command.user, roles(command.guild_id, command.member.as_deref()), cache);
        if !space.is_moderator(&author) {
            return false;
        }
        let locale = Some(&*command.locale).filter(|locale| Wording::supports(locale));
        let wording = Wording::for_locale(locale.unwrap_or(&space.settings.locale));
        let index = &snapshot.index_for(space).index;
        let form = if asked.verb == Verb::Add.name() {
            let question = asked.text_of(faq::QUESTION).unwrap_or_default();
            Some(entry_form::for_new_entry(question, wording))
        } else if asked.verb == Verb::Edit.name() {
            let number = index.find(asked.text_of(faq::ID).unwrap_or_default());
            let entry =
                number.and_then(|number| Some((index.entry_id(number), index.entry(number)?)));
            entry.map(|(id, entry)| entry_form::for_entry(&id, entry, wording))
        } else {
            None
        };
        let Some(form) = form else { return false };
        let (api, id, token) = (Arc::clone(&self.api), command.id, command.token.clone());
        tokio::spawn(async move {
            let body = CreateInteractionResponse::Modal(form);
            let route = Route::InteractionResponse { interaction_id: id, token: &token };
            // Without a form, Discord tells the user that the command has failed.
            if let Err(error) = api.call(route, LightMethod::Post, Some(&body)).await {
                tracing::warn!(interaction.id = %id, status = error.status, code = error.code, "Discord opened no form for interaction {id}");
            }
        });
        true
    }

    /// Converts a submitted form. `None` if it is not one of quoth's.
    pub(in crate::platform::discord) fn submitted_form(
        &self,
        form: &ModalInteraction,
        cache: &mut ChannelCache,
    ) -> Option<IncomingInteraction> {
        if let Some(channel) = &form.channel {
            cache.add_partial_channel(channel, form.guild_id);
        }
        let place = cache.place(form.channel_id, form.guild_id);
        let snapshot = self.knowledge_base.current();
        let index = &snapshot.index_for(snapshot.spaces.of(&place)).index;
        let text = entry_form::command(&form.data, index)?;
        Some(interaction::submitted_form(form, text, cache))
    }
}
