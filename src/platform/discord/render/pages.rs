//! What fits into a message, block by block; no block is divided between two messages.

use super::super::super::AnswerStyle;
use super::super::markdown::{escape, truncate, utf16_len};
use super::{MAX_CONTENT, MAX_DESCRIPTION};

/// Characters of a lead: more than a sentence has, and little enough that quotes have room below it.
const MAX_LEAD: usize = 500;

/// A lead with less room than this says nothing and is left out.
const MIN_LEAD: usize = 40;

/// What a message has room for.
#[derive(Debug, PartialEq, Eq, Default)]
pub(super) struct Page {
    /// The message's own text.
    pub(super) content: String,
    /// The texts of its embeds.
    pub(super) embeds: Vec<String>,
    /// How many of the blocks it shows, from the first; at least one.
    pub(super) n_blocks: usize,
}

/// The lead, with its label, and as many of the `blocks` as fit. The first always does: what is too
/// long for a message of text goes into embeds.
pub(super) fn first_page(
    lead: Option<(&str, &str)>,
    blocks: &[String],
    style: AnswerStyle,
) -> Page {
    fitting(lead, blocks, "\n\n", style)
}

/// As many lines as fit.
pub(super) fn list(lines: &[String], style: AnswerStyle) -> Page {
    fitting(None, lines, "\n", style)
}

fn fitting(
    lead: Option<(&str, &str)>,
    blocks: &[String],
    between: &str,
    style: AnswerStyle,
) -> Page {
    let Some(first) = blocks.first() else { return Page::default() };
    let is_text = style == AnswerStyle::Text && utf16_len(first) <= MAX_CONTENT;
    let limit = if is_text { MAX_CONTENT } else { MAX_DESCRIPTION };
    if utf16_len(first) > limit {
        return Page { content: String::new(), embeds: divided(first, limit), n_blocks: 1 };
    }
    let room = limit - utf16_len(first);
    let mut text = lead.and_then(|(label, lead)| head(label, lead, room)).unwrap_or_default();
    text.push_str(first);
    let mut n_blocks = 1;
    for block in blocks.iter().skip(1) {
        if utf16_len(&text) + utf16_len(between) + utf16_len(block) > limit {
            break;
        }
        text.push_str(between);
        text.push_str(block);
        n_blocks += 1;
    }
    if is_text {
        Page { content: text, embeds: Vec::new(), n_blocks }
    } else {
        Page { content: String::new(), embeds: vec![text], n_blocks }
    }
}

/// The curator's line, shortened to `room` if it has to be: it is no quote.
fn head(label: &str, lead: &str, room: usize) -> Option<String> {
    let lead = lead.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut limit = utf16_len(&lead).min(MAX_LEAD);
    loop {
        let head = format!("**{label}:** {}\n\n", escape(&truncate(&lead, limit)));
        if utf16_len(&head) <= room {
            return Some(head);
        }
        limit = limit * 3 / 4;
        if limit < MIN_LEAD {
            return None;
        }
    }
}

/// A block of more than one embed, divided between its lines. A quote of 1,500 characters needs it
/// only if most of them are line breaks.
fn divided(block: &str, limit: usize) -> Vec<String> {
    let mut embeds = vec![String::new()];
    for line in block.split('\n') {
        let Some(last) = embeds.last_mut() else { break };
        if !last.is_empty() && utf16_len(last) + 1 + utf16_len(line) > limit {
            embeds.push(line.to_owned());
            continue;
        }
        if !last.is_empty() {
            last.push('\n');
        }
        last.push_str(line);
    }
    embeds
}
