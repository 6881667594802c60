//! What responding to an event calls for, as data.

use super::bot_message::BotMessage;
use super::reply::Reply;
use super::unanswered::UnansweredQuestion;

/// What is to happen.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Effects {
    /// What people see of it.
    pub message: MessageEffect,
    /// What moderators find in the inbox.
    pub unanswered: Option<UnansweredQuestion>,
    /// Whether the space is silent from now on.
    pub pause: Option<bool>,
    /// Whether [`Scene::said`](super::Scene::said) was helpful.
    pub feedback: Option<bool>,
}

/// What people see.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum MessageEffect {
    /// Nothing.
    #[default]
    Nothing,
    /// A new message.
    Send(BotMessage),
    /// [`Scene::said`](super::Scene::said) says something else.
    Edit(BotMessage),
    /// [`Scene::said`](super::Scene::said) goes.
    Delete,
}

impl Effects {
    /// What is left of it where nothing can be said to one person alone: what somebody wanted to
    /// see is for everybody, and words that are for nobody else are not said.
    pub fn into_public(self) -> Self {
        let shown = match self.message {
            MessageEffect::Send(say) if say.is_private => match say.reply {
                Reply::Notice(_) | Reply::NoSuchNumber { .. } => MessageEffect::Nothing,
                _ => MessageEffect::Send(BotMessage { is_private: false, ..say }),
            },
            shown => shown,
        };
        Self { message: shown, ..self }
    }
}

impl From<BotMessage> for Effects {
    fn from(say: BotMessage) -> Self {
        Self { message: MessageEffect::Send(say), ..Self::default() }
    }
}
