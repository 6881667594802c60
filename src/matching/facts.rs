//! Facts of a text, which can contradict those of another text: members of exclusive sets,
//! identifiers, directions.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::knowledge::Entry;
use crate::text::identifier::{is_identifier, kind};
use crate::text::language::{LanguageData, SetMember};
use crate::text::{Analyzer, Origin};

/// The facts of a text, or of several texts together.
#[derive(Debug, Default)]
pub(crate) struct Facts {
    /// Members of exclusive sets.
    pub(super) members: FxHashSet<SetMember>,
    /// Identifiers in canonical spelling.
    pub(super) identifiers: FxHashSet<String>,
    /// Stems of the content words that are not identifiers.
    pub(super) stems: FxHashSet<String>,
    /// Directions (0: from, 1: to), each with the stem of the next content word.
    pub(super) directions: FxHashSet<(usize, String)>,
}

/// A word, spelled as in tokens, and its stem.
#[derive(Debug, Clone, Copy)]
pub(crate) struct StemmedWord<'w> {
    pub(crate) word: &'w str,
    pub(crate) stem: &'w str,
}

impl Facts {
    /// Adds the facts of a text that consists of `words`.
    pub(super) fn add(&mut self, analyzer: &Analyzer, words: &[StemmedWord<'_>]) {
        let data = analyzer.data();
        let folded: Vec<_> = words.iter().map(|it| data.folding.fold(it.word)).collect();
        let found = data.exclusive.phrases.find(&folded);
        let mut is_member = vec![false; words.len()];
        let mut previous: Option<(usize, SetMember)> = None;
        for (start, n_words, member) in found {
            self.members.insert(*member);
            if let Some((end, first)) = previous.replace((start + n_words, *member))
                && is_range(data, folded.get(end..start).unwrap_or_default())
            {
                self.members.extend(between(first, *member));
            }
            is_member.iter_mut().skip(start).take(n_words).for_each(|it| *it = true);
        }
        let last = folded.last().and_then(|word| data.exclusive.last_words.get(&**word));
        self.members.extend(last.into_iter().flatten());
        for (at, StemmedWord { word, stem }) in words.iter().enumerate() {
            if is_identifier(word) {
                self.identifiers.insert((*word).to_owned());
            } else {
                if is_member.get(at) == Some(&false) {
                    self.members.extend(data.exclusive.by_stem.get(*stem));
                }
                if !analyzer.is_stop_word(word) {
                    self.stems.insert((*stem).to_owned());
                }
            }
            let side = folded.get(at).and_then(|word| data.directions.get(&**word));
            let Some(side) = side else { continue };
            let next = words.iter().skip(at + 1).find(|next| !analyzer.is_stop_word(next.word));
            self.directions.extend(next.map(|next| (*side, next.stem.to_owned())));
        }
    }

    /// The facts of `text`, which belongs to a pack.
    pub(super) fn of_text(analyzer: &Analyzer, text: &str) -> Self {
        let mut facts = Self::default();
        let tokens = analyzer.tokenize(text, Origin::Pack, usize::MAX);
        let stems: Vec<String> = tokens.iter().map(|it| analyzer.stem(&it.word)).collect();
        let words = tokens.iter().zip(&stems);
        let words = words.map(|(token, stem)| StemmedWord { word: &token.word, stem });
        facts.add(analyzer, &words.collect::<Vec<_>>());
        facts
    }

    fn extend(&mut self, other: Self) {
        self.members.extend(other.members);
        self.identifiers.extend(other.identifiers);
        self.stems.extend(other.stems);
        self.directions.extend(other.directions);
    }

    /// Whether it has `identifier`, or a version that includes it or is included in it.
    pub(super) fn has_identifier(&self, identifier: &str) -> bool {
        self.identifiers.iter().any(|known| is_same_identifier(known, identifier))
    }
}

/// Whether two members with the words `between` them form a range: no word, or one such as "to".
fn is_range(data: &LanguageData, between: &[impl AsRef<str>]) -> bool {
    match between {
        [] => true,
        [word] => data.directions.get(word.as_ref()) == Some(&1),
        _ => false,
    }
}

/// The members between two members of a set, excluding both; none if their sets differ.
fn between(first: SetMember, last: SetMember) -> impl Iterator<Item = SetMember> {
    let numbers = first.member.saturating_add(1)..last.member;
    numbers.filter(move |_| first.set == last.set).map(move |member| SetMember { member, ..first })
}

/// Whether two identifiers are equal, or one is a version that includes the other: "2.x" and "2.0"
/// include "2" and "2.7".
fn is_same_identifier(a: &str, b: &str) -> bool {
    let includes = |wide: &str, narrow: &str| {
        wide.strip_suffix(".x").or(wide.strip_suffix(".0")).is_some_and(|major| {
            narrow == major || narrow.strip_prefix(major).is_some_and(|rest| rest.starts_with('.'))
        })
    };
    a == b || includes(a, b) || includes(b, a)
}

/// The facts of an entry.
#[derive(Debug, Default)]
pub(crate) struct EntryFacts {
    /// Facts of its phrasings.
    pub(super) phrasings: Facts,
    /// Number of phrasings with a member of a set.
    n_with_set: FxHashMap<u16, usize>,
    /// Number of phrasings with a kind of identifier.
    n_with_kind: FxHashMap<String, usize>,
    n_phrasings: usize,
    /// Sets of which two phrasings have different members, so that the entry is not about one.
    pub(super) varying_sets: FxHashSet<u16>,
    /// Kinds of which two phrasings have different identifiers.
    pub(super) varying_kinds: FxHashSet<String>,
    /// Facts of its lead and quotes.
    pub(super) quotes: Facts,
}

impl EntryFacts {
    /// Collects the facts of `entry`.
    pub(super) fn new(analyzer: &Analyzer, entry: &Entry) -> Self {
        let of_text = |text: &str| Facts::of_text(analyzer, text);
        let mut all = Self::default();
        for facts in entry.phrasings().map(of_text) {
            all.note_varying(&facts);
            all.count(&facts);
            all.phrasings.extend(facts);
        }
        if let Some(lead) = entry.lead() {
            all.quotes.extend(of_text(lead));
        }
        for quote in entry.quotes() {
            all.quotes.extend(of_text(&quote.words()));
        }
        all
    }

