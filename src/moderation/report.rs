//! What moderators read in chat, as rich text: lists of entries, changes, refusals, the inbox.

mod settings;

use std::collections::HashSet;

use crate::conversation::Timestamp;
use crate::conversation::layout::{MAX_QUESTION, Measure, one_line};
use crate::conversation::moderator_command::{FAQ, Verb};
use crate::conversation::wording::Wording;
use crate::knowledge::{Entry, EntryChange, LexiconError, PatchError};
use crate::text::RichText;
use crate::text::rich_text::{Block, Inline, Item};

use super::difference::{code, difference};
use super::edit::RefusedEdit;
use super::inbox::QuestionGroup;
use super::review::{ReplyingEntry, Review};
use super::{Revision, Subject};

pub use settings::{setting_line, setting_refusal, setting_value};

/// Entries of a page of a list.
pub const ENTRIES_PER_PAGE: usize = 20;

/// Groups of the inbox of a page: as many buttons fit into a row on every platform.
pub const GROUPS_PER_PAGE: usize = 5;

/// Most wordings of a group that are shown.
const MAX_WORDINGS: usize = 10;

/// Most questions and phrasings of each kind that a review shows. The terminal has all.
const MAX_EXAMPLES: usize = 3;

/// Most findings of a refused edit that are shown.
const MAX_FINDINGS: usize = 5;

/// A text for moderators that is being written.
#[derive(Debug, Default)]
pub struct Report {
    blocks: Vec<Block>,
}

impl Report {
    /// A report that starts with a sentence.
    #[must_use]
    pub fn new(sentence: &str) -> Self {
        Self::default().paragraph(sentence)
    }

    /// The same with a paragraph.
    #[must_use]
    pub fn paragraph(mut self, text: &str) -> Self {
        self.blocks.push(Block::Paragraph(vec![Inline::Text(one_line(text))]));
        self
    }

    /// The same with a text that is quoted.
    #[must_use]
    pub fn quote(mut self, text: &str) -> Self {
        let paragraph = Block::Paragraph(vec![Inline::Text(one_line(text))]);
        self.blocks.push(Block::Quote(vec![paragraph]));
        self
    }

    /// The same with a list. Nothing is added without items.
    #[must_use]
    pub fn list(self, items: Vec<Vec<Inline>>) -> Self {
        self.list_from(None, items)
    }

    /// The same with a list whose items have numbers from `first` on.
    #[must_use]
    pub fn numbered(self, first: usize, items: Vec<Vec<Inline>>) -> Self {
        self.list_from(Some(first as u64), items)
    }

    fn list_from(mut self, start: Option<u64>, items: Vec<Vec<Inline>>) -> Self {
        let item = |content| Item { is_checked: None, blocks: vec![Block::Paragraph(content)] };
        if !items.is_empty() {
            self.blocks.push(Block::List {
                start,
                is_loose: false,
                items: items.into_iter().map(item).collect(),
            });
        }
        self
    }

    /// The same with the text of an entry as it is written.
    #[must_use]
    pub fn code(mut self, text: &str) -> Self {
        self.blocks.push(code(text));
        self
    }

    /// The same with the difference between two texts of an entry.
    #[must_use]
    pub fn difference(mut self, before: Option<&str>, after: Option<&str>) -> Self {
        self.blocks.extend(difference(before, after));
        self
    }

    /// The same with the difference that a revision has made.
    #[must_use]
    pub fn revision_difference(self, revision: &Revision, wording: &Wording) -> Self {
        let texts = [&revision.before, &revision.after].map(|text| text.as_deref());
        match revision.subject {
            Subject::Pack(_) => self.difference(texts[0], texts[1]),
            Subject::Settings(_) => {
                let [before, after] = texts.map(|text| setting_value(text, wording));
                self.difference(Some(&before), Some(&after))
            }
        }
    }

    /// The same with what changes would do, each below a sentence.
    #[must_use]
    pub fn proposed(mut self, changes: &[EntryChange], wording: &Wording) -> Self {
        for EntryChange { id, before, after } in changes {
            let sentence = match (before, after) {
                (None, _) => "would-be-added",
                (_, None) => "would-be-removed",
                _ => "would-be-changed",
            };
            let sentence = wording.sentence(sentence, [("id", id)]);
            self = self.paragraph(&sentence).difference(before.as_deref(), after.as_deref());
        }
        self
    }

