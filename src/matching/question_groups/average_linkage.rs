//! Hierarchical clustering by average linkage: two groups are as similar as their members are on average.

use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap};

use crate::matching::scorer::rounded;

/// Two items that are similar, the first one with the lower number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct SimilarPair {
    pub(super) first: usize,
    pub(super) second: usize,
    pub(super) similarity: f32,
}

/// How many members of a group are compared with those of another, the first ones: comparing all would take long for
/// large groups, and a few tell as well.
const N_COMPARED: usize = 8;

/// The similarity of two groups, in units of [`rounded`], and their numbers. The greatest is joined first; of equal
/// ones, that of the earliest groups.
type Join = (i64, Reverse<usize>, Reverse<usize>);

#[derive(Debug, Default)]
struct Cluster {
    /// In ascending order; empty if it has been joined with another.
    members: Vec<usize>,
    /// The clusters that it has a similar pair with.
    neighbors: BTreeSet<usize>,
}

/// Joins the two most similar of `n` items or groups until no two are similar by at least `min`. Only those are
/// compared that one of `pairs`, of at least `min`, is between. Returns the members of each group, ascending.
pub(super) fn average_linkage(
    n: usize,
    pairs: &[SimilarPair],
    min: f32,
    mut similarity: impl FnMut(usize, usize) -> f32,
) -> Vec<Vec<usize>> {
    let cluster = |item: usize| Cluster { members: vec![item], ..Cluster::default() };
    let mut clusters: Vec<Cluster> = (0..n).map(cluster).collect();
    let mut joins: BinaryHeap<Join> = BinaryHeap::new();
    for SimilarPair { first, second, similarity } in pairs {
        for (from, to) in [(*first, *second), (*second, *first)] {
            if let Some(cluster) = clusters.get_mut(from) {
                cluster.neighbors.insert(to);
            }
        }
        joins.push((rounded(*similarity), Reverse(*first), Reverse(*second)));
    }
    while let Some((_, Reverse(first), Reverse(second))) = joins.pop() {
        let Some(joined) = join(&mut clusters, first, second) else { continue };
        let number = clusters.len();
        for neighbor in &joined.neighbors {
            let Some(cluster) = clusters.get_mut(*neighbor) else { continue };
            cluster.neighbors.remove(&first);
            cluster.neighbors.remove(&second);
            cluster.neighbors.insert(number);
            let mean = mean_similarity(&joined.members, &cluster.members, &mut similarity);
            if mean >= min {
                joins.push((rounded(mean), Reverse(*neighbor), Reverse(number)));
            }
        }
        clusters.push(joined);
    }
    clusters.into_iter().map(|it| it.members).filter(|members| !members.is_empty()).collect()
}

/// Takes two clusters, and returns the one of both; `None` if one of them has been joined already.
fn join(clusters: &mut [Cluster], first: usize, second: usize) -> Option<Cluster> {
    if [first, second].iter().any(|it| clusters.get(*it).is_none_or(|it| it.members.is_empty())) {
        return None;
    }
    let mut joined = std::mem::take(clusters.get_mut(first)?);
    let other = std::mem::take(clusters.get_mut(second)?);
    joined.members.extend(other.members);
    joined.members.sort_unstable();
    joined.neighbors.extend(other.neighbors);
    joined.neighbors.retain(|it| *it != first && *it != second);
    Some(joined)
}

#[expect(clippy::cast_precision_loss, reason = "at most N_COMPARED squared")]
fn mean_similarity(
    a: &[usize],
    b: &[usize],
    similarity: &mut impl FnMut(usize, usize) -> f32,
) -> f32 {
    let (a, b) = (a.iter().take(N_COMPARED), b.iter().take(N_COMPARED));
    let n = (a.len() * b.len()).max(1);
    let sum: f32 = a.flat_map(|a| b.clone().map(|b| (*a, *b))).map(|(a, b)| similarity(a, b)).sum();
    sum / n as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The groups of items by a table of similarities.
    fn groups(table: &[&[f32]], min: f32) -> Vec<Vec<usize>> {
        let similarity = |a: usize, b: usize| table[a.max(b)][a.min(b)];
        let mut pairs = Vec::new();
        for second in 0..table.len() {
            for first in 0..second {
                let similarity = similarity(first, second);
                if similarity >= min {
                    pairs.push(SimilarPair { first, second, similarity });
                }
            }
        }
        average_linkage(table.len(), &pairs, min, similarity)
    }

    #[test]
    fn chain_of_similar_items_does_not_join_its_ends() {
        let chain: &[&[f32]] = &[&[], &[0.9], &[0.1, 0.8], &[0.0, 0.1, 0.7]];
        assert_eq!(groups(chain, 0.5), [vec![0, 1], vec![2, 3]]);
    }

    #[test]
    fn group_takes_an_item_that_is_similar_to_its_members_on_average() {
        let table: &[&[f32]] = &[&[], &[0.9], &[0.4, 0.7]];
        assert_eq!(groups(table, 0.5), [vec![0, 1, 2]]);
        assert_eq!(groups(table, 0.6), [vec![2], vec![0, 1]]);
    }

    #[test]
    fn of_equally_similar_pairs_the_first_is_joined() {
        let table: &[&[f32]] = &[&[], &[0.8], &[0.0, 0.8]];
        assert_eq!(groups(table, 0.5), [vec![2], vec![0, 1]]);
    }
}
