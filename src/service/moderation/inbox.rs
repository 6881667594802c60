//! What was not answered, and what moderators do with it.

use std::collections::HashSet;
use std::sync::Arc;

use super::TaskOutput;
use super::task::{ModeratorTask, PackOfSpace, TaskResult};
use crate::conversation::layout::one_line;
use crate::conversation::moderator_command::{EditAction, EditCommand, TypedEntry};
use crate::conversation::reply::ModerationReply;
use crate::conversation::{Control, MessageId, ReplyKind};
use crate::knowledge::Quote;
use crate::moderation::ProposedCommand;
use crate::moderation::inbox::{MAX_QUESTIONS, QuestionGroup, Resolution, find_all, groups};
use crate::moderation::report::{self, GROUPS_PER_PAGE, Report, entry_line, group_line};
use crate::store::records::Inbox;
use crate::text::RichText;
use crate::text::rich_text::Inline;

/// Nearest entries, and passages for a new one, that are offered for a group.
const MAX_NEAREST: usize = 3;
const MAX_PASSAGES: usize = 2;

impl ModeratorTask {
    fn open_inbox(&self) -> Result<Inbox, RichText> {
        Inbox::open(&self.editing()?.data).map_err(|error| self.edit_failed(error.into()))
    }

    fn groups(&self, inbox: &Inbox) -> Result<Vec<QuestionGroup>, RichText> {
        let questions = inbox.questions(Some(&self.space.name), MAX_QUESTIONS);
        let questions = questions.map_err(|error| self.edit_failed(error.into()))?;
        // Words are compared by the rules of one language.
        let first = self.packs().next().ok_or_else(|| self.sentence("no-packs", []))?;
        Ok(groups(&questions, first.pack))
    }

    /// The groups with these ids, as one.
    fn find_groups(&self, inbox: &Inbox, ids: &[String]) -> Result<QuestionGroup, RichText> {
        let groups = self.groups(inbox)?;
        find_all(&groups, ids).map_err(|id| self.sentence("no-such-group", [("id", &*id)]))
    }

    /// The groups on a page, from 1.
    pub(super) fn inbox(&self, page: usize) -> TaskResult {
        let groups = self.groups(&self.open_inbox()?)?;
        let n_pages = groups.len().div_ceil(GROUPS_PER_PAGE);
        // Groups are settled while somebody pages through them.
        let page = page.clamp(1, n_pages.max(1));
        let shown: Vec<&QuestionGroup> =
            groups.iter().skip((page - 1) * GROUPS_PER_PAGE).take(GROUPS_PER_PAGE).collect();
        if shown.is_empty() {
            return Err(self.sentence("no-questions", []));
        }
        let of = [("page", &*page.to_string()), ("n", &*n_pages.to_string())];
        let of = self.wording.sentence("page-of", of);
        let more = (page < n_pages).then(|| Control::Inbox(page + 1));
        Ok(self.listed_groups(&of, &shown, more))
    }

    /// The groups in which a question has `text`, as far as they fit on a page.
    pub(super) fn search_inbox(&self, text: &str) -> TaskResult {
        let groups = self.groups(&self.open_inbox()?)?;
        let found: Vec<&QuestionGroup> = groups.iter().filter(|group| group.has(text)).collect();
        if found.is_empty() {
            return Err(self.sentence("no-questions-with", [("text", text)]));
        }
        let of = self.wording.counted("n-groups", found.len());
        let shown = found.get(..GROUPS_PER_PAGE).unwrap_or(&found);
        Ok(self.listed_groups(&of, shown, None))
    }