    /// The same with what changes do to those who ask: how many, and examples.
    #[must_use]
    pub fn review(mut self, review: &Review, wording: &Wording) -> Self {
        let lists = [
            ("review-gained", &review.gained),
            ("review-lost", &review.lost),
            ("review-changed", &review.changed),
        ];
        if review.n_texts > 0 {
            let [n, gained, lost, changed] =
                [review.n_texts, review.gained.len(), review.lost.len(), review.changed.len()]
                    .map(|n| n.to_string());
            let values = [("n", &*n), ("gained", &gained), ("lost", &lost), ("changed", &changed)];
            self = self.paragraph(&wording.sentence("review-counts", values));
        }
        for (sentence, questions) in lists {
            let lines = questions.iter().map(|question| {
                let id = |entry: &Option<ReplyingEntry>| {
                    entry.as_ref().map_or_else(|| "–".to_owned(), |entry| entry.id.clone())
                };
                let (before, after) = (id(&question.before), id(&question.after));
                format!("{} ({}): {before} → {after}", question.text, question.n_times)
            });
            self = self.examples(sentence, lines.collect(), wording);
        }
        let shadowed = review.shadowed.iter();
        let lines = shadowed.map(|it| format!("{}: {} → {}", it.phrasing, it.entry, it.by));
        self.examples("review-shadowed", lines.collect(), wording)
    }

    /// The same with the first of `lines` below a sentence, and how many more there are.
    fn examples(self, sentence: &str, lines: Vec<String>, wording: &Wording) -> Self {
        if lines.is_empty() {
            return self;
        }
        let n_more = lines.len().saturating_sub(MAX_EXAMPLES);
        let shown = lines.into_iter().take(MAX_EXAMPLES);
        let mut shown: Vec<Vec<Inline>> =
            shown.map(|line| vec![Inline::Text(one_line(&line))]).collect();
        if n_more > 0 {
            let more = wording.sentence("and-more", [("n", &n_more.to_string())]);
            shown.push(vec![Inline::Text(more)]);
        }
        self.paragraph(&wording.sentence(sentence, [])).list(shown)
    }

    /// The text.
    pub fn text(self) -> RichText {
        RichText { blocks: self.blocks }
    }
}

/// What a list says of an entry with this id.
pub fn entry_line(id: &str, entry: &Entry, wording: &Wording) -> Vec<Inline> {
    let phrasings = wording.counted("n-phrasings", entry.n_phrasings());
    let gap = wording.sentence("gap-mark", []);
    let kind = if entry.is_gap() { format!("{gap}, ") } else { String::new() };
    vec![
        Inline::Code(id.to_owned()),
        Inline::Text(format!(" {} ({kind}{phrasings})", one_line(&entry.question))),
    ]
}

/// How commands are written: those of `verb`, or all. `line` was not understood. `mark` starts commands.
pub fn usage(verb: Option<Verb>, line: Option<&str>, mark: &str, wording: &Wording) -> RichText {
    let about = |verb: Verb| {
        let (usage, about) = wording.usage(verb);
        let word = wording.verb_word(verb);
        let command = format!("{mark}{FAQ} {word} {usage}");
        vec![Inline::Code(command.trim_end().to_owned()), Inline::Text(format!(": {about}"))]
    };
    let mut report = Report::default();
    if let Some(line) = line {
        report = report.paragraph(&wording.sentence("line-not-understood", [("line", line)]));
    }
    match verb {
        Some(verb) => {
            let sentence = wording.sentence("write-it-like", []);
            report.paragraph(&sentence).list(vec![about(verb)]).text()
        }
        None => report
            .paragraph(&wording.sentence("moderator-commands", []))
            .list(Verb::ALL.into_iter().map(about).collect())
            .paragraph(&wording.sentence("edits-are-proposed-first", []))
            .text(),
    }
}

