//! Learning the weights: stochastic gradient descent in a fixed order, so that the same packs always
//! give the same weights.

#![expect(
    clippy::indexing_slicing,
    clippy::cast_precision_loss,
    reason = "the inner loop of learning; every index is one that was counted here"
)]

use super::{Classifier, TermFeature, feature_value, normalize};
use crate::matching::index::{EntryTexts, ForwardIndex, Term};
use crate::matching::vocabulary::TermId;

/// Step length. From 2 to 8 the question sets for tuning come out alike; it makes up for the missing
/// penalty on large weights, as so few passes leave them small.
const LEARNING_RATE: f32 = 2.0;

/// Step length of biases as a share of that of weights: every phrasing has a bias, few have a term.
const BIAS_SHARE: f32 = 0.1;

/// Weights before the first pass, for each phrasing that has the term.
const INIT_SCALE: f32 = 1.5;

/// Passes over all phrasings. Eight would do a little better, at the price of a slower start.
const MAX_EPOCHS: usize = 6;

/// Passes below which nothing would be learned that lasts.
const MIN_EPOCHS: usize = 3;

/// Most comparisons of a phrasing with an entry, in all passes: about 0.3 s. With 20 phrasings an entry
/// that is enough for all passes up to 580 entries, and for the fewest up to 1,060.
const MAX_COMPARISONS: usize = 1 << 26;

/// Most weights, one for each entry and term: 16 MB.
const MAX_WEIGHTS: usize = 1 << 22;

/// Phrasings an entry, on the average, below which there is nothing that they have in common.
const MIN_PHRASINGS: usize = 2;

/// Learns from the phrasings whose number, from 0, is `used`.
pub(super) fn train(
    texts: &ForwardIndex,
    terms: &[Term],
    used: impl Fn(usize) -> bool,
) -> Classifier {
    let n_entries = texts.len();
    let n_phrasings: usize = texts.entries().map(|entry| entry.n_phrasings).sum();
    let n_passes = MAX_COMPARISONS / usize::max(n_phrasings * n_entries, 1);
    let n_weights = terms.len() * n_entries;
    let is_little = n_entries == 0 || n_phrasings < MIN_PHRASINGS * n_entries;
    if is_little || n_passes < MIN_EPOCHS || n_weights > MAX_WEIGHTS {
        return Classifier::default();
    }
    let mut classifier = Classifier { weights: vec![0.0; n_weights], biases: vec![0.0; n_entries] };
    let examples = TrainingSet::new(texts, terms, used);
    classifier.initialize(&examples);
    let mut errors = vec![0.0; n_entries];
    for _ in 0..n_passes.min(MAX_EPOCHS) {
        for (entry, signals) in examples.iter() {
            classifier.predict(signals, &mut errors);
            errors[entry] -= 1.0;
            classifier.gradient_step(signals, &errors);
        }
    }
    classifier
}

impl Classifier {
    fn weights_mut(&mut self, term: TermId) -> &mut [f32] {
        let (start, n) = (term as usize * self.biases.len(), self.biases.len());
        &mut self.weights[start..start + n]
    }

    /// Starts from what a term is to an entry beyond what it is to all: the first step that a descent
    /// over all phrasings at once would take.
    fn initialize(&mut self, examples: &TrainingSet) {
        for (entry, signals) in examples.iter() {
            for signal in signals {
                self.weights_mut(signal.term)[entry] += INIT_SCALE * signal.value;
            }
        }
        let n_entries = self.biases.len();
        for weights in self.weights.chunks_exact_mut(n_entries) {
            let mean = weights.iter().sum::<f32>() / n_entries as f32;
            weights.iter_mut().for_each(|weight| *weight -= mean);
        }
    }

