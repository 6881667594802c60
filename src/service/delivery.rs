//! Delivery: claim, send, record. Exactly once; at most once where a send's result cannot be known.

use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBuilder, Retryable};

use super::{EventOutcome, Outgoing, SendError, Sender, Service};
use crate::conversation::{
    AskerHash, MessageId, PlaceId, SentReply, Timestamp, UnansweredQuestion,
};
use crate::store::records::{self, ClaimStatus, Completion, Records};

/// What came of the wish to answer a message.
pub(super) enum ClaimResult {
    /// It is ours.
    Granted {
        /// Since when the platform may have a reply to it, from somebody who died while sending.
        possibly_sent_since: Option<Timestamp>,
    },
    /// It is not to be answered.
    Denied(EventOutcome),
}

/// What is sent, and what is kept of it.
pub(super) struct Delivery {
    pub(super) outgoing: Outgoing,
    pub(super) possibly_sent_since: Option<Timestamp>,
    pub(super) space: String,
    pub(super) asker: AskerHash,
    pub(super) unanswered: Option<UnansweredQuestion>,
}

/// First wait before something is tried again.
const MIN_DELAY: Duration = Duration::from_millis(500);

/// Longest wait, unless the platform asks for more.
const MAX_DELAY: Duration = Duration::from_secs(30);

/// Attempts after the first one: about three minutes, in which places that share a worker wait.
const MAX_RETRIES: usize = 10;

/// The longest that a platform can make us wait for one message or one change: its worker has others
/// to serve. Whatever asks for more is tried again at the next occasion.
const MAX_RETRY_AFTER: Duration = Duration::from_secs(300);

/// What takes longer is slow for whoever waits.
const TYPING_AFTER: Duration = Duration::from_millis(1500);

/// What a platform does not answer within this share of the lease counts as unknown.
const CALL_SHARE_OF_LEASE: u32 = 2;

fn backoff() -> ExponentialBuilder {
    ExponentialBuilder::new()
        .with_min_delay(MIN_DELAY)
        .with_max_delay(MAX_DELAY)
        .with_max_times(MAX_RETRIES)
        .with_jitter()
}

impl<R: Records> Service<R> {
    /// Takes `cause`, if nobody has it and it is not done with.
    pub(super) async fn try_claim(&self, cause: &MessageId) -> records::Result<ClaimResult> {
        Ok(match self.records().claim(self.claim(cause)).await? {
            ClaimStatus::New => ClaimResult::Granted { possibly_sent_since: None },
            ClaimStatus::PossiblySent { began_at } => {
                ClaimResult::Granted { possibly_sent_since: Some(began_at) }
            }
            ClaimStatus::HeldElsewhere => ClaimResult::Denied(EventOutcome::HeldElsewhere),
            ClaimStatus::Done => ClaimResult::Denied(EventOutcome::Duplicate),
        })
    }

    /// Delivers; where that takes long, people see that it is under way.
    pub(super) async fn deliver_with_typing(
        &self,
        delivery: Delivery,
        sender: &impl Sender,
    ) -> records::Result<EventOutcome> {
        let is_seen = delivery.outgoing.is_reply && !delivery.outgoing.message.is_private;
        let place = delivery.outgoing.place.clone();
        let mut delivering = std::pin::pin!(self.deliver(delivery, sender));
        tokio::select! {
            fate = &mut delivering => fate,
            () = tokio::time::sleep(TYPING_AFTER), if is_seen => {
                tokio::join!(delivering, sender.send_typing(&place)).0
            }
        }
    }

    /// Sends what is claimed, as often as it takes, and keeps what came of it. What may have arrived
    /// is only sent again as long as the platform knows it again.
    pub(super) async fn deliver(
        &self,
        delivery: Delivery,
        sender: &impl Sender,
    ) -> records::Result<EventOutcome> {
        let cause = &delivery.outgoing.cause;
        let mut may_be_sent_since = delivery.possibly_sent_since;
        let mut delays = backoff().build();
        let mut patience = RetryBudget::default();
        loop {
            if may_be_sent_since.is_some_and(|since| !self.is_within_dedup_window(since, sender)) {
                return self.abandon(&delivery, EventOutcome::Ambiguous).await;
            }
            let began_at = self.now();
            if !self.records().begin_send(self.claim(cause)).await? {
                return Ok(EventOutcome::HeldElsewhere);
            }
            let failure = match self.with_timeout(sender.send(&delivery.outgoing)).await {
                Ok(sent) => {
                    let unanswered = delivery.unanswered.clone();
                    self.complete(cause, Some(self.answer(sent, &delivery)), unanswered).await?;
                    return Ok(EventOutcome::Sent);
                }
                Err(SendError::Permanent) => {
                    return self.abandon(&delivery, EventOutcome::Rejected).await;
                }
                Err(SendError::AmbiguousFinal) => {
                    return self.abandon(&delivery, EventOutcome::Ambiguous).await;
                }
                Err(failure) => failure,
            };
            if failure == SendError::Ambiguous {
                may_be_sent_since.get_or_insert(began_at);
            } else if may_be_sent_since.is_none() {
                // Whoever ends this process now leaves a message that can be answered later.
                self.records().release(cause.clone(), self.parts.holder.clone()).await?;
            }
            match patience.wait(&failure, delays.next()) {
                Some(wait) => tokio::time::sleep(wait).await,
                None if may_be_sent_since.is_some() => {
                    return self.abandon(&delivery, EventOutcome::Ambiguous).await;
                }
                None => {
                    tracing::warn!(message.id = %cause, "The platform cannot be reached; {cause} is given up");
                    return Ok(EventOutcome::RetriesExhausted);
                }
            }
            if may_be_sent_since.is_none() {
                match self.try_claim(cause).await? {
                    ClaimResult::Granted { possibly_sent_since: since } => {
                        may_be_sent_since = since;
                    }
                    ClaimResult::Denied(fate) => return Ok(fate),
                }
            }
        }
    }

