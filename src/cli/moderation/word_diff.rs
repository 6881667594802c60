//! The difference between two texts, word by word.

use anstyle::{AnsiColor, Style};
use similar::{ChangeTag, TextDiff};

use crate::cli::terminal::Terminal;
use crate::platform::console::printable;

const REMOVED: Style = AnsiColor::Red.on_default().strikethrough();
const ADDED: Style = AnsiColor::Green.on_default();

/// What stands around words in plain output, as in `git diff --word-diff`.
const REMOVED_MARKS: [&str; 2] = ["[-", "-]"];
const ADDED_MARKS: [&str; 2] = ["{+", "+}"];

/// `after` with the words that `before` does not have marked, and those that only `before` has between them.
pub(in crate::cli) fn render(before: &str, after: &str, terminal: &Terminal) -> String {
    let [before, after] = [before, after].map(printable);
    let diff = TextDiff::from_words(&before, &after);
    let changes: Vec<_> = diff.iter_all_changes().collect();
    let mut rendered = String::new();
    for run in changes.chunk_by(|a, b| a.tag() == b.tag()) {
        let text: String = run.iter().map(|change| change.value()).collect();
        // The space around changed words is not marked.
        let words = text.trim();
        let start = text.find(words).unwrap_or(0);
        let (space, rest) = text.split_at(start);
        let end = rest.get(words.len()..).unwrap_or_default();
        let tag = run.first().map_or(ChangeTag::Equal, similar::Change::tag);
        let ([open, close], style) = match tag {
            ChangeTag::Equal => {
                rendered.push_str(&text);
                continue;
            }
            ChangeTag::Delete => (REMOVED_MARKS, REMOVED),
            ChangeTag::Insert => (ADDED_MARKS, ADDED),
        };
        let marked = if words.is_empty() {
            String::new()
        } else if terminal.is_plain() || !terminal.is_interactive() {
            format!("{open}{words}{close}")
        } else {
            format!("{style}{words}{style:#}")
        };
        rendered.push_str(&[space, &marked, end].concat());
    }
    rendered
}
