//! quoth is a chat bot that answers questions with verbatim, cited quotes from curated documents.
//!
//! `docs/ARCHITECTURE.md` describes the layers. A layer may use only those below it: [`text`] is the
//! lowest, then come [`knowledge`], [`matching`], [`conversation`], [`moderation`], [`store`],
//! [`service`], [`platform`], [`config`], [`app`] and [`cli`].

pub mod app;
pub mod cli;
pub mod config;
pub mod conversation;
pub mod knowledge;
pub mod matching;
pub mod moderation;
pub mod platform;
pub mod service;
pub mod store;
pub mod text;
