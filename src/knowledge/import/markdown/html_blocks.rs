//! Blocks of HTML in Markdown that have a form in it: headings, `<pre>`, and `<details>` in an answer.

use std::ops::Range;

use pulldown_cmark::{Event, Parser, Tag};

use super::blocks::Block;
use crate::knowledge::import::html;
use crate::text::markdown::options;

/// Most characters of a heading or summary with its tags.
const MAX_HEADING_CHARS: usize = 500;

/// The headings in `text` that are written as `<h1>` to `<h6>`, in `blocks` of HTML.
pub(super) fn headings(text: &str, blocks: &[Range<usize>]) -> Vec<Block> {
    let mut found = Vec::new();
    for block in blocks {
        let mut from = block.start;
        while let Some(at) = text.get(from..block.end).and_then(|rest| rest.find('<')) {
            let at = from + at;
            from = at + 1;
            let rest = text.get(at..block.end).unwrap_or_default();
            let Some((level, len)) = heading_at(rest) else { continue };
            let words = html::plain_text(text.get(at..at + len).unwrap_or_default());
            if words.contains(char::is_alphanumeric) {
                found.push(Block::Heading { level, text: words, span: at..at + len });
            }
            from = at + len;
        }
    }
    found
}

fn first_chars(text: &str, n: usize) -> &str {
    text.char_indices().nth(n).map_or(text, |(end, _)| text.get(..end).unwrap_or(text))
}

/// The level and length of the heading that `text` starts with.
fn heading_at(text: &str) -> Option<(u8, usize)> {
    let [b'<', b'h' | b'H', level @ b'1'..=b'6', b'>' | b' ' | b'\t' | b'\n', ..] = text.as_bytes()
    else {
        return None;
    };
    let level = level - b'0';
    let text = first_chars(text, MAX_HEADING_CHARS);
    let ends = [format!("</h{level}>"), format!("</H{level}>")];
    let (end, tag) = ends.iter().filter_map(|tag| Some((text.find(&**tag)?, tag))).min()?;
    // A heading is short; another tag of its kind means that this one has no end.
    let is_whole = !text.get(1..end)?.contains("<h") && !text.get(..end)?.contains("\n\n");
    is_whole.then_some((level, end + tag.len()))
}

/// `blocks` with the headings among them, in the order of the text. The blocks of HTML around them end where
/// they start.
pub(super) fn insert(headings: Vec<Block>, blocks: Vec<Block>) -> Vec<Block> {
    if headings.is_empty() {
        return blocks;
    }
    let starts: Vec<usize> = headings.iter().map(|heading| heading.span().start).collect();
    let mut all = blocks;
    for block in &mut all {
        let Block::Other(span) = block else { continue };
        let next = starts.partition_point(|start| *start < span.start);
        span.end = starts.get(next).map_or(span.end, |start| span.end.min(*start));
    }
    all.retain(|block| !block.span().is_empty());
    all.extend(headings);
    all.sort_by_key(|block| block.span().start);
    all
}

/// `answer` with `<pre>` as fenced code, headings as such, and `<details>` as its summary in bold letters and
/// its content.
pub(super) fn as_markdown(answer: &str) -> String {
    let lower = answer.to_ascii_lowercase();
    if !["<pre", "<h", "<details", "<summary"].iter().any(|tag| lower.contains(tag)) {
        return answer.to_owned();
    }
    let mut written = String::with_capacity(answer.len());
    let mut at = 0;
    for (span, by) in replacements(answer) {
        let before = answer.get(at..span.start).unwrap_or_default();
        written.push_str(if at == 0 { before } else { before.trim_start_matches('\n') });
        written.truncate(written.trim_end().len());
        if !by.is_empty() {
            written.push_str("\n\n");
            written.push_str(by.trim());
        }
        written.push_str("\n\n");
        at = span.end;
    }
    let rest = answer.get(at..).unwrap_or_default();
    written.push_str(if at == 0 { rest } else { rest.trim_start_matches('\n') });
    written
}

/// What of an answer is written otherwise, in the order of the text.
fn replacements(answer: &str) -> Vec<(Range<usize>, String)> {
    let mut replaced = Vec::new();
    for (event, block) in Parser::new_ext(answer, options()).into_offset_iter() {
        if !matches!(event, Event::Start(Tag::HtmlBlock)) {
            continue;
        }
        let mut at = block.start;
        while let Some(found) = answer.get(at..block.end).and_then(|rest| rest.find('<')) {
            let start = at + found;
            let rest = answer.get(start..block.end).unwrap_or_default();
            at = start + 1;
            if let Some((len, by)) = replacement_at(rest) {
                replaced.push((start..start + len, by));
                at = start + len;
            }
        }
    }
    replaced
}

/// The Markdown for the element or tag that `text` starts with, and the length of that.
fn replacement_at(text: &str) -> Option<(usize, String)> {
    let lower: String = text.chars().take(16).collect::<String>().to_ascii_lowercase();
    if lower.starts_with("<details") || lower.starts_with("</details") {
        return Some((text.find('>')? + 1, String::new()));
    }
    if lower.starts_with("<summary") {
        let text = first_chars(text, MAX_HEADING_CHARS);
        let end = text.find("</summary").or_else(|| text.find("</SUMMARY"))?;
        let len = end + text.get(end..)?.find('>')? + 1;
        let words = html::plain_text(text.get(..len)?).replace("**", "");
        return Some((len, format!("\n\n**{}**\n\n", words.trim())));
    }
    if lower.starts_with("<pre") {
        let end = text.find("</pre").or_else(|| text.find("</PRE"));
        let end = end.and_then(|end| Some(end + text.get(end..)?.find('>')? + 1));
        let len = end.unwrap_or(text.len());
        return Some((len, format!("\n\n{}\n\n", html::to_markdown(text.get(..len)?))));
    }
    let (_, len) = heading_at(text)?;
    let heading = html::to_markdown(text.get(..len)?);
    Some((len, format!("\n\n{heading}\n\n")))
}
