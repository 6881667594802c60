//! Messages that show more than fits into the first one: paragraphs, remaining quotes, topics.

use super::Context;
use crate::conversation::bot_message::BotMessage;
use crate::conversation::notice::Notice;
use crate::conversation::reply::{Answer, ParagraphPart, Reply, Topic};
use crate::conversation::sent_reply::{ReplyKind, SentReply};

/// The paragraphs that the answer `target` quotes from, without the first `offset` parts.
pub(super) fn paragraphs(offset: usize, target: &SentReply, context: &Context<'_>) -> BotMessage {
    let id = answered_id(target).unwrap_or_default();
    let quotes = match context.index.find(id).and_then(|entry| context.index.entry(entry)) {
        Some(entry) => entry.quotes().to_vec(),
        None => context.index.find_passage(id).into_iter().collect(),
    };
    let parts: Vec<_> = ParagraphPart::all(&quotes).into_iter().skip(offset).collect();
    if parts.is_empty() {
        return BotMessage::notice(Notice::NoLongerAvailable, true);
    }
    let (kind, entries) = (target.kind, target.entries.clone());
    BotMessage {
        kind,
        entries,
        offset,
        ..BotMessage::without_entry(Reply::Paragraphs(parts), true)
    }
}

/// The quotes of the answer `target`, without the first `offset`.
pub(super) fn remaining_quotes(
    offset: usize,
    target: &SentReply,
    context: &Context<'_>,
) -> BotMessage {
    let entry = answered_id(target).and_then(|id| context.index.find(id));
    match entry.and_then(|entry| Answer::new(context.index, entry)) {
        Some(answer) if offset < answer.quotes.len() => {
            let quotes = answer.quotes.into_iter().skip(offset).collect();
            let answer = Answer { lead: None, quotes, see_also: Vec::new(), ..answer };
            let reply = Reply::Answer(answer);
            let (kind, entries) = (target.kind, target.entries.clone());
            BotMessage { kind, entries, offset, ..BotMessage::without_entry(reply, true) }
        }
        _ => BotMessage::notice(Notice::NoLongerAvailable, true),
    }
}

/// The questions that can be asked, without the first `offset`.
pub(super) fn topics(offset: usize, is_private: bool, context: &Context<'_>) -> BotMessage {
    let topics = Topic::skip(offset, Topic::all(context.index));
    BotMessage { offset, ..BotMessage::without_entry(Reply::Topics(topics), is_private) }
}

/// The id of the entry or passage of `target`, if it is an answer.
fn answered_id(target: &SentReply) -> Option<&str> {
    target.entries.first().filter(|_| target.kind == ReplyKind::Answer).map(String::as_str)
}
