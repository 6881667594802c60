//! `faq.toml`: entries and gaps.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use toml::de::DeTable;

use super::{EntrySpans, FAQ_FILE, index_by_id};
use crate::knowledge::entry::{Content, Entry, EntryId, MAX_ID_CHARS};
use crate::knowledge::finding::{Finding, Rule};
use crate::knowledge::line_index::LineIndex;
use crate::knowledge::passage;
use crate::knowledge::quote::MAX_QUOTE_CHARS;
use crate::knowledge::toml_reader::{TableReader, WithSpan, nearest_name, parse};
use crate::knowledge::{Quote, QuoteError, Source};

const ENTRY_KEYS: [&str; 8] =
    ["id", "question", "variants", "lead", "tags", "see_also", "gap", "quote"];
const QUOTE_KEYS: [&str; 5] = ["text", "source", "paragraph", "speaker", "role"];

/// For how many failing quotes, and links, of a file the nearest is looked for: it takes a scan of
/// the source, or of all ids, each, and somebody with more of them has another problem than
/// spelling.
const MAX_NEAREST: usize = 50;

/// How much of the sources is read for the nearest passages, in bytes: one or two seconds' worth.
const MAX_SCANNED_BYTES: usize = 32 * 1024 * 1024;

/// See-also links of one entry, resolved when all ids are known.
type Links = Vec<WithSpan<String>>;

/// What was read of `faq.toml`.
#[derive(Default)]
pub(super) struct Faq {
    pub(super) entries: Vec<Entry>,
    /// Parallel to the entries.
    pub(super) places: Vec<EntrySpans>,
    /// Ids of entries of which a quote was refused; some are among the entries, with the others.
    pub(super) unproved: Vec<EntryId>,
}

/// Reads and proves every entry of `faq.toml`.
pub(super) fn read_entries(
    text: &str,
    sources: &[Arc<Source>],
    findings: &mut Vec<Finding>,
) -> Faq {
    let Some(table) = parse(FAQ_FILE, text, findings) else { return Default::default() };
    let tables =
        TableReader::new(FAQ_FILE, table.get_ref(), 0..0, &["entry"], findings).tables("entry");
    if tables.is_empty() {
        findings.push(Finding::new(Rule::MissingField, FAQ_FILE, 0..0, "there is no entry").help(
            "write the first one below a line [[entry]]; where `quoth new` made the file, \
                     take the # away from a sentence that waits and write its question",
        ));
    }
    let lines = LineIndex::new(text);
    let mut faq = FaqReader {
        sources,
        findings,
        lines,
        seen: HashMap::new(),
        n_nearest: 0,
        n_scanned_bytes: 0,
        unproved: Vec::new(),
    };
    let mut entries = Vec::new();
    let mut places = Vec::new();
    let mut links = Vec::new();
    for (table, span) in tables {
        if let Some((entry, place, see_also)) = faq.entry(table, span) {
            entries.push(entry);
            places.push(place);
            links.push(see_also);
        }
    }
    let FaqReader { seen, unproved, .. } = faq;
    resolve_links(&mut entries, links, &seen, findings);
    Faq { entries, places, unproved }
}

struct FaqReader<'a> {
    sources: &'a [Arc<Source>],
    findings: &'a mut Vec<Finding>,
    lines: LineIndex<'a>,
    /// Where each id was first seen.
    seen: HashMap<String, Range<usize>>,
    n_nearest: usize,
    n_scanned_bytes: usize,
    unproved: Vec<EntryId>,
}

