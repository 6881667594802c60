//! What became of something that happened on a platform.

/// What became of an event. Metrics count them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fate {
    /// It was not for us, or changes nothing of ours.
    NotForUs,
    /// It is older than what is caught up with, or from before we came.
    TooOld,
    /// It was handled before.
    Repeated,
    /// Another process has it.
    Held,
    /// Silence was right.
    Silent,
    /// A message of ours was sent.
    Sent,
    /// A message of ours was changed.
    Amended,
    /// A message of ours was taken away.
    Removed,
    /// A message may have been sent or not; it is not sent again.
    Uncertain,
    /// The platform refuses it, and always will.
    Refused,
    /// The platform could not be reached for long. It was not sent and may be asked again.
    GivenUp,
    /// Records could not be read or written. Unless it was just then, it was not sent.
    NotRecorded,
}

impl Fate {
    /// Its name in metrics and logs.
    pub fn name(self) -> &'static str {
        match self {
            Self::NotForUs => "not_for_us",
            Self::TooOld => "too_old",
            Self::Repeated => "repeated",
            Self::Held => "held",
            Self::Silent => "silent",
            Self::Sent => "sent",
            Self::Amended => "amended",
            Self::Removed => "removed",
            Self::Uncertain => "uncertain",
            Self::Refused => "refused",
            Self::GivenUp => "given_up",
            Self::NotRecorded => "not_recorded",
        }
    }
}
