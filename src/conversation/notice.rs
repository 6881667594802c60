//! Messages about the bot itself, as opposed to a source.

use std::time::Duration;

use super::id::PlaceId;
use super::pause::Pause;

/// A short message about the bot itself. (Not Matrix's `m.notice`, which is a type of message.)
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// The asker has reached the limit of questions.
    RateLimited {
        /// The time until the next question is answered.
        retry_after: Duration,
    },
    /// The place has reached its limit of questions, whoever asks.
    PlaceRateLimited {
        /// The time until the next question is answered.
        retry_after: Duration,
    },
    /// The message to which a command refers has been replied to before.
    AlreadyReplied,
    /// The answer was shown to everybody before.
    AlreadyShared,
    /// A moderator has paused the bot here.
    Paused,
    /// Confirms that a pause was set or ended.
    PauseChanged(Pause),
    /// The action is reserved for moderators.
    ModeratorsOnly,
    /// The action is reserved for owners.
    OwnersOnly,
    /// The action is reserved for the asker: to pick a suggestion, to delete an answer.
    AskerOnly,
    /// The action is reserved for the author of the message that is quoted.
    AuthorOnly,
    /// Confirms to the user of a message command that the reply is below that message.
    Replied,
    /// Confirms that feedback was recorded.
    FeedbackRecorded,
    /// Confirms that the asker is told when there is an answer.
    WillNotify,
    /// Confirms that what was recorded of the asker is deleted.
    AskerForgotten,
    /// Messages of members are not quoted in this space.
    MessagesNotQuoted,
    /// There is an answer now, which the asker wanted to be told of.
    AnswerFound,
    /// Confirms that feedback was taken back.
    FeedbackWithdrawn,
    /// The message addresses the bot but contains no question.
    NotAQuestion,
    /// The message that was referred to has no text, or the platform withholds it from the bot.
    ContentUnavailable,
    /// Commands are disabled in this space.
    CommandsDisabled,
    /// The question reached the bot too late to be answered.
    TooLate,
    /// The message or entry that a control refers to no longer exists.
    NoLongerAvailable,
    /// The greeting after the bot joined a place.
    Greeting {
        /// Titles of the packs.
        titles: Vec<String>,
    },
    /// What is left to set up for a place that the bot joined. For moderators.
    SetupIncomplete {
        /// The place.
        place: PlaceId,
        /// The missing steps. Never empty.
        steps: Vec<SetupStep>,
    },
    /// Replying failed with an internal error.
    InternalError {
        /// Identifies the error; the log has the same reference.
        reference: String,
    },
    /// A message could not be decrypted because its room key was not received.
    Undecryptable,
    /// The same about another place. For moderators.
    UndecryptableAt {
        /// The place.
        place: PlaceId,
    },
    /// The bot lacks permissions at a place. For moderators.
    MissingPermissions {
        /// The place.
        place: PlaceId,
        /// Names of the permissions, as the platform shows them. Never empty.
        missing: Vec<String>,
        /// Whether the bot is in a timeout.
        is_timed_out: bool,
    },
    /// A changed pack is invalid; the previous version stays in use. For moderators.
    PackRejected {
        /// Name of the pack.
        pack: String,
        /// What is wrong with it.
        message: String,
    },
    /// Entries are disabled because a source changed and no longer has their quotes. For
    /// moderators.
    EntriesDisabled {
        /// Name of the pack.
        pack: String,
        /// Ids of the entries. Never empty.
        entries: Vec<String>,
    },
}

impl Notice {
    /// Whether it reports a problem to moderators. Such notices are sent even while the bot is
    /// paused.
    pub fn is_for_moderators(&self) -> bool {
        matches!(
            self,
            Self::SetupIncomplete { .. }
                | Self::UndecryptableAt { .. }
                | Self::MissingPermissions { .. }
                | Self::PackRejected { .. }
                | Self::EntriesDisabled { .. }
        )
    }
}

/// A step of the setup of a space.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SetupStep {
    /// Name moderators: without them, nobody can pause the bot from chat.
    Moderators,
    /// Add entries: the packs have none.
    Entries,
    /// Name an alert channel: moderators get no alerts without one.
    Reports,
}
