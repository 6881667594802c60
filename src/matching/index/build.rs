//! Building an index from packs.

use std::collections::BTreeSet;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::{EntryPlace, EntryPosting, Index, IndexedEntry, Phrasing, Posting, TermWeight};
use crate::knowledge::{Entry, Pack};
use crate::matching::lexicon::Concepts;
use crate::matching::query::{
    N_QUESTION_TYPES, is_capitalized_inside, is_question, question_types,
};
use crate::matching::rarity::{everyday_rarity, pack_rarity, weight};
use crate::matching::vocabulary::{TermId, Vocabulary};
use crate::text::{Language, Stemmer, Token, tokenize};

/// Slope of pivoted length normalization (Singhal, Buckley, Mitra 1996): 1.0 is plain cosine,
/// 0.0 ignores length. A prototype found 0.5 best over six FAQs (docs/quality.md).
const PIVOT_SLOPE: f32 = 0.5;

/// Weight of a pair of neighbouring words, as a share of its words' mean.
pub(in crate::matching) const PAIR_FACTOR: f32 = 0.4;

/// Mu of the Dirichlet smoothing, in unit phrasings: 10 to 100 do about the same on the question sets
/// for tuning (docs/quality.md).
const SMOOTHING: f32 = 30.0;

/// One text of an entry, as terms.
struct Document {
    entry: usize,
    number: Option<u32>,
    /// Terms of its words, in order.
    words: Vec<TermId>,
    concepts: Vec<TermId>,
    pairs: Vec<TermId>,
}

pub(super) fn build(packs: Vec<Arc<Pack>>) -> Index {
    let language = packs.first().map_or_else(Language::english, |pack| pack.language.clone());
    let stemmer = Stemmer::new(&language);
    let mut builder = Builder {
        stemmer: &stemmer,
        vocabulary: Vocabulary::default(),
        concepts: Concepts::default(),
        term_concepts: FxHashMap::default(),
        word_terms: FxHashMap::default(),
        everyday: FxHashMap::default(),
        capitals: FxHashMap::default(),
        documents: Vec::new(),
        entries: Vec::new(),
    };
    builder.add_lexicons(&packs);
    for (pack_idx, pack) in packs.iter().enumerate() {
        for (entry_idx, entry) in pack.entries.iter().enumerate() {
            builder.add_entry(EntryPlace { pack: pack_idx, entry: entry_idx }, entry);
        }
    }
    let terms = builder.term_weights();
    let Builder { vocabulary, concepts, term_concepts, documents, mut entries, .. } = builder;
    let (phrasings, postings) = invert(&documents, &terms, vocabulary.n_terms(), &mut entries);
    let entry_postings = entry_model(&postings, &phrasings);
    Index {
        packs,
        stemmer,
        vocabulary,
        concepts,
        term_concepts,
        terms,
        postings,
        entry_postings,
        phrasings,
        entries,
    }
}

struct Builder<'a> {
    stemmer: &'a Stemmer,
    vocabulary: Vocabulary,
    concepts: Concepts,
    term_concepts: FxHashMap<TermId, Vec<TermId>>,
    word_terms: FxHashMap<Box<str>, TermId>,
    /// Everyday rarity of each term: of its commonest surface word.
    everyday: FxHashMap<TermId, f32>,
    /// How often each term stands inside a sentence, and how often with a capital there.
    capitals: FxHashMap<TermId, (u32, u32)>,
    documents: Vec<Document>,
    entries: Vec<IndexedEntry>,
}

