//! `quoth run`: serves the configured platforms.

use super::Status;
use super::config_args::ConfigArgs;
use crate::app::{self, End};

pub(super) fn run(config: &ConfigArgs) -> anyhow::Result<Status> {
    match app::run(&config.sources())? {
        End::Asked => Ok(Status::Success),
        End::NothingServed => Ok(Status::Failed),
    }
}
