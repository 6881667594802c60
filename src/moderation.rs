//! What curators do with packs and settings, as data: edits, their proof and their review, revisions, the inbox, and phrasings that a language model
//! drafts and a person takes over.
//!
//! Pure, like the layers below: no clock, file, network or platform.

pub mod difference;
pub mod edit;
pub mod inbox;
pub mod phrasing_drafts;
pub mod proposal;
pub mod report;
pub mod review;
pub mod revision;
pub mod setting_edit;
pub mod typed_edit;

pub use edit::{Edit, ProvedEdit, RefusedEdit};
pub use proposal::{Proposal, ProposedCommand};
pub use revision::{Revision, RevisionAuthor, Subject};
pub use setting_edit::{ProvedSettingEdit, RefusedSettingEdit, SettingEdit};
