//! Input files: the phrasings to search and the messages to ask.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use anyhow::Context;
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// A line of `faq.jsonl`.
#[derive(Debug, Deserialize)]
pub(crate) struct Entry {
    pub(crate) id: String,
    pub(crate) question: String,
    #[serde(default)]
    pub(crate) variants: Vec<String>,
}

impl Entry {
    pub(crate) fn phrasings(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.question.as_str()).chain(self.variants.iter().map(String::as_str))
    }
}

/// A line of `queries.jsonl`; if `gold` is empty, nothing in the FAQ answers it.
#[derive(Debug, Deserialize)]
pub(crate) struct Message {
    pub(crate) q: String,
    pub(crate) gold: Vec<String>,
}

/// Parses the lines of a JSONL file; empty lines are skipped.
pub(crate) fn read<T: DeserializeOwned>(path: &Path) -> anyhow::Result<Vec<T>> {
    let file = File::open(path).with_context(|| format!("cannot open {}", path.display()))?;
    let mut rows = Vec::new();
    for (idx, line) in BufReader::new(file).lines().enumerate() {
        let line = line?;
        if !line.trim().is_empty() {
            let location = || format!("{}:{}", path.display(), idx + 1);
            rows.push(serde_json::from_str(&line).with_context(location)?);
        }
    }
    Ok(rows)
}
