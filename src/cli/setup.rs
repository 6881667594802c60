//! `quoth setup`: asks a newcomer what is needed, and writes a configuration that has been checked.

mod interview;
mod pack_copy;
mod paths;
mod questions;

use std::path::{Path, PathBuf};

use anyhow::Context;

use super::Status;
use super::config_args::ConfigArgs;
use super::terminal::Terminal;
use crate::config::{COMMENTED_FILE, DEFAULT_FILE, SYSTEM_FILE, SetupAnswers};
use crate::store::{atomic, file_permissions};
use interview::Interview;
use pack_copy::PackCopy;
use paths::Paths;
use questions::Platforms;

/// Files in the data folder with the secrets of the answers.
const TOKEN_FILE: &str = "discord-token";
const PASSWORD_FILE: &str = "matrix-password";
const PASSPHRASE_FILE: &str = "matrix-passphrase";

/// The socket of the bridge in the data folder.
const SOCKET_FILE: &str = "bridge.sock";

/// Bytes of a passphrase that is made; it has twice as many digits.
const PASSPHRASE_BYTES: usize = 32;

/// A secret, and the file in the data folder that gets it.
type SecretFile = (&'static str, String);

pub(super) fn run(args: &ConfigArgs, terminal: &Terminal) -> anyhow::Result<Status> {
    let file = args.sources().file().unwrap_or_else(|| PathBuf::from(DEFAULT_FILE));
    let before = match std::fs::read_to_string(&file) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => COMMENTED_FILE.to_owned(),
        Err(error) => return Err(error).context(format!("cannot read {}", file.display())),
    };
    let paths = Paths::of(&file, &args.sources());
    let mut interview = Interview::start(terminal);
    terminal.note(
        "A few questions; Enter takes what stands in brackets. Nothing is written before the end.",
    );
    paths.check_writable()?;
    let platforms = questions::platforms(&mut interview)?;
    let (mut answers, secrets) = ask_for_accounts(&mut interview, platforms, &paths)?;
    let pack = questions::pack(&mut interview, paths.packs.first())?;
    answers.moderators = questions::moderators(&mut interview, platforms, paths.has_moderators)?;
    let copy = if answers.moderators.is_empty() {
        None
    } else {
        PackCopy::ask(&mut interview, &paths.data, &pack)?
    };
    answers.pack = paths.written(copy.as_ref().map_or(&pack, |copy| &copy.folder));
    let text = answers.applied_to(&before).with_context(|| {
        format!("{} is no TOML: `quoth config check` says where", file.display())
    })?;
    show(&text, &before, &file, terminal);
    for (name, _) in &secrets {
        let path = paths.data.join(name);
        let what = if path.exists() { "takes the place of the one there" } else { "is new" };
        terminal.note(&format!("In {}: a secret, which {what}", path.display()));
    }
    let written = interview.ask("Write this? (yes or no)", Some("yes"))?;
    if !["yes", "y"].contains(&written.to_lowercase().as_str()) {
        terminal.note("Nothing was written.");
        return Ok(Status::Success);
    }
    if let Some(copy) = copy {
        copy.make(&paths.data)?;
    }
    write(&file, &text, &paths, &secrets, args)?;
    terminal.note(&next_steps(platforms, file == Path::new(SYSTEM_FILE)));
    Ok(Status::Success)
}

/// The accounts of the platforms, and their secrets.
fn ask_for_accounts(
    interview: &mut Interview<'_>,
    platforms: Platforms,
    paths: &Paths,
) -> anyhow::Result<(SetupAnswers, Vec<SecretFile>)> {
    let mut answers = SetupAnswers::default();
    let mut secrets: Vec<SecretFile> = Vec::new();
    if platforms.has_discord {
        let kept = paths.existing(TOKEN_FILE);
        let token = questions::discord_token(interview, kept.as_deref())?;
        secrets.extend(token.map(|token| (TOKEN_FILE, token)));
        answers.discord_token_file = Some(paths.in_data(TOKEN_FILE));
    }
    if platforms.has_matrix {
        let files = (paths.in_data(PASSWORD_FILE), paths.in_data(PASSPHRASE_FILE));
        let kept = paths.existing(PASSWORD_FILE);
        let (account, password) = questions::matrix_account(interview, files, kept.as_deref())?;
        secrets.extend(password.map(|password| (PASSWORD_FILE, password)));
        if paths.existing(PASSPHRASE_FILE).is_none() {
            secrets.push((PASSPHRASE_FILE, new_passphrase()?));
        }
        answers.matrix = Some(account);
    }
    if !platforms.has_discord && !platforms.has_matrix {
        answers.bridge_socket = Some(paths.in_data(SOCKET_FILE));
    }
    Ok((answers, secrets))
}

