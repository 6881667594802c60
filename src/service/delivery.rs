//! Delivery: claim, send, record. Exactly once; at most once if the result of a send is unknown.

mod retry;

use std::time::Duration;

use backon::{BackoffBuilder, Retryable};

use super::context::OwnedContext;
use super::{EventOutcome, Outgoing, SendError, Sender, Service};
use crate::conversation::{
    AskedQuestion, AskerHash, MessageId, PlaceId, SentReply, Timestamp, UnansweredQuestion,
};
use crate::store::records::{self, ClaimStatus, Completion, Records};
use retry::{RetryBudget, backoff};

/// What a granted claim on an event says.
#[derive(Debug, Clone, Copy)]
pub(super) struct Granted {
    /// When a process that died began to send a reply whose result is unknown.
    pub(super) possibly_sent_since: Option<Timestamp>,
}

/// What `status` grants.
///
/// # Errors
/// The outcome of an event that this process must not handle.
pub(super) fn granted(status: ClaimStatus) -> Result<Granted, EventOutcome> {
    match status {
        ClaimStatus::New => Ok(Granted { possibly_sent_since: None }),
        ClaimStatus::PossiblySent { began_at } => {
            Ok(Granted { possibly_sent_since: Some(began_at) })
        }
        ClaimStatus::HeldElsewhere => Err(EventOutcome::HeldElsewhere),
        ClaimStatus::Done => Err(EventOutcome::Duplicate),
    }
}

/// A message to send, and the facts to record about it.
pub(super) struct Delivery {
    pub(super) outgoing: Outgoing,
    /// The id under which the reply is recorded: that of the cause, or of what it is about.
    pub(super) question: MessageId,
    pub(super) possibly_sent_since: Option<Timestamp>,
    pub(super) space: String,
    pub(super) asker: AskerHash,
    /// See [`SentReply::asked_for`].
    pub(super) asked_for: Option<AskerHash>,
    pub(super) unanswered: Option<UnansweredQuestion>,
    pub(super) asked: Option<AskedQuestion>,
}

/// A delivery that takes longer shows a typing indicator.
const TYPING_AFTER: Duration = Duration::from_millis(1500);

/// A call to the platform times out after the lease divided by this, so that it cannot outlast the
/// claim.
const CALLS_PER_LEASE: u32 = 2;

impl<R: Records> Service<R> {
    /// Claims `cause`, unless another process holds it or it was handled before.
    pub(super) async fn try_claim(
        &self,
        cause: &MessageId,
    ) -> records::Result<Result<Granted, EventOutcome>> {
        Ok(granted(self.records().claim(self.claim(cause)).await?))
    }

    /// The result of the claim that `context` was read with; without one, `cause` is claimed now.
    pub(super) async fn claim_with(
        &self,
        context: &OwnedContext,
        cause: &MessageId,
    ) -> records::Result<Result<Granted, EventOutcome>> {
        match context.claim {
            Some(status) => Ok(granted(status)),
            None => self.try_claim(cause).await,
        }
    }

    /// [`Self::deliver`] with a typing indicator if it takes long and everybody sees the reply.
    pub(super) async fn deliver_with_typing(
        &self,
        delivery: Delivery,
        sender: &impl Sender,
    ) -> records::Result<EventOutcome> {
        let shows_typing = delivery.outgoing.is_reply && !delivery.outgoing.message.is_private;
        let place = delivery.outgoing.place.clone();
        let mut delivering = std::pin::pin!(self.deliver(delivery, sender));
        tokio::select! {
            outcome = &mut delivering => outcome,
            () = tokio::time::sleep(TYPING_AFTER), if shows_typing => {
                tokio::join!(delivering, sender.send_typing(&place)).0
            }
        }
    }

    /// Sends a claimed message, with retries, and records the result. A message that may have been
    /// sent is sent again only within the deduplication window of the platform.
    pub(super) async fn deliver(
        &self,
        delivery: Delivery,
        sender: &impl Sender,
    ) -> records::Result<EventOutcome> {
        let cause = &delivery.outgoing.cause;
        let mut possibly_sent_since = delivery.possibly_sent_since;
        let mut delays = backoff().build();
        let mut budget = RetryBudget::default();
        loop {
            let permit = sender.call_permit().await;
            if possibly_sent_since.is_some_and(|since| !self.is_within_dedup_window(since, sender))
            {
                return self.abandon(&delivery, EventOutcome::Ambiguous).await;
            }
            let began_at = self.now();
            if !self.records().begin_send(self.claim(cause)).await? {
                return Ok(EventOutcome::HeldElsewhere);
            }
            let error = match self.with_timeout(sender.send(&delivery.outgoing)).await {
                Ok(message) => {
                    self.record_sent(message, &delivery).await?;
                    return Ok(EventOutcome::Sent);
                }
                Err(SendError::Permanent) => {
                    return self.abandon(&delivery, EventOutcome::Rejected).await;
                }
                Err(SendError::AmbiguousFinal) => {
                    return self.abandon(&delivery, EventOutcome::Ambiguous).await;
                }
                Err(error) => error,
            };
            drop(permit);
            if error == SendError::Ambiguous {
                possibly_sent_since.get_or_insert(began_at);
            } else if possibly_sent_since.is_none() {
                // If the process ends during the wait, another one can answer the message.
                self.records().release(cause.clone(), self.parts.holder.clone()).await?;
            }
            let asks_to_wait = matches!(error, SendError::Transient { retry_after: Some(_) });
            let delay = if asks_to_wait { None } else { delays.next() };
            match budget.wait(&error, delay) {
                Some(wait) => tokio::time::sleep(wait).await,
                None if possibly_sent_since.is_some() => {
                    return self.abandon(&delivery, EventOutcome::Ambiguous).await;
                }
                None => {
                    tracing::warn!(message.id = %cause, "Cannot reach the platform; giving up on {cause}");
                    return Ok(EventOutcome::RetriesExhausted);
                }
            }
            if possibly_sent_since.is_none() {
                match self.try_claim(cause).await? {
                    Ok(granted) => possibly_sent_since = granted.possibly_sent_since,
                    Err(outcome) => return Ok(outcome),
                }
            }
        }
    }