impl Builder<'_> {
    fn add_lexicons(&mut self, packs: &[Arc<Pack>]) {
        let groups = packs.iter().flat_map(|pack| pack.lexicon.groups());
        for (number, group) in groups.enumerate() {
            let synonyms: Vec<Vec<Token>> =
                group.iter().map(|synonym| tokenize(synonym, usize::MAX)).collect();
            let stems = |tokens: &[Token]| {
                tokens.iter().map(|token| self.stemmer.stem(&token.word)).collect::<Vec<_>>()
            };
            let all_stems: Vec<Vec<String>> = synonyms.iter().map(|tokens| stems(tokens)).collect();
            let concept = self.concepts.add_group(number, all_stems.clone(), &mut self.vocabulary);
            self.everyday.insert(concept, mean_rarity(&synonyms));
            for (tokens, stems) in synonyms.iter().zip(&all_stems) {
                if let ([token], [stem]) = (tokens.as_slice(), stems.as_slice()) {
                    let term = self.vocabulary.intern(stem);
                    self.note_word(&token.word, term);
                    self.term_concepts.entry(term).or_default().push(concept);
                }
            }
        }
    }

    fn add_entry(&mut self, place: EntryPlace, entry: &Entry) {
        let idx = self.entries.len();
        let n_phrasings = u32::try_from(1 + entry.variants.len()).unwrap_or(u32::MAX);
        #[expect(clippy::cast_precision_loss, reason = "counts of phrasings are far below 2^24")]
        let share = 1.0 / n_phrasings as f32;
        let mut question_type_shares = [0.0; N_QUESTION_TYPES];
        let mut share_of_questions = 0.0;
        let mut phrasing_terms = BTreeSet::new();
        for (number, text) in (0u32..).zip(entry.phrasings()) {
            let tokens = tokenize(text, usize::MAX);
            let types = question_types(&tokens);
            for (bit, sum) in question_type_shares.iter_mut().enumerate() {
                *sum += if types & (1 << bit) == 0 { 0.0 } else { share };
            }
            share_of_questions += if is_question(text, &tokens) { share } else { 0.0 };
            let document = self.document(idx, Some(number), text, &tokens);
            phrasing_terms.extend(document.words.iter().chain(&document.concepts).copied());
            self.documents.push(document);
        }
        let weak = entry
            .lead()
            .into_iter()
            .chain(entry.quotes().iter().map(crate::knowledge::Quote::text))
            .collect::<Vec<_>>()
            .join("\n");
        let document = self.document(idx, None, &weak, &tokenize(&weak, usize::MAX));
        let quote_terms: BTreeSet<TermId> =
            document.words.iter().chain(&document.concepts).copied().collect();
        if !document.words.is_empty() {
            self.documents.push(document);
        }
        self.entries.push(IndexedEntry {
            place,
            is_gap: entry.is_gap(),
            n_phrasings,
            centroid_norm: 1.0,
            phrasing_terms: phrasing_terms.into_iter().collect(),
            quote_terms: quote_terms.into_iter().collect(),
            question_type_shares,
            share_of_questions,
        });
    }

    fn document(
        &mut self,
        entry: usize,
        number: Option<u32>,
        text: &str,
        tokens: &[Token],
    ) -> Document {
        let words: Vec<TermId> = tokens
            .iter()
            .map(|token| {
                let term = self.term_of(&token.word);
                if token.span.start > 0 {
                    let seen = self.capitals.entry(term).or_default();
                    seen.0 += 1;
                    seen.1 += u32::from(is_capitalized_inside(text, &token.span));
                }
                term
            })
            .collect();
        let stems: Vec<&str> = words.iter().map(|term| self.vocabulary.name(*term)).collect();
        let concepts = self.concepts.find(&stems).into_iter().map(|found| found.concept).collect();
        let pairs: Vec<String> = stems
            .iter()
            .zip(stems.iter().skip(1))
            .map(|(first, second)| pair_name(first, second))
            .collect();
        let pairs = pairs.iter().map(|pair| self.vocabulary.intern(pair)).collect();
        Document { entry, number, words, concepts, pairs }
    }

    /// The term of a word; each word is stemmed only once.
    fn term_of(&mut self, word: &str) -> TermId {
        if let Some(term) = self.word_terms.get(word) {
            return *term;
        }
        let term = self.vocabulary.intern(&self.stemmer.stem(word));
        self.note_word(word, term);
        self.word_terms.insert(word.into(), term);
        term
    }

    fn note_word(&mut self, word: &str, term: TermId) {
        self.vocabulary.add_word(word, term);
        let rarity = everyday_rarity(word);
        let known = self.everyday.entry(term).or_insert(rarity);
        *known = known.min(rarity);
    }

    /// Weights of all terms, by how many entries use them.
    fn term_weights(&self) -> Vec<TermWeight> {
        let n_terms = self.vocabulary.n_terms();
        let mut n_entries_with = vec![0usize; n_terms];
        let mut last_entry = vec![usize::MAX; n_terms];
        for document in self.documents.iter().filter(|document| document.number.is_some()) {
            for term in document.words.iter().chain(&document.concepts) {
                let Ok(term) = usize::try_from(*term) else { continue };
                if let (Some(n), Some(last)) =
                    (n_entries_with.get_mut(term), last_entry.get_mut(term))
                    && *last != document.entry
                {
                    *last = document.entry;
                    *n += 1;
                }
            }
        }
        let mut weights: Vec<TermWeight> = (0..)
            .zip(&n_entries_with)
            .map(|(term, n)| {
                let pack_rarity = pack_rarity(*n, self.entries.len());
                let everyday = self.everyday.get(&term).copied().unwrap_or(1.0);
                let (n_inside, n_capitals) = self.capitals.get(&term).copied().unwrap_or_default();
                // Phone users write names small, so a third of capitals is enough.
                let is_name = n_capitals > 0 && n_capitals * 3 >= n_inside;
                TermWeight { weight: weight(everyday, pack_rarity), pack_rarity, is_name }
            })
            .collect();
        for document in &self.documents {
            for (pair, (first, second)) in
                document.pairs.iter().zip(document.words.iter().zip(document.words.iter().skip(1)))
            {
                let weight_of = |term: &TermId| {
                    usize::try_from(*term)
                        .ok()
                        .and_then(|t| weights.get(t))
                        .map_or(0.0, |t| t.weight)
                };
                let mean = (weight_of(first) + weight_of(second)) / 2.0;
                if let Some(slot) = usize::try_from(*pair).ok().and_then(|t| weights.get_mut(t)) {
                    slot.weight = PAIR_FACTOR * mean;
                }
            }
        }
        weights
    }
}

/// The name of the term for two neighbouring stems; stems hold no space.
pub(in crate::matching) fn pair_name(first: &str, second: &str) -> String {
    format!("{first} {second}")
}

