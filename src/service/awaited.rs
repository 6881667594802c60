//! Answers questions that had no answer, once there is one, for askers who wanted to be told.

use super::context::{Cause, ContextRequest};
use super::delivery::Granted;
use super::knowledge_base::SpaceIndex;
use super::{EventOutcome, Sender, Service};
use crate::conversation::respond::answer_found;
use crate::conversation::{
    BotMessage, Effects, Event, EventTime, MessageEffect, MessageId, Notice, Place, PrincipalId,
    Space, Timestamp, UnansweredQuestion,
};
use crate::matching::Decision;
use crate::store::records::{self, Records};

/// Most questions that are asked again after a change of the packs, the latest.
const MAX_AWAITED: u32 = 1000;

impl<R: Records> Service<R> {
    /// The events that answer what askers wait for and has an answer now, but for those at paused places.
    ///
    /// # Errors
    /// [`records::RecordsError`] if the questions cannot be read.
    pub async fn answer_events(&self) -> records::Result<Vec<Event>> {
        let awaited = self.records().awaited_questions(MAX_AWAITED).await?;
        if awaited.is_empty() {
            return Ok(Vec::new());
        }
        let snapshot = self.knowledge_base().current();
        let now = self.now();
        let asking = tokio::task::spawn_blocking(move || {
            let answered = |question: UnansweredQuestion| {
                let space = snapshot.spaces.all().find(|it| it.name == question.space)?;
                let SpaceIndex { index, rule, .. } = snapshot.index_for(space);
                let outcome = index.ask(&question.text, rule);
                (outcome.decision == Decision::Answer).then(|| event(question, space, now))
            };
            awaited.into_iter().filter_map(answered).collect()
        });
        let found: Vec<Event> = match asking.await {
            Ok(events) => events,
            Err(error) => std::panic::resume_unwind(error.into_panic()),
        };
        let mut events = Vec::new();
        for event in found {
            if !self.is_paused_at(event.full_place()).await? {
                events.push(event);
            }
        }
        Ok(events)
    }

    /// Whether moderators have paused the bot at `place`.
    async fn is_paused_at(&self, place: &Place) -> records::Result<bool> {
        let (snapshot, nobody) = (self.knowledge_base().current(), PrincipalId::from(""));
        let context =
            self.load_context(snapshot, place, &nobody, ContextRequest::default()).await?;
        Ok(context.is_paused())
    }

    /// Makes the bot's reply to `question` the answer, and replies once more, so that its author is notified. Who that
    /// is, only the platform knows.
    pub(super) async fn on_answer_found(
        &self,
        (id, question): (&MessageId, &MessageId),
        place: &Place,
        sender: &impl Sender,
    ) -> records::Result<EventOutcome> {
        let Some(asked) = self.records().awaited_question(question.clone()).await? else {
            return Ok(EventOutcome::NoReply);
        };
        let (snapshot, nobody) = (self.knowledge_base().current(), PrincipalId::from(""));
        let request = ContextRequest { claimed: Some(id), ..ContextRequest::default() };
        let mut context = self.load_context(snapshot, place, &nobody, request).await?;
        let Granted { possibly_sent_since } = match self.claim_with(&context, id).await? {
            Ok(granted) => granted,
            Err(outcome) => return Ok(outcome),
        };
        context.target = self.records().reply_to(question.clone()).await?;
        let time = EventTime { at: self.now(), now: self.now() };
        let Some(answer) = answer_found(&asked.text, &context.borrow(time)) else {
            // It is paused, or the answer is gone again: a later change tries again.
            self.records().release(id.clone(), self.parts.holder.clone()).await?;
            return Ok(EventOutcome::NoReply);
        };
        let cause = Cause {
            is_message: true,
            possibly_sent_since,
            edited: Some(question),
            ..Cause::new(id)
        };
        let edit = Effects { message: MessageEffect::Edit(answer.clone()), ..Effects::default() };
        // For the records, the message is the same question as before.
        let edit_cause = Cause { is_message: false, ..Cause::new(id) };
        let edited = self.edit_or_delete(edit, &edit_cause, &context, sender).await?;
        // Where the reply is gone, the answer itself is the new reply.
        let told = if edited == EventOutcome::Edited {
            BotMessage::notice(Notice::AnswerFound, false)
        } else {
            answer
        };
        self.records().set_awaited(question.clone(), false).await?;
        self.apply_effects(told.into(), &cause, &context, sender).await
    }
}

/// The event that answers `question`, which was asked in `space`.
fn event(question: UnansweredQuestion, space: &Space, now: Timestamp) -> Event {
    let UnansweredQuestion { message, place, .. } = question;
    // Which places it was in is not recorded; that of the space say which packs answer it.
    let place = Place { id: place, parents: space.places.clone(), is_direct: false };
    // An edit can make the message another question, for whose answer its author waits again. The id is in the
    // database.
    let id = MessageId::from(format!("{message}:found:{}", now.as_millis()));
    Event::AnswerFound { id, question: message, place }
}
