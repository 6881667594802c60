//! [`EventOutcome`]: how an event was handled.

use std::time::Duration;

/// How an event was handled; exported as the label `fate` of `quoth_events_total`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EventOutcome {
    /// It does not concern the bot.
    Irrelevant,
    /// It is too old to be caught up with, or from before the bot became a member.
    TooOld,
    /// It was handled before.
    Duplicate,
    /// Another process holds the claim.
    HeldElsewhere,
    /// It needs no reply.
    NoReply,
    /// A newer edit of its message is handled instead.
    Superseded,
    /// A rate limit does not allow it yet: it can be handled after this time.
    Postponed(Duration),
    /// A message was sent.
    Sent,
    /// A message of the bot was edited.
    Edited,
    /// A message of the bot was deleted.
    Deleted,
    /// Unknown whether a message was sent; it is not retried.
    Ambiguous,
    /// The platform rejected the message, and always will.
    Rejected,
    /// The platform could not be reached for too long. Nothing was sent, and the event may be
    /// handled again.
    RetriesExhausted,
    /// The records could not be read or written. Nothing was sent, unless the failure came just
    /// after the send.
    StorageFailed,
    /// There was no room for it, or the process was ending. It is not handled, unless the platform brings
    /// it again, and counts each time.
    TurnedAway,
    /// Its handling panicked, which is a bug. It is not handled again.
    Panicked,
}

impl EventOutcome {
    /// One of each kind.
    pub const ALL: [Self; 16] = [
        Self::Irrelevant,
        Self::TooOld,
        Self::Duplicate,
        Self::HeldElsewhere,
        Self::NoReply,
        Self::Superseded,
        Self::Postponed(Duration::ZERO),
        Self::Sent,
        Self::Edited,
        Self::Deleted,
        Self::Ambiguous,
        Self::Rejected,
        Self::RetriesExhausted,
        Self::StorageFailed,
        Self::TurnedAway,
        Self::Panicked,
    ];

    /// Its name in metrics and logs. These strings are a contract with dashboards.
    pub fn name(self) -> &'static str {
        match self {
            Self::Irrelevant => "not_for_us",
            Self::TooOld => "too_old",
            Self::Duplicate => "repeated",
            Self::HeldElsewhere => "held",
            Self::NoReply => "silent",
            Self::Superseded => "superseded",
            Self::Postponed(_) => "postponed",
            Self::Sent => "sent",
            Self::Edited => "amended",
            Self::Deleted => "removed",
            Self::Ambiguous => "uncertain",
            Self::Rejected => "refused",
            Self::RetriesExhausted => "given_up",
            Self::StorageFailed => "not_recorded",
            Self::TurnedAway => "turned_away",
            Self::Panicked => "panicked",
        }
    }
}
