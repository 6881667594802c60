//! [`ModeratorTask`]: what is needed to do what a moderator wants, and how that is told.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{PackEditing, TaskOutput};
use crate::conversation::moderator_command::Verb;
use crate::conversation::wording::Wording;
use crate::conversation::{
    Control, ModeratorAction, ModeratorCommand, Notice, PlaceId, PrincipalId, ReplyKind, SentReply,
    Space, Timestamp,
};
use crate::knowledge::{Pack, ProvedPack};
use crate::moderation::report::{self, Report};
use crate::moderation::{Proposal, RevisionAuthor, Subject};
use crate::service::Service;
use crate::service::context::OwnedContext;
use crate::service::error_causes::with_causes;
use crate::service::knowledge_base::{KnowledgeBase, Snapshot, SpaceIndex};
use crate::service::pack_editor::{EditError, PackEditor, ReviewScope};
use crate::store::pack_files;
use crate::store::records::{RecordedRevision, Records};
use crate::text::RichText;
use crate::text::rich_text::Inline;

/// What was done, or why not.
pub(super) type TaskResult = Result<TaskOutput, RichText>;

/// What is needed to do what one moderator wants. Its methods read and write files: they run on a thread that may
/// wait.
pub(super) struct ModeratorTask {
    pub(super) knowledge_base: Arc<KnowledgeBase>,
    pub(super) snapshot: Arc<Snapshot>,
    pub(super) space: Space,
    editing: Option<PackEditing>,
    pub(super) wording: &'static Wording,
    by: PrincipalId,
    /// Whether the moderator may do what is for owners.
    pub(super) is_owner: bool,
    /// Where the moderator asks for it.
    pub(super) place: PlaceId,
    pub(super) now: Timestamp,
}

/// A pack of the space.
pub(super) struct PackOfSpace<'a> {
    pub(super) folder: &'a Path,
    /// As it is served; its file may have changed.
    pub(super) pack: &'a Arc<Pack>,
}

impl ModeratorTask {
    pub(super) fn new<R: Records>(
        service: &Service<R>,
        context: &OwnedContext,
        (by, is_owner): (PrincipalId, bool),
        wording: &'static Wording,
    ) -> Self {
        Self {
            knowledge_base: service.shared_knowledge_base(),
            snapshot: Arc::clone(context.snapshot()),
            space: context.space().clone(),
            editing: service.pack_editing.clone(),
            wording,
            by,
            is_owner,
            place: context.place.id.clone(),
            now: service.now(),
        }
    }

    /// Does what `action` says. `proposal` is that of `target`, the message of the bot that is meant.
    pub(super) fn run(
        &self,
        action: ModeratorAction,
        target: Option<SentReply>,
        proposal: Option<Proposal>,
    ) -> TaskResult {
        match action {
            ModeratorAction::Command(command) => self.command(command, proposal),
            ModeratorAction::Control(control) => self.control(control, target, proposal),
            ModeratorAction::Number(number) => {
                self.control(Control::Pick(number), target, proposal)
            }
        }
    }

    fn command(&self, command: ModeratorCommand, proposal: Option<Proposal>) -> TaskResult {
        match command {
            ModeratorCommand::Read(command) => self.read(command),
            ModeratorCommand::Edit(command) => self.propose(*command),
            // It is an edit by now, unless it lacks something.
            ModeratorCommand::Make(_) => Err(self.usage(Some(Verb::Make), None)),
            ModeratorCommand::Dismiss(groups) => self.dismiss(&groups),
            ModeratorCommand::Save => self.save(proposal),
            ModeratorCommand::Incomplete { verb, line } => Err(self.usage(verb, line.as_deref())),
        }
    }

