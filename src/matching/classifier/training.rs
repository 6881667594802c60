//! Trains the classifier by stochastic gradient descent in a fixed order, so that the same packs
//! always give the same weights.

#![expect(
    clippy::indexing_slicing,
    clippy::cast_precision_loss,
    reason = "the inner loop of learning; every index is one that was counted here"
)]

use super::{Classifier, TermFeature, feature_value, normalize};
use crate::matching::forward_index::{EntryTexts, ForwardIndex};
use crate::matching::term::Term;
use crate::matching::vocabulary::TermId;

/// Learning rate. With three epochs, the question sets for tuning give the same results with 3 to 5; of the
/// judged messages (docs/quality.md), 4 instead of 3 answers one more rightly and one fewer falsely.
/// It replaces a penalty on large weights, since weights stay small after so few epochs.
const LEARNING_RATE: f32 = 4.0;

/// Learning rate of biases as a share of that of weights: every phrasing has a bias, few have a
/// given term.
const BIAS_SHARE: f32 = 0.1;

/// Initial weight per phrasing that has the term.
const INIT_SCALE: f32 = 1.5;

/// Most epochs over all phrasings. Six at half the learning rate give the same results on the question
/// sets for tuning, and two give slightly worse ones; training is the longest part of a start.
const MAX_EPOCHS: usize = 3;

/// Fewest epochs that give useful weights.
const MIN_EPOCHS: usize = 2;

/// Most updates of an entry for a phrasing, over all epochs: about 0.3 s. With 20 phrasings per
/// entry this allows all epochs for up to 1,050 entries, and the fewest for up to 1,290.
const MAX_UPDATES: usize = 1 << 26;

/// Most weights, one for each pair of entry and term: 16 MB.
const MAX_WEIGHTS: usize = 1 << 22;

/// Fewest phrasings per entry, on average, from which common terms can be learned.
const MIN_PHRASINGS: usize = 2;

/// Trains on the phrasings whose number, from 0, is `used`.
pub(super) fn train(
    texts: &ForwardIndex,
    terms: &[Term],
    used: impl Fn(usize) -> bool,
) -> Classifier {
    let n_entries = texts.len();
    let n_phrasings: usize = texts.entries().map(|entry| entry.n_phrasings).sum();
    let n_epochs = MAX_UPDATES / usize::max(n_phrasings * n_entries, 1);
    let n_weights = terms.len() * n_entries;
    let is_too_small = n_entries == 0 || n_phrasings < MIN_PHRASINGS * n_entries;
    if is_too_small || n_epochs < MIN_EPOCHS || n_weights > MAX_WEIGHTS {
        return Classifier::default();
    }
    let mut classifier = Classifier { weights: vec![0.0; n_weights], biases: vec![0.0; n_entries] };
    let training_set = TrainingSet::new(texts, terms, used);
    classifier.initialize(&training_set);
    let mut errors = vec![0.0; n_entries];
    for _ in 0..n_epochs.min(MAX_EPOCHS) {
        for (entry, features) in training_set.iter() {
            classifier.predict(features, &mut errors);
            errors[entry] -= 1.0;
            classifier.gradient_step(features, &errors);
        }
    }
    classifier
}

impl Classifier {
    fn weights_mut(&mut self, term: TermId) -> &mut [f32] {
        let (start, n) = (term as usize * self.biases.len(), self.biases.len());
        &mut self.weights[start..start + n]
    }

    /// Initializes each weight by how much the term occurs in the entry beyond its mean over all
    /// entries: the first step of a gradient descent over all phrasings at once.
    fn initialize(&mut self, training_set: &TrainingSet) {
        for (entry, features) in training_set.iter() {
            for feature in features {
                self.weights_mut(feature.term)[entry] += INIT_SCALE * feature.value;
            }
        }
        let n_entries = self.biases.len();
        for weights in self.weights.chunks_exact_mut(n_entries) {
            let mean = weights.iter().sum::<f32>() / n_entries as f32;
            weights.iter_mut().for_each(|weight| *weight -= mean);
        }
    }

