"""Extractive answers: cross-entropy of the start and of the end over the tokens of each sequence.

Devlin et al., 2018, arXiv:1810.04805, section 4.2. M tokens, B sequences.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from torch import Tensor

from groundup.data.batches.ragged_batch import Flat
from groundup.objectives.one_head import OneHead
from groundup.objectives.special_labels import IGNORE, SPAN_END, SPAN_START


class SpanCrossEntropy(OneHead):
    """A head with two numbers at every token that is positions (`flat.marks`). A sequence without marked ends has no loss."""

    metric_name, default_name = "begin_accuracy", "ends"

    def prepare(self, flat: Flat, progress: float) -> dict[str, tuple[np.ndarray, np.ndarray]]:
        assert flat.marks is not None
        positions = np.flatnonzero(flat.marks != IGNORE)
        return {self.name: (positions, np.stack([flat.marks[positions], flat.rows[positions]], axis=1))}

    def counts(self, targets: Mapping[str, Tensor]) -> dict[str, int]:
        return {self.name: int((targets[self.name][:, 0] & SPAN_START > 0).sum())}

    def losses(self, predictions: Mapping[str, Tensor], targets: Mapping[str, Tensor]) -> dict[str, Tensor]:
        marks, sequence = targets[self.name].unbind(1)
        logs = sequence_log_softmax(predictions[self.name].float(), sequence)
        return {self.name: -(logs[marks & SPAN_START > 0, 0].sum() + logs[marks & SPAN_END > 0, 1].sum()) / 2}

    def count_correct(self, predictions: Tensor, targets: Tensor) -> tuple[float, float]:
        """By the most probable beginning."""
        marks, sequence = targets.unbind(1)
        logs = sequence_log_softmax(predictions.float(), sequence)
        begins = marks & SPAN_START > 0
        best = logs.new_full((int(sequence.max()) + 1,), float("-inf")).scatter_reduce(0, sequence, logs[:, 0], "amax")
        right = (logs[begins, 0] == best[sequence[begins]]).sum()
        return float(right), float(begins.sum())


def sequence_log_softmax(scores: Tensor, sequence: Tensor) -> Tensor:
    """Log-softmax of scores [M, 2] among the tokens of the same sequence [M]."""
    count = int(sequence.max()) + 1
    index = sequence[:, None].expand_as(scores)
    most = scores.new_full((count, 2), float("-inf")).scatter_reduce(0, index, scores.detach(), "amax")
    centered = scores - most[sequence]
    total = scores.new_zeros(count, 2).index_add(0, sequence, centered.exp())
    return centered - total.log()[sequence]
