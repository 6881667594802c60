//! Commands and components, converted for the service, with the kind of response that each needs.
//! Pure.

use serenity::model::application::{
    CommandInteraction, ComponentInteraction, ComponentInteractionDataKind, ModalInteraction,
    ResolvedTarget,
};
use serenity::model::channel::PartialChannel;
use serenity::model::guild::Member;
use serenity::model::id::{GuildId, RoleId};
use serenity::model::permissions::Permissions;

use super::super::channel_cache::{ChannelCache, is_thread};
use super::super::commands;
use super::super::commands::faq::FaqUse;
use super::super::custom_id;
use super::super::ids;
use super::super::payload::ReplyReference;
use super::{referenced_message, user};
use crate::conversation::moderator_command::{FAQ, Verb};
use crate::conversation::pause::EVERYWHERE;
use crate::conversation::{self, Addressing, ControlUse, Event, MessageId, RepliedTo};

/// The kind of an interaction, which decides how the bot responds.
#[derive(Debug, Clone)]
pub(in crate::platform::discord) enum InteractionKind {
    /// A slash command; the response is a message in its channel.
    Command {
        /// Whether the response is visible to everybody, rather than ephemeral.
        is_public: bool,
        /// The question that was asked, which Discord shows to nobody but the asker.
        question: String,
        /// Whether the asker may show the response to everybody: they may send messages there.
        may_share: bool,
    },
    /// A message command; the response is a reply to that message.
    MessageCommand(ReplyReference),
    /// A button or select menu; the response updates its message, is ephemeral, or shares an answer.
    Component {
        /// The message that has the component.
        message: MessageId,
        /// Whether the user may show an answer to everybody: they may send messages there.
        may_share: bool,
    },
}

/// An interaction for the service.
#[derive(Debug)]
pub(in crate::platform::discord) struct IncomingInteraction {
    pub(in crate::platform::discord) event: Event,
    pub(in crate::platform::discord) kind: InteractionKind,
}

/// Converts a command. `None` for a command that this version does not define.
pub(in crate::platform::discord) fn command(
    command: &CommandInteraction,
    cache: &mut ChannelCache,
) -> Option<IncomingInteraction> {
    if let Some(channel) = &command.channel {
        cache.add_partial_channel(channel, command.guild_id);
    }
    let options = &command.data.options;
    let option = |name| options.iter().find(|it| it.name == name).and_then(|it| it.value.as_str());
    // Nobody may say by the bot what they may not say themselves.
    let user_may_send = user_may_send(command);
    let is_public = option(commands::VISIBLE) == Some(commands::EVERYONE) && user_may_send;
    match command.data.name.as_str() {
        commands::ASK => {
            let text = option(commands::QUESTION).unwrap_or_default();
            Some(command_message(command, text, is_public, None, cache))
        }
        commands::ABOUT => {
            let Some(ResolvedTarget::Message(target)) = command.data.target() else { return None };
            let replied_to = Some(referenced_message(target, cache));
            if !user_may_send || !bot_may_send(command) {
                return Some(command_message(command, "", false, replied_to, cache));
            }
            let kind = InteractionKind::MessageCommand(ReplyReference::new((
                command.channel_id,
                target.id.get().into(),
            )));
            Some(IncomingInteraction {
                kind,
                ..command_message(command, "", true, replied_to, cache)
            })
        }
        commands::MAKE => {
            let Some(ResolvedTarget::Message(target)) = command.data.target() else { return None };
            let replied_to = Some(referenced_message(target, cache));
            let text = format!("{FAQ} {}", Verb::Make.name());
            Some(command_message(command, &text, false, replied_to, cache))
        }
        FAQ => {
            let text = FaqUse::new(options)?.text();
            Some(command_message(command, &text, false, None, cache))
        }
        word if commands::WORDS.contains(&word) => {
            let is_everywhere = options
                .iter()
                .any(|it| it.name == commands::EVERYWHERE && it.value.as_bool() == Some(true));
            let text = if is_everywhere { format!("{word} {EVERYWHERE}") } else { word.to_owned() };
            Some(command_message(command, &text, false, None, cache))
        }
        _ => None,
    }
}

/// The guild in which `member` has used something, with their roles there.
pub(in crate::platform::discord) fn roles(
    guild: Option<GuildId>,
    member: Option<&Member>,
) -> Option<(GuildId, &Vec<RoleId>)> {
    guild.zip(member.map(|member| &member.roles))
}

