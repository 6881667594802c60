//! Stand-ins for what the program talks to.

#[cfg(feature = "discord")]
#[allow(dead_code, reason = "the platform's tests use the rest")]
pub(crate) mod discord;
