//! From an entry to the command that a moderator would type for it: the reverse of [`ModeratorCommand::parse`].
//!
//! [`ModeratorCommand::parse`]: super::ModeratorCommand::parse

use super::{FAQ, Field, TypedEntry, Verb};
use crate::conversation::layout::one_line;

/// The command that adds `entry`, with the word [`FAQ`].
pub fn add_command(entry: &TypedEntry) -> String {
    let question = one_line(entry.question.as_deref().unwrap_or_default());
    let below = TypedEntry { question: None, ..entry.clone() };
    command(Verb::Add, &question, &below)
}

/// The command that changes the entry `id` to what `entry` says, with the word [`FAQ`].
pub fn edit_command(id: &str, entry: &TypedEntry) -> String {
    command(Verb::Edit, id, entry)
}

fn command(verb: Verb, argument: &str, entry: &TypedEntry) -> String {
    let mut lines = vec![format!("{FAQ} {} {argument}", verb.name())];
    let TypedEntry {
        question,
        id,
        phrasings,
        quotes,
        lead,
        tags,
        source,
        paragraph,
        speaker,
        role,
        // It is not typed.
        message: _,
    } = entry;
    for quote in quotes {
        // A blank line separates quotes.
        lines.push(String::new());
        lines.extend(quote.lines().map(|line| format!("> {line}")));
    }
    match phrasings.as_deref() {
        Some([]) => lines.push(field(Field::Phrasings, "")),
        Some(phrasings) => lines.extend(phrasings.iter().map(|it| format!("- {}", one_line(it)))),
        None => {}
    }
    let tags = tags.as_ref().map(|tags| tags.join(", "));
    let paragraph = paragraph.map(|paragraph| paragraph.to_string());
    let fields = [
        (Field::Question, question),
        (Field::Id, id),
        (Field::Lead, lead),
        (Field::Tags, &tags),
        (Field::Source, source),
        (Field::Paragraph, &paragraph),
        (Field::Speaker, speaker),
        (Field::Role, role),
    ];
    let given = fields.into_iter().filter_map(|(name, value)| Some((name, value.as_deref()?)));
    lines.extend(given.map(|(name, value)| field(name, value)));
    lines.join("\n")
}

fn field(field: Field, value: &str) -> String {
    format!("{}: {}", field.name(), one_line(value))
}
