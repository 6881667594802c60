//! quoth answers questions in chat with verbatim, cited quotes from curated documents.
//!
//! `docs/ARCHITECTURE.md` walks through the folders. Imports point down: [`text`] knows nothing
//! of the rest, [`knowledge`] builds on it, and so on up to the command line.

pub mod app;
pub mod cli;
pub mod config;
pub mod conversation;
pub mod knowledge;
pub mod matching;
pub mod platform;
pub mod service;
pub mod store;
pub mod text;
