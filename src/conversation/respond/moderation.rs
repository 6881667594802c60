//! Responds to moderators: whether a user may, and what the service is to do.

use super::{Context, refuse};
use crate::conversation::bot_message::BotMessage;
use crate::conversation::control::Control;
use crate::conversation::cooldown::Cooldowns;
use crate::conversation::effects::{Effects, ModeratorAction, ModeratorRequest};
use crate::conversation::event::ControlUse;
use crate::conversation::message::Message;
use crate::conversation::notice::Notice;
use crate::conversation::sent_reply::{ReplyKind, SentReply};

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
    let is_for_owners =
        matches!(&action, ModeratorAction::Command(command) if command.is_for_owners());
    if is_for_owners && !context.space.is_owner(&message.author) {
        return BotMessage::notice(Notice::OwnersOnly, true).into();
    }
    let is_private = message.addressing.is_command;
    request(ModeratorRequest { action, by: message.author.id.clone(), is_private })
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
    let action = ModeratorAction::Control(control);
    let (by, is_private) = (used.user.id.clone(), target.is_private);
    Some(request(ModeratorRequest { action, by, is_private }))
}

fn request(request: ModeratorRequest) -> Effects {
    Effects { moderation: Some(request), ..Effects::default() }
}
