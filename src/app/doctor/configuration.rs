//! Checks of the configuration and of its secrets.

use std::path::{Path, PathBuf};

use super::setup::Setup;
use crate::config::{Config, Origin, Problem};
use crate::platform::diagnosis::{Check, CheckOutcome, CheckResult, Run};

pub(super) const CHECKS: [Check<Setup>; 5] = [
    Check {
        name: "config",
        looks_at: "the configuration can be read, and its values are valid",
        run: Run::Blocking(is_valid),
    },
    Check {
        name: "config-complete",
        looks_at: "a platform and packs are configured, and settings that require each other",
        run: Run::Blocking(is_complete),
    },
    Check {
        name: "config-ignored",
        looks_at: "no setting is without effect",
        run: Run::Blocking(has_effect),
    },
    Check {
        name: "secrets",
        looks_at: "secrets can be read, are long enough, and each is given once",
        run: Run::Blocking(can_read_secrets),
    },
    Check {
        name: "secret-permissions",
        looks_at: "other users of this machine cannot read the secrets",
        run: Run::Blocking(are_secrets_private),
    },
];

fn is_valid(setup: &Setup) -> CheckOutcome {
    let problems = setup.read.problems.iter().filter(|it| !it.kind.is_about_secret());
    let found = match &setup.file {
        Some(file) => format!("{} is valid", file.display()),
        None => "there is no configuration file; the environment is valid".to_owned(),
    };
    Ok(all_of(
        problems,
        found,
        "fix these settings; until then, the other checks use their defaults",
    ))
}

fn can_read_secrets(setup: &Setup) -> CheckOutcome {
    let problems = setup.read.problems.iter().filter(|it| it.kind.is_about_secret());
    let n_secrets = setup.read.secret_origins.len();
    let advice = "give each secret once, in a file that the user of the service can read; until then, the other \
                  checks go on without it";
    Ok(all_of(problems, format!("{n_secrets} set"), advice))
}

/// The problems as one result; `found` if there are none.
fn all_of<'p>(
    problems: impl Iterator<Item = &'p Problem>,
    found: String,
    advice: &str,
) -> CheckResult {
    let problems: Vec<String> = problems.map(ToString::to_string).collect();
    if problems.is_empty() {
        CheckResult::Ok(found)
    } else {
        CheckResult::wrong(problems.join("; "), advice)
    }
}

fn is_complete(setup: &Setup) -> CheckOutcome {
    let config = without_problems(setup)?;
    if let Err(error) = config.check_servable() {
        let problems = error.problems.iter();
        return Ok(all_of(problems, String::new(), "set what is missing in the configuration"));
    }
    let platforms = config.served_platforms();
    if platforms.is_empty() {
        return Ok(CheckResult::wrong(
            "no platform is configured, so that `quoth run` has nothing to serve",
            "set a Discord token (docs/discord.md), a Matrix account (docs/matrix.md), or the socket of a bridge \
             (docs/bridge.md)",
        ));
    }
    Ok(CheckResult::ok(format!("serves {}", platforms.join(", "))))
}

/// The configuration, if it has no problems: settings with their defaults say nothing about what is missing.
fn without_problems(setup: &Setup) -> Result<&Config, String> {
    if setup.read.problems.is_empty() {
        Ok(setup.config())
    } else {
        Err("the configuration has problems (see config and secrets)".to_owned())
    }
}

fn has_effect(setup: &Setup) -> CheckOutcome {
    let ignored: Vec<String> =
        without_problems(setup)?.ignored().iter().map(ToString::to_string).collect();
    if ignored.is_empty() {
        return Ok(CheckResult::ok("every place is on a platform that is served"));
    }
    let advice = "configure the platform, or leave the place out";
    Ok(CheckResult::wrong(ignored.join("; "), advice))
}

fn are_secrets_private(setup: &Setup) -> CheckOutcome {
    let mut files: Vec<PathBuf> = setup
        .read
        .secret_origins
        .iter()
        .filter_map(|(_, origin)| match origin {
            Origin::File { path, .. }
            | Origin::SecretFile { path, .. }
            | Origin::Credential { path } => Some(path.clone()),
            Origin::Default | Origin::Environment { .. } | Origin::Flag { .. } => None,
        })
        .collect();
    files.sort();
    files.dedup();
    if files.is_empty() {
        return Err("no secret is in a file".to_owned());
    }
    if !cfg!(unix) {
        return Err("permissions are checked on Unix only".to_owned());
    }
    let exposed: Vec<String> = files
        .iter()
        .filter(|file| !is_of_container(file) && is_open_to_others(file))
        .map(|file| file.display().to_string())
        .collect();
    if exposed.is_empty() {
        return Ok(CheckResult::ok(format!("{} of secrets, private", files_of(files.len()))));
    }
    Ok(CheckResult::wrong(
        format!("every user of this machine can read {}", exposed.join(", ")),
        "chmod o-rwx the file and let it belong to the user of the service, or move the secret to a file of its own \
         (the key with `_file`)",
    ))
}

fn files_of(n: usize) -> String {
    if n == 1 { "1 file".to_owned() } else { format!("{n} files") }
}

/// Whether a container runtime has put the file there, for this container alone. Docker makes such files
/// readable for all users of the container.
fn is_of_container(file: &Path) -> bool {
    ["/run/secrets", "/var/run/secrets"].iter().any(|folder| file.starts_with(folder))
}

/// Whether users other than the owner and those of the group can read or write the file: by its permissions and
/// those of the folders around it.
#[cfg(unix)]
fn is_open_to_others(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    let others = |path: &Path| {
        std::fs::metadata(path).map_or(0, |metadata| metadata.permissions().mode() & 0o7)
    };
    let Ok(file) = file.canonicalize() else { return false };
    let can_reach = file.ancestors().skip(1).all(|folder| others(folder) & 0o1 != 0);
    can_reach && others(&file) & 0o6 != 0
}

#[cfg(not(unix))]
fn is_open_to_others(_: &Path) -> bool {
    false
}
