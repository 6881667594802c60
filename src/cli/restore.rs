//! `quoth restore`: puts a backup in place of the data folder and the packs of the configuration.

use std::io::{self, Write};
use std::path::PathBuf;

use anyhow::Context;

use super::Status;
use super::backup::CONFIGURATION;
use super::config_args::ConfigArgs;
use crate::config::Config;
use crate::service::{Clock, SystemClock, packs};
use crate::store::restore::{self, Restore, RestoreReport, RestoreTarget, StagedRestore};

/// What `quoth restore --help` says first.
pub(super) const LONG_ABOUT: &str = "Restore a backup to the data folder and the packs of the configuration. The service must be stopped.

Everything is checked before anything is replaced: the manifest, the size and SHA-256 of each file, the records, and every quote of the packs. What is replaced is kept in the data folder, in a folder whose name begins with `before-restore-`.

The configuration and its secrets are not restored: they say where the rest goes. The bot logs in to Matrix as a new device, which `quoth matrix setup --recover` verifies with the recovery key of the account.

If it is interrupted, either nothing has changed, or repeating the command, or starting the service, finishes it.";

/// Arguments of `quoth restore`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Folder of the backup.
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// Replace records, packs, key and Matrix session that exist. They are kept in the data folder.
    #[arg(long)]
    force: bool,
    /// Leave the packs as they are, for instance since they are under git.
    #[arg(long)]
    without_packs: bool,
    /// Go on with the Matrix session that is in the data folder instead of a new device. Only where the bot has run with
    /// this folder until now: a copy from elsewhere would make messages unreadable.
    #[arg(long)]
    keep_matrix_device: bool,
}

pub(super) fn run(args: &Args, config: &ConfigArgs) -> anyhow::Result<Status> {
    let config = config.read()?;
    let target = RestoreTarget {
        data: config.data.clone(),
        packs: config.spaces().pack_folders().into_iter().map(Into::into).collect(),
        hash_key: config.records.hash_key.as_ref().map(|key| key.expose().to_owned()),
        leaves_packs: args.without_packs,
        keeps_matrix_device: args.keep_matrix_device,
        replaces: args.force,
    };
    let report = match restore::stage(&args.folder, &target, SystemClock.now())? {
        Restore::Staged(staged) => commit(*staged)?,
        Restore::Finished(report) => *report,
    };
    print(&report, args, &config, &mut anstream::stdout())?;
    Ok(Status::Success)
}

/// Puts the backup in place if its packs stand the proof.
fn commit(staged: StagedRestore) -> anyhow::Result<RestoreReport> {
    for pack in staged.packs.iter().filter(|pack| !pack.was_wrong) {
        packs::check(&pack.backup_folder, &pack.files).context(
            "nothing is restored: a pack of the backup has errors in this version of quoth; restore with the version that made the backup, or without packs (--without-packs)",
        )?;
    }
    Ok(staged.commit()?)
}

fn print(
    report: &RestoreReport,
    args: &Args,
    config: &Config,
    out: &mut impl Write,
) -> io::Result<()> {
    let (from, data) = (args.folder.display(), config.data.display());
    if report.was_interrupted {
        writeln!(out, "The restore of {from} to {data} had been interrupted and is finished")?;
    } else {
        let (at, by) = report.manifest.as_ref().map_or_else(
            || {
                (
                    String::new(),
                    " (it has no manifest, so a file that is missing was not noticed)".to_owned(),
                )
            },
            |it| (format!(" of {}", it.made_at), format!(" (made by quoth {})", it.version)),
        );
        writeln!(out, "The backup {from}{at}{by} is restored to {data}")?;
    }
    writeln!(out, "- the records")?;
    for folder in &report.packs {
        writeln!(out, "- the pack {}", folder.display())?;
    }
    for folder in &report.same_packs {
        writeln!(out, "- the pack {} was the same", folder.display())?;
    }
    if let Some(kept) = &report.kept {
        writeln!(out, "What was replaced is in {}", kept.display())?;
    }
    let left = left_to_do(report, args, config);
    if !left.is_empty() {
        writeln!(out, "Left to do:")?;
    }
    left.iter().try_for_each(|line| writeln!(out, "- {line}"))
}

/// What the operator has to do before the bot is as it was.
fn left_to_do(report: &RestoreReport, args: &Args, config: &Config) -> Vec<String> {
    let mut left = Vec::new();
    if report.has_other_key {
        left.push(format!(
            "the key of the hashes is not the one of the backup, so known askers count as new ones: set `hash_key` in [records] to the one that it was{}",
            if config.records.hash_key.is_some() { "" } else { ", or restore the file asker.key" }
        ));
    }
    for pack in report.manifest.iter().flat_map(|manifest| &manifest.packs) {
        let is_restored = |folder: &PathBuf| folder.file_name() == Some(pack.name.as_ref());
        if !pack.is_proved && report.packs.iter().any(is_restored) {
            left.push(format!(
                "the pack {} had errors when it was backed up: `quoth check`",
                pack.name
            ));
        }
    }
    if report.is_data_new && is_owned_by_root(config) {
        let data = config.data.display();
        left.push(format!("if quoth does not run as root: `chown -R USER: {data}`"));
    }
    if config.matrix.homeserver.is_some() && !report.has_matrix_device {
        left.push("Matrix: verify the new device with the recovery key of the account, `quoth matrix setup --recover`; remove the old device (docs/matrix.md)".to_owned());
    }
    if args.folder.join(CONFIGURATION).is_file() {
        let file = args.folder.join(CONFIGURATION);
        left.push(format!(
            "the configuration is not restored; that of the backup is {}",
            file.display()
        ));
    }
    left.push("start quoth: `quoth run`".to_owned());
    left
}

#[cfg(unix)]
fn is_owned_by_root(config: &Config) -> bool {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata(&config.data).is_ok_and(|data| data.uid() == 0)
}

#[cfg(not(unix))]
fn is_owned_by_root(_: &Config) -> bool {
    false
}
