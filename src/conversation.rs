//! What is said, and when: platform-neutral, pure.

pub mod reply;
pub mod wording;

pub use reply::Reply;
