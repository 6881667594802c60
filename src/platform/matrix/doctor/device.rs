//! Checks of the device's verification, by what the homeserver has of it. Signatures are not verified here: clients do
//! that, and the service says in its log if its own do not hold.

use std::collections::{BTreeMap, HashMap};

use matrix_sdk::authentication::matrix::MatrixSession;
use serde::Deserialize;
use serde_json::{Value, json};

use super::MatrixSetup;
use crate::platform::diagnosis::{CheckOutcome, CheckResult};

/// What to do about a device or an identity that is not set up.
const SET_UP: &str = "stop quoth, run `quoth matrix setup`, and start it (docs/matrix.md); until then, clients may withhold \
                      the keys of encrypted rooms from the bot";

/// The response to `POST /_matrix/client/v3/keys/query`: keys by user, those of devices also by device.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct AccountKeys {
    master_keys: HashMap<String, Value>,
    self_signing_keys: HashMap<String, SigningKey>,
    device_keys: HashMap<String, HashMap<String, DeviceKeys>>,
}

#[derive(Deserialize)]
struct SigningKey {
    /// By their names, which signatures have, too.
    keys: BTreeMap<String, Value>,
}

#[derive(Deserialize)]
struct DeviceKeys {
    /// By the user who signed, and the name of the key.
    #[serde(default)]
    signatures: HashMap<String, HashMap<String, Value>>,
}

/// The response to the request for the name of the account's default key of secret storage.
#[derive(Deserialize)]
struct DefaultKey {
    key: String,
}

/// The keys of the bot's account: those of its devices, and of its identity.
async fn keys(setup: &MatrixSetup) -> Result<(MatrixSession, &AccountKeys), String> {
    let session = setup.accepted_session().await?;
    let query = json!({ "device_keys": { (session.meta.user_id.as_str()): [] } });
    let path = "/_matrix/client/v3/keys/query";
    let fetch = async { setup.send(&session, path, Some(query)).await?.success() };
    let keys = setup.keys.get_or_init(|| fetch).await;
    keys.as_ref().map(|keys| (session, keys)).map_err(Clone::clone)
}

pub(super) async fn has_identity(setup: &MatrixSetup) -> CheckOutcome {
    let (session, keys) = keys(setup).await?;
    let user = session.meta.user_id.as_str();
    if keys.master_keys.contains_key(user) && keys.self_signing_keys.contains_key(user) {
        return Ok(CheckResult::ok("it has one"));
    }
    Ok(CheckResult::wrong("the bot's account has no identity that could verify its device", SET_UP))
}

pub(super) async fn is_verified(setup: &MatrixSetup) -> CheckOutcome {
    let (session, keys) = keys(setup).await?;
    let (user, device) = (session.meta.user_id.as_str(), session.meta.device_id.as_str());
    let signing_key = keys.self_signing_keys.get(user).and_then(|key| key.keys.keys().next());
    let Some(signing_key) = signing_key else {
        return Err("the account has no identity (see matrix-cross-signing)".to_owned());
    };
    let device = keys.device_keys.get(user).and_then(|devices| devices.get(device));
    let signatures = device.and_then(|device| device.signatures.get(user));
    if signatures.is_some_and(|signatures| signatures.contains_key(signing_key)) {
        return Ok(CheckResult::ok("it is signed by the account's identity"));
    }
    let message = if device.is_some() {
        "the bot's device is not signed by the account's identity"
    } else {
        "the homeserver has no keys of the bot's device"
    };
    Ok(CheckResult::wrong(message, SET_UP))
}

pub(super) async fn has_recovery_key(setup: &MatrixSetup) -> CheckOutcome {
    let session = setup.accepted_session().await?;
    let user = session.meta.user_id.as_str();
    let path = format!("/_matrix/client/v3/user/{user}/account_data/m.secret_storage.default_key");
    let response = setup.get(&session, &path).await?;
    let has_key = match response.status {
        404 => false,
        // An account that has deleted its key has an empty object there.
        200 => response.success::<DefaultKey>().is_ok_and(|it| !it.key.is_empty()),
        status => return Err(format!("the homeserver responds with HTTP status {status}")),
    };
    if has_key {
        return Ok(CheckResult::ok("it has one: keep it with your passwords"));
    }
    Ok(CheckResult::wrong(
        "the account has no recovery key: if the data folder is lost, no new device can be verified with it",
        "stop quoth, run `quoth matrix setup`, store the key that it prints, and start quoth",
    ))
}
