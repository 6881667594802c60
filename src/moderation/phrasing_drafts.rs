//! Phrasings of entries that a language model drafts. They are no part of a pack until a person takes
//! them over: [`Prompt`] asks for them, a [`Reviewer`] throws away what would not help, and a
//! [`DraftFile`] keeps the rest, until a [`Takeover`] says what they change in the pack.

mod draft_file;
mod prompt;
mod review;
mod takeover;

pub use draft_file::{DraftFile, DraftFileError, EntryDrafts};
pub use prompt::{Prompt, phrasings_of_reply};
pub use review::{Rejection, Review, Reviewer};
pub use takeover::Takeover;
