"""Encoder-decoder pretraining: the encoder reads a corrupted text, the decoder generates the missing part or the whole text.

Span corruption: Raffel et al., 2019, arXiv:1910.10683; text infilling: Lewis et al., 2019, arXiv:1910.13461.
n tokens of a text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np

from groundup.data import draws
from groundup.data.batches.ragged_batch import Flat
from groundup.objectives.causal_lm import CausalLM


class CorruptedText(NamedTuple):
    """The encoder's input, and the decoder's target."""

    source: np.ndarray
    target: np.ndarray


class Corruption(Protocol):
    """Corrupts the n tokens of example `number`; depends only on the tokens, the seed and the number."""

    def __call__(self, tokens: np.ndarray, number: int) -> CorruptedText: ...


class Denoising(CausalLM):
    """Head `lm` of the decoder, at all its tokens: `start` and the target without its last token come in, the target out."""

    def __init__(self, corrupt: Corruption, start: int):
        self.corrupt, self.start = corrupt, start

    def prepare(self, flat: Flat, progress: float) -> dict[str, tuple[np.ndarray, np.ndarray]]:
        edges = np.cumsum(flat.lengths)[:-1]
        corrupted = [self.corrupt(text, int(n)) for text, n in zip(np.split(flat.tokens, edges), flat.numbers, strict=True)]
        flat.source = concatenate([one.source for one in corrupted], flat.numbers)
        inputs = concatenate([np.concatenate([[self.start], one.target[:-1]]) for one in corrupted], flat.numbers)
        flat.tokens, flat.lengths = inputs.tokens, inputs.lengths
        return {self.name: (np.arange(len(flat.tokens)), np.concatenate([one.target for one in corrupted]))}


def concatenate(sequences: Sequence[np.ndarray], numbers: np.ndarray) -> Flat:
    """Sequences one after the other, as a flat batch."""
    return Flat(np.concatenate(sequences).astype(np.int64), np.array([len(s) for s in sequences]), numbers)


@dataclass(frozen=True)
class SpanCorruption:
    """Spans with `rate` of the tokens, `mean` long on average, are replaced by one sentinel each; the decoder generates each
    sentinel and the tokens of its span."""

    sentinels: Sequence[int]
    end: int
    seed: int
    rate: float = 0.15
    mean: float = 3.0

    def __call__(self, tokens: np.ndarray, number: int) -> CorruptedText:
        noise = min(max(1, round(len(tokens) * self.rate)), max(1, len(tokens) - 1))
        spans = min(max(1, round(noise / self.mean)), noise, max(1, len(tokens) - noise), len(self.sentinels))
        key = draws.key(self.seed, "spans")
        lengths = random_partition(noise, spans, draws.uniform(key, number, np.arange(noise)))
        gaps = random_partition(len(tokens) - noise, spans, draws.uniform(key, number, noise + np.arange(len(tokens))))
        source, target, at = [], [], 0
        for sentinel, gap, length in zip(self.sentinels, gaps, lengths):
            source += [tokens[at : at + gap], [sentinel]]
            target += [[sentinel], tokens[at + gap : at + gap + length]]
            at += gap + length
        return CorruptedText(np.concatenate([*source, tokens[at:], [self.end]]), np.concatenate([*target, [self.end]]))


@dataclass(frozen=True)
class TextInfilling:
    """Spans of Poisson lengths with `rate` of the tokens are replaced by one mask each, whatever their length (length 0
    inserts a mask), in a text with its sentences in random order; the decoder generates the original text.

    A sentence ends after one of the tokens `sentence_ends`; without these, sentences keep their order."""

    mask: int
    start: int
    end: int
    seed: int
    rate: float = 0.3
    mean: float = 3.0
    sentence_ends: Sequence[int] = ()

    def __call__(self, tokens: np.ndarray, number: int) -> CorruptedText:
        whole, tokens = tokens, self.shuffled(tokens, number)
        budget = max(1, round(len(tokens) * self.rate))
        key = draws.key(self.seed, "infilling")
        span_lengths = poisson(self.mean, draws.uniform(key, number, np.arange(4 * budget + 4)))
        lengths = span_lengths[: int(np.searchsorted(np.cumsum(span_lengths), budget)) + 1]
        lengths[-1] -= max(0, int(lengths.sum()) - budget)
        num_kept = len(tokens) - int(lengths.sum())
        u = draws.uniform(key, number, 10**6 + np.arange(num_kept + len(lengths)))
        holes = np.zeros(num_kept + len(lengths), dtype=bool)  # True at a mask, False at a kept token
        holes[np.argsort(u, kind="stable")[: len(lengths)]] = True
        missing = iter(lengths.tolist())
        source, at = [self.start], 0
        for hole in holes:
            source.append(self.mask if hole else int(tokens[at]))
            at += next(missing) if hole else 1
        return CorruptedText(np.array([*source, self.end]), np.concatenate([[self.start], whole, [self.end]]))

    def shuffled(self, tokens: np.ndarray, number: int) -> np.ndarray:
        """The sentences of a text in an order that depends only on (seed, number)."""
        boundaries = np.flatnonzero(np.isin(tokens[:-1], self.sentence_ends)) + 1
        if not len(boundaries):
            return tokens
        sentences = np.split(tokens, boundaries)
        order = np.argsort(draws.uniform(draws.key(self.seed, "sentences"), number, np.arange(len(sentences))), kind="stable")
        return np.concatenate([sentences[i] for i in order])


@dataclass(frozen=True)
class PrefixLM:
    """The encoder reads a prefix of a text, at least one token, and the decoder generates the rest (prefix LM)."""

    end: int
    seed: int

    def __call__(self, tokens: np.ndarray, number: int) -> CorruptedText:
        u = float(draws.uniform(draws.key(self.seed, "prefix"), number))
        cut = 1 + int(u * max(1, len(tokens) - 1))
        return CorruptedText(np.append(tokens[:cut], self.end), np.append(tokens[cut:], self.end))


def random_partition(total: int, count: int, draw: np.ndarray) -> list[int]:
    """A random partition of `total` into `count` parts of at least 1, all partitions equally likely; with zeros if `total` is
    smaller than `count`."""
    if total < count:
        return [1] * total + [0] * (count - total)
    cuts = np.sort(np.argsort(draw[: total - 1], kind="stable")[: count - 1]) + 1
    return np.diff([0, *cuts.tolist(), total]).tolist()


def poisson(mean: float, draw: np.ndarray) -> np.ndarray:
    """Poisson numbers from uniform draws, by the inverse distribution function."""
    ks = np.arange(1, int(10 * mean) + 20)
    edges = np.cumsum(np.exp(-mean) * np.concatenate([[1.0], np.cumprod(mean / ks)]))
    return np.searchsorted(edges, draw, side="right")
