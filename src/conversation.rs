//! What is said in chat, by rules that no platform changes.

pub mod autocomplete;
pub mod cooldown;
pub mod effects;
pub mod id;
pub mod message;
pub mod notice;
pub mod reply;
pub mod respond;
pub mod sent_answer;
pub mod settings;
pub mod space;
pub mod timestamp;
pub mod trigger;
pub mod unanswered;
pub mod wording;

pub use cooldown::Cooldowns;
pub use effects::{Effects, Say, Shown};
pub use id::{AskerHash, MessageId, PersonId, PlaceId};
pub use message::{Address, Control, Event, Message, Person, Place, RepliedTo, Report, Use};
pub use notice::Notice;
pub use reply::Reply;
pub use respond::Scene;
pub use sent_answer::{SentAnswer, SentKind};
pub use settings::{Occasion, SpaceSettings};
pub use space::{Space, Spaces};
pub use timestamp::Timestamp;
pub use trigger::Trigger;
pub use unanswered::Unanswered;
