//! The reader of `faq.toml`: entries and gaps.

mod changed;
mod links;
mod message;
mod quote;

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use toml::de::DeTable;

use super::{EntrySpans, FAQ_FILE};
use crate::knowledge::entry::{Content, Entry, EntryId, MAX_ID_CHARS, Translation};
use crate::knowledge::faq_parts::parts;
use crate::knowledge::finding::{Finding, Rule};
use crate::knowledge::line_index::LineIndex;
use crate::knowledge::toml_reader::{MAX_SYNTAX_ERRORS, TableReader, WithSpan, parse};
use crate::knowledge::{Quote, Source};
use crate::text::Language;
pub(super) use changed::ChangedEntries;
use links::Links;
use quote::QuoteReader;

const ENTRY_KEYS: [&str; 11] = [
    "id",
    "question",
    "variants",
    "language",
    "translations",
    "lead",
    "tags",
    "see_also",
    "gap",
    "message",
    "quote",
];

/// Quotes, and links, of one file for which the nearest match is searched. Each search scans a
/// source or all ids, and a file with more failures has another problem than typos.
const MAX_NEAREST: usize = 50;

/// The content of `faq.toml`.
#[derive(Default)]
pub(super) struct Faq {
    pub(super) entries: Vec<Entry>,
    /// Parallel to the entries.
    pub(super) entry_spans: Vec<EntrySpans>,
    /// Ids of entries with a rejected quote. Those that also have proved quotes are among the
    /// entries.
    pub(super) unproved_ids: Vec<EntryId>,
}

/// Parses `faq.toml`, section by section, and proves the quotes of every entry.
pub(super) fn read_entries(
    text: &str,
    sources: &[Arc<Source>],
    findings: &mut Vec<Finding>,
) -> Faq {
    let Some(read) = ReadParts::new(text, &parts(text), sources, findings) else {
        return Faq::default();
    };
    let ReadParts { mut faq, links, id_spans, n_tables } = read;
    if n_tables == 0 {
        findings.push(Finding::new(Rule::MissingField, FAQ_FILE, 0..0, "there is no entry").help(
            "write the first one below a line [[entry]]; in a file made by `quoth new`, remove the \
             # from the lines of a sentence and write its question",
        ));
    }
    links::resolve(&mut faq.entries, links, &id_spans, findings);
    faq
}

/// What parts of the file say, before the links between entries are resolved.
struct ReadParts {
    faq: Faq,
    /// Parallel to the entries.
    links: Vec<Links>,
    /// The span of the first use of each id, in the file.
    id_spans: HashMap<String, Range<usize>>,
    n_tables: usize,
}

impl ReadParts {
    /// Reads `parts` of the file `text`; `None` if there are syntax errors.
    fn new(
        text: &str,
        parts: &[Range<usize>],
        sources: &[Arc<Source>],
        findings: &mut Vec<Finding>,
    ) -> Option<Self> {
        let n_findings = findings.len();
        let mut syntax_errors = Vec::new();
        let mut n_tables = 0;
        let mut reader = EntryReader {
            findings,
            text,
            lines: None,
            id_spans: HashMap::new(),
            quotes: QuoteReader::new(sources),
            unproved_ids: Vec::new(),
            section_start: 0,
        };
        let mut faq = Faq {
            entries: Vec::with_capacity(parts.len()),
            entry_spans: Vec::with_capacity(parts.len()),
            unproved_ids: Vec::new(),
        };
        let mut links = Vec::new();
        for section in parts {
            let part = text.get(section.clone()).unwrap_or_default();
            let n_errors = syntax_errors.len();
            let Some(document) = parse(FAQ_FILE, part, &mut syntax_errors) else {
                shift(syntax_errors.iter_mut().skip(n_errors), section.start);
                if syntax_errors.len() >= MAX_SYNTAX_ERRORS {
                    break;
                }
                continue;
            };
            reader.section_start = section.start;
            let n_before = reader.findings.len();
            let tables =
                TableReader::new(FAQ_FILE, document.get_ref(), 0..0, &["entry"], reader.findings)
                    .tables("entry");
            n_tables += tables.len();
            for (table, span) in tables {
                if let Some((entry, spans, see_also)) = reader.entry(table, span) {
                    faq.entries.push(entry);
                    faq.entry_spans.push(spans.shifted(section.start));
                    let shifted = |(id, span): WithSpan<String>| (id, moved(span, section.start));
                    links.push(see_also.into_iter().map(shifted).collect());
                }
            }
            shift(reader.findings.iter_mut().skip(n_before), section.start);
        }
        let EntryReader { id_spans, unproved_ids, findings, .. } = reader;
        if !syntax_errors.is_empty() {
            // What a broken file says elsewhere may be meant in another way.
            findings.truncate(n_findings);
            findings.extend(syntax_errors.into_iter().take(MAX_SYNTAX_ERRORS));
            return None;
        }
        faq.unproved_ids = unproved_ids;
        Some(Self { faq, links, id_spans, n_tables })
    }
}

/// Makes the spans of findings about a section those of the file.
fn shift<'f>(findings: impl Iterator<Item = &'f mut Finding>, section_start: usize) {
    for finding in findings {
        finding.span = moved(finding.span.clone(), section_start);
    }
}

fn moved(span: Range<usize>, by: usize) -> Range<usize> {
    span.start + by..span.end + by
}