/// Whether the user of `command` may send messages in its channel.
fn user_may_send(command: &CommandInteraction) -> bool {
    let granted = command.member.as_ref().and_then(|member| member.permissions);
    may_send(command.channel.as_ref(), command.guild_id, granted)
}

/// Whether the bot may send messages in the channel of `command`.
fn bot_may_send(command: &CommandInteraction) -> bool {
    may_send(command.channel.as_ref(), command.guild_id, command.app_permissions)
}

/// Whether somebody with the permissions `granted` may send messages in `channel`. In direct messages
/// they may.
fn may_send(
    channel: Option<&PartialChannel>,
    guild: Option<GuildId>,
    granted: Option<Permissions>,
) -> bool {
    let is_thread = channel.is_some_and(|channel| is_thread(channel.kind));
    let required =
        if is_thread { Permissions::SEND_MESSAGES_IN_THREADS } else { Permissions::SEND_MESSAGES };
    let granted = granted.filter(|_| guild.is_some());
    granted.is_none_or(|granted| granted.contains(required | Permissions::VIEW_CHANNEL))
}

fn command_message(
    command: &CommandInteraction,
    text: &str,
    is_public: bool,
    replied_to: Option<RepliedTo>,
    cache: &ChannelCache,
) -> IncomingInteraction {
    let event = Event::MessageCreated(conversation::Message {
        id: ids::interaction(command.id),
        place: cache.place(command.channel_id, command.guild_id),
        author: user(&command.user, roles(command.guild_id, command.member.as_deref()), cache),
        text: text.to_owned(),
        addressing: Addressing {
            is_command: true,
            is_public,
            is_question: [commands::ASK, commands::ABOUT].contains(&command.data.name.as_str()),
            ..Addressing::default()
        },
        replied_to,
        sent_at: ids::snowflake_time(command.id.get()),
        edit_id: None,
        locale: Some(command.locale.clone()),
    });
    let may_share = user_may_send(command) && command.guild_id.is_some();
    let kind = InteractionKind::Command { is_public, question: text.to_owned(), may_share };
    IncomingInteraction { event, kind }
}

/// Converts a submitted form, which stands for the command `text`.
pub(in crate::platform::discord) fn submitted_form(
    form: &ModalInteraction,
    text: String,
    cache: &ChannelCache,
) -> IncomingInteraction {
    let event = Event::MessageCreated(conversation::Message {
        id: ids::interaction(form.id),
        place: cache.place(form.channel_id, form.guild_id),
        author: user(&form.user, roles(form.guild_id, form.member.as_ref()), cache),
        text,
        addressing: Addressing { is_command: true, ..Addressing::default() },
        replied_to: None,
        sent_at: ids::snowflake_time(form.id.get()),
        edit_id: None,
        locale: Some(form.locale.clone()),
    });
    let kind =
        InteractionKind::Command { is_public: false, question: String::new(), may_share: false };
    IncomingInteraction { event, kind }
}

/// Converts the use of a button or select menu. `None` if its id is not one of quoth's.
pub(in crate::platform::discord) fn component(
    component: &ComponentInteraction,
    cache: &mut ChannelCache,
) -> Option<IncomingInteraction> {
    if let Some(channel) = &component.channel {
        cache.add_partial_channel(channel, component.guild_id);
    }
    let custom_id = match &component.data.kind {
        ComponentInteractionDataKind::StringSelect { values } => values.first()?,
        ComponentInteractionDataKind::Button => &component.data.custom_id,
        _ => return None,
    };
    let message = ids::message(component.channel_id, component.message.id);
    let granted = component.member.as_ref().and_then(|member| member.permissions);
    let may_share = component.guild_id.is_some()
        && may_send(component.channel.as_ref(), component.guild_id, granted);
    let event = Event::ControlUsed(ControlUse {
        id: ids::interaction(component.id),
        message: message.clone(),
        place: cache.place(component.channel_id, component.guild_id),
        user: user(&component.user, roles(component.guild_id, component.member.as_ref()), cache),
        used_at: ids::snowflake_time(component.id.get()),
        control: custom_id::parse(custom_id)?,
        locale: Some(component.locale.clone()),
    });
    Some(IncomingInteraction { event, kind: InteractionKind::Component { message, may_share } })
}
