//! What became of something that happened on a platform.

/// What became of an event. Metrics count them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EventOutcome {
    /// It was not for us, or changes nothing of ours.
    Irrelevant,
    /// It is older than what is caught up with, or from before we came.
    TooOld,
    /// It was handled before.
    Duplicate,
    /// Another process has it.
    HeldElsewhere,
    /// Silence was right.
    NoReply,
    /// A message of ours was sent.
    Sent,
    /// A message of ours was changed.
    Edited,
    /// A message of ours was taken away.
    Deleted,
    /// A message may have been sent or not; it is not sent again.
    Ambiguous,
    /// The platform refuses it, and always will.
    Rejected,
    /// The platform could not be reached for long. It was not sent and may be asked again.
    RetriesExhausted,
    /// Records could not be read or written. Unless it was just then, it was not sent.
    StorageFailed,
}

impl EventOutcome {
    /// Its name in metrics and logs.
    pub fn name(self) -> &'static str {
        match self {
            Self::Irrelevant => "not_for_us",
            Self::TooOld => "too_old",
            Self::Duplicate => "repeated",
            Self::HeldElsewhere => "held",
            Self::NoReply => "silent",
            Self::Sent => "sent",
            Self::Edited => "amended",
            Self::Deleted => "removed",
            Self::Ambiguous => "uncertain",
            Self::Rejected => "refused",
            Self::RetriesExhausted => "given_up",
            Self::StorageFailed => "not_recorded",
        }
    }
}
