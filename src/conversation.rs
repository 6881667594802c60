//! Chat logic that is the same on every platform: from an event to effects, as pure functions.
//!
//! It knows no platform, no clock and no storage; time and state are arguments.

pub mod asked;
pub mod autocomplete;
pub mod bot_message;
pub mod control;
pub mod cooldown;
pub mod effects;
pub mod event;
pub mod id;
pub mod invalid_value;
pub mod layout;
pub mod message;
pub mod moderator_command;
pub mod notice;
pub mod pause;
pub mod reference;
pub mod reply;
pub mod respond;
pub mod sent_reply;
pub mod setting;
pub mod setting_overrides;
pub mod settings;
pub mod space;
pub mod timestamp;
pub mod trigger;
pub mod unanswered;
pub mod wording;

pub use asked::{AskedQuestion, AskedText};
pub use bot_message::BotMessage;
pub use control::Control;
pub use cooldown::Cooldowns;
pub use effects::{Effects, FeedbackEffect, MessageEffect, ModeratorAction, ModeratorRequest};
pub use event::{Alert, ControlUse, Event};
pub use id::{AskerHash, MessageId, PlaceId, PrincipalId};
pub use invalid_value::InvalidValue;
pub use message::{Addressing, Message, MessageOrigin, Place, RepliedTo, User};
pub use moderator_command::ModeratorCommand;
pub use notice::Notice;
pub use pause::{Pause, PauseScope};
pub use reply::Reply;
pub use respond::Context;
pub use sent_reply::{ReplyKind, SentReply};
pub use setting::Setting;
pub use setting_overrides::SettingOverrides;
pub use settings::{Activation, SpaceSettings};
pub use space::{Space, Spaces};
pub use timestamp::{EventTime, Timestamp};
pub use trigger::Trigger;
pub use unanswered::UnansweredQuestion;