struct EntryReader<'a> {
    findings: &'a mut Vec<Finding>,
    /// The whole file.
    text: &'a str,
    /// Its lines, once they are asked for.
    lines: Option<LineIndex<'a>>,
    /// The span of the first use of each id, in the file.
    id_spans: HashMap<String, Range<usize>>,
    quotes: QuoteReader<'a>,
    unproved_ids: Vec<EntryId>,
    /// Where the section that is read starts in the file; spans are those in the section.
    section_start: usize,
}

impl EntryReader<'_> {
    /// Reads one `[[entry]]`; `None` if it has no valid id, question or quote.
    fn entry(
        &mut self,
        table: &DeTable<'_>,
        span: Range<usize>,
    ) -> Option<(Entry, EntrySpans, Links)> {
        let mut reader =
            TableReader::new(FAQ_FILE, table, span.clone(), &ENTRY_KEYS, self.findings);
        let id = reader.required_text("id");
        let question = reader.required_text("question");
        let variants = reader.texts("variants");
        let language = reader.text("language");
        let translations = reader.lists_of_texts("translations");
        let lead = reader.text("lead");
        let tags = reader.texts("tags");
        let see_also = reader.texts("see_also");
        let is_gap = reader.flag("gap");
        let message = reader.table("message");
        let quote_tables = reader.tables("quote");
        let n_quotes = quote_tables.len();
        let has_more = lead.is_some() || message.is_some();
        self.check_answer(&span, is_gap, n_quotes > 0, has_more);

        let mut spans = EntrySpans::default();
        let quotes = self.proved_quotes(quote_tables, message, &mut spans);
        let (id, id_span) = self.unique_id(id)?;
        if quotes.len() < n_quotes {
            self.unproved_ids.push(id.clone());
        }
        let (question, question_span) = question?;
        spans.id = id_span;
        spans.phrasings = std::iter::once(question_span)
            .chain(variants.iter().map(|(_, span)| span.clone()))
            .chain(translations.iter().flat_map(|(_, it)| it.iter().map(|(_, span)| span.clone())))
            .collect();
        let own_language_span = language.as_ref().map_or(0..0, |(_, span)| span.clone());
        spans.languages = std::iter::once(own_language_span)
            .chain(translations.iter().map(|((_, span), _)| span.clone()))
            .collect();
        let content = match (is_gap, quotes.is_empty()) {
            (true, _) => Content::Gap,
            (false, false) => Content::Answer { lead: lead.map(|(text, _)| text), quotes },
            (false, true) => return None,
        };
        let entry = Entry {
            id,
            question,
            variants: without_spans(variants),
            language: language.map(|(code, _)| Language::new(&code)),
            translations: translations
                .into_iter()
                .map(|((code, _), phrasings)| Translation {
                    language: Language::new(&code),
                    phrasings: without_spans(phrasings),
                })
                .collect(),
            content,
            tags: without_spans(tags),
            see_also: Vec::new(),
        };
        Some((entry, spans, see_also))
    }

    /// The quotes of an entry that are in their sources, or in the `message` that the entry brings.
    fn proved_quotes(
        &mut self,
        tables: Vec<(&DeTable<'_>, Range<usize>)>,
        message: Option<(&DeTable<'_>, Range<usize>)>,
        spans: &mut EntrySpans,
    ) -> Vec<Quote> {
        let message = message.and_then(|(table, span)| {
            message::read(table, span, self.quotes.language(), self.findings)
        });
        let prove = |table| self.quotes.read(table, message.as_ref(), spans, self.findings);
        let mut quotes: Vec<Quote> = tables.into_iter().filter_map(prove).collect();
        quotes.shrink_to_fit();
        quotes
    }

    /// Reports a gap that has an answer, and an entry that has none.
    fn check_answer(
        &mut self,
        span: &Range<usize>,
        is_gap: bool,
        has_quotes: bool,
        has_more: bool,
    ) {
        if is_gap && (has_quotes || has_more) {
            let message = "a gap has no quote, lead or message, but this one has";
            self.report(Rule::GapWithQuotes, span, message, "remove them, or remove gap = true");
        }
        if !is_gap && !has_quotes {
            let message = "this entry has no quote";
            let label = "add [[entry.quote]] with text, or gap = true";
            self.report(Rule::EntryWithoutQuote, span, message, label);
        }
    }

    fn unique_id(&mut self, id: Option<WithSpan<String>>) -> Option<WithSpan<EntryId>> {
        let (text, span) = id?;
        let Some(id) = EntryId::new(&text) else {
            let message = format!(
                "{text:?} is not an id: an id has 1 to {MAX_ID_CHARS} characters without white space"
            );
            self.report(Rule::BadId, &span, message, "for example why-no-troops");
            return None;
        };
        if let Some(first) = self.id_spans.get(&text) {
            let message = format!("the id `{text}` is used twice");
            let lines = self.lines.get_or_insert_with(|| LineIndex::new(self.text));
            let (line, _) = lines.line_and_column(first.start);
            let label = format!("the first one is on line {line}");
            self.report(Rule::DuplicateId, &span, message, label);
            return None;
        }
        self.id_spans.insert(text, moved(span.clone(), self.section_start));
        Some((id, span))
    }

    fn report(
        &mut self,
        rule: Rule,
        span: &Range<usize>,
        message: impl Into<String>,
        label: impl Into<String>,
    ) {
        self.findings.push(Finding::new(rule, FAQ_FILE, span.clone(), message).label(label));
    }
}

/// The texts, in a list without room for more: a large pack has hundreds of thousands of lists.
fn without_spans(texts: Vec<WithSpan<String>>) -> Vec<String> {
    let mut texts: Vec<String> = texts.into_iter().map(|(text, _)| text).collect();
    texts.shrink_to_fit();
    texts
}
