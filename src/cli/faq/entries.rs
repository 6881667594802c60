//! `quoth faq list`, `show` and `search`.

use std::collections::BTreeMap;
use std::io::Write;

use serde::Serialize;

use crate::cli::Status;
use crate::cli::moderation::{Context, refuse};
use crate::cli::packs::{self, PackArgs};
use crate::cli::report::pluralize;
use crate::conversation::layout::one_line;
use crate::knowledge::patch::text_of_entry;
use crate::knowledge::{Entry, Quote};
use crate::platform::console::printable;

/// Arguments of `quoth faq show`.
#[derive(Debug, clap::Args)]
pub(super) struct ShowArgs {
    /// The entry's id.
    #[arg(value_name = "ID")]
    pub(super) id: String,
}

/// Arguments of `quoth faq search`.
#[derive(Debug, clap::Args)]
pub(super) struct SearchArgs {
    /// The question.
    #[arg(value_name = "TEXT", required = true)]
    text: Vec<String>,
}

/// An entry in a list.
#[derive(Serialize)]
struct EntrySummary<'p> {
    id: &'p str,
    question: &'p str,
    is_gap: bool,
    n_phrasings: usize,
    tags: &'p [String],
}

impl<'p> EntrySummary<'p> {
    fn new(entry: &'p Entry) -> Self {
        Self {
            id: entry.id.as_str(),
            question: &entry.question,
            is_gap: entry.is_gap(),
            n_phrasings: entry.n_phrasings(),
            tags: &entry.tags,
        }
    }
}

/// All of an entry.
#[derive(Serialize)]
struct EntryDetails<'p> {
    #[serde(flatten)]
    listed: EntrySummary<'p>,
    variants: &'p [String],
    lead: Option<&'p str>,
    quotes: Vec<QuoteDetails<'p>>,
    see_also: Vec<&'p str>,
    /// Phrasings in other languages, by their codes.
    translations: BTreeMap<&'p str, &'p [String]>,
}

#[derive(Serialize)]
struct QuoteDetails<'p> {
    text: &'p str,
    source: &'p str,
    paragraph: usize,
    speaker: Option<&'p str>,
    role: Option<&'p str>,
}

impl<'p> QuoteDetails<'p> {
    fn new(quote: &'p Quote) -> Self {
        Self {
            text: quote.text(),
            source: quote.source().name(),
            paragraph: quote.paragraph(),
            speaker: quote.speaker(),
            role: quote.role(),
        }
    }
}

pub(super) fn list(context: &Context<'_>) -> anyhow::Result<Status> {
    print_list(context.pack.entries.iter(), context)
}

fn print_list<'p>(
    entries: impl Iterator<Item = &'p Entry>,
    context: &Context<'_>,
) -> anyhow::Result<Status> {
    let listed: Vec<EntrySummary<'_>> = entries.map(EntrySummary::new).collect();
    if context.is_json {
        context.print_json(&listed)?;
        return Ok(Status::Success);
    }
    let mut out = anstream::stdout().lock();
    for entry in &listed {
        let kind = if entry.is_gap { "gap, " } else { "" };
        let phrasings = pluralize(entry.n_phrasings, "phrasing");
        let question = printable(&one_line(entry.question));
        writeln!(out, "{}: {question} ({kind}{phrasings})", printable(entry.id))?;
    }
    Ok(Status::Success)
}

pub(super) fn show(args: &ShowArgs, context: &Context<'_>) -> anyhow::Result<Status> {
    let unknown = format!("there is no entry {}; `quoth faq list` shows all", args.id);
    if context.is_json {
        let entry = context.pack.entries.iter().find(|entry| entry.id.as_str() == args.id);
        let Some(entry) = entry else { return refuse(&unknown, context) };
        context.print_json(&EntryDetails {
            listed: EntrySummary::new(entry),
            variants: &entry.variants,
            lead: entry.lead(),
            quotes: entry.quotes().iter().map(QuoteDetails::new).collect(),
            see_also: entry.see_also.iter().map(|id| id.as_str()).collect(),
            translations: entry
                .translations
                .iter()
                .map(|it| (it.language.code(), it.phrasings.as_slice()))
                .collect(),
        })?;
        return Ok(Status::Success);
    }
    // As it is written, also if it has errors.
    let Some(text) = text_of_entry(&context.faq, &args.id) else {
        return refuse(&unknown, context);
    };
    writeln!(anstream::stdout(), "{}", printable(&text))?;
    Ok(Status::Success)
}

pub(super) fn search(args: &SearchArgs, context: &Context<'_>) -> anyhow::Result<Status> {
    let loaded = packs::open(&PackArgs { packs: vec![context.folder.clone()] }, context.config)?;
    let outcome = loaded.index.ask(&args.text.join(" "), &loaded.rule);
    let found: Vec<String> = outcome.ranked.iter().map(|it| loaded.index.entry_id(*it)).collect();
    let by_id = |id: &String| context.pack.entries.iter().find(|entry| entry.id.as_str() == id);
    if found.is_empty() && !context.is_json {
        writeln!(anstream::stdout(), "No entry has a word of it.")?;
    }
    print_list(found.iter().filter_map(by_id), context)
}
