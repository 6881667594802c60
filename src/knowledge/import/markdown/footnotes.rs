//! Footnotes, and addresses of links that stand directly below them.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use super::document::starting_in;

/// The footnotes of a document.
#[derive(Debug, Default)]
pub(super) struct Footnotes {
    /// Where the whole definitions stand, in the order of the text.
    definitions: Vec<Range<usize>>,
    /// The same, by their labels in lower case.
    by_label: HashMap<String, Range<usize>>,
    /// Labels, and where they are used, in the order of the text.
    references: Vec<(String, Range<usize>)>,
}

impl Footnotes {
    pub(super) fn add_definition(&mut self, label: &str, span: &Range<usize>) {
        self.definitions.push(span.clone());
        self.by_label.entry(label.to_lowercase()).or_insert_with(|| span.clone());
    }

    pub(super) fn add_reference(&mut self, label: &str, span: &Range<usize>) {
        self.references.push((label.to_owned(), span.clone()));
    }

    /// Whether the byte `at` stands in a definition.
    pub(super) fn is_in_definition(&self, at: usize) -> bool {
        let next = self.definitions.partition_point(|span| span.end <= at);
        self.definitions.get(next).is_some_and(|span| span.contains(&at))
    }

    /// What of `span` is written otherwise: definitions are left out, and labels stand in brackets.
    pub(super) fn replacements(&self, span: &Range<usize>) -> Vec<(Range<usize>, String)> {
        let definitions = starting_in(&self.definitions, span, |at| at.start);
        let definitions = definitions.iter().map(|at| (at.clone(), String::new()));
        let references = starting_in(&self.references, span, |(_, at)| at.start);
        let references = references.iter().map(|(label, at)| (at.clone(), format!("[{label}]")));
        definitions.chain(references).collect()
    }

    /// The labels that are used in `span`, each once, and where the texts of their footnotes stand in `text`.
    pub(super) fn used_in(&self, text: &str, span: &Range<usize>) -> Vec<(&str, Range<usize>)> {
        let mut seen = HashSet::new();
        let references = starting_in(&self.references, span, |(_, at)| at.start);
        let used = references.iter().filter(|(_, at)| !self.is_in_definition(at.start));
        used.filter_map(|(label, _)| {
            let name = label.to_lowercase();
            let whole = self.by_label.get(&name).filter(|_| seen.insert(name))?;
            let source = text.get(whole.clone()).unwrap_or_default();
            let mark_len = source.find("]:").map_or(0, |at| at + "]:".len());
            Some((label.as_str(), whole.start + mark_len..whole.end))
        })
        .collect()
    }
}

/// The addresses in lines such as `[name]: https://...` that directly follow a footnote, by their names in
/// lower case, and where the lines stand. By the rules of Markdown they are part of its text, but nobody means that.
pub(super) fn addresses_below(text: &str) -> HashMap<String, (String, Range<usize>)> {
    let mut found = HashMap::new();
    let mut is_below = false;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let span = at..at + line.len();
        at = span.end;
        if line.starts_with("[^") {
            is_below = line.contains("]:");
        } else if let Some((name, address)) = address_in(line).filter(|_| is_below) {
            found.insert(name.to_lowercase(), (address.to_owned(), span));
        } else {
            is_below = false;
        }
    }
    found
}

fn address_in(line: &str) -> Option<(&str, &str)> {
    let (name, rest) = line.strip_prefix('[')?.split_once("]:")?;
    let address = rest.split_whitespace().next()?;
    Some((name, address.trim_start_matches('<').trim_end_matches('>')))
}
