//! Claims on messages: a message is handled by one holder at a time, and once.

use std::fmt;
use std::time::Duration;

use crate::conversation::{AskedQuestion, MessageId, SentReply, Timestamp, UnansweredQuestion};

/// The id of one run of a process. After a restart the process is another holder.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Holder(String);

impl Holder {
    /// A holder with this name, which has to be unique over all runs.
    pub fn new(name: impl Into<String>) -> Self {
        Self(name.into())
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A request of a holder to handle a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// The message.
    pub message: MessageId,
    /// The holder that requests it.
    pub holder: Holder,
    /// The current time.
    pub now: Timestamp,
    /// The duration of the claim. After it the holder counts as dead, and another can claim the
    /// message.
    pub lease: Duration,
}

/// The result of a [`Claim`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClaimStatus {
    /// The claim succeeded, and no reply was sent before.
    New,
    /// The claim succeeded, but an earlier holder died while sending: the reply may have reached the
    /// platform.
    PossiblySent {
        /// When that send began.
        began_at: Timestamp,
    },
    /// Another holder has the message, and may be alive. An earlier claim of the same holder counts,
    /// too.
    HeldElsewhere,
    /// The message is done.
    Done,
}

/// The result of handling a message.
#[derive(Debug, Clone, PartialEq)]
pub struct Completion {
    /// The message.
    pub message: MessageId,
    /// The holder of its claim.
    pub holder: Holder,
    /// When it was completed.
    pub at: Timestamp,
    /// The reply; `None` if there is none, or if it is unknown whether it was sent.
    pub answer: Option<SentReply>,
    /// The question, if it was not answered with quotes.
    pub unanswered: Option<UnansweredQuestion>,
    /// The question, whether or not it was answered; `None` if what is asked is not kept.
    pub asked: Option<AskedQuestion>,
    /// Forgets, too, that messages were handled whose ids start with this: they are alerts that no longer
    /// apply, and are sent again when they do.
    pub outdated_alerts: Option<String>,
}
