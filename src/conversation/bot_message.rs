//! A message that the bot sends, before a platform renders it.

use super::control::Control;
use super::notice::Notice;
use super::reply::{ModerationReply, Reply, ReplyFile};
use super::sent_reply::ReplyKind;

/// A message that the bot sends, or the new content of one that it edits.
#[derive(Debug, Clone, PartialEq)]
pub struct BotMessage {
    /// The content.
    pub reply: Reply,
    /// Whether only the asker sees it, on platforms with private replies.
    pub is_private: bool,
    /// Whether it has controls for feedback.
    pub asks_feedback: bool,
    /// The kind of reply, for the records.
    pub kind: ReplyKind,
    /// Ids of the entries and passages that it shows.
    pub entries: Vec<String>,
    /// How many quotes, parts of paragraphs or questions precede those in [`Self::reply`], because
    /// an earlier message showed them. Controls that show more count from the first of all.
    pub offset: usize,
    /// Whether nobody asked for it. It must then not notify anybody.
    pub is_unsolicited: bool,
}

impl BotMessage {
    /// A message that shows `notice`.
    pub fn notice(notice: Notice, is_private: bool) -> Self {
        Self::without_entry(Reply::Notice(notice), is_private)
    }

    /// A message that nobody has asked for.
    pub fn alert(reply: Reply) -> Self {
        Self::without_entry(reply, false)
    }

    /// A message for a moderator, whose content is still missing.
    pub fn for_moderator(is_private: bool) -> Self {
        Self::without_entry(Reply::Moderation(ModerationReply::default()), is_private)
    }

    /// A message that is recorded as a notice and shows no entry.
    pub(super) fn without_entry(reply: Reply, is_private: bool) -> Self {
        Self {
            reply,
            is_private,
            asks_feedback: false,
            kind: ReplyKind::Notice,
            entries: Vec::new(),
            offset: 0,
            is_unsolicited: false,
        }
    }

    /// The message's controls in order, if a platform shows only the first `n_shown` of its quotes,
    /// parts of paragraphs or questions.
    pub fn controls(&self, n_shown: usize) -> Vec<Control> {
        let n_seen = self.offset.saturating_add(n_shown);
        let if_more = |n: usize, control: Control| (n_shown < n).then_some(control);
        match &self.reply {
            Reply::Answer(answer) => {
                let is_recorded = self.kind == ReplyKind::Answer && !self.entries.is_empty();
                let paragraphs = is_recorded.then_some(Control::Paragraphs(0));
                let quotes = if_more(answer.quotes.len(), Control::Quotes(n_seen));
                let feedback = [Control::Helpful, Control::Unhelpful];
                let feedback = feedback.into_iter().filter(|_| self.asks_feedback);
                let more = paragraphs.into_iter().chain(quotes);
                // What was asked in private can be shown to all afterwards.
                let is_shareable = self.is_private && is_recorded && self.offset == 0;
                let share = is_shareable.then_some(Control::Share);
                more.chain(feedback).chain(share).chain(self.delete()).collect()
            }
            Reply::Suggestions(suggestions) => {
                (1..=suggestions.len()).map(Control::Pick).chain(self.delete()).collect()
            }
            Reply::Paragraphs(parts) => {
                if_more(parts.len(), Control::Paragraphs(n_seen)).into_iter().collect()
            }
            Reply::Topics(topics) => {
                let n_questions = topics.iter().map(|topic| topic.questions.len()).sum();
                if_more(n_questions, Control::Topics(n_seen)).into_iter().collect()
            }
            Reply::NothingFound if self.offers_notification() => {
                vec![Control::Notify, Control::Topics(0)]
            }
            Reply::Moderation(reply) => {
                let picks = (1..=reply.choices.len()).map(Control::Pick);
                picks.chain(reply.controls.iter().copied()).chain(self.delete()).collect()
            }
            _ => Vec::new(),
        }
    }

    /// Whether the asker can be told later: the message can still be edited then, unlike a private one.
    fn offers_notification(&self) -> bool {
        self.kind == ReplyKind::Abstain && !self.is_private && !self.is_unsolicited
    }

    /// The file that comes with it.
    pub fn file(&self) -> Option<&ReplyFile> {
        match &self.reply {
            Reply::Moderation(reply) => reply.file.as_ref(),
            _ => None,
        }
    }

    /// Whether it notifies the asker whatever the settings say, since that is what the asker wanted, or has to know.
    pub fn must_notify(&self) -> bool {
        self.reply == Reply::Notice(Notice::AnswerFound) || self.kind == ReplyKind::Quoted
    }

    /// The control that deletes the message. A private message has none: users dismiss it
    /// themselves.
    fn delete(&self) -> Option<Control> {
        (!self.is_private).then_some(Control::Delete)
    }
}
