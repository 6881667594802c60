//! `quoth matrix`: sets up the bot's Matrix account.

use std::io::Write;

use secrecy::{ExposeSecret, SecretString};

use super::Status;
use super::config_args::ConfigArgs;
use super::terminal::Terminal;
use crate::app::matrix_setup;
use crate::platform::matrix::{RecoveryKey, SetupMode, VerificationStatus};

/// Arguments of `quoth matrix`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Verify the bot's device by cross-signing, and create a recovery key, which is printed once. The
    /// service must be stopped.
    Setup {
        /// Read the account's recovery key from standard input and verify this device with it.
        #[arg(long)]
        recover: bool,
        /// Replace the recovery key with a new one.
        #[arg(long, conflicts_with = "recover")]
        new_recovery_key: bool,
        /// Reset the account's identity and recovery key, if the old ones are lost. Clients of users who
        /// verified the old identity show that it changed.
        #[arg(long, conflicts_with_all = ["recover", "new_recovery_key"])]
        new_identity: bool,
    },
}

pub(super) fn run(args: &Args, config: &ConfigArgs, terminal: &Terminal) -> anyhow::Result<Status> {
    let Command::Setup { recover, new_recovery_key, new_identity } = args.command;
    let config = config.read()?;
    config.check_matrix()?;
    let mode = if recover {
        SetupMode::Recover(recovery_key(terminal)?)
    } else if new_recovery_key {
        SetupMode::NewRecoveryKey
    } else if new_identity {
        SetupMode::NewIdentity
    } else {
        SetupMode::CreateMissing
    };
    let VerificationStatus { is_verified, recovery } = matrix_setup(&config, mode)?;
    let mut out = anstream::stdout();
    if is_verified {
        writeln!(out, "The bot's device is verified: it is cross-signed by its account.")?;
    } else {
        writeln!(out, "The bot's device is NOT verified: clients may withhold room keys from it.")?;
    }
    match recovery {
        RecoveryKey::Created(key) => writeln!(
            out,
            "\nThe account's recovery key, which is not shown again:\n\n    {}\n\nStore it with your passwords. It verifies a device in another data folder \
             (`quoth matrix setup --recover`).",
            key.expose_secret()
        )?,
        RecoveryKey::Existing => writeln!(
            out,
            "There is a recovery key. If it is lost, --new-recovery-key creates a new one."
        )?,
        RecoveryKey::Required => writeln!(
            out,
            "The account has a recovery key, which this device needs: run `quoth matrix setup --recover`. If it is lost, --new-identity resets the identity."
        )?,
        RecoveryKey::Unavailable => writeln!(
            out,
            "No recovery key was created: the keys that it would recover are on another device of the account. Run `quoth matrix setup` in the data folder \
             where the bot ran first. If that is lost, --new-identity resets the identity."
        )?,
    }
    Ok(if is_verified { Status::Success } else { Status::Failed })
}

/// Reads the recovery key from standard input. It is not an argument, since other users of the machine
/// can read those.
fn recovery_key(terminal: &Terminal) -> anyhow::Result<SecretString> {
    if terminal.is_interactive() {
        terminal.note("The recovery key of the bot's account:");
    }
    let mut line = String::new();
    std::io::stdin().read_line(&mut line)?;
    Ok(line.trim().to_owned().into())
}
