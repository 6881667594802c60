//! What is said in chat, by rules that no platform changes.

pub mod id;
pub mod message;
pub mod reply;
pub mod sent_answer;
pub mod session;
pub mod settings;
pub mod timestamp;
pub mod unanswered;
pub mod wording;

pub use id::{AskerHash, MessageId, PersonId, PlaceId};
pub use message::{Address, Control, Event, Message, Person, Place, RepliedTo, Use};
pub use reply::Reply;
pub use sent_answer::{SentAnswer, SentKind};
pub use session::Session;
pub use settings::{Occasion, SpaceSettings};
pub use timestamp::Timestamp;
pub use unanswered::Unanswered;