    /// Stops trying to send. The question is recorded for moderators all the same.
    async fn abandon(
        &self,
        delivery: &Delivery,
        outcome: EventOutcome,
    ) -> records::Result<EventOutcome> {
        let cause = &delivery.outgoing.cause;
        if outcome == EventOutcome::Ambiguous {
            tracing::warn!(
                message.id = %cause,
                "Unknown whether the reply to {cause} was sent; not retrying"
            );
        } else {
            tracing::warn!(message.id = %cause, "The platform rejected the reply to {cause}");
        }
        let completion = Completion {
            unanswered: delivery.unanswered.clone(),
            asked: delivery.asked.clone(),
            ..self.completion(cause)
        };
        self.records().complete(completion).await?;
        Ok(outcome)
    }

    /// Replaces the content of the bot's `message`.
    pub(super) async fn edit(
        &self,
        message: &MessageId,
        outgoing: &Outgoing,
        sender: &impl Sender,
    ) -> EventOutcome {
        let call = || async {
            let _permit = sender.call_permit().await;
            self.with_timeout(sender.edit(message, outgoing)).await
        };
        self.retry_call(message, EventOutcome::Edited, call).await
    }

    /// Deletes the bot's `message` at `place`.
    pub(super) async fn delete(
        &self,
        (message, place): (&MessageId, &PlaceId),
        cause: &MessageId,
        sender: &impl Sender,
    ) -> EventOutcome {
        let call = || async {
            let _permit = sender.call_permit().await;
            self.with_timeout(sender.delete(message, place, cause)).await
        };
        self.retry_call(message, EventOutcome::Deleted, call).await
    }

    /// Calls until it succeeds, which gives the outcome `success`. The call must be idempotent.
    async fn retry_call<C>(
        &self,
        message: &MessageId,
        success: EventOutcome,
        call: impl FnMut() -> C,
    ) -> EventOutcome
    where
        C: Future<Output = Result<(), SendError>>,
    {
        let mut budget = RetryBudget::default();
        let result = call
            .retry(backoff())
            .when(|error| !matches!(error, SendError::Permanent | SendError::AmbiguousFinal))
            .adjust(move |error, delay| budget.wait(error, delay))
            .await;
        let Err(error) = result else { return success };
        tracing::warn!(message.id = %message, %error, "{message} was not changed");
        match error {
            SendError::Transient { .. } => EventOutcome::RetriesExhausted,
            SendError::Permanent => EventOutcome::Rejected,
            SendError::Ambiguous | SendError::AmbiguousFinal => EventOutcome::Ambiguous,
        }
    }

    /// Marks `cause` as handled.
    pub(super) async fn complete(
        &self,
        cause: &MessageId,
        unanswered: Option<UnansweredQuestion>,
    ) -> records::Result<()> {
        self.records().complete(Completion { unanswered, ..self.completion(cause) }).await.map(drop)
    }

    /// Records that `delivery` was sent as `message`, and forgets the reports of missing permissions at its
    /// place.
    async fn record_sent(&self, message: MessageId, delivery: &Delivery) -> records::Result<()> {
        let place = &delivery.outgoing.place;
        let completion = Completion {
            answer: Some(self.sent_reply(message, delivery)),
            unanswered: delivery.unanswered.clone(),
            asked: delivery.asked.clone(),
            outdated_alerts: self.outdated_permission_reports(place),
            ..self.completion(&delivery.outgoing.cause)
        };
        let is_outdated = completion.outdated_alerts.is_some();
        if !self.records().complete(completion).await? {
            let cause = &delivery.outgoing.cause;
            tracing::warn!(message.id = %cause, "The platform gave the reply to {cause} the id of an earlier reply; it cannot be edited or deleted");
        }
        if is_outdated {
            self.permission_reports.clear(place);
        }
        Ok(())
    }

    fn completion(&self, cause: &MessageId) -> Completion {
        Completion {
            message: cause.clone(),
            holder: self.parts.holder.clone(),
            at: self.now(),
            answer: None,
            unanswered: None,
            asked: None,
            outdated_alerts: None,
        }
    }

    /// The result of a call to the platform, or [`SendError::Ambiguous`] if it takes too long: the
    /// call must not outlast the claim.
    async fn with_timeout<T>(
        &self,
        call: impl Future<Output = Result<T, SendError>>,
    ) -> Result<T, SendError> {
        let limit = self.parts.delivery.lease() / CALLS_PER_LEASE;
        tokio::time::timeout(limit, call).await.unwrap_or(Err(SendError::Ambiguous))
    }

    fn is_within_dedup_window(&self, since: Timestamp, sender: &impl Sender) -> bool {
        sender.dedup_window().is_some_and(|window| self.now().since(since) < window)
    }

    fn sent_reply(&self, message: MessageId, delivery: &Delivery) -> SentReply {
        let Delivery { outgoing, question, space, asker, asked_for, .. } = delivery;
        SentReply {
            question: question.clone(),
            message,
            place: outgoing.place.clone(),
            space: space.clone(),
            asker: asker.clone(),
            asked_for: asked_for.clone(),
            kind: outgoing.message.kind,
            is_private: outgoing.message.is_private,
            entries: outgoing.message.entries.clone(),
            sent_at: self.now(),
        }
    }
}
