//! Renders bot messages for Matrix: plain text for all clients, HTML for most, and the controls
//! that are used by reactions. Pure.

mod block;
mod rich_text;

use super::reactions::reaction_key;
use crate::conversation::layout::{
    self, Budget, MAX_CITATION, MAX_LEAD, MAX_QUESTION, Measure, with_cut_marks,
};
use crate::conversation::reply::{
    Answer, CitedQuote, ParagraphPart, SuggestionList, Suggestions, Topic,
};
use crate::conversation::wording::{CUT, Wording};
use crate::conversation::{BotMessage, Control, Notice, Reply};
use crate::text::RichText;
use block::{Block, escape, link};

/// Maximum size in bytes of both texts of a message as JSON. An event has at most 65,536 bytes;
/// encryption leaves three quarters of them, and IDs, relations and signatures need some.
/// <https://spec.matrix.org/v1.12/client-server-api/#size-limits>
pub const MAX_BYTES: usize = 40_000;

/// Maximum size in bytes of both texts of a quote with markup: more than every quote without markup
/// takes, and less than [`MAX_BYTES`] by what is above and below it.
const MAX_MARKUP_BYTES: usize = 24_000;

/// Maximum numbers of questions of a list and of parts of paragraphs in a message. The rest is
/// shown on request.
const MAX_QUESTIONS: usize = 40;
const MAX_PARTS: usize = 4;

/// Maximum characters of the line of related questions.
const MAX_SEE_ALSO: usize = 400;

/// Maximum characters of a notice. Real ones are far shorter.
const MAX_NOTICE: usize = 2000;

/// Number of characters that are shown of a block for moderators that takes more than [`MAX_MARKUP_BYTES`]. Each
/// takes at most 12 bytes.
const MAX_CUT_CHARS: usize = 3000;

/// Text is truncated to a number of characters: bytes depend on what has to be escaped.
const CHARS: Measure = Measure { char_len: |_| 1, trims_end: false };

/// Bytes of markup per list item or list heading, in both texts together.
const ITEM_BYTES: usize = 40;

/// A rendered message.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RenderedMessage {
    /// The text for clients that do not show HTML.
    pub plain: String,
    /// The same as HTML, with the tags that the specification allows and quotes as `blockquote`.
    pub html: String,
    /// The controls that reactions to the message trigger.
    pub controls: Vec<Control>,
}

/// Renders `message`. The result always fits into an event, and quotes are never cut: those that do
/// not fit are shown on request by a reaction.
pub fn render(message: &BotMessage, wording: &Wording) -> RenderedMessage {
    match &message.reply {
        Reply::Answer(answer) => render_answer(answer, message, wording),
        Reply::Suggestions(suggestions) => render_suggestions(suggestions, message, wording),
        Reply::Paragraphs(parts) => {
            let shown = parts.iter().take(MAX_PARTS);
            let blocks: Vec<Block> = shown.map(|part| render_part(part, wording)).collect();
            RenderedMessage::of_blocks(Vec::new(), &blocks, None, message, wording)
        }
        Reply::Topics(topics) => render_topics(topics, message, wording),
        Reply::NotInSource { titles } => RenderedMessage::text(&not_in_source(titles, wording)),
        Reply::NothingFound => {
            let text = Block::inline(&wording.nothing_found());
            RenderedMessage::with_controls(vec![text], 0, message, wording)
        }
        Reply::NoSuchNumber { n_suggestions } => {
            RenderedMessage::text(&wording.no_such_number(*n_suggestions))
        }
        Reply::Help => RenderedMessage::text(&wording.help()),
        Reply::Notice(notice) => render_notice(notice, wording),
        Reply::Moderation(reply) => render_moderation(&reply.text, message, wording),
    }
}

impl RenderedMessage {
    fn text(text: &str) -> Self {
        Self::of(Block::inline(&truncate(text, MAX_NOTICE)))
    }

    fn of(block: Block) -> Self {
        Self { plain: block.plain, html: block.html, controls: Vec::new() }
    }

    /// `head` and as many of `blocks` as fit below it, at least one, then `foot` if it fits.
    fn of_blocks(
        head: Vec<Block>,
        blocks: &[Block],
        foot: Option<Block>,
        message: &BotMessage,
        wording: &Wording,
    ) -> Self {
        let mut budget = Budget::new(MAX_BYTES);
        budget.reserve(head.iter().map(Block::n_bytes).sum());
        let mut shown = head;
        shown.extend(blocks.iter().take_while(|block| budget.admit(block.n_bytes())).cloned());
        let n_shown = budget.n_items();
        shown.extend(foot.filter(|foot| budget.admit(foot.n_bytes())));
        Self::with_controls(shown, n_shown, message, wording)
    }

