//! Runs the `quoth` binary.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use crate::support::program::program;

/// Output and exit code of a run of `quoth`.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// Runs `quoth` with these arguments in the repository's root.
pub(crate) fn quoth<A: AsRef<std::ffi::OsStr>>(args: &[A]) -> Run {
    quoth_reading(args, b"")
}

/// The same with `input` on standard input.
pub(crate) fn quoth_reading<A: AsRef<std::ffi::OsStr>>(args: &[A], input: &[u8]) -> Run {
    run(command(Path::new(env!("CARGO_MANIFEST_DIR"))).args(args), input)
}

/// Runs `quoth` with these arguments and environment variables in `folder`.
pub(crate) fn quoth_in(folder: &Path, environment: &[(&str, &str)], args: &[&str]) -> Run {
    quoth_in_reading(folder, environment, args, b"")
}

/// The same with `input` on standard input.
pub(crate) fn quoth_in_reading(
    folder: &Path,
    environment: &[(&str, &str)],
    args: &[&str],
    input: &[u8],
) -> Run {
    run(command(folder).envs(environment.iter().copied()).args(args), input)
}

/// The same, for a run that may be killed; then it is `None`.
pub(crate) fn quoth_killed_in(
    folder: &Path,
    environment: &[(&str, &str)],
    args: &[&str],
) -> Option<Run> {
    try_run(command(folder).envs(environment.iter().copied()).args(args), b"")
}

/// The same by `wrapper`, a command that runs the one behind its arguments.
#[cfg(unix)]
pub(crate) fn quoth_under(
    wrapper: &[&str],
    folder: &Path,
    environment: &[(&str, &str)],
    args: &[&str],
) -> Run {
    let [wrapping, options @ ..] = wrapper else { return quoth_in(folder, environment, args) };
    let mut command = without_settings(Command::new(wrapping), folder);
    command.args(options).arg(program());
    run(command.envs(environment.iter().copied()).args(args), b"")
}

/// A command for the program, without `QUOTH_` settings of the test's own environment.
pub(crate) fn command(folder: &Path) -> Command {
    without_settings(Command::new(program()), folder)
}

fn without_settings(mut command: Command, folder: &Path) -> Command {
    command.current_dir(folder).env_remove("CREDENTIALS_DIRECTORY");
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("QUOTH_") {
            command.env_remove(name);
        }
    }
    command
}

fn run(command: &mut Command, input: &[u8]) -> Run {
    try_run(command, input).expect("the binary ends by itself")
}

/// `None` if a signal has ended it.
fn try_run(command: &mut Command, input: &[u8]) -> Option<Run> {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary runs");
    let mut stdin = child.stdin.take().expect("a pipe");
    let output: Output = std::thread::scope(|scope| {
        // A command that does not read its input may exit before all of it is written.
        scope.spawn(move || drop(stdin.write_all(input)));
        child.wait_with_output().expect("the binary ends")
    });
    let text = |bytes| String::from_utf8(bytes).expect("output is UTF-8");
    let code = output.status.code()?;
    Some(Run { code, stdout: text(output.stdout), stderr: text(output.stderr) })
}

impl Run {
    /// Standard output as JSON.
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("{error} in {}{}", self.stdout, self.stderr))
    }
}
