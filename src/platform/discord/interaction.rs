//! From commands, buttons and menus to events, and how each wants to be answered. Pure.

use serenity::model::application::{
    CommandInteraction, ComponentInteraction, ComponentInteractionDataKind, ResolvedTarget,
};
use serenity::model::guild::Member;
use serenity::model::user::User;

use super::commands;
use super::incoming::{about, made_at, roles};
use super::payload::Reference;
use super::places::Places;
use super::{custom_id, name};
use crate::conversation::{self, Address, Event, MessageId, Person, RepliedTo, Use};

/// How an interaction is answered.
#[derive(Debug, Clone)]
pub(super) enum Way {
    /// A command, by a message in its place.
    Command {
        /// Whether everybody is to see it.
        is_public: bool,
    },
    /// A command on somebody's message, by a reply to that message.
    About(Reference),
    /// Something pressed on our message of this name, by changing that or by a private message.
    Pressed(MessageId),
}

/// An interaction that is for the service.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) event: Event,
    pub(super) way: Way,
}

/// What a command asks for; `None` if it is none of ours.
pub(super) fn command(command: &CommandInteraction, places: &mut Places) -> Option<Asked> {
    if let Some(channel) = &command.channel {
        places.learn_partial(channel, command.guild_id);
    }
    let options = &command.data.options;
    let option = |name| options.iter().find(|it| it.name == name).and_then(|it| it.value.as_str());
    let is_public = option(commands::VISIBLE) == Some(commands::EVERYONE);
    match command.data.name.as_str() {
        commands::ASK => {
            let text = option(commands::QUESTION).unwrap_or_default();
            Some(asked(command, text, is_public, None, places))
        }
        commands::ABOUT => {
            let Some(ResolvedTarget::Message(target)) = command.data.target() else { return None };
            let replied_to = Some(about(target, places));
            let way = Way::About(Reference::new((command.channel_id, target.id.get().into())));
            Some(Asked { way, ..asked(command, "", true, replied_to, places) })
        }
        word if commands::WORDS.contains(&word) => Some(asked(command, word, false, None, places)),
        _ => None,
    }
}

fn asked(
    command: &CommandInteraction,
    text: &str,
    is_public: bool,
    replied_to: Option<RepliedTo>,
    places: &Places,
) -> Asked {
    let event = Event::Said(conversation::Message {
        id: name::interaction(command.id),
        place: places.place(command.channel_id, command.guild_id),
        author: person(&command.user, command.member.as_deref()),
        text: text.to_owned(),
        address: Address { is_command: true, is_public, ..Address::default() },
        replied_to,
        sent_at: made_at(command.id.get()),
        change: None,
        locale: Some(command.locale.clone()),
    });
    Asked { event, way: Way::Command { is_public } }
}

/// What was pressed; `None` if it is none of ours.
pub(super) fn pressed(pressed: &ComponentInteraction, places: &mut Places) -> Option<Asked> {
    if let Some(channel) = &pressed.channel {
        places.learn_partial(channel, pressed.guild_id);
    }
    let chosen = match &pressed.data.kind {
        ComponentInteractionDataKind::StringSelect { values } => values.first()?,
        ComponentInteractionDataKind::Button => &pressed.data.custom_id,
        _ => return None,
    };
    let sent = name::message(pressed.channel_id, pressed.message.id);
    let event = Event::Used(Use {
        id: name::interaction(pressed.id),
        sent: sent.clone(),
        place: places.place(pressed.channel_id, pressed.guild_id),
        by: person(&pressed.user, pressed.member.as_ref()),
        at: made_at(pressed.id.get()),
        control: custom_id::parse(chosen)?,
        locale: Some(pressed.locale.clone()),
    });
    Some(Asked { event, way: Way::Pressed(sent) })
}

fn person(user: &User, member: Option<&Member>) -> Person {
    Person {
        id: name::user(user.id),
        roles: member.map(|member| roles(&member.roles)).unwrap_or_default(),
        is_bot: user.bot,
    }
}
