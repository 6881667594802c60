//! Parts of a text inside which no sentence ends: code, and short quotations in brackets.

use std::collections::HashMap;
use std::ops::Range;

/// Longest quotation in Chinese or Japanese brackets that stays in one sentence, in bytes: about
/// 130 characters. A longer one is a speech of several sentences, which can be quoted one by one.
const MAX_BRACKETED_BYTES: usize = 400;

/// Brackets of quotations in Chinese and Japanese. Unlike “ and ”, they say what opens and closes.
const BRACKETS: [(char, char); 2] = [('「', '」'), ('『', '』')];

/// The enclosed parts of a text, asked for ascending offsets.
#[derive(Debug)]
pub(super) struct Enclosed {
    code: Ascending,
    bracketed: Ascending,
}

impl Enclosed {
    /// Finds the enclosed parts of `text` in one pass each.
    pub(super) fn new(text: &str) -> Self {
        let spans = |spans: Vec<Range<usize>>| Ascending { spans, next: 0 };
        Self { code: spans(code_spans(text)), bracketed: spans(bracketed_spans(text)) }
    }

    /// Whether the offset `at` is inside an enclosed part. Offsets have to ascend.
    pub(super) fn contains(&mut self, at: usize) -> bool {
        self.code.contains(at) || self.bracketed.contains(at)
    }
}

/// Spans that do not overlap, in order.
#[derive(Debug)]
struct Ascending {
    spans: Vec<Range<usize>>,
    /// The first span that does not end before the last offset asked for.
    next: usize,
}

impl Ascending {
    fn contains(&mut self, at: usize) -> bool {
        while self.spans.get(self.next).is_some_and(|span| span.end <= at) {
            self.next += 1;
        }
        self.spans.get(self.next).is_some_and(|span| span.start < at)
    }
}

/// Code spans and fenced code of Markdown: from a run of backticks to the next one as long.
fn code_spans(text: &str) -> Vec<Range<usize>> {
    let runs = backtick_runs(text);
    // Of each length, the runs from the last one to the first.
    let mut later: HashMap<usize, Vec<usize>> = HashMap::new();
    for run in runs.iter().rev() {
        later.entry(run.len()).or_default().push(run.start);
    }
    let mut spans: Vec<Range<usize>> = Vec::new();
    for run in &runs {
        let Some(starts) = later.get_mut(&run.len()) else { continue };
        while starts.last().is_some_and(|start| *start <= run.start) {
            starts.pop();
        }
        if spans.last().is_none_or(|span| span.end <= run.start)
            && let Some(close) = starts.last()
        {
            spans.push(run.start..close + run.len());
        }
    }
    spans
}

fn backtick_runs(text: &str) -> Vec<Range<usize>> {
    let mut runs: Vec<Range<usize>> = Vec::new();
    for at in memchr::memchr_iter(b'`', text.as_bytes()) {
        match runs.last_mut() {
            Some(run) if run.end == at => run.end = at + 1,
            _ => runs.push(at..at + 1),
        }
    }
    runs
}

/// The outermost pairs of brackets that are short enough.
fn bracketed_spans(text: &str) -> Vec<Range<usize>> {
    let mut open: Vec<(char, usize)> = Vec::new();
    let mut spans: Vec<Range<usize>> = Vec::new();
    for (at, c) in text.char_indices() {
        if let Some((_, close)) = BRACKETS.iter().find(|(opening, _)| *opening == c) {
            open.push((*close, at));
        } else if open.last().is_some_and(|(close, _)| *close == c)
            && let Some((_, start)) = open.pop()
            && at - start <= MAX_BRACKETED_BYTES
        {
            while spans.last().is_some_and(|inner| inner.start > start) {
                spans.pop();
            }
            spans.push(start..at);
        }
    }
    spans
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_and_short_brackets_are_enclosed() {
        let long = format!("「{}」", "あ".repeat(200));
        let cases: [(&str, &[&str]); 7] = [
            ("a `b` c", &["`b`"]),
            ("``a ` b`` `c`", &["``a ` b``", "`c`"]),
            ("` a `` b ``", &["`` b ``"]),
            ("a「b『c』d」e「f", &["「b『c』d"]),
            ("」a「b」", &["「b"]),
            (&long, &[]),
            ("", &[]),
        ];
        for (text, want) in cases {
            let enclosed = Enclosed::new(text);
            let spans = [enclosed.code.spans, enclosed.bracketed.spans].concat();
            let got: Vec<&str> = spans.into_iter().map(|s| text.get(s).unwrap()).collect();
            assert_eq!(got, want, "{text}");
        }
    }

    #[test]
    fn offsets_at_the_edges_are_outside() {
        let mut enclosed = Enclosed::new("a `b` `c`");
        let got: Vec<bool> = (0..10).map(|at| enclosed.contains(at)).collect();
        assert_eq!(
            got.iter().map(|it| if *it { '1' } else { '0' }).collect::<String>(),
            "0001100110"
        );
    }
}
