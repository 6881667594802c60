//! Matrix, through a real homeserver and real clients.

mod asking;
pub(crate) mod bot;
mod encryption;
mod following;
mod network;
mod rooms;
mod setup;
mod start;
mod talk;
mod traffic;
