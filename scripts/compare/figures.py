"""The figures of the question sets, and confidence intervals of their differences.

acc1        share of in-scope messages whose first entry is a gold one
cov2, cov5  share of in-scope messages answered correctly at the lowest confidence at which at most 2 % / 5 % of all
            messages are answered falsely; messages of one confidence are answered together
"""
import numpy as np

FIGURES = {"acc1": None, "cov2": 0.02, "cov5": 0.05}


class Outcome:
    """A method's results for a set's messages: whether the first entry is right, and the confidence."""

    def __init__(self, right, confidence, in_scope):
        self.right, self.in_scope = right & in_scope, in_scope
        self.order = np.argsort(-confidence, kind="stable")
        sorted_confidence = confidence[self.order]
        self.ends = np.flatnonzero(np.append(sorted_confidence[1:] != sorted_confidence[:-1], True))

    def figure(self, name, counts=None):
        """The figure, or one per row of `counts`: how often each message was drawn."""
        counts = np.ones((1, len(self.right)), np.int32) if counts is None else counts
        n_in_scope, limit = counts @ self.in_scope.astype(np.int32), FIGURES[name]
        if limit is None:
            return counts @ self.right.astype(np.int32) / n_in_scope
        drawn, is_right = counts[:, self.order], self.right[self.order]
        n_right = np.cumsum(drawn * is_right, axis=1)[:, self.ends]
        n_false = np.cumsum(drawn * ~is_right, axis=1)[:, self.ends]
        allowed = n_false <= limit * counts.sum(axis=1, keepdims=True)
        return np.max(n_right, axis=1, initial=0, where=allowed) / n_in_scope


def draws(keys_of_sets, n_samples, seed):
    """For each set, how often each of its messages occurs in each bootstrap sample.

    Messages are drawn from those of all sets together; one that several sets share is drawn for all of them.
    """
    at = {}
    for keys in keys_of_sets.values():
        for key in keys:
            at.setdefault(key, len(at))
    rng = np.random.default_rng(seed)
    counts = np.stack([np.bincount(rng.integers(len(at), size=len(at)), minlength=len(at)) for _ in range(n_samples)]).astype(np.int32)
    return {name: counts[:, [at[key] for key in keys]] for name, keys in keys_of_sets.items()}


def interval(differences):
    """The middle 95 % of the samples."""
    return tuple(np.quantile(differences, [0.025, 0.975]))
