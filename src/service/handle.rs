//! One handler per kind of event: asks `conversation` what to do and applies the effects.

use super::context::{Cause, ContextRequest};
use super::delivery::Granted;
use super::error_causes::with_causes;
use super::{EventOutcome, Sender, Service};
use crate::conversation::respond::{
    greet, respond, respond_to_control, respond_to_edit, setup_notice,
};
use crate::conversation::trigger::{AddressedBy, classify};
use crate::conversation::{
    Control, ControlUse, Effects, Event, EventTime, FeedbackEffect, Message, MessageEffect,
    MessageId, Place, PlaceId, PrincipalId, SentReply, Timestamp, Trigger,
};
use crate::store::records::{self, AskedUpdate, Feedback, Join, Records, ReplyKey};

impl<R: Records> Service<R> {
    /// Handles `event`. Failures are logged here and reported in the [`EventOutcome`].
    pub async fn handle(&self, event: &Event, sender: &impl Sender) -> EventOutcome {
        let event = &event.clone().not_after(self.now());
        let result = match event {
            Event::MessageCreated(message) => self.on_message(message, sender).await,
            Event::MessageEdited(message) => self.on_edit(message, sender).await,
            Event::MessageDeleted { id, .. } => self.on_delete(id, sender).await,
            Event::ControlUsed(control_use) => self.on_control(control_use, sender).await,
            Event::Joined { place, member_of, at, is_last_join } => {
                let member_of = member_of.as_ref().unwrap_or(&place.id);
                self.on_join(place, member_of, (*at, *is_last_join), sender).await
            }
            Event::MissingPermissions { place, missing, is_timed_out } => {
                self.on_missing_permissions(place, missing, *is_timed_out, sender).await
            }
            Event::Undecryptable { place, may_be_meant } => {
                self.on_undecryptable(place, *may_be_meant, sender).await
            }
            Event::Alert(alert) => self.on_alert(alert, sender).await,
            Event::MessageQuoted(quoted) => self.on_message_quoted(quoted, sender).await,
            Event::AnswerFound { id, question, place } => {
                self.on_answer_found((id, question), place, sender).await
            }
        };
        let outcome = result.unwrap_or_else(|error| {
            let place = event.place();
            tracing::error!(place.id = %place, "An event at {place} is not fully handled: {}", with_causes(&error));
            EventOutcome::StorageFailed
        });
        self.notify_failure(event, outcome, sender).await;
        outcome
    }

    /// Whether `event` may concern the bot. Cheap: reads no records and searches nothing.
    pub fn is_relevant(&self, event: &Event) -> bool {
        // An edited or deleted message may be a question that was answered.
        let Event::MessageCreated(message) = event else { return true };
        let snapshot = self.knowledge_base().current();
        classify(message, &snapshot.spaces.of(&message.place).settings) != Trigger::Ignore
    }

    /// Ends an event whose handling has panicked: it is not handled again, since it would panic again,
    /// and a user who waits for a private reply is told.
    pub(super) async fn after_panic(&self, event: &Event, sender: &impl Sender) {
        let place = event.place();
        tracing::error!(place.id = %place, "The handling of an event at {place} panicked; it is not tried again");
        if let Some(id) = event.id() {
            // It may have panicked before it was claimed. If this fails, too, the next start handles it
            // again.
            drop(self.try_claim(id).await);
            drop(self.complete(id, None).await);
        }
        self.notify_failure(event, EventOutcome::Panicked, sender).await;
    }

    /// Marks the edit `id` as handled: it must not be applied when it is read again.
    pub(super) async fn mark_edit_handled(&self, id: &MessageId) {
        let marked = async {
            if self.try_claim(id).await?.is_ok() {
                self.complete(id, None).await?;
            }
            records::Result::Ok(())
        };
        if let Err(error) = marked.await {
            tracing::error!(edit.id = %id, "The edit {id} is not marked as handled: {}", with_causes(&error));
        }
    }

