"""Masked cells: some cells of a row are hidden, and the model tells them from the others: a category, or the bin of a number.

As words in masked language modeling (Devlin et al., 2018, arXiv:1810.04805), for tables (Majmundar et al., 2022,
arXiv:2206.08353). N tokens, P parts of columns, M hidden cells, R rows of the model's table of vectors.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from groundup.data import draws
from groundup.data.batches.ragged_batch import Flat
from groundup.objectives.objective import Sums, ratio

NO_ANSWER = -1


class MaskedCells:
    """Head `cells` at each hidden cell: one of the vectors of its own column. `parts` [R] names the part of a column that each
    vector is of, `answers` [R] those that are answers of it alone, -1 says of none; `hidden` [P] is what stands in the place of
    a hidden cell."""

    name = "cells"

    def __init__(
        self, parts: np.ndarray, answers: np.ndarray, hidden: np.ndarray, numeric: np.ndarray, seed: int, rate: float = 0.3
    ):
        self.parts, self.answers, self.hidden, self.numeric = parts, torch.from_numpy(answers), hidden, numeric
        self.key, self.rate = draws.key(seed, "cells/choice"), rate

    def prepare(self, flat: Flat, progress: float) -> dict[str, tuple[np.ndarray, np.ndarray]]:
        parts = self.parts[flat.tokens[:, 0].astype(np.int64)]  # [N]; the first token of a row is of none
        draw = draws.uniform(self.key, flat.numbers[flat.rows], parts + 1)
        places = np.flatnonzero((draw < self.rate) & (parts >= 0))
        cells, columns = flat.tokens[places], parts[places]
        bins = np.maximum((cells[:, 1:] > 0).sum(axis=1), 1)  # the vectors of bins stand behind that of the number
        targets = cells[:, 0].astype(np.int64) + np.where(self.numeric[columns], bins, 0)
        flat.tokens = flat.tokens.copy()
        flat.tokens[places] = 0
        flat.tokens[places, 0] = self.hidden[columns]
        return {self.name: (places, targets)}

    def counts(self, targets: Mapping[str, Tensor]) -> dict[str, int]:
        return {self.name: len(targets[self.name])}

    def losses(self, predictions: Mapping[str, Tensor], targets: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """Summed surprise at the hidden cells."""
        return {self.name: F.cross_entropy(self.of_column(predictions, targets), targets[self.name], reduction="sum")}

    def of_column(self, predictions: Mapping[str, Tensor], targets: Mapping[str, Tensor]) -> Tensor:
        """Logits [M, R], those of other columns -inf."""
        target = targets[self.name]
        answers = self.answers.to(target.device)
        own = answers[None, :] == answers[target][:, None]
        return predictions[self.name].float().masked_fill(~own, -torch.inf)

    def weights(self, progress: float = 0.0) -> dict[str, float]:
        return {self.name: 1.0}

    def measure(self, predictions: Mapping[str, Tensor], targets: Mapping[str, Tensor]) -> Sums:
        with torch.no_grad():
            right = (self.of_column(predictions, targets).argmax(1) == targets[self.name]).sum()
        return {"cells_right": float(right), "cells_hidden": float(len(targets[self.name]))}

    def summary(self, sums: Sums) -> dict[str, float | None]:
        return {"masked_accuracy": ratio(sums["cells_right"], sums["cells_hidden"])}
