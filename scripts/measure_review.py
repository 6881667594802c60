#!/usr/bin/env python3
"""Measures how long a moderator waits for the review of an edit.

measure_review.py --sets DIR [--size N] [--quoth QUOTH] [--runs N]

A pack of N questions (those that make_speed.py in DIR makes: real ones of CLINC150 and BANKING77), each its entry, and N past
questions: the same with two letters swapped. An edit is proposed in the terminal (`quoth faq ... --dry-run`), which reads and
proves the pack, builds its index as it is and as it would be, and asks both what was asked. Prints the seconds of the whole
command. Standard library only; works in a temporary folder.
"""
import argparse
import json
import os
import pathlib
import random
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
EDITS = {
    "a phrasing is added": ["add-phrasing", "q0", "how do i cancel the order of my new card"],
    "an entry is removed": ["remove", "q1"],
}


def with_slip(text, random_numbers):
    if len(text) < 6:
        return text
    at = random_numbers.randrange(1, len(text) - 2)
    return text[:at] + text[at + 1] + text[at] + text[at + 2:]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sets", type=pathlib.Path, required=True, help="the folder that contains make_speed.py")
    parser.add_argument("--size", type=int, default=10_000)
    parser.add_argument("--quoth", type=pathlib.Path, default=ROOT / "target/release/quoth")
    parser.add_argument("--runs", type=int, default=5)
    args = parser.parse_args()
    quoth = args.quoth.resolve()
    if not quoth.exists():
        sys.exit(f"{args.quoth} does not exist; run cargo build --release")
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        environment = {**os.environ, "QUOTH_DATA": str(folder / "data"), "RUST_LOG": "off"}

        def run(*arguments):
            return subprocess.run([quoth, *arguments], cwd=folder, env=environment, check=True, capture_output=True, text=True).stdout

        subprocess.run([sys.executable, args.sets / "make_speed.py", str(args.size), folder / "faq"], check=True, stdout=sys.stderr)
        run("import", "faq/faq.jsonl", "--question-stands-in", "--into", "pack")
        # Makes the records.
        run("faq", "--pack", "pack", "history")
        random_numbers = random.Random(1)
        questions = [json.loads(line)["question"] for line in open(folder / "faq/faq.jsonl", encoding="utf-8")]
        asked = sorted({with_slip(question, random_numbers) for question in questions})
        now = time.time_ns() // 1_000_000
        records = sqlite3.connect(folder / "data/quoth.db")
        records.executemany("INSERT INTO asked VALUES (?, 'default', 'somebody', ?, ?)", [(f"t:{n}", text, now) for n, text in enumerate(asked)])
        records.commit()
        records.close()
        print(f"{args.size:,} phrasings, {len(asked):,} questions, seconds of the command, median of {args.runs} (slowest)")
        for name, edit in EDITS.items():
            times = []
            for _ in range(args.runs):
                start = time.perf_counter()
                output = run("faq", "--pack", "pack", *edit, "--dry-run")
                times.append(time.perf_counter() - start)
            counts = next(line for line in output.splitlines() if line.startswith("Of "))
            print(f"{name}: {statistics.median(times):.2f} ({max(times):.2f}). {counts}")


if __name__ == "__main__":
    main()