    /// Counts the sets and kinds of identifiers in the `facts` of a phrasing.
    fn count(&mut self, facts: &Facts) {
        self.n_phrasings += 1;
        let sets: FxHashSet<u16> = facts.members.iter().map(|member| member.set).collect();
        let kinds: FxHashSet<String> = facts.identifiers.iter().map(|it| kind(it)).collect();
        sets.into_iter().for_each(|set| *self.n_with_set.entry(set).or_default() += 1);
        kinds.into_iter().for_each(|kind| *self.n_with_kind.entry(kind).or_default() += 1);
    }

    /// Whether the entry is about one member of `set`: at least half of its phrasings have one. If
    /// fewer do, the entry is about all members, and a phrasing with one is a special case.
    pub(super) fn is_about_set(&self, set: u16) -> bool {
        self.n_with_set.get(&set).is_some_and(|n| 2 * n >= self.n_phrasings)
    }

    /// Whether the entry is about one identifier of a kind: at least half of its phrasings have
    /// one.
    pub(super) fn is_about_kind(&self, kind: &str) -> bool {
        self.n_with_kind.get(kind).is_some_and(|n| 2 * n >= self.n_phrasings)
    }

    /// Records the sets and kinds in which the `facts` of another phrasing differ from those
    /// before.
    fn note_varying(&mut self, facts: &Facts) {
        let before = &self.phrasings;
        for SetMember { set, .. } in &facts.members {
            let mut of_set = before.members.iter().filter(|member| member.set == *set).peekable();
            if of_set.peek().is_some() && of_set.all(|member| !facts.members.contains(member)) {
                self.varying_sets.insert(*set);
            }
        }
        for identifier in &facts.identifiers {
            let kind_of = kind(identifier);
            let mut of_kind =
                before.identifiers.iter().filter(|known| kind(known) == kind_of).peekable();
            if of_kind.peek().is_some() && of_kind.all(|known| !facts.has_identifier(known)) {
                self.varying_kinds.insert(kind_of);
            }
        }
    }
}
