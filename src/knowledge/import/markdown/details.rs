//! `<details>` with a `<summary>`, which pages use for questions that open.

use std::ops::Range;

use super::blocks::Block;
use crate::knowledge::import::html;
use crate::knowledge::import::plain_text::without_markup;

/// A `<details>` element.
#[derive(Debug, PartialEq)]
pub(super) struct Details {
    pub(super) span: Range<usize>,
    /// The plain text of its summary.
    pub(super) summary: String,
    /// What stands below the summary.
    pub(super) body: Range<usize>,
    /// The indentation of the body in spaces.
    pub(super) indent: usize,
}

/// The outermost `<details>` elements in `span` of `text` that have a summary. Those in `code` (in the order of
/// the text) are text.
pub(super) fn find(text: &str, span: &Range<usize>, code: &[Range<usize>]) -> Vec<Details> {
    let text = text.get(..span.end).unwrap_or_default();
    let mut found = Vec::new();
    let mut open: Option<usize> = None;
    let mut depth = 0_usize;
    for (at, is_end) in tags(text, span.start) {
        let before = code.partition_point(|span| span.end <= at);
        if code.get(before).is_some_and(|span| span.contains(&at)) {
            continue;
        }
        if !is_end {
            depth += 1;
            open = open.or(Some(at));
        } else if depth > 0 {
            depth -= 1;
            if depth == 0
                && let Some(start) = open.take()
            {
                found.extend(read(text, start, at));
            }
        }
    }
    found
}

/// Offsets of the start and end tags of `details` behind `from`, and whether each is an end.
fn tags(text: &str, from: usize) -> impl Iterator<Item = (usize, bool)> + '_ {
    let rest = text.get(from..).unwrap_or_default();
    rest.match_indices('<').filter_map(move |(at, _)| {
        let at = from + at;
        let rest = text.get(at + 1..)?;
        let (is_end, rest) = rest.strip_prefix('/').map_or((false, rest), |rest| (true, rest));
        let name = rest.get(.."details".len())?;
        let follows = rest.as_bytes().get("details".len())?;
        let is_tag = name.eq_ignore_ascii_case("details")
            && (*follows == b'>' || follows.is_ascii_whitespace());
        is_tag.then_some((at, is_end))
    })
}

/// The element from `start` to its end tag at `end`; `None` if it has no summary.
fn read(text: &str, start: usize, end: usize) -> Option<Details> {
    let inner = text.get(start..end)?;
    let lower = inner.to_ascii_lowercase();
    let summary = lower.find("<summary")?;
    let summary_start = summary + inner.get(summary..)?.find('>')? + 1;
    let summary_end = summary_start + lower.get(summary_start..)?.find("</summary")?;
    let body = summary_end + inner.get(summary_end..)?.find('>')? + 1;
    let whole_end = end + text.get(end..)?.find('>')? + 1;
    Some(Details {
        span: start..whole_end,
        summary: without_markup(&html::plain_text(inner.get(summary_start..summary_end)?)),
        body: start + body..end,
        indent: 0,
    })
}

/// `blocks` with the details in the place of what they hold.
pub(super) fn insert(details: Vec<Details>, blocks: Vec<Block>) -> Vec<Block> {
    if details.is_empty() {
        return blocks;
    }
    let mut all: Vec<Block> = Vec::with_capacity(blocks.len());
    let mut details = details.into_iter().peekable();
    let mut covered_until = 0;
    for block in blocks {
        while let Some(next) = details.next_if(|next| next.span.start < block.span().end) {
            covered_until = next.span.end;
            all.push(Block::Details(next));
        }
        if block.span().start >= covered_until {
            all.push(block);
        }
    }
    all.extend(details.map(Block::Details));
    all
}
