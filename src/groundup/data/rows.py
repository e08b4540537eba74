"""Labelled or unlabelled rows as sequences. The one way from a text to what a model sees, for training, evaluation and use."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from groundup.data import draws
from groundup.data.flat import Flat, lay
from groundup.data.pairs import Specials
from groundup.data.tokenize import Encoder
from groundup.errors import InputError

TooLong = Literal["error", "truncate", "window"]


@dataclass
class Framed:
    """Sequences made of rows. `owner` says which row each sequence came from (windows make several of one row)."""

    sequences: list[np.ndarray]
    second_starts: np.ndarray | None  # [S] where the second text begins
    owner: np.ndarray  # [S]
    long: np.ndarray  # [rows] bool: longer than the limit

    @property
    def num_rows(self) -> int:
        return len(self.long)

    @property
    def too_long(self) -> int:
        """How many rows are longer than the limit."""
        return int(self.long.sum())


def frame(
    texts: Sequence[Sequence[str]], encoder: Encoder, length: int, too_long: TooLong = "truncate", chunk: int = 4096
) -> Framed:
    """`[CLS] a [SEP]` or `[CLS] a [SEP] b [SEP]`, at most `length` tokens, for rows of one or two texts.

    A longer row is refused, cut (the longer text loses its end first), or (one text only) read through windows that
    overlap by a quarter.
    """
    specials, width = Specials(encoder.ids.cls, encoder.ids.sep), len(texts[0]) if texts else 1
    between = encoder.between if width == 2 else 1
    room = length - width - between
    sequences: list[np.ndarray] = []
    second_starts: list[int] = []
    owner: list[int] = []
    long = np.zeros(len(texts), dtype=bool)
    for start in range(0, len(texts), chunk):
        rows = texts[start : start + chunk]
        columns = [encoder.encode_batch([row[i] for row in rows]) for i in range(width)]
        for number, parts in enumerate(zip(*columns, strict=True), start):
            over = sum(map(len, parts)) - room
            long[number] = over > 0
            if over > 0 and too_long == "error":
                what = f"'{rows[number - start][0][:40]}...' has {over + room} tokens"
                raise InputError("TEXT_TOO_LONG", f"row {number + 1}", what,
                                 "pass --too_long truncate or window, or a larger --max_length", limit=f"{room}")  # fmt: skip
            for piece in windows(parts[0], room) if too_long == "window" and width == 1 else [fit(parts, room)]:
                sequences.append(joined(piece, specials, between))
                second_starts.append(len(piece[0]) + 1 + between)
                owner.append(number)
    return Framed(sequences, np.array(second_starts) if width == 2 else None, np.array(owner, dtype=np.int64), long)


def fit(parts: Sequence[list[int]], room: int) -> list[list[int]]:
    """The texts, cut at their ends until all fit: the longer one first, then both alike."""
    if len(parts) == 1:
        return [parts[0][:room]]
    first, second = parts
    shorter = min(len(first), len(second), room // 2)
    if len(first) <= len(second):
        keep = min(len(first), max(shorter, room - len(second)))
        return [first[:keep], second[: room - keep]]
    keep = min(len(second), max(shorter, room - len(first)))
    return [first[: room - keep], second[:keep]]


def windows(tokens: list[int], room: int) -> Iterator[list[list[int]]]:
    """Overlapping windows over one text; a text that fits is one window."""
    stride = max(1, room * 3 // 4)
    for start in range(0, max(1, len(tokens) - room + stride), stride):
        yield [tokens[start : start + room]]


def joined(parts: list[list[int]], specials: Specials, between: int = 1) -> np.ndarray:
    """`[CLS] a [SEP]`, or a pair with `between` separators in its middle."""
    tokens = [specials.cls, *parts[0], specials.sep]
    for part in parts[1:]:
        tokens += [*[specials.sep] * (between - 1), *part, specials.sep]
    return np.array(tokens, dtype=np.int64)


class Rows:
    """Framed rows as training examples: an epoch is every sequence once, in an order pure in (seed, epoch)."""

    def __init__(self, framed: Framed, labels: np.ndarray | None, seed: int):
        self.framed, self.seed = framed, seed
        self.labels = None if labels is None else labels[framed.owner]
        self.size = len(framed.sequences)
        self.epochs = draws.Epochs(draws.key(seed, "rows/shuffle"), self.size)

    def batch(self, numbers: np.ndarray) -> Flat:
        """Training examples of these numbers (any epochs)."""
        return self.lay(np.array(self.epochs.places(numbers)), numbers)

    def lay(self, places: np.ndarray, numbers: np.ndarray) -> Flat:
        """The sequences at these places, in one stream."""
        framed = self.framed
        labels = {} if self.labels is None else {"label": self.labels[places]}
        labels["place"] = places
        second = None if framed.second_starts is None else framed.second_starts[places]
        return lay([framed.sequences[i] for i in places], numbers, second, labels)

    def in_order_of_length(self, tokens: int = 8192) -> Iterator[Flat]:
        """Every sequence once, like lengths together, about `tokens` tokens a batch: for evaluation and use."""
        lengths = np.array([len(s) for s in self.framed.sequences])
        order = np.argsort(-lengths, kind="stable")
        start = 0
        while start < len(order):
            stop = start + max(1, tokens // max(1, int(lengths[order[start]])))
            yield self.lay(order[start:stop], order[start:stop])
            start = stop