/// A change of the entry with this id, or of a setting, in a line.
pub fn revision_line(number: i64, id: &str, revision: &Revision, wording: &Wording) -> Vec<Inline> {
    let after = revision.after.as_deref();
    let (sentence, value) = match (&revision.subject, &revision.before, after) {
        (Subject::Settings(_), ..) => ("revision-setting", setting_value(after, wording)),
        (Subject::Pack(_), None, _) => ("revision-added", String::new()),
        (Subject::Pack(_), _, None) => ("revision-removed", String::new()),
        (Subject::Pack(_), ..) => ("revision-changed", String::new()),
    };
    let by = revision.by.name().map(str::to_owned);
    let by = by.unwrap_or_else(|| wording.sentence("by-file", []));
    let (number, at) = (number.to_string(), revision.at.to_the_minute());
    let values = [("number", &*number), ("id", id), ("by", &by), ("at", &at), ("value", &value)];
    let line = wording.sentence(sentence, values);
    let reason = revision.reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
    vec![Inline::Text(one_line(&format!("{line}{reason}")))]
}

/// A question in a line that is not too long for a list.
fn shortened(question: &str) -> String {
    const CHARS: Measure = Measure { char_len: |_| 1, trims_end: true };
    CHARS.truncate(&one_line(question), MAX_QUESTION)
}

/// A group of the inbox in a line.
pub fn group_line(group: &QuestionGroup, wording: &Wording) -> Vec<Inline> {
    let wordings = group.wordings();
    let first = wordings.first().map(String::as_str).unwrap_or_default();
    let mut notes = vec![wording.counted("n-people", group.n_people())];
    if wordings.len() > 1 {
        notes.push(wording.sentence("and-more", [("n", &(wordings.len() - 1).to_string())]));
    }
    let (id, notes) = (group.id.clone(), notes.join(", "));
    vec![Inline::Text(format!("{} ({notes}) ", shortened(first))), Inline::Code(id)]
}

/// What was not answered since a time: groups of the inbox, of which there is at least one.
pub fn digest(
    groups: &[QuestionGroup],
    since: Timestamp,
    mark: &str,
    wording: &Wording,
) -> RichText {
    let questions = groups.iter().flat_map(|group| &group.questions);
    let people: HashSet<_> = questions.clone().map(|question| &question.asker).collect();
    let n_questions = wording.counted("n-questions", questions.count());
    let people = wording.counted("n-people", people.len());
    let day = since.date();
    let values = [("day", &*day), ("questions", &n_questions), ("people", &people)];
    let lines = groups.iter().take(GROUPS_PER_PAGE).map(|group| group_line(group, wording));
    let command = format!("{mark}{FAQ} {}", wording.verb_word(Verb::Inbox));
    Report::new(&wording.sentence("digest", values))
        .list(lines.collect())
        .paragraph(&wording.sentence("digest-more", [("command", &command)]))
        .text()
}

/// All of a group of the inbox, the entries that are nearest to it, and passages that may answer it, which are numbered
/// together.
pub fn group(
    group: &QuestionGroup,
    nearest: Vec<Vec<Inline>>,
    passages: Vec<Vec<Inline>>,
    mark: &str,
    wording: &Wording,
) -> RichText {
    let people = wording.counted("n-people", group.n_people());
    let at = group.last_asked().to_the_minute();
    let heading = wording.sentence("asked-by", [("people", &people), ("at", &at)]);
    let wordings = group.wordings();
    let shown = wordings.iter().take(MAX_WORDINGS);
    let mut lines: Vec<Vec<Inline>> =
        shown.map(|text| vec![Inline::Text(shortened(text))]).collect();
    if let Some(n_more) = wordings.len().checked_sub(MAX_WORDINGS).filter(|n| *n > 0) {
        lines.push(vec![Inline::Text(wording.sentence("and-more", [("n", &n_more.to_string())]))]);
    }
    let mut report = Report::new(&heading).list(lines);
    let first_passage = nearest.len() + 1;
    if !nearest.is_empty() {
        let sentence = wording.sentence("a-phrasing-of", []);
        report = report.paragraph(&sentence).numbered(1, nearest);
    }
    if !passages.is_empty() {
        let sentence = wording.sentence("a-new-entry-of", []);
        report = report.paragraph(&sentence).numbered(first_passage, passages);
    }
    // For where there are no buttons.
    let command = |verb: Verb| format!("{mark}{FAQ} {} {}", wording.verb_word(verb), group.id);
    let commands = [Verb::Gap, Verb::Dismiss].map(|verb| vec![Inline::Code(command(verb))]);
    report.list(commands.to_vec()).text()
}

