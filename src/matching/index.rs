//! What is answered from: an immutable snapshot of one or several packs, each with indexes of its own, so
//! that a pack beside another changes none of its decisions.

use std::sync::Arc;

use super::PackIndex;
use super::decision::{Decision, Outcome};
use super::language_part::LanguagePart;
use super::objection::Objection;
use super::passages::{self, Passage};
pub use super::postings::MAX_ENTRIES;
use super::query::Query;
use crate::knowledge::{Entry, EntryId, Pack, Quote};
use crate::text::Language;

/// Start of the public id of a passage.
const PASSAGE_PREFIX: &str = "passage ";

/// The indexes of all packs. Entries are numbered through, in the order of the packs.
#[derive(Debug)]
pub struct Index {
    packs: Vec<Arc<Pack>>,
    /// Number of the first entry of each pack.
    starts: Vec<usize>,
    /// One for each language of a pack, in the order of the packs.
    parts: Vec<LanguagePart>,
    /// The number after the last part of each pack.
    part_ends: Vec<usize>,
}

impl Index {
    /// Builds the index of `packs`, of each of which the first [`MAX_ENTRIES`] entries can be found.
    pub fn new(packs: Vec<Arc<Pack>>) -> Self {
        Self::with_parts_of(packs, std::iter::empty())
    }

