//! A reply as Discord shows it: what stands where, what fits, and what is offered to press. Pure.

mod pages;

use super::super::AnswerStyle;
use super::ids;
use super::markdown::{block_quote, escape, link, truncate, utf16_len};
use crate::conversation::reply::{Answer, CitedQuote, ParagraphPart, Suggestion, Topic};
use crate::conversation::wording::{CUT, Wording};
use crate::conversation::{BotMessage, Control, Notice, PlaceId, Reply};
use pages::{Page, first_page};

/// Characters of a message.
pub const MAX_CONTENT: usize = 2000;

/// Characters of the text of an embed.
pub const MAX_DESCRIPTION: usize = 4096;

/// Characters of the label of a button.
pub const MAX_LABEL: usize = 80;

/// Characters of a citation, of a question in a list and of a title. Real ones are far shorter;
/// these leave room for the longest quote beside them.
const MAX_CITATION: usize = 400;
const MAX_QUESTION: usize = 300;

/// What a message shows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RenderedMessage {
    /// The message's own text; empty where embeds have it.
    pub content: String,
    /// The texts of its embeds.
    pub embeds: Vec<String>,
    /// What can be pressed: at most five, which is a row.
    pub buttons: Vec<Button>,
}

/// Something to press.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Button {
    /// What it says, as plain text.
    pub label: String,
    /// What it does.
    pub control: Control,
}

/// `say` as Discord shows it. Every limit holds, whatever is in it, and no quote is cut: what does
/// not fit is left to a button.
pub fn render(say: &BotMessage, style: AnswerStyle, wording: &Wording) -> RenderedMessage {
    match &say.reply {
        Reply::Answer(answer) => answer_card(answer, say, style, wording),
        Reply::Suggestions(suggestions) => suggest_card(suggestions, say, style, wording),
        Reply::Paragraphs(passages) => passages_card(passages, say, style, wording),
        Reply::Topics(topics) => topics_card(topics, say, style, wording),
        Reply::NotInSource { titles } => RenderedMessage::text(not_in_source(titles, wording)),
        Reply::NothingFound => RenderedMessage::text(wording.nothing_found()),
        Reply::NoSuchNumber { n_suggestions } => {
            RenderedMessage::text(wording.no_such_number(*n_suggestions))
        }
        Reply::Help => RenderedMessage::text(wording.help()),
        Reply::Notice(notice) => RenderedMessage::text(notice_text(notice, wording)),
    }
}

impl RenderedMessage {
    fn text(text: String) -> Self {
        let content =
            if utf16_len(&text) > MAX_CONTENT { truncate(&text, MAX_CONTENT) } else { text };
        Self { content, ..Self::default() }
    }

    /// `page`, with what can be pressed where so much of `say` has room.
    fn new(page: Page, say: &BotMessage, wording: &Wording) -> Self {
        let button = |control| Button { label: label(control, say, wording), control };
        let buttons = say.controls(page.n_blocks).into_iter().map(button).collect();
        Self { content: page.content, embeds: page.embeds, buttons }
    }
}

/// What stands on what does `control`.
fn label(control: Control, say: &BotMessage, wording: &Wording) -> String {
    let label = match (control, &say.reply) {
        (Control::Pick(number), Reply::Suggestions(suggestions)) => {
            let suggestion = number.checked_sub(1).and_then(|idx| suggestions.get(idx));
            let question = suggestion.map(|it| it.question.as_str()).unwrap_or_default();
            format!("{number}. {question}")
        }
        (control, reply) => wording.control(control, reply),
    };
    truncate(&label, MAX_LABEL)
}

fn answer_card(
    answer: &Answer,
    say: &BotMessage,
    style: AnswerStyle,
    wording: &Wording,
) -> RenderedMessage {
    let quotes: Vec<String> = answer.quotes.iter().map(|quote| cited(quote, wording)).collect();
    let lead = answer.lead.as_deref().map(|lead| (wording.lead_label(), lead));
    let page =
        first_page(lead.as_ref().map(|(label, lead)| (label.as_str(), *lead)), &quotes, style);
    RenderedMessage::new(page, say, wording)
}

