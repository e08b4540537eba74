"""What simple methods see of rows of several kinds: the features of each kind side by side. N rows, F features of a kind."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from groundup.kinds.features import Features, PlainNumbers
from groundup.kinds.reader import Row
from groundup.kinds.text.tfidf import STRENGTHS

MOST = 48  # numbers of a kind that are looked at one by one; of more features their main directions
SEED = 0


@dataclass
class KindFeatures:
    """The features of one kind, of rows some of which lack it: zeros there, and a column that says which."""

    features: Features
    width: int = 0
    scale: float = 1.0
    directions: Any = None  # what turns wide features into few numbers
    dense: bool = False  # whether wide features are few numbers for linear models, too: thousands that are not 0 take minutes

    def fit(self, cells: Sequence[Row | None]) -> Any:
        """Learn; then [N, 1 + F], the rows that have the kind of one mean length."""
        features = self.features.fit(present(cells))
        self.width = features.shape[1]
        self.dense = isinstance(features, np.ndarray) and self.width > MOST
        block = sparse(features)
        if self.width > MOST:
            from sklearn.decomposition import TruncatedSVD

            self.directions = TruncatedSVD(min(MOST, min(block.shape) - 1), random_state=SEED).fit(block)
        block = self.reduced(block) if self.dense else block
        self.scale = 1 / max(float(np.sqrt(block.multiply(block).sum(axis=1).mean())), 1e-9)
        return self.spread(block, cells)

    def transform(self, cells: Sequence[Row | None]) -> Any:
        block = self.block(cells)
        return self.spread(self.reduced(block) if self.dense else block, cells)

    def block(self, cells: Sequence[Row | None]) -> Any:
        """The features of the rows that have the kind."""
        there = present(cells)
        return sparse(self.features.transform(there) if there else np.zeros((0, self.width)))

    def reduced(self, block: Any) -> Any:
        """Along the main directions, where there are many features."""
        if self.directions is None:
            return block
        return sparse(self.directions.transform(block) if block.shape[0] else np.zeros((0, self.directions.n_components)))

    def spread(self, block: Any, cells: Sequence[Row | None]) -> Any:
        """The rows of `block` in the places of the rows that have the kind."""
        from scipy.sparse import csr_matrix, hstack

        at = np.flatnonzero([row is not None for row in cells])
        places = csr_matrix((np.ones(len(at)), (at, np.arange(len(at)))), shape=(len(cells), len(at)))
        return hstack([csr_matrix(places.sum(axis=1)), places @ block * self.scale], format="csr")

    def numbers(self, cells: Sequence[Row | None]) -> np.ndarray:
        """[N, P] for trees: the columns of a table as they are, of wide features their main directions in training rows; nan
        where the kind is missing."""
        if isinstance(self.features, PlainNumbers):
            values = self.features.numbers(present(cells))
        else:
            values = self.reduced(self.block(cells)).toarray()
        whole = np.full((len(cells), values.shape[1]), np.nan)
        whole[[row is not None for row in cells]] = values
        return whole

    @property
    def categorical(self) -> np.ndarray:
        """[P] bool."""
        if isinstance(self.features, PlainNumbers):
            return self.features.categorical
        return np.zeros(self.width if self.directions is None else self.directions.n_components, dtype=bool)


class JoinedFeatures:
    """Features of each kind side by side."""

    name, strengths = "joined features", STRENGTHS

    def __init__(self, kinds: Sequence[Features], split: Callable[[Sequence[Row]], Sequence[Sequence[Row | None]]]):
        self.kinds, self.split = [KindFeatures(one) for one in kinds], split

    def fit(self, rows: Sequence[Row]) -> Any:
        """Learn, and give the features of the same rows: a sparse matrix."""
        return join_features([kind.fit(cells) for kind, cells in zip(self.kinds, self.split(rows), strict=True)])

    def transform(self, rows: Sequence[Row]) -> Any:
        return join_features([kind.transform(cells) for kind, cells in zip(self.kinds, self.split(rows), strict=True)])

    def numbers(self, rows: Sequence[Row]) -> np.ndarray:
        """[N, P] of rows for trees, after `fit`."""
        return np.concatenate([kind.numbers(cells) for kind, cells in zip(self.kinds, self.split(rows), strict=True)], axis=1)

    @property
    def categorical(self) -> np.ndarray:
        """[P] bool: which of `numbers` are numbers of categories."""
        return np.concatenate([kind.categorical for kind in self.kinds])


def present(cells: Sequence[Row | None]) -> list[Row]:
    return [row for row in cells if row is not None]


def sparse(block: Any) -> Any:
    from scipy.sparse import csr_matrix

    return csr_matrix(block)


def join_features(blocks: Sequence[Any]) -> Any:
    from scipy.sparse import hstack

    return hstack(blocks, format="csr")
