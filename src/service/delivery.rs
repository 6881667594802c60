//! Delivery: claim, send, record. Exactly once; at most once where a send's result cannot be known.

use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBuilder, Retryable};

use super::{Fate, Outgoing, SendError, Sender, Service};
use crate::conversation::{AskerHash, MessageId, PlaceId, SentAnswer, Timestamp, Unanswered};
use crate::store::records::{self, Claimed, Finished, Records};

/// What is sent, and what is kept of it.
pub(super) struct Delivery {
    pub(super) outgoing: Outgoing,
    pub(super) space: String,
    pub(super) asker: AskerHash,
    pub(super) unanswered: Option<Unanswered>,
}

/// First wait before something is tried again.
const MIN_DELAY: Duration = Duration::from_millis(500);

/// Longest wait, unless the platform asks for more.
const MAX_DELAY: Duration = Duration::from_secs(30);

/// Attempts after the first one: about three minutes, in which places that share a worker wait.
const MAX_RETRIES: usize = 10;

/// A send that takes longer than this share of the lease counts as one whose result is unknown.
const SEND_SHARE_OF_LEASE: u32 = 2;

fn delays() -> ExponentialBuilder {
    ExponentialBuilder::new()
        .with_min_delay(MIN_DELAY)
        .with_max_delay(MAX_DELAY)
        .with_max_times(MAX_RETRIES)
        .with_jitter()
}

impl<R: Records> Service<R> {
    /// Takes `cause`. `Some` says why it is not to be answered.
    pub(super) async fn take(
        &self,
        cause: &MessageId,
        sender: &impl Sender,
    ) -> records::Result<Option<Fate>> {
        match self.records().claim(self.claim(cause)).await? {
            Claimed::Fresh => Ok(None),
            Claimed::Held => Ok(Some(Fate::Held)),
            Claimed::Handled => Ok(Some(Fate::Repeated)),
            Claimed::MayBeSent { began_at } if self.is_known_again(began_at, sender) => Ok(None),
            Claimed::MayBeSent { .. } => {
                self.finish(cause, None, None).await?;
                tracing::warn!(
                    message.id = %cause,
                    "Whether {cause} was replied to before the last end cannot be known; it is not replied to again"
                );
                Ok(Some(Fate::Uncertain))
            }
        }
    }

    /// Sends what is claimed, as often as it takes, and keeps what came of it.
    pub(super) async fn deliver(
        &self,
        delivery: Delivery,
        sender: &impl Sender,
    ) -> records::Result<Fate> {
        let cause = &delivery.outgoing.cause;
        let began_at = self.now();
        let mut delays = delays().build();
        loop {
            if !self.records().begin_send(self.claim(cause)).await? {
                return Ok(Fate::Held);
            }
            let failure = match self.attempt(&delivery.outgoing, sender).await {
                Ok(sent) => {
                    let unanswered = delivery.unanswered.clone();
                    self.finish(cause, Some(self.answer(sent, &delivery)), unanswered).await?;
                    return Ok(Fate::Sent);
                }
                Err(failure) => failure,
            };
            let delay = delays.next();
            let wait = match (failure, delay) {
                (SendError::Passing { retry_after }, delay) => {
                    // Whoever ends this process now leaves a message that can be answered later.
                    self.records().release(cause.clone(), self.parts.holder.clone()).await?;
                    delay.map(|delay| delay.max(retry_after.unwrap_or_default()))
                }
                (SendError::Unknown, Some(delay)) if self.is_known_again(began_at, sender) => {
                    Some(delay)
                }
                _ => None,
            };
            let Some(wait) = wait else { return self.leave(cause, failure).await };
            tokio::time::sleep(wait).await;
            if let Some(fate) = self.retake(cause, sender).await? {
                return Ok(fate);
            }
        }
    }

    /// Tries no more.
    async fn leave(&self, cause: &MessageId, failure: SendError) -> records::Result<Fate> {
        tracing::warn!(message.id = %cause, %failure, "The reply to {cause} was not sent");
        let fate = match failure {
            SendError::Passing { .. } => return Ok(Fate::GivenUp),
            SendError::Refused => Fate::Refused,
            SendError::Unknown => Fate::Uncertain,
        };
        self.finish(cause, None, None).await?;
        Ok(fate)
    }

    /// Takes `cause` again after a wait, in which our own claim may have stayed.
    async fn retake(
        &self,
        cause: &MessageId,
        sender: &impl Sender,
    ) -> records::Result<Option<Fate>> {
        match self.take(cause, sender).await? {
            // Ours still, or somebody else's: `begin_send` tells which.
            Some(Fate::Held) => Ok(None),
            fate => Ok(fate),
        }
    }

    /// Makes our message `sent` say something else; it may be tried again without harm.
    pub(super) async fn amend(
        &self,
        sent: &MessageId,
        outgoing: &Outgoing,
        sender: &impl Sender,
    ) -> Result<(), SendError> {
        (|| sender.amend(sent, outgoing))
            .retry(delays())
            .when(|error| *error != SendError::Refused)
            .adjust(longer)
            .await
    }

    /// Takes our message `sent` away; it may be tried again without harm.
    pub(super) async fn remove(
        &self,
        sent: &MessageId,
        place: &PlaceId,
        sender: &impl Sender,
    ) -> Result<(), SendError> {
        (|| sender.remove(sent, place))
            .retry(delays())
            .when(|error| *error != SendError::Refused)
            .adjust(longer)
            .await
    }

    /// `cause` is done with.
    pub(super) async fn finish(
        &self,
        cause: &MessageId,
        answer: Option<SentAnswer>,
        unanswered: Option<Unanswered>,
    ) -> records::Result<()> {
        let (message, holder) = (cause.clone(), self.parts.holder.clone());
        let finished = Finished { message, holder, at: self.now(), answer, unanswered };
        self.records().finish(finished).await
    }

    async fn attempt(
        &self,
        outgoing: &Outgoing,
        sender: &impl Sender,
    ) -> Result<MessageId, SendError> {
        let limit = self.parts.delivery.lease() / SEND_SHARE_OF_LEASE;
        tokio::time::timeout(limit, sender.send(outgoing)).await.unwrap_or(Err(SendError::Unknown))
    }

    fn is_known_again(&self, began_at: Timestamp, sender: &impl Sender) -> bool {
        sender.knows_again_for().is_some_and(|window| self.now().since(began_at) < window)
    }

    fn answer(&self, sent: MessageId, delivery: &Delivery) -> SentAnswer {
        let Delivery { outgoing, space, asker, .. } = delivery;
        SentAnswer {
            question: outgoing.cause.clone(),
            sent,
            place: outgoing.place.clone(),
            space: space.clone(),
            asker: asker.clone(),
            kind: outgoing.say.kind,
            entries: outgoing.say.entries.clone(),
            sent_at: self.now(),
        }
    }
}

/// The platform's own wish, if it is longer than ours. No more delays: `None`.
fn longer(error: &SendError, delay: Option<Duration>) -> Option<Duration> {
    match error {
        SendError::Passing { retry_after: Some(wish) } => delay.map(|delay| delay.max(*wish)),
        _ => delay,
    }
}