    fn control(
        &self,
        control: Control,
        target: Option<SentReply>,
        proposal: Option<Proposal>,
    ) -> TaskResult {
        let target = target.ok_or_else(|| self.no_longer_available())?;
        let entry = |idx: usize| target.entries.get(idx).map(String::as_str);
        let entry = |idx| entry(idx).ok_or_else(|| self.no_longer_available());
        match (control, target.kind) {
            (Control::Inbox(page), ReplyKind::Inbox) => self.inbox(page),
            (Control::Pick(number), ReplyKind::Inbox) => {
                self.group(entry(number.saturating_sub(1))?)
            }
            // The first of its entries is the group.
            (Control::Pick(number), ReplyKind::Group) => {
                self.pick_of_group(entry(0)?, entry(number)?)
            }
            (Control::Gap, ReplyKind::Group) => self.gap_of_groups(&[entry(0)?.to_owned()], None),
            (Control::Dismiss, ReplyKind::Group) => self.dismiss(&[entry(0)?.to_owned()]),
            (Control::Pick(number), ReplyKind::Choice) => {
                let mut proposal = proposal.ok_or_else(|| self.no_longer_available())?;
                let idx = number.saturating_sub(1);
                if idx >= proposal.alternatives.len() {
                    return Err(self.no_longer_available());
                }
                self.preview(proposal.alternatives.swap_remove(idx))
            }
            (Control::Save, ReplyKind::Proposal) => self.save(proposal),
            (Control::RemoveQuoted, ReplyKind::Quoted) => {
                self.remove_quoted((entry(0)?, entry(1)?), entry(2)?)
            }
            (Control::TakeBack, ReplyKind::Edited) => self.take_back(entry(0)?, entry(1)?),
            _ => Err(self.no_longer_available()),
        }
    }

    /// The sentence with this id.
    pub(super) fn sentence<const N: usize>(&self, id: &str, values: [(&str, &str); N]) -> RichText {
        Report::new(&self.wording.sentence(id, values)).text()
    }

    pub(super) fn usage(&self, verb: Option<Verb>, line: Option<&str>) -> RichText {
        report::usage(verb, line, self.space.settings.command_mark(), self.wording)
    }

    pub(super) fn no_longer_available(&self) -> RichText {
        Report::new(&self.wording.notice(&Notice::NoLongerAvailable)).text()
    }

    pub(super) fn index(&self) -> &SpaceIndex {
        self.snapshot.index_for(&self.space)
    }

