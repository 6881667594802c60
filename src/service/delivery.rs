//! Delivery: claim, send, record. Exactly once; at most once where a send's result cannot be known.

use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBuilder, Retryable};

use super::{Fate, Outgoing, SendError, Sender, Service};
use crate::conversation::{AskerHash, MessageId, PlaceId, SentAnswer, Timestamp, Unanswered};
use crate::store::records::{self, Claimed, Finished, Records};

/// What came of the wish to answer a message.
pub(super) enum Taken {
    /// It is ours.
    Ours {
        /// Since when the platform may have a reply to it, from somebody who died while sending.
        may_be_sent_since: Option<Timestamp>,
    },
    /// It is not to be answered.
    Not(Fate),
}

/// What is sent, and what is kept of it.
pub(super) struct Delivery {
    pub(super) outgoing: Outgoing,
    pub(super) may_be_sent_since: Option<Timestamp>,
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

/// The longest that a platform can make us wait for one message or one change: its worker has others
/// to serve. Whatever asks for more is tried again at the next occasion.
const MAX_WISHED: Duration = Duration::from_secs(300);

/// What takes longer is slow for whoever waits.
const SLOW_AFTER: Duration = Duration::from_millis(1500);

/// What a platform does not answer within this share of the lease counts as unknown.
const CALL_SHARE_OF_LEASE: u32 = 2;

fn delays() -> ExponentialBuilder {
    ExponentialBuilder::new()
        .with_min_delay(MIN_DELAY)
        .with_max_delay(MAX_DELAY)
        .with_max_times(MAX_RETRIES)
        .with_jitter()
}

impl<R: Records> Service<R> {
    /// Takes `cause`, if nobody has it and it is not done with.
    pub(super) async fn take(&self, cause: &MessageId) -> records::Result<Taken> {
        Ok(match self.records().claim(self.claim(cause)).await? {
            Claimed::Fresh => Taken::Ours { may_be_sent_since: None },
            Claimed::MayBeSent { began_at } => Taken::Ours { may_be_sent_since: Some(began_at) },
            Claimed::Held => Taken::Not(Fate::Held),
            Claimed::Handled => Taken::Not(Fate::Repeated),
        })
    }

    /// Delivers; where that takes long, people see that it is under way.
    pub(super) async fn deliver_showing_work(
        &self,
        delivery: Delivery,
        sender: &impl Sender,
    ) -> records::Result<Fate> {
        let is_seen = delivery.outgoing.is_reply && !delivery.outgoing.say.is_private;
        let place = delivery.outgoing.place.clone();
        let mut delivering = std::pin::pin!(self.deliver(delivery, sender));
        tokio::select! {
            fate = &mut delivering => fate,
            () = tokio::time::sleep(SLOW_AFTER), if is_seen => {
                tokio::join!(delivering, sender.show_work(&place)).0
            }
        }
    }

    /// Sends what is claimed, as often as it takes, and keeps what came of it. What may have arrived
    /// is only sent again as long as the platform knows it again.
    pub(super) async fn deliver(
        &self,
        delivery: Delivery,
        sender: &impl Sender,
    ) -> records::Result<Fate> {
        let cause = &delivery.outgoing.cause;
        let mut may_be_sent_since = delivery.may_be_sent_since;
        let mut delays = delays().build();
        let mut patience = Patience::default();
        loop {
            if may_be_sent_since.is_some_and(|since| !self.is_known_again(since, sender)) {
                return self.leave(&delivery, Fate::Uncertain).await;
            }
            let began_at = self.now();
            if !self.records().begin_send(self.claim(cause)).await? {
                return Ok(Fate::Held);
            }
            let failure = match self.limited(sender.send(&delivery.outgoing)).await {
                Ok(sent) => {
                    let unanswered = delivery.unanswered.clone();
                    self.finish(cause, Some(self.answer(sent, &delivery)), unanswered).await?;
                    return Ok(Fate::Sent);
                }
                Err(SendError::Refused) => return self.leave(&delivery, Fate::Refused).await,
                Err(SendError::UnknownForGood) => {
                    return self.leave(&delivery, Fate::Uncertain).await;
                }
                Err(failure) => failure,
            };
            if failure == SendError::Unknown {
                may_be_sent_since.get_or_insert(began_at);
            } else if may_be_sent_since.is_none() {
                // Whoever ends this process now leaves a message that can be answered later.
                self.records().release(cause.clone(), self.parts.holder.clone()).await?;
            }
            match patience.wait(&failure, delays.next()) {
                Some(wait) => tokio::time::sleep(wait).await,
                None if may_be_sent_since.is_some() => {
                    return self.leave(&delivery, Fate::Uncertain).await;
                }
                None => {
                    tracing::warn!(message.id = %cause, "The platform cannot be reached; {cause} is given up");
                    return Ok(Fate::GivenUp);
                }
            }
            if may_be_sent_since.is_none() {
                match self.take(cause).await? {
                    Taken::Ours { may_be_sent_since: since } => may_be_sent_since = since,
                    Taken::Not(fate) => return Ok(fate),
                }
            }
        }
    }

