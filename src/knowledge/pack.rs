//! A pack: its files, and the proof that turns their bytes into entries with proved quotes.
//!
//! Warnings are not here; they are [`super::lint`]'s.

mod faq;
mod front_matter;
mod proved_pack;

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use super::finding::{Finding, Rule};
use super::lexicon::Lexicon;
use super::toml_reader::{TableReader, WithSpan, parse};
use super::{Entry, EntryId, Source};
use faq::Faq;
pub use proved_pack::ProvedPack;
use sha2::{Digest, Sha256};

use crate::text::Language;
use crate::text::detect::detect;

/// The file with the pack's title.
pub const PACK_FILE: &str = "pack.toml";
/// The file with the entries and gaps.
pub const FAQ_FILE: &str = "faq.toml";
/// The optional file with synonyms.
pub const LEXICON_FILE: &str = "lexicon.toml";
/// The folder of the sources.
pub const SOURCES_FOLDER: &str = "sources";

/// One file of a pack, not yet parsed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackFile {
    /// Its path relative to the pack's folder, with `/` between the parts.
    pub path: String,
    /// Its content.
    pub bytes: Vec<u8>,
}

impl PackFile {
    fn add_to(&self, hash: &mut Sha256) {
        for part in [self.path.as_bytes(), &self.bytes] {
            hash.update(part.len().to_le_bytes());
            hash.update(part);
        }
    }
}

/// All files of a pack, not yet parsed.
#[derive(Debug, Clone, Default)]
pub struct PackFiles {
    /// The folder's name, which is the pack's name.
    pub name: String,
    /// The files, in the order of their paths.
    pub files: Vec<PackFile>,
}

impl PackFiles {
    /// The text of a file; `None` if it is missing or not UTF-8.
    pub fn text(&self, path: &str) -> Option<&str> {
        let file = self.files.iter().find(|file| file.path == path)?;
        std::str::from_utf8(&file.bytes).ok()
    }

    /// These files with `files` in place of those of the same paths. Those that are new are inserted by the
    /// order of the paths.
    #[must_use]
    pub fn with(mut self, files: impl IntoIterator<Item = PackFile>) -> Self {
        for file in files {
            if let Some(old) = self.files.iter_mut().find(|old| old.path == file.path) {
                *old = file;
            } else {
                let at = self.files.partition_point(|old| old.path < file.path);
                self.files.insert(at, file);
            }
        }
        self
    }

