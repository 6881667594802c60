//! From what is typed to a command.

use super::lines::{
    Lines, NotUnderstood, Parsed, is_group, number, only_word, page, split_word, tags, text, words,
};
use super::{
    EditAction, EditCommand, Field, ModeratorCommand, ReadCommand, SettingValue, TypedEntry, Verb,
};
use crate::conversation::wording::Wording;
use crate::knowledge::export::ExportFormat;

impl ModeratorCommand {
    /// The command in `text`, which follows the word [`FAQ`](super::FAQ); `None` if its first word is no verb.
    pub fn parse(text: &str, wording: &Wording) -> Option<Self> {
        let (verb, rest) = split_word(text);
        if verb.is_empty() {
            return Some(Self::Incomplete { verb: None, line: None });
        }
        let verb = wording.verb(verb)?;
        let parsed = parse_arguments(verb, rest, wording);
        Some(parsed.unwrap_or_else(|line| Self::Incomplete {
            verb: Some(verb),
            line: line.map(|NotUnderstood(line)| line),
        }))
    }
}

fn parse_arguments(verb: Verb, rest: &str, wording: &Wording) -> Parsed<ModeratorCommand> {
    let read = |command| Ok(ModeratorCommand::Read(command));
    match verb {
        Verb::List => read(ReadCommand::List(page(rest)?)),
        Verb::Show => read(ReadCommand::Show(only_word(rest)?)),
        Verb::Search => read(ReadCommand::Search(text(rest)?)),
        Verb::Test => read(ReadCommand::Test(text(rest)?)),
        Verb::Synonyms => read(ReadCommand::Synonyms(page(rest)?)),
        Verb::Settings => read(ReadCommand::Settings(page(rest)?)),
        Verb::History => {
            let id = Some(rest.trim()).filter(|id| !id.is_empty()).map(only_word);
            read(ReadCommand::History(id.transpose()?))
        }
        Verb::Diff => read(ReadCommand::Diff(number(rest)?)),
        Verb::Inbox => match only_word(rest).ok().filter(|word| is_group(word)) {
            Some(group) => read(ReadCommand::Group(group)),
            None => match page(rest) {
                Ok(page) => read(ReadCommand::Inbox(page)),
                Err(_) => read(ReadCommand::InboxSearch(text(rest)?)),
            },
        },
        Verb::Dismiss => Ok(ModeratorCommand::Dismiss(words(rest)?)),
        Verb::Export => read(export(rest)?),
        Verb::Save => Ok(ModeratorCommand::Save),
        Verb::Make => {
            let Lines { first, entry, pack, reason, by, since } =
                Lines::parse_below(rest, wording)?;
            if by.is_some() || since.is_some() {
                return Err(None);
            }
            let question = text(&first).ok().or_else(|| entry.question.clone());
            let action = EditAction::Add(TypedEntry { question, ..entry });
            Ok(ModeratorCommand::Make(Box::new(EditCommand { action, pack, reason })))
        }
        Verb::Add
        | Verb::Gap
        | Verb::Edit
        | Verb::Remove
        | Verb::Restore
        | Verb::AddPhrasing
        | Verb::RemovePhrasing
        | Verb::MovePhrasing
        | Verb::AddSynonyms
        | Verb::RemoveSynonyms
        | Verb::Set
        | Verb::Revert
        | Verb::Assign => {
            let mut lines = Lines::parse(rest, wording)?;
            let action = parse_action(verb, &mut lines, wording)?;
            let Lines { pack, reason, by, since, .. } = lines;
            let is_revert_all = matches!(action, EditAction::RevertAll { .. });
            if (by.is_some() || since.is_some()) && !is_revert_all {
                return Err(None);
            }
            Ok(ModeratorCommand::Edit(Box::new(EditCommand { action, pack, reason })))
        }
    }
}

