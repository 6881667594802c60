//! Packs: sources, quotes proved against them, entries, gaps and the lexicon.
//!
//! Everything here works on bytes and text that the caller has read. Nothing here opens a file.

pub mod curated;
pub mod draft;
pub mod entry;
pub mod export;
mod faq_parts;
pub mod finding;
#[cfg(test)]
pub(crate) mod fixtures;
pub mod import;
pub mod lexicon;
pub mod line_index;
pub mod lint;
pub mod new_pack;
mod other_form;
pub mod pack;
pub mod passage;
pub mod patch;
pub mod quote;
pub mod quote_split;
pub mod scaffold;
mod slug;
pub mod source;
pub mod toml_reader;
pub mod toml_text;

pub use curated::CuratedTexts;
pub use draft::{EntryDraft, MessageDraft, QuoteDraft};
pub use entry::{Content, Entry, EntryId, Translation};
pub use finding::{Finding, Rule, Severity};
pub use lexicon::Lexicon;
pub use line_index::LineIndex;
pub use pack::{Pack, PackFile, PackFiles, Proof, ProvedPack, SourceLocation, prove};
pub use patch::{EntryChange, EntryFields, LexiconError, LexiconPatch, Patch, PatchError};
pub use quote::{Quote, QuoteError};
pub use source::{Paragraphs, Source};
