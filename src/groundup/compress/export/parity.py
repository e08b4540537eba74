"""Parity of an exported model with the model in torch: on random blocks of uneven sequences, and on rows of a table.

N tokens of the stream, B sequences, O outputs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from groundup.compress.export.padded_model import NEXT
from groundup.data import draws
from groundup.data.batches.ragged_batch import Flat, lay
from groundup.evaluate.exported import Session, unpad
from groundup.evaluate.opened import Opened
from groundup.evaluate.predictor import Predictor
from groundup.kinds.reader import Row
from groundup.kinds.text.block import lengths_up_to
from groundup.nn.heads import PooledHead

Predict = Callable[[Flat], np.ndarray]


@dataclass(frozen=True)
class Parity:
    """The largest difference of any number, and the largest number there is."""

    largest: float
    scale: float
    blocks: int

    @property
    def share(self) -> float:
        return self.largest / max(self.scale, 1e-30)

    def as_dict(self) -> dict[str, Any]:
        return asdict(self) | {"share": self.share}


def random_blocks(words: np.ndarray, longest: int, pairs: bool, alone: bool = False, seed: int = 0) -> list[Flat]:
    """Uneven sequences of ids drawn from `words`: with `pairs` the second half of each is a second text; `alone`: one each."""
    inputs, blocks = [], lengths_up_to(longest)
    for number, lengths in enumerate([(length,) for block in blocks for length in block] if alone else blocks):
        shares = draws.uniform(draws.key(seed, "parity"), number, np.arange(sum(lengths)))
        tokens = np.split(words[(shares * len(words)).astype(np.int64)], np.cumsum(lengths)[:-1])
        seconds = np.array([(length + 1) // 2 for length in lengths]) if pairs else None
        inputs.append(lay(tokens, np.arange(len(lengths)), seconds))
    return inputs


def in_torch(predictor: Predictor, head: str | None) -> Predict:
    """What the model says without padding: of each token [N, O], or of each sequence [B, O]."""
    if head is None:
        return predictor.pooled
    if isinstance(predictor.model.heads[head], PooledHead):
        return lambda flat: predictor.logits(flat, head, flat.starts)
    if head == NEXT:
        return lambda flat: predictor.logits(flat, head, flat.starts + flat.lengths - 1)
    return lambda flat: predictor.logits(flat, head, np.arange(len(flat.tokens)))


def in_onnx(session: Session) -> Predict:
    """The same of an exported file."""
    return lambda flat: unpad(session(flat), flat)


def compare(ours: Predict, theirs: Predict, blocks: Iterable[Flat]) -> Parity:
    """The largest difference over all blocks."""
    largest = scale = 0.0
    count = 0
    for count, flat in enumerate(blocks, 1):
        one, other = ours(flat), theirs(flat)
        if one.shape != other.shape or not np.isfinite(other).all():
            return Parity(np.inf, scale, count)
        largest = max(largest, float(np.abs(one - other).max()))
        scale = max(scale, float(np.abs(one).max()))
    return Parity(largest, scale, count)


def answer_agreement(ours: Opened, theirs: Opened, texts: Sequence[Row]) -> float:
    """Share of the rows to which both give the same answer, probabilities aside; for numbers, the correlation of both,
    or where all of one are the same whether the other has these."""
    one, other = ours.row_answers(texts).answers, theirs.row_answers(texts).answers
    if ours.trained_task.traits.answer == "number":
        varied = np.ptp(one) > 0 and np.ptp(other) > 0
        return float(np.corrcoef(one, other)[0, 1]) if varied else float(np.allclose(one, other, rtol=1e-3, atol=1e-6))
    return float(np.mean([answer_columns(ours, a) == answer_columns(theirs, b) for a, b in zip(one, other, strict=True)]))


def answer_columns(model: Opened, answer: Any) -> dict[str, object]:
    return {name: value for name, value in model.trained_task.as_columns(answer).items() if name != "probability"}