    /// `blocks`, which show `n_shown` items of `message`, and a line with the controls below them.
    fn with_controls(
        mut blocks: Vec<Block>,
        n_shown: usize,
        message: &BotMessage,
        wording: &Wording,
    ) -> Self {
        let controls = message.controls(n_shown);
        blocks.extend(controls_line(&controls, &message.reply, wording));
        Self { controls, ..Self::of(Block::stacked(&blocks)) }
    }
}

fn render_answer(answer: &Answer, message: &BotMessage, wording: &Wording) -> RenderedMessage {
    let lead = answer.lead.as_deref().map(|lead| {
        let (label, lead) = (wording.lead_label(), one_line(lead, MAX_LEAD));
        let html = format!("<p><strong>{}:</strong> {}</p>", escape(&label), escape(&lead));
        Block { plain: format!("{label}: {lead}"), html }
    });
    let quotes: Vec<Block> =
        answer.quotes.iter().map(|quote| render_quote(quote, wording)).collect();
    let see_also = one_line(&wording.see_also(&answer.see_also), MAX_SEE_ALSO);
    let see_also = (!see_also.is_empty()).then(|| Block::paragraph(&see_also));
    RenderedMessage::of_blocks(lead.into_iter().collect(), &quotes, see_also, message, wording)
}

/// A quote with its citation below it.
fn render_quote(quote: &CitedQuote, wording: &Wording) -> Block {
    let citation = one_line(&wording.citation_without_link(quote), MAX_CITATION);
    let citation =
        Block { plain: format!("— {citation}"), html: format!("— {}", escape(&citation)) };
    let url = quote.url.as_deref().and_then(|url| Some((url, link(url, &wording.open_source())?)));
    let citation = match url {
        Some((url, link)) => Block {
            plain: format!("{}, {url}", citation.plain),
            html: format!("{} · {link}", citation.html),
        },
        None => citation,
    };
    let mark = |is_cut: bool| if is_cut { CUT } else { "" };
    let (before, after) = (mark(quote.is_cut_before), mark(quote.is_cut_after));
    let rich_text = quote.rich_text.as_ref().map(|text| text.surrounded(before, after));
    let text = rich_text.and_then(|text| with_markup(&text));
    let text = text.unwrap_or_else(|| Block::inline(&with_cut_marks(quote, &quote.text, CUT)));
    text.quoted(&citation)
}

/// `text` without the addresses of its links if it is too long with them, then without markup.
/// `None` if it is still too long.
fn with_markup(text: &RichText) -> Option<Block> {
    let without_addresses = text.without_addresses();
    let forms = [text, &without_addresses].into_iter().map(rich_text::block);
    let plain = std::iter::once_with(|| Block::inline(&text.plain_text()));
    forms.chain(plain).find(|block| block.n_bytes() <= MAX_MARKUP_BYTES)
}

fn render_part(part: &ParagraphPart, wording: &Wording) -> Block {
    let title = truncate(&part.title, MAX_QUESTION);
    let citation = one_line(&wording.passage(&title, part.paragraph), MAX_CITATION);
    let citation =
        Block { plain: format!("— {citation}"), html: format!("— {}", escape(&citation)) };
    let text = part.rich_text.as_ref().and_then(with_markup);
    text.unwrap_or_else(|| Block::inline(part.text.trim_end())).quoted(&citation)
}

fn render_suggestions(
    suggestions: &Suggestions,
    message: &BotMessage,
    wording: &Wording,
) -> RenderedMessage {
    let mut block = Block::default();
    for SuggestionList { heading, first_number, lines } in suggestions.lists(wording) {
        let heading = Block::paragraph(&heading);
        let start = match first_number {
            1 => String::new(),
            number => format!(" start=\"{number}\""),
        };
        let (mut plain, mut html) = (heading.plain, format!("{}<ol{start}>", heading.html));
        for (number, line) in (first_number..).zip(&lines) {
            let line = one_line(line, MAX_QUESTION);
            plain.push_str(&format!("\n{number}. {line}"));
            html.push_str(&format!("<li>{}</li>", escape(&line)));
        }
        let separator = if block.plain.is_empty() { "" } else { "\n" };
        block.plain.push_str(&format!("{separator}{plain}"));
        block.html.push_str(&format!("{html}</ol>"));
    }
    RenderedMessage::with_controls(vec![block], suggestions.len(), message, wording)
}

