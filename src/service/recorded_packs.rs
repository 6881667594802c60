//! Records what is served of packs, and what editors have changed in their files.

use std::sync::Arc;

use super::Service;
use super::knowledge_base::PackUpdate;
use crate::knowledge::patch;
use crate::moderation::Revision;
use crate::store::pack_files;
use crate::store::records::{self, Records};

/// How often an update is compared with the records at most: again if an edit was recorded meanwhile.
const MAX_ATTEMPTS: usize = 10;

impl<R: Records> Service<R> {
    /// Records that what `update` has loaded is served, and what it has more or less than the history, as changes of the
    /// file.
    ///
    /// An update may be late: edits may have been made and recorded since it was loaded. They must not be recorded once
    /// more, nor the text before them as the last one. So a text that is in the file no more is not recorded: what has
    /// changed until then is recorded by the edit that has replaced it, or with the next update.
    ///
    /// # Errors
    /// [`RecordsError`](records::RecordsError) if the records cannot be used.
    pub async fn record_update(&self, update: &PackUpdate) -> records::Result<()> {
        let Some(faq) = &update.faq else { return Ok(()) };
        for _ in 0..MAX_ATTEMPTS {
            // Before the file is read: an edit replaces the file first, and is recorded then.
            let before = self.records().accepted_packs().await?.remove(&update.pack);
            if before.as_deref() == Some(&**faq) || !is_in_file(update, faq).await {
                return Ok(());
            }
            let changes = before.as_deref().map_or_else(Vec::new, |it| patch::changes(it, faq));
            let of_file = |change| Revision::by_file(&update.pack, change, self.now());
            let revisions = changes.into_iter().map(of_file).collect();
            let (pack, faq) = (update.pack.clone(), Arc::clone(faq));
            if self.records().accept_pack(pack, before, faq, revisions).await? {
                return Ok(());
            }
        }
        Ok(())
    }
}

/// Whether the file of the pack still has this text.
async fn is_in_file(update: &PackUpdate, faq: &Arc<str>) -> bool {
    let (folder, faq) = (update.folder.clone(), Arc::clone(faq));
    let reading = tokio::task::spawn_blocking(move || pack_files::has_faq(&folder, &faq));
    reading.await.unwrap_or_default()
}
