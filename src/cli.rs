//! The command line: one file per command. A command reads its arguments, calls the layers below and
//! prints the result; it has no logic of its own.

mod ask;
mod backup;
mod calibrate;
mod chat;
mod check;
mod completions;
mod config;
mod config_args;
mod doctor;
mod eval;
mod explain;
mod faq;
mod healthcheck;
mod import;
mod inbox;
mod lines;
#[cfg(feature = "matrix")]
mod matrix;
mod moderation;
mod new;
mod output;
mod packs;
#[cfg(feature = "phrasings")]
mod phrasings;
mod progress;
mod question;
mod reliability_table;
mod report;
mod restore;
mod run;
mod settings;
mod setup;
mod terminal;

use std::io::IsTerminal;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use config_args::ConfigArgs;
use terminal::Terminal;

/// Answers questions with verbatim, cited quotes from curated documents.
#[derive(Debug, Parser)]
#[command(name = "quoth", version, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
    /// Plain output for screen readers and pipes: no color, no frames, no progress bars.
    #[arg(long, global = true)]
    plain: bool,
    #[command(flatten)]
    config: ConfigArgs,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Answer one question, or a file of them.
    Ask(ask::Args),
    /// Chat with the bot in the terminal.
    Chat(chat::Args),
    /// Calibrate confidence on a pack's own phrasings.
    Calibrate(calibrate::Args),
    /// Evaluate the packs on labeled messages.
    Eval(eval::Args),
    /// Explain how a question is matched and answered.
    Explain(explain::Args),
    /// Check packs: every quote against its source, and everything else that can be wrong.
    Check(check::Args),
    /// Create a starter pack from a document.
    New(new::Args),
    /// Create a pack from an FAQ that you have, or merge a later version of it into the pack.
    Import(import::Args),
    /// Have a language model draft phrasings for entries that have few, and take them over.
    #[cfg(feature = "phrasings")]
    Phrasings(phrasings::Args),
    /// Read and edit the entries of a pack, with the history of its changes.
    Faq(faq::Args),
    /// Read and handle the questions that were not answered.
    Inbox(inbox::Args),
    /// Read and change the settings of a space that moderators can change in chat, with the history of their changes.
    Settings(settings::Args),
    /// Ask what is needed to run the bot, and write the configuration.
    Setup,
    /// Run the bot on the configured platforms.
    Run,
    /// Set up the bot's account on Matrix.
    #[cfg(feature = "matrix")]
    Matrix(matrix::Args),
    /// Back up packs, records and configuration to a folder, also while the service runs.
    #[command(long_about = backup::LONG_ABOUT)]
    Backup(backup::Args),
    /// Restore a backup, once all of it is checked. The service must be stopped.
    #[command(long_about = restore::LONG_ABOUT)]
    Restore(restore::Args),
    /// Check whether the service on this machine is ready.
    Healthcheck,
    /// Check the whole setup, from the configuration to the platforms, and say what to do; also while the service runs.
    Doctor(doctor::Args),
    /// Check or show the configuration of the service.
    Config(config::Args),
    /// Print a completion script for a shell.
    Completions(completions::Args),
}

/// Result of a command that could do its work. The exit codes are a contract with other programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Status {
    /// Exit code 0.
    Success,
    /// The check or the evaluation failed, or the service met a fault that can pass: exit code 1.
    Failed,
    /// The service cannot run before an operator fixes something: exit code 2.
    Misconfigured,
}

/// Runs the command line. Invalid usage and invalid configuration give exit code 2.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let terminal = Terminal::new(cli.plain);
    // `quoth run` sets up logging by its configuration.
    if !matches!(cli.command, Command::Run) {
        log_to_stderr();
    }
    match dispatch(cli, &terminal) {
        Ok(Status::Success) => ExitCode::SUCCESS,
        Ok(Status::Failed) => ExitCode::from(1),
        Ok(Status::Misconfigured) => ExitCode::from(2),
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            terminal.error(&error);
            ExitCode::from(2)
        }
    }
}

/// Logs to standard error by `RUST_LOG` (default: warnings). Message texts, names and tokens are never
/// logged.
fn log_to_stderr() {
    let filter = tracing_subscriber::EnvFilter::builder()
        .with_default_directive(tracing::level_filters::LevelFilter::WARN.into())
        .from_env_lossy();
    // Logs of these crates can contain names and tokens.
    let filter = crate::app::SENSITIVE_CRATES.iter().fold(filter, |filter, name| {
        let directive = format!("{name}=off").parse();
        directive.map_or(filter.clone(), |directive| filter.add_directive(directive))
    });
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr)
        .init();
}

fn dispatch(cli: Cli, terminal: &Terminal) -> anyhow::Result<Status> {
    let config = &cli.config;
    match cli.command {
        Command::Ask(args) => ask::run(&args, config, terminal),
        Command::Chat(args) => chat::run(&args, config, terminal),
        Command::Calibrate(args) => calibrate::run(&args, config, terminal),
        Command::Eval(args) => eval::run(&args, config, terminal),
        Command::Explain(args) => explain::run(&args, config),
        Command::Check(args) => check::run(&args, config, terminal),
        Command::New(args) => new::run(&args),
        Command::Import(args) => import::run(&args, terminal),
        #[cfg(feature = "phrasings")]
        Command::Phrasings(args) => phrasings::run(&args, config, terminal),
        Command::Faq(args) => faq::run(&args, config, terminal),
        Command::Inbox(args) => inbox::run(&args, config, terminal),
        Command::Settings(args) => settings::run(&args, config, terminal),
        Command::Setup => setup::run(config, terminal),
        Command::Run => Ok(run::run(config)),
        #[cfg(feature = "matrix")]
        Command::Matrix(args) => matrix::run(&args, config, terminal),
        Command::Backup(args) => backup::run(&args, config),
        Command::Restore(args) => restore::run(&args, config),
        Command::Healthcheck => healthcheck::run(config),
        Command::Doctor(args) => doctor::run(&args, config, terminal),
        Command::Config(args) => config::run(&args, config, terminal),
        Command::Completions(args) => completions::run(&args),
    }
}

/// Whether the reader of the output has exited (`quoth ... | head`), which is not an error.
fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<std::io::Error>())
        .any(|cause| cause.kind() == std::io::ErrorKind::BrokenPipe)
}