    /// A list of groups, `of` what, of which one can be picked.
    fn listed_groups(
        &self,
        of: &str,
        shown: &[&QuestionGroup],
        more: Option<Control>,
    ) -> TaskOutput {
        let heading = format!("{}, {of}:", self.wording.sentence("inbox", []));
        let lines = shown.iter().map(|group| group_line(group, self.wording)).collect();
        let first_wording =
            |group: &&QuestionGroup| group.wordings().into_iter().next().unwrap_or_default();
        TaskOutput {
            reply: ModerationReply {
                text: Report::new(&heading).numbered(1, lines).text(),
                choices: shown.iter().map(first_wording).collect(),
                controls: more.into_iter().collect(),
                file: None,
            },
            kind: ReplyKind::Inbox,
            entries: shown.iter().map(|group| group.id.clone()).collect(),
            ..TaskOutput::text(RichText::default())
        }
    }

    /// A group, the entries of which its questions may be phrasings, and passages for a new entry.
    pub(super) fn group(&self, id: &str) -> TaskResult {
        let group = self.find_groups(&self.open_inbox()?, &[id.to_owned()])?;
        let index = &self.index().index;
        // A gap that has replied needs these wordings the most.
        let ids = group.replied_gap().into_iter().chain(group.nearest().iter().map(String::as_str));
        let mut nearest: Vec<usize> = ids.filter_map(|id| index.find(id)).collect();
        let mut seen = HashSet::new();
        nearest.retain(|number| seen.insert(*number));
        nearest.truncate(MAX_NEAREST);
        let lines = |number: &usize| {
            Some(entry_line(&index.entry_id(*number), index.entry(*number)?, self.wording))
        };
        let passages = self.passages_for(&group);
        let quoted = |quote: &Quote| vec![Inline::Text(one_line(quote.text()))];
        let text = report::group(
            &group,
            nearest.iter().filter_map(lines).collect(),
            passages.iter().map(quoted).collect(),
            self.space.settings.command_mark(),
            self.wording,
        );
        let questions = nearest.iter().filter_map(|number| index.entry(*number));
        let questions = questions.map(|entry| entry.question.clone());
        let choices = questions.chain(passages.iter().map(|quote| one_line(quote.text())));
        let controls = vec![Control::Gap, Control::Dismiss];
        let entries = nearest.iter().map(|number| index.entry_id(*number));
        let entries = entries.chain(passages.iter().map(|quote| index.passage_id(quote)));
        Ok(TaskOutput {
            reply: ModerationReply { text, choices: choices.collect(), controls, file: None },
            kind: ReplyKind::Group,
            entries: std::iter::once(group.id.clone()).chain(entries).collect(),
            ..TaskOutput::text(RichText::default())
        })
    }

    /// Passages that may answer the questions: those that were found when they were asked, else the nearest.
    fn passages_for(&self, group: &QuestionGroup) -> Vec<Quote> {
        let index = &self.index().index;
        let ids = group.questions.iter().flat_map(|question| &question.passages);
        let mut found: Vec<Quote> = ids.filter_map(|id| index.find_passage(id)).collect();
        if found.is_empty() {
            let latest = group.wordings().into_iter().next().unwrap_or_default();
            found = index.nearest_sentences(&latest, MAX_PASSAGES);
        }
        let mut seen = HashSet::new();
        found.retain(|quote| seen.insert(quote.text().to_owned()));
        found.truncate(MAX_PASSAGES);
        found
    }

