//! `quoth backup`: copies the records, also while the service runs.

use std::io::Write;
use std::path::PathBuf;

use super::Status;
use super::config_args::ConfigArgs;
use crate::store::backup;

/// Arguments of `quoth backup`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Folder of the copy; created if it is missing.
    #[arg(value_name = "DIR")]
    folder: PathBuf,
}

pub(super) fn run(args: &Args, config: &ConfigArgs) -> anyhow::Result<Status> {
    let data = config.read()?.data;
    backup::create(&data, &args.folder)?;
    writeln!(anstream::stdout(), "{} is copied to {}", data.display(), args.folder.display())?;
    Ok(Status::Success)
}
