//! The stored session. It is in the same store as the encryption keys: it is encrypted like them,
//! and neither is lost without the other.

use matrix_sdk::Client;
use matrix_sdk::authentication::matrix::MatrixSession;

use super::error;
use crate::platform::PlatformError;

/// The key of the session among the custom values of the store.
const KEY: &[u8] = b"org.quoth.session";

/// Loads the session; `None` if there was no login yet.
pub(super) async fn load(client: &Client) -> Result<Option<MatrixSession>, PlatformError> {
    let stored = client.state_store().get_custom_value(KEY).await;
    let Some(stored) = stored.map_err(|error| error::store(&error.into()))? else {
        return Ok(None);
    };
    serde_json::from_slice(&stored).map(Some).map_err(|_| error::damaged())
}

/// Stores the session of `client`.
pub(super) async fn save(client: &Client) -> Result<(), PlatformError> {
    let session = client.matrix_auth().session().ok_or_else(error::damaged)?;
    let session = serde_json::to_vec(&session).map_err(|_| error::damaged())?;
    let result = client.state_store().set_custom_value_no_read(KEY, session).await;
    result.map_err(|error| error::store(&error.into()))
}
