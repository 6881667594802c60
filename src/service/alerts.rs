//! Alerts: notices to moderators that nobody asked for.

use super::context::Cause;
use super::delivery::ClaimResult;
use super::{EventOutcome, Sender, Service};
use crate::conversation::{
    Alert, BotMessage, Effects, MessageId, Notice, Place, PlaceId, PrincipalId,
};
use crate::store::records::{self, Records};

impl<R: Records> Service<R> {
    /// Alerts moderators, once, to permissions that the bot lacks at `place`.
    pub(super) async fn on_missing_permissions(
        &self,
        place: &Place,
        missing: &[String],
        sender: &impl Sender,
    ) -> records::Result<EventOutcome> {
        let snapshot = self.knowledge_base().current();
        let names = missing.join(", ");
        tracing::warn!(place.id = %place.id, "Missing permissions in {}: {names}", place.id);
        let alert_channel = &snapshot.spaces.of(place).settings.reports_to;
        // The bot cannot send to the place that denies it, nor to another platform.
        let is_reachable = |it: &PlaceId| *it != place.id && it.parts().0 == place.id.parts().0;
        let Some(alert_channel) = alert_channel.clone().filter(is_reachable) else {
            return Ok(EventOutcome::NoReply);
        };
        let alert = Alert {
            // The id is in the database: it must not change between versions.
            id: MessageId::from(format!("{}:hindered:{names}", place.id)),
            place: Place { id: alert_channel, ..place.clone() },
            notice: Notice::MissingPermissions {
                place: place.id.clone(),
                missing: missing.to_vec(),
            },
        };
        self.on_alert(&alert, sender).await
    }

    pub(super) async fn on_alert(
        &self,
        alert: &Alert,
        sender: &impl Sender,
    ) -> records::Result<EventOutcome> {
        let possibly_sent_since = match self.try_claim(&alert.id).await? {
            ClaimResult::Granted { possibly_sent_since } => possibly_sent_since,
            ClaimResult::Denied(outcome) => return Ok(outcome),
        };
        let (snapshot, nobody) = (self.knowledge_base().current(), PrincipalId::from(""));
        let context = self.load_context(snapshot, &alert.place, &nobody, None).await?;
        let is_suppressed = context.is_paused() && !alert.notice.is_for_moderators();
        let effects = if is_suppressed {
            Effects::default()
        } else {
            Effects::from(BotMessage::notice(alert.notice.clone(), false))
        };
        let cause = Cause { possibly_sent_since, ..Cause::new(&alert.id) };
        self.apply_effects(effects, &cause, &context, sender).await
    }
}
