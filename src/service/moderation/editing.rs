//! Edits of packs: shown first, then made.

use std::path::Path;
use std::sync::Arc;

use super::TaskOutput;
use super::task::{ModeratorTask, PackOfSpace, TaskResult};
use crate::conversation::event::MessageQuoted;
use crate::conversation::layout::one_line;
use crate::conversation::moderator_command::{EditAction, EditCommand, TypedEntry, Verb};
use crate::conversation::reply::ModerationReply;
use crate::conversation::sent_reply::FOR_OWNERS;
use crate::conversation::{Control, MessageId, ReplyKind, Timestamp};
use crate::knowledge::{Entry, EntryChange, Quote};
use crate::moderation::edit::{Edit, RefusedEdit};
use crate::moderation::proposal::{digest, text_digest};
use crate::moderation::report::{self, Report};
use crate::moderation::typed_edit::{TypedEditError, correction, typed_edit};
use crate::moderation::{Proposal, ProposedCommand};
use crate::service::knowledge_base::{PackUpdate, PreparedPack};
use crate::service::pack_editor::{EditError, EditsBy, MadeEdit, ProposedEdit, ReviewedChange};
use crate::store::records::{AuthorFilter, RecordedRevision};
use crate::text::RichText;
use crate::text::rich_text::Inline;

/// Most passages that are offered for a new entry: as many buttons are in a row.
const MAX_QUOTES_OFFERED: usize = 5;

/// An edit of a pack, as the records and the file have it.
struct PreparedEdit<'a> {
    of: PackOfSpace<'a>,
    edit: Edit,
    /// The command, which names the pack and has the entry's own ids.
    command: EditCommand,
    /// What the edit leaves of what it should take back, since others have changed the same places.
    kept: Vec<RecordedRevision>,
}

impl ModeratorTask {
    /// Shows what a command would change.
    pub(super) fn propose(&self, command: EditCommand) -> TaskResult {
        match &command.action {
            EditAction::Add(entry) if entry.quotes.is_empty() => self.offer_quotes(&command, entry),
            EditAction::Assign { group, id } => self.assign(group, id, command.reason.clone()),
            EditAction::GapOfGroup { group } => self.gap_of_group(group, command.reason.clone()),
            _ => self.preview(ProposedCommand { command, seen: None, settles: Vec::new() }),
        }
    }

    /// Passages of the sources that a new entry may quote.
    fn offer_quotes(&self, command: &EditCommand, entry: &TypedEntry) -> TaskResult {
        let question = entry.question.as_deref().unwrap_or_default();
        let of = self.pack_for(command)?;
        let is_of_pack =
            |quote: &Quote| of.pack.sources.iter().any(|it| Arc::ptr_eq(it, quote.source()));
        let quotes = self.index().index.nearest_sentences(question, MAX_QUOTES_OFFERED);
        let quotes: Vec<Quote> =
            quotes.into_iter().filter(is_of_pack).take(MAX_QUOTES_OFFERED).collect();
        if quotes.is_empty() {
            let usage = self.usage(Some(Verb::Add), None);
            let mut text = self.sentence("no-passage", []);
            text.blocks.extend(usage.blocks);
            return Err(text);
        }
        let alternative = |quote: &Quote| {
            let entry = TypedEntry {
                quotes: vec![quote.text().to_owned()],
                source: Some(quote.source().name().to_owned()),
                paragraph: Some(quote.paragraph()),
                ..entry.clone()
            };
            let command = EditCommand { action: EditAction::Add(entry), ..command.clone() };
            ProposedCommand { command, seen: None, settles: Vec::new() }
        };
        let lines = quotes.iter().map(|it| vec![Inline::Text(one_line(it.text()))]).collect();
        let heading = self.wording.sentence("pick-a-quote", []);
        Ok(TaskOutput {
            reply: ModerationReply {
                text: Report::new(&heading).numbered(1, lines).text(),
                choices: quotes.iter().map(|quote| one_line(quote.text())).collect(),
                controls: Vec::new(),
            },
            kind: ReplyKind::Choice,
            proposal: Some(Proposal { alternatives: quotes.iter().map(alternative).collect() }),
            ..TaskOutput::text(RichText::default())
        })
    }

