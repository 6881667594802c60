#!/usr/bin/env python3
"""Ablation: disables one component of matching at a time and measures the effect.

ablate.py --sets DIR --devset DIR [--only NAME...]

DIR of --sets contains score.py and data/dev_*, the question sets for tuning; --devset is tests/data/devset.
Each component is controlled by a constant: the script builds a copy of the source with another value (in
target/ablation) and asks it every message. The confidence is not refitted, so a row shows the effect on the
current configuration, not the best possible result without the component. Prints a Markdown table of means
over the sets, as typed / misspelled, and the devset's counts. Standard library only; takes about a minute per
component.
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
# Only decisions are compared, not speed.
FAST_BUILD = {f"CARGO_PROFILE_RELEASE_{name}": value for name, value in (("CODEGEN_UNITS", "256"), ("INCREMENTAL", "true"), ("LTO", "off"), ("OPT_LEVEL", "2"))}
# Name, file, text in the source, replacement.
COMPONENTS = [
    ("everything", None, None, None),
    ("rarity in everyday English", "term_weight.rs", "BACKGROUND_SHARE: f32 = 0.75", "BACKGROUND_SHARE: f32 = 0.0"),
    ("rarity in the pack", "term_weight.rs", "BACKGROUND_SHARE: f32 = 0.75", "BACKGROUND_SHARE: f32 = 1.0"),
    ("the cap on stop words", "term_weight.rs", "MAX_STOP_WORD_IDF: f32 = 0.6", "MAX_STOP_WORD_IDF: f32 = 1.0"),
    ("correction of misspelled words", "similarity.rs", "MIN_CHARS_ONE_EDIT: usize = 3", "MIN_CHARS_ONE_EDIT: usize = 99"),
    ("two edits from 5 characters, not 8", "similarity.rs", "MIN_CHARS_TWO_EDITS: usize = 5", "MIN_CHARS_TWO_EDITS: usize = 8"),
    ("words of similar meaning", "query/token.rs", "MAX_NEIGHBORS: usize = 8", "MAX_NEIGHBORS: usize = 0"),
    ("vectors of word pieces", "pack_index/build.rs", "WordVectors::of(&pack.language).map(TextDirections::new)", "None::<TextDirections>"),
    ("bigrams", "query.rs", "BIGRAM_FACTOR: f32 = 0.4", "BIGRAM_FACTOR: f32 = 0.0"),
    ("the lexicon", "concepts.rs", "SYNONYM_SIMILARITY: f32 = 0.85", "SYNONYM_SIMILARITY: f32 = 0.0"),
    ("pooling: the best phrasing alone", "score_parts.rs", "POOL: [f32; 3] = [1.0, 0.5, 0.25]", "POOL: [f32; 3] = [1.0, 0.0, 0.0]"),
    ("all phrasings together (centroid)", "score_parts.rs", "CENTROID_WEIGHT: f32 = 0.5", "CENTROID_WEIGHT: f32 = 0.0"),
    ("the entry's language model", "score_parts.rs", "LANGUAGE_MODEL_WEIGHT: f32 = 0.03", "LANGUAGE_MODEL_WEIGHT: f32 = 0.0"),
    ("the classifier", "classifier/training.rs", "MIN_PHRASINGS: usize = 2", "MIN_PHRASINGS: usize = 1_000_000"),
    ("the classifier in the score, not in the confidence", "score_parts.rs", "CLASSIFIER_WEIGHT: f32 = 0.06", "CLASSIFIER_WEIGHT: f32 = 0.0"),
    ("lead and quotes", "score_parts.rs", "QUOTES_WEIGHT: f32 = 0.2", "QUOTES_WEIGHT: f32 = 0.0"),
    ("the bonus for nearly identical questions", "score_parts.rs", "IDENTITY_WEIGHT: f32 = 0.4", "IDENTITY_WEIGHT: f32 = 0.0"),
    ("pivoted length: plain cosine", "forward_index.rs", "PIVOT_SLOPE: f32 = 0.5", "PIVOT_SLOPE: f32 = 1.0"),
    ("any division by length", "forward_index.rs", "PIVOT_SLOPE: f32 = 0.5", "PIVOT_SLOPE: f32 = 0.0"),
    ("all candidates scored in full, not 24", "candidates.rs", "MAX_BY_WORDS: usize = 24", "MAX_BY_WORDS: usize = 1_000_000"),
]


def build(component):
    """Builds a copy of the source without the component and returns the binary."""
    name, file, old, new = component
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
            sys.exit(f"{name}: “{old}” does not occur exactly once in {file}")
        path.write_text(text.replace(old, new), encoding="utf-8")
    subprocess.run(["cargo", "build", "--quiet", "--locked", "--release", "--no-default-features", "--bin", "quoth", "--target-dir", WORK / "target"], cwd=copy, env=os.environ | FAST_BUILD, check=True)
    return WORK / "target/release/quoth"


def ask(quoth, pack, messages):
    with open(messages, "rb") as lines:
        out = subprocess.run([quoth, "ask", "--jsonl", "--pack", pack], stdin=lines, capture_output=True, check=True).stdout
    path = WORK / "out.jsonl"
    path.write_bytes(out)
    return path


def measure(quoth, args):
    """Figures of the question sets' scorer, as typed and misspelled, and the devset's counts."""
    figures = {}
    for data in sorted((args.sets / "data").glob("dev_*")):
        pack = WORK / "packs" / data.name
        if not pack.exists():
            subprocess.run([quoth, "import", data / "faq.jsonl", "--question-stands-in", "--into", pack], check=True, capture_output=True)
        for kind in ("queries", "queries_typo"):
            messages = data / f"{kind}.jsonl"
            scored = subprocess.run([sys.executable, args.sets / "score.py", messages, ask(quoth, pack, messages)], capture_output=True, text=True, check=True).stdout
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
    parser.add_argument("--only", nargs="+", help="names of components")
    args = parser.parse_args()
    print("| without | acc1 | cov2 | cov5 | devset: first | right | wrong | false |\n|---|---|---|---|---|---|---|---|", flush=True)
    for component in COMPONENTS:
        if args.only and component[0] not in args.only:
            continue
        means, totals = measure(build(component), args)
        cells = [f"{means[key, 'queries']:.1f} / {means[key, 'queries_typo']:.1f}" for key in ("acc1", "cov2", "cov5")]
        right, wrong, first = totals["in_scope"]
        name = "nothing" if component[1] is None else component[0]
        print(f"| {name} | " + " | ".join(cells) + f" | {first} | {right} | {wrong} | {totals['out_of_scope'][1]} |", flush=True)


main()