fn render_topics(topics: &[Topic], message: &BotMessage, wording: &Wording) -> RenderedMessage {
    let (mut blocks, mut budget) = (Vec::new(), Budget::new(MAX_BYTES));
    for Topic { tag, questions } in topics {
        let name = if tag.is_empty() { wording.other_topics() } else { tag.clone() };
        let name = one_line(&name, MAX_QUESTION);
        budget.reserve(Block::inline(&name).n_bytes() + ITEM_BYTES);
        let mut lines = Vec::new();
        for question in questions {
            let line = one_line(question, MAX_QUESTION);
            let size = Block::inline(&line).n_bytes() + ITEM_BYTES;
            if budget.n_items() == MAX_QUESTIONS || !budget.admit(size) {
                break;
            }
            lines.push(line);
        }
        if lines.is_empty() {
            break;
        }
        blocks.push(render_topic(&name, &lines));
    }
    if blocks.is_empty() {
        return RenderedMessage::text(&wording.nothing_found());
    }
    RenderedMessage::with_controls(blocks, budget.n_items(), message, wording)
}

fn render_topic(name: &str, questions: &[String]) -> Block {
    let plain: String = questions.iter().map(|question| format!("\n- {question}")).collect();
    let html: String =
        questions.iter().map(|question| format!("<li>{}</li>", escape(question))).collect();
    Block {
        plain: format!("{name}{plain}"),
        html: format!("<p><strong>{}</strong></p><ul>{html}</ul>", escape(name)),
    }
}

/// What a moderator reads: as much as fits, since it is no quote for an asker.
fn render_moderation(text: &RichText, message: &BotMessage, wording: &Wording) -> RenderedMessage {
    let shortened = |block: &RichText| {
        let whole = rich_text::block(block);
        let text = || Block::paragraph(&truncate(&block.plain_text(), MAX_CUT_CHARS));
        if whole.n_bytes() <= MAX_MARKUP_BYTES { whole } else { text() }
    };
    let alone = text.blocks.iter().map(|block| RichText { blocks: vec![block.clone()] });
    let blocks: Vec<Block> = alone.map(|block| shortened(&block)).collect();
    let mut budget = Budget::new(MAX_BYTES);
    let mut shown: Vec<Block> =
        blocks.iter().take_while(|it| budget.admit(it.n_bytes())).cloned().collect();
    if shown.len() < blocks.len() {
        shown.push(Block::paragraph(CUT));
    }
    RenderedMessage::with_controls(shown, 0, message, wording)
}

fn not_in_source(titles: &[String], wording: &Wording) -> String {
    let searched = one_line(&wording.titles(titles), MAX_CITATION);
    format!("{} ({searched})", wording.not_in_source())
}

fn render_notice(notice: &Notice, wording: &Wording) -> RenderedMessage {
    let rendered = RenderedMessage::text(&wording.notice(notice));
    let (Notice::MissingPermissions { place, .. }
    | Notice::SetupIncomplete { place, .. }
    | Notice::UndecryptableAt { place }) = notice
    else {
        return rendered;
    };
    // The place ID in the text becomes a link to the room.
    let (_, room) = place.parts();
    let room = room.split_once('/').map_or(room, |(room, _)| room);
    let Some(link) = link(&format!("https://matrix.to/#/{room}"), room) else { return rendered };
    RenderedMessage {
        plain: rendered.plain.replace(place.as_str(), room),
        html: rendered.html.replace(&escape(place.as_str()), &link),
        ..rendered
    }
}

/// The line that lists the controls with their reaction keys. `None` without controls.
fn controls_line(controls: &[Control], reply: &Reply, wording: &Wording) -> Option<Block> {
    let (picks, others): (Vec<Control>, Vec<Control>) =
        controls.iter().partition(|control| matches!(control, Control::Pick(_)));
    let keys: Vec<String> = picks.into_iter().map(reaction_key).collect();
    let picks = Some(keys.join(" ")).filter(|keys| !keys.is_empty());
    let others = others
        .into_iter()
        .map(|control| format!("{} {}", reaction_key(control), wording.control(control, reply)));
    let items: Vec<String> = picks.into_iter().chain(others).collect();
    (!items.is_empty()).then(|| Block::paragraph(&items.join(" · ")))
}

fn one_line(text: &str, max_chars: usize) -> String {
    truncate(&layout::one_line(text), max_chars)
}

fn truncate(text: &str, max_chars: usize) -> String {
    CHARS.truncate(text, max_chars)
}

#[cfg(test)]
mod tests;
