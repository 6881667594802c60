//! What is to happen, as data: whoever has platforms and records carries it out.

use super::notice::Notice;
use super::reply::Reply;
use super::sent_answer::SentKind;
use super::unanswered::Unanswered;

/// What is to happen.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Effects {
    /// What people see of it.
    pub shown: Shown,
    /// What moderators find in the inbox.
    pub unanswered: Option<Unanswered>,
    /// Whether the space is silent from now on.
    pub pause: Option<bool>,
    /// Whether [`Scene::said`](super::Scene::said) was helpful.
    pub judged: Option<bool>,
}

/// What people see.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Shown {
    /// Nothing.
    #[default]
    Nothing,
    /// A new message.
    Say(Say),
    /// [`Scene::said`](super::Scene::said) says something else.
    Amend(Say),
    /// [`Scene::said`](super::Scene::said) goes.
    Remove,
}

/// A message of ours.
#[derive(Debug, Clone, PartialEq)]
pub struct Say {
    /// What it says.
    pub reply: Reply,
    /// Whether only the asker is to see it, where the platform can do that.
    pub is_private: bool,
    /// Whether it asks if it was what was looked for.
    pub asks_feedback: bool,
    /// What it is, for the records.
    pub kind: SentKind,
    /// Ids of the entries that it shows.
    pub entries: Vec<String>,
    /// Quotes, pieces of paragraphs or questions that stand before those in [`Self::reply`] and were
    /// shown already. A control that shows more counts from the first of all.
    pub n_before: usize,
    /// Whether nobody asked for it, so that it is not to ring.
    pub is_unasked: bool,
}

impl Say {
    /// A line without quotes.
    pub fn notice(notice: Notice, is_private: bool) -> Self {
        Self::plain(Reply::Notice(notice), is_private)
    }

    /// What stands as it is, without an entry.
    pub(super) fn plain(reply: Reply, is_private: bool) -> Self {
        let (kind, entries) = (SentKind::Notice, Vec::new());
        Self {
            reply,
            is_private,
            asks_feedback: false,
            kind,
            entries,
            n_before: 0,
            is_unasked: false,
        }
    }
}

impl From<Say> for Effects {
    fn from(say: Say) -> Self {
        Self { shown: Shown::Say(say), ..Self::default() }
    }
}
