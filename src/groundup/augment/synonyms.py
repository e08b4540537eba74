"""Words that could stand in place of a word: from a list, or the nearest word embeddings of a model. `masked_lm.py` has a third
source: the predictions of a masked language model in context. The package contains no thesaurus.

V words, C hidden.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, Protocol

import numpy as np
import torch

from groundup.data.clean.dedup import fold
from groundup.data.tokenizers.tokenizer import Encoder
from groundup.kinds.text.pieces import Piece, is_negation, kind_of
from groundup.nn.model import Model

WORDS_PER_BATCH = 256  # query words per batch


class WordQuery(NamedTuple):
    """A query for words that could replace the word at this place of a text."""

    pieces: Sequence[Piece]
    place: int

    @property
    def word(self) -> str:
        return self.pieces[self.place].text


class Proposer(Protocol):
    """For each query, words that could replace its word, best first; an empty list where none is known."""

    def __call__(self, queries: Sequence[WordQuery]) -> list[list[str]]: ...


class SynonymList:
    """Synonyms from a list: word -> others. Case does not matter."""

    def __init__(self, synonyms: Mapping[str, Sequence[str]]):
        self.synonyms = {fold(word): list(others) for word, others in synonyms.items()}

    def __call__(self, queries: Sequence[WordQuery]) -> list[list[str]]:
        return [self.synonyms.get(fold(one.word), []) for one in queries]


class EmbeddingNeighbors:
    """The words whose embeddings have the largest cosine with that of a word, after the mean over all words is taken off.

    The embedding of a word is the mean of its tokens'. Near words are used alike and need not mean the same: good and bad are
    neighbors, so a classifier should look at the copies. Asked for a Chinese word it names Chinese words, and so on.
    """

    def __init__(self, model: Model, encoder: Encoder, words: Iterable[str] | None = None, most: int = 5, least: float = 0.4):
        """`words` are those that may be named and asked for (default: the whole words of the vocabulary); `most` of them are
        named, with a cosine of `least` or more."""
        candidates = dict.fromkeys(fold(word) for word in (whole_words(encoder).values() if words is None else words))
        self.words = [word for word in candidates if kind_of(word) and not is_negation(word)]
        self.most, self.least = most, least
        self.number = {word: number for number, word in enumerate(self.words)}
        self.han = torch.tensor([kind_of(word) == "han" for word in self.words], dtype=torch.bool)
        table = model.backbone.token_embedding.weight.detach().float()
        ids = encoder.encode_batch(self.words)
        vectors = torch.stack([table[tokens].mean(0) for tokens in ids]) if ids else table[:0]  # [V, C]
        self.vectors = torch.nn.functional.normalize(vectors - vectors.mean(0), dim=-1)

    def __call__(self, queries: Sequence[WordQuery]) -> list[list[str]]:
        known = sorted({self.number[word] for one in queries if (word := fold(one.word)) in self.number})
        near: dict[str, list[str]] = {}
        for start in range(0, len(known), WORDS_PER_BATCH):
            rows = torch.tensor(known[start : start + WORDS_PER_BATCH])
            cosines = self.vectors[rows] @ self.vectors.T
            cosines[self.han[rows, None] != self.han] = -1
            cosines[torch.arange(len(rows)), rows] = -1
            best = cosines.topk(min(self.most, len(self.words)))
            for row, numbers, values in zip(rows.tolist(), best.indices.tolist(), best.values.tolist(), strict=True):
                near[self.words[row]] = [self.words[n] for n, value in zip(numbers, values) if value >= self.least]
        return [near.get(fold(one.word), []) for one in queries]


def whole_words(encoder: Encoder) -> dict[int, str]:
    """Id -> word, for the tokens that are one word: no special token, no piece that continues a word, no negation."""
    special, goes_on = set(encoder.ids.all), encoder.continuation
    words: dict[int, str] = {}
    for i in sorted(encoder.vocabulary.values()):
        word = "" if i in special or goes_on[i] else encoder.decode([i]).strip()
        lone = len(word) == 1 and word.isascii() and word.lower() not in "ai"
        if kind_of(word) and not lone and not is_negation(word):
            words[i] = word
    return words


def suitable(proposals: Sequence[str], word: str) -> list[str]:
    """The proposals that are one word, another word, and no negation."""
    return [p for p in proposals if kind_of(p) and fold(p) != fold(word) and not is_negation(p)]


def pick(proposals: Sequence[str], draw: float | np.floating) -> str:
    """One of them, by a draw in [0, 1)."""
    return proposals[int(draw * len(proposals))]


Listed, Neighbors = SynonymList, EmbeddingNeighbors  # the former names, for one version
