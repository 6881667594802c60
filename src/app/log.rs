//! The log of the service, on standard error.

use std::io::IsTerminal;

use anyhow::Context;
use tracing::Metadata;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::prelude::*;

use crate::config::{LogFormat, LogSettings};

/// Libraries that log what they carry: messages, names and tokens. They are not heard at any level;
/// what matters of what they do is logged where it is handled.
pub const SENSITIVE_CRATES: [&str; 19] = [
    "deadpool",
    "deadpool_sqlite",
    "eyeball",
    "h2",
    "hyper",
    "hyper_util",
    "matrix_sdk",
    "matrix_sdk_base",
    "matrix_sdk_common",
    "matrix_sdk_crypto",
    "matrix_sdk_sqlite",
    "reqwest",
    "ruma_common",
    "rustls",
    "serenity",
    "tokio_tungstenite",
    "tungstenite",
    "typemap_rev",
    "vodozemac",
];

/// Starts logging. Called once.
pub(super) fn start(settings: &LogSettings) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(&settings.level).context("the level of [log] is no filter")?;
    let layer = tracing_subscriber::fmt::layer()
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    let layer = match settings.format {
        LogFormat::Text => layer.boxed(),
        LogFormat::Json => layer.json().flatten_event(true).boxed(),
    };
    let discreet = filter_fn(is_discreet);
    tracing_subscriber::registry().with(filter).with(layer.with_filter(discreet)).init();
    Ok(())
}

fn is_discreet(metadata: &Metadata<'_>) -> bool {
    let library = metadata.target().split("::").next().unwrap_or_default();
    !SENSITIVE_CRATES.contains(&library)
}
