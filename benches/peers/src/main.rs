//! Times tantivy as a FAQ matcher.
//!
//! ```text
//! tantivy-peer terms FAQ.jsonl QUERIES.jsonl...    BM25 over the words as they are
//! tantivy-peer fuzzy FAQ.jsonl QUERIES.jsonl...    every word as a fuzzy query
//! tantivy-peer build FAQ.jsonl                     only the build, with tantivy's default threads
//! ```
//!
//! Prints a JSON object with one item of `timings` per file of queries. `scripts/measure_speed.py`
//! runs it together with quoth.

mod faq;
mod index;
mod search;
mod timing;

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use serde::Serialize;

use faq::{Entry, Message};
use index::Writers;
use search::{Mode, Search};
use timing::Timing;

#[derive(Debug, Serialize)]
struct Report {
    n_phrasings: u64,
    build_seconds: f64,
    /// In addition to the build, if it made several segments.
    merge_seconds: f64,
    n_segments_built: usize,
    index_bytes: u64,
    /// Memory of the process at its end, including what the allocator has not returned since
    /// writing.
    resident_bytes: Option<u64>,
    timings: Vec<Timing>,
}

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [mode, faq, queries @ ..] = arguments.as_slice() else {
        bail!("usage: tantivy-peer terms|fuzzy|build FAQ.jsonl [QUERIES.jsonl...]");
    };
    let (mode, writers) = match mode.as_str() {
        "terms" => (Mode::Terms, Writers::One),
        "fuzzy" => (Mode::Fuzzy, Writers::One),
        "build" => (Mode::Terms, Writers::Default),
        other => bail!("no such mode: {other}"),
    };
    let report = measure(mode, writers, Path::new(faq), queries)?;
    let mut line = serde_json::to_string_pretty(&report)?;
    line.push('\n');
    std::io::stdout().write_all(line.as_bytes())?;
    Ok(())
}

fn measure(mode: Mode, writers: Writers, faq: &Path, queries: &[String]) -> anyhow::Result<Report> {
    let entries: Vec<Entry> = faq::read(faq)?;
    let built = index::build(&entries, writers)?;
    // The text of the phrasings is freed here, so that only the index remains in memory.
    let ids: Vec<String> = entries.into_iter().map(|entry| entry.id).collect();
    let mut search = Search::new(&built, mode)?;
    let mut timings = Vec::new();
    for path in queries.iter().map(PathBuf::from) {
        let messages: Vec<Message> = faq::read(&path)?;
        let timed = timing::time(&mut search, &messages, &ids);
        timings.push(timed.with_context(|| path.display().to_string())?);
    }
    Ok(Report {
        n_phrasings: search.n_phrasings(),
        build_seconds: built.build.as_secs_f64(),
        merge_seconds: built.merge.as_secs_f64(),
        n_segments_built: built.n_segments,
        index_bytes: search.n_index_bytes()?,
        resident_bytes: resident_bytes(),
        timings,
    })
}

/// Available on Linux only.
fn resident_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes * 1024)
}
