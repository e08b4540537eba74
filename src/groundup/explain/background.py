"""What stands in the place of columns that are absent: the cells of training rows that the model folder keeps.

Without a column a model says what it says on the mean of these rows with their cells there, all else being as in the row
(interventional values: Lundberg and Lee, 2017, arXiv:1705.07874; Janzing et al., 2020, arXiv:1910.13413). A row of which
nothing is there is then as training rows are, and the number explained begins near its mean over training.

S questions, B background rows, N tokens of the row and of the background together, P parts.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence

import numpy as np
import torch

from groundup.evaluate.predictor import Predictor
from groundup.explain.row_input import RowInput, tokens_of
from groundup.kinds.parts import ExplanationUnit
from groundup.kinds.reader import Reader
from groundup.nn.model import Model

MOST_ANSWERS, FEWEST = 8192, 8  # answers at once, and background rows that are taken anyway
OWN = -1  # in place of the number of a background row: the row itself


def reader_with_background(predictor: Predictor) -> Reader | None:
    """The reader of the kind of which training rows are kept; None where there is none."""
    return next((one for one in predictor.reader.readers if one.background), None)


class Background:
    """The tokens of a row and of background rows in one stream, of which each question takes some."""

    def __init__(self, inputs: RowInput, parts: Sequence[ExplanationUnit], reader: Reader):
        self.count = len(reader.background)
        self.inputs = copy.copy(inputs)
        number = {part.column: place for place, part in enumerate(parts) if part.column in reader.columns}
        kind = inputs.names.index(reader.kind)
        tokens, parts_of_tokens, rows_of_tokens = stream_of(reader, number)
        own, more = self.inputs.tokens[kind], len(parts_of_tokens)
        self.inputs.tokens = [*self.inputs.tokens]
        self.inputs.tokens[kind] = torch.cat([own, tokens])
        spans, self.inputs.bounds, start = [], [], 0
        for first, last in inputs.bounds:  # each window of a long text has them all
            spans.append((first, last))
            self.inputs.bounds.append((start, start + last - first + more))
            start += last - first + more
        added = torch.arange(len(own), len(own) + more)

        def joined(own_values: torch.Tensor, more_values: torch.Tensor) -> torch.Tensor:
            return torch.cat([part for first, last in spans for part in (own_values[first:last], more_values)])

        self.inputs.kind = joined(inputs.kind, torch.full((more,), kind))
        self.inputs.place = joined(inputs.place, torch.zeros(more, dtype=torch.int64))
        self.inputs.number = joined(inputs.number, added)
        at = np.concatenate([part for first, last in spans for part in (np.arange(first, last), np.full(more, OWN))])
        self.own = at  # [N] the token of the row, or OWN for one of a background row
        self.parts = np.tile(parts_of_tokens, len(spans))  # of the tokens of background rows, as `self.rows`
        self.rows = np.tile(rows_of_tokens, len(spans))
        self.replaced = np.array([part.column in number for part in parts])  # [P] parts that background rows stand in for

    def with_model(self, model: Model) -> Background:
        """The same for another model of the same shape."""
        other = copy.copy(self)
        other.inputs = copy.copy(self.inputs)
        other.inputs.model = model
        return other

    def rows_for(self, questions: int) -> int:
        """How many of the background rows stand in for parts where so many questions are asked at once: all, of many questions
        the first ones, whose mean is near that of all."""
        return min(self.count, max(FEWEST, MOST_ANSWERS // max(1, questions)))

    def questions(self, present: np.ndarray, own: np.ndarray, rows: int) -> tuple[np.ndarray, np.ndarray]:
        """[questions, N] bool, and [questions] the question [S] that each is of: one for each background row where a part that
        they stand in for is absent (of the first `rows`, and of all where none of these parts is there), else a single one.
        `own` [S, tokens of the row] says which of these are there."""
        there_of_them = present[:, self.replaced]
        repeats = np.where(there_of_them.all(axis=1), 1, np.where(there_of_them.any(axis=1), rows, self.count))
        number = np.repeat(np.arange(len(present)), repeats)
        row = np.concatenate([np.arange(count) for count in repeats]) if len(repeats) else np.zeros(0, dtype=np.int64)
        there = np.zeros((len(number), len(self.own)), dtype=bool)
        mine = self.own != OWN
        there[:, mine] = own[number][:, self.own[mine]]
        there[:, ~mine] = ~present[number][:, self.parts] & (self.rows == row[:, None])
        return there, number


def stream_of(reader: Reader, number: dict[str, int]) -> tuple[torch.Tensor, np.ndarray, np.ndarray]:
    """The tokens of all background rows, and of each its part of the row that is explained and its background row."""
    tokens, parts, rows = [], [], []
    for place, row in enumerate(reader.background):
        packed = reader.pack_located(row, 0, "error")
        units, (owner,) = reader.units(row, packed)
        stream = tokens_of(packed.lay(np.array([0]), np.array([0]), {}), reader.kind).tokens
        known = np.array([number.get(unit.column, -1) for unit in units] + [-1])[owner]
        tokens.append(stream[torch.from_numpy(known >= 0)])
        parts.append(known[known >= 0])
        rows.append(np.full(int((known >= 0).sum()), place))
    return torch.cat(tokens), np.concatenate(parts), np.concatenate(rows)
