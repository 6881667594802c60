//! What is to happen, as data: whoever has platforms and records carries it out.

use super::message::Control;
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

impl Effects {
    /// What is left of it where nothing can be said to one person alone: what somebody wanted to
    /// see is for everybody, and words that are for nobody else are not said.
    pub fn aloud(self) -> Self {
        let shown = match self.shown {
            Shown::Say(say) if say.is_private => match say.reply {
                Reply::Notice(_) | Reply::NoSuchNumber { .. } => Shown::Nothing,
                _ => Shown::Say(Say { is_private: false, ..say }),
            },
            shown => shown,
        };
        Self { shown, ..self }
    }
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

    /// What the message offers where `n_shown` of its quotes, pieces of paragraphs or questions have
    /// room, in order.
    pub fn controls(&self, n_shown: usize) -> Vec<Control> {
        let n_seen = self.n_before.saturating_add(n_shown);
        let rest = |n: usize, control: Control| (n_shown < n).then_some(control);
        match &self.reply {
            Reply::Answer(answer) => {
                let is_recorded = self.kind == SentKind::Answer && !self.entries.is_empty();
                let feedback = [Control::Helpful, Control::Unhelpful];
                let feedback = feedback.into_iter().filter(|_| self.asks_feedback);
                let paragraph = is_recorded.then_some(Control::Paragraph(0));
                let more =
                    paragraph.into_iter().chain(rest(answer.quotes.len(), Control::Rest(n_seen)));
                more.chain(feedback).chain(self.delete()).collect()
            }
            Reply::Suggest(suggestions) => {
                (1..=suggestions.len()).map(Control::Pick).chain(self.delete()).collect()
            }
            Reply::Paragraphs(passages) => {
                rest(passages.len(), Control::Paragraph(n_seen)).into_iter().collect()
            }
            Reply::Topics(topics) => {
                let n_questions = topics.iter().map(|topic| topic.questions.len()).sum();
                rest(n_questions, Control::Topics(n_seen)).into_iter().collect()
            }
            _ => Vec::new(),
        }
    }

    /// What one person alone sees they can hide themselves.
    fn delete(&self) -> Option<Control> {
        (!self.is_private).then_some(Control::Delete)
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
