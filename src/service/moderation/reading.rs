//! What moderators read: entries, how a question would be answered, the history.

use super::TaskOutput;
use super::task::{ModeratorTask, TaskResult};
use crate::conversation::layout::one_line;
use crate::conversation::moderator_command::ReadCommand;
use crate::conversation::reply::ReplyFile;
use crate::knowledge::export::{ExportFormat, export};
use crate::knowledge::pack::FAQ_FILE;
use crate::knowledge::patch::{history_id, text_of_entry};
use crate::knowledge::{Pack, ProvedPack};
use crate::matching::{Decision, Index, Outcome};
use crate::moderation::report::{ENTRIES_PER_PAGE, Report, entry_line};
use crate::store::pack_files;
use crate::store::records::{RecordedRevision, RevisionFilter};
use crate::text::rich_text::Inline;

/// Groups of synonyms of a page of their list.
const GROUPS_OF_SYNONYMS_PER_PAGE: usize = 15;

/// Changes that a history lists.
const MAX_REVISIONS: u32 = 15;

/// Entries that a search finds.
const MAX_FOUND: usize = 5;

/// Most bytes of an export: Discord takes files of 10 MiB, homeservers mostly more.
const MAX_EXPORT_BYTES: usize = 8 * 1024 * 1024;

impl ModeratorTask {
    pub(super) fn read(&self, command: ReadCommand) -> TaskResult {
        match command {
            ReadCommand::List(page) => self.list(page),
            ReadCommand::Show(id) => self.show(&id),
            ReadCommand::Search(text) => self.search(&text),
            ReadCommand::Test(question) => self.test(&question),
            ReadCommand::Synonyms(page) => self.synonyms(page),
            ReadCommand::Settings(page) => self.settings(page),
            ReadCommand::History(id) => self.history(id.as_deref()),
            ReadCommand::Diff(number) => self.diff(number),
            ReadCommand::Inbox(page) => self.inbox(page),
            ReadCommand::InboxSearch(text) => self.search_inbox(&text),
            ReadCommand::Group(id) => self.group(&id),
            ReadCommand::Export { format, pack } => self.export(format, pack.as_deref()),
        }
    }

    /// A file with all entries of the pack.
    fn export(&self, format: ExportFormat, pack: Option<&str>) -> TaskResult {
        let of = self.pack_or_only(pack)?;
        let files = pack_files::read(of.folder).map_err(|error| self.edit_failed(error.into()))?;
        // What has errors would be missing.
        let proved = ProvedPack::prove(&files, &self.known(of.folder));
        let proved = proved.map_err(|_| self.sentence("pack-has-errors", []))?;
        let written = export(proved.pack(), format);
        let written = written.ok().filter(|written| written.len() <= MAX_EXPORT_BYTES);
        let written = written.ok_or_else(|| self.sentence("export-too-large", []))?;
        let name = &of.pack.name;
        let n_entries = self.wording.counted("n-entries", proved.pack().entries.len());
        let values = [("entries", n_entries.as_str()), ("pack", name)];
        let text = Report::new(&self.wording.sentence("exported", values)).text();
        let file = ReplyFile {
            name: format!("{name}.{}", format.extension()),
            media_type: format.media_type(),
            text: written.into(),
        };
        let mut output = TaskOutput::text(text);
        output.reply.file = Some(file);
        Ok(output)
    }

    fn list(&self, page: usize) -> TaskResult {
        let index = &self.index().index;
        let first = (page - 1).saturating_mul(ENTRIES_PER_PAGE);
        let last = first.saturating_add(ENTRIES_PER_PAGE).min(index.n_entries());
        let n_pages = index.n_entries().div_ceil(ENTRIES_PER_PAGE);
        self.page("entries", (page, n_pages), self.lines(index, first..last))
    }

    /// Lists the groups of synonyms, those of several packs with their names.
    fn synonyms(&self, page: usize) -> TaskResult {
        let packs: Vec<_> = self.packs().collect();
        let group = |pack: &Pack, terms: &Vec<String>| {
            let terms = one_line(&terms.join(", "));
            let is_named = packs.len() > 1;
            let line = if is_named { format!("{}: {terms}", pack.name) } else { terms };
            vec![Inline::Text(line)]
        };
        let groups = packs
            .iter()
            .flat_map(|of| of.pack.lexicon.groups().iter().map(move |terms| (&*of.pack, terms)));
        let lines: Vec<_> = groups.map(|(pack, terms)| group(pack, terms)).collect();
        let n_pages = lines.len().div_ceil(GROUPS_OF_SYNONYMS_PER_PAGE);
        let first = (page - 1).saturating_mul(GROUPS_OF_SYNONYMS_PER_PAGE);
        let lines = lines.into_iter().skip(first).take(GROUPS_OF_SYNONYMS_PER_PAGE).collect();
        self.page("synonyms", (page, n_pages), lines)
    }

    /// A page of a list, below its heading.
    pub(super) fn page(
        &self,
        heading: &str,
        (page, n_pages): (usize, usize),
        lines: Vec<Vec<Inline>>,
    ) -> TaskResult {
        if lines.is_empty() {
            return Err(self.sentence("nothing-here", []));
        }
        let (page, n_pages) = (page.to_string(), n_pages.to_string());
        let page = self.wording.sentence("page-of", [("page", &page), ("n", &n_pages)]);
        let heading = format!("{}, {page}:", self.wording.sentence(heading, []));
        Ok(TaskOutput::text(Report::new(&heading).list(lines).text()))
    }

