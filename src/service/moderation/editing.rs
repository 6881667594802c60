//! Edits of packs: shown first, then made when they are saved.

use std::path::Path;
use std::sync::Arc;

use super::TaskOutput;
use super::preparing::PreparedEdit;
use super::quoted::message_quoted;
use super::task::{ModeratorTask, PackOfSpace, TaskResult};
use crate::conversation::layout::one_line;
use crate::conversation::moderator_command::{EditAction, EditCommand, TypedEntry, Verb};
use crate::conversation::reply::ModerationReply;
use crate::conversation::sent_reply::FOR_OWNERS;
use crate::conversation::{Control, ReplyKind};
use crate::knowledge::{EntryChange, Quote};
use crate::moderation::edit::{Edit, RefusedEdit};
use crate::moderation::proposal::digest;
use crate::moderation::report::{self, Report};
use crate::moderation::typed_edit::correction;
use crate::moderation::{Proposal, ProposedCommand};
use crate::service::knowledge_base::{PackUpdate, PreparedPack};
use crate::service::pack_editor::{EditError, MadeEdit, ProposedEdit, ReviewedChange};
use crate::store::records::RecordedRevision;
use crate::text::RichText;
use crate::text::rich_text::Inline;

/// Most passages that are offered for a new entry: as many buttons are in a row.
const MAX_QUOTES_OFFERED: usize = 5;

impl ModeratorTask {
    /// Shows what a command would change.
    pub(super) fn propose(&self, command: EditCommand) -> TaskResult {
        match &command.action {
            EditAction::Add(entry) if entry.quotes.is_empty() => self.offer_quotes(&command, entry),
            EditAction::Assign { groups, id } => self.assign(groups, id, command.reason.clone()),
            EditAction::GapOfGroups { groups } => {
                self.gap_of_groups(groups, command.reason.clone())
            }
            _ => {
                let is_about_setting = self.is_about_setting(&command)?;
                let proposed = ProposedCommand { command, seen: None, resolves: Vec::new() };
                if is_about_setting {
                    self.preview_setting(proposed)
                } else {
                    self.preview(proposed)
                }
            }
        }
    }

    /// Passages of the sources that a new entry may quote.
    fn offer_quotes(&self, command: &EditCommand, entry: &TypedEntry) -> TaskResult {
        let question = entry.question.as_deref().unwrap_or_default();
        let of = self.pack_or_only(command.pack.as_deref())?;
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
            ProposedCommand { command, seen: None, resolves: Vec::new() }
        };
        let lines = quotes.iter().map(|it| vec![Inline::Text(one_line(it.text()))]).collect();
        let heading = self.wording.sentence("pick-a-quote", []);
        Ok(TaskOutput {
            reply: ModerationReply {
                text: Report::new(&heading).numbered(1, lines).text(),
                choices: quotes.iter().map(|quote| one_line(quote.text())).collect(),
                ..ModerationReply::default()
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
            Ok(reviewed) => Ok(self.proposal(self.intervening_changes(&kept), &reviewed, proposed)),
            Err(EditError::Refused(RefusedEdit::NoChange)) if !kept.is_empty() => {
                Err(self.intervening_changes(&kept).text())
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
    fn intervening_changes(&self, kept: &[RecordedRevision]) -> Report {
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
            reply: ModerationReply {
                text,
                controls: vec![Control::Save],
                ..ModerationReply::default()
            },
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
                ..ModerationReply::default()
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
        if self.is_about_setting(&proposed.command)? {
            return self.save_setting(proposed);
        }
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
                self.resolve(&proposed.resolves);
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

    /// Takes back the edit with the revision `number` of the pack with this name, or of the settings, at once.
    pub(super) fn take_back(&self, pack: &str, number: &str) -> TaskResult {
        let number = number.parse().map_err(|_| self.no_longer_available())?;
        if self.is_of_space(pack) {
            return self.take_back_setting(number);
        }
        let action = EditAction::Revert(number);
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
    pub(super) fn saved(&self, name: &str, MadeEdit { revisions, pack }: MadeEdit) -> TaskOutput {
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
            report = report.revision_difference(&recorded.revision, self.wording);
        }
        TaskOutput {
            reply: ModerationReply {
                text: report.text(),
                controls: vec![Control::TakeBack],
                ..ModerationReply::default()
            },
            kind: ReplyKind::Edited,
            entries: std::iter::once(name.to_owned()).chain(numbers.into_iter().take(1)).collect(),
            updates,
            ..TaskOutput::text(RichText::default())
        }
    }
}
