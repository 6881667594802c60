//! A linear classifier over terms, trained on the packs' own phrasings: it learns which terms
//! distinguish the phrasings of an entry from those of others.
//!
//! Multinomial logistic regression with a weight for each term of an entry and a bias for each
//! entry. Other scores measure how similar question and phrasings are; this one also learns which
//! words mislead. Stop words count here, too, since "how long" and "how many" may distinguish
//! entries.

mod training;

use super::forward_index::ForwardIndex;
use super::term::Term;
use super::vocabulary::TermId;

/// A sparse feature: a term and its value, a coordinate of a vector of length 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct TermFeature {
    pub(crate) term: TermId,
    pub(crate) value: f32,
}

/// Folds of an entry's phrasings, for [`Classifier::trained_without`].
pub(crate) const N_FOLDS: usize = 5;

/// The trained weights. Empty for an index whose entries have too few phrasings, or too many in
/// all.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Classifier {
    /// By term, then by entry.
    weights: Vec<f32>,
    /// By entry.
    biases: Vec<f32>,
}

impl Classifier {
    /// Trains on all phrasings.
    pub(crate) fn new(texts: &ForwardIndex, terms: &[Term]) -> Self {
        training::train(texts, terms, |_| true)
    }

    /// Trains on all phrasings except those of one fold (every [`N_FOLDS`]th of an entry, from
    /// number `fold` on), to classify them without having seen them.
    pub(crate) fn trained_without(fold: usize, texts: &ForwardIndex, terms: &[Term]) -> Self {
        training::train(texts, terms, |number| number % N_FOLDS != fold)
    }

    /// The logit of an entry for a question, up to a constant of the question: about -3 to 8. 0.0
    /// if the classifier is not trained.
    pub(crate) fn logit(&self, entry: usize, question: &[TermFeature]) -> f32 {
        let Some(bias) = self.biases.get(entry) else { return 0.0 };
        question.iter().fold(*bias, |sum, feature| {
            let start = usize::try_from(feature.term).ok().map(|term| term * self.biases.len());
            let weight = start.and_then(|start| self.weights.get(start + entry));
            feature.value.mul_add(weight.copied().unwrap_or(0.0), sum)
        })
    }

    /// Whether the classifier is trained.
    pub(crate) fn is_trained(&self) -> bool {
        !self.biases.is_empty()
    }

    /// Heap size in bytes.
    pub(crate) fn n_bytes(&self) -> usize {
        size_of::<f32>() * (self.weights.capacity() + self.biases.capacity())
    }
}

/// Value of a term before normalization: a compromise between its weight, with which everyday words
/// would not count, and 1.0, with which they would count as much as all others.
pub(crate) fn feature_value(weight: f32) -> f32 {
    weight.sqrt()
}

/// Scales the vector to length 1; a zero vector stays as it is.
pub(crate) fn normalize(term_features: &mut [TermFeature]) {
    let length = term_features.iter().map(|feature| feature.value.powi(2)).sum::<f32>().sqrt();
    if length > 0.0 {
        term_features.iter_mut().for_each(|feature| feature.value /= length);
    }
}

#[cfg(test)]
mod tests {
    use super::TermFeature;
    use crate::knowledge::fixtures::pack;
    use crate::matching::PackIndex;
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

    fn index(n_phrasings: usize) -> PackIndex {
        let entry = |(id, phrasings): &(&str, [&str; 5])| {
            format!(
                "[[entry]]\nid = {id:?}\nquestion = {:?}\nvariants = {:?}\n[[entry.quote]]\ntext = \"Text.\"\n",
                phrasings[0],
                &phrasings[1..n_phrasings]
            )
        };
        let faq: String = PHRASINGS.iter().map(entry).collect();
        PackIndex::new(pack(&faq, "Text."))
    }

    fn logits(index: &PackIndex, excluded_phrasing: Option<usize>, text: &str) -> Vec<f32> {
        let term_features = Query::new(index, text).term_features;
        (0..PHRASINGS.len())
            .map(|idx| index.classifier(excluded_phrasing).logit(idx, &term_features))
            .collect()
    }

    #[test]
    fn phrasings_have_the_largest_logit_for_their_own_entry() {
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
    fn excluded_phrasing_is_not_learned() {
        let index = index(5);
        // "lock" occurs only in the fourth phrasing of the first entry. A question would match words of
        // similar meaning, too, which other phrasings have.
        let lock = TermFeature { term: index.vocabulary.term_of_word("lock").unwrap(), value: 1.0 };
        let gain = |excluded_phrasing, entry| {
            let classifier = index.classifier(excluded_phrasing);
            classifier.logit(entry, &[lock]) - classifier.logit(entry, &[])
        };
        assert!(gain(None, 0) > gain(None, 1) + 0.5, "{} {}", gain(None, 0), gain(None, 1));
        let without: Vec<f32> = (0..PHRASINGS.len()).map(|entry| gain(Some(3), entry)).collect();
        assert_eq!(without, [0.0; 3], "the word counts for nothing");
    }

    #[test]
    fn training_is_deterministic() {
        assert_eq!(index(5).classifier(None), index(5).classifier(None));
        assert_eq!(index(5).classifier(Some(1)), index(5).classifier(Some(6)));
    }

    #[test]
    fn entries_of_one_phrasing_train_no_classifier() {
        let index = index(1);
        assert!(!index.has_classifier());
        assert_eq!(logits(&index, None, "block my card"), [0.0; 3]);
    }
}
