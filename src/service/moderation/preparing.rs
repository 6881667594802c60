//! Makes the edit that a command asks for, of the files as they are now.

use super::task::{ModeratorTask, PackOfSpace};
use crate::conversation::Timestamp;
use crate::conversation::moderator_command::{EditAction, EditCommand};
use crate::moderation::edit::Edit;
use crate::moderation::typed_edit::{TypedEditError, typed_edit};
use crate::service::pack_editor::EditsBy;
use crate::store::records::{AuthorFilter, RecordedRevision};
use crate::text::RichText;

/// An edit of a pack, as the records and the file have it.
pub(super) struct PreparedEdit<'a> {
    pub(super) of: PackOfSpace<'a>,
    pub(super) edit: Edit,
    /// The command, which names the pack and has the entry's own ids.
    pub(super) command: EditCommand,
    /// What the edit leaves of what it should take back, since others have changed the same places.
    pub(super) kept: Vec<RecordedRevision>,
}

impl ModeratorTask {
    /// The pack with this name, or the only one of the space.
    pub(super) fn pack_or_only(&self, name: Option<&str>) -> Result<PackOfSpace<'_>, RichText> {
        match name {
            Some(name) => self.pack_named(name),
            None => self.only_pack(),
        }
    }

    /// The edit that `command` asks for, of the files as they are now.
    pub(super) fn prepare(&self, command: &EditCommand) -> Result<PreparedEdit<'_>, RichText> {
        let mut command = command.clone();
        let of = match &mut command.action {
            EditAction::Revert(number) => {
                let number = *number;
                return self.prepare_revert(command, number);
            }
            EditAction::RevertAll { by, since } => {
                let (by, since) = (by.clone(), *since);
                return self.prepare_revert_all(command, by, since);
            }
            EditAction::MovePhrasing { from, to, .. } => {
                let (of, own) = self.pack_of_command(&command.pack, from)?;
                *from = own;
                // Both are of one pack: an entry of another is reported as missing.
                *to = own_id(&of, to).to_owned();
                of
            }
            EditAction::Change { id, .. }
            | EditAction::Remove(id)
            | EditAction::Restore(id)
            | EditAction::AddPhrasings { id, .. }
            | EditAction::RemovePhrasing { id, .. } => {
                let (of, own) = self.pack_of_command(&command.pack, id)?;
                *id = own;
                of
            }
            EditAction::Add(_)
            | EditAction::AddGap(_)
            | EditAction::AddSynonyms(_)
            | EditAction::RemoveSynonyms(_)
            | EditAction::Assign { .. }
            | EditAction::GapOfGroups { .. }
            | EditAction::Set { .. } => self.pack_or_only(command.pack.as_deref())?,
        };
        let edit = match &command.action {
            EditAction::Restore(id) => {
                let mut editor = self.editor(of.folder)?;
                editor.catch_up(self.now).map_err(|error| self.edit_failed(error))?;
                let removal = editor.removal_of(id);
                let removal = removal.map_err(|error| self.edit_failed(error.into()))?;
                if removal.is_empty() {
                    return Err(self.sentence("not-removed-last", [("id", id)]));
                }
                revert_of(removal)
            }
            action => {
                let pack = self.pack_in_file(of.folder)?;
                typed_edit(action, &pack).map_err(|error| match error {
                    TypedEditError::BadId => self.sentence("bad-id", []),
                    TypedEditError::NeedsRecords => self.no_longer_available(),
                })?
            }
        };
        command.pack = Some(of.pack.name.clone());
        Ok(PreparedEdit { of, edit, command, kept: Vec::new() })
    }

    /// The pack of the entry `id` in a command that may name the pack, and the entry's id in it.
    fn pack_of_command(
        &self,
        pack: &Option<String>,
        id: &str,
    ) -> Result<(PackOfSpace<'_>, String), RichText> {
        let Some(name) = pack else { return self.pack_of(id) };
        let of = self.pack_named(name)?;
        let own = own_id(&of, id).to_owned();
        Ok((of, own))
    }

    fn prepare_revert(
        &self,
        mut command: EditCommand,
        number: i64,
    ) -> Result<PreparedEdit<'_>, RichText> {
        for of in self.packs() {
            let edit = self.editor(of.folder)?.edit_of(number);
            let edit = edit.map_err(|error| self.edit_failed(error.into()))?;
            if edit.is_empty() {
                continue;
            }
            let numbers: Vec<String> = edit.iter().map(|it| it.id.to_string()).collect();
            command.reason = Some(self.reason_of_revert(&numbers.join(", "), command.reason));
            command.pack = Some(of.pack.name.clone());
            return Ok(PreparedEdit { of, edit: revert_of(edit), command, kept: Vec::new() });
        }
        Err(self.sentence("no-such-revision", [("number", &number.to_string())]))
    }

    /// The reason of an edit that takes back the revisions with these numbers.
    pub(super) fn reason_of_revert(&self, numbers: &str, given: Option<String>) -> String {
        with_prefix(self.wording.sentence("takes-back", [("numbers", numbers)]), given)
    }

    fn prepare_revert_all(
        &self,
        mut command: EditCommand,
        by: String,
        since: Option<Timestamp>,
    ) -> Result<PreparedEdit<'_>, RichText> {
        let of = self.pack_or_only(command.pack.as_deref())?;
        let found = self.editor(of.folder)?.edits_by(AuthorFilter::named(&by), since, self.now);
        let found = found.map_err(|error| self.edit_failed(error))?;
        let Some(EditsBy { reverted, kept }) = found else {
            return Err(self.sentence("no-revisions-by", [("by", &by)]));
        };
        let takes_back = match since {
            Some(since) => {
                let values = [("by", &*by), ("at", &since.to_the_minute())];
                self.wording.sentence("takes-back-since", values)
            }
            None => self.wording.sentence("takes-back-all", [("by", &by)]),
        };
        command.reason = Some(with_prefix(takes_back, command.reason));
        command.pack = Some(of.pack.name.clone());
        Ok(PreparedEdit { of, edit: reverted, command, kept })
    }
}

/// `id` without the name of its pack, which it may begin with.
fn own_id<'a>(of: &PackOfSpace<'_>, id: &'a str) -> &'a str {
    id.strip_prefix(&*of.pack.name).and_then(|rest| rest.strip_prefix(':')).unwrap_or(id)
}

/// A reason that begins with `prefix`, once: a command that was shown is prepared again.
fn with_prefix(prefix: String, reason: Option<String>) -> String {
    match reason {
        Some(given) if given.starts_with(&prefix) => given,
        Some(given) => format!("{prefix}: {given}"),
        None => prefix,
    }
}

fn revert_of(edit: Vec<RecordedRevision>) -> Edit {
    Edit::Revert(edit.into_iter().map(|recorded| recorded.revision).collect())
}
