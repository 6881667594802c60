#!/usr/bin/env python3
"""Takes one lever of matching away at a time and measures what it was worth.

ablate.py --sets DIR --devset DIR [--only NAME...]

DIR of --sets holds score.py and data/dev_*, the question sets for tuning; --devset is tests/data/devset. Each
lever is a constant: a copy of the source with another value is built (in target/ablation) and asked every
message. The confidence is not fitted anew, so a row says what a lever is worth to this quoth, not what could be
had without it. Prints a Markdown table of means over the sets, as typed / misspelt, and the devset's counts.
Standard library only; takes about a minute a lever.
"""
import argparse
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
WORK = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")).resolve() / "ablation"
MATCHING = "src/matching"
# Only decisions are looked at, not speed.
QUICKLY = {"CARGO_PROFILE_RELEASE_CODEGEN_UNITS": "16", "CARGO_PROFILE_RELEASE_INCREMENTAL": "true"}
# Name, file, what stands there, what is put in its place.
LEVERS = [
    ("everything", None, None, None),
    ("rarity in everyday English", "rarity.rs", "EVERYDAY_SHARE: f32 = 0.75", "EVERYDAY_SHARE: f32 = 0.0"),
    ("rarity in the pack", "rarity.rs", "EVERYDAY_SHARE: f32 = 0.75", "EVERYDAY_SHARE: f32 = 1.0"),
    ("the cap on stop words", "rarity.rs", "STOP_WORD_RARITY: f32 = 0.6", "STOP_WORD_RARITY: f32 = 1.0"),
    ("repair of misspelt words", "similarity.rs", "ONE_SLIP_CHARS: usize = 3", "ONE_SLIP_CHARS: usize = 99"),
    ("two slips from 5 characters, not 8", "similarity.rs", "TWO_SLIPS_CHARS: usize = 5", "TWO_SLIPS_CHARS: usize = 8"),
    ("words of near meaning", "query/token.rs", "MAX_NEIGHBORS: usize = 8", "MAX_NEIGHBORS: usize = 0"),
    ("pairs of words", "query.rs", "PAIR_FACTOR: f32 = 0.4", "PAIR_FACTOR: f32 = 0.0"),
    ("the lexicon", "lexicon.rs", "SYNONYM_SIMILARITY: f32 = 0.85", "SYNONYM_SIMILARITY: f32 = 0.0"),
    ("pooling: the best phrasing alone", "scorer.rs", "POOL: [f32; 3] = [1.0, 0.5, 0.25]", "POOL: [f32; 3] = [1.0, 0.0, 0.0]"),
    ("all phrasings together (centroid)", "scorer.rs", "CENTROID_WEIGHT: f32 = 0.5", "CENTROID_WEIGHT: f32 = 0.0"),
    ("the entry's language model", "scorer.rs", "LANGUAGE_MODEL_WEIGHT: f32 = 0.03", "LANGUAGE_MODEL_WEIGHT: f32 = 0.0"),
    ("the classifier", "classifier/training.rs", "MIN_PHRASINGS: usize = 2", "MIN_PHRASINGS: usize = 1_000_000"),
    ("the classifier in the score, not in the confidence", "scorer.rs", "CLASSIFIER_WEIGHT: f32 = 0.06", "CLASSIFIER_WEIGHT: f32 = 0.0"),
    ("lead and quotes", "scorer.rs", "QUOTES_WEIGHT: f32 = 0.2", "QUOTES_WEIGHT: f32 = 0.0"),
    ("the bonus for the same words", "scorer.rs", "SAME_WORDS_WEIGHT: f32 = 0.4", "SAME_WORDS_WEIGHT: f32 = 0.0"),
    ("pivoted length: plain cosine", "index/texts.rs", "PIVOT_SLOPE: f32 = 0.5", "PIVOT_SLOPE: f32 = 1.0"),
    ("any division by length", "index/texts.rs", "PIVOT_SLOPE: f32 = 0.5", "PIVOT_SLOPE: f32 = 0.0"),
    ("all candidates scored in full, not 24", "candidates.rs", "MAX_CANDIDATES: usize = 24", "MAX_CANDIDATES: usize = 1_000_000"),
]


