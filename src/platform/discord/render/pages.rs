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

impl Page {
    /// Adds `line` below the blocks, unless it is empty or the message has no room for it. Whether it is there.
    pub(super) fn append_if_it_fits(&mut self, line: &str) -> bool {
        let (text, limit) = match self.embeds.as_mut_slice() {
            [] => (&mut self.content, MAX_CONTENT),
            [embed] => (embed, MAX_DESCRIPTION),
            _ => return false,
        };
        let fits = !line.is_empty() && utf16_len(text) + 2 + utf16_len(line) <= limit;
        if fits {
            text.push_str("\n\n");
            text.push_str(line);
        }
        fits
    }
}

/// What is above the blocks.
#[derive(Debug, Clone, Copy)]
pub(super) enum Head<'a> {
    /// A lead with its label.
    Lead(&'a str, &'a str),
    /// What the content field says if the blocks are in embeds, which notifications do not show, nor
    /// clients with link previews off.
    Preview(&'a str),
}

/// A page with the head, and as many of `blocks` as fit. The first block always fits: one that is too
/// long for the content field goes into embeds.
pub(super) fn first_page(head: Head<'_>, blocks: &[String], style: AnswerStyle) -> Page {
    fill_page(head, blocks, "\n\n", style)
}

/// A page with as many of `blocks` as fit, with `separator` between them: a long text begins in the content
/// field and goes on in an embed, for which Discord allows more text.
pub(super) fn long(blocks: &[String], separator: &str) -> Page {
    let mut page = fill_page(Head::Preview(""), blocks, separator, AnswerStyle::Text);
    let rest = blocks.get(page.n_blocks..).unwrap_or_default();
    if page.embeds.is_empty() && !rest.is_empty() {
        let rest = fill_page(Head::Preview(""), rest, separator, AnswerStyle::Embed);
        page.n_blocks += rest.n_blocks;
        page.embeds = rest.embeds;
    }
    page
}

fn fill_page(head: Head<'_>, blocks: &[String], separator: &str, style: AnswerStyle) -> Page {
    let Some(first) = blocks.first() else { return Page::default() };
    let is_text = style == AnswerStyle::Text && utf16_len(first) <= MAX_CONTENT;
    let limit = if is_text { MAX_CONTENT } else { MAX_DESCRIPTION };
    let room = if is_text { limit - utf16_len(first) } else { MAX_CONTENT };
    let head = match head {
        Head::Lead(label, lead) => lead_text(label, lead, room).unwrap_or_default(),
        Head::Preview(_) if is_text => String::new(),
        Head::Preview(preview) => truncate(preview, MAX_CONTENT),
    };
    if utf16_len(first) > limit {
        let content = head.trim_end().to_owned();
        return Page { content, embeds: split_lines(first, limit), n_blocks: 1 };
    }
    let (content, mut text) = if is_text { (None, head) } else { (Some(head), String::new()) };
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
    match content {
        Some(content) => {
            Page { content: content.trim_end().to_owned(), embeds: vec![text], n_blocks }
        }
        None => Page { content: text, embeds: Vec::new(), n_blocks },
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

/// `block` in parts that each fit into an embed, divided between its lines; a line that is longer is shortened.
/// Where a code block is divided, each part is one.
pub(super) fn parts(block: &str) -> Vec<String> {
    const FENCE: &str = "```";
    // Room for the fences, with a name of a language, or for a mark that text was cut.
    let limit = MAX_DESCRIPTION - 64;
    if utf16_len(block) <= limit {
        return vec![block.to_owned()];
    }
    let opening = block.lines().next().filter(|line| line.starts_with(FENCE));
    let lines: Vec<String> = block
        .lines()
        .filter(|line| opening.is_none() || !line.starts_with(FENCE))
        .map(|line| truncate(line, limit))
        .collect();
    let parts = split_lines(&lines.join("\n"), limit).into_iter();
    match opening {
        Some(opening) => parts.map(|part| format!("{opening}\n{part}\n{FENCE}")).collect(),
        None => parts.collect(),
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
