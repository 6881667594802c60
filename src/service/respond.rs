//! From an event to what is done about it: asks `conversation`, carries out what it says.

use std::sync::Arc;

use super::delivery::{ClaimResult, Delivery};
use super::knowledge_base::{Snapshot, SpaceIndex};
use super::{EventOutcome, Outgoing, Sender, Service};
use crate::conversation::respond::{greet, respond, respond_to_control, respond_to_edit};
use crate::conversation::trigger::{Question, classify};
use crate::conversation::wording::Wording;
use crate::conversation::{
    AskerHash, BotMessage, Context, ControlUse, Effects, Event, Message, MessageEffect, MessageId,
    Place, PlaceId, PrincipalId, SentReply, Space, SpaceSettings, Timestamp, Trigger,
};
use crate::store::records::{self, Feedback, PlaceStatus, Records, SpaceState};

impl<R: Records> Service<R> {
    /// Does what `event` asks for. Failures are logged here and told in the [`Fate`].
    pub async fn handle(&self, event: &Event, sender: &impl Sender) -> EventOutcome {
        let done = match event {
            Event::MessageCreated(message) => self.on_message(message, sender).await,
            Event::MessageEdited(message) => self.on_edit(message, sender).await,
            Event::MessageDeleted { id, .. } => self.on_delete(id, sender).await,
            Event::ControlUsed(used) => self.on_control(used, sender).await,
            Event::Joined { place, member_of: whole, at } => {
                self.on_join(place, whole.as_ref().unwrap_or(&place.id), *at, sender).await
            }
            Event::MissingPermissions { place, missing } => {
                self.on_missing_permissions(place, missing, sender).await
            }
            Event::Alert(report) => self.on_alert(report, sender).await,
        };
        let fate = done.unwrap_or_else(|error| {
            tracing::error!(%error, "Something was not done to its end, since the records failed");
            EventOutcome::StorageFailed
        });
        self.notify_failure(event, fate, sender).await;
        fate
    }

    /// Whether `event` may ask something of us. Costs little.
    pub fn is_relevant(&self, event: &Event) -> bool {
        // What is changed or taken back may be a question that was answered.
        let Event::MessageCreated(message) = event else { return true };
        let snapshot = self.knowledge_base().current();
        classify(message, &snapshot.spaces.of(&message.place).settings) != Trigger::Ignore
    }

    async fn on_message(
        &self,
        message: &Message,
        sender: &impl Sender,
    ) -> records::Result<EventOutcome> {
        // Most of what is said is not for us, and is to cost nothing.
        let snapshot = self.knowledge_base().current();
        let trigger = classify(message, &snapshot.spaces.of(&message.place).settings);
        if trigger == Trigger::Ignore {
            return Ok(EventOutcome::Irrelevant);
        }
        let said = self.reply_target(message).await?;
        let stage = self.load_context(snapshot, &message.place, &message.author.id, said).await?;
        if self.is_too_old(message, &stage) {
            return Ok(EventOutcome::TooOld);
        }
        let effects =
            || respond(message, &trigger, &stage.scene(message.sent_at), &mut self.cooldowns());
        // Where we listen, most messages are none of our business and leave no trace.
        let overheard =
            matches!(&trigger, Trigger::Question(Question { is_unaddressed: true, .. }));
        let early = overheard.then(effects);
        if early.as_ref().is_some_and(|effects| *effects == Effects::default()) {
            return Ok(EventOutcome::NoReply);
        }
        let may_be_sent_since = match self.try_claim(&message.id).await? {
            ClaimResult::Granted { possibly_sent_since: may_be_sent_since } => may_be_sent_since,
            ClaimResult::Denied(fate) => return Ok(fate),
        };
        let effects = early.unwrap_or_else(effects);
        let locale = message.locale.as_ref();
        let cause = Cause { is_message: true, may_be_sent_since, locale, ..Cause::of(&message.id) };
        self.apply_effects(effects, &cause, &stage, sender).await
    }

    async fn on_edit(
        &self,
        message: &Message,
        sender: &impl Sender,
    ) -> records::Result<EventOutcome> {
        let Some(said) = self.records().reply_to(message.id.clone()).await? else {
            // What was no question may have become one; what was handled is not handled again.
            return self.on_message(message, sender).await;
        };
        let Some(change) = &message.edit_id else {
            return self.update_reply_to(message, said, sender).await;
        };
        if let ClaimResult::Denied(fate) = self.try_claim(change).await? {
            return Ok(fate);
        }
        let fate = self.update_reply_to(message, said, sender).await?;
        match fate {
            EventOutcome::RetriesExhausted => {
                self.records().release(change.clone(), self.parts.holder.clone()).await?;
            }
            _ => self.complete(change, None, None).await?,
        }
        Ok(fate)
    }

