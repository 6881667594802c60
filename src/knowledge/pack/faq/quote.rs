//! The reader of `[[entry.quote]]`, which proves each quote against its source.

use std::ops::Range;
use std::sync::Arc;

use toml::de::DeTable;

use super::{MAX_NEAREST, message};
use crate::knowledge::finding::{Finding, Rule};
use crate::knowledge::other_form;
use crate::knowledge::pack::{EntrySpans, FAQ_FILE};
use crate::knowledge::passage::{self, Passage};
use crate::knowledge::quote::MAX_QUOTE_CHARS;
use crate::knowledge::toml_reader::{TableReader, WithSpan, nearest_name};
use crate::knowledge::{Quote, QuoteError, Source};
use crate::text::Language;

const KEYS: [&str; 5] = ["text", "source", "paragraph", "speaker", "role"];

/// Bytes of the sources that are scanned for nearest passages: one or two seconds of work.
const MAX_SCANNED_BYTES: usize = 32 * 1024 * 1024;

/// Proves the quotes of one file, and limits the searches for the nearest passages.
pub(super) struct QuoteReader<'a> {
    sources: &'a [Arc<Source>],
    n_nearest: usize,
    n_scanned_bytes: usize,
}

impl<'a> QuoteReader<'a> {
    pub(super) fn new(sources: &'a [Arc<Source>]) -> Self {
        Self { sources, n_nearest: 0, n_scanned_bytes: 0 }
    }

