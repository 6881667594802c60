//! From a typed command to an edit of a pack.

use std::sync::Arc;

use crate::conversation::layout::one_line;
use crate::conversation::moderator_command::{EditAction, EditCommand, TypedEntry};
use crate::knowledge::{
    Entry, EntryDraft, EntryFields, EntryId, LexiconPatch, MessageDraft, Pack, Quote, QuoteDraft,
    Source, passage,
};

use super::Edit;

/// Why a typed command is no edit of a pack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TypedEditError {
    /// The id breaks the rules for ids.
    BadId,
    /// The edit needs what only the records have: it restores, takes back, or is about a group of the inbox or a setting.
    NeedsRecords,
}

/// The edit of `pack` that `action` asks for. A quote that an entry has already keeps its source, paragraph and
/// speaker, unless the command says otherwise.
///
/// # Errors
/// [`TypedEditError`].
pub fn typed_edit(action: &EditAction, pack: &Pack) -> Result<Edit, TypedEditError> {
    match action {
        EditAction::Add(entry) | EditAction::AddGap(entry) => Ok(Edit::Add(draft(entry, pack)?)),
        EditAction::Change { id, entry } => {
            let id = existing(id)?;
            let old = pack.entries.iter().find(|it| it.id == id);
            Ok(Edit::Change { id, fields: changed_fields(entry, old) })
        }
        EditAction::Remove(id) => Ok(Edit::Remove { id: existing(id)? }),
        EditAction::AddPhrasings { id, phrasings } => {
            let phrasings = phrasings.iter().map(|text| one_line(text)).collect();
            Ok(Edit::AddPhrasings { id: existing(id)?, phrasings })
        }
        EditAction::RemovePhrasing { id, phrasing } => {
            Ok(Edit::RemovePhrasing { id: existing(id)?, phrasing: phrasing.clone() })
        }
        EditAction::MovePhrasing { from, to, phrasing } => Ok(Edit::MovePhrasing {
            from: existing(from)?,
            to: existing(to)?,
            phrasing: phrasing.clone(),
        }),
        EditAction::AddSynonyms(terms) => Ok(Edit::ChangeLexicon(LexiconPatch::Add(terms.clone()))),
        EditAction::RemoveSynonyms(terms) => {
            Ok(Edit::ChangeLexicon(LexiconPatch::Remove(terms.clone())))
        }
        EditAction::Restore(_)
        | EditAction::Revert(_)
        | EditAction::RevertAll { .. }
        | EditAction::Assign { .. }
        | EditAction::GapOfGroups { .. }
        | EditAction::Set { .. } => Err(TypedEditError::NeedsRecords),
    }
}

/// What is typed and differs from the `old` entry: a form has all of it, and what is the same keeps its bytes.
fn changed_fields(entry: &TypedEntry, old: Option<&Entry>) -> EntryFields {
    let old_lead = old.and_then(Entry::lead);
    let old_quotes = old.map(Entry::quotes).unwrap_or_default();
    let list = |typed: &Option<Vec<String>>, old: Option<&Vec<String>>| {
        typed.clone().filter(|typed| old.is_none_or(|old| old != typed))
    };
    let attributes = [&entry.source, &entry.speaker, &entry.role];
    let has_attributes = entry.paragraph.is_some() || attributes.iter().any(|it| it.is_some());
    let is_same = entry.quotes.len() == old_quotes.len()
        && entry.quotes.iter().zip(old_quotes).all(|(text, old)| is_quote(text, old));
    let quotes: Vec<QuoteDraft> = if has_attributes && entry.quotes.is_empty() {
        // Only who is quoted, or where.
        old_quotes.iter().map(|it| quote(it.text(), entry, old)).collect()
    } else {
        entry.quotes.iter().map(|text| quote(text, entry, old)).collect()
    };
    EntryFields {
        question: entry.question.clone().filter(|it| old.is_none_or(|old| old.question != *it)),
        variants: list(&entry.phrasings, old.map(|old| &old.variants)),
        lead: entry.lead.clone().filter(|it| old_lead.unwrap_or_default() != it),
        tags: list(&entry.tags, old.map(|old| &old.tags)),
        see_also: None,
        quotes: Some(quotes).filter(|it| !it.is_empty() && (!is_same || has_attributes)),
    }
}

