//! `quoth backup`: copies what another machine needs to go on, also while the service runs.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::Status;
use super::config::toml_view;
use super::config_args::ConfigArgs;
use crate::config::{Config, EffectiveSettings};
use crate::service::{Clock, SystemClock, packs};
use crate::store::backup::manifest::Manifest;
use crate::store::backup::{self, BackupSource};

/// Names of the files of the configuration in a backup.
pub(super) const CONFIGURATION: &str = "quoth.toml";
const SETTINGS: &str = "settings.txt";

/// What `quoth backup --help` says first.
pub(super) const LONG_ABOUT: &str = "Back up to a folder, also while the service runs:

- the records, as they are at one moment
- the packs of the configuration, as they are
- the key of the hashes of user ids, unless the configuration has it
- the configuration file without the secrets that stand in it, and the settings in effect
- a manifest with the size and SHA-256 of each file

No token, password or passphrase is in it, and of Matrix no session and no keys: a restored bot logs in as a new device, which the account's recovery key verifies. Keep that key and the secrets elsewhere.";

/// Arguments of `quoth backup`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Folder of the backup, which is missing or empty.
    #[arg(value_name = "DIR")]
    folder: PathBuf,
}

pub(super) fn run(args: &Args, config: &ConfigArgs) -> anyhow::Result<Status> {
    let sources = config.sources();
    let config = sources.read()?;
    let redacted = sources.redacted_file();
    let effective = sources.show()?;
    let settings = toml_view::render(&effective);
    let mut texts = vec![(SETTINGS.to_owned(), settings)];
    let mut secrets_left_out = Vec::new();
    if let Some(file) = redacted {
        texts.push((CONFIGURATION.to_owned(), file.text));
        secrets_left_out = file.left_out;
    }
    let source = BackupSource {
        data: &config.data,
        packs: config.spaces().pack_folders().into_iter().map(Path::to_owned).collect(),
        hash_key: config.records.hash_key.as_ref().map(|key| key.expose()),
        texts,
        secrets_left_out,
    };
    let is_proved = |files: &_| packs::check(Path::new(""), files).is_ok();
    let manifest = backup::create(&source, &args.folder, SystemClock.now(), is_proved)?;
    let out = &mut anstream::stdout();
    print(&config, &manifest, &args.folder, out)?;
    print_missing(&config, &effective, out)?;
    Ok(Status::Success)
}

fn print(
    config: &Config,
    backup: &Manifest,
    folder: &Path,
    out: &mut impl Write,
) -> io::Result<()> {
    let Manifest { packs, files, .. } = backup;
    let bytes: u64 = files.iter().map(|file| file.size_bytes).sum();
    writeln!(
        out,
        "{} is backed up to {}: {} files, {} kB",
        config.data.display(),
        folder.display(),
        files.len(),
        bytes.div_ceil(1000)
    )?;
    for pack in packs {
        let wrong = if pack.is_proved { "" } else { ", which has errors (`quoth check`)" };
        writeln!(out, "- the pack {}{wrong}", pack.from.display())?;
    }
    Ok(())
}

/// Prints what has to be kept elsewhere, since it is in no backup.
fn print_missing(
    config: &Config,
    effective: &EffectiveSettings,
    out: &mut impl Write,
) -> io::Result<()> {
    let secrets = effective.settings.iter().filter(|it| it.is_secret && !it.value.is_null());
    let mut missing: Vec<String> =
        secrets.map(|secret| format!("the secret {} ({})", secret.key, secret.from)).collect();
    if config.matrix.homeserver.is_some() {
        let of = config.matrix.user.as_ref().map(|user| format!(" of {user}")).unwrap_or_default();
        missing.push(format!(
            "the Matrix device: keep the recovery key{of}, which verifies a new one (docs/matrix.md)"
        ));
    }
    if !missing.is_empty() {
        writeln!(out, "Not in the backup, so keep elsewhere:")?;
    }
    missing.iter().try_for_each(|line| writeln!(out, "- {line}"))
}
