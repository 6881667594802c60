//! Fake and real servers that the program connects to.

#[cfg(feature = "discord")]
pub(crate) mod discord;
#[cfg(feature = "discord")]
pub(crate) mod in_process;
#[cfg(feature = "matrix")]
pub(crate) mod matrix;
#[cfg(feature = "matrix")]
pub(crate) mod relay;
#[cfg(feature = "matrix")]
pub(crate) mod synapse;
