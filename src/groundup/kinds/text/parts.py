"""The words of an input as parts that are there or not, each with all its tokens.

A word is a run of letters, a number, an address, a tag, a mark, or a Chinese word (pieces.py); words that share a token are one
part. Special tokens and tokens of blanks alone belong to no part. N tokens of all windows, P parts.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from groundup.data.settings import Chinese
from groundup.errors import InputError
from groundup.kinds.parts import ExplanationUnit
from groundup.kinds.text.packed import Places
from groundup.kinds.text.pieces import cut


class Words(NamedTuple):
    """The parts that the model reads, the part of each token [N] (-1: none), and how many words it does not read."""

    parts: tuple[ExplanationUnit, ...]
    owner: np.ndarray
    unread: int


def words_of(texts: Sequence[str], places: Sequence[Places], chinese: Chinese = "words") -> Words:
    """The words of the texts whose tokens stand at these places of each window. Raises InputError when there is none."""
    columns, starts, ends, _ = (np.concatenate(one) for one in zip(*places, strict=True))  # [N] each
    parts: list[ExplanationUnit] = []
    owner, unread = np.full(len(columns), -1, dtype=np.int64), 0
    for column, text in enumerate(texts):
        spans = spans_of(text, chinese)  # [words, 2]
        inside = np.flatnonzero((columns == column) & (ends > starts))
        first = np.searchsorted(spans[:, 1], starts[inside], "right")
        last = np.searchsorted(spans[:, 0], ends[inside], "left") - 1
        same = np.zeros(len(spans), dtype=bool)  # whether a word is one part with the word before it
        for begin, end in zip(first, last, strict=True):
            same[begin + 1 : end + 1] = True
        group = np.cumsum(~same) - 1  # [words] which of these parts each is in
        read, number = np.unique(group[first], return_inverse=True)  # of those, the ones with a token
        owner[inside] = len(parts) + number
        unread += int((~np.isin(group, read)).sum())
        for one in read:
            members = spans[group == one]
            start, end = int(members[0, 0]), int(members[-1, 1])
            parts.append(ExplanationUnit(text[start:end], start, end, column))
    if not parts:
        raise InputError("NO_WORDS", "text", "holds nothing that the model reads", "give a text of words")
    return Words(tuple(parts), owner, unread)


def spans_of(text: str, chinese: Chinese) -> np.ndarray:
    """[words, 2] first character of each word, and the place after its last."""
    try:
        pieces = cut(text, chinese)
    except InputError as error:
        raise InputError(error.code, "chinese", error.what, error.fix) from None
    edges = np.cumsum([0, *(len(piece.text) for piece in pieces)])
    solid = [number for number, piece in enumerate(pieces) if piece.kind != "blank"]
    return np.stack([edges[:-1][solid], edges[1:][solid]], axis=1).reshape(-1, 2)
