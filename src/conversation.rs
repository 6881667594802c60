//! What is said in chat, by rules that no platform changes.

pub mod autocomplete;
pub mod cooldown;
pub mod effects;
pub mod id;
pub mod layout;
pub mod message;
pub mod notice;
pub mod reply;
pub mod respond;
pub mod sent_reply;
pub mod settings;
pub mod space;
pub mod timestamp;
pub mod trigger;
pub mod unanswered;
pub mod wording;

pub use cooldown::Cooldowns;
pub use effects::{BotMessage, Effects, MessageEffect};
pub use id::{AskerHash, MessageId, PlaceId, PrincipalId};
pub use message::{Addressing, Alert, Control, ControlUse, Event, Message, Place, RepliedTo, User};
pub use notice::Notice;
pub use reply::Reply;
pub use respond::Context;
pub use sent_reply::{ReplyKind, SentReply};
pub use settings::{Activation, SpaceSettings};
pub use space::{Space, Spaces};
pub use timestamp::Timestamp;
pub use trigger::Trigger;
pub use unanswered::UnansweredQuestion;
