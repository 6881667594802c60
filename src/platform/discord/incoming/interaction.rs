//! From commands, buttons and menus to events, and how each wants to be answered. Pure.

use serenity::model::application::{
    CommandInteraction, ComponentInteraction, ComponentInteractionDataKind, ResolvedTarget,
};
use serenity::model::guild::Member;
use serenity::model::user::User;

use super::super::channel_cache::ChannelCache;
use super::super::commands;
use super::super::custom_id;
use super::super::ids;
use super::super::payload::ReplyReference;
use super::{referenced_message, roles, snowflake_time};
use crate::conversation::{self, Addressing, ControlUse, Event, MessageId, RepliedTo};

/// How an interaction is answered.
#[derive(Debug, Clone)]
pub(in crate::platform::discord) enum InteractionKind {
    /// A command, by a message in its place.
    Command {
        /// Whether everybody is to see it.
        is_public: bool,
    },
    /// A command on somebody's message, by a reply to that message.
    MessageCommand(ReplyReference),
    /// Something pressed on our message of this name, by changing that or by a private message.
    Component(MessageId),
}

/// An interaction that is for the service.
#[derive(Debug)]
pub(in crate::platform::discord) struct IncomingInteraction {
    pub(in crate::platform::discord) event: Event,
    pub(in crate::platform::discord) way: InteractionKind,
}

/// What a command asks for; `None` if it is none of ours.
pub(in crate::platform::discord) fn command(
    command: &CommandInteraction,
    places: &mut ChannelCache,
) -> Option<IncomingInteraction> {
    if let Some(channel) = &command.channel {
        places.add_partial_channel(channel, command.guild_id);
    }
    let options = &command.data.options;
    let option = |name| options.iter().find(|it| it.name == name).and_then(|it| it.value.as_str());
    let is_public = option(commands::VISIBLE) == Some(commands::EVERYONE);
    match command.data.name.as_str() {
        commands::ASK => {
            let text = option(commands::QUESTION).unwrap_or_default();
            Some(command_message(command, text, is_public, None, places))
        }
        commands::ABOUT => {
            let Some(ResolvedTarget::Message(target)) = command.data.target() else { return None };
            let replied_to = Some(referenced_message(target, places));
            let way = InteractionKind::MessageCommand(ReplyReference::new((
                command.channel_id,
                target.id.get().into(),
            )));
            Some(IncomingInteraction {
                way,
                ..command_message(command, "", true, replied_to, places)
            })
        }
        word if commands::WORDS.contains(&word) => {
            Some(command_message(command, word, false, None, places))
        }
        _ => None,
    }
}

fn command_message(
    command: &CommandInteraction,
    text: &str,
    is_public: bool,
    replied_to: Option<RepliedTo>,
    places: &ChannelCache,
) -> IncomingInteraction {
    let event = Event::MessageCreated(conversation::Message {
        id: ids::interaction(command.id),
        place: places.place(command.channel_id, command.guild_id),
        author: user(&command.user, command.member.as_deref()),
        text: text.to_owned(),
        addressing: Addressing { is_command: true, is_public, ..Addressing::default() },
        replied_to,
        sent_at: snowflake_time(command.id.get()),
        edit_id: None,
        locale: Some(command.locale.clone()),
    });
    IncomingInteraction { event, way: InteractionKind::Command { is_public } }
}

/// What was pressed; `None` if it is none of ours.
pub(in crate::platform::discord) fn component(
    pressed: &ComponentInteraction,
    places: &mut ChannelCache,
) -> Option<IncomingInteraction> {
    if let Some(channel) = &pressed.channel {
        places.add_partial_channel(channel, pressed.guild_id);
    }
    let chosen = match &pressed.data.kind {
        ComponentInteractionDataKind::StringSelect { values } => values.first()?,
        ComponentInteractionDataKind::Button => &pressed.data.custom_id,
        _ => return None,
    };
    let sent = ids::message(pressed.channel_id, pressed.message.id);
    let event = Event::ControlUsed(ControlUse {
        id: ids::interaction(pressed.id),
        message: sent.clone(),
        place: places.place(pressed.channel_id, pressed.guild_id),
        user: user(&pressed.user, pressed.member.as_ref()),
        used_at: snowflake_time(pressed.id.get()),
        control: custom_id::parse(chosen)?,
        locale: Some(pressed.locale.clone()),
    });
    Some(IncomingInteraction { event, way: InteractionKind::Component(sent) })
}

fn user(user: &User, member: Option<&Member>) -> conversation::User {
    conversation::User {
        id: ids::user(user.id),
        roles: member.map(|member| roles(&member.roles)).unwrap_or_default(),
        is_bot: user.bot,
    }
}
