//! `quoth completions SHELL`.

use std::io::Write;

use clap::CommandFactory;
use clap_complete::Shell;

use super::{Cli, Status};

/// Arguments of `quoth completions`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The shell to complete for.
    shell: Shell,
}

pub(super) fn run(args: &Args) -> anyhow::Result<Status> {
    // Into memory first: the generator panics when it cannot write.
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "quoth", &mut script);
    std::io::stdout().write_all(&script)?;
    Ok(Status::Success)
}