    /// Sends no more. The question is kept for moderators all the same.
    async fn leave(&self, delivery: &Delivery, fate: Fate) -> records::Result<Fate> {
        let cause = &delivery.outgoing.cause;
        if fate == Fate::Uncertain {
            tracing::warn!(
                message.id = %cause,
                "Whether {cause} was replied to cannot be known; it is not replied to again"
            );
        } else {
            tracing::warn!(message.id = %cause, "The platform refuses the reply to {cause}");
        }
        self.finish(cause, None, delivery.unanswered.clone()).await?;
        Ok(fate)
    }

    /// Makes our message `sent` say something else.
    pub(super) async fn amend(
        &self,
        sent: &MessageId,
        outgoing: &Outgoing,
        sender: &impl Sender,
    ) -> Fate {
        self.insist(sent, Fate::Amended, || sender.amend(sent, outgoing)).await
    }

    /// Takes our message `sent` at `place` away.
    pub(super) async fn remove(
        &self,
        (sent, place): (&MessageId, &PlaceId),
        cause: &MessageId,
        sender: &impl Sender,
    ) -> Fate {
        self.insist(sent, Fate::Removed, || sender.remove(sent, place, cause)).await
    }

    /// Calls until it is `done`: twice does no harm.
    async fn insist<C>(&self, sent: &MessageId, done: Fate, mut call: impl FnMut() -> C) -> Fate
    where
        C: Future<Output = Result<(), SendError>>,
    {
        let mut patience = Patience::default();
        let called = (|| self.limited(call()))
            .retry(delays())
            .when(|error| !matches!(error, SendError::Refused | SendError::UnknownForGood))
            .adjust(move |error, delay| patience.wait(error, delay))
            .await;
        let Err(error) = called else { return done };
        tracing::warn!(message.id = %sent, %error, "{sent} stays as it was");
        match error {
            SendError::Passing { .. } => Fate::GivenUp,
            SendError::Refused => Fate::Refused,
            SendError::Unknown | SendError::UnknownForGood => Fate::Uncertain,
        }
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

    /// What comes of a call to the platform, which must not outlast our claim.
    async fn limited<T>(
        &self,
        call: impl Future<Output = Result<T, SendError>>,
    ) -> Result<T, SendError> {
        let limit = self.parts.delivery.lease() / CALL_SHARE_OF_LEASE;
        tokio::time::timeout(limit, call).await.unwrap_or(Err(SendError::Unknown))
    }

    fn is_known_again(&self, since: Timestamp, sender: &impl Sender) -> bool {
        sender.knows_again_for().is_some_and(|window| self.now().since(since) < window)
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
            is_private: outgoing.say.is_private,
            entries: outgoing.say.entries.clone(),
            sent_at: self.now(),
        }
    }
}

/// How long was waited so far for the sake of one call.
#[derive(Debug, Default)]
struct Patience {
    waited: Duration,
}

impl Patience {
    /// The wait before the next attempt: the platform's own wish, if it is longer than `delay`.
    /// `None`: there is none, since there are no more delays or the wish goes too far.
    fn wait(&mut self, error: &SendError, delay: Option<Duration>) -> Option<Duration> {
        let delay = delay?;
        let wait = match error {
            SendError::Passing { retry_after: Some(wish) } if *wish > delay => {
                Some(*wish).filter(|wish| self.waited.saturating_add(*wish) <= MAX_WISHED)?
            }
            _ => delay,
        };
        self.waited = self.waited.saturating_add(wait);
        Some(wait)
    }
}
