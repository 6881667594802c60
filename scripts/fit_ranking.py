#!/usr/bin/env python3
"""Fits the weights by which the best candidates are ordered (src/matching/ranking.rs) on judged messages.

fit_ranking.py QUOTH --devset DIR --pack DIR --bench DIR --small DIR [DIR ...] [--drop FEATURE ...]

QUOTH is the release binary; the data are those of fit_confidence.py. Of each message that an entry answers, the candidates
that `quoth explain` lists are the classes of a softmax over "scale * (score + features * (few * fewness + many))", where
fewness falls from 1 for an entry of one phrasing to 0 for many. Prints both weights of each feature, and how often the right
entry is first, and among three, by models that have not seen the small pack.
L2 penalty on the weights. Needs numpy and scipy.
"""
import collections

import numpy as np
from scipy.optimize import minimize

import fit_confidence as data

PENALTY = 0.01
# Weights of the devset and of each question set beside small packs at 1.
OF_DEVSET, OF_SET = 1.0, 0.3

# x: messages x candidates x features, those multiplied by fewness behind the others.
Set = collections.namedtuple("Set", "names x score valid right")


def candidates(quoth, pack, rows, is_right):
    rows = [row for row in rows if row["gold"]]
    explained = data.run(quoth, "explain", pack, [row["q"] for row in rows])
    n = max(len(e["entries"]) for e in explained)
    names = next(list(e["entries"][0]["ranking"]) for e in explained if e["entries"])
    x, score = np.zeros((len(rows), n, 2 * len(names))), np.zeros((len(rows), n))
    valid, right = np.zeros((len(rows), n), bool), np.zeros((len(rows), n), bool)
    for i, (row, e) in enumerate(zip(rows, explained)):
        for j, entry in enumerate(e["entries"]):
            features = [entry["ranking"][name] for name in names]
            few = 4 / (3 + max(1, entry["n_phrasings"]))
            x[i, j] = [*features, *(few * f for f in features)]
            score[i, j], valid[i, j], right[i, j] = entry["base_score"], True, is_right(row, [entry["id"]])
    return Set(names, x, score, valid, right)


def scores(model, s):
    return np.where(s.valid, model[0] * s.score + s.x @ model[1:], -1e9)


def fit(sets, drop):
    names = sets[0][0].names
    dropped = [name in drop for name in names] * 2
    bounds = [(0.5, None)] + [(0, 0) if d else (0, None) for d in dropped]

    def loss(model):
        total, gradient = PENALTY * (model[1:] ** 2).sum(), np.concatenate([[0.0], 2 * PENALTY * model[1:]])
        for s, weight in sets:
            known = s.right.any(1)
            z = scores(model, s)[known]
            z = z - z.max(1, keepdims=True)
            p = np.exp(z)
            p /= p.sum(1, keepdims=True)
            right = s.right[known]
            q = p * right
            of_right = q.sum(1, keepdims=True)
            w = weight / known.sum()
            total -= w * np.log(of_right + 1e-12).sum()
            error = w * (p - q / (of_right + 1e-12))
            gradient[0] += (error * s.score[known]).sum()
            gradient[1:] += np.einsum("ij,ijk->k", error, s.x[known])
        return total, gradient

    start = np.concatenate([[8.0], np.zeros(2 * len(names))])
    return minimize(loss, start, jac=True, bounds=bounds, method="L-BFGS-B").x


def found(model, s):
    """How many messages have a right entry first, and among three."""
    order = np.argsort(-scores(model, s), axis=1, kind="stable")
    right = np.take_along_axis(s.right, order, axis=1)
    return np.array([right[:, 0].sum(), right[:, :3].any(1).sum(), len(right)])


def main():
    parser = data.arguments(__doc__)
    parser.add_argument("--drop", nargs="*", default=[])
    args = parser.parse_args()
    sets = {name: candidates(args.quoth, pack, rows, is_right) for name, pack, rows, is_right in data.judged_sets(args)}
    dev = sets.pop("devset")
    small = {name: sets.pop(name) for name in list(sets) if name.startswith("small ")}
    report(small, dev, sets, args.drop)


def report(small, dev, sets, drop):
    def parts(without=None):
        return [(dev, OF_DEVSET), *((s, OF_SET) for s in sets.values()), *((s, 1.0) for name, s in small.items() if name != without)]

    model = fit(parts(), drop)
    n = len(dev.names)
    for i, name in enumerate(dev.names):
        print(f"{name:16s} few {model[1 + n + i] / model[0]:+.3f} many {model[1 + i] / model[0]:+.3f}")
    print(f"scale {model[0]:.2f}")
    unseen = {name: fit(parts(name), drop) for name in small}
    plain = np.zeros(2 * n + 1)
    plain[0] = 1.0
    for what, models in (("by score", dict.fromkeys(small, plain)), ("each unseen", unseen)):
        total = sum(found(models[name], s) for name, s in small.items())
        print(f"small packs, {what}: first {total[0] / total[2]:.1%}, among three {total[1] / total[2]:.1%}",
              {name: found(models[name], s).tolist() for name, s in small.items()})
    for name, s in {"devset": dev, **sets}.items():
        before, after = found(plain, s), found(model, s)
        print(f"{name:28s} first {before[0] / before[2]:.1%} -> {after[0] / after[2]:.1%}, three {before[1] / before[2]:.1%} -> {after[1] / after[2]:.1%}")


if __name__ == "__main__":
    main()