/// A quote with its citation.
pub fn cited(quote: &CitedQuote, wording: &Wording) -> String {
    let cut = escape(CUT);
    let mut text = block_quote(&quote.text);
    if quote.is_cut_before {
        text.insert_str("> ".len(), &format!("{cut} "));
    }
    if quote.is_cut_after {
        text.push_str(&format!(" {cut}"));
    }
    let citation = truncate(&wording.citation_without_link(quote), MAX_CITATION);
    text.push_str(&format!("\n— {}", one_line(&citation)));
    if let Some(link) = quote.url.as_deref().and_then(|url| link(&wording.open_source(), url)) {
        text.push_str(&format!(" · {link}"));
    }
    text
}

fn suggest_card(
    suggestions: &[Suggestion],
    say: &BotMessage,
    style: AnswerStyle,
    wording: &Wording,
) -> RenderedMessage {
    let mut text = wording.did_you_mean(suggestions.len());
    for (number, suggestion) in (1..).zip(suggestions) {
        let question = one_line(&truncate(&suggestion.question, MAX_QUESTION));
        text.push_str(&format!("\n{number}. {question}"));
    }
    RenderedMessage::new(first_page(None, &[text], style), say, wording)
}

fn passages_card(
    passages: &[ParagraphPart],
    say: &BotMessage,
    style: AnswerStyle,
    wording: &Wording,
) -> RenderedMessage {
    let shown = |passage: &ParagraphPart| {
        let title = truncate(&passage.title, MAX_QUESTION);
        let place = one_line(&wording.passage(&title, passage.paragraph));
        format!("{}\n— {place}", block_quote(passage.text.trim_end()))
    };
    let blocks: Vec<String> = passages.iter().map(shown).collect();
    RenderedMessage::new(first_page(None, &blocks, style), say, wording)
}

fn topics_card(
    topics: &[Topic],
    say: &BotMessage,
    style: AnswerStyle,
    wording: &Wording,
) -> RenderedMessage {
    let mut blocks = Vec::new();
    for Topic { tag, questions } in topics {
        let name = if tag.is_empty() { wording.other_topics() } else { tag.clone() };
        let heading = format!("**{}**\n", one_line(&truncate(&name, MAX_LABEL)));
        for (number, question) in questions.iter().enumerate() {
            let heading = if number == 0 { heading.as_str() } else { "" };
            let question = one_line(&truncate(question, MAX_QUESTION));
            blocks.push(format!("{heading}- {question}"));
        }
    }
    if blocks.is_empty() {
        return RenderedMessage::text(wording.nothing_found());
    }
    RenderedMessage::new(pages::list(&blocks, style), say, wording)
}

fn not_in_source(titles: &[String], wording: &Wording) -> String {
    let searched = one_line(&truncate(&wording.titles(titles), MAX_CITATION));
    format!("{} ({searched})", wording.not_in_source())
}

fn notice_text(notice: &Notice, wording: &Wording) -> String {
    // Escaping can double what there is.
    let text = escape(&truncate(&wording.notice(notice), MAX_CONTENT / 2));
    match notice {
        Notice::MissingPermissions { place, .. } => with_link_to(place, &text),
        _ => text,
    }
}

/// `text` with the name of the channel `place` as something to press. That rings nowhere.
fn with_link_to(place: &PlaceId, text: &str) -> String {
    match ids::parse_channel(place) {
        Some(channel) => text.replace(&escape(place.as_str()), &format!("<#{channel}>")),
        None => text.to_owned(),
    }
}

/// `text` as it stands, on one line.
fn one_line(text: &str) -> String {
    escape(&text.split_whitespace().collect::<Vec<_>>().join(" "))
}

#[cfg(test)]
mod tests;
