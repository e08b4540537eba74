"""Splits of a table: stratified, grouped, by time or by containment; texts that repeat each other never part."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from groundup.data import draws
from groundup.data.clean.containment import share_inside
from groundup.data.clean.dedup import Repeats, exact_key, look_at
from groundup.data.settings import DedupSettings, SplitSettings
from groundup.data.splits.times import order_of_times
from groundup.messages.current import message

SPLITS = ("train", "validation", "test")
TRAIN, VALIDATION, TEST, LEFT_OUT = 0, 1, 2, -1
CONTAINMENT = "containment"  # of --split.group_by: no column
LEAK = 0.02  # share of related test texts from which a split is said to leak


def column_of(split: SplitSettings) -> str | None:
    """The column that says how rows are split: their groups, or their times."""
    return split.time_column or (None if split.group_by == CONTAINMENT else split.group_by)


def given_splits(names: Sequence[str | None]) -> list[str]:
    """The splits that the names of a source's files tell; one split alone (`--data test.csv`) tells nothing."""
    parted = len(set(names)) > 1
    return [name if parted and name is not None else "train" for name in names]


def cluster(texts: Sequence[str], groups: Sequence[str | None] | None = None, near: bool = True) -> np.ndarray:
    """[rows] number of the cluster of each row: rows of one group, and rows whose texts repeat each other, share one."""
    repeats = Repeats(DedupSettings(exact=True, near=near))
    return merge(repeats.link(look_at(texts, repeats.settings)), len(texts), groups)


def cluster_keys(keys: Sequence[Hashable], groups: Sequence[str | None] | None = None) -> np.ndarray:
    """[rows] number of the cluster of each row: rows of one group, and rows of one key, share one."""
    first: dict[Hashable, int] = {}
    links = ([earlier] if (earlier := first.setdefault(key, number)) != number else [] for number, key in enumerate(keys))
    return merge(links, len(keys), groups)


def link_equal(links: Sequence[list[int]], rows: Sequence[int], keys: Sequence[Hashable]) -> None:
    """Link each of these rows to the first of them that has the same key."""
    first: dict[Hashable, int] = {}
    for row, key in zip(rows, keys, strict=True):
        earlier = first.setdefault(key, row)
        if earlier != row:
            links[row].append(earlier)


def merge(links: Iterable[Sequence[int]], count: int, groups: Sequence[str | None] | None = None) -> np.ndarray:
    """[rows] number of the cluster of each row, from the earlier rows that each is linked to, and the groups."""
    parent = list(range(count))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    first_of: dict[str, int] = {}
    for number, linked in enumerate(links):
        for earlier in linked:
            parent[root(number)] = root(earlier)
        group = groups[number] if groups else None
        if group is not None:
            parent[root(number)] = root(first_of.setdefault(group, number))
    return np.array([root(i) for i in range(count)])


def split_rows(
    clusters: np.ndarray,
    labels: Sequence[str | None],
    settings: SplitSettings,
    seed: int,
    times: Sequence[str | None] | None = None,
    place_of: Callable[[int], str] = lambda row: f"row {row + 1:,}",
) -> np.ndarray:
    """[rows] int8: TRAIN, VALIDATION or TEST; whole clusters. `place_of` says where a row stands, for times without an order,
    which are refused."""
    if times is not None:
        return split_by_time(clusters, order_of_times(times, place_of, str(settings.time_column), settings.dates), settings)
    return assign(clusters, labels, settings, seed)


def assign(clusters: np.ndarray, labels: Sequence[str | None], settings: SplitSettings, seed: int) -> np.ndarray:
    """Whole clusters by the lowest draws, label by label, until each split has its share of the rows."""
    members: dict[int, list[int]] = defaultdict(list)
    for row, name in enumerate(clusters.tolist()):
        members[name].append(row)
    strata: dict[str | None, list[int]] = defaultdict(list)
    for name, rows in members.items():
        strata[labels[rows[0]] if settings.stratify else None].append(name)
    result = np.zeros(len(clusters), dtype=np.int8)
    for stratum, names in sorted(strata.items(), key=lambda pair: str(pair[0])):
        draw = draws.uniform(draws.key(seed, "split", stratum), np.array(names, dtype=np.uint64))
        total = sum(len(members[n]) for n in names)
        sizes = {TEST: settings.test * total, VALIDATION: settings.validation * total}
        for place in np.argsort(draw, kind="stable"):
            rows = members[names[place]]
            for split in (TEST, VALIDATION):
                if sizes[split] >= max(0.5, len(rows) / 2):
                    result[rows] = split
                    sizes[split] -= len(rows)
                    break
    return result


