//! Alerts: notices to moderators that nobody asked for.

use super::context::{Cause, ContextRequest};
use super::delivery::Granted;
use super::{EventOutcome, Sender, Service};
use crate::conversation::wording::Wording;
use crate::conversation::{
    Alert, BotMessage, Effects, MessageId, Notice, Place, PlaceId, PrincipalId, Reply,
};
use crate::store::records::{self, Records};

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
        is_timed_out: bool,
        sender: &impl Sender,
    ) -> records::Result<EventOutcome> {
        self.permission_reports.record(&place.id, self.now());
        let names = missing.join(", ");
        let why = if is_timed_out { " (timeout)" } else { "" };
        tracing::warn!(place.id = %place.id, "Missing permissions in {}: {names}{why}", place.id);
        let id = MessageId::from(format!("{}{names}{why}", permission_report_prefix(&place.id)));
        let (place_id, missing) = (place.id.clone(), missing.to_vec());
        let notice = Notice::MissingPermissions { place: place_id, missing, is_timed_out };
        self.alert_moderators(place, id, notice, sender).await
    }

    /// The beginning of the ids of reports of missing permissions at `place`, where a message was sent, if
    /// the records may have such reports: what is missing again has to be reported again.
    pub(super) fn outdated_permission_reports(&self, place: &PlaceId) -> Option<String> {
        let is_outdated = self.permission_reports.may_be_outdated(place, self.now());
        is_outdated.then(|| permission_report_prefix(place))
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
        if may_be_meant {
            let id = MessageId::from(format!("{}:undecryptable:{day}", place.id));
            let alert =
                Alert { id, place: place.clone(), reply: Reply::Notice(Notice::Undecryptable) };
            return self.on_alert(&alert, sender).await;
        }
        let id = MessageId::from(format!("{}:undecryptable-at:{day}", place.id));
        let notice = Notice::UndecryptableAt { place: place.id.clone() };
        self.alert_moderators(place, id, notice, sender).await
    }

    /// Logs `notice`, what is left to set up for `place`, and sends it to the moderators. The members of
    /// the place cannot do anything about it.
    pub(super) async fn report_setup(
        &self,
        place: &Place,
        member_of: &PlaceId,
        notice: Notice,
        sender: &impl Sender,
    ) -> records::Result<EventOutcome> {
        let text = Wording::english().notice(&notice).replace('\n', " ");
        tracing::warn!(place.id = %place.id, "{text}");
        let id = MessageId::from(format!("{member_of}:setup"));
        self.alert_moderators(place, id, notice, sender).await
    }

    /// Sends `notice` about `place` to the alert channel of its space, if that is another place on the
    /// same platform: where something is missing, nothing may be sent.
    async fn alert_moderators(
        &self,
        place: &Place,
        id: MessageId,
        notice: Notice,
        sender: &impl Sender,
    ) -> records::Result<EventOutcome> {
        let snapshot = self.knowledge_base().current();
        let alert_channel = snapshot.spaces.of(place).settings.reports_to.clone();
        let alert_channel = alert_channel.filter(|it| is_other_place(it, &place.id));
        let Some(alert_channel) = alert_channel else { return Ok(EventOutcome::NoReply) };
        let alert = Alert {
            id,
            place: Place { id: alert_channel, ..place.clone() },
            reply: Reply::Notice(notice),
        };
        self.on_alert(&alert, sender).await
    }

    pub(super) async fn on_alert(
        &self,
        alert: &Alert,
        sender: &impl Sender,
    ) -> records::Result<EventOutcome> {
        let (snapshot, nobody) = (self.knowledge_base().current(), PrincipalId::from(""));
        let request = ContextRequest { claimed: Some(&alert.id), ..ContextRequest::default() };
        let context = self.load_context(snapshot, &alert.place, &nobody, request).await?;
        let Granted { possibly_sent_since } = match self.claim_with(&context, &alert.id).await? {
            Ok(granted) => granted,
            Err(outcome) => return Ok(outcome),
        };
        let is_for_moderators = match &alert.reply {
            Reply::Notice(notice) => notice.is_for_moderators(),
            _ => true,
        };
        let effects = if context.is_paused() && !is_for_moderators {
            Effects::default()
        } else {
            Effects::from(BotMessage::alert(alert.reply.clone()))
        };
        let cause = Cause { possibly_sent_since, ..Cause::new(&alert.id) };
        self.apply_effects(effects, &cause, &context, sender).await
    }
}