    /// Sets `probabilities` to those of the entries (softmax).
    fn predict(&mut self, signals: &[TermFeature], probabilities: &mut [f32]) {
        probabilities.copy_from_slice(&self.biases);
        for signal in signals {
            for (sum, weight) in probabilities.iter_mut().zip(self.weights_mut(signal.term)) {
                *sum += signal.value * *weight;
            }
        }
        let largest = probabilities.iter().copied().fold(f32::MIN, f32::max);
        probabilities.iter_mut().for_each(|value| *value = exp(*value - largest));
        let scale = 1.0 / probabilities.iter().sum::<f32>();
        probabilities.iter_mut().for_each(|value| *value *= scale);
    }

    /// Takes a step against `errors`: the probability of each entry, less 1.0 for the right one.
    fn gradient_step(&mut self, signals: &[TermFeature], errors: &[f32]) {
        for signal in signals {
            let step = LEARNING_RATE * signal.value;
            for (weight, error) in self.weights_mut(signal.term).iter_mut().zip(errors) {
                *weight -= step * error;
            }
        }
        for (bias, error) in self.biases.iter_mut().zip(errors) {
            *bias -= LEARNING_RATE * BIAS_SHARE * error;
        }
    }
}

/// e^x for x of at most 0.0, within some 1e-5 of it: 2^n times a Taylor polynomial of what is left
/// between -1/2 and 1/2. It is the same on every machine, which the system's own is not, and many
/// are done at once.
fn exp(x: f32) -> f32 {
    // Adding it leaves no bits behind the point: the sum's last bits are the nearest whole number.
    const ROUND: f32 = 12_582_912.0;
    let x = (x * std::f32::consts::LOG2_E).max(-126.0);
    let rounded = x + ROUND;
    let rest = (x - (rounded - ROUND)) * std::f32::consts::LN_2;
    let terms = [1.0 / 120.0, 1.0 / 24.0, 1.0 / 6.0, 0.5, 1.0, 1.0];
    let polynomial = terms.iter().fold(0.0, |sum, term| sum * rest + term);
    f32::from_bits(rounded.to_bits().wrapping_add(127) << 23) * polynomial
}

/// The phrasings to learn from: the first of all entries, then the second ones, and so on, so that
/// no entry is learned for long while the others are forgotten.
struct TrainingSet {
    /// Entry, and where its signals start and end.
    spans: Vec<(usize, usize, usize)>,
    signals: Vec<TermFeature>,
}

impl TrainingSet {
    fn new(texts: &ForwardIndex, terms: &[Term], used: impl Fn(usize) -> bool) -> Self {
        let mut examples = Self { spans: Vec::new(), signals: Vec::new() };
        let mut numbers = Vec::new();
        for (idx, entry) in texts.entries().enumerate() {
            for number in (0..entry.n_phrasings).filter(|number| used(*number)) {
                numbers.push((number, idx, examples.add(entry, number, terms)));
            }
        }
        numbers.sort_unstable();
        examples.spans = numbers.into_iter().map(|(_, idx, (from, to))| (idx, from, to)).collect();
        examples
    }

    /// Adds the signals of a phrasing.
    fn add(&mut self, entry: EntryTexts<'_>, number: usize, terms: &[Term]) -> (usize, usize) {
        let from = self.signals.len();
        if let Some(text) = entry.phrasings().nth(number) {
            let mut distinct: Vec<TermId> =
                text.words.iter().chain(text.concepts).copied().collect();
            distinct.sort_unstable();
            distinct.dedup();
            self.signals.extend(distinct.into_iter().map(|term| {
                let weight = terms.get(term as usize).map_or(0.0, |term| term.weight);
                TermFeature { term, value: feature_value(weight) }
            }));
        }
        normalize(&mut self.signals[from..]);
        (from, self.signals.len())
    }

    fn iter(&self) -> impl Iterator<Item = (usize, &[TermFeature])> {
        self.spans.iter().map(|(entry, from, to)| (*entry, &self.signals[*from..*to]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_exponential_is_near_the_real_one() {
        for step in 0..=9000u16 {
            let x = -f32::from(step) / 100.0;
            assert!((exp(x) - x.exp()).abs() <= 1e-5 * x.exp() + 1e-30, "{x}");
        }
    }
}