fn mean_rarity(synonyms: &[Vec<Token>]) -> f32 {
    let rarities: Vec<f32> =
        synonyms.iter().flatten().map(|token| everyday_rarity(&token.word)).collect();
    #[expect(clippy::cast_precision_loss, reason = "a handful of words")]
    let n = rarities.len().max(1) as f32;
    rarities.iter().sum::<f32>() / n
}

/// Phrasings with their lengths, and the postings of each term.
fn invert(
    documents: &[Document],
    terms: &[TermWeight],
    n_terms: usize,
    entries: &mut [IndexedEntry],
) -> (Vec<Phrasing>, Vec<Vec<Posting>>) {
    let weight_of = |term: TermId| {
        usize::try_from(term).ok().and_then(|t| terms.get(t)).map_or(0.0, |t| t.weight)
    };
    let lengths: Vec<f32> = documents
        .iter()
        .map(|document| {
            let words: BTreeSet<TermId> = document.words.iter().copied().collect();
            words.iter().map(|term| weight_of(*term).powi(2)).sum::<f32>().sqrt().max(0.05)
        })
        .collect();
    let mean_length =
        mean(documents.iter().zip(&lengths).filter(|(d, _)| d.number.is_some()).map(|(_, l)| *l));
    let mean_weak =
        mean(documents.iter().zip(&lengths).filter(|(d, _)| d.number.is_none()).map(|(_, l)| *l));
    let mut postings: Vec<Vec<Posting>> = vec![Vec::new(); n_terms];
    let mut phrasings = Vec::with_capacity(documents.len());
    let mut sums: FxHashMap<usize, FxHashMap<TermId, f32>> = FxHashMap::default();
    for (phrasing, (document, length)) in (0u32..).zip(documents.iter().zip(&lengths)) {
        let pivot = if document.number.is_some() { mean_length } else { mean_weak };
        let norm = (1.0 - PIVOT_SLOPE) * pivot + PIVOT_SLOPE * length;
        let entry = u32::try_from(document.entry).unwrap_or(u32::MAX);
        phrasings.push(Phrasing { entry, number: document.number, norm });
        let all: BTreeSet<TermId> = document
            .words
            .iter()
            .chain(&document.concepts)
            .chain(&document.pairs)
            .copied()
            .collect();
        for term in &all {
            if let Some(list) = usize::try_from(*term).ok().and_then(|t| postings.get_mut(t)) {
                list.push(Posting { phrasing, weight: weight_of(*term) });
            }
        }
        if document.number.is_some() {
            let sum = sums.entry(document.entry).or_default();
            let words: BTreeSet<TermId> = document.words.iter().copied().collect();
            for term in words {
                *sum.entry(term).or_default() += weight_of(term) / norm;
            }
        }
    }
    for (entry, sum) in sums {
        let mut squares: Vec<f32> = sum.into_values().map(|weight| weight * weight).collect();
        squares.sort_by(f32::total_cmp);
        if let Some(entry) = entries.get_mut(entry) {
            entry.centroid_norm = squares.into_iter().sum::<f32>().sqrt().max(0.05);
        }
    }
    (phrasings, postings)
}

/// The query likelihood model of each entry with Dirichlet smoothing (Zhai and Lafferty 2001), in
/// weights instead of counts: ln(1 + weight of the term in the entry / (mu times its share of all)).
fn entry_model(postings: &[Vec<Posting>], phrasings: &[Phrasing]) -> Vec<Vec<EntryPosting>> {
    let mut sums: Vec<Vec<EntryPosting>> = Vec::with_capacity(postings.len());
    let mut total = 0.0f64;
    for list in postings {
        let mut of_term: Vec<EntryPosting> = Vec::new();
        for posting in list {
            let phrasing = usize::try_from(posting.phrasing).ok().and_then(|p| phrasings.get(p));
            let Some(phrasing) = phrasing.filter(|phrasing| phrasing.number.is_some()) else {
                continue;
            };
            let share = posting.weight / phrasing.norm;
            total += f64::from(share);
            match of_term.last_mut().filter(|last| last.entry == phrasing.entry) {
                Some(last) => last.log_odds += share,
                None => of_term.push(EntryPosting { entry: phrasing.entry, log_odds: share }),
            }
        }
        sums.push(of_term);
    }
    for of_term in &mut sums {
        let of_all: f64 = of_term.iter().map(|posting| f64::from(posting.log_odds)).sum();
        #[expect(clippy::cast_possible_truncation, reason = "a share needs no double precision")]
        let smoothing = SMOOTHING * (of_all / total.max(f64::EPSILON)) as f32;
        for posting in of_term {
            posting.log_odds = (posting.log_odds / smoothing.max(f32::EPSILON)).ln_1p();
        }
    }
    sums
}

#[expect(clippy::cast_precision_loss, reason = "counts of phrasings are far below 2^24")]
fn mean(lengths: impl Iterator<Item = f32>) -> f32 {
    let (sum, n) = lengths.fold((0.0, 0usize), |(sum, n), length| (sum + length, n + 1));
    sum / n.max(1) as f32
}
