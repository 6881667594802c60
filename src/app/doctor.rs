//! `quoth doctor`: checks the whole setup, beside a running service, too. It takes no lock, writes no records and
//! opens no session with a platform.

#[cfg(any(feature = "discord", feature = "matrix"))]
mod clock;
mod configuration;
mod data_folder;
mod listening;
mod packs;
#[cfg(any(feature = "discord", feature = "matrix"))]
mod platform_setups;
mod records;
mod setup;
mod system;

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;

use crate::config::Sources;
use crate::platform::diagnosis::{Check, CheckOutcome, CheckResult, Run};
#[cfg(feature = "discord")]
use crate::platform::discord::doctor::{self as discord, DiscordSetup};
#[cfg(feature = "matrix")]
use crate::platform::matrix::doctor::{self as matrix, MatrixSetup};
#[cfg(any(feature = "discord", feature = "matrix"))]
use platform_setups::PlatformSetups;
use setup::Setup;

/// How long a check may take. Requests have shorter limits of their own; this is for files on a mount that hangs.
const CHECK_TIMEOUT: Duration = Duration::from_secs(60);

/// A check, without what it does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CheckName {
    /// Its name.
    pub name: &'static str,
    /// What it looks at.
    pub looks_at: &'static str,
}

/// A check and its result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckReport {
    /// The name of the check.
    pub name: &'static str,
    /// The result.
    pub result: CheckResult,
}

/// A check of one of the parts.
enum AnyCheck {
    Setup(Check<Setup>),
    #[cfg(any(feature = "discord", feature = "matrix"))]
    Platforms(Check<PlatformSetups>),
    #[cfg(feature = "discord")]
    Discord(Check<DiscordSetup>),
    #[cfg(feature = "matrix")]
    Matrix(Check<MatrixSetup>),
}

impl AnyCheck {
    fn name(&self) -> CheckName {
        fn name_of<S>(check: &Check<S>) -> CheckName {
            CheckName { name: check.name, looks_at: check.looks_at }
        }
        match self {
            Self::Setup(check) => name_of(check),
            #[cfg(any(feature = "discord", feature = "matrix"))]
            Self::Platforms(check) => name_of(check),
            #[cfg(feature = "discord")]
            Self::Discord(check) => name_of(check),
            #[cfg(feature = "matrix")]
            Self::Matrix(check) => name_of(check),
        }
    }
}

/// All checks, in the order of their reports.
fn all() -> Vec<AnyCheck> {
    let of_setup = configuration::CHECKS
        .into_iter()
        .chain(data_folder::CHECKS)
        .chain(records::CHECKS)
        .chain(packs::CHECKS)
        .chain(listening::CHECKS)
        .chain(system::CHECKS);
    let all = of_setup.map(AnyCheck::Setup);
    #[cfg(any(feature = "discord", feature = "matrix"))]
    let all = all.chain(clock::CHECKS.into_iter().map(AnyCheck::Platforms));
    #[cfg(feature = "discord")]
    let all = all.chain(discord::CHECKS.into_iter().map(AnyCheck::Discord));
    #[cfg(feature = "matrix")]
    let all = all.chain(matrix::CHECKS.into_iter().map(AnyCheck::Matrix));
    all.collect()
}

/// The names of all checks, in the order of their reports.
pub fn check_names() -> Vec<CheckName> {
    all().iter().map(AnyCheck::name).collect()
}

/// Runs the checks called `names`, or all if there are none, at the same time. What is wrong is in the reports.
///
/// # Errors
/// If no threads can be started.
pub fn diagnose(sources: &Sources, names: &[String]) -> anyhow::Result<Vec<CheckReport>> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("cannot start threads")?;
    let reports = runtime.block_on(run(sources, names));
    // Waits for no thread: one that reads from a hung mount never ends.
    runtime.shutdown_background();
    Ok(reports)
}

async fn run(sources: &Sources, names: &[String]) -> Vec<CheckReport> {
    let setup = Arc::new(Setup::new(sources));
    #[cfg(any(feature = "discord", feature = "matrix"))]
    let platforms = Arc::new(PlatformSetups::new(setup.config(), &setup.spaces()));
    let is_chosen = |name: &str| names.is_empty() || names.iter().any(|it| it == name);
    let mut running = Vec::new();
    for check in all().into_iter().filter(|check| is_chosen(check.name().name)) {
        let name = check.name().name;
        let task = match check {
            AnyCheck::Setup(check) => tokio::spawn(result_of(check, Some(Arc::clone(&setup)))),
            #[cfg(any(feature = "discord", feature = "matrix"))]
            AnyCheck::Platforms(check) => {
                tokio::spawn(result_of(check, Some(Arc::clone(&platforms))))
            }
            #[cfg(feature = "discord")]
            AnyCheck::Discord(check) => tokio::spawn(result_of(check, platforms.discord.clone())),
            #[cfg(feature = "matrix")]
            AnyCheck::Matrix(check) => tokio::spawn(result_of(check, platforms.matrix.clone())),
        };
        running.push((name, task));
    }
    let mut reports = Vec::new();
    for (name, task) in running {
        let result = task.await.unwrap_or_else(|_| panicked());
        reports.push(CheckReport { name, result });
    }
    reports
}

/// Runs `check`; without a subject, it is not applicable.
async fn result_of<S: Send + Sync + 'static>(
    check: Check<S>,
    subject: Option<Arc<S>>,
) -> CheckResult {
    let Some(subject) = subject else {
        return CheckResult::NotApplicable("this platform is not configured".to_owned());
    };
    let checked = async {
        match check.run {
            Run::Async(run) => run(subject).await,
            Run::Blocking(run) => run_blocking(run, subject).await,
        }
    };
    let checked = tokio::time::timeout(CHECK_TIMEOUT, checked).await;
    checked
        .map_or_else(|_| timed_out(), |checked| checked.unwrap_or_else(CheckResult::NotApplicable))
}

async fn run_blocking<S: Send + Sync + 'static>(
    run: fn(&S) -> CheckOutcome,
    subject: Arc<S>,
) -> CheckOutcome {
    let checked = tokio::task::spawn_blocking(move || run(&subject)).await;
    checked.unwrap_or_else(|_| Ok(panicked()))
}

fn timed_out() -> CheckResult {
    let message = format!("the check did not end within {} s", CHECK_TIMEOUT.as_secs());
    CheckResult::wrong(
        message,
        "look whether its files are on a mount that does not respond, and at the other checks",
    )
}

fn panicked() -> CheckResult {
    CheckResult::wrong("the check itself failed", "this is a bug of quoth: please report it")
}
