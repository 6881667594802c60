//! What quoth says about itself rather than about a source.

use std::time::Duration;

use super::id::PlaceId;

/// A short line without quotes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// Too many questions at once.
    RateLimited {
        /// When asking works again.
        span: Duration,
    },
    /// A moderator has paused it here.
    Paused,
    /// It is paused from now on.
    PauseConfirmed,
    /// It speaks again.
    ResumeConfirmed,
    /// Only moderators may do that.
    ModeratorsOnly,
    /// Only whoever asked may pick, and take the answer away.
    AskerOnly,
    /// The answer stands below the message that was asked about.
    Replied,
    /// A judgement was taken down.
    FeedbackRecorded,
    /// It was named and asked nothing.
    NotAQuestion,
    /// The message that was meant shows us no text.
    ContentUnavailable,
    /// Commands are not answered there.
    CommandsDisabled,
    /// What was asked came too late to be answered.
    TooLate,
    /// What was picked is no longer there.
    NoLongerAvailable,
    /// It came to a place.
    Greeting(Greeting),
    /// Something went wrong on our side; the log says what, by the same reference.
    InternalError {
        /// Finds it in the log.
        reference: String,
    },
    /// A message is encrypted with a key that did not come.
    Undecryptable,
    /// Permissions are missing at a place. For moderators.
    MissingPermissions {
        /// Where.
        place: PlaceId,
        /// Which ones. Never empty.
        missing: Vec<String>,
    },
    /// A changed pack cannot be used.
    PackRejected {
        /// The pack.
        pack: String,
        /// What is wrong.
        message: String,
    },
    /// Entries are not answered with, since a source has changed.
    EntriesDisabled {
        /// Their pack.
        pack: String,
        /// Their ids. Never empty.
        entries: Vec<String>,
    },
}

impl Notice {
    /// Whether it tells moderators what needs them, which they want to know also while we are
    /// paused.
    pub fn is_for_moderators(&self) -> bool {
        matches!(
            self,
            Self::MissingPermissions { .. }
                | Self::PackRejected { .. }
                | Self::EntriesDisabled { .. }
        )
    }
}

/// What is said on coming to a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Greeting {
    /// Titles of what it answers from.
    pub titles: Vec<String>,
    /// What is left to set up.
    pub todos: Vec<SetupStep>,
}

/// Something that is left to set up in a space.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SetupStep {
    /// Who may pause it from chat: nobody may.
    Moderators,
    /// What to answer from: there is nothing.
    Entries,
    /// Where moderators are told what needs them: nowhere.
    Reports,
}