    /// Sends no more. The question is kept for moderators all the same.
    async fn abandon(
        &self,
        delivery: &Delivery,
        fate: EventOutcome,
    ) -> records::Result<EventOutcome> {
        let cause = &delivery.outgoing.cause;
        if fate == EventOutcome::Ambiguous {
            tracing::warn!(
                message.id = %cause,
                "Whether {cause} was replied to cannot be known; it is not replied to again"
            );
        } else {
            tracing::warn!(message.id = %cause, "The platform refuses the reply to {cause}");
        }
        self.complete(cause, None, delivery.unanswered.clone()).await?;
        Ok(fate)
    }

    /// Makes our message `sent` say something else.
    pub(super) async fn edit(
        &self,
        sent: &MessageId,
        outgoing: &Outgoing,
        sender: &impl Sender,
    ) -> EventOutcome {
        self.retry_call(sent, EventOutcome::Edited, || sender.edit(sent, outgoing)).await
    }

    /// Takes our message `sent` at `place` away.
    pub(super) async fn delete(
        &self,
        (sent, place): (&MessageId, &PlaceId),
        cause: &MessageId,
        sender: &impl Sender,
    ) -> EventOutcome {
        self.retry_call(sent, EventOutcome::Deleted, || sender.delete(sent, place, cause)).await
    }

    /// Calls until it is `done`: twice does no harm.
    async fn retry_call<C>(
        &self,
        sent: &MessageId,
        done: EventOutcome,
        mut call: impl FnMut() -> C,
    ) -> EventOutcome
    where
        C: Future<Output = Result<(), SendError>>,
    {
        let mut patience = RetryBudget::default();
        let called = (|| self.with_timeout(call()))
            .retry(backoff())
            .when(|error| !matches!(error, SendError::Permanent | SendError::AmbiguousFinal))
            .adjust(move |error, delay| patience.wait(error, delay))
            .await;
        let Err(error) = called else { return done };
        tracing::warn!(message.id = %sent, %error, "{sent} stays as it was");
        match error {
            SendError::Transient { .. } => EventOutcome::RetriesExhausted,
            SendError::Permanent => EventOutcome::Rejected,
            SendError::Ambiguous | SendError::AmbiguousFinal => EventOutcome::Ambiguous,
        }
    }

    /// `cause` is done with.
    pub(super) async fn complete(
        &self,
        cause: &MessageId,
        answer: Option<SentReply>,
        unanswered: Option<UnansweredQuestion>,
    ) -> records::Result<()> {
        let (message, holder) = (cause.clone(), self.parts.holder.clone());
        let finished = Completion { message, holder, at: self.now(), answer, unanswered };
        self.records().complete(finished).await
    }

    /// What comes of a call to the platform, which must not outlast our claim.
    async fn with_timeout<T>(
        &self,
        call: impl Future<Output = Result<T, SendError>>,
    ) -> Result<T, SendError> {
        let limit = self.parts.delivery.lease() / CALL_SHARE_OF_LEASE;
        tokio::time::timeout(limit, call).await.unwrap_or(Err(SendError::Ambiguous))
    }

    fn is_within_dedup_window(&self, since: Timestamp, sender: &impl Sender) -> bool {
        sender.dedup_window().is_some_and(|window| self.now().since(since) < window)
    }

    fn answer(&self, sent: MessageId, delivery: &Delivery) -> SentReply {
        let Delivery { outgoing, space, asker, .. } = delivery;
        SentReply {
            question: outgoing.cause.clone(),
            message: sent,
            place: outgoing.place.clone(),
            space: space.clone(),
            asker: asker.clone(),
            kind: outgoing.message.kind,
            is_private: outgoing.message.is_private,
            entries: outgoing.message.entries.clone(),
            sent_at: self.now(),
        }
    }
}

/// How long was waited so far for the sake of one call.
#[derive(Debug, Default)]
struct RetryBudget {
    waited: Duration,
}

impl RetryBudget {
    /// The wait before the next attempt: the platform's own wish, if it is longer than `delay`.
    /// `None`: there is none, since there are no more delays or the wish goes too far.
    fn wait(&mut self, error: &SendError, delay: Option<Duration>) -> Option<Duration> {
        let delay = delay?;
        let wait = match error {
            SendError::Transient { retry_after: Some(wish) } if *wish > delay => {
                Some(*wish).filter(|wish| self.waited.saturating_add(*wish) <= MAX_RETRY_AFTER)?
            }
            _ => delay,
        };
        self.waited = self.waited.saturating_add(wait);
        Some(wait)
    }
}
