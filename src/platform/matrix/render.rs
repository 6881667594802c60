//! A reply as Matrix shows it: plain text for every client, HTML for most, and what can be done with
//! it by a reaction. Pure.

mod block;

use super::reactions::reaction_key;
use crate::conversation::reply::{Answer, CitedQuote, ParagraphPart, Suggestion, Topic};
use crate::conversation::wording::{CUT, Wording};
use crate::conversation::{BotMessage, Control, Notice, Reply};
use block::{Block, escape, link};

/// Bytes that the texts of a message take as JSON. An event has 65,536 bytes, of which encryption
/// leaves three quarters, and names, relations and signatures need some.
/// <https://spec.matrix.org/v1.12/client-server-api/#size-limits>
pub const MAX_BYTES: usize = 40_000;

/// Questions of a list, and pieces of paragraphs: more is no message but a page.
const MAX_QUESTIONS: usize = 40;
const MAX_PASSAGES: usize = 4;

/// Characters of a lead, a citation, a question in a list and a notice. Real ones are far shorter;
/// these leave room for the longest quote beside them.
const MAX_LEAD: usize = 500;
const MAX_CITATION: usize = 400;
const MAX_QUESTION: usize = 300;
const MAX_NOTICE: usize = 2000;

/// Bytes around an item of a list, or around what stands above one, in both texts.
const ITEM_BYTES: usize = 40;

/// What a message shows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RenderedMessage {
    /// For clients that show text alone.
    pub plain: String,
    /// The same with quotes set off, in the tags that Matrix knows.
    pub html: String,
    /// What can be done with it.
    pub controls: Vec<Control>,
}

/// `say` as Matrix shows it. It fits into an event, whatever is in it, and no quote is cut: what
/// does not fit is left to a reaction.
pub fn render(say: &BotMessage, wording: &Wording) -> RenderedMessage {
    match &say.reply {
        Reply::Answer(answer) => answer_body(answer, say, wording),
        Reply::Suggestions(suggestions) => suggest_body(suggestions, say, wording),
        Reply::Paragraphs(passages) => {
            let shown = passages.iter().take(MAX_PASSAGES);
            let blocks: Vec<Block> = shown.map(|passage| render_part(passage, wording)).collect();
            RenderedMessage::of_blocks(Vec::new(), &blocks, say, wording)
        }
        Reply::Topics(topics) => topics_body(topics, say, wording),
        Reply::NotInSource { titles } => RenderedMessage::text(&not_in_source(titles, wording)),
        Reply::NothingFound => RenderedMessage::text(&wording.nothing_found()),
        Reply::NoSuchNumber { n_suggestions } => {
            RenderedMessage::text(&wording.no_such_number(*n_suggestions))
        }
        Reply::Help => RenderedMessage::text(&wording.help()),
        Reply::Notice(notice) => notice_body(notice, wording),
    }
}

impl RenderedMessage {
    fn text(text: &str) -> Self {
        Self::of(Block::words(&truncate(text, MAX_NOTICE)))
    }

    fn of(block: Block) -> Self {
        Self { plain: block.plain, html: block.html, controls: Vec::new() }
    }

    /// `head`, and as many of the `blocks` as have room below it; the first always has.
    fn of_blocks(head: Vec<Block>, blocks: &[Block], say: &BotMessage, wording: &Wording) -> Self {
        let mut shown = head;
        let n_head = shown.len();
        let mut n_bytes: usize = shown.iter().map(Block::n_bytes).sum();
        for block in blocks {
            n_bytes += block.n_bytes();
            if shown.len() > n_head && n_bytes > MAX_BYTES {
                break;
            }
            shown.push(block.clone());
        }
        let n_shown = shown.len() - n_head;
        Self::with_controls(shown, n_shown, say, wording)
    }

    /// `blocks`, which show so many things of `say`, and below them what can be done.
    fn with_controls(
        mut blocks: Vec<Block>,
        n_shown: usize,
        say: &BotMessage,
        wording: &Wording,
    ) -> Self {
        let controls = say.controls(n_shown);
        blocks.extend(controls_line(&controls, &say.reply, wording));
        Self { controls, ..Self::of(Block::stacked(&blocks)) }
    }
}

fn answer_body(answer: &Answer, say: &BotMessage, wording: &Wording) -> RenderedMessage {
    let lead = answer.lead.as_deref().map(|lead| {
        let (label, lead) = (wording.lead_label(), one_line(lead, MAX_LEAD));
        let html = format!("<p><strong>{}:</strong> {}</p>", escape(&label), escape(&lead));
        Block { plain: format!("{label}: {lead}"), html }
    });
    let quotes: Vec<Block> = answer.quotes.iter().map(|quote| cited(quote, wording)).collect();
    RenderedMessage::of_blocks(lead.into_iter().collect(), &quotes, say, wording)
}

/// A quote with its citation.
fn cited(quote: &CitedQuote, wording: &Wording) -> Block {
    let before = if quote.is_cut_before { format!("{CUT} ") } else { String::new() };
    let after = if quote.is_cut_after { format!(" {CUT}") } else { String::new() };
    let citation = one_line(&wording.citation_without_link(quote), MAX_CITATION);
    let place =
        Block { plain: format!("— {citation}"), html: format!("— {}", escape(&citation)) };
    let url = quote.url.as_deref().and_then(|url| Some((url, link(url, &wording.open_source())?)));
    let place = match url {
        Some((url, link)) => Block {
            plain: format!("{}, {url}", place.plain),
            html: format!("{} · {link}", place.html),
        },
        None => place,
    };
    Block::quote(&format!("{before}{}{after}", quote.text), &place)
}

