//! The digest: what was not answered, for moderators, on schedule.

use std::path::Path;
use std::time::Duration;

use super::Service;
use super::knowledge_base::Snapshot;
use crate::conversation::event::Alert;
use crate::conversation::reply::ModerationReply;
use crate::conversation::wording::Wording;
use crate::conversation::{MessageId, Place, PlaceId, Reply, Space, SpaceSettings, Timestamp};
use crate::moderation::inbox::{MAX_QUESTIONS, QuestionGroup, groups};
use crate::moderation::report;
use crate::store::records::{self, Inbox, Records};

const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(24 * 3600);

/// A Monday: 1970 began with a Thursday.
const FIRST_MONDAY: Timestamp = Timestamp::from_millis(4 * 24 * 3600 * 1000);

impl<R: Records> Service<R> {
    /// The digest of each space that wants one, was not sent the last one, and has questions of those days that wait. It
    /// has the same id until the next one is due, so that it is sent once, also after a restart.
    ///
    /// # Errors
    /// [`records::RecordsError`] if the inbox cannot be read.
    pub async fn digests(&self) -> records::Result<Vec<Alert>> {
        let Some(editing) = self.pack_editing.clone() else { return Ok(Vec::new()) };
        let (snapshot, now) = (self.knowledge_base().current(), self.now());
        let mut wanted = Vec::new();
        for space in snapshot.spaces.all() {
            let Some(place) = &space.settings.sends_digest_to else { continue };
            // To put the questions into groups takes a while.
            if self.records().reply_to(id(space, place, now)).await?.is_none() {
                wanted.push((space.clone(), place.clone()));
            }
        }
        let reading = tokio::task::spawn_blocking(move || {
            let mut digests = Vec::new();
            for (space, place) in &wanted {
                digests.extend(digest((space, place), &snapshot, &editing.data, now)?);
            }
            Ok(digests)
        });
        match reading.await {
            Ok(digests) => digests,
            Err(error) => std::panic::resume_unwind(error.into_panic()),
        }
    }
}

/// What a digest is about: the days that ended when it was due last.
struct Period {
    since: Timestamp,
    due: Timestamp,
}

impl Period {
    fn before(now: Timestamp, settings: &SpaceSettings) -> Self {
        let length = DAY * settings.digest_days.max(1);
        let first = FIRST_MONDAY.plus(HOUR * settings.digest_hour);
        let into = now.since(first).as_millis() % length.as_millis();
        let due = now.minus(Duration::from_millis(u64::try_from(into).unwrap_or(0)));
        Self { since: due.minus(length), due }
    }
}

/// The id of the digest of `space` for `place` that was due last.
fn id(space: &Space, place: &PlaceId, now: Timestamp) -> MessageId {
    let due = Period::before(now, &space.settings).due;
    MessageId::from(format!("{place}:digest:{}:{}", space.name, due.rfc3339()))
}

/// The digest of `space` for `place` that was due last; `None` if nothing waits from those days.
fn digest(
    (space, place): (&Space, &PlaceId),
    snapshot: &Snapshot,
    data: &Path,
    now: Timestamp,
) -> records::Result<Option<Alert>> {
    let index = &snapshot.index_for(space).index;
    // Words are compared by the rules of one language.
    let Some(pack) = index.packs().first() else { return Ok(None) };
    let Period { since, due } = Period::before(now, &space.settings);
    let mut questions = Inbox::open(data)?.questions(Some(&space.name), MAX_QUESTIONS)?;
    let is_of_period = |asked_at: Timestamp| since <= asked_at && asked_at < due;
    // What was dismissed hides what asks for the same.
    questions.retain(|it| it.is_dismissed || is_of_period(it.question.asked_at));
    let waiting: Vec<QuestionGroup> = groups(&questions, pack);
    if waiting.is_empty() {
        return Ok(None);
    }
    let wording = Wording::for_locale(&space.settings.locale);
    let id = id(space, place, now);
    let text = report::digest(&waiting, since, space.settings.command_mark(), wording);
    Ok(Some(Alert {
        id,
        place: Place { id: place.clone(), parents: Vec::new(), is_direct: false },
        reply: Reply::Moderation(ModerationReply { text, ..ModerationReply::default() }),
    }))
}
