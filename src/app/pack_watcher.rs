//! Watches the folders of the packs.

use std::any::Any;
use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use notify_debouncer_full::notify::{self, PollWatcher, RecursiveMode, Watcher};
use notify_debouncer_full::{
    DebounceEventResult, Debouncer, FileIdCache, NoCache, new_debouncer, new_debouncer_opt,
};
use tokio::sync::mpsc;

use crate::conversation::Spaces;

/// Time without changes before the packs are read: editors and `git pull` write several files one
/// after the other.
const DEBOUNCE: Duration = Duration::from_millis(500);

/// Time between two polls where the system does not report changes (network file systems, too many
/// watches).
const POLL_INTERVAL: Duration = Duration::from_secs(30);

/// Reports changes of the packs until it is dropped.
pub(super) struct PackWatcher {
    changed: mpsc::Receiver<()>,
    /// Stops watching when dropped.
    _watcher: Option<Box<dyn Any + Send>>,
}

impl PackWatcher {
    /// Watches the pack folders of `spaces`.
    pub(super) fn start(spaces: &Spaces) -> Self {
        let folders: BTreeSet<&Path> =
            spaces.all().flat_map(|space| &space.packs).map(|folder| folder.as_path()).collect();
        let (on_change, changed) = mpsc::channel(1);
        let watcher = watch_by_system(&folders, on_change.clone()).or_else(|error| {
            tracing::warn!(
                %error,
                "Cannot watch the packs; polling them every {POLL_INTERVAL:?}"
            );
            watch_by_polling(&folders, on_change)
        });
        if let Err(error) = &watcher {
            tracing::error!(%error, "Cannot watch or poll the packs; SIGHUP reloads them");
        }
        Self { changed, _watcher: watcher.ok() }
    }

    /// Waits for the next change; forever if the packs cannot be watched.
    pub(super) async fn changed(&mut self) {
        if self.changed.recv().await.is_none() {
            std::future::pending::<()>().await;
        }
    }
}

type WatchResult = notify::Result<Box<dyn Any + Send>>;

fn watch_by_system(folders: &BTreeSet<&Path>, on_change: mpsc::Sender<()>) -> WatchResult {
    watch_folders(new_debouncer(DEBOUNCE, None, handler(on_change))?, folders)
}

fn watch_by_polling(folders: &BTreeSet<&Path>, on_change: mpsc::Sender<()>) -> WatchResult {
    let config = notify::Config::default().with_poll_interval(POLL_INTERVAL);
    let debouncer = new_debouncer_opt::<_, PollWatcher, _>(
        DEBOUNCE,
        None,
        handler(on_change),
        NoCache::new(),
        config,
    )?;
    watch_folders(debouncer, folders)
}

fn watch_folders<W, C>(mut debouncer: Debouncer<W, C>, folders: &BTreeSet<&Path>) -> WatchResult
where
    W: Watcher + Send + 'static,
    C: FileIdCache + Send + 'static,
{
    for folder in folders {
        debouncer.watch(folder, RecursiveMode::Recursive)?;
    }
    Ok(Box::new(debouncer))
}

fn handler(on_change: mpsc::Sender<()>) -> impl Fn(DebounceEventResult) + Send + 'static {
    move |result| {
        // Reading a file is not a change.
        let is_change = result.is_ok_and(|events| events.iter().any(|it| !it.kind.is_access()));
        if is_change {
            // If the channel is full, a reload is due already.
            on_change.try_send(()).ok();
        }
    }
}
