"""What simple methods see of a table: numbers scaled and missing ones marked, categories one by one; for trees plain numbers.

It learns from training rows alone. R rows, F features, P parts of columns.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from groundup.kinds.table.bins import deviation
from groundup.kinds.table.columns import Columns, Row
from groundup.kinds.table.encode import ABSENT, VALUE, Encoder

STRENGTHS = (0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0)
CLIP = 5.0  # deviations: beyond it a number says no more
MOST = 1e30  # trees compare numbers in single precision


class ColumnFeatures:
    """Features of columns that were recognized in training rows."""

    name = "logistic regression"
    strengths: Sequence[float] = STRENGTHS

    def __init__(self, columns: Columns):
        self.encoder = Encoder(columns)

    def fit(self, rows: Sequence[Row]) -> np.ndarray:
        """Learn middles and scales, and return the features of the same rows, [R, F] float64."""
        encoded = self.encoder.encode(rows)
        values = np.where(encoded.vectors == ABSENT, np.nan, encoded.values)
        self.middles, self.scales = np.zeros(values.shape[1]), np.ones(values.shape[1])
        for place, slot in enumerate(self.encoder.slots):
            present = values[~np.isnan(values[:, place]), place]
            if slot.edges and len(present):
                self.middles[place] = np.median(present)
                self.scales[place] = deviation(present) or 1.0
        self.gaps = (encoded.vectors == ABSENT).any(axis=0)  # [P] whether training rows lack it anywhere
        return self.features(rows)

    def transform(self, rows: Sequence[Row]) -> np.ndarray:
        """[R, F] of other rows."""
        return self.features(rows)

    def features(self, rows: Sequence[Row]) -> np.ndarray:
        encoded = self.encoder.encode(rows)
        parts = []
        for place, slot in enumerate(self.encoder.slots):
            vectors = encoded.vectors[:, place]
            absent = vectors == ABSENT
            if slot.edges:
                scaled = (encoded.values[:, place] - self.middles[place]) / self.scales[place]
                parts.append(np.where(absent, 0.0, np.clip(scaled, -CLIP, CLIP))[:, None])
            else:
                count = len(self.encoder.columns.columns[slot.column].categories) + 1
                parts.append((vectors[:, None] == slot.first_vector + VALUE + np.arange(count)).astype(np.float64))
            if self.gaps[place]:
                parts.append(absent.astype(np.float64)[:, None])
        return np.concatenate(parts, axis=1) if parts else np.zeros((len(rows), 1))

    def names(self) -> list[str]:
        """[F] what each feature is, for people: the column, and of a category its value."""
        names = []
        for place, slot in enumerate(self.encoder.slots):
            column = self.encoder.columns.columns[slot.column]
            if slot.edges:
                names.append(column.name if slot.part == 0 else f"{column.name} ({column.parts[slot.part]})")
            else:
                names.extend(f"{column.name} = {value}" for value in ("other", *column.categories))
            if self.gaps[place]:
                names.append(f"{column.name} is missing")
        return names

    def numbers(self, rows: Sequence[Row]) -> np.ndarray:
        """[R, P] float64 for trees and ranks: numbers as they are, categories by their number, nan where a cell is missing."""
        encoded = self.encoder.encode(rows)
        first = np.array([slot.first_vector + VALUE for slot in self.encoder.slots])
        numeric = np.array([bool(slot.edges) for slot in self.encoder.slots], dtype=bool)
        values = np.where(numeric, np.clip(encoded.values, -MOST, MOST), encoded.vectors - first)
        return np.where(encoded.vectors == ABSENT, np.nan, values)

    def origins(self) -> list[str]:
        """[P] the column that each of `numbers` is of."""
        return [self.encoder.columns.columns[slot.column].name for slot in self.encoder.slots]

    @property
    def categorical(self) -> np.ndarray:
        """[P] bool: which of `numbers` are numbers of categories, whose order means nothing."""
        return np.array([not slot.edges for slot in self.encoder.slots], dtype=bool)
