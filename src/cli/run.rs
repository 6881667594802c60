//! `quoth run`: runs the bot on the configured platforms.

use super::Status;
use super::config_args::ConfigArgs;
use crate::app::{self, ExitReason};

pub(super) fn run(config: &ConfigArgs) -> Status {
    match app::run(&config.sources()) {
        ExitReason::Requested => Status::Success,
        ExitReason::TransientFault => Status::Failed,
        ExitReason::PermanentFault => Status::Misconfigured,
    }
}
