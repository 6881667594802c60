//! What curators do with packs, as data: edits and their proof, revisions, the inbox, and phrasings that a language model
//! drafts and a person takes over.
//!
//! Pure, like the layers below: no clock, file, network or platform.

pub mod edit;
pub mod inbox;
pub mod phrasing_drafts;
pub mod revision;

pub use edit::{Edit, ProvedEdit, RefusedEdit};
pub use revision::{Revision, RevisionAuthor};
