//! Setting Matrix up, apart from serving it.

use anyhow::{Context, Result};

use super::platforms;
use crate::config::Config;
use crate::platform::matrix::{SetupMode, VerificationStatus, set_up};
use crate::service::{Clock, SystemClock};
use crate::store::records::{Records, SqliteRecords};

/// Does what `wish` says for the account that `config` names.
///
/// # Errors
/// What is wrong with the configuration, the data folder, the homeserver or the keys.
pub fn matrix_setup(config: &Config, wish: SetupMode) -> Result<VerificationStatus> {
    let settings = platforms::matrix_settings(config).context(
        "no Matrix account is configured: set `homeserver`, `user` and `password` in [matrix] (docs/matrix.md)",
    )?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        // Holds the data folder: two processes must not use the same keys.
        let records = SqliteRecords::open(&config.data, SystemClock.now()).await?;
        let standing = set_up(&settings, wish).await;
        records.close().await;
        Ok(standing?)
    })
}
