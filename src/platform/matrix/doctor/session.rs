//! Checks of the stored session.

use super::super::session::login::{TokenStatus, Whoami};
use super::super::session::{error, is_account, store_dir};
use super::super::settings::Login;
use super::{MatrixSetup, NO_RESPONSE, TokenError};
use crate::platform::diagnosis::{CheckOutcome, CheckResult};

pub(super) async fn can_read(setup: &MatrixSetup) -> CheckOutcome {
    match setup.stored() {
        Ok(Some(_)) => Ok(CheckResult::ok(match setup.settings.passphrase {
            Some(_) => "it opens with the passphrase",
            None => "it is stored without a passphrase",
        })),
        Ok(None) if store_dir::has_store(&setup.settings.folder) => {
            Err("an earlier version has stored it with the keys: the next start moves it"
                .to_owned())
        }
        Ok(None) => Err("the bot has not logged in yet: the first `quoth run` does".to_owned()),
        Err(advice) => Ok(CheckResult::wrong("the session cannot be opened", advice.clone())),
    }
}

pub(super) async fn is_of_account(setup: &MatrixSetup) -> CheckOutcome {
    let Login::Password { user, .. } = &setup.settings.login else {
        return Err("a token is configured (see matrix-token)".to_owned());
    };
    let session = setup.session()?;
    if is_account(user, &session.meta.user_id) {
        return Ok(CheckResult::ok("it is"));
    }
    let advice = error::other_account(&setup.settings.folder).to_string();
    Ok(CheckResult::wrong("the session is that of another account than `user` in [matrix]", advice))
}

pub(super) async fn has_store(setup: &MatrixSetup) -> CheckOutcome {
    setup.session()?;
    if store_dir::has_store(&setup.settings.folder) {
        return Ok(CheckResult::ok("they are there"));
    }
    Ok(CheckResult::wrong(
        format!("there is a session in {}, but its keys are gone", setup.settings.folder.display()),
        "at the next start quoth logs in as a new device: verify it with the account's recovery key (`quoth matrix setup \
         --recover`). Never copy the keys back from a backup: they would be older than what other devices have",
    ))
}

pub(super) async fn is_accepted(setup: &MatrixSetup) -> CheckOutcome {
    let session = setup.session()?;
    match setup.token_status(&session).await? {
        Ok(TokenStatus::Valid(Whoami { user_id, device_id })) => {
            let is_same = *user_id == session.meta.user_id
                && device_id.as_ref() == Some(&session.meta.device_id);
            if is_same {
                return Ok(CheckResult::ok("it is accepted, for the same device"));
            }
            let advice = error::other_device(&setup.settings.folder).to_string();
            Ok(CheckResult::wrong("the token is that of another account or device", advice))
        }
        Ok(TokenStatus::Expired) => match setup.settings.login {
            Login::Password { .. } => {
                Err("the session has expired: the service logs in again by itself".to_owned())
            }
            Login::Token(_) => {
                let advice = error::token_expired().to_string();
                Ok(CheckResult::wrong("the access token has expired", advice))
            }
        },
        Err(TokenError::Refused(advice)) => {
            Ok(CheckResult::wrong("the homeserver does not accept the session", advice.clone()))
        }
        Err(TokenError::NoResponse) => Err(NO_RESPONSE.to_owned()),
    }
}
