//! The Discord platform: `quoth run` against the fake server.

mod answers;
mod api_errors;
pub(crate) mod bot;
mod catch_up;
mod channels;
mod chaos;
mod close_codes;
mod concurrency;
mod edits;
mod fake_permissions;
mod fake_server;
mod gateway;
mod limits;
mod markdown;
mod moderation;
mod outages;
mod permissions;
mod questions;
mod rate_limiter;
mod reply_rules;
mod spaces;
mod start;
mod threads;
mod validation;
