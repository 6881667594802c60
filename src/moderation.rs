//! What curators do with packs, as data: so far, phrasings that a language model drafts and a person
//! takes over.
//!
//! Pure, like the layers below: no clock, file, network or platform.

pub mod phrasing_drafts;
