#!/usr/bin/env python3
"""Times rapidfuzz as a FAQ matcher: every message against every phrasing.

rapidfuzz_peer.py ratio|token_set_ratio SECONDS FAQ.jsonl QUERIES.jsonl...

Prints a JSON object like that of tantivy-peer, with one item of `timings` per file of queries. It asks the
messages of each file in order, for at most SECONDS. Needs rapidfuzz; scripts/measure_speed.py installs it and
runs this script together with quoth.
"""
import json
import math
import statistics
import sys
import time

from rapidfuzz import fuzz, process, utils


def rows(path):
    with open(path, encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def ask(message, phrasings, scorer):
    """The index of the best phrasing."""
    return process.extractOne(utils.default_process(message), phrasings, scorer=scorer)[2]


def timed(path, phrasings, ids, scorer, seconds):
    messages = rows(path)
    for message in messages[:3]:
        ask(message["q"], phrasings, scorer)
    times, right, in_scope = [], 0, 0
    for message in messages:
        start = time.perf_counter()
        best = ask(message["q"], phrasings, scorer)
        times.append((time.perf_counter() - start) * 1000)
        if message["gold"]:
            in_scope += 1
            right += ids[best] in message["gold"]
        if sum(times) > seconds * 1000:
            break
    times.sort()
    return {
        "n_messages": len(times),
        "median_ms": times[math.ceil(len(times) * 0.5) - 1],
        "p99_ms": times[math.ceil(len(times) * 0.99) - 1],
        "mean_ms": statistics.fmean(times),
        "right_first": right / in_scope if in_scope else None,
    }


def main():
    scorer, seconds = {"ratio": fuzz.ratio, "token_set_ratio": fuzz.token_set_ratio}[sys.argv[1]], float(sys.argv[2])
    ids, texts = [], []
    for row in rows(sys.argv[3]):
        for text in [row["question"], *row.get("variants", [])]:
            ids.append(row["id"])
            texts.append(text)
    start = time.perf_counter()
    # Case and punctuation are processed once here, not again for each message.
    phrasings = [utils.default_process(text) for text in texts]
    built = time.perf_counter() - start
    json.dump({
        "n_phrasings": len(phrasings),
        "build_seconds": built,
        "timings": [timed(path, phrasings, ids, scorer, seconds) for path in sys.argv[4:]],
    }, sys.stdout, indent=2)


main()