    /// A hash that identifies the content of these files: SHA-256 over paths, lengths and bytes,
    /// in hexadecimal digits. The folder's name is not part of it.
    pub fn fingerprint(&self) -> String {
        let mut hash = Sha256::new();
        for file in &self.files {
            file.add_to(&mut hash);
        }
        hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// A pack in which every quote is proved.
#[derive(Debug)]
pub struct Pack {
    /// The name of its folder.
    pub name: String,
    /// Its title, for display.
    pub title: String,
    /// Its subject, in a sentence or two.
    pub description: Option<String>,
    /// The language of its phrasings: that of `pack.toml`, else the one detected, else English.
    pub language: Language,
    /// The documents that are quoted.
    pub sources: Vec<Arc<Source>>,
    /// Entries and gaps, in the order of `faq.toml`.
    pub entries: Vec<Entry>,
    /// Synonyms.
    pub lexicon: Lexicon,
}

/// The spans of an entry's parts in `faq.toml` (UTF-8 bytes), for findings of later rules.
#[derive(Debug, Clone, Default)]
pub struct EntrySpans {
    /// The entry's id.
    pub id: Range<usize>,
    /// The canonical question, then the variants, then the translations, in order.
    pub phrasings: Vec<Range<usize>>,
    /// The codes of its languages: its own (empty if it is the pack's), then those of the
    /// translations.
    pub languages: Vec<Range<usize>>,
    /// The quotes' texts, in order.
    pub quotes: Vec<Range<usize>>,
    /// The quotes' speakers, in order; the text's span for a quote without a speaker.
    pub speakers: Vec<Range<usize>>,
}

impl EntrySpans {
    /// The same spans, further on in the file.
    fn shifted(mut self, by: usize) -> Self {
        let Self { id, phrasings, languages, quotes, speakers } = &mut self;
        let shift = |span: &mut Range<usize>| {
            // The empty span stands for what is not written.
            if *span != (0..0) {
                *span = span.start + by..span.end + by;
            }
        };
        shift(id);
        for spans in [phrasings, languages, quotes, speakers] {
            spans.shrink_to_fit();
            spans.iter_mut().for_each(shift);
        }
        self
    }
}

/// The file of a source, for findings that point into it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceLocation {
    /// The path relative to the pack's folder.
    pub file: String,
    /// Byte offset in the file at which the body starts, after the front matter.
    pub body_start: usize,
}

/// The result of proving a pack's files.
#[derive(Debug)]
pub struct Proof {
    /// The valid parts of the pack. Serve it only if the proof [is accepted](Self::is_accepted).
    pub pack: Pack,
    /// Parallel to the pack's entries.
    pub entry_spans: Vec<EntrySpans>,
    /// Ids of entries with a rejected quote. An entry that also has proved quotes is in the pack,
    /// with only these.
    pub unproved_ids: Vec<EntryId>,
    /// Parallel to the pack's sources.
    pub source_locations: Vec<SourceLocation>,
    /// The span of the language in `pack.toml` (UTF-8 bytes); empty if it is not set.
    pub language_span: Range<usize>,
    /// The errors, in the order of the files.
    pub findings: Vec<Finding>,
}

impl Pack {
    /// The languages of its phrasings, each once, in the order of the entries; its own if it has no
    /// entries.
    pub fn languages(&self) -> Vec<&Language> {
        let mut languages = Vec::new();
        for (language, _) in self.entries.iter().flat_map(|entry| entry.languages(&self.language)) {
            if !languages.contains(&language) {
                languages.push(language);
            }
        }
        if languages.is_empty() {
            languages.push(&self.language);
        }
        languages
    }
}

impl Proof {
    /// Whether no finding is an error.
    pub fn is_accepted(&self) -> bool {
        !self.findings.iter().any(Finding::is_error)
    }
}

/// Parses a pack's files and proves every quote.
pub fn prove(files: &PackFiles) -> Proof {
    let mut findings = Vec::new();
    let texts = texts_of(files, &mut findings);
    let text = |path: &str| texts.iter().find(|(name, _)| *name == path).map(|(_, text)| *text);

    let header = text(PACK_FILE).map(|text| read_header(text, &mut findings)).unwrap_or_default();
    let source_language = header.language.as_ref().map(|(language, _)| language);
    let prefix = format!("{SOURCES_FOLDER}/");
    let (sources, source_locations): (Vec<Arc<Source>>, Vec<SourceLocation>) = texts
        .iter()
        .filter(|(path, _)| path.starts_with(&prefix))
        .map(|(path, text)| front_matter::read_source(path, text, source_language, &mut findings))
        .map(|(source, location)| (Arc::new(source), location))
        .unzip();
    let lexicon =
        text(LEXICON_FILE).map(|text| read_lexicon(text, &mut findings)).unwrap_or_default();
    let Faq { entries, entry_spans, unproved_ids } = text(FAQ_FILE)
        .map(|text| faq::read_entries(text, &sources, &mut findings))
        .unwrap_or_default();

    let (language, language_span) =
        header.language.unwrap_or_else(|| (detected_language(&entries), 0..0));
    findings.extend(duplicate_languages(&language, &entries, &entry_spans));
    let pack = Pack {
        name: files.name.clone(),
        title: header.title,
        description: header.description,
        language,
        sources,
        entries,
        lexicon,
    };
    Proof { pack, entry_spans, unproved_ids, source_locations, language_span, findings }
}

/// The language of a pack whose header names none.
fn detected_language(entries: &[Entry]) -> Language {
    let untagged = entries.iter().filter(|entry| entry.language.is_none());
    detect(untagged.flat_map(Entry::untranslated)).unwrap_or_else(Language::english)
}

/// The language of the pack of `files` with these entries.
fn language_of(files: &PackFiles, entries: &[Entry]) -> Language {
    let header = files.text(PACK_FILE).map(|text| read_header(text, &mut Vec::new()));
    match header.and_then(|header| header.language) {
        Some((language, _)) => language,
        None => detected_language(entries),
    }
}

/// Reports each translation in a language that the entry has already.
fn duplicate_languages(
    pack_language: &Language,
    entries: &[Entry],
    entry_spans: &[EntrySpans],
) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (entry, spans) in entries.iter().zip(entry_spans) {
        let mut seen = Vec::new();
        for ((language, _), span) in entry.languages(pack_language).zip(&spans.languages) {
            if seen.contains(&language) {
                let message = format!("the entry has phrasings in `{}` already", language.code());
                let help = "one list holds all phrasings of a language; those in the language of \
                            the question are its variants";
                let finding =
                    Finding::new(Rule::DuplicateLanguage, FAQ_FILE, span.clone(), message);
                findings.push(finding.help(help));
            }
            seen.push(language);
        }
    }
    findings
}

