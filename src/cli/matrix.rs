//! `quoth matrix`: what is done for the bot's Matrix account once.

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
    /// Verify the bot's device by cross-signing, and make a recovery key, which is printed once. The
    /// service has to be stopped meanwhile.
    Setup {
        /// Read the account's recovery key, a line, and verify this device with it.
        #[arg(long)]
        recover: bool,
        /// Replace the recovery key by a new one.
        #[arg(long, conflicts_with = "recover")]
        new_recovery_key: bool,
        /// Give the account a new identity and recovery key, where the old ones are lost. People
        /// who verified the old one are told that it changed.
        #[arg(long, conflicts_with_all = ["recover", "new_recovery_key"])]
        new_identity: bool,
    },
}

pub(super) fn run(args: &Args, config: &ConfigArgs, terminal: &Terminal) -> anyhow::Result<Status> {
    let Command::Setup { recover, new_recovery_key, new_identity } = args.command;
    let config = config.read()?;
    config.check_matrix()?;
    let wish = if recover {
        SetupMode::Recover(recovery_key(terminal)?)
    } else if new_recovery_key {
        SetupMode::NewRecoveryKey
    } else if new_identity {
        SetupMode::NewIdentity
    } else {
        SetupMode::CreateMissing
    };
    let VerificationStatus { is_verified, recovery } = matrix_setup(&config, wish)?;
    let mut out = anstream::stdout();
    if is_verified {
        writeln!(out, "The bot's device is verified: it is cross-signed by its account.")?;
    } else {
        writeln!(out, "The bot's device is NOT verified: clients may keep keys from it.")?;
    }
    match recovery {
        RecoveryKey::Created(key) => writeln!(
            out,
            "\nThe account's recovery key, which is not shown again:\n\n    {}\n\nKeep it where the passwords are. A device in another data folder is verified with it \
             (`quoth matrix setup --recover`).",
            key.expose_secret()
        )?,
        RecoveryKey::Existing => writeln!(
            out,
            "There is a recovery key. If it is lost, --new-recovery-key makes a new one."
        )?,
        RecoveryKey::Required => writeln!(
            out,
            "The account has a recovery key, which this device needs: give it to `quoth matrix setup --recover`. If it is lost, --new-identity starts anew."
        )?,
    }
    Ok(if is_verified { Status::Success } else { Status::Failed })
}

/// The recovery key from standard input: arguments are for everybody on this machine to read.
fn recovery_key(terminal: &Terminal) -> anyhow::Result<SecretString> {
    if terminal.is_interactive() {
        terminal.note("The recovery key of the bot's account:");
    }
    let mut line = String::new();
    std::io::stdin().read_line(&mut line)?;
    Ok(line.trim().to_owned().into())
}