    /// Proposes what was picked of a group: its questions as phrasings of the entry `picked`, or a new entry that
    /// quotes the passage `picked`.
    pub(super) fn pick_of_group(&self, group: &str, picked: &str) -> TaskResult {
        let Some(quote) = self.index().index.find_passage(picked) else {
            return self.assign(&[group.to_owned()], picked, None);
        };
        let group = self.find_groups(&self.open_inbox()?, &[group.to_owned()])?;
        let has_source = |it: &PackOfSpace<'_>| {
            it.pack.sources.iter().any(|source| Arc::ptr_eq(source, quote.source()))
        };
        let of = self.packs().find(has_source).ok_or_else(|| self.no_longer_available())?;
        let entry = TypedEntry {
            quotes: vec![quote.text().to_owned()],
            source: Some(quote.source().name().to_owned()),
            paragraph: Some(quote.paragraph()),
            ..self.entry_of_group(&group, &of)?
        };
        let resolves = messages(&group);
        self.propose_of_group(EditAction::Add(entry), of.pack.name.clone(), None, resolves)
    }

    /// An entry, still without quotes, with the wordings of a group.
    fn entry_of_group(
        &self,
        group: &QuestionGroup,
        of: &PackOfSpace<'_>,
    ) -> Result<TypedEntry, RichText> {
        let draft = group.gap(&*self.pack_in_file(of.folder)?, None);
        Ok(TypedEntry {
            question: Some(draft.question),
            id: Some(draft.id.to_string()),
            phrasings: Some(draft.variants),
            ..TypedEntry::default()
        })
    }

    /// Proposes the wordings of groups as phrasings of an entry.
    pub(super) fn assign(&self, groups: &[String], id: &str, reason: Option<String>) -> TaskResult {
        let mut inbox = self.open_inbox()?;
        let group = self.find_groups(&inbox, groups)?;
        let (of, own) = self.pack_of(id)?;
        let pack = self.pack_in_file(of.folder)?;
        let entry = pack.entries.iter().find(|entry| entry.id.as_str() == own);
        let entry = entry.ok_or_else(|| self.sentence("no-such-entry", [("id", id)]))?;
        let phrasings = group.new_phrasings(&pack, &entry.id);
        let resolves = messages(&group);
        if phrasings.is_empty() {
            let settled = inbox.resolve(&resolves, Resolution::Assigned);
            settled.map_err(|error| self.edit_failed(error.into()))?;
            return Err(self.sentence("has-phrasings-already", [("id", id)]));
        }
        let action = EditAction::AddPhrasings { id: own, phrasings };
        self.propose_of_group(action, of.pack.name.clone(), reason, resolves)
    }

    /// Proposes one gap for groups, in the pack of the nearest entry, else in the first.
    pub(super) fn gap_of_groups(&self, groups: &[String], reason: Option<String>) -> TaskResult {
        let group = self.find_groups(&self.open_inbox()?, groups)?;
        let nearest = group.nearest().first().and_then(|id| self.pack_of(id).ok());
        let of = nearest.map(|(of, _)| of).or_else(|| self.packs().next());
        let of = of.ok_or_else(|| self.sentence("no-packs", []))?;
        let entry = self.entry_of_group(&group, &of)?;
        let resolves = messages(&group);
        self.propose_of_group(EditAction::AddGap(entry), of.pack.name.clone(), reason, resolves)
    }

    fn propose_of_group(
        &self,
        action: EditAction,
        pack: String,
        reason: Option<String>,
        resolves: Vec<MessageId>,
    ) -> TaskResult {
        let reason = reason.or_else(|| Some(self.wording.sentence("asked-in-chat", [])));
        let command = EditCommand { action, pack: Some(pack), reason };
        self.preview(ProposedCommand { command, seen: None, resolves })
    }

    /// Puts groups aside.
    pub(super) fn dismiss(&self, ids: &[String]) -> TaskResult {
        let mut inbox = self.open_inbox()?;
        let group = self.find_groups(&inbox, ids)?;
        let settled = inbox.resolve(&messages(&group), Resolution::Dismissed);
        settled.map_err(|error| self.edit_failed(error.into()))?;
        Ok(TaskOutput::text(self.sentence("is-dismissed", [])))
    }

    /// Records that the questions of these messages have become phrasings. The edit is made: a failure must not undo
    /// it, and is logged.
    pub(super) fn resolve(&self, messages: &[MessageId]) {
        let Ok(mut inbox) = self.open_inbox() else { return };
        if let Err(error) = inbox.resolve(messages, Resolution::Assigned) {
            self.edit_failed(error.into());
        }
    }
}

fn messages(group: &QuestionGroup) -> Vec<MessageId> {
    group.questions.iter().map(|question| question.message.clone()).collect()
}