fn render_part(passage: &ParagraphPart, wording: &Wording) -> Block {
    let title = truncate(&passage.title, MAX_QUESTION);
    let place = one_line(&wording.passage(&title, passage.paragraph), MAX_CITATION);
    let place = Block { plain: format!("— {place}"), html: format!("— {}", escape(&place)) };
    Block::quote(passage.text.trim_end(), &place)
}

fn suggest_body(
    suggestions: &[Suggestion],
    say: &BotMessage,
    wording: &Wording,
) -> RenderedMessage {
    let question = wording.did_you_mean(suggestions.len());
    let lines = suggestions.iter().map(|it| one_line(&it.question, MAX_QUESTION));
    let lines: Vec<String> = lines.collect();
    let plain: Vec<String> =
        (1..).zip(&lines).map(|(number, line)| format!("{number}. {line}")).collect();
    let html: String = lines.iter().map(|line| format!("<li>{}</li>", escape(line))).collect();
    let list = Block { plain: plain.join("\n"), html: format!("<ol>{html}</ol>") };
    let head = Block::paragraph(&question);
    let block = Block {
        plain: format!("{}\n{}", head.plain, list.plain),
        html: head.html + list.html.as_str(),
    };
    RenderedMessage::with_controls(vec![block], suggestions.len(), say, wording)
}

fn topics_body(topics: &[Topic], say: &BotMessage, wording: &Wording) -> RenderedMessage {
    let (mut blocks, mut n_shown, mut n_bytes) = (Vec::new(), 0, 0);
    for Topic { tag, questions } in topics {
        let name = if tag.is_empty() { wording.other_topics() } else { tag.clone() };
        let name = one_line(&name, MAX_QUESTION);
        n_bytes += Block::words(&name).n_bytes() + ITEM_BYTES;
        let mut lines = Vec::new();
        for question in questions {
            let line = one_line(question, MAX_QUESTION);
            n_bytes += Block::words(&line).n_bytes() + ITEM_BYTES;
            if n_shown == MAX_QUESTIONS || (n_shown > 0 && n_bytes > MAX_BYTES) {
                break;
            }
            n_shown += 1;
            lines.push(line);
        }
        if lines.is_empty() {
            break;
        }
        blocks.push(topic(&name, &lines));
    }
    if blocks.is_empty() {
        return RenderedMessage::text(&wording.nothing_found());
    }
    RenderedMessage::with_controls(blocks, n_shown, say, wording)
}

fn topic(name: &str, questions: &[String]) -> Block {
    let plain: String = questions.iter().map(|question| format!("\n- {question}")).collect();
    let html: String =
        questions.iter().map(|question| format!("<li>{}</li>", escape(question))).collect();
    Block {
        plain: format!("{name}{plain}"),
        html: format!("<p><strong>{}</strong></p><ul>{html}</ul>", escape(name)),
    }
}

fn not_in_source(titles: &[String], wording: &Wording) -> String {
    let searched = one_line(&wording.titles(titles), MAX_CITATION);
    format!("{} ({searched})", wording.not_in_source())
}

fn notice_body(notice: &Notice, wording: &Wording) -> RenderedMessage {
    let body = RenderedMessage::text(&wording.notice(notice));
    let Notice::MissingPermissions { place, .. } = notice else { return body };
    // The room is shown as something to press.
    let (_, room) = place.parts();
    let room = room.split_once('/').map_or(room, |(room, _)| room);
    let Some(link) = link(&format!("https://matrix.to/#/{room}"), room) else { return body };
    RenderedMessage {
        plain: body.plain.replace(place.as_str(), room),
        html: body.html.replace(&escape(place.as_str()), &link),
        ..body
    }
}

/// What can be done with a message, and by which reactions.
fn controls_line(controls: &[Control], reply: &Reply, wording: &Wording) -> Option<Block> {
    let (picks, others): (Vec<Control>, Vec<Control>) =
        controls.iter().partition(|control| matches!(control, Control::Pick(_)));
    let keys: Vec<String> = picks.into_iter().map(reaction_key).collect();
    let picks = Some(keys.join(" ")).filter(|keys| !keys.is_empty());
    let others = others
        .into_iter()
        .map(|control| format!("{} {}", reaction_key(control), wording.control(control, reply)));
    let offers: Vec<String> = picks.into_iter().chain(others).collect();
    (!offers.is_empty()).then(|| Block::paragraph(&offers.join(" · ")))
}

fn one_line(text: &str, max_chars: usize) -> String {
    truncate(&text.split_whitespace().collect::<Vec<_>>().join(" "), max_chars)
}

/// The first characters of `text`, with an ellipsis if something is left out. For our own words,
/// never for a quote.
fn truncate(text: &str, max_chars: usize) -> String {
    match text.char_indices().nth(max_chars) {
        None => text.to_owned(),
        Some(_) => text.chars().take(max_chars.saturating_sub(1)).chain(['…']).collect(),
    }
}

#[cfg(test)]
mod tests;