/// Why an edit is refused.
pub fn refusal(refused: &RefusedEdit, wording: &Wording) -> RichText {
    let sentence =
        |id: &str, values: [(&str, &str); 1]| Report::new(&wording.sentence(id, values)).text();
    match refused {
        RefusedEdit::NoChange => Report::new(&wording.sentence("already-like-that", [])).text(),
        RefusedEdit::NoSuchPhrasing { id, phrasing } => {
            let values = [("id", id.as_str()), ("phrasing", phrasing)];
            Report::new(&wording.sentence("no-such-phrasing", values)).text()
        }
        RefusedEdit::Patch(PatchError::UnknownEntry { id }) => {
            sentence("no-such-entry", [("id", id.as_str())])
        }
        RefusedEdit::Patch(PatchError::IdTaken { id }) => {
            sentence("id-taken", [("id", id.as_str())])
        }
        RefusedEdit::Patch(PatchError::DuplicateVariant { id, variant }) => {
            let values = [("id", id.as_str()), ("phrasing", variant)];
            Report::new(&wording.sentence("phrasing-taken", values)).text()
        }
        // What is wrong with the file is told in the words of `quoth check`.
        RefusedEdit::Patch(error) => Report::new(&wording.sentence("cannot-be-saved", []))
            .paragraph(&error.to_string())
            .text(),
        RefusedEdit::Lexicon(LexiconError::TooFew) => {
            Report::new(&wording.sentence("too-few-synonyms", [])).text()
        }
        RefusedEdit::Lexicon(LexiconError::SeveralGroups { first, second }) => {
            let values = [("first", first.as_str()), ("second", second)];
            Report::new(&wording.sentence("synonyms-of-two-groups", values)).text()
        }
        RefusedEdit::Lexicon(LexiconError::Unknown { term }) => {
            sentence("no-synonyms-of", [("term", term.as_str())])
        }
        RefusedEdit::Lexicon(error) => Report::new(&wording.sentence("cannot-be-saved", []))
            .paragraph(&error.to_string())
            .text(),
        RefusedEdit::Invalid(rejection) => {
            let errors = rejection.findings.iter().filter(|finding| finding.is_error());
            let told = errors.take(MAX_FINDINGS).map(|finding| match &finding.help {
                Some(help) => format!("{}; {help}", finding.message),
                None => finding.message.clone(),
            });
            let lines = told.map(|text| vec![Inline::Text(one_line(&text))]).collect();
            Report::new(&wording.sentence("cannot-be-saved", [])).list(lines).text()
        }
        RefusedEdit::ChangedSince { revision, today } => {
            let text = wording.sentence("changed-since", [("id", &revision.entry)]);
            Report::new(&text).difference(revision.after.as_deref(), today.as_deref()).text()
        }
    }
}

/// What has changed in a pack or in settings, and that `n_more` entries have, for the moderators' log.
pub fn log_entry(
    subject: &Subject,
    revisions: &[(i64, Revision)],
    n_more: usize,
    wording: &Wording,
) -> RichText {
    let heading = match subject {
        Subject::Pack(pack) => wording.sentence("changed-in-pack", [("pack", pack)]),
        Subject::Settings(_) => wording.sentence("settings-have-changed", []),
    };
    let mut report = Report::new(&heading);
    for (number, revision) in revisions {
        report.blocks.push(Block::Paragraph(revision_line(
            *number,
            &revision.entry,
            revision,
            wording,
        )));
        report = report.revision_difference(revision, wording);
    }
    if n_more > 0 {
        report = report.paragraph(&wording.sentence("and-more", [("n", &n_more.to_string())]));
    }
    report.text()
}
