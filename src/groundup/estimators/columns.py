"""X as rows by the names of columns: a frame, a list of mappings, or an array, whose columns are then x0, x1 ... n rows."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.utils.validation import validate_data

from groundup.data.dataframes import is_table, names_of
from groundup.data.dataframes import rows_of as rows_of_table
from groundup.estimators.refused import Refused


def are_texts(X) -> bool:
    """Whether X is one column of strings without a name for it: a list, an array or a Series."""
    if isinstance(X, (str, bytes)):
        return True
    if is_table(X) or hasattr(X, "toarray") or not hasattr(X, "__len__") or not len(X):
        return False
    values = X.to_numpy() if hasattr(X, "to_numpy") else X
    return getattr(values, "ndim", 1) == 1 and hasattr(values, "__getitem__") and isinstance(values[0], str)


def rows_by_name(estimator, X, reset: bool, strict: bool) -> list[dict[str, Any]]:
    """The rows of X. Where its columns have names, others than were fitted are refused if `strict`; else what reads the rows
    looks for its own. An array must have as many columns as were fitted."""
    if not is_table(X):
        array = validate_data(estimator, X, reset=reset, dtype=None, ensure_all_finite=False)
        return [{f"x{place}": cell for place, cell in enumerate(row)} for row in array.tolist()]
    rows = [{str(name): cell for name, cell in row.items()} for row in rows_of_table(X, "X")]
    if not rows:
        raise Refused("NO_ROWS", "X", "holds no row: Found array with 0 sample(s), while a minimum of 1 is required")
    if not names_of(X):  # mappings
        if reset:
            names = list(dict.fromkeys(name for row in rows for name in row))
            estimator.feature_names_in_, estimator.n_features_in_ = np.array(names, dtype=object), len(names)
    elif reset or strict:
        validate_data(estimator, X, reset=reset, skip_check_array=True)
    return rows
