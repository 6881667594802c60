//! Matrix, with a real homeserver and real clients.

pub(crate) mod bot;
mod doctor;
mod encryption;
mod federation;
mod follow_ups;
mod login;
mod moderation;
mod network;
mod other_client;
mod question_load;
mod questions;
mod restore;
mod rooms;
mod session_files;
mod setup;
mod traffic;
