//! What quoth says about itself rather than about a source.

use std::time::Duration;

use super::id::PlaceId;

/// A short line without quotes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// Too many questions at once.
    Wait {
        /// When asking works again.
        span: Duration,
    },
    /// A moderator has paused it here.
    Paused,
    /// It is paused from now on.
    PauseDone,
    /// It speaks again.
    ResumeDone,
    /// Only moderators may do that.
    ModeratorsOnly,
    /// Only whoever asked may pick, and take the answer away.
    AskerOnly,
    /// The answer stands below the message that was asked about.
    Replied,
    /// A judgement was taken down.
    Thanks,
    /// It was named and asked nothing.
    NotAQuestion,
    /// The message that was meant shows us no text.
    Unreadable,
    /// Commands are not answered there.
    Unserved,
    /// What was asked came too late to be answered.
    TooLate,
    /// What was picked is no longer there.
    Gone,
    /// It came to a place.
    Greeting(Greeting),
    /// Something went wrong on our side; the log says what, by the same reference.
    Failed {
        /// Finds it in the log.
        reference: String,
    },
    /// A message is encrypted with a key that did not come.
    Undecryptable,
    /// Permissions are missing at a place. For moderators.
    Hindered {
        /// Where.
        place: PlaceId,
        /// Which ones. Never empty.
        missing: Vec<String>,
    },
    /// A changed pack cannot be used.
    PackRefused {
        /// The pack.
        pack: String,
        /// What is wrong.
        message: String,
    },
    /// Entries are not answered with, since a source has changed.
    SetAside {
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
        matches!(self, Self::Hindered { .. } | Self::PackRefused { .. } | Self::SetAside { .. })
    }
}

/// What is said on coming to a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Greeting {
    /// Titles of what it answers from.
    pub titles: Vec<String>,
    /// What is left to set up.
    pub todos: Vec<Todo>,
}

/// Something that is left to set up in a space.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Todo {
    /// Who may pause it from chat: nobody may.
    Moderators,
    /// What to answer from: there is nothing.
    Entries,
    /// Where moderators are told what needs them: nowhere.
    Reports,
}
