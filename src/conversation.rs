//! What is said, and when: platform-neutral, pure.

pub mod reply;
pub mod session;
pub mod wording;

pub use reply::Reply;
pub use session::Session;
