//! A reply, as every platform shows it in its own way.

use std::collections::BTreeMap;

use super::autocomplete::PINNED;
use super::notice::Notice;
use crate::knowledge::Quote;
use crate::matching::{Decision, Index, Outcome};

/// Characters of a piece of a paragraph: as many as a quote can have, so that what shows the one
/// can show the other.
const MAX_PIECE_CHARS: usize = 1500;

/// What to say to a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// An entry answers.
    Answer(Answer),
    /// Several entries may answer; the asker picks. Never empty.
    Suggestions(Vec<Suggestion>),
    /// The source was searched for this very question and does not answer it.
    NotInSource {
        /// Titles of the packs' sources, to say what was searched.
        titles: Vec<String>,
    },
    /// No entry is near enough.
    NothingFound,
    /// A number was picked that was not suggested.
    NoSuchNumber {
        /// How many there are to pick from.
        n_suggestions: usize,
    },
    /// What can be done here.
    Help,
    /// What can be asked.
    Topics(Vec<Topic>),
    /// Where quotes stand.
    Paragraphs(Vec<ParagraphPart>),
    /// Something about quoth itself.
    Notice(Notice),
}

/// Questions that share a tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Topic {
    /// The tag; empty for entries without one.
    pub tag: String,
    /// Canonical questions, in the order of the packs.
    pub questions: Vec<String>,
}

/// An entry's lead and quotes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The entry's index.
    pub entry: usize,
    /// The canonical question, to say what is being answered.
    pub question: String,
    /// The curator's line.
    pub lead: Option<String>,
    /// The quotes, in order. Never empty.
    pub quotes: Vec<CitedQuote>,
    /// Canonical questions of entries that a reader may want next.
    pub see_also: Vec<String>,
}

/// A quote with everything that its citation says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CitedQuote {
    /// The source's own words.
    pub text: String,
    /// Whether words of the sentence stand before it in the source.
    pub is_cut_before: bool,
    /// Whether words of the sentence stand behind it in the source.
    pub is_cut_after: bool,
    /// Who says it, where the source attributes it.
    pub speaker: Option<String>,
    /// Who the speaker is.
    pub role: Option<String>,
    /// The source's title.
    pub title: String,
    /// The paragraph's number, from 1.
    pub paragraph: usize,
    /// Where the source can be read.
    pub url: Option<String>,
}

/// A paragraph that is quoted from, or a piece of a long one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParagraphPart {
    /// The source's own words.
    pub text: String,
    /// The source's title.
    pub title: String,
    /// The paragraph's number, from 1.
    pub paragraph: usize,
}

/// An entry that the asker may pick.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// The entry's index.
    pub entry: usize,
    /// Its canonical question.
    pub question: String,
}

impl Reply {
    /// The reply that `outcome` calls for.
    pub fn new(index: &Index, outcome: &Outcome) -> Self {
        match outcome.decision {
            Decision::Answer => outcome
                .ranked
                .first()
                .and_then(|entry| Answer::new(index, *entry))
                .map_or(Self::NothingFound, Self::Answer),
            Decision::Suggest => {
                let suggestion = |entry: &usize| {
                    let question = index.entry(*entry)?.question.clone();
                    Some(Suggestion { entry: *entry, question })
                };
                Self::Suggestions(outcome.suggestions.iter().filter_map(suggestion).collect())
            }
            Decision::Abstain => outcome
                .gap
                .map_or(Self::NothingFound, |gap| Self::NotInSource { titles: titles(index, gap) }),
        }
    }
}

impl Answer {
    /// What the entry at `entry` says; `None` for a gap, or if there is no such entry.
    pub fn new(index: &Index, entry: usize) -> Option<Self> {
        let found = index.entry(entry).filter(|found| !found.is_gap())?;
        let pack = index.pack_of(entry)?;
        let question = |id: &crate::knowledge::EntryId| {
            pack.entries.iter().find(|other| other.id == *id).map(|other| other.question.clone())
        };
        Some(Self {
            entry,
            question: found.question.clone(),
            lead: found.lead().map(str::to_owned),
            quotes: found.quotes().iter().map(CitedQuote::new).collect(),
            see_also: found.see_also.iter().filter_map(question).collect(),
        })
    }
}

impl ParagraphPart {
    /// The paragraphs that the entry at `entry` quotes from, each once, in the order of the quotes.
    pub fn all(index: &Index, entry: usize) -> Vec<Self> {
        let mut seen = Vec::new();
        let mut passages = Vec::new();
        for quote in index.entry(entry).map_or(&[][..], |entry| entry.quotes()) {
            let (source, paragraph) = (quote.source(), quote.paragraph());
            let place = (source.name(), paragraph);
            if seen.contains(&place) {
                continue;
            }
            seen.push(place);
            passages.extend(parts(source.paragraph(paragraph).unwrap_or_default()).map(|text| {
                Self { text: text.to_owned(), title: source.metadata().title.clone(), paragraph }
            }));
        }
        passages
    }
}

/// `text` in pieces that every platform can show, divided where words are.
fn parts(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let (piece, left) = rest.split_at(part_end(rest));
        rest = left;
        Some(piece)
    })
}

/// Where the first piece of `text` ends: behind a white space, if there is one near.
fn part_end(text: &str) -> usize {
    let Some((limit, _)) = text.char_indices().nth(MAX_PIECE_CHARS) else { return text.len() };
    let head = text.get(..limit).unwrap_or(text);
    let space = head.char_indices().rev().find(|(_, c)| c.is_whitespace());
    space.map_or(limit, |(at, c)| at + c.len_utf8())
}

impl Topic {
    /// Every entry that answers, under its first tag; topics in the order of the alphabet.
    pub fn all(index: &Index) -> Vec<Self> {
        let mut topics: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        let entries = (0..index.n_entries()).filter_map(|idx| index.entry(idx));
        for entry in entries.filter(|entry| !entry.is_gap()) {
            let mut tags = entry.tags.iter().filter(|tag| *tag != PINNED);
            let tag = tags.next().map_or("", String::as_str);
            topics.entry(tag).or_default().push(entry.question.clone());
        }
        topics.into_iter().map(|(tag, questions)| Self { tag: tag.to_owned(), questions }).collect()
    }

    /// `topics` without the first `n` questions.
    pub(super) fn skip(mut n: usize, topics: Vec<Self>) -> Vec<Self> {
        let left = topics.into_iter().map(|Self { tag, mut questions }| {
            let n_left_out = n.min(questions.len());
            n -= n_left_out;
            Self { tag, questions: questions.split_off(n_left_out) }
        });
        left.filter(|topic| !topic.questions.is_empty()).collect()
    }
}

impl CitedQuote {
    fn new(quote: &Quote) -> Self {
        let (is_cut_before, is_cut_after) = quote.cuts();
        let metadata = quote.source().metadata();
        Self {
            text: quote.text().to_owned(),
            is_cut_before,
            is_cut_after,
            speaker: quote.speaker().map(str::to_owned),
            role: quote.role().map(str::to_owned),
            title: metadata.title.clone(),
            paragraph: quote.paragraph(),
            url: metadata.url.clone(),
        }
    }
}

fn titles(index: &Index, entry: usize) -> Vec<String> {
    let sources = index.pack_of(entry).map_or(&[][..], |pack| pack.sources.as_slice());
    sources.iter().map(|source| source.metadata().title.clone()).collect()
}
