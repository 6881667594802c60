//! Groups of questions that ask for the same, by how similar they are to each other.

mod average_linkage;
mod prominence;

use rustc_hash::FxHashMap;

use super::query::MAX_TOKENS;
use crate::knowledge::Lexicon;
use crate::text::{Analyzer, Language, Origin};
use average_linkage::average_linkage;
use prominence::Prominences;

/// Least prominence of two questions that ask for the same, on average over two groups. It is the least with at least
/// 90 % of the pairs that are together rightly so, both in the half for tuning of `tests/data/inbox` and in 300
/// questions of CLINC150 (the set for tuning): 98 and 93 %, and 15 and 39 % of the pairs that belong together are
/// together; 3.4: 74 and 83 %, and 22 and 46 %. A wrong question in a group costs a moderator more than a second
/// group.
const MIN_PROMINENCE: f32 = 3.9;

/// Puts questions in a language, given from the latest to the earliest, into groups of those that ask for the same.
/// Returns the numbers of the members of each group in this order; the groups in the order of their first members.
///
/// Questions of the same words are always together. Other groups are joined as long as two are similar enough on
/// average, so that no chain of similar questions links two that are not.
pub fn group(questions: &[&str], language: &Language, lexicon: &Lexicon) -> Vec<Vec<usize>> {
    let same = of_same_words(questions, language);
    let firsts: Vec<&str> =
        same.iter().filter_map(|numbers| questions.get(*numbers.first()?).copied()).collect();
    let prominences = Prominences::new(&firsts, language, lexicon);
    let pairs = prominences.pairs(MIN_PROMINENCE);
    let mut known: FxHashMap<(usize, usize), f32> =
        pairs.iter().map(|pair| ((pair.first, pair.second), pair.similarity)).collect();
    let similarity = |a: usize, b: usize| {
        let pair = (a.min(b), a.max(b));
        *known.entry(pair).or_insert_with(|| prominences.of(pair.0, pair.1))
    };
    let joined = average_linkage(firsts.len(), &pairs, MIN_PROMINENCE, similarity);
    let members = |group: Vec<usize>| {
        let mut numbers: Vec<usize> =
            group.into_iter().filter_map(|it| same.get(it)).flatten().copied().collect();
        numbers.sort_unstable();
        numbers
    };
    let mut groups: Vec<Vec<usize>> = joined.into_iter().map(members).collect();
    groups.sort_unstable();
    groups
}

/// The numbers of the questions that consist of the same words, in the order of the first of them.
fn of_same_words(questions: &[&str], language: &Language) -> Vec<Vec<usize>> {
    let analyzer = Analyzer::new(language);
    let mut groups: Vec<Vec<usize>> = Vec::new();
    let mut group_of: FxHashMap<Vec<String>, usize> = FxHashMap::default();
    for (number, question) in questions.iter().enumerate() {
        let tokens = analyzer.tokenize(question, Origin::Message, MAX_TOKENS);
        let mut words: Vec<String> = tokens.into_iter().map(|token| token.word).collect();
        if words.is_empty() {
            words.push((*question).to_owned());
        }
        let group = *group_of.entry(words).or_insert_with(|| {
            groups.push(Vec::new());
            groups.len() - 1
        });
        if let Some(members) = groups.get_mut(group) {
            members.push(number);
        }
    }
    groups
}
