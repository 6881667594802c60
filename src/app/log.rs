//! The log of the service, on standard error.

use std::io::IsTerminal;

use anyhow::Context;
use tracing::Metadata;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::prelude::*;

use crate::config::{LogFormat, LogSettings};

/// Crates that log message contents, names or tokens; always filtered out. Their failures are logged
/// where they are handled.
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

/// Starts logging. Panics if it is called twice.
pub(super) fn start(settings: &LogSettings) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(&settings.level).context("`level` in [log] is not a filter")?;
    let layer = tracing_subscriber::fmt::layer()
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    let layer = match settings.format {
        LogFormat::Text => layer.boxed(),
        LogFormat::Json => layer.json().flatten_event(true).boxed(),
    };
    let filter_sensitive = filter_fn(is_safe);
    tracing_subscriber::registry().with(filter).with(layer.with_filter(filter_sensitive)).init();
    log_panics();
    Ok(())
}

/// Logs where code panics, in the format of the log and without the panic's own message, which may
/// contain the text of a message.
fn log_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let location = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(location, "Panicked at {location}. This is a bug in quoth");
    }));
}

/// Whether it is from a crate that may be logged.
fn is_safe(metadata: &Metadata<'_>) -> bool {
    let crate_name = metadata.target().split("::").next().unwrap_or_default();
    !SENSITIVE_CRATES.contains(&crate_name)
}
