//! A message that the bot sends.

use super::control::Control;
use super::notice::Notice;
use super::reply::Reply;
use super::sent_reply::ReplyKind;

/// A message of ours.
#[derive(Debug, Clone, PartialEq)]
pub struct BotMessage {
    /// What it says.
    pub reply: Reply,
    /// Whether only the asker is to see it, where the platform can do that.
    pub is_private: bool,
    /// Whether it asks if it was what was looked for.
    pub asks_feedback: bool,
    /// What it is, for the records.
    pub kind: ReplyKind,
    /// Ids of the entries that it shows.
    pub entries: Vec<String>,
    /// Quotes, pieces of paragraphs or questions that stand before those in [`Self::reply`] and were
    /// shown already. A control that shows more counts from the first of all.
    pub offset: usize,
    /// Whether nobody asked for it, so that it is not to ring.
    pub is_unsolicited: bool,
}

impl BotMessage {
    /// A line without quotes.
    pub fn notice(notice: Notice, is_private: bool) -> Self {
        Self::without_entry(Reply::Notice(notice), is_private)
    }

    /// What the message offers where `n_shown` of its quotes, pieces of paragraphs or questions have
    /// room, in order.
    pub fn controls(&self, n_shown: usize) -> Vec<Control> {
        let n_seen = self.offset.saturating_add(n_shown);
        let rest = |n: usize, control: Control| (n_shown < n).then_some(control);
        match &self.reply {
            Reply::Answer(answer) => {
                let is_recorded = self.kind == ReplyKind::Answer && !self.entries.is_empty();
                let feedback = [Control::Helpful, Control::Unhelpful];
                let feedback = feedback.into_iter().filter(|_| self.asks_feedback);
                let paragraph = is_recorded.then_some(Control::Paragraphs(0));
                let more =
                    paragraph.into_iter().chain(rest(answer.quotes.len(), Control::Quotes(n_seen)));
                more.chain(feedback).chain(self.delete()).collect()
            }
            Reply::Suggestions(suggestions) => {
                (1..=suggestions.len()).map(Control::Pick).chain(self.delete()).collect()
            }
            Reply::Paragraphs(passages) => {
                rest(passages.len(), Control::Paragraphs(n_seen)).into_iter().collect()
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
    pub(super) fn without_entry(reply: Reply, is_private: bool) -> Self {
        let (kind, entries) = (ReplyKind::Notice, Vec::new());
        Self {
            reply,
            is_private,
            asks_feedback: false,
            kind,
            entries,
            offset: 0,
            is_unsolicited: false,
        }
    }
}
