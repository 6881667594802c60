#!/usr/bin/env python3
"""Fits the default confidence (src/matching/features.rs, calibration.rs) on judged messages.

fit_confidence.py QUOTH --devset DIR --pack DIR --bench DIR --small DIR [DIR ...] [--ablate]

QUOTH is the release binary. Four kinds of data are fitted together, so that no kind of pack is sacrificed: the devset,
whose messages are judged by the quotes of the first pack (--pack); the question sets below --bench whose name starts
with dev_, as typed and misspelt, and those of 20 phrasings an entry with the first one, two or three of them; and the small
packs below --small. Within each part unanswerable messages count as PRIOR of all. Coefficients have bounds: what speaks for an entry never lowers the confidence, and the other way round.
Prints the coefficients as src/matching/features.rs declares them; then what models give that have not seen a part: for
each small pack one without it, for the devset five folds; then each question set at the fitted models. With --ablate: what
models give that have not seen a part, fitted without one feature at a time, at the default threshold.
Logistic regression with an L2 penalty on standardized features. Needs numpy and scipy.
"""
import argparse
import collections
import json
import pathlib
import subprocess
import tempfile
import tomllib

import numpy as np
from scipy.optimize import minimize

PRIOR = 0.30  # assumed share of unanswerable messages
PENALTY = 0.002
RAISES = {"meaning", "quote_meaning", "meaning_margin", "text_margin", "score", "margin", "coverage", "question_type", "posterior"}
LOWERS = {"unrelated", "gap_wins", "gap_coverage", "document", "document_left", "unknown", "unknown_everyday",
          "other_name", "contradiction", "identifiers_missing", "statement"}
# Weights of the devset, of each question set, of each with few phrasings and of each small pack, for either model.
WEIGHTS = [(3.0, 2.0, 1.0, 1.0), (3.0, 1.0, 0.0, 1.0)]
FEW_PHRASINGS = (1, 2, 3)
ANSWER_FROM, SUGGEST_FROM = 0.80, 0.30  # the defaults
# As in src/matching/decision.rs.
SUGGESTED_SHARE, SUGGESTED_COVERAGE, SUGGESTED_MEANING, MIN_MEANING, SAME_MEANING, MAX_SUGGESTIONS = 0.5, 0.1, 0.45, 0.3, 0.62, 3
THRESHOLDS = (0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9)

# may_answer, may_suggest: whether the rules of the decision allow it at any confidence. shown_right: whether a right entry
# would be among the suggestions.
Part = collections.namedtuple("Part", "names features right in_scope kinds weights may_answer may_suggest shown_right")


