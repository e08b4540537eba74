"""X and y as scikit-learn's users have them, as rows of texts and labels. n rows, K classes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from groundup.errors import printable
from groundup.estimators.refused import NotText, Refused

Text = tuple[str, ...]


def is_frame(X) -> bool:
    """Whether X is a table with named columns (of pandas, polars or pyarrow)."""
    return hasattr(X, "columns")


def rows_of(X) -> list[Text]:
    """Rows of as many texts as X has columns: a list, an array, a Series or a table. Raises Refused and NotText."""
    if isinstance(X, (str, bytes)):
        raise Refused("ONE_TEXT", "X", "is one text; Expected a list or an array of texts", "put it into a list: [text]")
    if hasattr(X, "toarray"):
        raise NotText("NOT_TEXT", "X", "is a sparse array of numbers, not text", "leave out the step that counts words")
    values = list(zip(*X.to_pydict().values())) if hasattr(X, "to_pydict") else X.to_numpy() if hasattr(X, "to_numpy") else X
    if not hasattr(values, "__len__") or getattr(values, "ndim", 1) == 0:
        raise NotText("NOT_TEXT", "X", f"is {kind_of(X)}; Expected a list or an array of texts")
    if (dimensions := getattr(values, "ndim", 1)) > 2:
        raise Refused("NOT_ROWS", "X", f"has too many dimensions: Found array with dim {dimensions}, expected <= 2")
    rows = [(value,) if isinstance(value, str) else value for value in values]
    if not rows:
        raise Refused("NO_ROWS", "X", "holds no text: Found array with 0 sample(s), while a minimum of 1 is required")
    return [texts_of(row, number, rows[0]) for number, row in enumerate(rows)]


def texts_of(row: Any, number: int, first: Any) -> Text:
    """The texts of one row, as many as the first row has."""
    missing = "fill in missing texts, or leave such rows out"
    if not isinstance(row, (tuple, list, np.ndarray)):
        raise Refused("NOT_TEXT", f"X[{number}]", f"is {kind_of(row)}, not text", missing)
    if not isinstance(first, (tuple, list, np.ndarray)) or len(row) != len(first) or not len(row):
        what = f"has {len(row)} feature(s), row 0 has {len(first)}; a minimum of 1 is required"
        raise Refused("RAGGED_ROWS", f"X[{number}]", what, "give every row as many texts")
    for value in row:
        if not isinstance(value, str):
            raise Refused("NOT_TEXT", f"X[{number}]", f"holds {kind_of(value)}, not text", missing)
    return tuple(map(str, row))


def kind_of(value: object) -> str:
    return f"{printable(repr(value), 40)} ({type(value).__name__})"


def are_names(y) -> bool:
    """Whether y is lists of names, and no matrix."""
    if hasattr(y, "toarray") or getattr(y, "ndim", 1) != 1:
        return False
    rows = list(y)
    inner = (list, tuple, set, frozenset, np.ndarray)
    return all(isinstance(row, inner) and all(isinstance(name, str) for name in row) for row in rows)


def indicator_of(y) -> np.ndarray:
    """[n, K] of 0 and 1."""
    values = np.asarray(y.toarray() if hasattr(y, "toarray") else y)
    if values.ndim != 2 or not np.isin(values, (0, 1)).all():
        what = "is neither a matrix [n, K] of 0 and 1 nor lists of names"
        raise Refused("NO_LABELS", "y", what, "see sklearn.preprocessing.MultiLabelBinarizer")
    return values.astype(np.int64)


def placed(answers: np.ndarray, names: Sequence[str], classes: np.ndarray) -> np.ndarray:
    """Probabilities [n, names] in the order of the classes, 0 for a class without a name."""
    place = {name: k for k, name in enumerate(names)}
    placed_answers = np.zeros((len(answers), len(classes)), dtype=answers.dtype)
    for column, label in enumerate(classes.tolist()):
        if str(label) in place:
            placed_answers[:, column] = answers[:, place[str(label)]]
    return placed_answers


def of_objects(values: Sequence[Any]) -> np.ndarray:
    """[n] lists as one array, which can be indexed and joined."""
    objects = np.empty(len(values), dtype=object)
    objects[:] = values
    return objects


def plain(value: Any) -> Any:
    """Numbers of numpy as Python's, in groups too."""
    if isinstance(value, dict):
        return {name: plain(inner) for name, inner in value.items()}
    return value.item() if isinstance(value, np.generic) else value
