//! `quoth matrix setup`: verifies the bot's device without serving Matrix.

use anyhow::{Context, Result};

use super::platforms;
use crate::config::Config;
use crate::platform::matrix::{SetupMode, VerificationStatus, set_up};
use crate::service::{Clock, SystemClock};
use crate::store::records::{Records, SqliteRecords};

/// Sets the configured account up as `mode` says.
///
/// # Errors
/// A problem with the configuration, the data folder, the homeserver or the keys.
pub fn matrix_setup(config: &Config, mode: SetupMode) -> Result<VerificationStatus> {
    let settings = platforms::matrix_settings(config).context(
        "no Matrix account is configured: set `homeserver`, `user` and `password` in [matrix] (docs/matrix.md)",
    )?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        // Locks the data folder: two processes must not use the same keys.
        let records = SqliteRecords::open(&config.data, SystemClock.now()).await?;
        let status = set_up(&settings, mode).await;
        records.close().await;
        Ok(status?)
    })
}
