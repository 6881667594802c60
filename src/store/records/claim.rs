//! Who answers a message: one holder at a time, and once.

use std::fmt;
use std::time::Duration;

use crate::conversation::{MessageId, SentReply, Timestamp, UnansweredQuestion};

/// One life of one process. A process that starts again is another holder.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Holder(String);

impl Holder {
    /// The holder called `name`, which no other has or had.
    pub fn new(name: impl Into<String>) -> Self {
        Self(name.into())
    }

    /// Its name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A wish to answer a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// The message.
    pub message: MessageId,
    /// Who wants it.
    pub holder: Holder,
    /// The time.
    pub now: Timestamp,
    /// How long the claim stands; after that the holder counts as dead and another may have it.
    pub lease: Duration,
}

/// What became of a [`Claim`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClaimStatus {
    /// The message is the holder's; nothing was sent for it.
    New,
    /// The message is the holder's. An earlier holder died while sending: the platform may have
    /// the reply or not.
    PossiblySent {
        /// When that send began.
        began_at: Timestamp,
    },
    /// Another holder has it, and may be alive.
    HeldElsewhere,
    /// It is done with.
    Done,
}

/// What came of a message.
#[derive(Debug, Clone, PartialEq)]
pub struct Completion {
    /// The message.
    pub message: MessageId,
    /// Who had claimed it.
    pub holder: Holder,
    /// When.
    pub at: Timestamp,
    /// What was sent; nothing where silence was right, or where it cannot be known.
    pub answer: Option<SentReply>,
    /// The question, if it was not answered with quotes.
    pub unanswered: Option<UnansweredQuestion>,
}