    /// The language of the first source: that of the pack, unless the source has one of its own.
    pub(super) fn language(&self) -> Option<&'a Language> {
        self.sources.first().map(|source| source.language())
    }

    /// Reads and proves one quote of an entry, which may have a `message` of its own, and adds its spans to those of
    /// the entry.
    pub(super) fn read(
        &mut self,
        (table, span): (&DeTable<'_>, Range<usize>),
        message: Option<&Arc<Source>>,
        spans: &mut EntrySpans,
        findings: &mut Vec<Finding>,
    ) -> Option<Quote> {
        let mut reader = TableReader::new(FAQ_FILE, table, span, &KEYS, findings);
        let text = reader.required_text("text");
        let source = reader.text("source");
        let paragraph = reader.number("paragraph");
        let speaker = reader.text("speaker");
        let role = reader.text("role");
        let (text, text_span) = text?;
        let is_of_message = source.as_ref().is_none_or(|(name, _)| name == message::NAME);
        let source = match message.filter(|_| is_of_message) {
            Some(message) => Arc::clone(message),
            None => self.source(source, &text_span, findings)?,
        };
        match Quote::prove(&source, &text, paragraph) {
            Ok(quote) => {
                spans.quotes.push(text_span.clone());
                spans.speakers.push(speaker.as_ref().map_or(text_span, |(_, span)| span.clone()));
                Some(quote.attributed_to(speaker.map(|(name, _)| name), role.map(|(role, _)| role)))
            }
            Err(error) => {
                findings.extend(self.rejected(&source, &text, text_span, &error));
                None
            }
        }
    }

    /// The source called `name`, or the only one of the pack. `text_span` is that of the quote.
    fn source(
        &self,
        name: Option<WithSpan<String>>,
        text_span: &Range<usize>,
        findings: &mut Vec<Finding>,
    ) -> Option<Arc<Source>> {
        let names: Vec<&str> = self.sources.iter().map(|source| source.name()).collect();
        let mut report = |span: &Range<usize>, message: String, label: String| {
            let finding = Finding::new(Rule::UnknownSource, FAQ_FILE, span.clone(), message);
            findings.push(finding.label(label));
        };
        let Some((name, span)) = name else {
            if let [only] = self.sources {
                return Some(Arc::clone(only));
            }
            if !self.sources.is_empty() {
                let message = "the pack has several sources, and this quote names none".to_owned();
                report(text_span, message, format!("add source = one of: {}", names.join(", ")));
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
            report(&span, format!("there is no source `{name}`"), label);
        }
        found.map(Arc::clone)
    }

    /// The finding about a rejected quote; none for a blank one, which is reported as an empty field.
    fn rejected(
        &mut self,
        source: &Source,
        text: &str,
        span: Range<usize>,
        error: &QuoteError,
    ) -> Option<Finding> {
        Some(match error {
            QuoteError::Empty => return None,
            QuoteError::TooLong { .. } => {
                Finding::new(Rule::QuoteTooLong, FAQ_FILE, span, error.to_string())
                    .label(format!("shorten it to {MAX_QUOTE_CHARS} characters, or make it two"))
            }
            QuoteError::NoSuchParagraph { .. } => {
                Finding::new(Rule::NoSuchParagraph, FAQ_FILE, span, error.to_string())
                    .help("leave `paragraph` out and quoth finds it")
            }
            QuoteError::NotInSource { elsewhere } if !elsewhere.is_empty() => {
                let message = "the quote does not start in the paragraph that it names";
                Finding::new(Rule::QuoteNotInSource, FAQ_FILE, span, message)
                    .label(format!("it is in paragraph {elsewhere}"))
                    .help("correct `paragraph`, or leave it out and quoth finds it")
            }
            QuoteError::NotInSource { .. } => {
                let limits = self.may_scan(source);
                let same = limits.then(|| other_form::find(source, text)).flatten();
                match same {
                    Some(same) => in_another_form(source, span, &same),
                    None => {
                        let nearest = limits.then(|| passage::nearest(source, text)).flatten();
                        not_in_source(source, span, nearest)
                    }
                }
            }
            QuoteError::InsideWord { starts, ends, paragraph, whole } => {
                let cut = match (starts, ends) {
                    (true, false) => "starts",
                    (false, true) => "ends",
                    _ => "starts and ends",
                };
                let message = format!("the quote {cut} inside a word or character of its source");
                Finding::new(Rule::CutWord, FAQ_FILE, span, message)
                    .label(format!("part of longer words in paragraph {paragraph}"))
                    .help(format!("quote whole words; the source says:\n{whole}"))
            }
        })
    }

    /// Counts one more search of a source; false if the limits of such searches are reached.
    fn may_scan(&mut self, source: &Source) -> bool {
        if self.n_nearest >= MAX_NEAREST || self.n_scanned_bytes >= MAX_SCANNED_BYTES {
            return false;
        }
        self.n_nearest += 1;
        self.n_scanned_bytes += source.body().len();
        true
    }
}

/// The finding about a quote of the same words in other code points.
fn in_another_form(source: &Source, span: Range<usize>, same: &Range<usize>) -> Finding {
    let text = source.body().get(same.clone()).unwrap_or_default();
    let paragraph = source.paragraph_at(same.start);
    let message = "these are the words of the source in another Unicode form";
    let help = format!(
        "they look the same, but accents are composed with their letters on one side and not on the \
         other; copy the words from the source:\n{text}"
    );
    Finding::new(Rule::QuoteNotInSource, FAQ_FILE, span, message)
        .label(format!("the same as in paragraph {paragraph}, in other code points"))
        .help(help)
}

fn not_in_source(source: &Source, span: Range<usize>, nearest: Option<Passage<'_>>) -> Finding {
    let is_message = source.name() == message::NAME;
    let file = if is_message { "[entry.message] above" } else { "the file in sources/" };
    let message = format!("this text is not in the source `{}`", source.name());
    let finding = Finding::new(Rule::QuoteNotInSource, FAQ_FILE, span, message);
    match nearest {
        Some(passage) => finding
            .label(format!("nearest: paragraph {}", passage.paragraph))
            .help(passage.to_string()),
        None => finding
            .label("no similar text found")
            .help(format!("copy the words from {file}; white space may differ, nothing else")),
    }
}
