//! The reader of `[entry.message]`: a message of somebody in chat that an entry quotes, as a source of its own.

use std::ops::Range;
use std::sync::Arc;

use toml::de::DeTable;

use crate::knowledge::Source;
use crate::knowledge::finding::{Finding, Rule};
use crate::knowledge::pack::FAQ_FILE;
use crate::knowledge::source::Metadata;
use crate::knowledge::toml_reader::TableReader;
use crate::text::Language;

const KEYS: [&str; 4] = ["text", "author", "date", "url"];

/// The name by which quotes of the entry may name the message.
pub(crate) const NAME: &str = "message";

/// The message as a source in `language`; `None` without a text. What is cited as its title is its author and date.
pub(super) fn read(
    table: &DeTable<'_>,
    span: Range<usize>,
    language: Option<&Language>,
    findings: &mut Vec<Finding>,
) -> Option<Arc<Source>> {
    let mut reader = TableReader::new(FAQ_FILE, table, span, &KEYS, findings);
    let text = reader.required_text("text");
    let [author, date, url] = ["author", "date", "url"].map(|key| reader.text(key));
    let (text, text_span) = text?;
    if text.trim().is_empty() {
        let message = "the message has no text";
        reader.report(Rule::MissingField, text_span, message, "its words, verbatim");
        return None;
    }
    let [author, published, url] = [author, date, url].map(|found| found.map(|(text, _)| text));
    let cited: Vec<&str> = author.iter().chain(&published).map(String::as_str).collect();
    let title = if cited.is_empty() { NAME.to_owned() } else { cited.join(", ") };
    let metadata = Metadata { title, author, published, url, ..Metadata::default() };
    let source = Source::new(NAME, metadata, text);
    Some(Arc::new(match language {
        Some(language) => source.in_language(language.clone()),
        None => source,
    }))
}