    /// The same. What `others` have learned of the same packs is shared with them, and not learned again.
    pub fn with_parts_of<'o>(
        packs: Vec<Arc<Pack>>,
        others: impl Iterator<Item = &'o Self> + Clone,
    ) -> Self {
        let (mut starts, mut parts, mut part_ends) = (Vec::new(), Vec::new(), Vec::new());
        let mut n_entries = 0;
        for pack in &packs {
            starts.push(n_entries);
            match others.clone().find_map(|other| other.parts_of(pack)) {
                Some(existing) => {
                    parts.extend(existing.iter().map(|part| part.starting_at(n_entries)));
                }
                None => parts.extend(LanguagePart::all_of(pack, n_entries)),
            }
            part_ends.push(parts.len());
            n_entries += pack.entries.len();
        }
        Self { packs, starts, parts, part_ends }
    }

    /// The parts of `pack`, if it is one of the packs.
    fn parts_of(&self, pack: &Arc<Pack>) -> Option<&[LanguagePart]> {
        let number = self.packs.iter().position(|own| Arc::ptr_eq(own, pack))?;
        let before = number.checked_sub(1).and_then(|number| self.part_ends.get(number));
        self.parts.get(before.copied().unwrap_or(0)..*self.part_ends.get(number)?)
    }

    /// The packs, in order.
    pub fn packs(&self) -> &[Arc<Pack>] {
        &self.packs
    }

    /// How many entries and gaps there are.
    pub fn n_entries(&self) -> usize {
        self.packs.iter().map(|pack| pack.entries.len()).sum()
    }

    /// How many phrasings there are.
    pub fn n_phrasings(&self) -> usize {
        self.parts.iter().map(|part| part.index.n_phrasings()).sum()
    }

    /// Bytes of memory that it takes without the packs, about.
    pub fn n_bytes(&self) -> usize {
        self.parts.iter().map(|part| part.index.n_bytes()).sum()
    }

    /// The entry at `idx`.
    pub fn entry(&self, idx: usize) -> Option<&Entry> {
        let (pack, start) = self.pack_and_start(idx)?;
        pack.entries.get(idx - start)
    }

    /// The pack of the entry at `idx`.
    pub fn pack_of(&self, idx: usize) -> Option<&Arc<Pack>> {
        self.pack_and_start(idx).map(|(pack, _)| pack)
    }

    fn pack_and_start(&self, idx: usize) -> Option<(&Arc<Pack>, usize)> {
        let number = self.starts.partition_point(|start| *start <= idx).checked_sub(1)?;
        Some((self.packs.get(number)?, *self.starts.get(number)?))
    }

    /// The entries that the one at `idx` refers to by `see_also`, in order.
    pub fn related(&self, idx: usize) -> impl Iterator<Item = usize> {
        let found = self.entry(idx).zip(self.pack_and_start(idx));
        found.into_iter().flat_map(|(entry, (pack, start))| {
            let position = |id: &EntryId| pack.entries.iter().position(|other| other.id == *id);
            entry.see_also.iter().filter_map(move |id| Some(start + position(id)?))
        })
    }

    /// How the entry at `idx` asks in `language`: its first phrasing in it, else its canonical
    /// question.
    pub fn question(&self, idx: usize, language: Option<&Language>) -> Option<&str> {
        let (pack, entry) = (self.pack_of(idx)?, self.entry(idx)?);
        let mut languages = entry.languages(&pack.language);
        let numbers = languages.find(|(found, _)| Some(*found) == language);
        let first = numbers.and_then(|(_, numbers)| entry.phrasings().nth(numbers.start));
        Some(first.unwrap_or(&entry.question))
    }

    /// The public id of the entry at `idx`: its own, or `pack:entry` where there are several packs.
    pub fn entry_id(&self, idx: usize) -> String {
        let (Some(pack), Some(entry)) = (self.pack_of(idx), self.entry(idx)) else {
            return String::new();
        };
        if self.packs.len() > 1 {
            format!("{}:{}", pack.name, entry.id)
        } else {
            entry.id.to_string()
        }
    }

    /// The index of the entry with the public id `id`. Ids from before a pack was added or removed are
    /// found, too: without the name of a pack if only one entry has the id, and with it.
    pub fn find(&self, id: &str) -> Option<usize> {
        let all = || 0..self.n_entries();
        let is_full = |idx: &usize| {
            let (pack, entry) = (self.pack_of(*idx), self.entry(*idx));
            let parts = pack.and_then(|pack| id.strip_prefix(&*pack.name)?.strip_prefix(':'));
            parts.is_some_and(|own| entry.is_some_and(|entry| entry.id.as_str() == own))
        };
        let is_own = |idx: &usize| self.entry(*idx).is_some_and(|entry| entry.id.as_str() == id);
        all().find(|idx| self.entry_id(*idx) == id).or_else(|| all().find(is_full)).or_else(|| {
            let mut found = all().filter(is_own);
            found.next().filter(|_| found.next().is_none())
        })
    }

    /// Whether `text` has words that an answer would have to cover, in the language of any pack.
    pub fn has_content_words(&self, text: &str) -> bool {
        self.indexes().any(|index| Query::new(index, text).content_words().next().is_some())
    }

    /// What the sources say in sentences that no entry quotes and that may answer the question `text`, best
    /// first; nothing if `outcome`, that of the question, has an answer or a gap, or is that of a
    /// statement.
    pub fn passages(&self, text: &str, outcome: &Outcome) -> Vec<Passage> {
        let is_answered = outcome.decision == Decision::Answer || outcome.gap.is_some();
        if is_answered || outcome.objection == Some(Objection::Statement) {
            return Vec::new();
        }
        let find = |index: &PackIndex| passages::find(index, &Query::new(index, text));
        passages::best(self.indexes().flat_map(find).collect(), outcome.suggestions.len())
    }

    /// The `n` sentences of the sources, of each pack and language, that no entry quotes and that cover most of
    /// `text`, however little, best first.
    pub fn nearest_sentences(&self, text: &str, n: usize) -> Vec<Quote> {
        let nearest = |index: &PackIndex| passages::nearest(index, &Query::new(index, text), n);
        self.indexes().flat_map(nearest).collect()
    }

    /// The public id of a passage, by which [`Self::find_passage`] finds it as long as it is in the source.
    /// Unlike the id of an entry, it has white space.
    pub fn passage_id(&self, passage: &Quote) -> String {
        let (source, paragraph, text) = (passage.source(), passage.paragraph(), passage.text());
        let has_source = |pack: &&Arc<Pack>| pack.sources.iter().any(|it| Arc::ptr_eq(it, source));
        let pack = self.packs.iter().find(has_source).map_or("", |pack| &pack.name);
        format!("{PASSAGE_PREFIX}{pack}/{}/{paragraph} {text}", source.name())
    }

    /// The passage with the public id `id`, proved again. If the source has changed, it may stand in another
    /// paragraph now.
    pub fn find_passage(&self, id: &str) -> Option<Quote> {
        let mut parts = id.strip_prefix(PASSAGE_PREFIX)?.splitn(3, '/');
        let (pack, source, rest) = (parts.next()?, parts.next()?, parts.next()?);
        let (paragraph, text) = rest.split_once(' ')?;
        let pack = self.packs.iter().find(|it| it.name == pack)?;
        let source = pack.sources.iter().find(|it| it.name() == source)?;
        let paragraph = paragraph.parse().ok();
        Quote::prove(source, text, paragraph).or_else(|_| Quote::prove(source, text, None)).ok()
    }

    /// The parts, one for each language of a pack.
    pub(super) fn parts(&self) -> &[LanguagePart] {
        &self.parts
    }

    /// The indexes of all packs and languages.
    pub(crate) fn indexes(&self) -> impl Iterator<Item = &PackIndex> {
        self.parts.iter().map(|part| &*part.index)
    }
}
