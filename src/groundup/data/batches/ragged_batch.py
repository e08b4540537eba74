"""A batch before it becomes tensors: sequences laid end to end, longest first, with their example numbers.

N tokens of the stream, B sequences.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from groundup.nn.kind_tokens import KindTokens


@dataclass
class Flat:
    """Sequences of one batch in one stream.

    `numbers` [B] are the example numbers that all draws for this batch depend on; `labels` hold one value (or row of values)
    per sequence.
    """

    tokens: np.ndarray  # [N] int64, or [N, V] float32 of images
    lengths: np.ndarray  # [B] int64
    numbers: np.ndarray  # [B] int64
    segments: np.ndarray | None = None  # [N] int64
    labels: dict[str, np.ndarray] = field(default_factory=dict)  # name -> [B, ...]
    marks: np.ndarray | None = None  # [N] what is wanted of each token
    places: np.ndarray | None = None  # [N] where each token stands, where it is not its place in the sequence
    sequences: np.ndarray | None = None  # [B] the place of each among the rows it was taken from
    source: Flat | None = None  # what an encoder reads, sequence by sequence; these are then the decoder's
    parts: dict[str, KindTokens[np.ndarray]] | None = None
    """Of rows of several kinds the tokens of each; `tokens` [0] is empty, and `lengths` count the token that every row begins
    with."""

    @property
    def origins(self) -> np.ndarray:
        """[B] `sequences`, of a batch that was taken from rows."""
        assert self.sequences is not None, "a batch that was taken from no rows"
        return self.sequences

    @property
    def starts(self) -> np.ndarray:
        """[B] where each sequence begins in the stream."""
        return np.cumsum(self.lengths) - self.lengths

    @property
    def rows(self) -> np.ndarray:
        """[N] the sequence each token belongs to."""
        return np.repeat(np.arange(len(self.lengths)), self.lengths)


def lay(
    sequences: Sequence[np.ndarray],
    numbers: np.ndarray,
    second_starts: np.ndarray | None = None,
    labels: Mapping[str, np.ndarray] | None = None,
    sequence_places: np.ndarray | None = None,
) -> Flat:
    """Lay sequences end to end, longest first (ties keep their order).

    `second_starts` [B] is where the second segment begins in each sequence; without it there are no segments.
    `sequence_places` [B] say which of all rows each is. They are no label: the names of labels are people's own.
    """
    lengths = np.fromiter((len(s) for s in sequences), np.int64, len(sequences))
    order = np.argsort(-lengths, kind="stable")
    lengths = lengths[order]
    tokens = np.concatenate([sequences[i] for i in order]).astype(np.int64, copy=False)
    segments = None
    if second_starts is not None:
        starts = np.cumsum(lengths) - lengths
        inside = np.arange(len(tokens)) - np.repeat(starts, lengths)
        segments = (inside >= np.repeat(second_starts[order], lengths)).astype(np.int64)
    sorted_labels = {name: values[order] for name, values in (labels or {}).items()}
    chosen = None if sequence_places is None else np.asarray(sequence_places)[order]
    return Flat(tokens, lengths, np.asarray(numbers)[order], segments, sorted_labels, sequences=chosen)


def twice(flat: Flat) -> Flat:
    """Each sequence laid twice, one right after the other: the same in all but the dropout that falls on it."""
    spans = [np.arange(start, start + length) for start, length in zip(flat.starts, flat.lengths, strict=True)]
    rows = np.concatenate([span for span in spans for _ in range(2)])  # [2 N] of the stream
    return Flat(
        flat.tokens if flat.parts is not None else flat.tokens[rows],
        np.repeat(flat.lengths, 2),
        np.repeat(flat.numbers, 2),
        None if flat.segments is None else flat.segments[rows],
        {name: np.repeat(values, 2, axis=0) for name, values in flat.labels.items()},
        None if flat.marks is None else flat.marks[rows],
        None if flat.places is None else flat.places[rows],
        None if flat.sequences is None else np.repeat(flat.sequences, 2),
        None if flat.source is None else twice(flat.source),
        None if flat.parts is None else {kind: doubled(part, rows) for kind, part in flat.parts.items()},
    )


def doubled(part: KindTokens[np.ndarray], rows: np.ndarray) -> KindTokens[np.ndarray]:
    """The tokens of one kind where each token of the stream stands twice; rows [2 N] are those of the stream before."""
    at = np.argsort(rows, kind="stable").reshape(-1, 2)[part.at]  # [K, 2]
    segments = None if part.segments is None else part.segments.repeat(2)
    return KindTokens(np.repeat(part.tokens, 2, axis=0), part.places.repeat(2), at.reshape(-1), segments)