    async fn on_message(
        &self,
        message: &Message,
        sender: &impl Sender,
    ) -> records::Result<EventOutcome> {
        self.on_question(message, &message.id, sender).await
    }

    /// Responds to `message` under the claim of the event `claimed`.
    async fn on_question(
        &self,
        message: &Message,
        claimed: &MessageId,
        sender: &impl Sender,
    ) -> records::Result<EventOutcome> {
        // Most messages do not concern the bot: they must cost no read of the records.
        let snapshot = self.knowledge_base().current();
        let trigger = classify(message, &snapshot.spaces.of(&message.place).settings);
        if trigger == Trigger::Ignore {
            return Ok(EventOutcome::Irrelevant);
        }
        if self.now().since(message.sent_at) > self.parts.delivery.catch_up() {
            return Ok(EventOutcome::TooOld);
        }
        let about = about_id(message);
        // Most messages in listening channels and many replies are not answered: those are not even
        // claimed, so that they leave no record.
        let is_unasked =
            matches!(&trigger, Trigger::Question(it) if it.addressed_by != AddressedBy::Name);
        let request = ContextRequest {
            claimed: (!is_unasked).then_some(claimed),
            sent_at: Some(message.sent_at),
            target: self.reply_target(message, &trigger),
            related: related_messages(message, about.as_ref()),
        };
        let context = self.load_message_context(&snapshot, message, request).await?;
        if message.sent_at < context.status.member_since {
            return Ok(EventOutcome::TooOld);
        }
        let effects = || {
            respond(
                message,
                &trigger,
                &context.borrow(self.event_time(message.sent_at)),
                &self.cooldowns,
            )
        };
        let early_effects = is_unasked.then(effects);
        if early_effects.as_ref().is_some_and(|effects| *effects == Effects::default()) {
            return Ok(EventOutcome::NoReply);
        }
        let Granted { possibly_sent_since } = match self.claim_with(&context, claimed).await? {
            Ok(granted) => granted,
            Err(outcome) => return Ok(outcome),
        };
        let effects = early_effects.unwrap_or_else(effects);
        let effects =
            if sender.supports_private_replies() { effects } else { effects.without_asker_only() };
        let cause = Cause {
            is_message: true,
            possibly_sent_since,
            locale: message.locale.as_ref(),
            about: about.as_ref(),
            edited: Some(&message.id).filter(|id| *id != claimed),
            ..Cause::new(claimed)
        };
        self.apply_effects(effects, &cause, &context, sender).await
    }

    async fn on_edit(
        &self,
        message: &Message,
        sender: &impl Sender,
    ) -> records::Result<EventOutcome> {
        let reply = self.records().reply_to(message.id.clone()).await?;
        let is_withdrawn =
            message.edit_id.is_some() && self.records().is_withdrawn(message.id.clone()).await?;
        match (reply, &message.edit_id) {
            (reply, Some(edit_id)) if is_withdrawn => {
                // The process ended before the deletion of the reply was recorded.
                if let Some(reply) = reply {
                    let outcome = self.withdraw(reply, &message.id, sender).await?;
                    if outcome != EventOutcome::Deleted {
                        return Ok(outcome);
                    }
                }
                // The message counts as handled, so that its own event is not answered when it is read
                // again: what is claimed is the edit.
                self.on_question(message, edit_id, sender).await
            }
            (Some(reply), Some(edit_id)) => {
                if let Err(outcome) = self.try_claim(edit_id).await? {
                    return Ok(outcome);
                }
                let outcome = self.update_reply_to(message, reply, sender).await?;
                match outcome {
                    EventOutcome::RetriesExhausted | EventOutcome::Postponed(_) => {
                        self.records().release(edit_id.clone(), self.parts.holder.clone()).await?;
                    }
                    _ => self.complete(edit_id, None).await?,
                }
                Ok(outcome)
            }
            (Some(reply), None) => self.update_reply_to(message, reply, sender).await,
            (None, edit_id) => {
                // The edit may have made it a question. If it was handled before, the claim is denied.
                let outcome = self.on_message(message, sender).await?;
                if let Some(edit_id) = edit_id.as_ref().filter(|_| outcome == EventOutcome::Sent) {
                    self.mark_edit_handled(edit_id).await;
                }
                Ok(outcome)
            }
        }
    }