/// Whether `text` is what `quote` says.
fn is_quote(text: &str, quote: &Quote) -> bool {
    one_line(quote.text()) == one_line(text)
}

/// The id of an entry that the file has, or has not: that shows when it is patched. An entry with errors is not in the
/// pack, and can be repaired.
fn existing(id: &str) -> Result<EntryId, TypedEditError> {
    EntryId::new(id).ok_or(TypedEditError::BadId)
}

fn draft(entry: &TypedEntry, pack: &Pack) -> Result<EntryDraft, TypedEditError> {
    let question = entry.question.as_deref().map(one_line).unwrap_or_default();
    let is_taken = |id: &str| pack.entries.iter().any(|entry| entry.id.as_str() == id);
    let id = match &entry.id {
        Some(id) => EntryId::new(id).ok_or(TypedEditError::BadId)?,
        None => EntryId::from_question(&question, is_taken),
    };
    Ok(EntryDraft {
        variants: entry.phrasings.clone().unwrap_or_default(),
        lead: entry.lead.clone().filter(|lead| !lead.is_empty()),
        tags: entry.tags.clone().unwrap_or_default(),
        message: entry.message.as_ref().map(|message| MessageDraft {
            text: message.text.clone(),
            author: message.author_name.clone(),
            date: message.date.clone(),
            url: message.url.clone(),
        }),
        quotes: entry.quotes.iter().map(|text| quote(text, entry, None)).collect(),
        ..EntryDraft::new(id, &question)
    })
}

fn quote(text: &str, entry: &TypedEntry, old: Option<&Entry>) -> QuoteDraft {
    let same = old.and_then(|old| old.quotes().iter().find(|quote| is_quote(text, quote)));
    let same = same.map(|quote| QuoteDraft {
        text: quote.text().to_owned(),
        source: Some(quote.source().name().to_owned()),
        paragraph: Some(quote.paragraph()),
        speaker: quote.speaker().map(str::to_owned),
        role: quote.role().map(str::to_owned),
    });
    let same =
        same.unwrap_or_else(|| QuoteDraft { text: text.to_owned(), ..QuoteDraft::default() });
    QuoteDraft {
        source: entry.source.clone().or(same.source),
        paragraph: entry.paragraph.or(same.paragraph),
        speaker: entry.speaker.clone().or(same.speaker),
        role: entry.role.clone().or(same.role),
        text: same.text,
    }
}

/// A command whose misquote is replaced by what the source says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Correction {
    /// The command with the words of the source.
    pub command: EditCommand,
    /// These words.
    pub text: String,
    /// The number, from 1, of the paragraph where they start.
    pub paragraph: usize,
}

/// The command with its first quote that is in no source replaced by the nearest passage; `None` if all quotes stand
/// in a source, or nothing is near.
pub fn correction(command: &EditCommand, pack: &Pack) -> Option<Correction> {
    let (EditAction::Add(entry) | EditAction::Change { entry, .. }) = &command.action else {
        return None;
    };
    // A message is at hand; its words can be copied.
    if entry.message.is_some() {
        return None;
    }
    let sources: Vec<&Arc<Source>> = pack
        .sources
        .iter()
        .filter(|source| entry.source.as_deref().is_none_or(|name| name == source.name()))
        .collect();
    let is_quoted = |text: &String| {
        sources.iter().any(|source| one_line(source.body()).contains(&one_line(text)))
    };
    let (number, text) = entry.quotes.iter().enumerate().find(|(_, text)| !is_quoted(text))?;
    // What cuts a word would be refused, too.
    let passage = sources.iter().find_map(|source| {
        let passage = passage::nearest(source, text)?;
        Quote::prove(source, passage.text, Some(passage.paragraph)).ok().map(|_| passage)
    })?;
    let mut quotes = entry.quotes.clone();
    passage.text.clone_into(quotes.get_mut(number)?);
    // The passage may stand in another paragraph than was typed.
    let entry = TypedEntry { quotes, paragraph: None, ..entry.clone() };
    let action = match &command.action {
        EditAction::Change { id, .. } => EditAction::Change { id: id.clone(), entry },
        _ => EditAction::Add(entry),
    };
    Some(Correction {
        command: EditCommand { action, ..command.clone() },
        text: passage.text.to_owned(),
        paragraph: passage.paragraph,
    })
}

#[cfg(test)]
mod tests;
