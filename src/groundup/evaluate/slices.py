"""Slices of rows by a further column: numbers and dates in bins of equal size, other values one by one, and what is missing.

R rows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np

from groundup.data.cells.date_forms import EPOCH, is_date
from groundup.data.cells.dates import date_column
from groundup.data.cells.missing import is_empty, says_missing
from groundup.data.cells.numbers import is_number, number_column
from groundup.errors import InputError
from groundup.messages.current import message

FEW_VALUES = 10  # different numbers up to which each is a slice of its own
BINS = 4
NEARLY_ALL = 0.95  # share of the cells that hold something from which a column is one of numbers or dates
Parse = Callable[[str], float | None]


def slices_of(columns: Mapping[str, Sequence[object]]) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """Of each column the slice of each row [R], and the slices in their order where they have one, what is missing last."""
    names: dict[str, list[str]] = {}
    orders: dict[str, list[str]] = {}
    for column, cells in columns.items():
        names[column], orders[column] = slices(column, cells)
    return names, {column: order for column, order in orders.items() if order}


def slices(column: str, cells: Sequence[object]) -> tuple[list[str], list[str]]:
    """The slice of each row, and the order of the slices; no order of values that are taken one by one."""
    missing = message("missing value")
    texts = [None if is_empty(cell) else str(cell).strip() for cell in cells]
    present = {text for text in texts if text is not None and not says_missing(text)}
    parse = parser(column, sorted(present)) if len(present) > FEW_VALUES else None
    if parse is None:
        return [missing if text is None else text for text in texts], []
    known = {text: parse(text) for text in present}
    values = np.array([np.nan if text is None else number_of(known.get(text)) for text in texts])
    edges = np.unique(np.quantile(values[~np.isnan(values)], np.linspace(0, 1, BINS + 1)))
    place = np.clip(np.searchsorted(edges, values, side="right") - 1, 0, max(0, len(edges) - 2))
    labels = {}
    for number in np.unique(place[~np.isnan(values)]):
        inside = [(value, str(texts[row])) for row, value in enumerate(values) if place[row] == number and value == value]
        low, high = min(inside)[1], max(inside)[1]
        labels[int(number)] = low if low == high else message("from one to another", low=low, high=high)
    names = [missing if value != value else labels[int(number)] for value, number in zip(values, place, strict=True)]
    return names, [*labels.values(), missing]


def parser(column: str, texts: Sequence[str]) -> Parse | None:
    """How the numbers or dates of a column are read; None where it holds neither, or both readings are possible."""
    numbers, dates = (sum(map(test, texts)) for test in (is_number, is_date))
    try:
        if dates >= NEARLY_ALL * len(texts):
            form = date_column(texts, column, datetime.now(UTC).year).form
            return lambda text: None if (moment := form.parse(text)) is None else (moment - EPOCH).total_seconds()
        if numbers >= NEARLY_ALL * len(texts):
            return number_column(texts, column).form.parse
    except InputError:
        return None
    return None


def number_of(value: float | None) -> float:
    return np.nan if value is None else value


def ordered(report: dict[str, Any], orders: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """The report with the slices of these columns in their order, not by size."""
    places = {column: {name: place for place, name in enumerate(order)} for column, order in orders.items()}
    slices = {
        column: sorted(rows, key=lambda row: places[column].get(row["value"], len(rows))) if column in places else rows
        for column, rows in report["slices"].items()
    }
    groups = report.get("decisions", {}).get("groups", {})
    for column in places.keys() & groups.keys():
        groups[column]["groups"].sort(key=lambda one: places[column].get(one["group"], len(places[column])))
    return report | {"slices": slices}
