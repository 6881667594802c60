//! The digest: what was not answered, for moderators, on schedule.

use std::path::Path;
use std::time::Duration;

use super::Service;
use super::knowledge_base::Snapshot;
use crate::conversation::event::Alert;
use crate::conversation::reply::ModerationReply;
use crate::conversation::wording::Wording;
use crate::conversation::{MessageId, Place, PlaceId, Reply, Space, Timestamp};
use crate::moderation::inbox::{QuestionGroup, groups};
use crate::moderation::report;
use crate::store::records::{self, Inbox, Records};

const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(24 * 3600);

/// A Monday: 1970 began with a Thursday.
const FIRST_MONDAY: Timestamp = Timestamp::from_millis(4 * 24 * 3600 * 1000);

/// Most questions that are read, the latest.
const MAX_QUESTIONS: u32 = 10_000;

impl<R: Records> Service<R> {
    /// The digest of each space that wants one and has questions of the last days that wait. It has the same id
    /// throughout a period, so that it is sent once, also after a restart.
    ///
    /// # Errors
    /// [`records::RecordsError`] if the inbox cannot be read.
    pub async fn digests(&self) -> records::Result<Vec<Alert>> {
        let Some(editing) = self.pack_editing.clone() else { return Ok(Vec::new()) };
        let (snapshot, now) = (self.knowledge_base().current(), self.now());
        let reading = tokio::task::spawn_blocking(move || {
            let mut digests = Vec::new();
            for space in snapshot.spaces.all() {
                if let Some(place) = &space.settings.sends_digest_to {
                    digests.extend(digest((space, place), &snapshot, &editing.data, now)?);
                }
            }
            Ok(digests)
        });
        match reading.await {
            Ok(digests) => digests,
            Err(error) => std::panic::resume_unwind(error.into_panic()),
        }
    }
}

/// The digest of `space` for `place`; `None` if nothing waits.
fn digest(
    (space, place): (&Space, &PlaceId),
    snapshot: &Snapshot,
    data: &Path,
    now: Timestamp,
) -> records::Result<Option<Alert>> {
    let index = &snapshot.index_for(space).index;
    // Words are compared by the rules of one language.
    let Some(pack) = index.packs().first() else { return Ok(None) };
    let period = DAY * space.settings.digest_days;
    let first = FIRST_MONDAY.plus(HOUR * space.settings.digest_hour);
    let number = now.since(first).as_secs() / period.as_secs().max(1);
    let since = now.minus(period);
    let questions = Inbox::open(data)?.questions(Some(&space.name), MAX_QUESTIONS)?;
    let is_new = |group: &QuestionGroup| group.last_asked() >= since;
    let waiting: Vec<QuestionGroup> = groups(&questions, pack).into_iter().filter(is_new).collect();
    if waiting.is_empty() {
        return Ok(None);
    }
    let wording = Wording::for_locale(&space.settings.locale);
    let text = report::digest(&waiting, since, space.settings.command_mark(), wording);
    Ok(Some(Alert {
        id: MessageId::from(format!("{place}:digest:{}:{number}", space.name)),
        place: Place { id: place.clone(), parents: Vec::new(), is_direct: false },
        reply: Reply::Moderation(ModerationReply { text, ..ModerationReply::default() }),
    }))
}
