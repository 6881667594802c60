//! Stand-ins for what the program talks to.

#[cfg(feature = "discord")]
pub(crate) mod discord;
#[cfg(feature = "discord")]
pub(crate) mod in_process;