    /// Lines about the entries with these numbers.
    fn lines(&self, index: &Index, numbers: impl IntoIterator<Item = usize>) -> Vec<Vec<Inline>> {
        let line = |number: usize| {
            let entry = index.entry(number)?;
            Some(entry_line(&index.entry_id(number), entry, self.wording))
        };
        numbers.into_iter().filter_map(line).collect()
    }

    fn show(&self, id: &str) -> TaskResult {
        let (of, id) = self.pack_of(id)?;
        // As it is written, also if the file has errors.
        let files = pack_files::read(of.folder).map_err(|error| self.edit_failed(error.into()))?;
        let Some(text) = text_of_entry(files.text(FAQ_FILE).unwrap_or_default(), &id) else {
            let is_intact = ProvedPack::prove(&files, &self.known(of.folder)).is_ok();
            let sentence = if is_intact { "no-such-entry" } else { "pack-has-errors" };
            return Err(self.sentence(sentence, [("id", &id)]));
        };
        Ok(TaskOutput::text(Report::default().code(&text).text()))
    }

    fn search(&self, text: &str) -> TaskResult {
        let space = self.index();
        let outcome = space.index.ask(text, &space.rule);
        let lines = self.lines(&space.index, outcome.ranked.iter().take(MAX_FOUND).copied());
        if lines.is_empty() {
            return Err(self.sentence("no-entry-has-a-word", []));
        }
        let heading = format!("{}:", self.wording.sentence("nearest-entries", []));
        Ok(TaskOutput::text(Report::new(&heading).numbered(1, lines).text()))
    }

    fn test(&self, question: &str) -> TaskResult {
        let space = self.index();
        let index = &space.index;
        let outcome = index.ask(question, &space.rule);
        let percent = format!("{:.0}", outcome.confidence * 100.0);
        let first = outcome.ranked.first().map(|it| index.entry_id(*it)).unwrap_or_default();
        let Outcome { decision, gap, suggestions, ranked, .. } = &outcome;
        let percent = [("percent", percent.as_str())];
        let report = match (decision, gap) {
            (Decision::Answer, _) => {
                let values = [("id", first.as_str()), ("percent", percent[0].1)];
                Report::new(&self.wording.sentence("test-answer", values))
            }
            (_, Some(gap)) => {
                let id = index.entry_id(*gap);
                Report::new(&self.wording.sentence("test-gap", [("id", &id)]))
            }
            (Decision::Suggest, None) => {
                let lines = self.lines(index, suggestions.iter().copied());
                Report::new(&self.wording.sentence("test-suggest", percent)).numbered(1, lines)
            }
            (Decision::Abstain, None) if ranked.is_empty() => {
                Report::new(&self.wording.sentence("test-nothing-near", []))
            }
            (Decision::Abstain, None) => {
                let lines = self.lines(index, ranked.iter().take(1).copied());
                Report::new(&self.wording.sentence("test-nothing", percent)).list(lines)
            }
        };
        Ok(TaskOutput::text(report.text()))
    }

    fn history(&self, id: Option<&str>) -> TaskResult {
        let (mut found, id) = match id {
            // A removed entry is in no pack: its history is looked for in all.
            Some(id) => {
                let own = self.pack_of(id).map_or_else(|_| id.to_owned(), |(_, own)| own);
                let own = history_id(&own).to_owned();
                (self.revisions(Some(&own))?, Some(own))
            }
            None => (self.revisions(None)?, None),
        };
        found.sort_by_key(|recorded| std::cmp::Reverse(recorded.id));
        found.truncate(MAX_REVISIONS as usize);
        if found.is_empty() {
            return Err(self.sentence("no-revisions", []));
        }
        let line = |it: &RecordedRevision| self.revision_line(it);
        let of = id.map(|id| format!(" ({id})")).unwrap_or_default();
        let heading = format!("{}{of}:", self.wording.sentence("history", []));
        Ok(TaskOutput::text(Report::new(&heading).list(found.iter().map(line).collect()).text()))
    }

    /// The latest revisions of the packs and settings, or of the entry or setting with this id.
    fn revisions(
        &self,
        entry: Option<&str>,
    ) -> Result<Vec<RecordedRevision>, crate::text::RichText> {
        let mut found = Vec::new();
        for of in self.packs() {
            let mut editor = self.editor(of.folder)?;
            // What was changed in the file a moment ago is part of the history, too.
            editor.catch_up(self.now).map_err(|error| self.edit_failed(error))?;
            let filter = RevisionFilter {
                pack: of.pack.name.clone(),
                entry: entry.map(str::to_owned),
                limit: MAX_REVISIONS,
                ..RevisionFilter::default()
            };
            let listed = editor.history().list(&filter);
            found.extend(listed.map_err(|error| self.edit_failed(error.into()))?);
        }
        found.extend(self.setting_revisions(entry, MAX_REVISIONS)?);
        Ok(found)
    }

    fn revision_difference(&self, found: &RecordedRevision) -> TaskOutput {
        let report = Report::default().list(vec![self.revision_line(found)]);
        let report = report.revision_difference(&found.revision, self.wording);
        TaskOutput::text(report.text())
    }

    fn diff(&self, number: i64) -> TaskResult {
        for of in self.packs() {
            let edit = self.editor(of.folder)?.edit_of(number);
            let edit = edit.map_err(|error| self.edit_failed(error.into()))?;
            if let Some(found) = edit.into_iter().find(|recorded| recorded.id == number) {
                return Ok(self.revision_difference(&found));
            }
        }
        if let Some(found) = self.setting_revision(number)? {
            return Ok(self.revision_difference(&found));
        }
        Err(self.sentence("no-such-revision", [("number", &number.to_string())]))
    }
}
