//! Words and sentences of a text, as matching and proving see them.
//!
//! The lowest layer: it knows no pack, no question and no file.

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
