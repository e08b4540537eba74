"""Rows of one or two texts as sequences of ids: the one way from a text to what a model sees."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from groundup.data.batches.pairs import Specials
from groundup.data.batches.ragged_batch import Flat, lay
from groundup.data.packed import Packed
from groundup.data.tokenizers.tokenizer import Encoder, Located
from groundup.errors import InputError
from groundup.kinds.reader import TooLong


class Places(NamedTuple):
    """Where the tokens of a sequence stand in the texts of its row, [L] each; specials are of no column (-1)."""

    column: np.ndarray
    start: np.ndarray  # first character
    end: np.ndarray  # after the last character
    begins: np.ndarray  # bool: whether the token begins a word


@dataclass
class PackedTexts(Packed):
    """Sequences of ids. `owner` says which row each came from (windows make several of one row)."""

    sequences: list[np.ndarray]
    second_starts: np.ndarray | None  # [S] where the second text begins
    owner: np.ndarray  # [S]
    long: np.ndarray  # [rows] bool: longer than the limit
    places: list[Places] | None = None  # of each sequence, where they were asked for

    @property
    def lengths(self) -> np.ndarray:
        return np.fromiter((len(one) for one in self.sequences), np.int64, len(self.sequences))

    def lay(self, places: np.ndarray, numbers: np.ndarray, labels: Mapping[str, np.ndarray], training: bool = False) -> Flat:
        second = None if self.second_starts is None else self.second_starts[places]
        return lay([self.sequences[i] for i in places], numbers, second, labels, places)

    def removable(self, flat: Flat) -> np.ndarray:
        """All but the first and the last token of a sequence."""
        edges = np.concatenate([flat.starts, flat.starts + flat.lengths - 1])
        return ~np.isin(np.arange(len(flat.tokens)), edges)

    def digest(self) -> str:
        hasher = hashlib.sha256(self.lengths.astype("<i8").tobytes())
        for sequence in self.sequences:
            hasher.update(np.asarray(sequence, dtype="<i8").tobytes())
        hasher.update(b"" if self.second_starts is None else np.asarray(self.second_starts, dtype="<i8").tobytes())
        return hasher.hexdigest()

    def joined(self, other: PackedTexts) -> PackedTexts:
        one, two = self.second_starts, other.second_starts
        return PackedTexts(
            self.sequences + other.sequences,
            None if one is None or two is None else np.concatenate([one, two]),
            np.concatenate([self.owner, other.owner + self.num_rows]),
            np.concatenate([self.long, other.long]),
            None if self.places is None or other.places is None else self.places + other.places,
        )


def frame(
    texts: Sequence[Sequence[str]],
    encoder: Encoder,
    length: int,
    too_long: TooLong = "truncate",
    chunk: int = 4096,
    located: bool = False,
) -> PackedTexts:
    """`[CLS] a [SEP]` or `[CLS] a [SEP] b [SEP]`, at most `length` tokens, for rows of one or two texts.

    A longer row is refused, cut (the longer text loses its end first), or read through windows that overlap by a quarter:
    of its last text, the first one (a question, say) standing before each. `located` keeps where each token stands.
    """
    specials, width = encoder.around, len(texts[0]) if texts else 1
    between = encoder.between if width == 2 else 1
    room, end = length - width - between, None if encoder.ends or specials.sep < 0 else -1
    sequences: list[np.ndarray] = []
    second_starts: list[int] = []
    owner: list[int] = []
    places: list[Places] = []
    long = np.zeros(len(texts), dtype=bool)
    for start in range(0, len(texts), chunk):
        rows = texts[start : start + chunk]
        located_columns = [encoder.locate([row[i] for row in rows]) for i in range(width)] if located else None
        columns = (
            [[one.ids for one in column] for column in located_columns]
            if located_columns
            else [encoder.encode_batch([row[i] for row in rows]) for i in range(width)]
        )
        for number, parts in enumerate(zip(*columns, strict=True), start):
            sizes = [len(part) for part in parts]
            over = sum(sizes) - room
            long[number] = over > 0
            if over > 0 and too_long == "error":
                what = f"'{rows[number - start][0][:40]}...' has {over + room} tokens"
                raise InputError(
                    "TEXT_TOO_LONG",
                    f"row {number + 1}",
                    what,
                    "pass --too_long truncate or window, or a larger --max_length",
                    limit=f"{room}",
                )
            if not sum(sizes) and specials.cls < 0 and (specials.sep < 0 or end is not None):
                what = "holds nothing that the tokenizer knows"
                raise InputError("NO_TOKENS", f"row {number + 1}", what, "leave the row out")
            for piece in windows(sizes, room) if too_long == "window" else [fit(sizes, room, encoder.manner.cut)]:
                sequences.append(joined([part[piece[i]] for i, part in enumerate(parts)], specials, between)[:end])
                before = (specials.cls >= 0) + between * (specials.sep >= 0)
                second_starts.append(piece[0].stop - piece[0].start + before)
                owner.append(number)
                if located_columns:
                    located_parts = [column[number - start] for column in located_columns]
                    places.append(Places(*(values[:end] for values in located_in(located_parts, piece, specials, between))))
    seconds = np.array(second_starts) if width == 2 else None
    return PackedTexts(sequences, seconds, np.array(owner, dtype=np.int64), long, places if located else None)


def fit(sizes: Sequence[int], room: int, side: str = "right") -> list[slice]:
    """What of each text remains when they are cut at their ends (of the `side` left: at their beginnings) until all fit: the
    longer one first, then both alike."""
    lengths = room_of(sizes, room)
    return [slice(size - keep, size) if side == "left" else slice(0, keep) for size, keep in zip(sizes, lengths, strict=True)]


def room_of(sizes: Sequence[int], room: int) -> list[int]:
    """How many tokens of each text remain."""
    if len(sizes) == 1:
        return [min(sizes[0], room)]
    first, second = sizes
    shorter = min(first, second, room // 2)
    if first <= second:
        keep = min(first, max(shorter, room - second))
        return [keep, min(second, room - keep)]
    keep = min(second, max(shorter, room - first))
    return [min(first, room - keep), keep]


def windows(sizes: Sequence[int], room: int) -> Iterator[list[slice]]:
    """Overlapping windows over the last text, whole first text before each (half of the room at most); one, if all fits."""
    most = room if sum(sizes) <= room else room // 2
    first = [slice(0, min(size, most)) for size in sizes[:-1]]
    left = room - sum(part.stop for part in first)
    stride = max(1, left * 3 // 4)
    for start in range(0, max(1, sizes[-1] - left + stride), stride):
        yield [*first, slice(start, min(start + left, sizes[-1]))]


def joined(parts: Sequence[Sequence[int]], specials: Specials, between: int = 1) -> np.ndarray:
    """`[CLS] a [SEP]`, or a pair with `between` separators in its middle. What a tokenizer lacks (-1) is left out."""
    tokens = [specials.cls, *parts[0], specials.sep]
    for part in parts[1:]:
        tokens += [*[specials.sep] * (between - 1), *part, specials.sep]
    return np.array([token for token in tokens if token >= 0], dtype=np.int64)


def located_in(columns: Sequence[Located], piece: Sequence[slice], specials: Specials, between: int) -> Places:
    """Where the tokens of `joined` stand."""
    special = np.array([-1]), np.array([0]), np.array([0]), np.array([False])
    blocks = [special] * (specials.cls >= 0)
    for number, (one, size) in enumerate(zip(columns, piece, strict=True)):
        count = size.stop - size.start
        blocks.append((np.full(count, number), one.start[size], one.end[size], one.begins[size]))
        blocks += [special] * ((between if number < len(columns) - 1 else 1) if specials.sep >= 0 else 0)
    return Places(*(np.concatenate(parts) for parts in zip(*blocks, strict=True)))
