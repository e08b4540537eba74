"""Ids of text by a table of words: what a BERT-like tokenizer gives, many times faster.

Each distinct word is asked for once.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import chain, pairwise
from typing import NamedTuple

import numpy as np
from tokenizers import Tokenizer

from groundup.data.tokenizers.word_table import SLOTS, Words, units_of

ASKED = 64  # words in a text that the tokenizer is asked for


class Flat(NamedTuple):
    """The ids of several texts, end to end: ids [N], and how many each text has [texts]."""

    ids: np.ndarray
    lengths: np.ndarray

    @staticmethod
    def of(lists: Sequence[Sequence[int]]) -> Flat:
        lengths = np.fromiter(map(len, lists), dtype=np.int64, count=len(lists))
        return Flat(np.fromiter(chain.from_iterable(lists), dtype=np.int32, count=int(lengths.sum())), lengths)

    def lists(self) -> list[list[int]]:
        ids, ends = self.ids.tolist(), np.cumsum(self.lengths, dtype=np.int64).tolist()
        return [ids[start:end] for start, end in pairwise([0, *ends])]


def splits_words(tokenizer: Tokenizer) -> bool | None:
    """Whether the tokenizer folds case, if it is one whose words are ours (BertNormalizer, BertPreTokenizer); else None."""
    decoded = json.loads(tokenizer.to_str())
    normalizer, splitter = decoded.get("normalizer") or {}, decoded.get("pre_tokenizer") or {}
    ours = (
        normalizer.get("type") == "BertNormalizer"
        and normalizer.get("clean_text")
        and normalizer.get("handle_chinese_chars")
        and splitter.get("type") == "BertPreTokenizer"
        and all(token["special"] for token in decoded.get("added_tokens", []))
    )
    return bool(normalizer.get("lowercase")) if ours else None


class WordIds(Words):
    """Encodes batches of texts by a tokenizer whose words are ours."""

    def __init__(self, tokenizer: Tokenizer, lowercase: bool):
        self.tokenizer = tokenizer
        super().__init__(lowercase)

    def forget(self) -> None:
        super().forget()
        self.num_ids = 0
        self.starts, self.sizes, self.flat = (np.zeros(SLOTS, dtype=np.int32) for _ in range(3))

    def __call__(self, texts: Sequence[str]) -> Flat:
        if not texts:
            return Flat.of([])
        units, ends = units_of(texts)
        first, numbers = self.numbers(units)
        sizes = self.sizes[numbers]
        below = np.zeros(len(sizes) + 1, dtype=np.int64)  # ids before each word
        np.cumsum(sizes, out=below[1:])
        ids = self.flat[np.arange(below[-1]) + np.repeat(self.starts[numbers] - below[:-1], sizes)]
        return Flat(ids, np.diff(below[np.searchsorted(first, ends)], prepend=0))

    def learn(self, words: Sequence[str], plain: bool) -> range:
        """Remember the ids of words: n has the ids flat[starts[n] : starts[n] + sizes[n]]."""
        ids, sizes = ask_words(self.tokenizer, words) if plain else ask(self.tokenizer, words)
        numbers = range(self.num_words, self.num_words + len(sizes))
        self.starts, self.sizes = (with_room(array, numbers.stop) for array in (self.starts, self.sizes))
        self.flat = with_room(self.flat, self.num_ids + len(ids))
        self.starts[numbers.start : numbers.stop] = self.num_ids + np.cumsum(sizes) - sizes
        self.sizes[numbers.start : numbers.stop] = sizes
        self.flat[self.num_ids : self.num_ids + len(ids)] = ids
        self.num_words, self.num_ids = numbers.stop, self.num_ids + len(ids)
        return numbers


def ask(tokenizer: Tokenizer, texts: Sequence[str]) -> Flat:
    """The ids of texts as the tokenizer itself gives them, without special tokens."""
    return Flat.of([encoding.ids for encoding in tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)])


def ask_words(tokenizer: Tokenizer, words: Sequence[str]) -> Flat:
    """The ids of words which the tokenizer does not split into more: many in a text, which takes less time."""
    lines = [words[start : start + ASKED] for start in range(0, len(words), ASKED)]
    ids, sizes = [], []
    for line, encoding in zip(lines, tokenizer.encode_batch(list(map(" ".join, lines)), add_special_tokens=False), strict=True):
        ids += encoding.ids
        sizes.append(np.bincount(np.array(encoding.word_ids, dtype=np.int64), minlength=len(line)))
    return Flat(np.array(ids, dtype=np.int32), np.concatenate(sizes))


def with_room(array: np.ndarray, size: int) -> np.ndarray:
    """The array, or one at least twice as long that begins with it."""
    if len(array) >= size:
        return array
    return np.concatenate([array, np.zeros_like(array, shape=max(size - len(array), len(array)))])
