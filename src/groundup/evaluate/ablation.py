"""What each kind of input is worth to a model: its figure where only some of the kinds are read. N rows."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Any

import numpy as np

from groundup.evaluate.bootstrap import resample, resample_difference
from groundup.evaluate.opened import Opened
from groundup.kinds.reader import Row
from groundup.kinds.several.reader import SeveralReader

MOST = 4  # kinds whose subsets are all tried
FIGURES = 2  # of a task, that are told


def ablation(predictor: Opened, rows: Sequence[Row], targets: Sequence[Any], seed: int = 0) -> dict[str, Any]:
    """Of a model of several kinds `{"kinds": [...]}`: for each subset the figures, with intervals, of the rows that have one of
    its kinds at least, read without the other kinds, and how far they are from those of the same rows read whole by the figure
    that decides, `metric`. Of other models nothing."""
    reader, task = predictor.reader, predictor.trained_task
    if not isinstance(reader, SeveralReader) or len(reader.readers) > MOST or not len(rows):
        return {}
    labelled = [number for number, target in enumerate(targets) if target is not None]
    texts, targets = [rows[number] for number in labelled], [targets[number] for number in labelled]
    whole = predictor.row_answers(texts).answers
    kinds = [one.kind for one in reader.readers]
    results = []
    for size in range(len(kinds), 0, -1):
        for chosen in combinations(kinds, size):
            visible = [only(reader, row, chosen) for row in texts]
            there = [number for number, row in enumerate(visible) if any(cell is not None for cell in row)]
            if not there:
                continue
            part = [visible[number] for number in there], [targets[number] for number in there]
            scores = task.scores(predictor.row_answers(part[0]).answers, part[1], part[0])
            against = task.scores(np.asarray(whole)[there], part[1], part[0])
            figures, differences = resample(scores, seed), resample_difference(scores, against, seed)
            names = [task.metric, *(name for name in figures if name != task.metric)][:FIGURES]
            results.append(
                {
                    "kinds": list(chosen),
                    "rows": len(there),
                    "metric": task.metric,
                    "figures": {name: figures[name].as_dict() for name in names},
                    "difference": None if len(chosen) == len(kinds) else differences[task.metric].as_dict(),
                }
            )
    return {"kinds": results}


def only(reader: SeveralReader, row: Row, kinds: Sequence[str]) -> Row:
    """A row without the kinds that are not chosen."""
    return reader.joined_parts(cells if one.kind in kinds else None for one, cells in reader.parts(row))
