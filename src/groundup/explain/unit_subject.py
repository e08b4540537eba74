"""A row of a table or an image, and the number that a model says of it, as a function of which of its parts are there.

A part that is not there has no tokens in the stream: it is as a cell that is missing. The others keep their places.

S questions, P parts, N tokens, C hidden, V numbers of a token, M asked places, K outputs of a head.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np
import torch
from torch import Tensor

from groundup.errors import InputError
from groundup.evaluate.predictor import Predictor
from groundup.explain.embedded_input import MAX_BATCH_BYTES, GivenEmbeddings, Positions, bytes_of_token, in_batches
from groundup.explain.patching import patched
from groundup.explain.target import Target, target_of_row
from groundup.kinds.reader import Row
from groundup.nn.embed.cells import CellEmbedder
from groundup.nn.embed.patches import PatchEmbedder
from groundup.nn.heads import PooledHead
from groundup.nn.layout import Layout
from groundup.nn.model import Model

LEFT_OUT = "left out"  # how parts are taken away, in reports


class RowInput:
    """The tokens of one row, of which some may be left out, and the model that reads them."""

    windows = (0,)  # a row is one sequence

    def __init__(self, predictor: Predictor, row: Row, model: Model | None = None):
        self.predictor, self.row, self.model = predictor, row, model or predictor.model
        self.packed = predictor.trained_task.pack([row], predictor.reader, predictor.length, predictor.too_long)
        flat = self.packed.lay(np.array([0]), np.array([0]), {})
        self.tokens = torch.from_numpy(flat.tokens)  # [N, V]
        self.places = torch.arange(len(self.tokens)) if flat.places is None else torch.from_numpy(flat.places)  # [N]

    def outputs(self, head: str, positions: Positions) -> Tensor:
        """[1, M, K] what a head says of the whole row."""
        return self.outputs_with(head, torch.ones((1, len(self.tokens)), dtype=torch.bool))

    def outputs_with(self, head: str, there: Tensor) -> Tensor:
        """[S, 1, K] what a head says of the row with these tokens [S, N] (bool) alone."""
        stands = there.nonzero()[:, 1]
        return self.ask(head, self.tokens.index_select(0, stands), there.sum(1), self.places.index_select(0, stands))

    def ask(self, head: str, tokens: Tensor, lengths: Tensor, places: Tensor) -> Tensor:
        layout = Layout(lengths.tolist()).with_positions(places)
        starts = lengths.cumsum(0) - lengths
        return self.model(tokens, layout, None, {head: starts})[head].float()[:, None]

    @property
    def embed(self) -> CellEmbedder | PatchEmbedder:
        """What makes states of the tokens."""
        embed = self.model.backbone.embed
        assert isinstance(embed, CellEmbedder | PatchEmbedder)
        return embed

    @cached_property
    def rows(self) -> Tensor:
        """[N, C] the contents of the tokens, before places are added."""
        with torch.no_grad():
            return getattr(self.embed, self.embed.content)(self.tokens)

    def outputs_of(self, head: str, rows: Tensor) -> Tensor:
        """[S, 1, K] what a head says where these contents [S, N, C] stand for the tokens. Gradients flow to them."""
        count, tokens = rows.shape[:2]
        embed, stream = self.embed, rows.flatten(0, 1)
        given = GivenEmbeddings(stream, getattr(embed, embed.content))
        with patched([(embed, embed.content, given)]):
            numbers = torch.arange(len(stream))
            return self.ask(head, numbers, torch.full((count,), tokens), self.places.repeat(count))


class UnitSubject:
    """Columns of a row of a table, or patches of an image."""

    texts: tuple[str, ...] = ()
    unread = 0

    def __init__(self, predictor: Predictor, inputs: RowInput, target: Target):
        self.predictor, self.inputs, self.target_output = predictor, inputs, target
        units, self.owner = predictor.reader.units(inputs.row, inputs.packed)
        self.parts = tuple(units)
        if not self.parts:
            raise InputError("NO_PARTS", "row", "holds nothing that the model reads", "give a row with a known value")

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
        return [(0, len(self.owner))]

    @property
    def readout(self) -> list[np.ndarray]:
        """All tokens alike for heads that read their mean; else the last or the first one."""
        head, count = self.model.heads[self.target_output.head], len(self.owner)
        assert isinstance(head, PooledHead) or not getattr(head, "pools_mean", False)
        if head.pools_mean:
            return [np.full(count, 1 / count)]
        view = np.zeros(count)
        view[-1 if head.pools_last else 0] = 1.0
        return [view]

    def with_model(self, model: Model) -> UnitSubject:
        """The same question to another model of the same shape."""
        return UnitSubject(self.predictor, RowInput(self.predictor, self.inputs.row, model), self.target_output)

    def max_batch(self, gradients: bool = False) -> int:
        count = len(self.owner)
        return max(1, MAX_BATCH_BYTES // (count * bytes_of_token(self.model.config, count, gradients)))

    def values(self, present: np.ndarray) -> np.ndarray:
        """The number [S] float64 for rows of which only these parts [S, P] (bool) are there."""
        present = np.concatenate([present, np.ones((len(present), 1), dtype=bool)], axis=1)  # what is of no part stays
        there = torch.from_numpy(present[:, self.owner])  # [S, N]

        def ask(batch: slice) -> np.ndarray:
            with torch.inference_mode():
                outputs = self.inputs.outputs_with(self.target_output.head, there[batch])
                return self.number_of(outputs).double().numpy()

        return in_batches(len(there), self.max_batch(), ask) if len(there) else np.zeros(0)

    def numbers(self, rows: Tensor) -> Tensor:
        """The number [S] for each of these contents [S, N, C], with gradients."""
        return self.number_of(self.inputs.outputs_of(self.target_output.head, rows))

    def number_of(self, outputs: Tensor) -> Tensor:
        return (outputs * self.target_output.weights).sum((1, 2)) + self.target_output.offset


def make_unit_subject(predictor: Predictor, row: Row, target: str | None = None) -> UnitSubject:
    """A row as the reader has it, and the number that a model says of it: as for texts the answer's logit less that of the
    runner-up, or of the label `target`. InputError for a model without answers, a label that is none, and kinds that mix."""
    embed = predictor.model.backbone.embed
    if not isinstance(embed, CellEmbedder | PatchEmbedder):
        what = f"reads rows of the kind {predictor.reader.kind}, which are not explained so far"
        raise InputError("NOT_EXPLAINED", "model", what, "name a model of texts, tables or images")
    inputs = RowInput(predictor, row)
    return UnitSubject(predictor, inputs, target_of_row(predictor.trained_task, inputs, target))
