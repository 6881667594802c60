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

/// Time between two reads that have to agree before changed packs are loaded.
const SETTLE_TIME: Duration = Duration::from_millis(250);

/// Most reads until changed packs are loaded all the same: about half a minute.
const MAX_SETTLE_READS: usize = 120;

/// Time between two polls where the system does not report changes (network file systems, too many
/// watches).
const POLL_INTERVAL: Duration = Duration::from_secs(30);

/// Reports changes of the packs until it is dropped.
pub(super) struct PackWatcher {
    changed: mpsc::Receiver<()>,
    /// Whether a change was reported that [`Self::changed`] has not returned for.
    is_pending: bool,
    /// Stops watching when dropped.
    _watcher: Option<Box<dyn Any + Send>>,
}

impl PackWatcher {
    /// Watches the pack folders of `spaces`.
    pub(super) fn start(spaces: &Spaces) -> Self {
        let folders = spaces.pack_folders();
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
        Self { changed, is_pending: false, _watcher: watcher.ok() }
    }

    /// Waits for the next change, and until two calls of `read` in a row find the same files: a file
    /// that is still being written would be loaded as far as it is there. Waits forever if the packs
    /// cannot be watched. No change is lost if it is dropped and called again.
    pub(super) async fn changed<T: PartialEq>(&mut self, read: impl AsyncFn() -> T) {
        if !self.is_pending && self.changed.recv().await.is_none() {
            std::future::pending::<()>().await;
        }
        self.is_pending = true;
        let mut last = read().await;
        for _ in 0..MAX_SETTLE_READS {
            tokio::time::sleep(SETTLE_TIME).await;
            let found = read().await;
            if found == last {
                break;
            }
            last = found;
        }
        self.is_pending = false;
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

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    /// A watcher to which a change was reported, and the sender of changes.
    fn changed_watcher() -> (PackWatcher, mpsc::Sender<()>) {
        let (on_change, changed) = mpsc::channel(1);
        on_change.try_send(()).unwrap();
        (PackWatcher { changed, is_pending: false, _watcher: None }, on_change)
    }

    #[tokio::test(start_paused = true)]
    async fn files_that_are_being_written_are_not_loaded_yet() {
        let (mut watcher, _on_change) = changed_watcher();
        // Five reads find different files, and the next ones the same.
        let n_reads = AtomicU32::new(0);
        let read = async || n_reads.fetch_add(1, Ordering::Relaxed).min(5);
        watcher.changed(read).await;
        assert_eq!(n_reads.load(Ordering::Relaxed), 7);
    }

    #[tokio::test(start_paused = true)]
    async fn change_is_kept_if_the_wait_is_dropped() {
        let (mut watcher, _on_change) = changed_watcher();
        let limit = SETTLE_TIME / 2;
        assert!(tokio::time::timeout(limit, watcher.changed(async || 0)).await.is_err());
        tokio::time::timeout(2 * SETTLE_TIME, watcher.changed(async || 0)).await.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn packs_that_change_all_the_time_are_loaded_in_the_end() {
        let (mut watcher, _on_change) = changed_watcher();
        let n_reads = AtomicU32::new(0);
        let read = async || n_reads.fetch_add(1, Ordering::Relaxed);
        tokio::time::timeout(Duration::from_secs(60), watcher.changed(read)).await.unwrap();
    }
}
