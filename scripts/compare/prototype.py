"""The prototype that quoth's matching was first worked out with.

Each phrasing is a vector of stems, pairs of stems and character n-grams within words. A word weighs by its rarity in
the pack and in everyday English; words of a message that no phrasing has are taken for the nearest that one has. An
entry scores by its best three phrasings and by all of them together, and, in the whole prototype, by a linear classifier
trained on the phrasings. What the constants do not share with src/matching was set on the question sets for tuning.
"""
import collections
import pathlib

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import OSA
from scipy import sparse
from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import normalize

from compare.texts import STEMMER, full_words

EVERYDAY_WORDS = pathlib.Path(__file__).resolve().parents[2] / "src/matching/rarity/everyday_words.txt"
PACK_EXPONENT, EVERYDAY_EXPONENT = 0.25, 0.75
STOP_WORD_RARITY = 0.6
ONE_SLIP_CHARS, TWO_SLIPS_CHARS = 4, 6
PAIR_WEIGHT, GRAM_WEIGHT = 0.2, 0.5
GRAM_CHARS = range(2, 5)
POOL = (1, 1 / 2, 1 / 4)
PIVOT_SLOPE = 0.5
CENTROID_WEIGHT = 0.5
CLASSIFIER_C, CLASSIFIER_WEIGHT = 100, 0.4


def everyday_rarities():
    """Information content of a stem, as a share of that of the rarest listed word."""
    first, *lines = EVERYDAY_WORDS.read_text(encoding="utf-8").splitlines()
    total, counts = int(first.split()[-1]), collections.Counter()
    for line in lines:
        word, count = line.split()
        counts[STEMMER.stemWord(word)] += int(count)
    rarest = np.log(total / int(lines[-1].split()[1]))
    rarities = {stem: np.log(total / count) / rarest for stem, count in counts.items()}
    for stem in STEMMER.stemWords(list(ENGLISH_STOP_WORDS)):
        rarities[stem] = min(rarities.get(stem, 1), STOP_WORD_RARITY)
    return rarities


class Weights:
    """What stems weigh in a pack."""

    def __init__(self, faq, of_phrasings):
        entries = collections.defaultdict(set)
        for entry, found in zip(faq.entries, of_phrasings):
            for word in found:
                entries[STEMMER.stemWord(word)].add(entry)
        self.n_with, self.n_entries, self.everyday = {stem: len(of) for stem, of in entries.items()}, len(faq.ids), everyday_rarities()

    def __getitem__(self, stem):
        idf = [np.log((self.n_entries + 1) / (n + 0.5)) for n in (self.n_with.get(stem, 1), 1)]
        return max(idf[0] / idf[1], 0.02) ** PACK_EXPONENT * self.everyday.get(stem, 1) ** EVERYDAY_EXPONENT


def repairs(asked, of_phrasings):
    """For misspelt words the nearest word of the pack (of several the commonest) and how similar it is."""
    counts = collections.Counter(word for found in of_phrasings for word in found)
    stems = set(STEMMER.stemWords(list(counts)))
    unknown = sorted({word for found in asked for word in found if len(word) >= ONE_SLIP_CHARS and STEMMER.stemWord(word) not in stems})
    known = sorted((word for word in counts if len(word) >= ONE_SLIP_CHARS - 1), key=lambda word: (-counts[word], word))
    repaired = {}
    if unknown and known:
        for word, slips in zip(unknown, process.cdist(unknown, known, scorer=OSA.distance, score_cutoff=2, dtype=np.uint8)):
            at = slips.argmin()
            if slips[at] <= (2 if len(word) >= TWO_SLIPS_CHARS else 1):
                repaired[word] = (known[at], 1 - slips[at] / max(len(word), len(known[at])))
    return repaired


def features(found, weights, repaired):
    """A text's vector, from its words."""
    vector = {}
    read = [(word, STEMMER.stemWord(word), similarity) for word, similarity in (repaired.get(word, (word, 1.0)) for word in found)]
    weighted = [(word, stem, weights[stem] * similarity) for word, stem, similarity in read]
    for word, stem, weight in weighted:
        vector[stem] = max(vector.get(stem, 0), weight)
        padded = f" {word} "
        grams = [padded[at:at + n] for n in GRAM_CHARS for at in range(len(padded) - n + 1)]
        for gram in grams:
            vector["gram", gram] = max(vector.get(("gram", gram), 0), weight * np.sqrt(GRAM_WEIGHT / len(grams)))
    for (_, left, of_left), (_, right, of_right) in zip(weighted, weighted[1:]):
        vector[left, right, "pair"] = np.sqrt(PAIR_WEIGHT * of_left * of_right)
    return vector


def matrix(vectors):
    """The vectors as rows."""
    columns = {}
    cells = [(row, columns.setdefault(name, len(columns)), weight) for row, vector in enumerate(vectors) for name, weight in vector.items()]
    row, column, weight = zip(*cells)
    return sparse.csr_matrix((np.array(weight, np.float32), (row, column)), (len(vectors), len(columns)))


def prototype(faq, messages, with_classifier=True):
    """The prototype, with a linear classifier trained on the FAQ's own phrasings."""
    of_phrasings, asked = [full_words(text) for text in faq.phrasings], [full_words(text) for text in messages]
    weights, repaired = Weights(faq, of_phrasings), repairs(asked, of_phrasings)
    vectors = matrix([features(found, weights, fix) for texts, fix in ((of_phrasings, {}), (asked, repaired)) for found in texts])
    phrasings, asked = vectors[:len(of_phrasings)], normalize(vectors[len(of_phrasings):])
    unit = normalize(phrasings)
    lengths = np.sqrt(np.asarray(phrasings.multiply(phrasings).sum(axis=1)).ravel())
    pivoted = (1 - PIVOT_SLOPE) * lengths.mean() + PIVOT_SLOPE * lengths
    scores = faq.pooled((asked @ phrasings.T).toarray() / pivoted.astype(np.float32), POOL)
    of_entry = sparse.csr_matrix((np.ones(len(faq.entries), np.float32), (faq.entries, np.arange(len(faq.entries)))))
    scores += CENTROID_WEIGHT * (asked @ normalize(of_entry @ unit).T).toarray()
    scores /= 1 + CENTROID_WEIGHT
    if with_classifier:
        model = LogisticRegression(C=CLASSIFIER_C, max_iter=1000).fit(unit, faq.entries)
        scores += CLASSIFIER_WEIGHT * model.predict_proba(asked)
    return scores


def prototype_steps(faq, messages):
    """The prototype without the classifier: the steps alone."""
    return prototype(faq, messages, with_classifier=False)
