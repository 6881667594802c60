//! A later version of an imported file, merged into the pack that people have worked on since.
//!
//! Three states are compared, field by field: what the last import wrote (the base), what the file says now, and
//! what the pack says. What changed in the file only is taken over; what people changed in the pack stays.

mod file_entry;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::base::{self, BaseEntry};
use super::collection::ImportedEntry;
use super::pack_text::{PackText, draft};
use crate::knowledge::patch::apply_all;
use crate::knowledge::source::Metadata;
use crate::knowledge::{EntryFields, EntryId, Patch, PatchError, Quote, QuoteDraft, Source};
use crate::text::Language;
use crate::text::whitespace::Folded;
use file_entry::{FileEntry, file_entries};

/// A pack, and what is to be merged into it.
#[derive(Debug)]
pub struct MergeInput<'a> {
    /// The text of the pack's `faq.toml`.
    pub faq: &'a str,
    /// The text of the file that the last import left beside the pack; empty if there was none.
    pub base: &'a str,
    /// What the file says now.
    pub entries: Vec<ImportedEntry>,
    /// The name of the source that holds the answers.
    pub source: &'a str,
    /// The names of the pack's other sources.
    pub other_sources: &'a [String],
    /// The language of the pack.
    pub language: &'a Language,
    /// Whether entries that are gone from the file are removed from the pack.
    pub prune: bool,
}

/// The pack with the file merged into it.
#[derive(Debug)]
pub struct MergeOutput {
    /// The text of `faq.toml`.
    pub faq: String,
    /// The text of the source.
    pub text: PackText,
    /// The text of the file for the next import.
    pub base: String,
    /// What changed, in the order of the entries.
    pub changes: Vec<MergeChange>,
}

/// What became of one entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MergeChange {
    /// Its id.
    pub id: EntryId,
    /// Its question.
    pub question: String,
    /// What became of it.
    pub kind: ChangeKind,
}

/// What became of an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChangeKind {
    /// It is new.
    Added,
    /// These fields changed: "question", "phrasings", "tags", "lead", "answer".
    Changed(Vec<&'static str>),
    /// Its answer changed in the file, and its quotes in the pack: the answer of the file was taken.
    AnswerReplaced,
    /// It is gone from the file, and was removed.
    Removed,
    /// It is gone from the file, and was kept.
    KeptThoughGone,
    /// People removed it from the pack, so it was not added again.
    StaysRemoved,
    /// The pack has an entry with its id that no import made; it stays as it is.
    NotImported,
}

/// Merges a file into a pack.
///
/// # Errors
/// [`PatchError`] if `faq.toml` is not a file of `[[entry]]` sections.
pub fn merge(input: MergeInput<'_>) -> Result<MergeOutput, PatchError> {
    let old = base::read(input.base);
    let is_only_source = input.other_sources.is_empty();
    let plan = Plan::new(&input, &old);
    let named = (!is_only_source).then_some(input.source);
    let old_entries: Vec<ImportedEntry> =
        old.iter().filter(|entry| !entry.is_removed).map(|entry| entry.entry.clone()).collect();
    let old_text = PackText::new(&old_entries, named, input.language);
    let new_entries: Vec<ImportedEntry> = plan
        .entries
        .iter()
        .filter(|entry| !entry.is_removed)
        .map(|entry| entry.entry.clone())
        .collect();
    let mut text = PackText::new(&new_entries, named, input.language);
    text.add_title_if_empty(input.source);
    let source = Arc::new(Source::new(input.source, Metadata::default(), text.body.clone()));
    let mut merger = Merger {
        file: &plan.file,
        source,
        only_other_source: match input.other_sources {
            [only] => Some(only.as_str()),
            _ => None,
        },
        named,
        patches: Vec::new(),
        changes: plan.changes.clone(),
    };
    let old_by_id: HashMap<&EntryId, (&ImportedEntry, &Vec<QuoteDraft>)> = old_entries
        .iter()
        .zip(&old_text.quotes)
        .map(|(entry, quotes)| (&entry.id, (entry, quotes)))
        .collect();
    let imported: HashSet<&EntryId> = new_entries.iter().map(|entry| &entry.id).collect();
    for (entry, quotes) in new_entries.iter().zip(&text.quotes) {
        match old_by_id.get(&entry.id) {
            Some((before, old_quotes)) => merger.update(before, old_quotes, entry, quotes),
            None => merger.add(entry, quotes),
        }
    }
    let is_own =
        |entry: &&FileEntry| !imported.contains(&entry.id) && !plan.pruned.contains(&entry.id);
    for entry in plan.file.values().filter(is_own) {
        merger.name_sources(entry);
    }
    merger.patches.extend(plan.pruned.iter().map(|id| Patch::Remove { id: id.clone() }));
    let faq = apply_all(input.faq, &merger.patches)?;
    Ok(MergeOutput { faq, text, base: base::write(&plan.entries), changes: merger.changes })
}

