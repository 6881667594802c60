"""Established methods of matching a message with a FAQ, from their published definitions.

Parameters that those leave open (LOGISTIC_C, and the features of the classifier) were set on the question sets for tuning.
"""
import collections

import numpy as np
from rapidfuzz import fuzz, process
from rapidfuzz.distance import JaroWinkler
from rapidfuzz.utils import default_process
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_union

from compare.texts import stems, words

BM25_K1, BM25_B = 1.2, 0.75
SOFT_THRESHOLD = 0.9
LOGISTIC_C = 30


def ratio(faq, messages):
    """Longest common subsequence of the whole strings, as a share of both lengths; the best phrasing."""
    return faq.best(process.cdist(messages, faq.phrasings, scorer=fuzz.ratio, processor=default_process, dtype=np.float32))


def token_set_ratio(faq, messages):
    """rapidfuzz's comparison of shared and other words; the best phrasing."""
    return faq.best(process.cdist(messages, faq.phrasings, scorer=fuzz.token_set_ratio, processor=default_process, dtype=np.float32))


def number_repeats(bag):
    """Numbers repeated items, so that sets of them intersect like bags."""
    seen, out = collections.Counter(), []
    for item in bag:
        seen[item] += 1
        out.append((item, seen[item]))
    return out


def set_overlaps(left, right):
    """Number of items that each of `left` shares with each of `right`, and the sizes of both."""
    columns = {}

    def matrix(rows):
        cells = [[columns.setdefault(item, len(columns)) for item in row] for row in rows]
        pointers = np.cumsum([0] + [len(row) for row in cells])
        return np.concatenate([np.array(row, dtype=np.int32) for row in cells]), pointers

    (of_left, left_at), (of_right, right_at) = matrix(left), matrix(right)
    as_rows = [sparse.csr_matrix((np.ones(len(cells), np.float32), cells, at), shape=(len(at) - 1, len(columns)))
               for cells, at in ((of_left, left_at), (of_right, right_at))]
    return (as_rows[0] @ as_rows[1].T).toarray(), np.diff(left_at)[:, None], np.diff(right_at)[None, :]


def sorensen_dice(faq, messages):
    """Twice the number of shared character bigrams (a bag, without whitespace) divided by the number of both, as in strsim."""
    def bigrams(text):
        text = "".join(text.lower().split())
        return number_repeats(text[at:at + 2] for at in range(len(text) - 1))

    shared, n_left, n_right = set_overlaps([bigrams(text) for text in messages], [bigrams(text) for text in faq.phrasings])
    return faq.best(2 * shared / np.maximum(n_left + n_right, 1))


def trigrams(faq, messages):
    """Shared trigrams of words divided by their union (Jaccard); two spaces before a word and one after, as in pg_trgm."""
    def of_text(text):
        return {padded[at:at + 3] for word in words(text) for padded in [f"  {word} "] for at in range(len(padded) - 2)}

    shared, n_left, n_right = set_overlaps([of_text(text) for text in messages], [of_text(text) for text in faq.phrasings])
    return faq.best(shared / np.maximum(n_left + n_right - shared, 1))


def bm25(faq, messages):
    """Okapi BM25 over stems; all phrasings of an entry are one document."""
    documents = [collections.Counter() for _ in faq.ids]
    for entry, phrasing in zip(faq.entries, faq.phrasings):
        documents[entry].update(stems(phrasing))
    columns = {stem: at for at, stem in enumerate(sorted(set().union(*documents)))}
    counts = np.zeros((len(documents), len(columns)))
    for row, document in enumerate(documents):
        for stem, n in document.items():
            counts[row, columns[stem]] = n
    n_with, lengths = (counts > 0).sum(axis=0), counts.sum(axis=1, keepdims=True)
    idf = np.log(1 + (len(documents) - n_with + 0.5) / (n_with + 0.5))
    weights = idf * counts * (BM25_K1 + 1) / (counts + BM25_K1 * (1 - BM25_B + BM25_B * lengths / lengths.mean()))
    asked = sparse.lil_matrix((len(messages), len(columns)))
    for row, message in enumerate(messages):
        for stem in stems(message):
            if stem in columns:
                asked[row, columns[stem]] += 1
    return asked.tocsr() @ weights.T


def soft_tfidf(faq, messages):
    """Cohen, Ravikumar and Fienberg's SoftTFIDF: cosine of words that are equal or similar by Jaro-Winkler; the best phrasing."""
    rows = [collections.Counter(words(text)) for text in faq.phrasings]
    asked = [collections.Counter(words(text)) for text in messages]
    n_with = collections.Counter(word for row in rows for word in row)
    columns = {word: at for at, word in enumerate(n_with)}

    def unit(row):
        weights = {word: np.log(n + 1) * np.log(len(rows) / n_with.get(word, 1)) for word, n in row.items()}
        length = np.sqrt(sum(weight ** 2 for weight in weights.values())) or 1.0
        return {word: weight / length for word, weight in weights.items()}

    by_word = [([], []) for _ in columns]
    for at, row in enumerate(rows):
        for word, weight in unit(row).items():
            by_word[columns[word]][0].append(at)
            by_word[columns[word]][1].append(weight)
    by_word = [(np.array(at), np.array(weights)) for at, weights in by_word]
    vocabulary = sorted(set().union(*asked))
    similarities_of = process.cdist(vocabulary, list(columns), scorer=JaroWinkler.similarity, dtype=np.float32)
    # Weight of each message word in each phrasing: the most similar of the phrasing's words
    # overwrites the others.
    contributions = np.zeros((len(vocabulary), len(rows)), np.float32)
    for at, similarities in enumerate(similarities_of):
        close = np.flatnonzero(similarities > SOFT_THRESHOLD)
        for column in close[np.argsort(similarities[close], kind="stable")]:
            where, weights = by_word[column]
            contributions[at, where] = similarities[column] * weights
    at_word = {word: at for at, word in enumerate(vocabulary)}
    cells = [(row, at_word[word], weight) for row, counts in enumerate(asked) for word, weight in unit(counts).items()]
    row, column, weight = zip(*cells)
    return faq.best(sparse.csr_matrix((np.array(weight, np.float32), (row, column)), (len(messages), len(vocabulary))) @ contributions)


def vectorizer(analyzer):
    """TF-IDF of words, split by `analyzer`, and of character n-grams within words."""
    return make_union(TfidfVectorizer(analyzer=analyzer, sublinear_tf=True), TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), sublinear_tf=True))


def tfidf(faq, messages):
    """Cosine of TF-IDF vectors of words and character n-grams; the best phrasing."""
    vectors = vectorizer(words).fit(faq.phrasings)
    # Both halves are unit vectors, so half of their product is the mean of two cosines.
    return faq.best((vectors.transform(messages) @ vectors.transform(faq.phrasings).T).toarray() / 2)


def stems_and_bigrams(text):
    found = stems(text)
    return found + [f"{left} {right}" for left, right in zip(found, found[1:])]


def logistic_regression(faq, messages):
    """Probabilities of a linear classifier of TF-IDF vectors, trained on the FAQ's own phrasings."""
    vectors = vectorizer(stems_and_bigrams).fit(faq.phrasings)
    model = LogisticRegression(C=LOGISTIC_C, max_iter=1000).fit(vectors.transform(faq.phrasings), faq.entries)
    return model.predict_proba(vectors.transform(messages))