/// Path and text of every file that is UTF-8. Missing files and others are reported.
fn texts_of<'f>(files: &'f PackFiles, findings: &mut Vec<Finding>) -> Vec<(&'f str, &'f str)> {
    for required in [PACK_FILE, FAQ_FILE] {
        if !files.files.iter().any(|file| file.path == required) {
            findings.push(missing(required, &format!("the pack has no {required}")));
        }
    }
    if !files.files.iter().any(|file| file.path.starts_with(SOURCES_FOLDER)) {
        let message = format!("the pack has no source: no .md file in {SOURCES_FOLDER}/");
        findings.push(missing(SOURCES_FOLDER, &message));
    }
    let mut texts = Vec::new();
    for file in &files.files {
        match std::str::from_utf8(&file.bytes) {
            Ok(text) => texts.push((file.path.as_str(), text)),
            Err(error) => findings.push(not_utf8(file, &error)),
        }
    }
    texts
}

fn missing(path: &str, message: &str) -> Finding {
    Finding::new(Rule::MissingFile, path, 0..0, message)
        .help("`quoth new DIR --from FILE` makes a pack to start from")
}

fn not_utf8(file: &PackFile, error: &std::str::Utf8Error) -> Finding {
    let at = error.valid_up_to();
    let n_lines = file.bytes.iter().take(at).filter(|byte| **byte == b'\n').count();
    let message = format!("line {} is not UTF-8 (byte {at} of the file)", n_lines + 1);
    Finding::new(Rule::NotUtf8, &file.path, at..at, message)
        .help("open the file in an editor and save it with the encoding UTF-8")
}

/// The content of `pack.toml`.
#[derive(Default)]
struct Header {
    title: String,
    description: Option<String>,
    language: Option<WithSpan<Language>>,
}

fn read_header(text: &str, findings: &mut Vec<Finding>) -> Header {
    const KEYS: [&str; 3] = ["title", "description", "language"];
    let Some(table) = parse(PACK_FILE, text, findings) else { return Header::default() };
    let mut reader = TableReader::new(PACK_FILE, table.get_ref(), 0..0, &KEYS, findings);
    Header {
        title: reader.required_text("title").map(|(title, _)| title).unwrap_or_default(),
        description: reader.text("description").map(|(text, _)| text),
        language: reader.text("language").map(|(code, span)| (Language::new(&code), span)),
    }
}

fn read_lexicon(text: &str, findings: &mut Vec<Finding>) -> Lexicon {
    let Some(table) = parse(LEXICON_FILE, text, findings) else { return Lexicon::default() };
    let groups =
        TableReader::new(LEXICON_FILE, table.get_ref(), 0..0, &["group"], findings).tables("group");
    let mut lexicon = Vec::new();
    for (table, span) in groups {
        let mut reader = TableReader::new(LEXICON_FILE, table, span.clone(), &["terms"], findings);
        let terms: Vec<String> = reader.texts("terms").into_iter().map(|(term, _)| term).collect();
        if terms.len() < 2 {
            let message = "a group needs at least two terms that mean the same";
            reader.report(Rule::MissingField, span, message, "this group");
        }
        lexicon.push(terms);
    }
    Lexicon::new(lexicon)
}

/// The index of each entry, by its id.
pub(crate) fn index_by_id(entries: &[Entry]) -> HashMap<&str, usize> {
    entries.iter().enumerate().map(|(idx, entry)| (entry.id.as_str(), idx)).collect()
}

#[cfg(test)]
mod tests;
