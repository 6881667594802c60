//! What moderators are told without having asked.

use super::delivery::Taken;
use super::respond::Cause;
use super::{Fate, Sender, Service};
use crate::conversation::{Effects, MessageId, Notice, PersonId, Place, PlaceId, Report, Say};
use crate::store::records::{self, Records};

impl<R: Records> Service<R> {
    /// Tells moderators, once, which permissions we lack at `place`.
    pub(super) async fn hindered(
        &self,
        place: &Place,
        missing: &[String],
        sender: &impl Sender,
    ) -> records::Result<Fate> {
        let snapshot = self.library().current();
        let names = missing.join(", ");
        tracing::warn!(place.id = %place.id, "Permissions are missing at {}: {names}", place.id);
        let reports_to = &snapshot.spaces.of(place).settings.reports_to;
        // Where it cannot speak it cannot report either, nor through another platform.
        let is_reachable = |it: &PlaceId| *it != place.id && it.parts().0 == place.id.parts().0;
        let Some(reports_to) = reports_to.clone().filter(is_reachable) else {
            return Ok(Fate::Silent);
        };
        let report = Report {
            id: MessageId::from(format!("{}:hindered:{names}", place.id)),
            place: Place { id: reports_to, ..place.clone() },
            notice: Notice::Hindered { place: place.id.clone(), missing: missing.to_vec() },
        };
        self.reported(&report, sender).await
    }

    pub(super) async fn reported(
        &self,
        report: &Report,
        sender: &impl Sender,
    ) -> records::Result<Fate> {
        let may_be_sent_since = match self.take(&report.id).await? {
            Taken::Ours { may_be_sent_since } => may_be_sent_since,
            Taken::Not(fate) => return Ok(fate),
        };
        let stage =
            self.stage(self.library().current(), &report.place, &PersonId::from(""), None).await?;
        let is_silent = stage.is_paused() && !report.notice.is_for_moderators();
        let effects = if is_silent {
            Effects::default()
        } else {
            Effects::from(Say::notice(report.notice.clone(), false))
        };
        let cause = Cause { may_be_sent_since, ..Cause::of(&report.id) };
        self.carry_out(effects, &cause, &stage, sender).await
    }
}
