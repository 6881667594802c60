//! The form (modal) in which moderators write an entry, and the text command that it stands for.
//!
//! serenity 0.12 loses the values of the newer Label components, so inputs stand in action rows.

use serenity::builder::{CreateActionRow, CreateInputText, CreateModal};
use serenity::model::application::{ActionRowComponent, InputTextStyle, ModalInteractionData};
use sha2::{Digest, Sha256};

use super::markdown::truncate;
use crate::conversation::moderator_command::{TypedEntry, add_command, edit_command, tags};
use crate::conversation::wording::Wording;
use crate::knowledge::Entry;
use crate::matching::Index;

/// Discord's limits of characters of a title and a label, and of a value.
const MAX_TITLE: usize = 45;
const MAX_VALUE: usize = 4000;

/// Prefix of the id of a form, with the version of its fields.
const PREFIX: &str = "q1:entry";

/// The inputs.
const QUESTION: &str = "question";
const QUOTES: &str = "quotes";
const PHRASINGS: &str = "phrasings";
const LEAD: &str = "lead";
const TAGS: &str = "tags";

/// The form for a new entry with this question.
pub(super) fn for_new_entry(question: &str, wording: &Wording) -> CreateModal {
    let title = wording.sentence("form-add", []);
    let inputs = [
        input(QUESTION, question, true, wording),
        input(QUOTES, "", false, wording),
        input(PHRASINGS, "", false, wording),
        input(LEAD, "", false, wording),
        input(TAGS, "", false, wording),
    ];
    form(PREFIX.to_owned(), &title, inputs.into_iter().flatten())
}

/// The form to change the entry with this public id. What is longer than an input may be is left out, and so stays as
/// it is.
pub(super) fn for_entry(id: &str, entry: &Entry, wording: &Wording) -> CreateModal {
    let quotes: Vec<&str> = entry.quotes().iter().map(|quote| quote.text()).collect();
    let title = wording.sentence("form-edit", [("id", id)]);
    let mut inputs = vec![input(QUESTION, &entry.question, true, wording)];
    if !entry.is_gap() {
        inputs.push(input(QUOTES, &quotes.join("\n\n"), false, wording));
    }
    inputs.push(input(PHRASINGS, &entry.variants.join("\n"), false, wording));
    if !entry.is_gap() {
        inputs.push(input(LEAD, entry.lead().unwrap_or_default(), false, wording));
    }
    inputs.push(input(TAGS, &entry.tags.join(", "), false, wording));
    form(format!("{PREFIX}:{}", key(id)), &title, inputs.into_iter().flatten())
}

fn form(id: String, title: &str, inputs: impl Iterator<Item = CreateInputText>) -> CreateModal {
    let rows = inputs.map(CreateActionRow::InputText).collect();
    CreateModal::new(id, truncate(title, MAX_TITLE)).components(rows)
}

/// An input with a value; `None` if the value is too long for it.
fn input(name: &str, value: &str, is_required: bool, wording: &Wording) -> Option<CreateInputText> {
    if value.encode_utf16().count() > MAX_VALUE {
        return None;
    }
    let style = if [QUOTES, PHRASINGS].contains(&name) {
        InputTextStyle::Paragraph
    } else {
        InputTextStyle::Short
    };
    let label = truncate(&wording.sentence(&format!("form-{name}"), []), MAX_TITLE);
    let input = CreateInputText::new(style, label, name).required(is_required);
    Some(if value.is_empty() { input } else { input.value(value) })
}

/// What stands for an id in that of a form, which has at most 100 characters: as many as an id alone.
fn key(id: &str) -> String {
    Sha256::digest(id).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// The command that a submitted form stands for; `None` if it is no form of quoth's.
pub(super) fn command(submitted: &ModalInteractionData, index: &Index) -> Option<String> {
    let of = submitted.custom_id.strip_prefix(PREFIX)?;
    let input = |name: &str| {
        let rows = submitted.components.iter().flat_map(|row| &row.components);
        let mut inputs = rows.filter_map(|component| match component {
            ActionRowComponent::InputText(input) => Some(input),
            _ => None,
        });
        let input = inputs.find(|input| input.custom_id == name)?;
        // What is emptied in the form of an entry is removed.
        let value = input.value.as_deref().unwrap_or_default().trim();
        (!value.is_empty() || !of.is_empty()).then_some(value)
    };
    let entry = TypedEntry {
        question: input(QUESTION).map(str::to_owned),
        quotes: input(QUOTES).map(paragraphs).unwrap_or_default(),
        phrasings: input(PHRASINGS).map(|text| lines(text).map(str::to_owned).collect()),
        lead: input(LEAD).map(str::to_owned),
        tags: input(TAGS).map(tags),
        ..TypedEntry::default()
    };
    Some(match of.strip_prefix(':') {
        None => add_command(&entry),
        Some(of) => {
            let ids = (0..index.n_entries()).map(|number| index.entry_id(number));
            // A form of an entry that is gone is a command that says so.
            let id = ids.into_iter().find(|id| key(id) == of).unwrap_or_else(|| of.to_owned());
            edit_command(&id, &entry)
        }
    })
}

/// The lines of `text` that are not blank.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty())
}

/// The parts of `text` between blank lines.
fn paragraphs(text: &str) -> Vec<String> {
    let all: Vec<&str> = text.lines().map(str::trim).collect();
    let parts = all.split(|line| line.is_empty()).filter(|part| !part.is_empty());
    parts.map(|part| part.join("\n")).collect()
}