impl FaqReader<'_> {
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
        let lead = reader.text("lead");
        let tags = reader.texts("tags");
        let see_also = reader.texts("see_also");
        let is_gap = reader.flag("gap");
        let quote_tables = reader.tables("quote");
        let n_quotes = quote_tables.len();
        let has_quotes = n_quotes > 0;

        if is_gap && (has_quotes || lead.is_some()) {
            let message = "a gap has neither quotes nor a lead, but this one has";
            self.report(Rule::GapWithQuotes, &span, message, "remove them, or remove gap = true");
        }
        if !is_gap && !has_quotes {
            let message = "this entry has no quote";
            self.report(
                Rule::EntryWithoutQuote,
                &span,
                message,
                "add [[entry.quote]] with text, or gap = true",
            );
        }
        let mut places = EntrySpans::default();
        let quotes: Vec<Quote> = quote_tables
            .into_iter()
            .filter_map(|(table, span)| self.quote(table, span, &mut places))
            .collect();
        let (id, id_span) = self.unique_id(id)?;
        if quotes.len() < n_quotes {
            self.unproved.push(id.clone());
        }
        let (question, question_span) = question?;
        places.id = id_span;
        places.phrasings = std::iter::once(question_span)
            .chain(variants.iter().map(|(_, span)| span.clone()))
            .collect();
        let content = match (is_gap, quotes.is_empty()) {
            (true, _) => Content::Gap,
            (false, false) => Content::Answer { lead: lead.map(|(text, _)| text), quotes },
            (false, true) => return None,
        };
        let plain =
            |texts: Vec<WithSpan<String>>| texts.into_iter().map(|(text, _)| text).collect();
        let entry = Entry {
            id,
            question,
            variants: plain(variants),
            content,
            tags: plain(tags),
            see_also: Vec::new(),
        };
        Some((entry, places, see_also))
    }

    fn unique_id(&mut self, id: Option<WithSpan<String>>) -> Option<WithSpan<EntryId>> {
        let (text, span) = id?;
        let Some(id) = EntryId::new(&text) else {
            let message = format!(
                "{text:?} is no id: it takes 1 to {MAX_ID_CHARS} characters without white space"
            );
            self.report(Rule::BadId, &span, message, "like why-no-troops");
            return None;
        };
        if let Some(first) = self.seen.get(&text) {
            let message = format!("the id `{text}` stands twice");
            let (line, _) = self.lines.line_and_column(first.start);
            let label = format!("the first one is in line {line}");
            self.report(Rule::DoubledId, &span, message, label);
            return None;
        }
        self.seen.insert(text, span.clone());
        Some((id, span))
    }

    fn quote(
        &mut self,
        table: &DeTable<'_>,
        span: Range<usize>,
        places: &mut EntrySpans,
    ) -> Option<Quote> {
        let mut reader =
            TableReader::new(FAQ_FILE, table, span.clone(), &QUOTE_KEYS, self.findings);
        let text = reader.required_text("text");
        let source = reader.text("source");
        let paragraph = reader.number("paragraph");
        let speaker = reader.text("speaker");
        let role = reader.text("role");
        let (text, text_span) = text?;
        let source = self.source(source, &text_span)?;
        match Quote::prove(&source, &text, paragraph) {
            Ok(quote) => {
                places.quotes.push(text_span.clone());
                places.speakers.push(speaker.as_ref().map_or(text_span, |(_, span)| span.clone()));
                Some(quote.attributed_to(speaker.map(|(name, _)| name), role.map(|(role, _)| role)))
            }
            Err(error) => {
                self.refused_quote(&source, &text, text_span, &error);
                None
            }
        }
    }

    fn source(&mut self, name: Option<WithSpan<String>>, at: &Range<usize>) -> Option<Arc<Source>> {
        let names: Vec<&str> = self.sources.iter().map(|source| source.name()).collect();
        let Some((name, span)) = name else {
            if let [only] = self.sources {
                return Some(Arc::clone(only));
            }
            if !self.sources.is_empty() {
                let message = "the pack has several sources, and this quote names none";
                let label = format!("add source = one of: {}", names.join(", "));
                self.report(Rule::UnknownSource, at, message, label);
            }
            return None;
        };
        let stem = name.strip_suffix(".md").unwrap_or(&name);
        let found = self.sources.iter().find(|source| source.name() == stem);
        if found.is_none() {
            let label = match nearest_name(stem, &names) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("there is: {}", names.join(", ")),
            };
            self.report(Rule::UnknownSource, &span, format!("there is no source `{name}`"), label);
        }
        found.map(Arc::clone)
    }

    fn refused_quote(
        &mut self,
        source: &Source,
        text: &str,
        span: Range<usize>,
        error: &QuoteError,
    ) {
        let finding = match error {
            QuoteError::Empty => return,
            QuoteError::TooLong { .. } => {
                Finding::new(Rule::QuoteTooLong, FAQ_FILE, span, error.to_string())
                    .label(format!("shorten it to {MAX_QUOTE_CHARS} characters, or make it two"))
            }
            QuoteError::NoSuchParagraph { .. } => {
                Finding::new(Rule::NoSuchParagraph, FAQ_FILE, span, error.to_string())
                    .help("leave `paragraph` out and quoth finds it")
            }
            QuoteError::NotInSource { elsewhere } if !elsewhere.is_empty() => {
                let numbers: Vec<String> = elsewhere.iter().map(ToString::to_string).collect();
                let message = "the quote does not start in the paragraph that it names";
                Finding::new(Rule::QuoteNotInSource, FAQ_FILE, span, message)
                    .label(format!("it stands in paragraph {}", numbers.join(", ")))
                    .help("correct `paragraph`, or leave it out and quoth finds it")
            }
            QuoteError::NotInSource { .. } => {
                not_in_source(source, span, self.nearest(source, text))
            }
        };
        self.findings.push(finding);
    }

    /// The nearest passage, unless enough have been looked for.
    fn nearest<'s>(&mut self, source: &'s Source, text: &str) -> Option<passage::Passage<'s>> {
        if self.n_nearest >= MAX_NEAREST || self.n_scanned_bytes >= MAX_SCANNED_BYTES {
            return None;
        }
        self.n_nearest += 1;
        self.n_scanned_bytes += source.body().len();
        passage::nearest(source, text)
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

