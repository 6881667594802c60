//! Division of answers that are too long for one quote.

use std::ops::Range;

use pulldown_cmark::{Event, Parser, Tag};

use super::plain_text::item_mark;
use crate::knowledge::quote::MAX_QUOTE_CHARS;
use crate::knowledge::quote_split::split_for_quotes;
use crate::knowledge::source::paragraph_spans;
use crate::text::Language;
use crate::text::markdown::options;

/// The parts of `answer`, in order, each short enough for a quote.
///
/// An answer that fits is one part, with its blank lines. Else each part has as many whole blocks of Markdown
/// (paragraphs of plain text) as fit, and a heading starts a part. A block that does not fit is divided
/// between its lines if they are those of a list, table or code, else between the sentences of its `language`.
pub(super) fn divide<'a>(answer: &'a str, is_markdown: bool, language: &Language) -> Vec<&'a str> {
    if n_chars(answer) <= MAX_QUOTE_CHARS {
        return vec![answer];
    }
    let mut parts: Vec<Range<usize>> = Vec::new();
    for (block, is_heading) in blocks(answer, is_markdown) {
        match parts.last_mut() {
            Some(open) if !is_heading && fits(answer, &(open.start..block.end)) => {
                open.end = block.end;
            }
            _ if fits(answer, &block) => parts.push(block),
            _ => parts.extend(divide_block(answer, block, language)),
        }
    }
    parts.into_iter().filter_map(|part| answer.get(part)).map(trim_end_lines).collect()
}

fn trim_end_lines(part: &str) -> &str {
    part.trim_end().trim_start_matches('\n')
}

fn fits(text: &str, span: &Range<usize>) -> bool {
    text.get(span.clone()).is_some_and(|part| n_chars(part) <= MAX_QUOTE_CHARS)
}

/// Characters of a quote, of which runs of white space count as one.
fn n_chars(text: &str) -> usize {
    text.split_whitespace().map(|word| word.chars().count() + 1).sum::<usize>().saturating_sub(1)
}

/// The blocks of an answer, and whether each is a heading.
pub(super) fn blocks(answer: &str, is_markdown: bool) -> Vec<(Range<usize>, bool)> {
    if !is_markdown {
        return paragraph_spans(answer).into_iter().map(|span| (span, false)).collect();
    }
    let mut blocks = Vec::new();
    let mut depth = 0_usize;
    for (event, span) in Parser::new_ext(answer, options()).into_offset_iter() {
        match event {
            Event::Start(tag) => {
                if depth == 0 {
                    blocks.push((span, matches!(tag, Tag::Heading { .. })));
                }
                depth += 1;
            }
            Event::End(_) => depth = depth.saturating_sub(1),
            Event::Rule if depth == 0 => blocks.push((span, false)),
            _ => {}
        }
    }
    blocks
}

/// Parts of one long block: runs of lines, or sentences where a line is too long.
fn divide_block(text: &str, block: Range<usize>, language: &Language) -> Vec<Range<usize>> {
    let inner = text.get(block.clone()).unwrap_or_default();
    let is_of_lines = inner.lines().filter(|line| opens_item(line)).count() > 1;
    if !is_of_lines {
        return sentences(text, block, language);
    }
    let mut parts: Vec<Range<usize>> = Vec::new();
    let mut at = block.start;
    for line in inner.split_inclusive('\n') {
        let span = at..at + line.len();
        at = span.end;
        match parts.last_mut() {
            Some(open) if fits(text, &(open.start..span.end)) => open.end = span.end,
            _ if fits(text, &span) => parts.push(span),
            _ => parts.extend(sentences(text, span, language)),
        }
    }
    parts.retain(|part| text.get(part.clone()).is_some_and(|part| !part.trim().is_empty()));
    parts
}

/// Whether a line starts an item of a list, a row of a table or a line of code.
fn opens_item(line: &str) -> bool {
    let text = line.trim_start();
    item_mark(text).is_some() || text.starts_with(['|', '`']) || line.starts_with("    ")
}

fn sentences(text: &str, block: Range<usize>, language: &Language) -> Vec<Range<usize>> {
    let inner = text.get(block.clone()).unwrap_or_default();
    let start_of = |part: &str| block.start + (part.as_ptr().addr() - inner.as_ptr().addr());
    split_for_quotes(inner, language)
        .into_iter()
        .map(|part| start_of(part)..start_of(part) + part.len())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_answer_is_divided_at_headings_paragraphs_and_items() {
        let words = |n: usize| "word ".repeat(n).trim_end().to_owned();
        let (long, short) = (words(250), words(40));
        let items = |n: usize| (0..n).map(|_| format!("- {short}\n")).collect::<String>();
        let cases: [(String, usize); 6] = [
            (format!("{short}\n\n{short}\n\n- a\n- b"), 1),
            (format!("{long}\n\n{long}\n\n{short}"), 2),
            (format!("{short}\n\n## Next\n\n{long}"), 1),
            (format!("{short}\n\n## Next\n\n{long}\n\n{short}"), 2),
            (items(12), 2),
            (format!("{}.", words(700)), 3),
        ];
        for (answer, want) in cases {
            let parts = divide(&answer, true, &Language::english());
            assert_eq!(parts.len(), want, "{:.60}", answer);
            assert!(parts.iter().all(|part| n_chars(part) <= MAX_QUOTE_CHARS));
            let squeeze = |text: &str| text.split_whitespace().collect::<String>();
            assert_eq!(squeeze(&parts.concat()), squeeze(&answer));
        }
    }
}
