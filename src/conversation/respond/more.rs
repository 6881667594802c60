//! What shows more of what was said: paragraphs, the rest of an answer, further questions.

use super::Context;
use crate::conversation::bot_message::BotMessage;
use crate::conversation::notice::Notice;
use crate::conversation::reply::{Answer, ParagraphPart, Reply, Topic};
use crate::conversation::sent_reply::{ReplyKind, SentReply};

/// The paragraphs that the answer `said` quotes from, for whoever wants to see them.
pub(super) fn paragraphs(n_before: usize, said: &SentReply, scene: &Context<'_>) -> BotMessage {
    let entry = said.entries.first().filter(|_| said.kind == ReplyKind::Answer);
    let entry = entry.and_then(|id| scene.index.find(id));
    let passages = entry.map(|entry| ParagraphPart::all(scene.index, entry)).unwrap_or_default();
    let passages: Vec<ParagraphPart> = passages.into_iter().skip(n_before).collect();
    if passages.is_empty() {
        return BotMessage::notice(Notice::NoLongerAvailable, true);
    }
    let (kind, entries) = (said.kind, said.entries.clone());
    BotMessage {
        kind,
        entries,
        offset: n_before,
        ..BotMessage::without_entry(Reply::Paragraphs(passages), true)
    }
}

/// What the answer `said` had no room for.
pub(super) fn rest(n_before: usize, said: &SentReply, scene: &Context<'_>) -> BotMessage {
    let id = said.entries.first().filter(|_| said.kind == ReplyKind::Answer);
    let entry = id.and_then(|id| scene.index.find(id));
    match entry.and_then(|entry| Answer::new(scene.index, entry)) {
        Some(answer) if n_before < answer.quotes.len() => {
            let quotes = answer.quotes.into_iter().skip(n_before).collect();
            let reply = Reply::Answer(Answer { lead: None, quotes, ..answer });
            let (kind, entries) = (said.kind, said.entries.clone());
            BotMessage { kind, entries, offset: n_before, ..BotMessage::without_entry(reply, true) }
        }
        _ => BotMessage::notice(Notice::NoLongerAvailable, true),
    }
}

/// What can be asked.
pub(super) fn topics(n_before: usize, is_private: bool, scene: &Context<'_>) -> BotMessage {
    let topics = Topic::skip(n_before, Topic::all(scene.index));
    BotMessage { offset: n_before, ..BotMessage::without_entry(Reply::Topics(topics), is_private) }
}
