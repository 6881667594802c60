//! `quoth run`: runs the bot on the configured platforms.

use super::Status;
use super::config_args::ConfigArgs;
use crate::app::{self, ExitReason};

pub(super) fn run(config: &ConfigArgs) -> anyhow::Result<Status> {
    match app::run(&config.sources())? {
        ExitReason::Requested => Ok(Status::Success),
        ExitReason::NoPlatformLeft => Ok(Status::Failed),
    }
}
