//! What people see while a command works: on a terminal only, and not with `--plain`.

use std::time::Duration;

use indicatif::ProgressBar;

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