fn parse_action(verb: Verb, lines: &mut Lines, wording: &Wording) -> Parsed<EditAction> {
    let first = lines.first.clone();
    Ok(match verb {
        Verb::Add => EditAction::Add(lines.entry_with_question()?),
        Verb::Gap => match words(&first) {
            Ok(groups) if groups.iter().all(|word| is_group(word)) => {
                EditAction::GapOfGroups { groups }
            }
            _ => EditAction::AddGap(gap(lines)?),
        },
        Verb::Edit => change(lines, wording)?,
        Verb::Remove => EditAction::Remove(only_word(&first)?),
        Verb::Restore => EditAction::Restore(only_word(&first)?),
        Verb::AddPhrasing => {
            let (id, phrasing) = split_word(&first);
            let more = lines.entry.phrasings.clone().unwrap_or_default();
            let phrasings: Vec<String> = text(phrasing).into_iter().chain(more).collect();
            if phrasings.is_empty() {
                return Err(None);
            }
            EditAction::AddPhrasings { id: text(id)?, phrasings }
        }
        Verb::RemovePhrasing => {
            let (id, phrasing) = split_word(&first);
            EditAction::RemovePhrasing { id: text(id)?, phrasing: text(phrasing)? }
        }
        Verb::MovePhrasing => {
            let (from, rest) = split_word(&first);
            let (to, phrasing) = split_word(rest);
            let (from, to, phrasing) = (text(from)?, text(to)?, text(phrasing)?);
            EditAction::MovePhrasing { from, to, phrasing }
        }
        Verb::AddSynonyms => EditAction::AddSynonyms(terms(&first)?),
        Verb::RemoveSynonyms => EditAction::RemoveSynonyms(terms(&first)?),
        Verb::Set => {
            let (setting, value) = split_word(&first);
            let value = SettingValue::Typed(text(value)?);
            EditAction::Set { setting: text(setting)?, value }
        }
        Verb::Revert => revert(lines, wording)?,
        Verb::Assign => {
            let mut groups = words(&first)?;
            let id = groups.pop().filter(|_| !groups.is_empty()).ok_or(None)?;
            EditAction::Assign { groups, id }
        }
        // These change nothing.
        Verb::List
        | Verb::Show
        | Verb::Search
        | Verb::Test
        | Verb::Synonyms
        | Verb::Settings
        | Verb::History
        | Verb::Diff
        | Verb::Inbox
        | Verb::Make
        | Verb::Dismiss
        | Verb::Export
        | Verb::Save => return Err(None),
    })
}

/// Terms that are separated by commas, since they may have several words.
fn terms(first: &str) -> Parsed<Vec<String>> {
    let terms: Vec<String> = tags(first);
    if terms.is_empty() { Err(None) } else { Ok(terms) }
}

/// The format of an export, and the pack; either may be missing.
fn export(rest: &str) -> Parsed<ReadCommand> {
    let (first, more) = split_word(rest);
    let (format, pack) = match ExportFormat::of_name(first) {
        Some(format) => (format, more),
        None => (ExportFormat::JsonLines, rest),
    };
    let pack = Some(pack.trim()).filter(|pack| !pack.is_empty()).map(only_word);
    Ok(ReadCommand::Export { format, pack: pack.transpose()? })
}

/// A gap, which has no answer.
fn gap(lines: &Lines) -> Parsed<TypedEntry> {
    let entry = lines.entry_with_question()?;
    if entry.quotes.is_empty() && entry.lead.is_none() { Ok(entry) } else { Err(None) }
}

/// Takes back a change, or all by somebody.
fn revert(lines: &mut Lines, wording: &Wording) -> Parsed<EditAction> {
    if let Ok(number) = number(&lines.first) {
        return Ok(EditAction::Revert(number));
    }
    // Fields may stand on the first line, too.
    lines.add_fields_of_first_line(wording)?;
    Ok(EditAction::RevertAll { by: lines.by.clone().ok_or(None)?, since: lines.since })
}

fn change(lines: &mut Lines, wording: &Wording) -> Parsed<EditAction> {
    let first = std::mem::take(&mut lines.first);
    let (id, rest) = split_word(&first);
    match text(rest) {
        // A field may stand on the first line, too.
        Ok(field) if lines.add_field(&field, wording).is_ok() => {}
        Ok(question) => lines.entry.question = Some(question),
        Err(_) => {}
    }
    let entry = lines.entry.clone();
    if let Some(new_id) = &entry.id {
        // An id stays, since other entries link to it.
        return Err(Some(NotUnderstood(format!("{}: {new_id}", Field::Id.name()))));
    }
    if entry == TypedEntry::default() {
        return Err(None);
    }
    Ok(EditAction::Change { id: text(id)?, entry })
}
