//! What people see while a command works: on a terminal only, and not with `--plain`.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use super::terminal::Terminal;

/// Time between two frames.
const TICK: Duration = Duration::from_millis(120);

/// A sign of life for work whose length is not known. It is drawn on standard error.
pub(super) fn spinner(terminal: &Terminal, message: String) -> ProgressBar {
    if terminal.is_plain() {
        return ProgressBar::hidden();
    }
    // indicatif draws nothing where standard error is no terminal.
    let spinner = ProgressBar::new_spinner().with_message(message);
    spinner.enable_steady_tick(TICK);
    spinner
}

/// A bar over `n_steps` of work. It is drawn on standard error.
pub(super) fn bar(terminal: &Terminal, message: &'static str, n_steps: usize) -> ProgressBar {
    styled(terminal, message.to_owned(), n_steps, "{msg} [{bar:30}] {pos} of {len}")
}

/// A bar over `n_bytes` of work.
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

/// Moves a bar to `n_bytes`.
pub(super) fn move_to(bar: &ProgressBar, n_bytes: usize) {
    bar.set_position(u64::try_from(n_bytes).unwrap_or(u64::MAX));
}