    /// Sets `probabilities` to those of the entries (softmax).
    fn predict(&mut self, features: &[TermFeature], probabilities: &mut [f32]) {
        probabilities.copy_from_slice(&self.biases);
        for feature in features {
            for (sum, weight) in probabilities.iter_mut().zip(self.weights_mut(feature.term)) {
                *sum += feature.value * *weight;
            }
        }
        let max_logit = probabilities.iter().copied().fold(f32::MIN, f32::max);
        probabilities.iter_mut().for_each(|value| *value = exp(*value - max_logit));
        let scale = 1.0 / probabilities.iter().sum::<f32>();
        probabilities.iter_mut().for_each(|value| *value *= scale);
    }

    /// Takes a step against `errors`: the probability of each entry, minus 1.0 for the right one.
    fn gradient_step(&mut self, features: &[TermFeature], errors: &[f32]) {
        for feature in features {
            let step = LEARNING_RATE * feature.value;
            for (weight, error) in self.weights_mut(feature.term).iter_mut().zip(errors) {
                *weight -= step * error;
            }
        }
        for (bias, error) in self.biases.iter_mut().zip(errors) {
            *bias -= LEARNING_RATE * BIAS_SHARE * error;
        }
    }
}

/// e^x for x of at most 0.0, with a relative error of about 1e-5: 2^n times a Taylor polynomial of
/// the remainder between -1/2 and 1/2. It gives the same result on every machine, unlike the
/// system's function, and it vectorizes.
fn exp(x: f32) -> f32 {
    // Adding it leaves no fractional bits: the low bits of the sum are the nearest integer.
    const ROUND: f32 = 12_582_912.0;
    let x = (x * std::f32::consts::LOG2_E).max(-126.0);
    let rounded = x + ROUND;
    let rest = (x - (rounded - ROUND)) * std::f32::consts::LN_2;
    let terms = [1.0 / 120.0, 1.0 / 24.0, 1.0 / 6.0, 0.5, 1.0, 1.0];
    let polynomial = terms.iter().fold(0.0, |sum, term| sum * rest + term);
    f32::from_bits(rounded.to_bits().wrapping_add(127) << 23) * polynomial
}

/// The training phrasings, interleaved: the first of all entries, then the second ones, and so on,
/// so that no entry is trained for long while the others are forgotten.
struct TrainingSet {
    /// Entry, and start and end of its features.
    spans: Vec<(usize, usize, usize)>,
    features: Vec<TermFeature>,
}

impl TrainingSet {
    fn new(texts: &ForwardIndex, terms: &[Term], used: impl Fn(usize) -> bool) -> Self {
        let mut training_set = Self { spans: Vec::new(), features: Vec::new() };
        let mut numbers = Vec::new();
        for (idx, entry) in texts.entries().enumerate() {
            for number in (0..entry.n_phrasings).filter(|number| used(*number)) {
                numbers.push((number, idx, training_set.add(entry, number, terms)));
            }
        }
        numbers.sort_unstable();
        training_set.spans =
            numbers.into_iter().map(|(_, idx, (from, to))| (idx, from, to)).collect();
        training_set
    }

    /// Adds the features of a phrasing and returns their start and end.
    fn add(&mut self, entry: EntryTexts<'_>, number: usize, terms: &[Term]) -> (usize, usize) {
        let from = self.features.len();
        if let Some(text) = entry.phrasings().nth(number) {
            let mut distinct: Vec<TermId> =
                text.words.iter().chain(text.concepts).copied().collect();
            distinct.sort_unstable();
            distinct.dedup();
            self.features.extend(distinct.into_iter().map(|term| {
                let weight = terms.get(term as usize).map_or(0.0, |term| term.weight);
                TermFeature { term, value: feature_value(weight) }
            }));
        }
        normalize(&mut self.features[from..]);
        (from, self.features.len())
    }

    fn iter(&self) -> impl Iterator<Item = (usize, &[TermFeature])> {
        self.spans.iter().map(|(entry, from, to)| (*entry, &self.features[*from..*to]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exp_approximates_the_exponential_function() {
        for step in 0..=9000u16 {
            let x = -f32::from(step) / 100.0;
            assert!((exp(x) - x.exp()).abs() <= 1e-5 * x.exp() + 1e-30, "{x}");
        }
    }
}
