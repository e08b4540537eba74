"""Encoder-decoder pretraining: the encoder reads a corrupted text, the decoder writes what is missing, or all of it.

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
    """What the encoder reads, and what the decoder is to write."""

    source: np.ndarray
    target: np.ndarray


class Corruption(Protocol):
    """Makes a problem of the n tokens of example `number`; pure in (seed, number)."""

    def __call__(self, tokens: np.ndarray, number: int) -> CorruptedText: ...


class Denoising(CausalLM):
    """Head `lm` of the decoder, at all its tokens: `start` and the target without its last token come in, the target out."""

    def __init__(self, corrupt: Corruption, start: int):
        self.corrupt, self.start = corrupt, start

    def prepare(self, flat: Flat, progress: float) -> dict[str, tuple[np.ndarray, np.ndarray]]:
        edges = np.cumsum(flat.lengths)[:-1]
        torn = [self.corrupt(text, int(n)) for text, n in zip(np.split(flat.tokens, edges), flat.numbers, strict=True)]
        flat.source = concatenate([one.source for one in torn], flat.numbers)
        inputs = concatenate([np.concatenate([[self.start], one.target[:-1]]) for one in torn], flat.numbers)
        flat.tokens, flat.lengths = inputs.tokens, inputs.lengths
        return {self.name: (np.arange(len(flat.tokens)), np.concatenate([one.target for one in torn]))}


def concatenate(sequences: Sequence[np.ndarray], numbers: np.ndarray) -> Flat:
    """Sequences end to end in the order they are in."""
    return Flat(np.concatenate(sequences).astype(np.int64), np.array([len(s) for s in sequences]), numbers)


@dataclass(frozen=True)
class SpanCorruption:
    """Spans that hold `rate` of the tokens, `mean` long on average, give way to one sentinel each; the decoder writes each
    sentinel and what stood there."""

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
    """Spans of Poisson lengths that hold `rate` of the tokens give way to one mask each, whatever their length (0 puts a mask
    where nothing is missing), in a text whose sentences stand in any order; the decoder writes the whole text as it was.

    A sentence ends after one of the tokens `closing`; without these, sentences stay where they are."""

    mask: int
    start: int
    end: int
    seed: int
    rate: float = 0.3
    mean: float = 3.0
    sentence_ends: Sequence[int] = ()

    def __call__(self, tokens: np.ndarray, number: int) -> CorruptedText:
        whole, tokens = tokens, self.shuffled(tokens, number)
        wanted = max(1, round(len(tokens) * self.rate))
        key = draws.key(self.seed, "infilling")
        drawn = poisson(self.mean, draws.uniform(key, number, np.arange(4 * wanted + 4)))
        lengths = drawn[: int(np.searchsorted(np.cumsum(drawn), wanted)) + 1]
        lengths[-1] -= max(0, int(lengths.sum()) - wanted)
        kept = len(tokens) - int(lengths.sum())
        u = draws.uniform(key, number, 10**6 + np.arange(kept + len(lengths)))
        holes = np.zeros(kept + len(lengths), dtype=bool)  # kept tokens and holes in the order in which they stand
        holes[np.argsort(u, kind="stable")[: len(lengths)]] = True
        missing = iter(lengths.tolist())
        source, at = [self.start], 0
        for hole in holes:
            source.append(self.mask if hole else int(tokens[at]))
            at += next(missing) if hole else 1
        return CorruptedText(np.array([*source, self.end]), np.concatenate([[self.start], whole, [self.end]]))

    def shuffled(self, tokens: np.ndarray, number: int) -> np.ndarray:
        """The sentences of a text in an order pure in (seed, number)."""
        closes = np.flatnonzero(np.isin(tokens[:-1], self.sentence_ends)) + 1
        if not len(closes):
            return tokens
        sentences = np.split(tokens, closes)
        order = np.argsort(draws.uniform(draws.key(self.seed, "sentences"), number, np.arange(len(sentences))), kind="stable")
        return np.concatenate([sentences[i] for i in order])


@dataclass(frozen=True)
class PrefixLM:
    """The encoder reads the beginning of a text, at least one token, and the decoder writes the rest (prefix LM)."""

    end: int
    seed: int

    def __call__(self, tokens: np.ndarray, number: int) -> CorruptedText:
        u = float(draws.uniform(draws.key(self.seed, "prefix"), number))
        cut = 1 + int(u * max(1, len(tokens) - 1))
        return CorruptedText(np.append(tokens[:cut], self.end), np.append(tokens[cut:], self.end))


def random_partition(total: int, count: int, draw: np.ndarray) -> list[int]:
    """`total` in `count` parts of at least one, all such ways equally likely; 0s when there is less than one each."""
    if total < count:
        return [1] * total + [0] * (count - total)
    cuts = np.sort(np.argsort(draw[: total - 1], kind="stable")[: count - 1]) + 1
    return np.diff([0, *cuts.tolist(), total]).tolist()


def poisson(mean: float, draw: np.ndarray) -> np.ndarray:
    """Poisson numbers by the inverse of their distribution."""
    ks = np.arange(1, int(10 * mean) + 20)
    edges = np.cumsum(np.exp(-mean) * np.concatenate([[1.0], np.cumprod(mean / ks)]))
    return np.searchsorted(edges, draw, side="right")
