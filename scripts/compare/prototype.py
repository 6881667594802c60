"""The prototype from which quoth's matching was developed.

Each phrasing is a vector of stems, stem bigrams and character n-grams within words. A word is weighted by its rarity in
the pack and in everyday English; words of a message that no phrasing has are corrected to the most similar known word. The
score of an entry is computed from its best three phrasings, from all of them together, and, in the full prototype, from a
linear classifier trained on the phrasings. Constants that differ from src/matching were set on the question sets for tuning.
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

EVERYDAY_WORDS = pathlib.Path(__file__).resolve().parent / "everyday_words.txt"
PACK_EXPONENT, BACKGROUND_EXPONENT = 0.25, 0.75
MAX_STOP_WORD_IDF = 0.6
MIN_CHARS_ONE_EDIT, MIN_CHARS_TWO_EDITS = 4, 6
BIGRAM_WEIGHT, GRAM_WEIGHT = 0.2, 0.5
GRAM_CHARS = range(2, 5)
POOL = (1, 1 / 2, 1 / 4)
PIVOT_SLOPE = 0.5
CENTROID_WEIGHT = 0.5
CLASSIFIER_C, CLASSIFIER_WEIGHT = 100, 0.4


def background_idfs():
    """Information content of a stem, as a share of that of the rarest listed word."""
    first, *lines = EVERYDAY_WORDS.read_text(encoding="utf-8").splitlines()
    total, counts = int(first.split()[-1]), collections.Counter()
    for line in lines:
        word, count = line.split()
        counts[STEMMER.stemWord(word)] += int(count)
    rarest = np.log(total / int(lines[-1].split()[1]))
    idfs = {stem: np.log(total / count) / rarest for stem, count in counts.items()}
    for stem in STEMMER.stemWords(list(ENGLISH_STOP_WORDS)):
        idfs[stem] = min(idfs.get(stem, 1), MAX_STOP_WORD_IDF)
    return idfs


class Weights:
    """Weights of stems in a pack."""

    def __init__(self, faq, of_phrasings):
        entries = collections.defaultdict(set)
        for entry, found in zip(faq.entries, of_phrasings):
            for word in found:
                entries[STEMMER.stemWord(word)].add(entry)
        self.n_with, self.n_entries, self.background_idfs = {stem: len(of) for stem, of in entries.items()}, len(faq.ids), background_idfs()

    def __getitem__(self, stem):
        idf = [np.log((self.n_entries + 1) / (n + 0.5)) for n in (self.n_with.get(stem, 1), 1)]
        return max(idf[0] / idf[1], 0.02) ** PACK_EXPONENT * self.background_idfs.get(stem, 1) ** BACKGROUND_EXPONENT


def corrections(asked, of_phrasings):
    """For misspelled words, the most similar word of the pack (of several, the most common) and the similarity."""
    counts = collections.Counter(word for found in of_phrasings for word in found)
    stems = set(STEMMER.stemWords(list(counts)))
    unknown = sorted({word for found in asked for word in found if len(word) >= MIN_CHARS_ONE_EDIT and STEMMER.stemWord(word) not in stems})
    known = sorted((word for word in counts if len(word) >= MIN_CHARS_ONE_EDIT - 1), key=lambda word: (-counts[word], word))
    corrected = {}
    if unknown and known:
        for word, distances in zip(unknown, process.cdist(unknown, known, scorer=OSA.distance, score_cutoff=2, dtype=np.uint8)):
            at = distances.argmin()
            if distances[at] <= (2 if len(word) >= MIN_CHARS_TWO_EDITS else 1):
                corrected[word] = (known[at], 1 - distances[at] / max(len(word), len(known[at])))
    return corrected


def features(found, weights, corrected):
    """A text's vector, from its words."""
    vector = {}
    read = [(word, STEMMER.stemWord(word), similarity) for word, similarity in (corrected.get(word, (word, 1.0)) for word in found)]
    weighted = [(word, stem, weights[stem] * similarity) for word, stem, similarity in read]
    for word, stem, weight in weighted:
        vector[stem] = max(vector.get(stem, 0), weight)
        padded = f" {word} "
        grams = [padded[at:at + n] for n in GRAM_CHARS for at in range(len(padded) - n + 1)]
        for gram in grams:
            vector["gram", gram] = max(vector.get(("gram", gram), 0), weight * np.sqrt(GRAM_WEIGHT / len(grams)))
    for (_, left, of_left), (_, right, of_right) in zip(weighted, weighted[1:]):
        vector[left, right, "bigram"] = np.sqrt(BIGRAM_WEIGHT * of_left * of_right)
    return vector


def matrix(vectors):
    """A sparse matrix with the vectors as rows."""
    columns = {}
    cells = [(row, columns.setdefault(name, len(columns)), weight) for row, vector in enumerate(vectors) for name, weight in vector.items()]
    row, column, weight = zip(*cells)
    return sparse.csr_matrix((np.array(weight, np.float32), (row, column)), (len(vectors), len(columns)))


def prototype(faq, messages, with_classifier=True):
    """The prototype, with a linear classifier trained on the FAQ's own phrasings."""
    of_phrasings, asked = [full_words(text) for text in faq.phrasings], [full_words(text) for text in messages]
    weights, corrected = Weights(faq, of_phrasings), corrections(asked, of_phrasings)
    vectors = matrix([features(found, weights, fix) for texts, fix in ((of_phrasings, {}), (asked, corrected)) for found in texts])
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
    """The prototype without the classifier."""
    return prototype(faq, messages, with_classifier=False)
