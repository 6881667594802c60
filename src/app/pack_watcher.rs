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

/// Editors and `git pull` write files one after the other; so long after the last one they are
/// read.
const DEBOUNCE: Duration = Duration::from_millis(500);

/// How often is looked where the system does not tell (network file systems, too many watches).
const POLL_EVERY: Duration = Duration::from_secs(30);

/// Tells of changes until it is dropped.
pub(super) struct PackWatcher {
    changed: mpsc::Receiver<()>,
    /// What watches.
    _watcher: Option<Box<dyn Any + Send>>,
}

impl PackWatcher {
    /// Watches the packs of `spaces`.
    pub(super) fn start(spaces: &Spaces) -> Self {
        let folders: BTreeSet<&Path> =
            spaces.all().flat_map(|space| &space.packs).map(|folder| folder.as_path()).collect();
        let (tell, changed) = mpsc::channel(1);
        let watcher = by_system(&folders, tell.clone()).or_else(|error| {
            tracing::warn!(
                %error,
                "The system does not watch the packs; they are looked at every {POLL_EVERY:?}"
            );
            by_polling(&folders, tell)
        });
        if let Err(error) = &watcher {
            tracing::error!(%error, "The packs are not watched: SIGHUP reloads them");
        }
        Self { changed, _watcher: watcher.ok() }
    }

    /// Waits for the next change. Without a watcher it waits for ever.
    pub(super) async fn changed(&mut self) {
        if self.changed.recv().await.is_none() {
            std::future::pending::<()>().await;
        }
    }
}

type Watched = notify::Result<Box<dyn Any + Send>>;

fn by_system(folders: &BTreeSet<&Path>, tell: mpsc::Sender<()>) -> Watched {
    run_until_stopped(new_debouncer(DEBOUNCE, None, handler(tell))?, folders)
}

fn by_polling(folders: &BTreeSet<&Path>, tell: mpsc::Sender<()>) -> Watched {
    let config = notify::Config::default().with_poll_interval(POLL_EVERY);
    let debouncer = new_debouncer_opt::<_, PollWatcher, _>(
        DEBOUNCE,
        None,
        handler(tell),
        NoCache::new(),
        config,
    )?;
    run_until_stopped(debouncer, folders)
}

fn run_until_stopped<W, C>(mut debouncer: Debouncer<W, C>, folders: &BTreeSet<&Path>) -> Watched
where
    W: Watcher + Send + 'static,
    C: FileIdCache + Send + 'static,
{
    for folder in folders {
        debouncer.watch(folder, RecursiveMode::Recursive)?;
    }
    Ok(Box::new(debouncer))
}

fn handler(tell: mpsc::Sender<()>) -> impl Fn(DebounceEventResult) + Send + 'static {
    move |result| {
        // What was only read has not changed; an error may hide a change.
        let is_change = result.is_ok_and(|events| events.iter().any(|it| !it.kind.is_access()));
        if is_change {
            // If it is full, somebody is about to look anyway.
            tell.try_send(()).ok();
        }
    }
}
