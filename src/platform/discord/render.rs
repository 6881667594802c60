//! Renders bot messages within Discord's limits: content, embeds and buttons. Pure.

mod pages;

use super::super::AnswerStyle;
use super::ids;
use super::markdown::{
    block_quote, escape, escape_quote, link, quote_escaped, truncate, utf16_len,
};
use super::rich_text::markdown;
use crate::conversation::layout::{self, MAX_CITATION, MAX_QUESTION, with_cut_marks};
use crate::conversation::reply::{Answer, CitedQuote, ParagraphPart, Suggestions, Topic};
use crate::conversation::wording::{CUT, Wording};
use crate::conversation::{BotMessage, Control, Notice, PlaceId, Reply};
use crate::text::RichText;
use crate::text::rich_text::Block;
use pages::{Head, Page, first_page};

/// Discord's limit of characters of a message.
pub const MAX_CONTENT: usize = 2000;

/// Discord's limit of characters of the description of an embed.
pub const MAX_DESCRIPTION: usize = 4096;

/// Longest label of a button, in characters: Discord's guideline. Its limit is 80, but phones cut long
/// labels.
pub const MAX_LABEL: usize = 38;

/// Longest heading of a list of topics, in characters.
const MAX_HEADING: usize = 80;

/// Longest preview of a quote in the content field, in characters.
const MAX_PREVIEW: usize = 120;

/// Longest line of related questions, in characters.
const MAX_SEE_ALSO: usize = 400;

/// Longest question above an answer that is shown to all, in characters.
const MAX_ASKED: usize = 300;

/// A rendered message within Discord's limits.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RenderedMessage {
    /// The content field; empty if the text is in embeds.
    pub content: String,
    /// The descriptions of the embeds.
    pub embeds: Vec<String>,
    /// The buttons, at most ten: two action rows.
    pub buttons: Vec<Button>,
}

/// A button.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Button {
    /// The label, as plain text.
    pub label: String,
    /// The control that it triggers.
    pub control: Control,
}

/// Renders `message`. The result is within every limit of Discord, whatever the reply contains. No
/// quote is cut: quotes that do not fit are behind a button.
pub fn render(message: &BotMessage, style: AnswerStyle, wording: &Wording) -> RenderedMessage {
    match &message.reply {
        Reply::Answer(answer) => render_answer(answer, message, style, wording),
        Reply::Suggestions(suggestions) => render_suggestions(suggestions, message, wording),
        Reply::Paragraphs(parts) => render_paragraphs(parts, message, wording),
        Reply::Topics(topics) => render_topics(topics, message, wording),
        Reply::NotInSource { titles } => RenderedMessage::text(not_in_source(titles, wording)),
        Reply::NothingFound => {
            let content = wording.nothing_found();
            RenderedMessage::new(Page { content, ..Page::default() }, message, wording)
        }
        Reply::NoSuchNumber { n_suggestions } => {
            RenderedMessage::text(wording.no_such_number(*n_suggestions))
        }
        Reply::Help => RenderedMessage::text(wording.help()),
        Reply::Notice(notice) => RenderedMessage::text(notice_text(notice, wording)),
        Reply::Moderation(reply) => {
            RenderedMessage::new(moderation_page(&reply.text), message, wording)
        }
    }
}

impl RenderedMessage {
    fn text(text: String) -> Self {
        Self { content: truncate(&text, MAX_CONTENT), ..Self::default() }
    }

    /// A message with `page` and the controls of `message` for the blocks that fit.
    fn new(page: Page, message: &BotMessage, wording: &Wording) -> Self {
        let button = |control| Button { label: label(control, message, wording), control };
        let buttons = message.controls(page.n_blocks).into_iter().map(button).collect();
        Self { content: page.content, embeds: page.embeds, buttons }
    }
}

/// The label of the button for `control`.
fn label(control: Control, message: &BotMessage, wording: &Wording) -> String {
    let label = match (control, &message.reply) {
        (Control::Pick(number), Reply::Suggestions(suggestions)) => {
            format!("{number}. {}", suggestions.line(number).unwrap_or_default())
        }
        (control, reply) => wording.control(control, reply),
    };
    truncate(&label, MAX_LABEL)
}

fn render_answer(
    answer: &Answer,
    message: &BotMessage,
    style: AnswerStyle,
    wording: &Wording,
) -> RenderedMessage {
    let quotes: Vec<String> = answer.quotes.iter().map(|quote| cited(quote, wording)).collect();
    let label = wording.lead_label();
    let preview = answer.quotes.first().map(|quote| layout::first_words(quote, MAX_PREVIEW));
    let preview = escape(&preview.unwrap_or_default());
    let head = match &answer.lead {
        Some(lead) => Head::Lead(&label, lead),
        None => Head::Preview(&preview),
    };
    let mut page = first_page(head, &quotes, style);
    let see_also = one_line(&truncate(&wording.see_also(&answer.see_also), MAX_SEE_ALSO));
    page.append_if_it_fits(&see_also);
    RenderedMessage::new(page, message, wording)
}

/// `message` with the question that it answers above it, if there is room.
pub(super) fn with_question(
    message: RenderedMessage,
    question: &str,
    wording: &Wording,
) -> RenderedMessage {
    let question = one_line(&truncate(question, MAX_ASKED));
    let content = format!("**{}:** {question}\n{}", wording.question_label(), message.content);
    let content = content.trim_end().to_owned();
    if utf16_len(&content) > MAX_CONTENT { message } else { RenderedMessage { content, ..message } }
}

