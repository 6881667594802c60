//! Progress bars and spinners. They are drawn on standard error, only if it is a terminal, and not with
//! `--plain`.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use super::terminal::Terminal;

/// Time between two frames of a spinner.
const TICK: Duration = Duration::from_millis(120);

/// A spinner for work of unknown length.
pub(super) fn spinner(terminal: &Terminal, message: String) -> ProgressBar {
    if terminal.is_plain() {
        return ProgressBar::hidden();
    }
    // indicatif draws nothing if standard error is not a terminal.
    let spinner = ProgressBar::new_spinner().with_message(message);
    spinner.enable_steady_tick(TICK);
    spinner
}

/// A bar of `n_steps` steps.
pub(super) fn bar(terminal: &Terminal, message: &'static str, n_steps: usize) -> ProgressBar {
    styled(terminal, message.to_owned(), n_steps, "{msg} [{bar:30}] {pos} of {len}")
}

/// A bar of `n_bytes` bytes.
pub(super) fn bytes_bar(terminal: &Terminal, message: String, n_bytes: usize) -> ProgressBar {
    styled(terminal, message, n_bytes, "{msg} [{bar:30}] {bytes} of {total_bytes}")
}

fn styled(terminal: &Terminal, message: String, len: usize, template: &str) -> ProgressBar {
    if terminal.is_plain() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(u64::try_from(len).unwrap_or(u64::MAX)).with_message(message);
    match ProgressStyle::with_template(template) {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

/// Sets the position of a bar to `n_bytes`.
pub(super) fn move_to(bar: &ProgressBar, n_bytes: usize) {
    bar.set_position(u64::try_from(n_bytes).unwrap_or(u64::MAX));
}
