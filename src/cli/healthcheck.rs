//! `quoth healthcheck`: requests `/readyz` of the service on this machine.

use std::io::Write;

use anyhow::bail;

use super::Status;
use super::config_args::ConfigArgs;
use crate::app::health_client::{self, local_address};

pub(super) fn run(config: &ConfigArgs) -> anyhow::Result<Status> {
    let http = config.read()?.http;
    if !http.is_on {
        bail!("the health endpoint is disabled (`is_on` in [http])");
    }
    match health_client::get(http.listen, "/readyz") {
        Ok(response) => {
            anstream::stdout().write_all(response.body.as_bytes())?;
            Ok(if response.is_ok { Status::Success } else { Status::Failed })
        }
        Err(error) => {
            let address = local_address(http.listen);
            writeln!(
                anstream::stdout(),
                "no service answers: no response from {address}: {error}"
            )?;
            Ok(Status::Failed)
        }
    }
}
