//! Words and sentences of a text, for matching and for checking packs.
//!
//! The lowest layer: it must not know packs, questions or files.

pub mod chat_noise;
pub mod normalize;
pub mod sentence;
pub mod stem;
pub mod stop_words;
pub mod tokenize;
pub mod whitespace;

pub use normalize::normalize_word;
pub use stem::{Language, Stemmer};
pub use tokenize::{Token, for_each_word, tokenize};
