//! Replies for tests.

use crate::conversation::reply::{Answer, CitedQuote, Reply};
use crate::conversation::{BotMessage, ReplyKind};
use crate::text::MarkdownText;

/// A quote of a whole sentence from the source `title` at `url`.
pub(super) fn quote_from(title: &str, url: &str, text: &str) -> CitedQuote {
    CitedQuote {
        rich_text: None,
        text: text.to_owned(),
        is_cut_before: false,
        is_cut_after: false,
        speaker: None,
        role: None,
        title: title.to_owned(),
        paragraph: 3,
        url: Some(url.to_owned()),
    }
}

/// A quote of `text`, written in Markdown, from a document that goes on with `rest`.
pub(super) fn quote_of_markdown(text: &str, rest: &str) -> CitedQuote {
    let document = format!("{text}{rest}");
    let rich_text = MarkdownText::new(&document).rich_text(&document, 0..text.len(), None);
    let quote = quote_from("The harbor", "https://harbor.example/", text);
    CitedQuote { rich_text: Some(rich_text), ..quote }
}

/// A public answer with feedback.
pub(super) fn answer(lead: Option<&str>, quotes: Vec<CitedQuote>) -> BotMessage {
    let reply = Reply::Answer(Answer {
        question: Some("q".to_owned()),
        lead: lead.map(str::to_owned),
        quotes,
        see_also: Vec::new(),
    });
    BotMessage {
        reply,
        is_private: false,
        asks_feedback: true,
        kind: ReplyKind::Answer,
        entries: vec!["e".to_owned()],
        offset: 0,
        is_unsolicited: false,
    }
}
