//! Pagination: fits blocks of text into one message. No block is split between two messages.

use super::super::super::AnswerStyle;
use super::super::markdown::{escape, truncate, utf16_len};
use super::{MAX_CONTENT, MAX_DESCRIPTION};
use crate::conversation::layout::{Budget, MAX_LEAD, one_line};

/// A lead is left out if fewer characters than this fit.
const MIN_LEAD: usize = 40;

/// The blocks that fit into one message.
#[derive(Debug, PartialEq, Eq, Default)]
pub(super) struct Page {
    /// The content field.
    pub(super) content: String,
    /// The descriptions of the embeds.
    pub(super) embeds: Vec<String>,
    /// The number of blocks in it, from the first; at least one.
    pub(super) n_blocks: usize,
}

/// A page with the lead and its label, and as many of `blocks` as fit. The first block always fits: one
/// that is too long for the content field goes into embeds.
pub(super) fn first_page(
    lead: Option<(&str, &str)>,
    blocks: &[String],
    style: AnswerStyle,
) -> Page {
    fill_page(lead, blocks, "\n\n", style)
}

/// A page with as many of `lines` as fit.
pub(super) fn list(lines: &[String], style: AnswerStyle) -> Page {
    fill_page(None, lines, "\n", style)
}

fn fill_page(
    lead: Option<(&str, &str)>,
    blocks: &[String],
    separator: &str,
    style: AnswerStyle,
) -> Page {
    let Some(first) = blocks.first() else { return Page::default() };
    let is_text = style == AnswerStyle::Text && utf16_len(first) <= MAX_CONTENT;
    let limit = if is_text { MAX_CONTENT } else { MAX_DESCRIPTION };
    if utf16_len(first) > limit {
        return Page { content: String::new(), embeds: split_lines(first, limit), n_blocks: 1 };
    }
    let room = limit - utf16_len(first);
    let mut text = lead.and_then(|(label, lead)| lead_text(label, lead, room)).unwrap_or_default();
    let mut budget = Budget::new(limit);
    budget.reserve(utf16_len(&text));
    for block in blocks {
        let separator = if budget.n_items() == 0 { "" } else { separator };
        if !budget.admit(utf16_len(separator) + utf16_len(block)) {
            break;
        }
        text.push_str(separator);
        text.push_str(block);
    }
    let n_blocks = budget.n_items();
    if is_text {
        Page { content: text, embeds: Vec::new(), n_blocks }
    } else {
        Page { content: String::new(), embeds: vec![text], n_blocks }
    }
}

/// The lead, truncated to `room` if needed; it is not a quote.
fn lead_text(label: &str, lead: &str, room: usize) -> Option<String> {
    let lead = one_line(lead);
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

/// Splits a block between its lines into several embeds. A quote of 1,500 characters needs this only if
/// most of them are line breaks.
fn split_lines(block: &str, limit: usize) -> Vec<String> {
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