def empty_splits(counts: Mapping[str, int], shares: Mapping[str, float]) -> list[str]:
    """A warning for each split that came out empty although a share of it was asked for."""
    return [
        message("empty split", name=name, split=message(f"split {name}"), share=share)
        for name, share in shares.items()
        if share and not counts.get(name)
    ]


def ungrouped(groups: Sequence[str | None], column: str, rows: str = "rows") -> list[str]:
    """A warning where rows have no group."""
    missing = sum(group is None for group in groups)
    word = message(f"word for {rows}")
    return [message("no group", count=missing, total=len(groups), rows=word, column=column)] if missing else []


def split_by_time(clusters: np.ndarray, order_of: Sequence[tuple], settings: SplitSettings) -> np.ndarray:
    """The oldest rows train, the newest test; a repeat of an older text goes where the older one is."""
    order = np.array(sorted(range(len(order_of)), key=lambda i: (order_of[i], i)), dtype=np.int64)
    count = len(order)
    result = np.zeros(count, dtype=np.int8)
    first_test = count - round(settings.test * count)
    result[order[first_test - round(settings.validation * count) : first_test]] = VALIDATION
    result[order[first_test:]] = TEST
    earliest: dict[int, int] = {}
    for row in order:
        result[row] = earliest.setdefault(int(clusters[row]), int(result[row]))
    return result


def split_by_containment(
    holders: Sequence[Collection[int]],
    clusters_of: Callable[[np.ndarray], np.ndarray],
    labels: Sequence[str | None],
    settings: SplitSettings,
    seed: int,
) -> np.ndarray:
    """[rows] the split of each, or LEFT_OUT for one that would leak. Whole rows (those that are no part of another) are split,
    by the clusters of theirs; a part trains only if every row that holds it trains."""
    whole = np.array([i for i, containers in enumerate(holders) if not containers])
    result = np.full(len(holders), LEFT_OUT, dtype=np.int8)
    result[whole] = assign(clusters_of(whole), [labels[i] for i in whole], settings, seed)
    for row, containers in enumerate(holders):
        if containers and settings.contained == "train" and all(result[i] == TRAIN for i in containers):
            result[row] = TRAIN
    return result


def worst_leak(leak: Mapping[str, Any]) -> float | None:
    """The largest share of `Leakage.to_dict`; None where nothing was measured."""
    return max((leak[name] for name in ("exact", "near", "contained") if leak[name] is not None), default=None)


@dataclass
class Leakage:
    """How much of a later split is already in the training split; None is what was not measured."""

    exact: float | None
    near: float | None
    contained: float | None
    examples: list[str] = field(default_factory=list)

    @property
    def worst(self) -> float | None:
        """The largest share that was measured."""
        return worst_leak(self.to_dict())

    @property
    def leaks(self) -> bool:
        return (self.worst or 0.0) > LEAK

    def to_dict(self) -> dict:
        return {"exact": self.exact, "near": self.near, "contained": self.contained, "examples": self.examples}


def find_leakage(train: Sequence[str], other: Sequence[str]) -> Leakage:
    """Shares of `other` that repeat a training text (folded), nearly repeat one, or contain or are part of one."""
    keys = {exact_key(text) for text in train}
    repeated = [text for text in other if exact_key(text) in keys]
    repeats = Repeats(DedupSettings())
    for _ in repeats.link(look_at(train, repeats.settings)):
        pass
    nearly = list(repeats.link(look_at(other, DedupSettings(exact=False)), add=False))
    near = sum(map(bool, nearly))
    contained, pairs = share_inside(train, other)
    pairs = pairs or [(number, hits[0]) for number, hits in enumerate(nearly) if hits]
    examples = [message("one and the other", one=other[a][:80], other=train[b][:80]) for a, b in pairs[:3]]
    examples = examples or [message("in both", text=text[:80]) for text in repeated[:3]]
    size = max(1, len(other))
    return Leakage(len(repeated) / size, near / size, contained, examples)
