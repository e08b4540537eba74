"""Which tokens go on with the word before them: pieces of English words, and characters of Chinese words."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from groundup.data.tokenizers.tokenizer import Encoder
from groundup.errors import InputError


class WholeWords:
    """tokens [N] -> [N] bool. Chinese characters stand alone as tokens, so their words are found by a dictionary (rjieba)."""

    def __init__(self, encoder: Encoder):
        self.pieces = encoder.continuation  # [V]
        self.characters = np.full(encoder.vocab_size, "", dtype="<U1")  # [V] a Chinese character, or nothing
        for token, i in encoder.vocabulary.items():
            if len(token) == 1 and "\u4e00" <= token <= "\u9fff":
                self.characters[i] = token
        self.chinese = self.characters != ""

    def __call__(self, tokens: np.ndarray) -> np.ndarray:
        goes_on = self.pieces[tokens].copy()
        inside = self.chinese[tokens]
        edges = np.flatnonzero(np.diff(np.concatenate([[False], inside, [False]]).astype(np.int8)))
        for start, stop in edges.reshape(-1, 2).tolist():
            if stop - start > 1:
                goes_on[start:stop] = inner_characters("".join(self.characters[tokens[start:stop]]))
        return goes_on


@lru_cache(maxsize=2**16)
def inner_characters(text: str) -> np.ndarray:
    """[characters] bool: not the first one of its word."""
    inner = np.ones(len(text), dtype=bool)
    at = 0
    for word in cutter()(text):
        inner[at] = False
        at += len(word)
    return inner


@lru_cache(maxsize=1)
def cutter():
    """The dictionary's function from a text to its words."""
    try:
        from rjieba import cut
    except ImportError:
        raise InputError(
            "MISSING_EXTRA",
            "mask_unit",
            "Chinese words are found by the package rjieba, which is not installed",
            "pip install 'groundup[zh]'",
        ) from None
    return cut
