//! Discord, through the stand-in.

mod refusals;
mod stand_in;
