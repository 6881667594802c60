//! A tantivy index in memory, with one document per phrasing.

use std::time::{Duration, Instant};

use tantivy::indexer::NoMergePolicy;
use tantivy::schema::{
    FAST, Field, IndexRecordOption, Schema, TantivyDocument, TextFieldIndexing, TextOptions,
};
use tantivy::{Index, IndexWriter};

use crate::faq::Entry;

/// Name of the fast field with the number of a phrasing's entry.
pub(crate) const ENTRY: &str = "entry";

/// tantivy's own analyzer: words, at most 40 bytes long, in lower case, stemmed as English.
const ANALYZER: &str = "en_stem";

/// Memory budget of all writer threads before they flush a segment. It is not reserved in advance;
/// it must be so large that a million phrasings need no second segment.
const BUDGET_BYTES: usize = 2_000_000_000;

/// Number of threads that write the index.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Writers {
    One,
    /// tantivy's default.
    Default,
}

/// A finished index and the time to build it.
pub(crate) struct Built {
    pub(crate) index: Index,
    pub(crate) text: Field,
    /// From rows in memory to the end of the commit.
    pub(crate) build: Duration,
    /// From there to a single segment; about zero if the commit made only one.
    pub(crate) merge: Duration,
    /// Number of segments that the commit made.
    pub(crate) n_segments: usize,
}

pub(crate) fn build(entries: &[Entry], writers: Writers) -> tantivy::Result<Built> {
    let start = Instant::now();
    // BM25 needs frequencies and lengths. Positions, which only phrase queries need, and the text
    // itself are omitted, in favor of tantivy.
    let indexing = TextFieldIndexing::default()
        .set_tokenizer(ANALYZER)
        .set_index_option(IndexRecordOption::WithFreqs);
    let mut schema = Schema::builder();
    let text = schema.add_text_field("text", TextOptions::default().set_indexing_options(indexing));
    let entry = schema.add_u64_field(ENTRY, FAST);
    let index = Index::create_in_ram(schema.build());

    let mut writer: IndexWriter = match writers {
        Writers::One => index.writer_with_num_threads(1, BUDGET_BYTES)?,
        Writers::Default => index.writer(BUDGET_BYTES)?,
    };
    // Segments are merged below, once and synchronously, not in the background of the searches.
    writer.set_merge_policy(Box::new(NoMergePolicy));
    for (n, row) in (0..).zip(entries) {
        for phrasing in row.phrasings() {
            let mut document = TantivyDocument::default();
            document.add_text(text, phrasing);
            document.add_u64(entry, n);
            writer.add_document(document)?;
        }
    }
    writer.commit()?;
    let build = start.elapsed();

    let start = Instant::now();
    let segments = index.searchable_segment_ids()?;
    if segments.len() > 1 {
        writer.merge(&segments).wait()?;
        writer.garbage_collect_files().wait()?;
    }
    writer.wait_merging_threads()?;
    Ok(Built { index, text, build, merge: start.elapsed(), n_segments: segments.len() })
}
