"""Numbers of a column as parts, and the bins of each part: edges that training rows set, each bin with the same count of them.

A number has one part; a date has several: days, and where they differ in training month, weekday and hour.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import numpy as np

from groundup.data.cells.date_forms import EPOCH
from groundup.kinds.table.columns import Cell, Column

DATE_PARTS = ("days", "month", "weekday", "hour")
SMALLER = 0.25  # with it the difference of any two numbers is one; a power of two changes no digit


def with_edges(column: Column, cells: Sequence[Cell], bins: int) -> Column:
    """The column with the edges of its bins."""
    values = read_values(column, cells)
    values = values[~np.isnan(values)]
    if column.kind == "number":
        return replace(column, parts=("number",), edges=(edges_of(values, bins),))
    table = date_parts(values)
    parts = tuple(part for part in DATE_PARTS if part == "days" or len(np.unique(table[part])) > 1)
    return replace(column, parts=parts, edges=tuple(edges_of(table[part], bins) for part in parts))


def read_values(column: Column, cells: Sequence[Cell]) -> np.ndarray:
    """[R] numbers, or days of dates; nan where a cell holds none. Equal texts are read once."""
    known = {cell: column.read(cell) if column.holds(cell) else None for cell in set(cells) if cell is not None}
    return np.array([np.nan if cell is None or known[cell] is None else known[cell] for cell in cells], dtype=np.float64)


def part_values(column: Column, cells: Sequence[Cell]) -> np.ndarray:
    """[R, parts] the numbers of each part; nan where there is none."""
    values = read_values(column, cells)
    if column.kind == "number":
        return values[:, None]
    table = date_parts(values)
    return np.stack([table[part] for part in column.parts], axis=1) if column.parts else np.zeros((len(cells), 0))


def date_parts(days: np.ndarray) -> dict[str, np.ndarray]:
    """Days since 1970 as numbers that tell the season, the week and the time of day."""
    moments = [None if np.isnan(day) else EPOCH + timedelta(seconds=round(float(day) * 86_400)) for day in days]
    return {
        "days": days,
        "month": np.array([np.nan if at is None else at.month for at in moments]),
        "weekday": np.array([np.nan if at is None else at.weekday() for at in moments]),
        "hour": np.array([np.nan if at is None else at.hour + at.minute / 60 for at in moments]),
    }


def edges_of(values: np.ndarray, bins: int) -> tuple[float, ...]:
    """Rising edges of at most `bins` bins; one bin of width 1 around a single value."""
    distinct = np.unique(values)
    if len(distinct) > bins:
        distinct = np.unique(np.quantile(values * SMALLER, np.linspace(0, 1, bins + 1)) / SMALLER)
    if len(distinct) < 2:
        middle = float(distinct[0]) if len(distinct) else 0.0
        return (middle - 0.5, middle + 0.5)
    return tuple(map(float, distinct))


def deviation(values: np.ndarray) -> float:
    """Standard deviation of numbers, however large."""
    largest = float(np.abs(values).max(initial=0.0))
    return float(np.std(values / largest)) * largest if largest else 0.0


def piecewise(values: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """[..., V] the share of each bin that lies below a value, edges [..., V + 1] (Gorishniy et al., 2022, arXiv:2203.05556).
    Beyond the outer edges the outer bins go on, by one width at most. A bin of no width is 0."""
    values, edges = values * SMALLER, edges * SMALLER
    width = edges[..., 1:] - edges[..., :-1]
    real = width > 0
    share = np.where(real, (values[..., None] - edges[..., :-1]) / np.where(real, width, 1), 0.0)
    count = real.sum(-1, keepdims=True)
    place = np.arange(width.shape[-1])
    low, high = np.where(place == 0, -1.0, 0.0), np.where(place == count - 1, 2.0, 1.0)
    return np.where(real, np.clip(share, low, high), 0.0).astype(np.float32)
