//! Matrix users, each with a real client, and what they observe of the bot.

mod draft;
mod observed;
mod test_user;

use std::sync::LazyLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::runtime::Runtime;

pub(crate) use draft::{Draft, keycap};
pub(crate) use observed::ObservedChange;
pub(crate) use test_user::{PASSWORD, RoomKind, TestUser, register, register_with_token};

/// Runs the clients of all users.
pub(super) static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().expect("a runtime"));

/// Runs `future` to its end on [`RUNTIME`].
pub(crate) fn block_on<T>(future: impl IntoFuture<Output = T>) -> T {
    RUNTIME.block_on(future.into_future())
}

/// Makes `name` unique on the homeserver.
pub(crate) fn unique_name(name: &str) -> String {
    static N: AtomicUsize = AtomicUsize::new(0);
    let number = N.fetch_add(1, Ordering::Relaxed);
    format!("{name}-{}-{number}", std::process::id())
}
