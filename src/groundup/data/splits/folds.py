"""Rows of several tables dealt into folds: what belongs together stays together, and each fold has its share of every kind."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from groundup.data import draws


def deal(clusters: np.ndarray, kinds: Sequence[object], folds: int, seed: int) -> np.ndarray:
    """[rows] int64 the fold of each row, pure in (seed, rows). Whole clusters are dealt in turn, those of a kind (the kind of
    their first row) in a drawn order, to the fold that has the fewest rows of this kind so far."""
    members: dict[int, list[int]] = defaultdict(list)
    for row, name in enumerate(clusters.tolist()):
        members[name].append(row)
    strata: dict[object, list[int]] = defaultdict(list)
    for name, rows in members.items():
        strata[kinds[rows[0]]].append(name)
    result, total = np.zeros(len(clusters), np.int64), np.zeros(folds, np.int64)
    for kind, names in sorted(strata.items(), key=lambda pair: str(pair[0])):
        draw = draws.uniform(draws.key(seed, "folds", kind), np.array(names, dtype=np.uint64))
        own = np.zeros(folds, np.int64)
        for place in np.argsort(draw, kind="stable"):
            rows = members[names[place]]
            fold = min(range(folds), key=lambda f: (own[f], total[f], f))
            result[rows] = fold
            own[fold] += len(rows)
            total[fold] += len(rows)
    return result
