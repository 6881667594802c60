//! People on Matrix, each with a real client, and what they see of the bot.

mod observed;
mod person;
mod saying;

use std::sync::LazyLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::runtime::Runtime;

pub(crate) use observed::Seen;
pub(crate) use person::{Kind, PASSWORD, Person, register, register_with_token};
pub(crate) use saying::{Saying, key};

/// Runs everybody's clients.
pub(super) static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().expect("a runtime"));

/// Waits for `future`, which the clients need.
pub(crate) fn wait<T>(future: impl IntoFuture<Output = T>) -> T {
    RUNTIME.block_on(future.into_future())
}

/// `name` as nobody else on the homeserver has it.
pub(crate) fn own(name: &str) -> String {
    static N: AtomicUsize = AtomicUsize::new(0);
    let number = N.fetch_add(1, Ordering::Relaxed);
    format!("{name}-{}-{number}", std::process::id())
}
