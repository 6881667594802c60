//! Responds to moderators: whether a user may, and what the service is to do.

use super::{Context, refuse};
use crate::conversation::bot_message::BotMessage;
use crate::conversation::control::Control;
use crate::conversation::cooldown::Cooldowns;
use crate::conversation::effects::{Effects, ModeratorAction, ModeratorRequest};
use crate::conversation::event::ControlUse;
use crate::conversation::layout::one_line;
use crate::conversation::message::{Message, User};
use crate::conversation::moderator_command::{
    EditAction, EditCommand, ModeratorCommand, QuotedMessage, TypedEntry, Verb,
};
use crate::conversation::notice::Notice;
use crate::conversation::sent_reply::{ReplyKind, SentReply};
use crate::conversation::timestamp::Timestamp;

/// Most characters of the name of an author that are kept, so that nobody's name fills an answer.
const MAX_NAME_CHARS: usize = 100;

/// Whether a number picks from a message for moderators.
pub(super) fn is_moderation_pick(context: &Context<'_>) -> bool {
    context.target.is_some_and(|target| target.kind.is_for_moderators())
}

/// Has `action` done, which `message` asks for, if its author is a moderator.
pub(super) fn moderate_by_message(
    action: ModeratorAction,
    message: &Message,
    context: &Context<'_>,
    cooldowns: &Cooldowns,
) -> Effects {
    if !context.space.is_moderator(&message.author) {
        return refuse(message, context, cooldowns);
    }
    let is_for_owners = match &action {
        ModeratorAction::Command(ModeratorCommand::Save) => {
            context.target.is_some_and(SentReply::is_for_owners)
        }
        ModeratorAction::Command(command) => command.is_for_owners(),
        ModeratorAction::Control(_) | ModeratorAction::Number(_) => false,
    };
    if is_for_owners && !context.space.is_owner(&message.author) {
        return BotMessage::notice(Notice::OwnersOnly, true).into();
    }
    let action = match action {
        ModeratorAction::Command(ModeratorCommand::Make(_))
            if !context.space.settings.quotes_messages =>
        {
            return BotMessage::notice(Notice::MessagesNotQuoted, true).into();
        }
        ModeratorAction::Command(ModeratorCommand::Make(command)) => {
            ModeratorAction::Command(entry_of_message(*command, message))
        }
        action => action,
    };
    let is_private = message.addressing.is_command;
    request(action, &message.author, is_private, context)
}

/// The command that adds an entry which quotes the message that `message` replies to: all of it, unless `command` says
/// which words. Its question is what that message answered, unless `command` says another.
fn entry_of_message(command: EditCommand, message: &Message) -> ModeratorCommand {
    let incomplete = ModeratorCommand::Incomplete { verb: Some(Verb::Make), line: None };
    let EditAction::Add(entry) = &command.action else { return incomplete };
    let quoted = message.replied_to.as_ref().filter(|it| !it.is_from_bot);
    let Some((quoted, text)) = quoted.and_then(|it| Some((it, it.text.clone()?))) else {
        return incomplete;
    };
    let origin = &quoted.origin;
    let asked = origin.answered.as_ref().or(quoted.title.as_ref());
    let Some(question) = entry.question.as_ref().or(asked) else { return incomplete };
    let all = || vec![text.trim().to_owned()];
    let quotes = if entry.quotes.is_empty() { all() } else { entry.quotes.clone() };
    let author_name = origin.author_name.as_deref().map(printable_name).filter(|it| !it.is_empty());
    let is_address = |url: &&String| {
        let is_web = url.starts_with("https://") || url.starts_with("http://");
        is_web && !url.contains(|c: char| c.is_whitespace() || c.is_control())
    };
    let message = QuotedMessage {
        id: quoted.id.clone(),
        place: message.place.clone(),
        author: quoted.author.clone(),
        author_name,
        date: origin.sent_at.map(Timestamp::date),
        url: origin.url.as_ref().filter(is_address).cloned(),
        text,
    };
    let entry = TypedEntry {
        question: Some(one_line(question)),
        quotes,
        message: Some(message),
        ..entry.clone()
    };
    ModeratorCommand::Edit(Box::new(EditCommand { action: EditAction::Add(entry), ..command }))
}

/// A name as it stands in a pack: users of some platforms may choose any text.
fn printable_name(name: &str) -> String {
    let printable: String = one_line(name).chars().filter(|c| !c.is_control()).collect();
    printable.chars().take(MAX_NAME_CHARS).collect()
}

/// Has done what `control` of `target` stands for, if the user is a moderator. `None` if the control is not one for
/// moderators.
pub(super) fn moderate_by_control(
    used: &ControlUse,
    target: &SentReply,
    context: &Context<'_>,
) -> Option<Effects> {
    let control = match (used.control, target.kind) {
        // On platforms with reactions, people approve of a proposal like this.
        (Control::Helpful, ReplyKind::Proposal) => Control::Save,
        (control, _) => control,
    };
    let is_for_moderators = match control {
        Control::Save | Control::TakeBack | Control::Gap | Control::Dismiss | Control::Inbox(_) => {
            true
        }
        Control::Pick(_) => target.kind.is_for_moderators(),
        Control::RemoveQuoted => return Some(remove_quoted(used, target, context)),
        _ => false,
    };
    if !is_for_moderators {
        return None;
    }
    // A forged control, or one of a message that shows something else by now.
    if !target.kind.is_for_moderators() {
        return Some(BotMessage::notice(Notice::NoLongerAvailable, true).into());
    }
    if !context.space.is_moderator(&used.user) {
        return Some(BotMessage::notice(Notice::ModeratorsOnly, true).into());
    }
    if control == Control::Save && target.is_for_owners() && !context.space.is_owner(&used.user) {
        return Some(BotMessage::notice(Notice::OwnersOnly, true).into());
    }
    let action = ModeratorAction::Control(control);
    Some(request(action, &used.user, target.is_private, context))
}

/// Has the entry removed that quotes a message, if its author or a moderator wants that.
fn remove_quoted(used: &ControlUse, target: &SentReply, context: &Context<'_>) -> Effects {
    if target.kind != ReplyKind::Quoted {
        return BotMessage::notice(Notice::NoLongerAvailable, true).into();
    }
    if !target.is_for(context.asker) && !context.space.is_moderator(&used.user) {
        return BotMessage::notice(Notice::AuthorOnly, true).into();
    }
    let action = ModeratorAction::Control(Control::RemoveQuoted);
    request(action, &used.user, false, context)
}

fn request(action: ModeratorAction, by: &User, is_private: bool, context: &Context<'_>) -> Effects {
    let is_owner = context.space.is_owner(by);
    let request = ModeratorRequest { action, by: by.id.clone(), is_owner, is_private };
    Effects { moderation: Some(request), ..Effects::default() }
}
