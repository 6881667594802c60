//! Records what is served of packs, and what editors have changed in their files.

use super::Service;
use super::knowledge_base::PackUpdate;
use crate::knowledge::CuratedTexts;
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
        let Some(texts) = &update.texts else { return Ok(()) };
        for _ in 0..MAX_ATTEMPTS {
            // Before the file is read: an edit replaces the file first, and is recorded then.
            let before = self.records().accepted_packs().await?.remove(&update.pack);
            let is_recorded = before.as_ref().is_some_and(|before| before.are(texts));
            if is_recorded || !are_in_files(update, texts).await {
                return Ok(());
            }
            let changes = before.as_ref().map_or_else(Vec::new, |before| before.changes_to(texts));
            let of_file = |change| Revision::by_file(&update.pack, change, self.now());
            let revisions = changes.into_iter().map(of_file).collect();
            let (pack, texts) = (update.pack.clone(), texts.clone());
            if self.records().accept_pack(pack, before, texts, revisions).await? {
                return Ok(());
            }
        }
        Ok(())
    }
}

/// Whether the files of the pack still have these texts.
async fn are_in_files(update: &PackUpdate, texts: &CuratedTexts) -> bool {
    let (folder, texts) = (update.folder.clone(), texts.clone());
    let reading = tokio::task::spawn_blocking(move || pack_files::has_texts(&folder, &texts));
    reading.await.unwrap_or_default()
}