    /// Deletes `reply`, the reply to `message`, in which an edit has left no question. Recorded first: if
    /// the process ends meanwhile, the next edit does not take the reply for one that is there.
    async fn withdraw(
        &self,
        reply: SentReply,
        message: &MessageId,
        sender: &impl Sender,
    ) -> records::Result<EventOutcome> {
        self.records().set_withdrawn(message.clone(), true).await?;
        let outcome = self.delete_reply(reply, message, sender).await?;
        // If nobody knows whether it is deleted, the next edit deletes it again.
        if matches!(outcome, EventOutcome::Rejected | EventOutcome::RetriesExhausted) {
            self.records().set_withdrawn(message.clone(), false).await?;
        }
        Ok(outcome)
    }

    /// Makes `reply` the reply to the new text of `message`.
    async fn update_reply_to(
        &self,
        message: &Message,
        reply: SentReply,
        sender: &impl Sender,
    ) -> records::Result<EventOutcome> {
        let snapshot = self.knowledge_base().current();
        let request = ContextRequest::default();
        let mut context =
            self.load_context(snapshot, &message.place, &message.author.id, request).await?;
        context.target = Some(reply);
        let trigger = classify(message, &context.space().settings);
        let effects = respond_to_edit(
            message,
            &trigger,
            &context.borrow(self.event_time(self.now())),
            &self.cooldowns,
        );
        if let Some(retry_after) = effects.retry_after {
            return Ok(EventOutcome::Postponed(retry_after));
        }
        let locale = message.locale.as_ref();
        let cause = Cause { is_message: true, locale, ..Cause::new(&message.id) };
        match (&effects.message, &context.target) {
            (MessageEffect::Delete, Some(reply)) => {
                self.withdraw(reply.clone(), &message.id, sender).await
            }
            _ => self.edit_or_delete(effects, &cause, &context, sender).await,
        }
    }

    async fn on_delete(
        &self,
        id: &MessageId,
        sender: &impl Sender,
    ) -> records::Result<EventOutcome> {
        if let Some(reply) = self.records().reply_to(id.clone()).await? {
            return self.delete_reply(reply, id, sender).await;
        }
        if let Some(reply) = self.records().reply_by_message(id.clone()).await? {
            // Somebody else deleted the reply: an edit of its question must not change it any more.
            self.records().delete_message_data(reply.question).await?;
            return Ok(EventOutcome::NoReply);
        }
        self.records().delete_message_data(id.clone()).await?;
        Ok(EventOutcome::Irrelevant)
    }

