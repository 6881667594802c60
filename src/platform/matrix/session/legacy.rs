//! The session as earlier versions stored it: a custom value in the store of the encryption keys,
//! which the client library does not encrypt.

use matrix_sdk::Client;
use matrix_sdk::authentication::matrix::MatrixSession;

use super::super::settings::Settings;
use super::{error, persisted};
use crate::platform::PlatformError;

/// The key of the session among the custom values of the store.
const KEY: &[u8] = b"org.quoth.session";

/// Loads the session from the store of `client` and stores it in its file. `None` if there is none.
///
/// # Errors
/// If the store cannot be read, or the file not written.
pub(super) async fn load(
    client: &Client,
    settings: &Settings,
) -> Result<Option<MatrixSession>, PlatformError> {
    let stored = client.state_store().get_custom_value(KEY).await;
    let stored = stored.map_err(|error| error::store(&settings.folder, &error.into()))?;
    let Some(stored) = stored else { return Ok(None) };
    let session = serde_json::from_slice(&stored).map_err(|_| error::damaged(&settings.folder))?;
    persisted::save(&session, settings)?;
    Ok(Some(session))
}

/// Removes the session from the store, also from the pages of its database that are no longer used.
///
/// # Errors
/// If the store fails.
pub(super) async fn remove(client: &Client, settings: &Settings) -> Result<(), PlatformError> {
    let store = client.state_store();
    let removed = async {
        if store.get_custom_value(KEY).await?.is_some() {
            // Rebuilt first: if that is interrupted, the next start repeats it.
            store.set_custom_value_no_read(KEY, Vec::new()).await?;
            store.optimize().await?;
            store.remove_custom_value(KEY).await?;
        }
        Ok(())
    };
    removed
        .await
        .map_err(|error: matrix_sdk::StoreError| error::store(&settings.folder, &error.into()))
}
