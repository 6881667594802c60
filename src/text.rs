//! Words, sentences and markup of a text, for matching, for checking packs and for showing it.
//!
//! The lowest layer: it must not know packs, questions or files.

pub mod abbreviation;
pub mod analyzer;
pub mod chat_noise;
pub mod detect;
pub mod fold;
pub mod identifier;
pub mod language;
pub mod markdown;
pub mod normalize;
pub mod phrases;
pub mod rich_text;
pub mod sentence;
pub mod tokenize;
pub mod whitespace;
pub mod word_boundary;

pub use analyzer::{Analyzer, Origin, Token};
pub use language::Language;
pub use markdown::MarkdownText;
pub use normalize::normalize_word;
pub use rich_text::RichText;
pub use tokenize::{for_each_word, tokenize};