def run(quoth, command, pack, questions):
    lines = "\n".join(json.dumps({"q": q}) for q in questions)
    done = subprocess.run([quoth, command, "--jsonl", "--pack", pack], input=lines, capture_output=True, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def suggested(entries):
    """The ids of the entries that would be suggested, but for those that share a quote with another."""
    entries = [e for e in entries if not e["is_gap"]]
    chosen = []
    for e in entries:
        e["meaning"] = max(e["ranking"]["meaning"], e["ranking"]["quote_meaning"])
        e["covered"] = e["ranking"]["coverage"] >= SUGGESTED_COVERAGE
        enough = e["score"] >= SUGGESTED_SHARE * entries[0]["score"] and len(chosen) < MAX_SUGGESTIONS
        if enough and (e["covered"] or e["meaning"] >= SUGGESTED_MEANING):
            chosen.append(e)
    has_vectors = any(e["meaning"] > 0 for e in entries)
    strong = any(e["meaning"] >= SAME_MEANING or e["covered"] and (e["meaning"] >= MIN_MEANING or not has_vectors) for e in chosen)
    return [e["id"] for e in chosen] if strong else []


def part(quoth, pack, rows, is_right):
    """The features of the rows' messages on a pack; is_right(row, ids): whether one of the entries answers."""
    questions = [row["q"] for row in rows]
    answers, explained = run(quoth, "ask", pack, questions), run(quoth, "explain", pack, questions)
    features = np.array([[f["value"] for f in e["evidence"]] for e in explained])
    right = np.array([[is_right(r, a["ids"][:n]) for r, a in zip(rows, answers)] for n in (1, 3)])
    in_scope = np.array([bool(r["gold"]) for r in rows])
    weights = np.where(in_scope, (1 - PRIOR) / in_scope.sum(), PRIOR / max(1, (~in_scope).sum()))
    names = [f["name"] for f in explained[0]["evidence"]]
    no_gap = np.array([e["gap"] is None for e in explained])
    may_answer = no_gap & [e["objection"] is None for e in explained]
    shown = [suggested(e["entries"]) for e in explained]
    shown_right = np.array([is_right(r, ids) for r, ids in zip(rows, shown)])
    may_suggest = no_gap & [e["objection"] != "statement" for e in explained] & [bool(ids) for ids in shown]
    return Part(names, features, right, in_scope, np.array([r.get("kind", "") for r in rows]), weights, may_answer, may_suggest, shown_right)


def by_id(row, ids):
    return any(i in row["gold"] for i in ids)


def read_lines(path):
    return [json.loads(line) for line in open(path, encoding="utf-8") if line.strip()]


def norm(text):
    return " ".join(text.split())


def by_quotes(folder, pack):
    """Judges entries of the pack by whether their quotes contain a right sentence of the devset in the folder."""
    sentences = {s["id"]: [norm(t) for t in [s["text"], *s.get("variants", [])]] for s in json.load(open(folder / "sentences.json", encoding="utf-8"))}
    quotes = {e["id"]: [norm(q["text"]) for q in e.get("quote", [])] for e in tomllib.load(open(pack / "faq.toml", "rb"))["entry"]}

    def is_right(row, ids):
        wanted = [t for g in row["gold"] for t in sentences[g]]
        shown = [s for i in ids for s in quotes[i]]
        return any(w in s or (s in w and len(s) >= 25) for w in wanted for s in shown)
    return is_right


def judged_sets(args):
    """Name, pack, judged messages and is_right(row, ids) of the devset, the small packs and the question sets for tuning."""
    yield "devset", args.pack, read_lines(args.devset / "questions.jsonl"), by_quotes(args.devset, args.pack)
    for path in sorted(path for folder in args.small for path in folder.glob("*/questions.jsonl")):
        yield f"small {path.parent.name}", path.parent, read_lines(path), by_id
    for folder in sorted(p for p in args.bench.glob("dev_*") if p.is_dir()):
        rows = read_lines(folder / "faq.jsonl")
        with tempfile.TemporaryDirectory() as pack:
            write_pack(rows, pathlib.Path(pack))
            for queries in ("queries", "queries_typo"):
                yield f"{folder.name} {queries}", pack, read_lines(folder / f"{queries}.jsonl"), by_id
        for n in FEW_PHRASINGS if folder.name.endswith("_k20") else ():
            with tempfile.TemporaryDirectory() as pack:
                write_pack([{**row, "variants": row["variants"][:n - 1]} for row in rows], pathlib.Path(pack))
                yield f"few {folder.name} {n}", pack, read_lines(folder / "queries.jsonl"), by_id


def write_pack(rows, folder):
    """A FAQ as a pack; its questions stand in for answers."""
    (folder / "sources").mkdir()
    (folder / "pack.toml").write_text('title = "t"\n')
    (folder / "sources/s.md").write_text('+++\ntitle = "t"\n+++\n' + "\n\n".join(norm(r["question"]) for r in rows))
    text = json.dumps
    (folder / "faq.toml").write_text("\n".join(
        f'[[entry]]\nid = {text(r["id"])}\nquestion = {text(r["question"])}\nvariants = {text(r["variants"])}\n'
        f'[[entry.quote]]\ntext = {text(norm(r["question"]))}\nparagraph = {n}\n' for n, r in enumerate(rows, 1)))


def fit(parts, which):
    """Intercept and coefficients of: the first entry answers (which = 0), one of the first three does (1)."""
    names = parts[0][0].names
    x = np.vstack([p.features for p, _ in parts])
    y = np.concatenate([p.right[which] for p, _ in parts]).astype(float)
    w = np.concatenate([p.weights * k for p, k in parts])
    w /= w.sum()
    mean = w @ x
    scale = np.sqrt(w @ (x - mean) ** 2) + 1e-9
    z = (x - mean) / scale

    def loss(beta):
        logit = beta[0] + z @ beta[1:]
        error = w * (1 / (1 + np.exp(-logit)) - y)
        gradient = np.concatenate([[error.sum()], z.T @ error + 2 * PENALTY * beta[1:]])
        return w @ (np.logaddexp(0, logit) - y * logit) + PENALTY * (beta[1:] ** 2).sum(), gradient

    bounds = [(None, None)] + [(0, None) if n in RAISES else (None, 0) if n in LOWERS else (None, None) for n in names]
    beta = minimize(loss, np.zeros(len(names) + 1), jac=True, bounds=bounds, method="L-BFGS-B").x
    coefficients = beta[1:] / scale
    return np.concatenate([[beta[0] - coefficients @ mean], coefficients])


def probability(model, p):
    return 1 / (1 + np.exp(-(model[0] + p.features @ model[1:])))


def is_answered(p, confidence, threshold):
    return (confidence >= threshold) & p.may_answer


def report_packs(packs):
    """What is decided at the default thresholds, of each pack by its confidences of the first entry and of three."""
    total = np.zeros(8, int)
    print("pack, of its messages in scope and out: right, wrong, suggested with the right entry; false, suggested, of these far or chat")
    for name, (p, first, of_three) in packs.items():
        answered = is_answered(p, first, ANSWER_FROM)
        suggested = ~answered & p.may_suggest & (np.maximum(first, of_three) >= SUGGEST_FROM)
        outside = ~p.in_scope
        counts = [p.in_scope.sum(), (answered & p.right[0] & p.in_scope).sum(), (answered & ~p.right[0] & p.in_scope).sum(),
                  (suggested & p.shown_right & p.in_scope).sum(), outside.sum(), (answered & outside).sum(), (suggested & outside).sum(),
                  (suggested & np.isin(p.kinds, ["far", "chat"])).sum()]
        total += np.array(counts, int)
        print(f"{name:24s}", *counts)
    print(f"{'all':24s}", *total)


def decisions(pairs, threshold):
    """How many messages of the parts, each with their confidences, are answered rightly, wrongly and falsely, and how many there are."""
    n = collections.Counter()
    for p, confidence in pairs:
        answered = is_answered(p, confidence, threshold)
        n.update(right=(answered & p.right[0] & p.in_scope).sum(), wrong=(answered & ~p.right[0] & p.in_scope).sum(),
                 false=(answered & ~p.in_scope).sum(), inside=p.in_scope.sum(), outside=(~p.in_scope).sum())
    return n


def report(what, pairs):
    for threshold in THRESHOLDS:
        n = decisions(pairs, threshold)
        print(f"{what:34s} from {threshold:.2f}: right {n['right']} of {n['inside']}, wrong {n['wrong']}, false {n['false']} of {n['outside']}")


def folds(p, n_folds, others):
    """Confidences of the messages, each by a model that was fitted without it."""
    fold, confidence = np.arange(len(p.features)) % n_folds, np.zeros(len(p.features))
    np.random.default_rng(1).shuffle(fold)
    for number in range(n_folds):
        keep = fold != number
        seen = p._replace(features=p.features[keep], right=p.right[:, keep], weights=p.weights[keep])
        confidence[~keep] = probability(fit([(seen, WEIGHTS[0][0]), *others], 0), p)[~keep]
    return confidence


def without(p, feature):
    keep = [name != feature for name in p.names]
    return p._replace(names=[n for n, kept in zip(p.names, keep) if kept], features=p.features[:, keep])


def ablate(names, small, parts):
    """A Markdown table of the decisions without one feature at a time."""
    print("| without | small packs: right | wrong | false | devset: right | wrong | false |\n|---|---|---|---|---|---|---|")
    for feature in (None, *names):
        def reduced(left_out=None):
            return [(without(p, feature), weight) for p, weight in parts(0, left_out)]

        def unseen(name, p):
            return without(p, feature), probability(fit(reduced(name), 0), without(p, feature))

        dev_reduced, *others = reduced()
        of_dev = decisions([(dev_reduced[0], folds(dev_reduced[0], 5, others))], ANSWER_FROM)
        of_small = decisions([unseen(name, p) for name, p in small.items()], ANSWER_FROM)
        counts = [n[what] for n in (of_small, of_dev) for what in ("right", "wrong", "false")]
        print("|", feature or "nothing", "|", " | ".join(map(str, counts)), "|")


def arguments(description):
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("quoth")
    for name in ("devset", "pack", "bench"):
        parser.add_argument(f"--{name}", type=pathlib.Path, required=True)
    parser.add_argument("--small", type=pathlib.Path, nargs="+", required=True)
    return parser


def main():
    parser = arguments(__doc__)
    parser.add_argument("--ablate", action="store_true")
    args = parser.parse_args()
    all_parts = {name: part(args.quoth, pack, rows, is_right) for name, pack, rows, is_right in judged_sets(args)}
    dev = all_parts.pop("devset")
    small = {name: p for name, p in all_parts.items() if name.startswith("small ")}
    sets = {name: p for name, p in all_parts.items() if name not in small}

    def parts(which, left_out=None):
        of_dev, of_set, of_few, of_small = WEIGHTS[which]
        of_sets = [(p, of_few if name.startswith("few ") else of_set) for name, p in sets.items()]
        return [(dev, of_dev), *of_sets, *((p, of_small) for name, p in small.items() if name != left_out)]

    if args.ablate:
        ablate(dev.names, small, parts)
        return
    models = [fit(parts(which), which) for which in (0, 1)]
    for name, first, of_three in zip(["intercept", *dev.names], *models):
        print(f"{name:20s} {first:+.3f}, {of_three:+.3f}")
    unseen = {name: (p, *(probability(fit(parts(which, name), which), p) for which in (0, 1))) for name, p in small.items()}
    report("small packs, each unseen", [(p, first) for p, first, _ in unseen.values()])
    report_packs(unseen)
    report("devset, in five folds", [(dev, folds(dev, 5, parts(0)[1:]))])
    of_sets = {name: (p, *(probability(model, p) for model in models)) for name, p in sets.items()}
    report_packs(of_sets)
    for name, (p, first, _) in of_sets.items():
        report(name, [(p, first)])


if __name__ == "__main__":
    main()
