//! The places where moderators are shown each change: what it is, and who has made it.

use std::sync::Arc;

use super::AppState;
use crate::conversation::reply::ModerationReply;
use crate::conversation::wording::Wording;
use crate::conversation::{PlaceId, Reply};
use crate::moderation::revision::n_revisions_of;
use crate::moderation::{Revision, Subject, report};
use crate::service::knowledge_base::PackUpdate;
use crate::store::records::{RecordedRevision, Records};

/// Most changed entries that a message about an edit shows.
const MAX_ENTRIES: usize = 10;

/// Most revisions of one entry that a message about edits shows.
const MAX_REVISIONS_OF_ENTRY: u32 = 10;

/// Shows moderators at `place` what has changed in a pack.
pub(super) async fn show_update(
    PackUpdate { pack, changes, .. }: &PackUpdate,
    place: &PlaceId,
    wording: &Wording,
    state: &Arc<AppState>,
) {
    let mut recorded = Vec::new();
    for change in changes.iter().take(MAX_ENTRIES) {
        let (pack, entry) = (pack.clone(), change.id.clone());
        let latest = state.service.records().revisions(pack, entry, MAX_REVISIONS_OF_ENTRY).await;
        let mut latest = latest.unwrap_or_default();
        let n_shown = n_revisions_of(change, latest.iter().map(|it| &it.revision));
        latest.truncate(n_shown);
        recorded.extend(latest.into_iter().rev());
    }
    let Some(last) = recorded.iter().map(|it| it.id).max() else { return };
    let n_more = changes.len().saturating_sub(MAX_ENTRIES);
    let revisions: Vec<(i64, Revision)> =
        recorded.into_iter().map(|it| (it.id, it.revision)).collect();
    let subject = Subject::Pack(pack.clone());
    let text = report::log_entry(&subject, &revisions, n_more, wording);
    send(ModerationReply { text, ..ModerationReply::default() }, last, place, state);
}

/// Shows moderators at `place` one change.
pub(super) fn show_revision(
    RecordedRevision { id, revision }: &RecordedRevision,
    place: &PlaceId,
    wording: &Wording,
    state: &Arc<AppState>,
) {
    let text = report::log_entry(&revision.subject, &[(*id, revision.clone())], 0, wording);
    send(ModerationReply { text, ..ModerationReply::default() }, *id, place, state);
}

/// Sends what is shown of changes up to the one with the number `last`, once.
fn send(reply: ModerationReply, last: i64, place: &PlaceId, state: &Arc<AppState>) {
    // The number makes the id one of its own; the id is in the database.
    state.alert(place, &format!("{place}:edit:{last}"), Reply::Moderation(reply));
}