    /// Makes `said` the answer to what `message` says now.
    async fn update_reply_to(
        &self,
        message: &Message,
        on_message: SentReply,
        sender: &impl Sender,
    ) -> records::Result<EventOutcome> {
        let stage = self
            .load_context(
                self.knowledge_base().current(),
                &message.place,
                &message.author.id,
                Some(on_message),
            )
            .await?;
        let trigger = classify(message, &stage.space().settings);
        let effects =
            respond_to_edit(message, &trigger, &stage.scene(self.now()), &mut self.cooldowns());
        let locale = message.locale.as_ref();
        let cause = Cause { is_message: true, locale, ..Cause::of(&message.id) };
        self.edit_or_delete(effects, &cause, &stage, sender).await
    }

    async fn on_delete(
        &self,
        id: &MessageId,
        sender: &impl Sender,
    ) -> records::Result<EventOutcome> {
        if let Some(said) = self.records().reply_to(id.clone()).await? {
            return self.delete_reply(said, id, sender).await;
        }
        self.records().delete_message_data(id.clone()).await?;
        Ok(EventOutcome::Irrelevant)
    }

    async fn on_control(
        &self,
        used: &ControlUse,
        sender: &impl Sender,
    ) -> records::Result<EventOutcome> {
        let may_be_sent_since = match self.try_claim(&used.id).await? {
            ClaimResult::Granted { possibly_sent_since: may_be_sent_since } => may_be_sent_since,
            ClaimResult::Denied(fate) => return Ok(fate),
        };
        let said = self.records().reply_by_message(used.message.clone()).await?;
        let stage = self
            .load_context(self.knowledge_base().current(), &used.place, &used.user.id, said)
            .await?;
        let effects = respond_to_control(used, &stage.scene(self.now()), &mut self.cooldowns());
        let effects =
            if sender.supports_private_replies() { effects } else { effects.into_public() };
        if let (Some(is_helpful), Some(said)) = (effects.feedback, &stage.said) {
            let (sent, by) = (said.message.clone(), stage.asker.clone());
            self.records()
                .record_feedback(Feedback { message: sent, asker: by, is_helpful, at: self.now() })
                .await?;
        }
        let locale = used.locale.as_ref();
        let cause = Cause {
            may_be_sent_since,
            locale,
            on_control: Some(&used.message),
            ..Cause::of(&used.id)
        };
        self.apply_effects(effects, &cause, &stage, sender).await
    }

    async fn on_join(
        &self,
        place: &Place,
        whole: &PlaceId,
        at: Timestamp,
        sender: &impl Sender,
    ) -> records::Result<EventOutcome> {
        if !self.records().record_join(whole.clone(), at).await? {
            return Ok(EventOutcome::Duplicate);
        }
        // Who has had us for long is not greeted by a new data folder.
        if self.now().since(at) > self.parts.delivery.catch_up() {
            return Ok(EventOutcome::TooOld);
        }
        let id = MessageId::from(format!("{whole}:joined"));
        let may_be_sent_since = match self.try_claim(&id).await? {
            ClaimResult::Granted { possibly_sent_since: may_be_sent_since } => may_be_sent_since,
            ClaimResult::Denied(fate) => return Ok(fate),
        };
        let nobody = PrincipalId::from("");
        let stage =
            self.load_context(self.knowledge_base().current(), place, &nobody, None).await?;
        let effects = greet(place, &stage.scene(at));
        let cause = Cause { may_be_sent_since, ..Cause::of(&id) };
        self.apply_effects(effects, &cause, &stage, sender).await
    }

    /// Does what `effects` say about `cause`, which is claimed.
    pub(super) async fn apply_effects(
        &self,
        effects: Effects,
        cause: &Cause<'_>,
        load_context: &OwnedContext,
        sender: &impl Sender,
    ) -> records::Result<EventOutcome> {
        let space = load_context.space();
        if let Some(is_paused) = effects.pause {
            self.records().set_space_state(space.name.clone(), SpaceState { is_paused }).await?;
        }
        match effects.message {
            MessageEffect::Send(say) => {
                let outgoing = Outgoing {
                    place: load_context.place.id.clone(),
                    cause: cause.id.clone(),
                    is_reply: cause.is_message,
                    control_message: cause.on_control.cloned(),
                    locale: locale_of(&say, cause.locale, &space.settings),
                    message: say,
                };
                let delivery = Delivery {
                    outgoing,
                    possibly_sent_since: cause.may_be_sent_since,
                    space: space.name.clone(),
                    asker: load_context.asker.clone(),
                    unanswered: effects.unanswered,
                };
                self.deliver_with_typing(delivery, sender).await
            }
            MessageEffect::Edit(_) | MessageEffect::Delete => {
                let fate = self.edit_or_delete(effects, cause, load_context, sender).await?;
                self.complete(cause.id, None, None).await?;
                Ok(fate)
            }
            MessageEffect::Nothing => {
                self.complete(cause.id, None, effects.unanswered).await?;
                Ok(EventOutcome::NoReply)
            }
        }
    }

