//! Discord, through the stand-in.

pub(crate) mod bot;
mod markdown;
mod refusals;
mod stand_in;