/// Which entries there are after the merge.
struct Plan {
    /// The entries of the pack by id.
    file: HashMap<EntryId, FileEntry>,
    /// The base of the next import.
    entries: Vec<BaseEntry>,
    pruned: HashSet<EntryId>,
    changes: Vec<MergeChange>,
}

impl Plan {
    fn new(input: &MergeInput<'_>, old: &[BaseEntry]) -> Self {
        let mut plan = Self {
            file: file_entries(input.faq),
            entries: Vec::new(),
            pruned: HashSet::new(),
            changes: Vec::new(),
        };
        let mut new: HashMap<&EntryId, &ImportedEntry> =
            input.entries.iter().map(|entry| (&entry.id, entry)).collect();
        for BaseEntry { entry, .. } in old {
            let is_in_pack = plan.file.contains_key(&entry.id);
            match (new.remove(&entry.id), is_in_pack) {
                (Some(now), true) => plan.keep(now, false),
                (Some(now), false) => {
                    plan.say(now, ChangeKind::StaysRemoved);
                    plan.keep(now, true);
                }
                (None, true) if input.prune => {
                    plan.say(entry, ChangeKind::Removed);
                    plan.pruned.insert(entry.id.clone());
                }
                (None, true) => {
                    plan.say(entry, ChangeKind::KeptThoughGone);
                    plan.keep(entry, false);
                }
                (None, false) => {}
            }
        }
        for entry in input.entries.iter().filter(|entry| new.contains_key(&entry.id)) {
            if plan.file.contains_key(&entry.id) {
                plan.say(entry, ChangeKind::NotImported);
            } else {
                plan.keep(entry, false);
            }
        }
        plan
    }

    fn keep(&mut self, entry: &ImportedEntry, is_removed: bool) {
        self.entries.push(BaseEntry { entry: entry.clone(), is_removed });
    }

    fn say(&mut self, entry: &ImportedEntry, kind: ChangeKind) {
        let question = entry.question.clone();
        self.changes.push(MergeChange { id: entry.id.clone(), question, kind });
    }
}

struct Merger<'a> {
    file: &'a HashMap<EntryId, FileEntry>,
    /// The source with its new text.
    source: Arc<Source>,
    /// The only source that the pack has had, which its quotes need not name.
    only_other_source: Option<&'a str>,
    /// The name of the source, if the pack has others.
    named: Option<&'a str>,
    patches: Vec<Patch>,
    changes: Vec<MergeChange>,
}