    /// Changes our message on the stage or takes it away, as `effects` say about `cause`.
    async fn edit_or_delete(
        &self,
        effects: Effects,
        cause: &Cause<'_>,
        load_context: &OwnedContext,
        sender: &impl Sender,
    ) -> records::Result<EventOutcome> {
        let Some(said) = load_context.said.clone() else { return Ok(EventOutcome::NoReply) };
        match effects.message {
            MessageEffect::Edit(say) => {
                let outgoing = replacement(&said, say, cause, load_context.space());
                let fate = self.edit(&said.message, &outgoing, sender).await;
                if fate == EventOutcome::Edited {
                    let BotMessage { kind, is_private, entries, .. } = outgoing.message;
                    let amended = SentReply { kind, is_private, entries, ..said };
                    self.records().update_reply(amended, effects.unanswered).await?;
                }
                Ok(fate)
            }
            MessageEffect::Delete => self.delete_reply(said, cause.id, sender).await,
            MessageEffect::Nothing | MessageEffect::Send(_) => Ok(EventOutcome::NoReply),
        }
    }

    /// Takes `said` away. Where the platform does not let us, it is remembered, so that it can be
    /// taken away later; the question is forgotten in any case.
    async fn delete_reply(
        &self,
        on_message: SentReply,
        cause: &MessageId,
        sender: &impl Sender,
    ) -> records::Result<EventOutcome> {
        let fate = self.delete((&on_message.message, &on_message.place), cause, sender).await;
        if fate == EventOutcome::Deleted {
            self.records().delete_message_data(on_message.question).await?;
        } else {
            self.records().update_reply(on_message, None).await?;
        }
        Ok(fate)
    }

    /// What holds at `place` for `person`.
    pub(super) async fn load_context(
        &self,
        snapshot: Arc<Snapshot>,
        place: &Place,
        person: &PrincipalId,
        said: Option<SentReply>,
    ) -> records::Result<OwnedContext> {
        let space = snapshot.spaces.of(place).name.clone();
        // What is around a direct message is what its asker shares with us.
        let around: &[PlaceId] = if place.is_direct { &[] } else { &place.parents };
        let places = std::iter::once(&place.id).chain(around).cloned().collect();
        let standing = self.records().place_status(space, places).await?;
        Ok(OwnedContext {
            snapshot,
            place: place.clone(),
            standing,
            asker: self.asker(person),
            said,
        })
    }

    /// Our message that `message` replies to.
    async fn reply_target(&self, message: &Message) -> records::Result<Option<SentReply>> {
        match message.replied_to.as_ref().filter(|replied_to| replied_to.is_from_bot) {
            Some(replied_to) => self.records().reply_by_message(replied_to.id.clone()).await,
            None => Ok(None),
        }
    }

    /// Whether `message` is older than what is caught up with, or than our presence.
    fn is_too_old(&self, message: &Message, stage: &OwnedContext) -> bool {
        self.now().since(message.sent_at) > self.parts.delivery.catch_up()
            || message.sent_at < stage.standing.member_since
    }
}

/// The language of `say`: what one person alone reads is in theirs, if we speak it.
pub(super) fn locale_of(
    say: &BotMessage,
    theirs: Option<&String>,
    settings: &SpaceSettings,
) -> String {
    let theirs = theirs.filter(|locale| say.is_private && Wording::supports(locale));
    theirs.unwrap_or(&settings.locale).clone()
}

/// What takes the place of `said` because of `cause`.
fn replacement(said: &SentReply, say: BotMessage, cause: &Cause<'_>, space: &Space) -> Outgoing {
    let locale = locale_of(&say, cause.locale, &space.settings);
    let (place, is_reply) = (said.place.clone(), cause.is_message);
    let (cause, used) = (cause.id.clone(), cause.on_control.cloned());
    Outgoing { place, cause, is_reply, control_message: used, locale, message: say }
}

/// What something is done for.
pub(super) struct Cause<'a> {
    pub(super) id: &'a MessageId,
    /// Whether it is a message that can be replied to.
    pub(super) is_message: bool,
    /// Our message that was used.
    pub(super) on_control: Option<&'a MessageId>,
    /// Since when it may have been replied to.
    pub(super) may_be_sent_since: Option<Timestamp>,
    /// The language of whoever it is from.
    pub(super) locale: Option<&'a String>,
}

impl<'a> Cause<'a> {
    /// Something that is called `id`.
    pub(super) fn of(id: &'a MessageId) -> Self {
        Self { id, is_message: false, on_control: None, may_be_sent_since: None, locale: None }
    }
}

/// What holds at a place while something is done, from one moment.
pub(super) struct OwnedContext {
    snapshot: Arc<Snapshot>,
    place: Place,
    standing: PlaceStatus,
    asker: AskerHash,
    /// Our message that is replied to, used, or that answered what was edited.
    said: Option<SentReply>,
}

impl OwnedContext {
    fn space(&self) -> &Space {
        self.snapshot.spaces.of(&self.place)
    }

    /// Whether moderators have paused us there.
    pub(super) fn is_paused(&self) -> bool {
        self.standing.space_state.is_paused
    }

    fn scene(&self, now: Timestamp) -> Context<'_> {
        let space = self.space();
        let SpaceIndex { index, rule, .. } = self.snapshot.index_for(space);
        let Self { asker, said, .. } = self;
        let is_paused = self.is_paused();
        Context { space, is_paused, index, rule, asker, target: said.as_ref(), now }
    }
}
