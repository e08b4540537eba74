"""A text or pair as a model reads it, with the rows of the word embedding in the open: they may be others, and have gradients.

The model may be on a device; rows and outputs are on the CPU, and gradients flow from there to here.
S copies of the input asked at once, W windows of it, N tokens of all windows, M asked places, C hidden, K outputs of a head.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from torch import Tensor

from groundup.errors import InputError
from groundup.evaluate.predictor import Predictor
from groundup.explain.patching import patched
from groundup.kinds.text.packed import Places, frame
from groundup.messages.translate import plural
from groundup.nn.config import TransformerConfig
from groundup.nn.device import device_of
from groundup.nn.embed.tokens import TokenEmbedder
from groundup.nn.layout import Layout
from groundup.nn.linear import Embedding
from groundup.nn.model import Model

MAX_BATCH_BYTES = 2**29  # bytes that the states of one batch may take, about
Positions = Sequence[tuple[int, int]]  # window and token in it


@dataclass(frozen=True)
class EmbeddedInput:
    """The windows of one input (one, if it fits), where their tokens stand in its texts, and the model that reads them."""

    model: Model
    windows: Sequence[np.ndarray]
    """Ids of each."""
    places: Sequence[Places]
    second_starts: Sequence[int] | None = None
    """Where the second text begins in each window, of a pair."""

    @cached_property
    def bounds(self) -> list[tuple[int, int]]:
        """Where each window lies among the N tokens."""
        ends = np.cumsum([len(window) for window in self.windows]).tolist()
        return list(zip([0, *ends], ends))

    @cached_property
    def rows(self) -> Tensor:
        """[N, C] the rows of the word embedding that stand for the tokens."""
        with torch.no_grad():
            ids = torch.from_numpy(np.concatenate(self.windows)).to(device_of(self.model))
            return self.model.backbone.token_embedding(ids).cpu()

    @cached_property
    def segments(self) -> list[Tensor] | None:
        """[T] of each window: 0 for tokens of the first text, 1 for those of the second."""
        if self.second_starts is None:
            return None
        pairs = zip(self.windows, self.second_starts, strict=True)
        return [torch.from_numpy((np.arange(len(window)) >= start).astype(np.int64)) for window, start in pairs]

    def outputs(self, head: str, positions: Positions, rows: Tensor | None = None) -> Tensor:
        """[S, M, K] what a head says at the asked places when these rows [S, N, C] stand for the tokens; by default its own,
        once. Positions and segments are what they were. Gradients flow to the rows."""
        rows = self.rows[None] if rows is None else rows
        count = len(rows)
        stream = torch.cat([rows[:, start:stop].flatten(0, 1) for start, stop in self.bounds])  # [S N, C], window by window
        layout = Layout([stop - start for start, stop in self.bounds for _ in range(count)])
        segments = None if self.segments is None else torch.cat([one.repeat(count) for one in self.segments])
        copies = torch.arange(count)
        indices = [count * self.bounds[w][0] + copies * len(self.windows[w]) + place for w, place in positions]
        embed = self.model.backbone.embed
        assert isinstance(embed, TokenEmbedder)
        with patched([(embed, "tokens", GivenEmbeddings(stream, embed.tokens))]):
            outputs = self.model(torch.arange(len(stream)), layout, segments, {head: torch.cat(indices)})[head]
        return outputs.float().cpu().unflatten(0, (len(positions), count)).transpose(0, 1)

    def max_batch(self, gradients: bool = False) -> int:
        """Copies that fit into the memory of one batch."""
        tokens = sum(len(window) for window in self.windows)
        longest = max(len(window) for window in self.windows)
        return max(1, MAX_BATCH_BYTES // (tokens * bytes_of_token(self.model.config, longest, gradients)))


class GivenEmbeddings:
    """In the place of the word embedding: the n-th token of the stream has the n-th of these rows."""

    def __init__(self, rows: Tensor, table: Embedding):
        self.rows, self.weight = rows, table.weight

    def __call__(self, numbers: Tensor) -> Tensor:
        return self.rows.to(numbers.device).index_select(0, numbers)


def bytes_of_token(config: TransformerConfig, length: int, gradients: bool) -> int:
    """What the states of a token take inside a layer, or in all of them with their scores when they are kept for gradients."""
    layer = 12 * config.hidden_size + 4 * config.intermediate_size
    return 4 * (config.num_layers * (layer + 3 * config.num_heads * length) if gradients else layer)


def task_input(predictor: Predictor, texts: Sequence[str]) -> EmbeddedInput:
    """The input of a model with a task, as the task reads it: cut, or in windows, or refused when it is too long."""
    predictor.check_widths([tuple(texts)])
    framed = frame([tuple(texts)], predictor.encoder, predictor.length, predictor.too_long, located=True)
    assert framed.places is not None
    seconds = None if framed.second_starts is None else framed.second_starts.tolist()
    return EmbeddedInput(predictor.model, framed.sequences, framed.places, seconds)


def prompt_input(predictor: Predictor, texts: Sequence[str]) -> EmbeddedInput:
    """The input of a model that writes on: its text behind the special tokens with which the tokenizer lets texts begin."""
    if len(texts) != 1:
        raise InputError("WRONG_TEXTS", "text", f"are {plural(len(texts), 'text')}", "the model goes on with one")
    located, encoder = predictor.encoder.locate(texts)[0], predictor.encoder
    whole = encoder.framed(texts[0])
    starts = range(len(whole) - len(located.ids) + 1)
    before = next((at for at in starts if whole[at : at + len(located.ids)] == located.ids), 0)
    window = np.array([*whole[:before], *located.ids], dtype=np.int64)
    most = predictor.model.config.max_positions
    if len(window) > most:
        raise InputError(
            "TOO_LONG", "text", f"has {plural(len(window), 'token')}", "give its end alone", limit=plural(most, "token")
        )
    place = Places(
        *(
            prepend(before, values, fill)
            for values, fill in (
                (np.zeros(len(located.ids), np.int64), -1),
                (located.start, 0),
                (located.end, 0),
                (located.begins, False),
            )
        )
    )
    return EmbeddedInput(predictor.model, [window], [place])


def prepend(count: int, values: np.ndarray, fill: int | bool) -> np.ndarray:
    """The values behind `count` others."""
    return np.concatenate([np.full(count, fill, dtype=values.dtype), values])


def in_batches(count: int, size: int, ask: Callable[[slice], np.ndarray]) -> np.ndarray:
    """[count] the answers to batches of at most `size`."""
    return np.concatenate([ask(slice(at, min(at + size, count))) for at in range(0, count, size)])
