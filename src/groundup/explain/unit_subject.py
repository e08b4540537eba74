"""A row of a table, an image or a row of several kinds, and the number that a model says of it, as a function of which of its
parts are there.

A part that is not there has no tokens in the stream: it is as a cell that is missing. The others keep their places. Of a row of
several kinds the parts are its columns, and `inner` are the parts of each column (words of a text, patches of an image), all
other columns being there. What a kind reads beside its parts, like the first token of an image, is there as long as one of its
parts is.

S questions, P parts, N tokens, W sequences of the row, C hidden, K outputs of a head.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from groundup.data.settings import Chinese
from groundup.errors import InputError
from groundup.evaluate.predictor import Predictor
from groundup.explain.background import Background, reader_with_background
from groundup.explain.embedded_input import MAX_BATCH_BYTES, bytes_of_token, in_batches
from groundup.explain.row_input import FIRST, RowInput
from groundup.explain.target import Target, target_of_row
from groundup.kinds.parts import ExplanationUnit, Picture, UnitKind
from groundup.kinds.reader import Row
from groundup.nn.embed.embedder import Embedder
from groundup.nn.embed.several import SeveralEmbedder
from groundup.nn.heads import PooledHead
from groundup.nn.model import Model

LEFT_OUT, TRAINING_ROWS = "left out", "training rows"  # how parts are taken away, in reports
MOST_ASKED = 4096  # questions at once, each background row one
LONGEST_CELL = 60  # characters of a cell in the name of its column


class Parts(NamedTuple):
    """What of a row can be there or not, and which of its tokens depend on it."""

    units: tuple[ExplanationUnit, ...]
    owner: np.ndarray
    """[N] the part of each token; -1 for a token of none."""
    others: np.ndarray
    """[N] bool: tokens of no part that are there as long as a part of their kind is."""
    column: str = ""
    """The column that they are parts of, in a row of several kinds."""
    text: str = ""
    """Its text, where they are words."""
    picture: Picture | None = None
    """The image, where they are patches."""


class UnitSubject:
    """Columns of a row, or patches of an image."""

    def __init__(
        self,
        predictor: Predictor,
        inputs: RowInput,
        target: Target,
        parts: Parts,
        unit: UnitKind,
        unread: int = 0,
        background: Background | None = None,
    ):
        self.predictor, self.inputs, self.target_output = predictor, inputs, target
        self.row_parts, self.unit, self.unread = parts, unit, unread
        self.parts, self.owner, self.column, self.picture = parts.units, parts.owner, parts.column, parts.picture
        self.background = background
        self.texts: tuple[str, ...] = (parts.text,) if parts.text else ()
        self.inner: tuple[UnitSubject, ...] = ()

    @property
    def model(self) -> Model:
        return self.inputs.model

    @property
    def rows(self) -> Tensor:
        return self.inputs.rows

    @property
    def target(self) -> str:
        return self.target_output.name

    @property
    def offset(self) -> float:
        return self.target_output.offset

    @property
    def bounds(self) -> list[tuple[int, int]]:
        return self.inputs.bounds

    @property
    def readout(self) -> list[np.ndarray]:
        """All tokens alike for heads that read their mean; else the last or the first one."""
        head, views = self.model.heads[self.target_output.head], []
        assert isinstance(head, PooledHead) or not getattr(head, "pools_mean", False)
        for start, stop in self.bounds:
            view = np.zeros(stop - start)
            view[slice(None) if head.pools_mean else -1 if head.pools_last else 0] = 1.0
            views.append(view / view.sum() / len(self.bounds))
        return views

    def with_model(self, model: Model) -> UnitSubject:
        """The same question to another model of the same shape."""
        inputs = RowInput(self.predictor, self.inputs.row, model)
        background = None if self.background is None else self.background.with_model(model)
        return UnitSubject(self.predictor, inputs, self.target_output, self.row_parts, self.unit, self.unread, background)

    def without_background(self) -> UnitSubject:
        """The same where absent parts leave nothing in their place."""
        return UnitSubject(self.predictor, self.inputs, self.target_output, self.row_parts, self.unit, self.unread)

    def max_batch(self, gradients: bool = False) -> int:
        count = len(self.owner)
        return max(1, MAX_BATCH_BYTES // (count * bytes_of_token(self.model.config, count, gradients)))

    @cached_property
    def escorts(self) -> list[tuple[np.ndarray, np.ndarray]]:
        """Of each kind whose tokens of no part go with its last part: these tokens [N] and its parts [P], both bool."""
        kinds, pairs = self.inputs.kind.cpu().numpy(), []
        for kind in np.unique(kinds[self.row_parts.others]):
            own = np.unique(self.owner[(kinds == kind) & (self.owner >= 0)])
            pairs.append((self.row_parts.others & (kinds == kind), np.isin(np.arange(len(self.parts)), own)))
        return pairs

    def tokens_there(self, present: np.ndarray) -> np.ndarray:
        """[S, N] bool of which parts are there [S, P]."""
        padded = np.concatenate([present, np.ones((len(present), 1), dtype=bool)], axis=1)  # what is of no part stays
        there = padded[:, self.owner]
        stood_in = False if self.background is None else self.background.replaced  # a training row is there for them
        for tokens, parts in self.escorts:
            there[:, tokens] = np.any((present | stood_in)[:, parts], axis=1, keepdims=True)
        return there

    def values(self, present: np.ndarray) -> np.ndarray:
        """The number [S] float64 for rows of which only these parts [S, P] (bool) are there."""
        own = self.tokens_there(present)  # [S, N]
        if self.background is None:
            return self.numbers_with(self.inputs, own)
        step = max(1, MOST_ASKED // self.background.count)
        parts = [slice(start, start + step) for start in range(0, len(present), step)]
        rows = self.background.rows_for(len(present))
        return np.concatenate([self.means(self.background, present[part], own[part], rows) for part in parts] or [np.zeros(0)])

    def means(self, background: Background, present: np.ndarray, own: np.ndarray, rows: int) -> np.ndarray:
        """[S] the mean of the number over so many background rows."""
        there, number = background.questions(present, own, rows)
        numbers = self.numbers_with(background.inputs, there)
        return np.bincount(number, numbers, minlength=len(present)) / np.bincount(number, minlength=len(present))

    def numbers_with(self, inputs: RowInput, there: np.ndarray) -> np.ndarray:
        """The number [S] for streams of which these tokens [S, N] are there."""
        asked = torch.from_numpy(there)

        def ask(batch: slice) -> np.ndarray:
            with torch.inference_mode():
                return self.number_of(inputs.outputs_with(self.target_output.head, asked[batch])).double().cpu().numpy()

        return in_batches(len(asked), self.max_batch(), ask) if len(asked) else np.zeros(0)

    def numbers(self, rows: Tensor) -> Tensor:
        """The number [S] for each of these contents [S, N, C], with gradients."""
        return self.number_of(self.inputs.outputs_of(self.target_output.head, rows))

    def number_of(self, outputs: Tensor) -> Tensor:
        return (outputs * self.target_output.weights).sum((1, 2)) + self.target_output.offset


def make_unit_subject(predictor: Predictor, row: Row, target: str | None = None, chinese: Chinese = "words") -> UnitSubject:
    """A row as the reader has it, and the number that a model says of it: as for texts the answer's logit less that of the
    runner-up, or of the label `target`. InputError for a model without answers, and for a label that is none."""
    if not isinstance(predictor.model.backbone.embed, Embedder | SeveralEmbedder):
        what = f"reads rows of the kind {predictor.reader.kind}, which are not explained"
        raise InputError("NOT_EXPLAINED", "model", what, "name a model of another kind")
    reader, inputs = predictor.reader, RowInput(predictor, row)
    units, owners = reader.units(row, inputs.packed, chinese)
    owner, unread = np.concatenate(owners), reader.unread(row, inputs.packed, chinese)
    if not units:
        raise InputError("NO_PARTS", "row", "holds nothing that the model reads", "give a row with a known value")
    number = target_of_row(predictor.trained_task, inputs, target)
    units = [*units, *reader.missing_units(row)]
    if len(reader.readers) == 1:
        parts = Parts(tuple(units), owner, np.zeros(len(owner), dtype=bool), picture=reader.picture(row))
        return UnitSubject(predictor, inputs, number, parts, reader.unit, unread, background_of(predictor, inputs, parts))
    parts = columns_of(predictor, inputs, units, owner)
    background = background_of(predictor, inputs, parts)
    subject = UnitSubject(predictor, inputs, number, parts, reader.unit, unread, background)
    counts = Counter(unit.column for unit in units)
    inner = [parts_of(predictor, inputs, units, owner, one) for one in subject.parts if counts[one.column] > 1]
    kinds = {one.kind: one.unit for one in reader.readers}
    subject.inner = tuple(UnitSubject(predictor, inputs, number, one, kinds[one.units[0].kind]) for one in inner)
    return subject


def background_of(predictor: Predictor, inputs: RowInput, parts: Parts) -> Background | None:
    """The training rows whose cells stand in for those of the row; None where none are kept, or the row lacks their kind."""
    reader = reader_with_background(predictor)
    there = reader is not None and any(unit.column in reader.columns for unit in parts.units)
    return Background(inputs, parts.units, reader) if there and reader is not None else None


def columns_of(predictor: Predictor, inputs: RowInput, units: Sequence[ExplanationUnit], owner: np.ndarray) -> Parts:
    """The columns of a row of several kinds, each with all its parts."""
    cells = dict(zip(predictor.reader.columns, predictor.reader.display(inputs.row), strict=True))
    names = list(dict.fromkeys(unit.column for unit in units))
    columns = []
    for name in names:
        own = [unit for unit in units if unit.column == name]
        whole = ExplanationUnit(f"{name} = {shortened(cells[name])}", column=name, kind=own[0].kind)
        columns.append(own[0] if own[0].name.startswith(f"{name} = ") and len(own) == 1 else whole)
    number = np.array([*(names.index(unit.column) for unit in units), -1])
    return Parts(tuple(columns), number[owner], (owner < 0) & (inputs.kind.cpu().numpy() != FIRST))


def parts_of(
    predictor: Predictor, inputs: RowInput, units: Sequence[ExplanationUnit], owner: np.ndarray, column: ExplanationUnit
) -> Parts:
    """The parts of one column of a row of several kinds. The words of a text column stand in its text alone."""
    chosen = [place for place, unit in enumerate(units) if unit.column == column.column]
    number = np.full(len(units) + 1, -1)
    number[chosen] = np.arange(len(chosen))
    kinds = inputs.kind.cpu().numpy()
    kind = kinds[np.isin(owner, chosen)][0]
    alone = all(unit.column == column.column for unit in units if unit.kind == column.kind)
    others = (owner < 0) & (kinds == kind) & alone
    parts, text, picture = tuple(units[place]._replace(text=0) for place in chosen), "", None
    for reader, cells in predictor.reader.parts(inputs.row):
        if cells is not None and column.column in reader.columns:
            text = str(cells[reader.columns.index(column.column)]) if parts[0].end else ""
            picture = reader.picture(cells)
    return Parts(parts, number[owner], others, column.column, text, picture)


def shortened(cell: str) -> str:
    line = " ".join(cell.split())
    return line if len(line) <= LONGEST_CELL else f"{line[: LONGEST_CELL - 1]}…"
