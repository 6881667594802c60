//! Containers of site generators that open: `::: details` (VitePress), `??? question` (MkDocs).

use std::ops::Range;

use super::details::Details;
use crate::knowledge::import::plain_text::{ends_like_question, without_markup};

/// The indentation of what is in a container of MkDocs.
const INDENT: usize = 4;

/// The containers in `text` that hold an answer. Those in `code` are text.
pub(super) fn find(text: &str, is_code: impl Fn(usize) -> bool) -> Vec<Details> {
    if !["\n:::", "\n???", "\n!!!"].iter().any(|mark| text.contains(mark) || starts(text, mark)) {
        return Vec::new();
    }
    let mut found = Vec::new();
    let lines = lines(text);
    let mut idx = 0;
    while let Some((start, line)) = lines.get(idx) {
        idx += 1;
        if is_code(*start) {
            continue;
        }
        let rest = lines.get(idx..).unwrap_or_default();
        let read = if let Some(title) = fenced_title(line) {
            Some((title, fenced(rest, &is_code), 0))
        } else {
            indented_title(line).map(|title| (title, indented(rest), INDENT))
        };
        let Some((title, (n_body, n_all), indent)) = read else { continue };
        let end_of = |n: usize| {
            let last = lines.get(idx + n - 1);
            last.map_or(text.len(), |(start, line)| start + line.len())
        };
        found.push(Details {
            span: *start..end_of(n_all),
            summary: without_markup(&title),
            body: end_of(0)..end_of(n_body),
            indent,
        });
        idx += n_all;
    }
    found
}

fn starts(text: &str, mark: &str) -> bool {
    text.starts_with(mark.trim_start())
}

/// The lines with their line feeds, and where they start.
fn lines(text: &str) -> Vec<(usize, &str)> {
    let mut at = 0;
    text.split_inclusive('\n')
        .map(|line| {
            at += line.len();
            (at - line.len(), line)
        })
        .collect()
}

/// The title of `::: details Title {open}`.
fn fenced_title(line: &str) -> Option<String> {
    let rest = line.strip_prefix(":::")?.trim_start_matches(':').trim();
    let title = rest.strip_prefix("details")?;
    let title = title.strip_prefix(' ').or_else(|| {
        // The title may stand in brackets.
        title.strip_prefix('[').and_then(|title| title.strip_suffix(']'))
    })?;
    let title = title.split(" {").next().unwrap_or_default().trim();
    title.contains(char::is_alphanumeric).then(|| title.to_owned())
}

/// The number of lines in a container that ends with colons, and of those with its end.
fn fenced(lines: &[(usize, &str)], is_code: impl Fn(usize) -> bool) -> (usize, usize) {
    let mut depth = 1_usize;
    for (idx, (start, line)) in lines.iter().enumerate() {
        let Some(rest) = line.strip_prefix(":::").filter(|_| !is_code(*start)) else { continue };
        if rest.trim_matches(':').trim().is_empty() {
            depth -= 1;
        } else {
            depth += 1;
        }
        if depth == 0 {
            return (idx, idx + 1);
        }
    }
    (lines.len(), lines.len())
}

/// The title of `??? question "Title"`. Of other kinds, such as notes, those that ask something.
fn indented_title(line: &str) -> Option<String> {
    let rest = line.strip_prefix("???").or_else(|| line.strip_prefix("!!!"))?;
    let (kind, title) = rest.trim_start_matches('+').trim().split_once(' ')?;
    // Words before the quotation marks say where it is shown.
    let title = title.split_once('"').map_or(title, |(_, title)| title);
    let title = title.trim().trim_matches(['"', '\'']).trim();
    let is_question = matches!(kind, "question" | "faq" | "help") || ends_like_question(title);
    (is_question && title.contains(char::is_alphanumeric)).then(|| title.to_owned())
}

/// The number of indented lines, twice: they have no end of their own.
fn indented(lines: &[(usize, &str)]) -> (usize, usize) {
    let is_inner = |line: &str| line.trim().is_empty() || line.starts_with("    ");
    let n_inner = lines.iter().take_while(|(_, line)| is_inner(line)).count();
    let inner = lines.get(..n_inner).unwrap_or_default();
    let n_blank = inner.iter().rev().take_while(|(_, line)| line.trim().is_empty()).count();
    (n_inner - n_blank, n_inner - n_blank)
}

/// `first` and `second`, without those that stand in others.
pub(super) fn joined(first: Vec<Details>, second: Vec<Details>) -> Vec<Details> {
    let mut all = first;
    all.extend(second);
    all.sort_by_key(|details| details.span.start);
    let mut covered_until = 0;
    all.retain(|details| {
        let Range { start, end } = details.span;
        let is_outer = start >= covered_until;
        covered_until = covered_until.max(end);
        is_outer
    });
    all
}