    async fn on_control(
        &self,
        control_use: &ControlUse,
        sender: &impl Sender,
    ) -> records::Result<EventOutcome> {
        let ControlUse { id, message, place, user, .. } = control_use;
        let snapshot = self.knowledge_base().current();
        let about = (control_use.control == Control::Share).then(|| about(message));
        let request = ContextRequest {
            claimed: Some(id),
            sent_at: None,
            target: Some(ReplyKey::Message(message.clone())),
            related: about.iter().cloned().collect(),
        };
        let mut context = self.load_context(snapshot, place, &user.id, request).await?;
        let Granted { possibly_sent_since } = match self.claim_with(&context, id).await? {
            Ok(granted) => granted,
            Err(outcome) => return Ok(outcome),
        };
        let gives_feedback = matches!(control_use.control, Control::Helpful | Control::Unhelpful);
        // Elsewhere the user would not learn that the feedback is taken back; there a reaction is removed.
        if gives_feedback && sender.supports_private_replies() {
            let asker = context.asker.clone();
            context.feedback = self.records().feedback(message.clone(), asker).await?;
        }
        if let Some(target) = context.target.as_ref().filter(|_| gives_feedback) {
            context.asked = self.records().question_text(target.question.clone()).await?;
        }
        let time = self.event_time(self.now());
        let effects = respond_to_control(control_use, &context.borrow(time), &self.cooldowns);
        let mut effects =
            if sender.supports_private_replies() { effects } else { effects.into_public() };
        if let (Some(feedback), Some(target)) = (effects.feedback, &context.target) {
            let (message, asker) = (target.message.clone(), context.asker.clone());
            match feedback {
                FeedbackEffect::Give { is_helpful } => {
                    let (cause, at) = (id.clone(), self.now());
                    let feedback = Feedback { cause, message, asker, is_helpful, at };
                    self.records().record_feedback(feedback).await?;
                }
                FeedbackEffect::Withdraw => self.records().delete_feedback(message, asker).await?,
            }
            // A wrong answer is none, for moderators; where its asker says otherwise later, it is one.
            if context.asked.is_some() && target.is_for(&context.asker) {
                let unanswered = effects.unanswered.take();
                self.records().update_reply(target.clone(), unanswered, AskedUpdate::Same).await?;
            }
        }
        if let Some(target) = context.target.as_ref().filter(|_| effects.awaits_answer) {
            self.records().set_awaited(target.question.clone(), true).await?;
        }
        let locale = control_use.locale.as_ref();
        let control_message = Some(message);
        let cause = Cause {
            possibly_sent_since,
            locale,
            control_message,
            about: about.as_ref(),
            ..Cause::new(id)
        };
        self.apply_effects(effects, &cause, &context, sender).await
    }

    async fn on_join(
        &self,
        place: &Place,
        member_of: &PlaceId,
        (at, is_last_join): (Timestamp, bool),
        sender: &impl Sender,
    ) -> records::Result<EventOutcome> {
        let id = match self.records().record_join(member_of.clone(), at, is_last_join).await? {
            Join::Known => return Ok(EventOutcome::Duplicate),
            Join::First => format!("{member_of}:joined"),
            Join::Again => format!("{member_of}:joined:{}", at.as_millis()),
        };
        // An empty database does not make an old membership a new one.
        if self.now().since(at) > self.parts.delivery.catch_up() {
            return Ok(EventOutcome::TooOld);
        }
        let id = MessageId::from(id);
        let nobody = PrincipalId::from("");
        let snapshot = self.knowledge_base().current();
        let request = ContextRequest { claimed: Some(&id), ..ContextRequest::default() };
        let context = self.load_context(snapshot, place, &nobody, request).await?;
        let Granted { possibly_sent_since } = match self.claim_with(&context, &id).await? {
            Ok(granted) => granted,
            Err(outcome) => return Ok(outcome),
        };
        let time = self.event_time(at);
        if let Some(notice) = setup_notice(place, &context.borrow(time)) {
            self.report_setup(place, member_of, notice, sender).await?;
        }
        let effects = greet(&context.borrow(time));
        let cause = Cause { possibly_sent_since, ..Cause::new(&id) };
        self.apply_effects(effects, &cause, &context, sender).await
    }

    /// The time of an event that happened at `at`.
    fn event_time(&self, at: Timestamp) -> EventTime {
        let now = self.now();
        EventTime { at: at.min(now), now }
    }
}

/// The id under which a public reply to `message` is recorded if that is a command about another
/// message: several users may give the same command.
fn about_id(message: &Message) -> Option<MessageId> {
    let target = message.replied_to.as_ref()?;
    let is_about = message.addressing.is_command && message.addressing.is_public;
    is_about.then(|| about(&target.id))
}

/// The messages that may have the reply to what `message` is a command about, which is recorded under
/// `about` if it is a reply to such a command.
fn related_messages(message: &Message, about: Option<&MessageId>) -> Vec<MessageId> {
    let (Some(about), Some(target)) = (about, &message.replied_to) else { return Vec::new() };
    vec![about.clone(), target.id.clone()]
}

/// The id under which a public reply is recorded that is about `message`, but not a reply to it. It is
/// in the database: it must not change between versions.
fn about(message: &MessageId) -> MessageId {
    MessageId::from(format!("{message}:about"))
}