    /// Shows what `proposed` would change, or why it is refused.
    pub(super) fn preview(&self, proposed: ProposedCommand) -> TaskResult {
        let PreparedEdit { of, edit, command, kept } = self.prepare(&proposed.command)?;
        let proposed = ProposedCommand { command, ..proposed };
        match self.review(of.folder, &edit)? {
            Ok(reviewed) => Ok(self.proposal(self.kept(&kept), &reviewed, proposed)),
            Err(EditError::Refused(RefusedEdit::NoChange)) if !kept.is_empty() => {
                Err(self.kept(&kept).text())
            }
            Err(EditError::Refused(RefusedEdit::Invalid(rejection))) => {
                let refused = RefusedEdit::Invalid(rejection);
                let refusal = report::refusal(&refused, self.wording);
                self.offer_correction(&of, proposed, refusal)
            }
            Err(error) => Err(self.edit_failed(error)),
        }
    }

    /// Which changes stay.
    fn kept(&self, kept: &[RecordedRevision]) -> Report {
        if kept.is_empty() {
            return Report::default();
        }
        let sentence = self.wording.sentence("changed-by-others-since", []);
        let lines = kept.iter().map(|recorded| self.revision_line(recorded)).collect();
        Report::new(&sentence).list(lines)
    }

    /// Reviews an edit of the pack in `folder`, and prepares the pack for being served with it.
    fn review(
        &self,
        folder: &Path,
        edit: &Edit,
    ) -> Result<Result<ReviewedChange, EditError>, RichText> {
        let reviewed = self.editor(folder)?.review(edit);
        if let Ok(ReviewedChange { prepared: Some(prepared), .. }) = &reviewed {
            self.knowledge_base.prepare(prepared.clone());
        }
        Ok(reviewed)
    }

    /// Shows changes and what they do below `report`, to be saved.
    fn proposal(
        &self,
        report: Report,
        ReviewedChange { entries: changes, review, .. }: &ReviewedChange,
        proposed: ProposedCommand,
    ) -> TaskOutput {
        let pack = proposed.command.pack.as_deref().unwrap_or_default();
        let public = |change: &EntryChange| EntryChange {
            id: self.public_id(pack, &change.id),
            ..change.clone()
        };
        let shown: Vec<EntryChange> = changes.iter().map(public).collect();
        let report = report.proposed(&shown, self.wording).review(review, self.wording);
        let text = report.paragraph(&self.wording.sentence("not-saved-yet", [])).text();
        let proposed = ProposedCommand { seen: Some(digest(changes)), ..proposed };
        let for_owners = proposed.command.is_for_owners().then(|| FOR_OWNERS.to_owned());
        TaskOutput {
            reply: ModerationReply { text, choices: Vec::new(), controls: vec![Control::Save] },
            kind: ReplyKind::Proposal,
            entries: for_owners.into_iter().collect(),
            proposal: Some(Proposal { alternatives: vec![proposed] }),
            ..TaskOutput::text(RichText::default())
        }
    }

    /// Below why an edit is refused, offers what the source says instead of a misquote.
    fn offer_correction(
        &self,
        of: &PackOfSpace<'_>,
        proposed: ProposedCommand,
        refusal: RichText,
    ) -> TaskResult {
        let pack = self.pack_in_file(of.folder)?;
        let Some(correction) = correction(&proposed.command, &pack) else { return Err(refusal) };
        let paragraph = correction.paragraph.to_string();
        let offer = self.wording.sentence("misquoted", [("paragraph", &paragraph)]);
        let text = Report::new(&offer).quote(&correction.text).text();
        let corrected = ProposedCommand { command: correction.command, ..proposed };
        Ok(TaskOutput {
            reply: ModerationReply {
                text,
                choices: vec![self.wording.sentence("use-that", [])],
                controls: Vec::new(),
            },
            kind: ReplyKind::Choice,
            proposal: Some(Proposal { alternatives: vec![corrected] }),
            ..TaskOutput::text(RichText::default())
        })
    }

    /// Makes the edit that was proposed.
    pub(super) fn save(&self, proposal: Option<Proposal>) -> TaskResult {
        let proposed = proposal.and_then(|mut it| it.alternatives.pop());
        let proposed = proposed.filter(|proposed| proposed.seen.is_some());
        let proposed = proposed.ok_or_else(|| self.sentence("nothing-proposed", []))?;
        let PreparedEdit { of, edit, command, .. } = self.prepare(&proposed.command)?;
        let edit = ProposedEdit {
            edit,
            by: self.author(),
            reason: command.reason.clone(),
            at: self.now,
            seen: proposed.seen.clone(),
        };
        match self.editor(of.folder)?.edit(&edit) {
            Ok(made) => {
                self.settle(&proposed.settles);
                let quoted = message_quoted(&command, &made.revisions);
                Ok(TaskOutput { quoted, ..self.saved(&of.pack.name, made) })
            }
            Err(EditError::ChangedMeanwhile { .. }) => {
                let reviewed = self.review(of.folder, &edit.edit)?;
                let reviewed = reviewed.map_err(|error| self.edit_failed(error))?;
                let report = Report::new(&self.wording.sentence("changed-meanwhile", []));
                Ok(self.proposal(report, &reviewed, proposed))
            }
            Err(error) => Err(self.edit_failed(error)),
        }
    }

