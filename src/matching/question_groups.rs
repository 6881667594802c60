//! Groups of questions that ask for the same, by how similar they are to each other.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::PackIndex;
use super::excluded::Excluded;
use super::query::Query;
use super::scorer;
use crate::knowledge::{Content, Entry, EntryId, Lexicon, Pack};
use crate::text::Language;

/// Least similarity of a question and a group. Of 300 questions of 60 intents of CLINC150 (five phrasings an intent,
/// the set for tuning), 0.4 puts 49 % of the pairs that ask for the same together, and 63 % of the pairs that are
/// together ask for the same; 0.5: 41 and 80 %; 0.6: 28 and 85 %. A wrong question in a group costs a moderator more
/// than a second group.
const MIN_SIMILARITY: f32 = 0.5;

/// Weight of what questions mean in their similarity, beside the words that they share. In a language without word
/// vectors, words count alone.
const MEANING_WEIGHT: f32 = 0.6;

/// Puts questions in a language, given from the latest to the earliest, into groups of those that ask for the same.
/// Returns the numbers of the members of each group in this order; the groups in the order of their first members.
///
/// A question joins the group that it is most similar to on average, so that no chain of similar questions links two
/// that are not.
pub fn group(questions: &[&str], language: &Language, lexicon: &Lexicon) -> Vec<Vec<usize>> {
    group_by(&similarities(questions, language, lexicon), MIN_SIMILARITY)
}

/// Groups by the similarities of each question, of at least `min` on average.
fn group_by(similarities: &[Vec<(usize, f32)>], min: f32) -> Vec<Vec<usize>> {
    let mut groups: Vec<Vec<usize>> = Vec::new();
    let mut group_of: Vec<usize> = Vec::with_capacity(similarities.len());
    for (number, similar) in similarities.iter().enumerate() {
        let mut by_group: FxHashMap<usize, Vec<f32>> = FxHashMap::default();
        for (other, similarity) in similar.iter().filter(|(other, _)| *other < number) {
            if let Some(group) = group_of.get(*other) {
                by_group.entry(*group).or_default().push(*similarity);
            }
        }
        let n_members = |group: usize| groups.get(group).map_or(1, Vec::len);
        let means = by_group
            .into_iter()
            .map(|(group, similarities)| (group, mean_of_best(similarities, n_members(group))));
        let best = means.max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)));
        let group = match best.filter(|(_, mean)| *mean >= min) {
            Some((group, _)) => group,
            None => {
                groups.push(Vec::new());
                groups.len() - 1
            }
        };
        if let Some(members) = groups.get_mut(group) {
            members.push(number);
        }
        group_of.push(group);
    }
    groups
}

/// How many members of a group, the most similar ones, a question is compared with.
const N_COMPARED: usize = 8;

/// The mean of the largest similarities to the members of a group of `n_members`; 0.0 for those that are not similar at
/// all.
#[expect(clippy::cast_precision_loss, reason = "at most N_COMPARED")]
fn mean_of_best(mut similarities: Vec<f32>, n_members: usize) -> f32 {
    similarities.sort_by(|a, b| b.total_cmp(a));
    let n = n_members.clamp(1, N_COMPARED);
    similarities.iter().take(n).sum::<f32>() / n as f32
}

/// For each question, the others that it is similar to, and how much, 0.0 to 1.0.
fn similarities(
    questions: &[&str],
    language: &Language,
    lexicon: &Lexicon,
) -> Vec<Vec<(usize, f32)>> {
    let index = PackIndex::new(Arc::new(pack_of(questions, language, lexicon)));
    let queries: Vec<Query> = questions.iter().map(|text| Query::new(&index, text)).collect();
    let similar_to = |(number, query): (usize, &Query)| {
        let excluded = Excluded { entry: Some(number), ..Excluded::default() };
        let scored = scorer::score(&index, query, excluded);
        let one_way =
            scored.iter().map(|it| (it.entry, similarity(query, it.coverage, it.meaning)));
        one_way.filter(|(_, similarity)| *similarity > 0.0).collect::<Vec<_>>()
    };
    let one_way: Vec<Vec<(usize, f32)>> = queries.iter().enumerate().map(similar_to).collect();
    // Two questions are as similar as the one that says more of its own allows.
    let back = |from: usize, to: usize| {
        one_way.get(from)?.iter().find(|(other, _)| *other == to).map(|(_, it)| *it)
    };
    let both = |(number, similar): (usize, &Vec<(usize, f32)>)| {
        similar
            .iter()
            .filter_map(|(other, it)| Some((*other, f32::midpoint(*it, back(*other, number)?))))
            .collect()
    };
    one_way.iter().enumerate().map(both).collect()
}

fn similarity(query: &Query, coverage: f32, meaning: f32) -> f32 {
    match query.direction {
        Some(_) => MEANING_WEIGHT * meaning + (1.0 - MEANING_WEIGHT) * coverage,
        None => coverage,
    }
}

/// A pack whose gaps are the questions.
fn pack_of(questions: &[&str], language: &Language, lexicon: &Lexicon) -> Pack {
    let gap = |(number, question): (usize, &&str)| {
        Some(Entry {
            id: EntryId::new(&number.to_string())?,
            question: (*question).to_owned(),
            variants: Vec::new(),
            language: None,
            translations: Vec::new(),
            content: Content::Gap,
            tags: Vec::new(),
            see_also: Vec::new(),
        })
    };
    Pack {
        name: String::new(),
        title: String::new(),
        description: None,
        language: language.clone(),
        sources: Vec::new(),
        entries: questions.iter().enumerate().filter_map(gap).collect(),
        lexicon: lexicon.clone(),
    }
}