/// A quote with its citation.
pub fn cited(quote: &CitedQuote, wording: &Wording) -> String {
    let citation = truncate(&wording.citation_without_link(quote), MAX_CITATION);
    let mut citation = format!("\n— {}", one_line(&citation));
    if let Some(link) = quote.url.as_deref().and_then(|url| link(&wording.open_source(), url)) {
        citation.push_str(&format!(" · {link}"));
    }
    let rich_text = quote.rich_text.as_ref().map(|text| with_marks(quote, text));
    let limit = MAX_DESCRIPTION - utf16_len(&citation);
    let mut text = rich_text.and_then(|text| quoted(&text, limit)).unwrap_or_else(|| {
        quote_escaped(&with_cut_marks(quote, &escape_quote(&quote.text), &escape(CUT)))
    });
    text.push_str(&citation);
    text
}

/// `text` of `quote` with marks where it is cut out of a sentence.
fn with_marks(quote: &CitedQuote, text: &RichText) -> RichText {
    let mark = |is_cut: bool| if is_cut { CUT } else { "" };
    text.surrounded(mark(quote.is_cut_before), mark(quote.is_cut_after))
}

/// `text` as a block quote of at most `limit` characters: without the addresses of its links if it is
/// too long with them, then without markup. `None` if it is still too long.
fn quoted(text: &RichText, limit: usize) -> Option<String> {
    let without_addresses = text.without_addresses();
    let forms = [text, &without_addresses].into_iter().map(|text| quote_escaped(&markdown(text)));
    let plain = std::iter::once_with(|| block_quote(&text.plain_text()));
    forms.chain(plain).find(|quoted| utf16_len(quoted) <= limit)
}

fn render_suggestions(
    suggestions: &Suggestions,
    message: &BotMessage,
    wording: &Wording,
) -> RenderedMessage {
    let mut lines = Vec::new();
    for list in suggestions.lists(wording) {
        lines.push(list.heading);
        for (number, line) in (list.first_number..).zip(&list.lines) {
            lines.push(format!("{number}. {}", one_line(&truncate(line, MAX_QUESTION))));
        }
    }
    RenderedMessage::new(pages::long(&[lines.join("\n")], "\n"), message, wording)
}

fn render_paragraphs(
    parts: &[ParagraphPart],
    message: &BotMessage,
    wording: &Wording,
) -> RenderedMessage {
    let block = |part: &ParagraphPart| {
        let title = truncate(&part.title, MAX_QUESTION);
        let place = one_line(&wording.passage(&title, part.paragraph));
        let limit = MAX_DESCRIPTION - utf16_len(&place) - 3;
        let rich_text = part.rich_text.as_ref().and_then(|text| quoted(text, limit));
        let quoted = rich_text.unwrap_or_else(|| block_quote(part.text.trim_end()));
        format!("{quoted}\n— {place}")
    };
    let blocks: Vec<String> = parts.iter().map(block).collect();
    let page = first_page(Head::Preview(""), &blocks, AnswerStyle::Text);
    RenderedMessage::new(page, message, wording)
}

fn render_topics(topics: &[Topic], message: &BotMessage, wording: &Wording) -> RenderedMessage {
    let mut blocks = Vec::new();
    for Topic { tag, questions } in topics {
        let name = if tag.is_empty() { wording.other_topics() } else { tag.clone() };
        let heading = format!("**{}**\n", one_line(&truncate(&name, MAX_HEADING)));
        for (number, question) in questions.iter().enumerate() {
            let heading = if number == 0 { heading.as_str() } else { "" };
            let question = one_line(&truncate(question, MAX_QUESTION));
            blocks.push(format!("{heading}- {question}"));
        }
    }
    if blocks.is_empty() {
        return RenderedMessage::text(wording.nothing_found());
    }
    RenderedMessage::new(pages::long(&blocks, "\n"), message, wording)
}

/// What a moderator reads: as much as fits, since it is no quote for an asker.
fn moderation_page(text: &RichText) -> Page {
    let block = |block: &Block| RichText { blocks: vec![block.clone()] };
    let blocks: Vec<String> =
        text.blocks.iter().flat_map(|it| pages::parts(&markdown(&block(it)))).collect();
    let mut page = pages::long(&blocks, "\n\n");
    while page.n_blocks < blocks.len() && !page.append_if_it_fits(&escape(CUT)) {
        let fewer = blocks.get(..page.n_blocks - 1).unwrap_or_default();
        page = pages::long(fewer, "\n\n");
    }
    page
}

fn not_in_source(titles: &[String], wording: &Wording) -> String {
    let searched = one_line(&truncate(&wording.titles(titles), MAX_CITATION));
    format!("{} ({searched})", wording.not_in_source())
}

fn notice_text(notice: &Notice, wording: &Wording) -> String {
    // Escaping can double the length.
    let text = escape(&truncate(&wording.notice(notice), MAX_CONTENT / 2));
    match notice {
        Notice::MissingPermissions { place, .. } | Notice::SetupIncomplete { place, .. } => {
            with_link_to(place, &text)
        }
        _ => text,
    }
}

/// Replaces the id of the channel `place` in `text` by a channel mention, which notifies nobody.
fn with_link_to(place: &PlaceId, text: &str) -> String {
    match ids::parse_channel(place) {
        Some(channel) => text.replace(&escape(place.as_str()), &format!("<#{channel}>")),
        None => text.to_owned(),
    }
}

/// `text` escaped and on one line.
fn one_line(text: &str) -> String {
    escape(&layout::one_line(text))
}

#[cfg(test)]
mod tests;
