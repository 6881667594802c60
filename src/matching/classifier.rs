//! What an entry's phrasings have in common that those of other entries do not: a linear classifier
//! that is learned from the packs' own phrasings.
//!
//! Multinomial logistic regression with a weight for each term of an entry and a bias for each entry.
//! Other measures ask how alike question and phrasings are; this one has seen which words mislead.
//! Words of every day count here too, since "how long" and "how many" may tell entries apart.

mod training;

use super::index::{ForwardIndex, Term};
use super::vocabulary::TermId;

/// A term of a text and how strongly it stands for the text: a coordinate of a vector of length 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct TermFeature {
    pub(crate) term: TermId,
    pub(crate) value: f32,
}

/// Parts into which an entry's phrasings fall in turn, for [`Classifier::without`].
pub(crate) const N_FOLDS: usize = 5;

/// The learned weights. Of an index whose entries have too few phrasings, or too many in all, there
/// are none.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Classifier {
    /// By term, and of each term by entry.
    weights: Vec<f32>,
    /// By entry.
    biases: Vec<f32>,
}

impl Classifier {
    /// Learns from all phrasings.
    pub(crate) fn new(texts: &ForwardIndex, terms: &[Term]) -> Self {
        training::train(texts, terms, |_| true)
    }

    /// Learns from all phrasings but each [`N_FOLDS`]th of an entry, from number `fold` on: to ask
    /// what was not learned by heart.
    pub(crate) fn trained_without(fold: usize, texts: &ForwardIndex, terms: &[Term]) -> Self {
        training::train(texts, terms, |number| number % N_FOLDS != fold)
    }

    /// How much a question speaks for an entry, as log-odds up to a number that is the question's own:
    /// some -3 to 8. 0.0 where nothing was learned.
    pub(crate) fn logit(&self, entry: usize, question: &[TermFeature]) -> f32 {
        let Some(bias) = self.biases.get(entry) else { return 0.0 };
        question.iter().fold(*bias, |sum, signal| {
            let of_term = usize::try_from(signal.term).ok().map(|term| term * self.biases.len());
            let weight = of_term.and_then(|start| self.weights.get(start + entry));
            signal.value.mul_add(weight.copied().unwrap_or(0.0), sum)
        })
    }

    /// Whether anything was learned.
    pub(crate) fn is_trained(&self) -> bool {
        !self.biases.is_empty()
    }

    /// Bytes on the heap.
    pub(crate) fn n_bytes(&self) -> usize {
        size_of::<f32>() * (self.weights.capacity() + self.biases.capacity())
    }
}

/// Strength of a term before the vector is brought to length 1: between its weight, which leaves
/// nothing of everyday words, and 1.0, which makes as much of them as of all others.
pub(crate) fn feature_value(weight: f32) -> f32 {
    weight.sqrt()
}

/// Brings the vector to length 1; one without strength stays as it is.
pub(crate) fn normalize(signals: &mut [TermFeature]) {
    let length = signals.iter().map(|signal| signal.value.powi(2)).sum::<f32>().sqrt();
    if length > 0.0 {
        signals.iter_mut().for_each(|signal| signal.value /= length);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use crate::knowledge::{PackFile, PackFiles, prove};
    use crate::matching::Index;
    use crate::matching::query::Query;

    const PHRASINGS: [(&str, [&str; 5]); 3] = [
        (
            "block",
            ["block my card", "card was stolen", "freeze card", "lock it", "how to block a card"],
        ),
        (
            "limit",
            ["card limit", "how much can i spend", "raise my limit", "limit a day", "spend more"],
        ),
        (
            "pin",
            ["new pin for my card", "pin forgotten", "change pin", "how to change it", "reset pin"],
        ),
    ];

    fn index(n_phrasings: usize) -> Index {
        let file =
            |path: &str, text: String| PackFile { path: path.to_owned(), bytes: text.into() };
        let entry = |(id, phrasings): &(&str, [&str; 5])| {
            format!(
                "[[entry]]\nid = {id:?}\nquestion = {:?}\nvariants = {:?}\n[[entry.quote]]\ntext = \"Text.\"\n",
                phrasings[0],
                &phrasings[1..n_phrasings]
            )
        };
        let files = PackFiles {
            name: "bank".to_owned(),
            files: vec![
                file("faq.toml", PHRASINGS.iter().map(entry).collect()),
                file("pack.toml", "title = \"Bank\"".to_owned()),
                file("sources/bank.md", "+++\ntitle = \"Bank\"\n+++\nText.\n".to_owned()),
            ],
        };
        let proof = prove(&files);
        assert!(proof.is_accepted(), "{:?}", proof.findings);
        Index::new(vec![Arc::new(proof.pack)])
    }

    fn logits(index: &Index, left_out: Option<usize>, text: &str) -> Vec<f32> {
        let signals = Query::new(index, text).signals;
        (0..PHRASINGS.len()).map(|idx| index.classifier(left_out).logit(idx, &signals)).collect()
    }

    #[test]
    fn each_phrasing_speaks_for_its_own_entry() {
        let index = index(5);
        for (entry, (_, phrasings)) in PHRASINGS.iter().enumerate() {
            for phrasing in phrasings {
                let logits = logits(&index, None, phrasing);
                let others = (0..logits.len()).filter(|idx| *idx != entry);
                for other in others {
                    assert!(logits[entry] > logits[other], "{phrasing}: {logits:?}");
                }
            }
        }
    }

    #[test]
    fn a_phrasing_that_is_left_out_was_not_learned() {
        let index = index(5);
        // "lock" is in the fourth phrasing of the first entry, and nowhere else.
        let [with, without] = [None, Some(3)].map(|left_out| logits(&index, left_out, "lock"));
        assert!(with[0] > with[1] + 0.5, "{with:?}");
        assert!((without[0] - without[1]).abs() < 0.5, "{without:?}");
    }

    #[test]
    fn the_same_packs_give_the_same_weights() {
        assert_eq!(index(5).classifier(None), index(5).classifier(None));
        assert_eq!(index(5).classifier(Some(1)), index(5).classifier(Some(6)));
    }

    #[test]
    fn entries_of_one_phrasing_have_nothing_in_common_to_learn() {
        let index = index(1);
        assert!(!index.has_classifier());
        assert_eq!(logits(&index, None, "block my card"), [0.0; 3]);
    }
}
