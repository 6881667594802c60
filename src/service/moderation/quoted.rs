//! Entries that quote messages: their authors are told, and can have them removed.

use std::sync::Arc;

use super::TaskOutput;
use super::task::{ModeratorTask, TaskResult};
use crate::conversation::MessageId;
use crate::conversation::event::MessageQuoted;
use crate::conversation::moderator_command::{EditAction, EditCommand};
use crate::knowledge::{Entry, Quote};
use crate::moderation::edit::Edit;
use crate::moderation::proposal::text_digest;
use crate::service::pack_editor::ProposedEdit;
use crate::store::records::RecordedRevision;

impl ModeratorTask {
    /// Removes the entry `id` of `pack`, as the author of the message that it quotes has wanted: the one whose text has
    /// this digest.
    pub(super) fn remove_quoted(&self, (pack, id): (&str, &str), digest: &str) -> TaskResult {
        let of = self.pack_named(pack)?;
        let pack = self.pack_in_file(of.folder)?;
        let is_of_source =
            |quote: &Quote| pack.sources.iter().any(|it| Arc::ptr_eq(it, quote.source()));
        // It may quote something else by now, also the message of somebody else.
        let is_of_author =
            |quote: &Quote| !is_of_source(quote) && text_digest(quote.source().body()) == digest;
        let is_quoted =
            |entry: &&Entry| entry.id.as_str() == id && entry.quotes().iter().any(is_of_author);
        let entry = pack.entries.iter().find(is_quoted);
        let entry = entry.ok_or_else(|| self.no_longer_available())?;
        let edit = ProposedEdit {
            edit: Edit::Remove { id: entry.id.clone() },
            by: self.author(),
            reason: Some(self.wording.sentence("removed-by-its-author", [])),
            at: self.now,
            seen: None,
        };
        let made = self.editor(of.folder)?.edit(&edit);
        let made = made.map_err(|error| self.edit_failed(error))?;
        let updates = self.saved(&of.pack.name, made).updates;
        Ok(TaskOutput { updates, ..TaskOutput::text(self.sentence("quoted-removed", [])) })
    }
}

/// The message that a saved `command` has made an entry of, whose author has to know.
pub(super) fn message_quoted(
    command: &EditCommand,
    recorded: &[RecordedRevision],
) -> Option<Box<MessageQuoted>> {
    let EditAction::Add(entry) = &command.action else { return None };
    let (message, RecordedRevision { id, revision }) = (entry.message.as_ref()?, recorded.first()?);
    Some(Box::new(MessageQuoted {
        id: MessageId::from(format!("{}:quoted:{id}", message.id)),
        message: message.id.clone(),
        place: message.place.clone(),
        author: message.author.clone()?,
        pack: revision.subject.id(),
        entry: revision.entry.clone(),
        question: entry.question.clone()?,
        text_digest: text_digest(&message.text),
    }))
}
