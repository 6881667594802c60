"""Words and phrasings for the other methods.

A method is a function of a Faq and messages that returns a score for each message (row) and entry (column).
"""
import json
import re

import numpy as np
import Stemmer

CONTRACTIONS = [(re.compile(pattern), full) for pattern, full in [
    (r"\bcan't\b", "can not"), (r"\bwon't\b", "will not"), (r"n't\b", " not"), (r"'re\b", " are"), (r"'ve\b", " have"), (r"'ll\b", " will"),
    (r"'m\b", " am"), (r"\b(what|where|who|how|when|why|that|there|it|he|she|here)'s\b", r"\1 is"), (r"\blet's\b", "let us"),
    (r"'d\b", " would"), (r"'s\b", ""), (r"\b(what|where|who|how)s\b", r"\1 is"), (r"\b(do|does|did|is|are|was|have|has|could|would|should)nt\b", r"\1 not"),
    (r"\bcant\b", "can not"), (r"\bim\b", "i am"), (r"\bive\b", "i have"),
]]


class Faq:
    """Entries and their phrasings; those of one entry are contiguous, from its index in `starts`."""

    def __init__(self, path):
        with open(path, encoding="utf-8") as lines:
            rows = [json.loads(line) for line in lines if line.strip()]
        self.ids = [row["id"] for row in rows]
        of_entry = [[row["question"], *row.get("variants", [])] for row in rows]
        self.phrasings = [phrasing for phrasings in of_entry for phrasing in phrasings]
        sizes = np.array([len(phrasings) for phrasings in of_entry])
        self.entries = np.repeat(np.arange(len(rows)), sizes)
        self.starts = np.cumsum(sizes) - sizes

    def best(self, similarities):
        """The similarity of each entry's best phrasing."""
        return np.maximum.reduceat(similarities, self.starts, axis=1)

    def pooled(self, similarities, weights):
        """The weighted mean of the similarities of each entry's best phrasings, in descending order."""
        weights, columns = np.asarray(weights), []
        for start, end in zip(self.starts, [*self.starts[1:], len(self.phrasings)]):
            n = min(len(weights), end - start)
            best = -np.sort(-similarities[:, start:end], axis=1)[:, :n]
            columns.append(best @ weights[:n] / weights[:n].sum())
        return np.stack(columns, axis=1)


def words(text):
    return re.findall(r"[a-z0-9]+", text.lower().replace("’", "'"))


def full_words(text):
    """The words, with contractions expanded."""
    text = text.lower().replace("’", "'")
    for pattern, full in CONTRACTIONS:
        text = pattern.sub(full, text)
    return re.findall(r"[a-z0-9]+", text)


STEMMER = Stemmer.Stemmer("english")


def stems(text):
    return STEMMER.stemWords(full_words(text))