    /// The packs of the space, in their order.
    pub(super) fn packs(&self) -> impl Iterator<Item = PackOfSpace<'_>> {
        let of_folder = |folder: &PathBuf| self.snapshot.pack(folder);
        let folders = self.space.packs.iter();
        folders.filter_map(move |folder| Some(PackOfSpace { folder, pack: of_folder(folder)? }))
    }

    /// Names of the packs, separated by commas.
    fn names(&self) -> String {
        self.packs().map(|it| it.pack.name.clone()).collect::<Vec<_>>().join(", ")
    }

    /// How an entry of a pack is called here: with the name of the pack if there are several.
    pub(super) fn public_id(&self, pack: &str, id: &str) -> String {
        if self.packs().nth(1).is_some() { format!("{pack}:{id}") } else { id.to_owned() }
    }

    /// A change in a line.
    pub(super) fn revision_line(&self, recorded: &RecordedRevision) -> Vec<Inline> {
        let RecordedRevision { id, revision } = recorded;
        let entry = match &revision.subject {
            Subject::Pack(pack) => self.public_id(pack, &revision.entry),
            Subject::Settings(_) => revision.entry.clone(),
        };
        report::revision_line(*id, &entry, revision, self.wording)
    }

    /// The pack with this name.
    pub(super) fn pack_named(&self, name: &str) -> Result<PackOfSpace<'_>, RichText> {
        let found = self.packs().find(|it| it.pack.name == name);
        found.ok_or_else(|| {
            self.sentence("no-such-pack", [("pack", name), ("packs", &self.names())])
        })
    }

    /// The only pack, if there is one.
    pub(super) fn only_pack(&self) -> Result<PackOfSpace<'_>, RichText> {
        let mut packs = self.packs();
        match (packs.next(), packs.next()) {
            (Some(only), None) => Ok(only),
            (None, _) => Err(self.sentence("no-packs", [])),
            _ => Err(self.sentence("which-pack", [("packs", &self.names())])),
        }
    }

    /// The pack that has the entry `id`, which may start with the name of the pack, and the entry's own id.
    pub(super) fn pack_of(&self, id: &str) -> Result<(PackOfSpace<'_>, String), RichText> {
        let named = self.packs().find_map(|it| {
            let own = id.strip_prefix(&*it.pack.name)?.strip_prefix(':')?.to_owned();
            Some((it, own))
        });
        if let Some(named) = named {
            return Ok(named);
        }
        let has_id = |it: &PackOfSpace<'_>| it.pack.entries.iter().any(|it| it.id.as_str() == id);
        let mut having = self.packs().filter(has_id);
        match (having.next(), having.next()) {
            (Some(only), None) => Ok((only, id.to_owned())),
            (Some(_), Some(_)) => Err(self.sentence("which-pack", [("packs", &self.names())])),
            // It may be new in the file, or removed.
            (None, _) => match self.only_pack() {
                Ok(only) => Ok((only, id.to_owned())),
                Err(_) => Err(self.sentence("no-such-entry", [("id", id)])),
            },
        }
    }

    /// The editor of the pack in `folder`.
    pub(super) fn editor(&self, folder: &Path) -> Result<PackEditor, RichText> {
        let data = &self.editing()?.data;
        let editor = PackEditor::open(folder, data);
        let editor = editor.map_err(|error| self.edit_failed(error.into()))?;
        let (spaces, thresholds) = (vec![self.space.name.clone()], self.index().rule.thresholds);
        let served = Some(Arc::clone(&self.index().index));
        let known = self.known(folder);
        Ok(editor.with_scope(ReviewScope { spaces: Some(spaces), thresholds, served, known }))
    }

    pub(super) fn editing(&self) -> Result<&PackEditing, RichText> {
        self.editing.as_ref().ok_or_else(|| self.sentence("edits-are-off", []))
    }

    /// The moderator, as the author of a revision.
    pub(super) fn author(&self) -> RevisionAuthor {
        RevisionAuthor::User(self.by.clone())
    }

    /// Says why an edit was not made. What an operator has to know is logged.
    pub(super) fn edit_failed(&self, error: EditError) -> RichText {
        let sentence = match &error {
            EditError::Refused(refused) => return report::refusal(refused, self.wording),
            EditError::ChangedMeanwhile { changes } => {
                let heading = self.wording.sentence("changed-meanwhile", []);
                return Report::new(&heading).proposed(changes, self.wording).text();
            }
            EditError::Read(_) | EditError::NoText { .. } | EditError::Calibration { .. } => {
                "pack-cannot-be-read"
            }
            EditError::Write(_) => "pack-cannot-be-written",
            EditError::Busy { .. } => "pack-is-busy",
            EditError::History(_) | EditError::OtherFolder { .. } => "history-cannot-be-used",
        };
        tracing::warn!("A moderator's edit failed: {}", with_causes(&error));
        self.sentence(sentence, [])
    }

    /// States of the pack in `folder` that are proved already.
    pub(super) fn known(&self, folder: &Path) -> Vec<ProvedPack> {
        let served = self.snapshot.proved(folder).cloned();
        self.knowledge_base.prepared().into_iter().chain(served).collect()
    }

    /// The files of the pack in `folder`, as far as they are valid.
    pub(super) fn pack_in_file(&self, folder: &Path) -> Result<Arc<Pack>, RichText> {
        let files = pack_files::read(folder).map_err(|error| self.edit_failed(error.into()))?;
        Ok(match ProvedPack::prove(&files, &self.known(folder)) {
            Ok(proved) => Arc::clone(proved.pack()),
            Err(proof) => Arc::new(proof.pack),
        })
    }
}
