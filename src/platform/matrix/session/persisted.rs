//! The session between two starts, in the store of the keys: what is encrypted there is encrypted
//! here, and one is never without the other.

use matrix_sdk::Client;
use matrix_sdk::authentication::matrix::MatrixSession;

use super::error;
use crate::platform::PlatformError;

/// Where it stands among other values of the store.
const KEY: &[u8] = b"org.quoth.session";

/// The session that is kept; `None` if nobody has logged in yet.
pub(super) async fn read(client: &Client) -> Result<Option<MatrixSession>, PlatformError> {
    let kept = client.state_store().get_custom_value(KEY).await;
    let Some(kept) = kept.map_err(|error| error::store(&error.into()))? else { return Ok(None) };
    serde_json::from_slice(&kept).map(Some).map_err(|_| error::damaged())
}

/// Keeps the session that `client` has.
pub(super) async fn write(client: &Client) -> Result<(), PlatformError> {
    let session = client.matrix_auth().session().ok_or_else(error::damaged)?;
    let session = serde_json::to_vec(&session).map_err(|_| error::damaged())?;
    let kept = client.state_store().set_custom_value_no_read(KEY, session).await;
    kept.map_err(|error| error::store(&error.into()))
}
