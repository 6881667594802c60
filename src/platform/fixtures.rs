//! Replies for tests.

use crate::conversation::reply::{Answer, CitedQuote, ModerationReply, Reply};
use crate::conversation::{BotMessage, ReplyKind};
use crate::text::rich_text::{Block, Inline, Item};
use crate::text::{MarkdownText, RichText};

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

/// Messages for a moderator that are longer than a platform allows.
pub(super) fn long_texts_for_moderators() -> Vec<BotMessage> {
    let line = "a ``` b *c* 😀 ".repeat(20);
    let lines = |n: usize| format!("{line}\n").repeat(n);
    let paragraph =
        |text: &str| Block::Paragraph(vec![Inline::Text(text.to_owned()), Inline::LineBreak]);
    let item = |_| Item { is_checked: None, blocks: vec![paragraph(&line)] };
    let list = Block::List { start: Some(1), is_loose: false, items: (0..99).map(item).collect() };
    let code = |text: String| Block::Code { language: Some("toml".to_owned()), text };
    let heading = paragraph("Changed:");
    [
        vec![paragraph(&"x".repeat(50_000))],
        vec![paragraph(&"word 😀 ".repeat(9000))],
        vec![list],
        vec![code(lines(300))],
        vec![code("x".repeat(50_000))],
        vec![heading.clone(), code(lines(300)), code(lines(2))],
        vec![paragraph(&"x".repeat(4090)), heading.clone()],
        std::iter::repeat_n(heading, 3000).collect(),
    ]
    .into_iter()
    .map(|blocks| {
        let text = RichText { blocks };
        let reply = Reply::Moderation(ModerationReply { text, ..ModerationReply::default() });
        BotMessage { reply, ..BotMessage::for_moderator(false) }
    })
    .collect()
}
