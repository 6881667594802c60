//! What moderators are told without having asked.

use super::delivery::ClaimResult;
use super::respond::Cause;
use super::{EventOutcome, Sender, Service};
use crate::conversation::{
    Alert, BotMessage, Effects, MessageId, Notice, Place, PlaceId, PrincipalId,
};
use crate::store::records::{self, Records};

impl<R: Records> Service<R> {
    /// Tells moderators, once, which permissions we lack at `place`.
    pub(super) async fn on_missing_permissions(
        &self,
        place: &Place,
        missing: &[String],
        sender: &impl Sender,
    ) -> records::Result<EventOutcome> {
        let snapshot = self.knowledge_base().current();
        let names = missing.join(", ");
        tracing::warn!(place.id = %place.id, "Permissions are missing at {}: {names}", place.id);
        let reports_to = &snapshot.spaces.of(place).settings.reports_to;
        // Where it cannot speak it cannot report either, nor through another platform.
        let is_reachable = |it: &PlaceId| *it != place.id && it.parts().0 == place.id.parts().0;
        let Some(reports_to) = reports_to.clone().filter(is_reachable) else {
            return Ok(EventOutcome::NoReply);
        };
        let report = Alert {
            id: MessageId::from(format!("{}:hindered:{names}", place.id)),
            place: Place { id: reports_to, ..place.clone() },
            notice: Notice::MissingPermissions {
                place: place.id.clone(),
                missing: missing.to_vec(),
            },
        };
        self.on_alert(&report, sender).await
    }

    pub(super) async fn on_alert(
        &self,
        report: &Alert,
        sender: &impl Sender,
    ) -> records::Result<EventOutcome> {
        let may_be_sent_since = match self.try_claim(&report.id).await? {
            ClaimResult::Granted { possibly_sent_since: may_be_sent_since } => may_be_sent_since,
            ClaimResult::Denied(fate) => return Ok(fate),
        };
        let stage = self
            .load_context(
                self.knowledge_base().current(),
                &report.place,
                &PrincipalId::from(""),
                None,
            )
            .await?;
        let is_silent = stage.is_paused() && !report.notice.is_for_moderators();
        let effects = if is_silent {
            Effects::default()
        } else {
            Effects::from(BotMessage::notice(report.notice.clone(), false))
        };
        let cause = Cause { may_be_sent_since, ..Cause::of(&report.id) };
        self.apply_effects(effects, &cause, &stage, sender).await
    }
}
