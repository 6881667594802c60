//! Watches the folders of the packs.

use std::any::Any;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use notify_debouncer_full::notify::{self, PollWatcher, RecursiveMode, Watcher};
use notify_debouncer_full::{
    DebounceEventResult, Debouncer, FileIdCache, NoCache, new_debouncer, new_debouncer_opt,
};
use tokio::sync::mpsc;
use tokio::time::Instant;

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

/// Time between two comparisons of the packs with what was loaded, for changes that the system does not
/// report: a link to another folder above the parent of a pack, a mount.
const COMPARE_INTERVAL: Duration = Duration::from_secs(60);

/// Reports changes of the packs until it is dropped. `T` is what a read of the packs finds.
///
/// A folder that is replaced (`rm -r` and `cp -r`, `mv`, another target of a symbolic link) is watched no
/// more, so its parent is watched as well, and the caller starts a new watcher after each change.
pub(super) struct PackWatcher<T> {
    changed: mpsc::Receiver<()>,
    /// Whether a change was reported that [`Self::changed`] has not returned for.
    is_pending: bool,
    /// What the last read has found.
    last: T,
    /// When the packs are compared, whether a change was reported or not.
    compares_at: Instant,
    /// Stops watching when dropped.
    _watcher: Option<Box<dyn Any + Send>>,
}

impl<T: PartialEq> PackWatcher<T> {
    /// Watches the pack folders `folders`, whose content `read` finds.
    pub(super) async fn start<F>(folders: BTreeSet<PathBuf>, read: impl Fn() -> F) -> Self
    where
        F: Future<Output = T>,
    {
        let (on_change, changed) = mpsc::channel(1);
        // Watching walks through the folders, which may be on a hung mount.
        let watching = tokio::task::spawn_blocking(move || watch(&folders, &on_change));
        let watcher = watching.await.ok().flatten();
        let (last, compares_at) = (read().await, Instant::now() + COMPARE_INTERVAL);
        Self { changed, is_pending: false, last, compares_at, _watcher: watcher }
    }

    /// Waits for the next change, and until two calls of `read` in a row find the same files: a file
    /// that is still being written would be loaded as far as it is there. No change is lost if it is
    /// dropped and called again.
    pub(super) async fn changed<F>(&mut self, read: impl Fn() -> F)
    where
        F: Future<Output = T>,
    {
        while !self.is_pending {
            tokio::select! {
                Some(()) = self.changed.recv() => self.is_pending = true,
                () = tokio::time::sleep_until(self.compares_at) => {
                    self.is_pending = read().await != self.last;
                    self.compares_at = Instant::now() + COMPARE_INTERVAL;
                }
            }
        }
        self.last = read().await;
        for _ in 0..MAX_SETTLE_READS {
            tokio::time::sleep(SETTLE_TIME).await;
            let found = read().await;
            if found == self.last {
                break;
            }
            self.last = found;
        }
        self.is_pending = false;
    }
}

/// Watches `folders`; `None` if the system does not let us, which is logged.
fn watch(folders: &BTreeSet<PathBuf>, on_change: &mpsc::Sender<()>) -> Option<Box<dyn Any + Send>> {
    // Events have absolute paths.
    let folders: BTreeSet<PathBuf> =
        folders.iter().map(|it| std::path::absolute(it).unwrap_or_else(|_| it.clone())).collect();
    let watcher = watch_by_system(&folders, on_change.clone()).or_else(|error| {
        tracing::warn!(%error, "Cannot watch the packs; polling them every {POLL_INTERVAL:?}");
        watch_by_polling(&folders, on_change.clone())
    });
    if let Err(error) = &watcher {
        tracing::warn!(
            %error,
            "Cannot watch or poll the packs; changes are found within {COMPARE_INTERVAL:?}"
        );
    }
    watcher.ok()
}

type WatchResult = notify::Result<Box<dyn Any + Send>>;

fn watch_by_system(folders: &BTreeSet<PathBuf>, on_change: mpsc::Sender<()>) -> WatchResult {
    watch_folders(new_debouncer(DEBOUNCE, None, handler(folders.clone(), on_change))?, folders)
}

fn watch_by_polling(folders: &BTreeSet<PathBuf>, on_change: mpsc::Sender<()>) -> WatchResult {
    let config = notify::Config::default().with_poll_interval(POLL_INTERVAL);
    let debouncer = new_debouncer_opt::<_, PollWatcher, _>(
        DEBOUNCE,
        None,
        handler(folders.clone(), on_change),
        NoCache::new(),
        config,
    )?;
    watch_folders(debouncer, folders)
}

fn watch_folders<W, C>(mut debouncer: Debouncer<W, C>, folders: &BTreeSet<PathBuf>) -> WatchResult
where
    W: Watcher + Send + 'static,
    C: FileIdCache + Send + 'static,
{
    let parents: BTreeSet<&Path> = folders.iter().filter_map(|folder| folder.parent()).collect();
    for parent in parents {
        watch_if_there(debouncer.watch(parent, RecursiveMode::NonRecursive))?;
    }
    for folder in folders {
        watch_if_there(debouncer.watch(folder, RecursiveMode::Recursive))?;
    }
    Ok(Box::new(debouncer))
}

/// Passes over a folder that is missing: it is being replaced, or is not mounted.
fn watch_if_there(watched: notify::Result<()>) -> notify::Result<()> {
    let is_missing = |error: &notify::Error| match &error.kind {
        notify::ErrorKind::PathNotFound => true,
        notify::ErrorKind::Io(source) => source.kind() == std::io::ErrorKind::NotFound,
        _ => false,
    };
    watched.or_else(|error| if is_missing(&error) { Ok(()) } else { Err(error) })
}

/// Reports events in `folders`, and of the folders themselves.
fn handler(
    folders: BTreeSet<PathBuf>,
    on_change: mpsc::Sender<()>,
) -> impl Fn(DebounceEventResult) + Send + 'static {
    move |result| {
        let is_in_folder = |path: &PathBuf| folders.iter().any(|folder| path.starts_with(folder));
        // Reading a file is not a change. An error may stand for events that were lost.
        let is_change = result.map_or(true, |events| {
            events.iter().any(|it| !it.kind.is_access() && it.paths.iter().any(is_in_folder))
        });
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

    /// A watcher of packs that had 0 when it was started, and the sender of changes.
    fn watcher() -> (PackWatcher<u32>, mpsc::Sender<()>) {
        let (on_change, changed) = mpsc::channel(1);
        let compares_at = Instant::now() + COMPARE_INTERVAL;
        let watcher =
            PackWatcher { changed, is_pending: false, last: 0, compares_at, _watcher: None };
        (watcher, on_change)
    }

    /// The same, with a change that was reported.
    fn changed_watcher() -> (PackWatcher<u32>, mpsc::Sender<()>) {
        let (watcher, on_change) = watcher();
        on_change.try_send(()).unwrap();
        (watcher, on_change)
    }

    #[tokio::test(start_paused = true)]
    async fn changes_that_are_not_reported_are_found_within_a_minute() {
        let (mut watcher, _on_change) = watcher();
        let unchanged = tokio::time::timeout(5 * COMPARE_INTERVAL, watcher.changed(async || 0));
        assert!(unchanged.await.is_err(), "the packs have what they had");
        tokio::time::timeout(2 * COMPARE_INTERVAL, watcher.changed(async || 1)).await.unwrap();
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
