//! Alerts: notices to moderators that nobody asked for.

use std::collections::HashMap;
use std::sync::{MutexGuard, PoisonError};
use std::time::Duration;

use super::context::Cause;
use super::delivery::ClaimResult;
use super::error_causes::with_causes;
use super::{EventOutcome, Sender, Service};
use crate::conversation::{
    Alert, BotMessage, Effects, MessageId, Notice, Place, PlaceId, PrincipalId, Timestamp,
};
use crate::store::records::{self, Records};

/// Shortest time between two reports of the same missing permissions.
const REPORT_AGAIN_AFTER: Duration = Duration::from_secs(24 * 3600);

/// Places whose reports are remembered.
const MAX_PERMISSION_REPORTS: usize = 10_000;

/// What is known of reports of missing permissions at a place.
#[derive(Debug, Clone, Copy)]
pub(super) enum PermissionReport {
    /// None since messages could be sent.
    None,
    /// A report at this time.
    SentAt(Timestamp),
}

/// The beginning of the ids of reports of missing permissions at `place`. The ids are in the database: they
/// must not change between versions.
fn permission_report_prefix(place: &PlaceId) -> String {
    format!("{place}:hindered:")
}

const MILLIS_PER_DAY: i64 = 24 * 60 * 60 * 1000;

/// Whether `alert_channel` is on the platform of `place`, and not `place` itself.
fn is_other_place(alert_channel: &PlaceId, place: &PlaceId) -> bool {
    alert_channel != place && alert_channel.parts().0 == place.parts().0
}

impl<R: Records> Service<R> {
    /// Alerts moderators, once, to permissions that the bot lacks at `place`.
    pub(super) async fn on_missing_permissions(
        &self,
        place: &Place,
        missing: &[String],
        sender: &impl Sender,
    ) -> records::Result<EventOutcome> {
        self.permission_reports().insert(place.id.clone(), PermissionReport::SentAt(self.now()));
        let snapshot = self.knowledge_base().current();
        let names = missing.join(", ");
        tracing::warn!(place.id = %place.id, "Missing permissions in {}: {names}", place.id);
        let alert_channel = snapshot.spaces.of(place).settings.reports_to.clone();
        // The bot cannot send to the place that denies it.
        let alert_channel = alert_channel.filter(|it| is_other_place(it, &place.id));
        let Some(alert_channel) = alert_channel else { return Ok(EventOutcome::NoReply) };
        let alert = Alert {
            id: MessageId::from(format!("{}{names}", permission_report_prefix(&place.id))),
            place: Place { id: alert_channel, ..place.clone() },
            notice: Notice::MissingPermissions {
                place: place.id.clone(),
                missing: missing.to_vec(),
            },
        };
        self.on_alert(&alert, sender).await
    }

    /// Forgets the reports of missing permissions at `place`, where a message was sent, so that they are
    /// reported again when they are missing again. Not within a day of a report: what is missing may
    /// hinder replies only, or answers with embeds.
    pub(super) async fn forget_permission_reports(&self, place: &PlaceId) {
        let known = self.permission_reports().get(place).copied();
        match known {
            Some(PermissionReport::None) => return,
            Some(PermissionReport::SentAt(at)) if self.now().since(at) < REPORT_AGAIN_AFTER => {
                return;
            }
            // Before the start, there may have been reports.
            Some(PermissionReport::SentAt(_)) | None => {}
        }
        if let Err(error) = self.records().forget_alerts(permission_report_prefix(place)).await {
            tracing::error!(place.id = %place, "Could not forget the reports of {place}: {}", with_causes(&error));
            return;
        }
        let mut permission_reports = self.permission_reports();
        if permission_reports.len() >= MAX_PERMISSION_REPORTS {
            permission_reports.clear();
        }
        permission_reports.insert(place.clone(), PermissionReport::None);
    }

    fn permission_reports(&self) -> MutexGuard<'_, HashMap<PlaceId, PermissionReport>> {
        self.permission_reports.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reports, once a day, that messages at `place` cannot be decrypted: at the place if they may be
    /// meant for the bot, since their sender can do something about it, else to the moderators.
    pub(super) async fn on_undecryptable(
        &self,
        place: &Place,
        may_be_meant: bool,
        sender: &impl Sender,
    ) -> records::Result<EventOutcome> {
        let day = self.now().as_millis() / MILLIS_PER_DAY;
        let id = MessageId::from(format!("{}:undecryptable:{day}", place.id));
        if may_be_meant {
            let alert = Alert { id, place: place.clone(), notice: Notice::Undecryptable };
            return self.on_alert(&alert, sender).await;
        }
        let snapshot = self.knowledge_base().current();
        let alert_channel = snapshot.spaces.of(place).settings.reports_to.clone();
        let alert_channel = alert_channel.filter(|it| is_other_place(it, &place.id));
        let Some(alert_channel) = alert_channel else { return Ok(EventOutcome::NoReply) };
        let alert = Alert {
            id: MessageId::from(format!("{}:undecryptable-at:{day}", place.id)),
            place: Place { id: alert_channel, ..place.clone() },
            notice: Notice::UndecryptableAt { place: place.id.clone() },
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