def build(lever):
    """The binary of a copy of the source without the lever."""
    name, file, old, new = lever
    copy = WORK / "source"
    shutil.rmtree(copy, ignore_errors=True)
    copy.mkdir(parents=True)
    for part in ("src", "config", *(bench.relative_to(ROOT) for bench in ROOT.glob("benches/*.rs")), "Cargo.toml", "Cargo.lock"):
        target = copy / part
        target.parent.mkdir(parents=True, exist_ok=True)
        (shutil.copytree if (ROOT / part).is_dir() else shutil.copy)(ROOT / part, target)
    if file:
        path = copy / MATCHING / file
        text = path.read_text(encoding="utf-8")
        if text.count(old) != 1:
            sys.exit(f"{name}: “{old}” does not stand once in {file}")
        path.write_text(text.replace(old, new), encoding="utf-8")
    subprocess.run(["cargo", "build", "--quiet", "--locked", "--release", "--no-default-features", "--bin", "quoth", "--target-dir", WORK / "target"], cwd=copy, env=os.environ | QUICKLY, check=True)
    return WORK / "target/release/quoth"


def asked(quoth, pack, messages):
    with open(messages, "rb") as lines:
        out = subprocess.run([quoth, "ask", "--jsonl", "--pack", pack], stdin=lines, capture_output=True, check=True).stdout
    path = WORK / "out.jsonl"
    path.write_bytes(out)
    return path


def measured(quoth, args):
    """Figures of the question sets' scorer, as typed and misspelt, and the devset's counts."""
    figures = {}
    for data in sorted((args.sets / "data").glob("dev_*")):
        pack = WORK / "packs" / data.name
        if not pack.exists():
            subprocess.run([quoth, "import", data / "faq.jsonl", "--into", pack], check=True, capture_output=True)
        for kind in ("queries", "queries_typo"):
            messages = data / f"{kind}.jsonl"
            scored = subprocess.run([sys.executable, args.sets / "score.py", messages, asked(quoth, pack, messages)], capture_output=True, text=True, check=True).stdout
            for key in ("acc1", "cov2", "cov5"):
                figures.setdefault((key, kind), []).append(float(re.search(rf"^{key}\s+([\d.]+)", scored, re.MULTILINE)[1]))
    means = {key: 100 * sum(values) / len(values) for key, values in figures.items()}
    judged = subprocess.run([quoth, "eval", args.devset / "questions_by_text.jsonl", "--json"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    totals = {side: [sum(kind[key] for kind in json.loads(judged)[side].values()) for key in ("right", "wrong", "ranked_first")] for side in ("in_scope", "out_of_scope")}
    return means, totals


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sets", type=pathlib.Path, required=True)
    parser.add_argument("--devset", type=pathlib.Path, default=ROOT / "tests/data/devset")
    parser.add_argument("--only", nargs="+", help="names of levers")
    args = parser.parse_args()
    print("| without | acc1 | cov2 | cov5 | devset: first | right | wrong | false |\n|---|---|---|---|---|---|---|---|", flush=True)
    for lever in LEVERS:
        if args.only and lever[0] not in args.only:
            continue
        means, totals = measured(build(lever), args)
        cells = [f"{means[key, 'queries']:.1f} / {means[key, 'queries_typo']:.1f}" for key in ("acc1", "cov2", "cov5")]
        right, wrong, first = totals["in_scope"]
        name = "nothing" if lever[1] is None else lever[0]
        print(f"| {name} | " + " | ".join(cells) + f" | {first} | {right} | {wrong} | {totals['out_of_scope'][1]} |", flush=True)


main()