fn new_passphrase() -> anyhow::Result<String> {
    let mut bytes = [0; PASSPHRASE_BYTES];
    getrandom::fill(&mut bytes).map_err(std::io::Error::other)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// Shows the lines that go, and those that are new.
fn show(text: &str, before: &str, file: &Path, terminal: &Terminal) {
    let (old, new): (Vec<&str>, Vec<&str>) = (before.lines().collect(), text.lines().collect());
    terminal.note(&format!("\nIn {}:", file.display()));
    let gone = old.iter().filter(|line| !new.contains(line)).map(|line| format!("  - {line}"));
    let added = new.iter().filter(|line| !old.contains(line)).map(|line| format!("  + {line}"));
    let lines: Vec<String> = gone.chain(added).collect();
    lines.iter().for_each(|line| terminal.note(line));
    if lines.is_empty() {
        terminal.note("  nothing changes");
    }
}

/// Writes the secrets and then the configuration, which is checked before it takes the place of the old one. If that fails,
/// the secrets are as they were.
fn write(
    file: &Path,
    text: &str,
    paths: &Paths,
    secrets: &[SecretFile],
    args: &ConfigArgs,
) -> anyhow::Result<()> {
    let files: Vec<PathBuf> = secrets.iter().map(|(name, _)| paths.data.join(name)).collect();
    let before: Vec<Option<Vec<u8>>> = files.iter().map(|path| std::fs::read(path).ok()).collect();
    let Err(error) = write_checked(file, text, paths, secrets, args) else { return Ok(()) };
    for (path, before) in files.iter().zip(&before) {
        let put_back = match before {
            Some(bytes) => atomic::write_private(path, bytes).map_err(anyhow::Error::from),
            None if path.exists() => std::fs::remove_file(path).map_err(anyhow::Error::from),
            None => Ok(()),
        };
        if let Err(again) = put_back {
            return Err(error.context(format!("{} has the new secret: {again}", path.display())));
        }
    }
    Err(error)
}

fn write_checked(
    file: &Path,
    text: &str,
    paths: &Paths,
    secrets: &[SecretFile],
    args: &ConfigArgs,
) -> anyhow::Result<()> {
    file_permissions::create_private_dir(&paths.data)
        .with_context(|| format!("cannot write to the data folder {}", paths.data.display()))?;
    for (name, secret) in secrets {
        let path = paths.data.join(name);
        atomic::write_private(&path, format!("{secret}\n").as_bytes())?;
        file_permissions::give_to_owner_of(&paths.data, &path)?;
    }
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder)
            .with_context(|| format!("cannot write to {}", folder.display()))?;
    }
    let checked = tempfile::Builder::new()
        .prefix(".quoth-setup-")
        .suffix(".toml")
        .tempfile_in(paths.folder())
        .with_context(|| format!("cannot write to {}", paths.folder().display()))?;
    std::fs::write(checked.path(), text)?;
    let config = args.sources_with_file(checked.path()).read().context("nothing was changed")?;
    config.check_servable().context("nothing was changed")?;
    Ok(atomic::write(file, text.as_bytes())?)
}

/// What is left to do, with the service of the package if `is_service`.
fn next_steps(platforms: Platforms, is_service: bool) -> String {
    let mut steps = vec!["\nThe configuration is written and valid. Next:"];
    if platforms.has_discord {
        steps.push("  invite the bot to your server, with the link of docs/discord.md");
    }
    if !platforms.has_discord && !platforms.has_matrix {
        steps.push("  let a program ask over the socket, as docs/bridge.md says");
    }
    if is_service {
        if platforms.has_matrix {
            steps.push("  sudo systemctl stop quoth");
            steps.push("  sudo -u quoth quoth matrix setup   (verifies the bot's device, and prints its recovery key)");
        }
        steps.push("  sudo systemctl restart quoth");
        steps.push("  sudo -u quoth quoth doctor         (is anything wrong, or missing?)");
    } else {
        if platforms.has_matrix {
            steps.push(
                "  quoth matrix setup   (verifies the bot's device, and prints its recovery key)",
            );
        }
        steps.push("  quoth doctor         (is anything wrong, or missing?)");
        steps.push("  quoth run            (serves until you press Ctrl-C)");
    }
    steps.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn next_steps_of_a_service_are_commands_of_its_user() {
        let platforms = Platforms { has_discord: false, has_matrix: true };
        let steps = next_steps(platforms, true);
        let stop = steps.find("sudo systemctl stop quoth").unwrap();
        let verify = steps.find("sudo -u quoth quoth matrix setup").unwrap();
        let start = steps.find("sudo systemctl restart quoth").unwrap();
        assert!(stop < verify && verify < start && !steps.contains("quoth run"), "{steps}");
        let steps = next_steps(platforms, false);
        assert!(steps.contains("quoth run") && !steps.contains("systemctl"), "{steps}");
    }
}