    /// Takes back the edit with the revision `number` of the pack with this name, at once.
    pub(super) fn take_back(&self, pack: &str, number: &str) -> TaskResult {
        let action = EditAction::Revert(number.parse().map_err(|_| self.no_longer_available())?);
        let pack = Some(pack.to_owned());
        let PreparedEdit { of, edit, command, .. } =
            self.prepare(&EditCommand { action, pack, reason: None })?;
        let edit = ProposedEdit {
            edit,
            by: self.author(),
            reason: command.reason,
            at: self.now,
            seen: None,
        };
        let made = self.editor(of.folder)?.edit(&edit);
        Ok(self.saved(&of.pack.name, made.map_err(|error| self.edit_failed(error))?))
    }

    /// Has questions answered with what was saved, and says so.
    fn saved(&self, name: &str, MadeEdit { revisions, pack }: MadeEdit) -> TaskOutput {
        self.knowledge_base.prepare(PreparedPack { pack, index: None });
        let numbers: Vec<String> = revisions.iter().map(|it| it.id.to_string()).collect();
        let (sentence, updates): (_, Vec<PackUpdate>) = match self.knowledge_base.reload_packs() {
            Ok(updates) => ("saved", updates),
            Err(error) => {
                tracing::error!("An edit is saved, but the packs cannot be reloaded: {error}");
                ("saved-not-served", Vec::new())
            }
        };
        let text = self.wording.sentence(sentence, [("numbers", &numbers.join(", "))]);
        let mut report = Report::new(&text);
        for recorded in &revisions {
            report = report.list(vec![self.revision_line(recorded)]);
            let revision = &recorded.revision;
            let [before, after] = [&revision.before, &revision.after].map(|text| text.as_deref());
            report = report.difference(before, after);
        }
        TaskOutput {
            reply: ModerationReply {
                text: report.text(),
                choices: Vec::new(),
                controls: vec![Control::TakeBack],
            },
            kind: ReplyKind::Edited,
            entries: std::iter::once(name.to_owned()).chain(numbers.into_iter().take(1)).collect(),
            proposal: None,
            updates,
            quoted: None,
        }
    }

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

    /// The pack that `command` is about, if no entry says so.
    fn pack_for(&self, command: &EditCommand) -> Result<PackOfSpace<'_>, RichText> {
        match &command.pack {
            Some(name) => self.pack_named(name),
            None => self.only_pack(),
        }
    }

    /// The edit that `command` asks for, of the files as they are now.
    fn prepare(&self, command: &EditCommand) -> Result<PreparedEdit<'_>, RichText> {
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
                if let Some(own) =
                    to.strip_prefix(&*of.pack.name).and_then(|it| it.strip_prefix(':'))
                {
                    *to = own.to_owned();
                }
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
            | EditAction::Assign { .. }
            | EditAction::GapOfGroup { .. } => match &command.pack {
                Some(name) => self.pack_named(name)?,
                None => self.only_pack()?,
            },
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

    fn pack_of_command(
        &self,
        pack: &Option<String>,
        id: &str,
    ) -> Result<(PackOfSpace<'_>, String), RichText> {
        let Some(name) = pack else { return self.pack_of(id) };
        let of = self.pack_named(name)?;
        let own = id.strip_prefix(&**name).and_then(|rest| rest.strip_prefix(':'));
        let own = own.unwrap_or(id).to_owned();
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
            let numbers = numbers.join(", ");
            let takes_back = self.wording.sentence("takes-back", [("numbers", &numbers)]);
            command.reason = Some(with_prefix(takes_back, command.reason));
            command.pack = Some(of.pack.name.clone());
            return Ok(PreparedEdit { of, edit: revert_of(edit), command, kept: Vec::new() });
        }
        Err(self.sentence("no-such-revision", [("number", &number.to_string())]))
    }

    fn prepare_revert_all(
        &self,
        mut command: EditCommand,
        by: String,
        since: Option<Timestamp>,
    ) -> Result<PreparedEdit<'_>, RichText> {
        let of = self.pack_for(&command)?;
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

/// The message that a saved `command` has made an entry of, whose author has to know.
fn message_quoted(
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
        pack: revision.pack.clone(),
        entry: revision.entry.clone(),
        question: entry.question.clone()?,
        text_digest: text_digest(&message.text),
    }))
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
