//! Integration tests: through the `quoth` binary and on real files.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "clippy.toml allows them in test functions only; shared helpers need them, too"
)]

mod architecture;
mod ask;
#[cfg(unix)]
mod backup;
#[cfg(unix)]
mod behaviors;
#[cfg(unix)]
mod bridge;
mod calibrate;
mod chat;
mod chat_edits;
mod check;
mod config;
mod devset;
#[cfg(all(unix, feature = "discord"))]
mod discord;
#[cfg(unix)]
mod doctor;
#[cfg(target_os = "linux")]
mod edit_crashes;
#[cfg(unix)]
mod edit_history;
#[cfg(unix)]
mod edit_kills;
mod faq;
#[cfg(unix)]
mod faq_review;
#[cfg(all(unix, any(feature = "discord", feature = "matrix")))]
mod first_pack;
mod folder;
mod import;
mod import_examples;
#[cfg(unix)]
mod inbox;
#[cfg(unix)]
mod kill;
#[cfg(any(feature = "discord", feature = "matrix"))]
mod markup;
#[cfg(all(unix, feature = "matrix"))]
mod matrix;
#[cfg(feature = "matrix")]
mod matrix_html;
#[cfg(target_os = "linux")]
mod migration;
mod new;
mod own_faq;
#[cfg(unix)]
mod pack_changes;
mod pack_independence;
mod patch;
#[cfg(target_os = "linux")]
#[cfg(feature = "phrasings")]
mod phrasings;
mod power_failure;
mod preload;
mod proof;
mod question_groups;
mod quoth;
#[cfg(any(feature = "discord", feature = "matrix"))]
mod random;
#[cfg(unix)]
#[cfg(target_os = "linux")]
mod records;
#[cfg(target_os = "linux")]
mod restore;
#[cfg(unix)]
mod run;
#[cfg(unix)]
mod service;
mod settings;
#[cfg(all(unix, feature = "discord", feature = "matrix"))]
mod setup;
mod small_packs;
#[cfg(unix)]
mod support;
mod tables;