impl Merger<'_> {
    fn add(&mut self, entry: &ImportedEntry, quotes: &[QuoteDraft]) {
        self.patches.push(Patch::Add(draft(entry, quotes.to_vec())));
        self.say(entry, ChangeKind::Added);
    }

    fn update(
        &mut self,
        before: &ImportedEntry,
        old_quotes: &[QuoteDraft],
        now: &ImportedEntry,
        new_quotes: &[QuoteDraft],
    ) {
        let Some(file) = self.file.get(&now.id) else { return };
        let mut changed = Vec::new();
        let mut fields = EntryFields::default();
        if before.question != now.question && file.question == before.question {
            fields.question = Some(now.question.clone());
            changed.push("question");
        }
        let lists = [
            ("phrasings", &before.variants, &now.variants, &file.variants),
            ("tags", &before.tags, &now.tags, &file.tags),
        ];
        for (name, before, now, file) in lists {
            let merged = merged_list(before, now, file);
            if merged != *file {
                changed.push(name);
                match name {
                    "tags" => fields.tags = Some(merged),
                    _ => fields.variants = Some(merged),
                }
            }
        }
        if before.lead != now.lead && file.lead == before.lead {
            fields.lead = Some(now.lead.clone().unwrap_or_default());
            changed.push("lead");
        }
        let is_answer_changed = before.answers != now.answers;
        let (quotes, is_replaced) =
            self.merged_quotes(old_quotes, new_quotes, file, is_answer_changed);
        if is_answer_changed && !same_texts(&quotes, &file.quotes) {
            changed.push("answer");
        }
        fields.quotes = Some(quotes).filter(|quotes| *quotes != file.quotes);
        if fields != EntryFields::default() {
            self.patches.push(Patch::Replace { id: now.id.clone(), fields });
        }
        if is_replaced {
            self.say(now, ChangeKind::AnswerReplaced);
        } else if !changed.is_empty() {
            self.say(now, ChangeKind::Changed(changed));
        }
    }

    /// The quotes of an entry, and whether those that people chose had to go since the answer changed.
    fn merged_quotes(
        &self,
        old: &[QuoteDraft],
        new: &[QuoteDraft],
        file: &FileEntry,
        is_answer_changed: bool,
    ) -> (Vec<QuoteDraft>, bool) {
        let is_of_source = |quote: &&QuoteDraft| {
            quote.source.is_none() || quote.source.as_deref() == Some(self.source.name())
        };
        let of_source: Vec<&QuoteDraft> = file
            .quotes
            .iter()
            .filter(|quote| {
                is_of_source(quote) && self.only_other_source.is_none_or(|_| quote.source.is_some())
            })
            .collect();
        let others = file
            .quotes
            .iter()
            .filter(|quote| !of_source.contains(quote))
            .map(|quote| self.with_source(quote));
        let is_untouched = old.len() == of_source.len()
            && old.iter().zip(&of_source).all(|(old, file)| same_text(&old.text, &file.text));
        let kept: Option<Vec<QuoteDraft>> = if is_untouched {
            Some(
                new.iter()
                    .zip(of_source.iter().map(|quote| Some(*quote)).chain(std::iter::repeat(None)))
                    .map(|(new, file)| attributed(new, file))
                    .collect(),
            )
        } else {
            of_source.iter().map(|quote| self.located(quote, new)).collect()
        };
        match kept {
            Some(kept) => (kept.into_iter().chain(others).collect(), false),
            None => (new.iter().cloned().chain(others).collect(), is_answer_changed),
        }
    }

    /// The quote with the paragraph in which it stands now, in the answer of its entry if it stands there;
    /// `None` if it stands nowhere.
    fn located(&self, quote: &QuoteDraft, answer: &[QuoteDraft]) -> Option<QuoteDraft> {
        let in_answer = answer.iter().filter_map(|part| part.paragraph).find_map(|first| {
            (first..first + 8)
                .find(|number| Quote::prove(&self.source, &quote.text, Some(*number)).is_ok())
        });
        let paragraph = match in_answer {
            Some(number) => number,
            None => Quote::prove(&self.source, &quote.text, None).ok()?.paragraph(),
        };
        let source = self.named.map(str::to_owned).or_else(|| quote.source.clone());
        Some(QuoteDraft { paragraph: Some(paragraph), source, ..quote.clone() })
    }

    /// A quote of another source, which is named now that there are several.
    fn with_source(&self, quote: &QuoteDraft) -> QuoteDraft {
        let source = quote.source.clone().or_else(|| self.only_other_source.map(str::to_owned));
        QuoteDraft { source, ..quote.clone() }
    }

    /// Names the sources of an entry that no import made, and corrects the paragraphs of those quotes that are
    /// from the source of the import.
    fn name_sources(&mut self, entry: &FileEntry) {
        let quotes: Vec<QuoteDraft> = entry
            .quotes
            .iter()
            .map(|quote| {
                let quote = self.with_source(quote);
                let is_own =
                    quote.source.as_deref().unwrap_or(self.source.name()) == self.source.name();
                if is_own { self.located(&quote, &[]).unwrap_or(quote) } else { quote }
            })
            .collect();
        if quotes != entry.quotes {
            let fields = EntryFields { quotes: Some(quotes), ..EntryFields::default() };
            self.patches.push(Patch::Replace { id: entry.id.clone(), fields });
        }
    }

    fn say(&mut self, entry: &ImportedEntry, kind: ChangeKind) {
        let question = entry.question.clone();
        self.changes.push(MergeChange { id: entry.id.clone(), question, kind });
    }
}

/// The new quote with the speaker that people gave the old one.
fn attributed(new: &QuoteDraft, file: Option<&QuoteDraft>) -> QuoteDraft {
    let Some(file) = file else { return new.clone() };
    QuoteDraft {
        speaker: new.speaker.clone().or_else(|| file.speaker.clone()),
        role: new.role.clone().or_else(|| file.role.clone()),
        source: new.source.clone().or_else(|| file.source.clone()),
        // The text of the file stays as it is written if it says the same.
        text: if same_text(&new.text, &file.text) { file.text.clone() } else { new.text.clone() },
        ..new.clone()
    }
}

/// The list of the pack without what went from the file, and with what came to it.
fn merged_list(before: &[String], now: &[String], file: &[String]) -> Vec<String> {
    let kept = file.iter().filter(|text| now.contains(text) || !before.contains(text));
    let added = now.iter().filter(|text| !before.contains(text) && !file.contains(text));
    kept.chain(added).cloned().collect()
}

fn same_text(a: &str, b: &str) -> bool {
    a == b || Folded::new(a).as_str() == Folded::new(b).as_str()
}

fn same_texts(a: &[QuoteDraft], b: &[QuoteDraft]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same_text(&a.text, &b.text))
}

#[cfg(test)]
mod tests;
