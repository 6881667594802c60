//! What responding to an event calls for, as data. The service applies it.

use std::time::Duration;

use super::asked::AskedQuestion;
use super::bot_message::BotMessage;
use super::control::Control;
use super::id::PrincipalId;
use super::moderator_command::ModeratorCommand;
use super::notice::Notice;
use super::pause::Pause;
use super::reply::Reply;
use super::unanswered::UnansweredQuestion;

/// Everything that responding to one event calls for.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Effects {
    /// What is sent, edited or deleted.
    pub message: MessageEffect,
    /// A question for the moderators' inbox.
    pub unanswered: Option<UnansweredQuestion>,
    /// What was asked, whether or not it was answered.
    pub asked: Option<AskedQuestion>,
    /// The author of the message that is answered, if the asker has asked about another user's message.
    pub asked_for: Option<PrincipalId>,
    /// A pause to set or to end.
    pub pause: Option<Pause>,
    /// Whether everything that is recorded of the asker is deleted.
    pub forgets_asker: bool,
    /// A change of the asker's feedback on [`Context::target`](super::Context::target).
    pub feedback: Option<FeedbackEffect>,
    /// Whether the asker wants to be told when there is an answer to the question of
    /// [`Context::target`](super::Context::target).
    pub awaits_answer: bool,
    /// What a moderator wants. Its reply takes the place of [`Self::message`].
    pub moderation: Option<ModeratorRequest>,
    /// A rate limit allows no response before this time has passed; the event can be responded to then.
    pub retry_after: Option<Duration>,
}

/// What a moderator wants. That the user is one is checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModeratorRequest {
    /// What is to be done.
    pub action: ModeratorAction,
    /// The moderator.
    pub by: PrincipalId,
    /// Whether the moderator may do what is for [owners](super::SpaceSettings::owners).
    pub is_owner: bool,
    /// Whether only the moderator sees the reply, on platforms with private replies.
    pub is_private: bool,
}

/// How a moderator has said what is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ModeratorAction {
    /// By a command.
    Command(ModeratorCommand),
    /// By a control of [`Context::target`](super::Context::target), which the reply replaces.
    Control(Control),
    /// By the number, from 1, of something that can be picked from [`Context::target`](super::Context::target), in a
    /// message.
    Number(usize),
}

/// A change of the feedback of one user on one message of the bot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FeedbackEffect {
    /// Records it, instead of earlier feedback.
    Give {
        /// Whether the message was helpful.
        is_helpful: bool,
    },
    /// Takes it back.
    Withdraw,
}

/// A change of the bot's messages.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum MessageEffect {
    /// No change.
    #[default]
    Nothing,
    /// Sends a new message.
    Send(BotMessage),
    /// Replaces the content of [`Context::target`](super::Context::target).
    Edit(BotMessage),
    /// Deletes [`Context::target`](super::Context::target).
    Delete,
}

impl Effects {
    /// Adapts effects to a platform without ephemeral replies: requested content becomes public,
    /// private notices are dropped.
    pub fn into_public(self) -> Self {
        let message = match self.message {
            MessageEffect::Send(private) if private.is_private => match private.reply {
                Reply::Notice(_) | Reply::NoSuchNumber { .. } => MessageEffect::Nothing,
                _ => MessageEffect::Send(BotMessage { is_private: false, ..private }),
            },
            message => message,
        };
        Self { message, ..self }
    }

    /// The same where everybody reads the reply to a message: who may pick is not said aloud.
    #[must_use]
    pub fn without_asker_only(self) -> Self {
        let asker_only = Reply::Notice(Notice::AskerOnly);
        match self.message {
            MessageEffect::Send(message) if message.is_private && message.reply == asker_only => {
                Self { message: MessageEffect::Nothing, ..self }
            }
            message => Self { message, ..self },
        }
    }
}

impl From<BotMessage> for Effects {
    fn from(message: BotMessage) -> Self {
        Self { message: MessageEffect::Send(message), ..Self::default() }
    }
}
