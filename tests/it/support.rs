//! Fake and real servers that the program connects to.

#[cfg(feature = "phrasings")]
pub(crate) mod chat_model;
#[cfg(feature = "discord")]
pub(crate) mod discord;
#[cfg(feature = "matrix")]
pub(crate) mod fault_proxy;
#[cfg(feature = "discord")]
pub(crate) mod in_process;
#[cfg(feature = "matrix")]
pub(crate) mod matrix;
pub(crate) mod program;
#[cfg(feature = "matrix")]
pub(crate) mod synapse;