fn not_in_source(
    source: &Source,
    span: Range<usize>,
    nearest: Option<passage::Passage<'_>>,
) -> Finding {
    let message = format!("this text does not stand in the source `{}`", source.name());
    let finding = Finding::new(Rule::QuoteNotInSource, FAQ_FILE, span, message);
    match nearest {
        Some(passage) => finding
            .label(format!("nearest: paragraph {}", passage.paragraph))
            .help(passage.to_string()),
        None => finding
            .label("no such words there")
            .help("copy the words from the file in sources/; white space may differ, nothing else"),
    }
}

/// Links to entries that were refused are dropped without a word: those have findings enough.
fn resolve_links(
    entries: &mut [Entry],
    links: Vec<Links>,
    seen: &HashMap<String, Range<usize>>,
    findings: &mut Vec<Finding>,
) {
    let mut resolved = Vec::with_capacity(links.len());
    {
        let known = index_by_id(entries);
        let names: Vec<&str> = entries.iter().map(|entry| entry.id.as_str()).collect();
        let mut n_unknown = 0;
        for links in links {
            let mut ids = Vec::new();
            for (link, span) in links {
                if let Some(id) = EntryId::new(&link).filter(|id| known.contains_key(id.as_str())) {
                    ids.push(id);
                } else if !seen.contains_key(&link) {
                    n_unknown += 1;
                    let names = if n_unknown <= MAX_NEAREST { &names[..] } else { &[] };
                    findings.push(unknown_link(&link, span, names));
                }
            }
            resolved.push(ids);
        }
    }
    for (entry, ids) in entries.iter_mut().zip(resolved) {
        entry.see_also = ids;
    }
}

fn unknown_link(link: &str, span: Range<usize>, names: &[&str]) -> Finding {
    let label = match nearest_name(link, names) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "no entry of this pack has this id".to_owned(),
    };
    Finding::new(
        Rule::UnknownSeeAlso,
        FAQ_FILE,
        span,
        format!("see_also leads to no entry: `{link}`"),
    )
    .label(label)
}
