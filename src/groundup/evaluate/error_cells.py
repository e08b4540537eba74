"""What stands in the rows that a model got most wrong: the cells that its answer hangs on, and small pictures of images.

How much an answer hangs on a cell is how far it moves without that cell (Zeiler and Fergus, 2013, arXiv:1311.2901): the sum of
what its numbers change.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from groundup.errors import InputError
from groundup.evaluate.opened import Opened
from groundup.kinds.image.png import data_uri, thumbnail
from groundup.kinds.reader import Reader, Row

SHOWN = 5  # cells of a row
MOST_ASKED = 5000  # rows without a cell, of all errors together: beyond it cells stand in the order of the table
SIDE = 64  # pixels of a picture
LONGEST = 120  # characters of a cell


def with_cells(report: Mapping[str, Any], predictor: Opened, rows: Sequence[Row]) -> dict[str, Any]:
    """The report (evaluate/report.py, evaluate/task_report.py) of these rows, whose worst errors tell their `cells` by column,
    those first that the answer hangs on most, and their `pictures` by column. Of texts it is as it was."""
    reader, errors = predictor.reader, report["worst_errors"]
    if reader.unit == "word" or not errors:
        return dict(report)
    chosen = [rows[error["row"]] for error in errors]
    effects = effects_of(predictor, chosen) if reader.unit == "column" else [{} for _ in chosen]
    worst = [
        error | {"cells": cells_of(reader, row, moved), "pictures": pictures_of(reader, row)}
        for error, row, moved in zip(errors, chosen, effects, strict=True)
    ]
    return dict(report) | {"worst_errors": worst}


def effects_of(predictor: Opened, rows: Sequence[Row]) -> list[dict[str, float]]:
    """For each row and column: how far the answer moves without what stands there."""
    lacking = [list(rows_without(predictor.reader, row)) for row in rows]
    if sum(map(len, lacking)) > MOST_ASKED:
        return [{} for _ in rows]
    asked = [*rows, *(row for several in lacking for _, row in several)]
    answers = iter(np.asarray(predictor.row_answers(asked).answers, dtype=np.float64))
    whole = [next(answers) for _ in rows]
    return [
        {name: float(np.abs(next(answers) - answer).sum()) for name, _ in several}
        for answer, several in zip(whole, lacking, strict=True)
    ]


def rows_without(reader: Reader, row: Row) -> Iterator[tuple[str, Row]]:
    """The row without each of its cells, where another one is left; columns that are read together go together."""
    start = 0
    for one, cells in reader.parts(row):
        places = range(start, start + len(one.columns))
        start += len(one.columns)
        if cells is None:
            continue
        for group in [(place,) for place in places] if one.unit == "column" else [tuple(places)]:
            rest = tuple(None if place in group else cell for place, cell in enumerate(row))
            if rest != row and any(cell is not None for cell in rest):
                yield reader.columns[group[0]], rest


def cells_of(reader: Reader, row: Row, effects: Mapping[str, float]) -> list[dict[str, Any]]:
    """The cells that hold something, those with the largest effect first."""
    names = zip(reader.columns, row, reader.display(row), strict=True)
    held = [(name, text) for name, cell, text in names if cell is not None]
    order = sorted(held, key=lambda pair: -effects.get(pair[0], 0.0))[:SHOWN]
    return [{"column": name, "cell": shortened(text), "effect": effects.get(name)} for name, text in order]


def pictures_of(reader: Reader, row: Row) -> dict[str, str]:
    """The images of a row, small, by column; none of a file that is gone or lies in an archive."""
    pictures = {}
    for one, cells in reader.parts(row):
        try:
            picture = None if cells is None else one.picture(cells)
        except InputError:
            continue
        if picture is not None:
            pictures[one.columns[0]] = data_uri(thumbnail(picture.pixels, SIDE))
    return pictures


def shortened(text: str) -> str:
    return text[:LONGEST] + ("…" if len(text) > LONGEST else "")
