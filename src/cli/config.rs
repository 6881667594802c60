//! `quoth config`: checks and shows the configuration of the service.

mod reference;
pub(super) mod toml_view;

use std::io::Write;

use anyhow::bail;

use super::Status;
use super::config_args::ConfigArgs;
use super::terminal::Terminal;
use crate::config::{COMMENTED_FILE, Config, DEFAULT_FILE, SYSTEM_FILE, schema};
use crate::conversation::{Space, Spaces};

/// Arguments of `quoth config`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Report everything that is wrong with the configuration, or summarize it.
    Check,
    /// Print the effective settings and where each comes from. Secrets are not printed, nor what moderators have changed
    /// (`quoth settings list`).
    Show {
        /// Print the settings as a JSON object.
        #[arg(long, conflicts_with = "defaults")]
        json: bool,
        /// Print a configuration file with every setting, its default and its purpose instead.
        #[arg(long)]
        defaults: bool,
    },
    /// Print a JSON schema of the configuration file, for editors.
    Schema,
    /// Print every setting with its default and what it does, as Markdown.
    Reference,
}

pub(super) fn run(args: &Args, config: &ConfigArgs, terminal: &Terminal) -> anyhow::Result<Status> {
    let text = match args.command {
        Command::Check => check(config, terminal)?,
        Command::Show { defaults: true, .. } => COMMENTED_FILE.to_owned(),
        Command::Show { json: true, .. } => {
            format!("{}\n", serde_json::to_string_pretty(&config.sources().show()?)?)
        }
        Command::Show { .. } => toml_view::render(&config.sources().show()?),
        Command::Schema => format!("{}\n", serde_json::to_string_pretty(&schema())?),
        Command::Reference => reference::render(),
    };
    anstream::stdout().write_all(text.as_bytes())?;
    Ok(Status::Success)
}

fn check(args: &ConfigArgs, terminal: &Terminal) -> anyhow::Result<String> {
    let sources = args.sources();
    let file = sources.file();
    if file.is_none() {
        terminal.note(&format!(
            "There is no configuration file: none is named, and there is no {DEFAULT_FILE} here, and no {SYSTEM_FILE}. \
             `quoth config show --defaults` prints one to start from."
        ));
    }
    let config = sources.read()?;
    config.check_servable()?;
    let spaces = config.spaces();
    let absent = spaces.pack_folders().into_iter().filter(|pack| !pack.is_dir());
    let absent: Vec<String> = absent.map(|pack| pack.display().to_string()).collect();
    if !absent.is_empty() {
        bail!("there is no pack folder {}: fix `packs`", absent.join(", nor "));
    }
    let name = file.map_or("The configuration".to_owned(), |file| file.display().to_string());
    let ignored: Vec<String> =
        config.ignored().iter().map(|it| format!("warning: {it}\n")).collect();
    let warnings =
        if ignored.is_empty() { String::new() } else { format!("\n{}", ignored.concat()) };
    Ok(format!("{name} is valid.\n\n{}{warnings}", summary(&config, &spaces)))
}

/// Spaces, platforms, data folder and health endpoint, one per line.
fn summary(config: &Config, spaces: &Spaces) -> String {
    let mut lines: Vec<String> = spaces.all().map(space_line).collect();
    let platforms = config.served_platforms();
    let platforms = if platforms.is_empty() { "none".to_owned() } else { platforms.join(", ") };
    lines.push(format!("platforms: {platforms}"));
    lines.push(format!("data folder: {}", config.data.display()));
    let http = if config.http.is_on { config.http.listen.to_string() } else { "off".to_owned() };
    lines.push(format!("health and metrics: {http}"));
    lines.into_iter().map(|line| line + "\n").collect()
}

fn space_line(space: &Space) -> String {
    let packs: Vec<String> = space.packs.iter().map(|pack| pack.display().to_string()).collect();
    let places: Vec<&str> = space.places.iter().map(|place| place.as_str()).collect();
    let places = if places.is_empty() { "everywhere else".to_owned() } else { places.join(", ") };
    format!("space {}: {} ({places})", space.name, packs.join(", "))
}
