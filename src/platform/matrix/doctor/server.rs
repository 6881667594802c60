//! Checks of the homeserver: whether it can be reached, and how it is spoken to.

use matrix_sdk::Client;
use serde::Deserialize;

use super::super::session::{self, error};
use super::super::settings::{Login, Settings};
use super::super::tls_error::TlsError;
use super::{MatrixSetup, NO_RESPONSE, Server, ServerError, TIMEOUT, server_time};
use crate::platform::diagnosis::{CheckOutcome, CheckResult};

/// The response to `GET /_matrix/client/v3/login`.
#[derive(Deserialize)]
struct LoginFlows {
    flows: Vec<LoginFlow>,
}

#[derive(Deserialize)]
struct LoginFlow {
    #[serde(rename = "type")]
    kind: String,
}

/// Asks the homeserver which versions it speaks.
pub(super) async fn fetch(settings: &Settings) -> Result<Server, ServerError> {
    let server = tokio::time::timeout(2 * TIMEOUT, async {
        let client = session::build_server(settings).await.map_err(|error| {
            TlsError::find(&error).map_or_else(
                || ServerError::Other(error::build(&settings.folder, error).to_string()),
                ServerError::Tls,
            )
        })?;
        let url = client.homeserver().join("/_matrix/client/versions");
        let url = url.map_err(|_| ServerError::Other(error::not_a_homeserver().to_string()))?;
        let response = client.http_client().get(url).timeout(TIMEOUT).send().await;
        let response = response.map_err(|error| {
            TlsError::find(&error).map_or_else(
                || ServerError::Other(error::no_response(&error).to_string()),
                ServerError::Tls,
            )
        })?;
        let server_time = server_time(response.headers());
        let is_success = response.status().is_success();
        let body = response.bytes().await.unwrap_or_default();
        let versions = serde_json::from_slice(&body).ok().filter(|_| is_success);
        let not_a_homeserver = || ServerError::Other(error::not_a_homeserver().to_string());
        Ok(Server { client, versions: versions.ok_or_else(not_a_homeserver)?, server_time })
    });
    server.await.unwrap_or_else(|_| {
        let message =
            "the homeserver does not respond: check `homeserver` in [matrix], and the network";
        Err(ServerError::Other(message.to_owned()))
    })
}

pub(super) async fn has_authorities(_: &MatrixSetup) -> CheckOutcome {
    // The system's authorities are read when a client is built.
    let built = matrix_sdk::reqwest::Client::builder().build();
    Ok(match built.err().and_then(|error| TlsError::find(&error)) {
        None => CheckResult::ok("there are some"),
        Some(error) => {
            CheckResult::wrong("this machine has no certificate authorities", error.to_string())
        }
    })
}

pub(super) async fn is_reachable(setup: &MatrixSetup) -> CheckOutcome {
    match setup.fetched_server().await {
        Err(ServerError::Other(advice)) => {
            Ok(CheckResult::wrong("no usable response of a homeserver", advice.clone()))
        }
        _ => setup
            .server()
            .await
            .map(|it| CheckResult::ok(format!("{} responds", homeserver_url(&it.client)))),
    }
}

/// The address of the homeserver.
fn homeserver_url(client: &Client) -> String {
    client.homeserver().host_str().unwrap_or_default().to_owned()
}

pub(super) async fn is_certificate_valid(setup: &MatrixSetup) -> CheckOutcome {
    match setup.fetched_server().await {
        Err(ServerError::Tls(error)) if *error != TlsError::NoAuthorities => Ok(
            CheckResult::wrong("there is no TLS connection to the homeserver", error.to_string()),
        ),
        _ => match setup.server().await?.client.homeserver().scheme() {
            "https" => Ok(CheckResult::ok("it is valid, and from an authority that is trusted")),
            _ => Err("the address of the homeserver is http://, without TLS".to_owned()),
        },
    }
}

pub(super) async fn is_version_known(setup: &MatrixSetup) -> CheckOutcome {
    let versions = &setup.server().await?.versions.versions;
    match versions.iter().rev().find(|version| version.starts_with("v1.")) {
        Some(newest) => Ok(CheckResult::ok(format!("up to {newest}"))),
        None => Ok(CheckResult::wrong(
            "the homeserver speaks no version of Matrix from v1.1 on",
            "upgrade the homeserver, or use an account on another one",
        )),
    }
}

pub(super) async fn offers_login(setup: &MatrixSetup) -> CheckOutcome {
    if matches!(setup.settings.login, Login::Token(_)) {
        return Err("a token is configured: quoth does not log in".to_owned());
    }
    let client = &setup.server().await?.client;
    let url = client.homeserver().join("/_matrix/client/v3/login").map_err(|it| it.to_string())?;
    let response = client.http_client().get(url).timeout(TIMEOUT).send().await;
    let response = response.map_err(|_| NO_RESPONSE.to_owned())?;
    let body = response.bytes().await.map_err(|_| NO_RESPONSE.to_owned())?;
    let offered: LoginFlows = serde_json::from_slice(&body).map_err(|_| NO_RESPONSE.to_owned())?;
    if offered.flows.iter().any(|flow| flow.kind == "m.login.password") {
        return Ok(CheckResult::ok("it offers a login with a password"));
    }
    Ok(CheckResult::wrong(
        "the homeserver offers no login with a password",
        "set `token` in [matrix] (QUOTH_MATRIX__TOKEN_FILE) to an access token of the bot's account instead of `user` and \
         `password`, or use an account on a homeserver that offers it",
    ))
}
