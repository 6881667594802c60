//! Reports of `quoth check`, as text and as JSON.

mod diagnostic;
mod excerpt;
mod human;
mod json;

use std::path::{Path, PathBuf};

use crate::knowledge::{Finding, LineIndex, Pack, PackFiles, Rule};
use crate::matching::leave_one_out::PhrasingSummary;
use crate::matching::phrasing_need::PhrasingNeeds;

pub(super) use human::{pluralize, pluralize_as, print};
pub(super) use json::print_json;

/// Result of checking one pack.
#[derive(Debug)]
pub(super) struct PackReport {
    /// The pack's name.
    name: String,
    /// The folder, as given.
    folder: PathBuf,
    files: PackFiles,
    n_entries: usize,
    n_gaps: usize,
    n_sentences: usize,
    /// Sorted by file and position.
    findings: Vec<Finding>,
    /// Results of asking the pack's own phrasings; `None` for a rejected pack.
    pub(super) own_phrasings: Option<PhrasingSummary>,
    /// The entries that need more phrasings; none for a rejected pack.
    pub(super) phrasing_needs: PhrasingNeeds,
}

impl PackReport {
    pub(super) fn new(
        folder: &Path,
        files: PackFiles,
        pack: &Pack,
        findings: Vec<Finding>,
    ) -> Self {
        let n_gaps = pack.entries.iter().filter(|entry| entry.is_gap()).count();
        Self {
            name: pack.name.clone(),
            folder: folder.to_owned(),
            files,
            n_entries: pack.entries.len() - n_gaps,
            n_gaps,
            n_sentences: pack.sources.iter().map(|source| source.content_sentences().count()).sum(),
            findings,
            own_phrasings: None,
            phrasing_needs: PhrasingNeeds::default(),
        }
    }

    pub(super) fn n_errors(&self) -> usize {
        self.findings.iter().filter(|finding| finding.is_error()).count()
    }

    pub(super) fn n_warnings(&self) -> usize {
        self.findings.len() - self.n_errors()
    }

    fn n_of(&self, rule: Rule) -> usize {
        self.findings.iter().filter(|finding| finding.rule == rule).count()
    }

    /// All files of the pack, split into lines.
    fn documents(&self) -> Vec<Document<'_>> {
        self.files.files.iter().map(|file| Document::new(&file.path, &file.bytes)).collect()
    }
}

/// A file of the pack, as far as it is UTF-8.
struct Document<'f> {
    path: &'f str,
    /// Up to the first byte that is not UTF-8.
    text: &'f str,
    is_text: bool,
    lines: LineIndex<'f>,
}

impl<'f> Document<'f> {
    fn new(path: &'f str, bytes: &'f [u8]) -> Self {
        let (text, is_text) = match std::str::from_utf8(bytes) {
            Ok(text) => (text, true),
            Err(error) => {
                let valid = bytes.get(..error.valid_up_to()).unwrap_or_default();
                (std::str::from_utf8(valid).unwrap_or_default(), false)
            }
        };
        Self { path, text, is_text, lines: LineIndex::new(text) }
    }

    fn of<'d>(documents: &'d [Self], finding: &Finding) -> Option<&'d Self> {
        documents.iter().find(|document| document.path == finding.file)
    }
}
