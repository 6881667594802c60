//! What shows more of what was said: paragraphs, the rest of an answer, further questions.

use super::Scene;
use crate::conversation::effects::Say;
use crate::conversation::notice::Notice;
use crate::conversation::reply::{Answer, Passage, Reply, Topic};
use crate::conversation::sent_answer::{SentAnswer, SentKind};

/// The paragraphs that the answer `said` quotes from, for whoever wants to see them.
pub(super) fn paragraphs(n_before: usize, said: &SentAnswer, scene: &Scene<'_>) -> Say {
    let entry = said.entries.first().filter(|_| said.kind == SentKind::Answer);
    let entry = entry.and_then(|id| scene.index.find(id));
    let passages = entry.map(|entry| Passage::all(scene.index, entry)).unwrap_or_default();
    let passages: Vec<Passage> = passages.into_iter().skip(n_before).collect();
    if passages.is_empty() {
        return Say::notice(Notice::Gone, true);
    }
    let (kind, entries) = (said.kind, said.entries.clone());
    Say { kind, entries, n_before, ..Say::plain(Reply::Paragraphs(passages), true) }
}

/// What the answer `said` had no room for.
pub(super) fn rest(n_before: usize, said: &SentAnswer, scene: &Scene<'_>) -> Say {
    let id = said.entries.first().filter(|_| said.kind == SentKind::Answer);
    let entry = id.and_then(|id| scene.index.find(id));
    match entry.and_then(|entry| Answer::new(scene.index, entry)) {
        Some(answer) if n_before < answer.quotes.len() => {
            let quotes = answer.quotes.into_iter().skip(n_before).collect();
            let reply = Reply::Answer(Answer { lead: None, quotes, ..answer });
            let (kind, entries) = (said.kind, said.entries.clone());
            Say { kind, entries, n_before, ..Say::plain(reply, true) }
        }
        _ => Say::notice(Notice::Gone, true),
    }
}

/// What can be asked.
pub(super) fn topics(n_before: usize, is_private: bool, scene: &Scene<'_>) -> Say {
    let topics = Topic::without(n_before, Topic::all(scene.index));
    Say { n_before, ..Say::plain(Reply::Topics(topics), is_private) }
}
