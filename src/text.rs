//! Words and sentences of a text, for matching and for checking packs.
//!
//! The lowest layer: it must not know packs, questions or files.

pub mod analyzer;
pub mod chat_noise;
pub mod detect;
pub mod fold;
pub mod identifier;
pub mod language;
pub mod normalize;
pub mod phrases;
pub mod sentence;
pub mod tokenize;
pub mod whitespace;

pub use analyzer::{Analyzer, Origin, Token};
pub use language::Language;
pub use normalize::normalize_word;
pub use tokenize::{for_each_word, tokenize};
