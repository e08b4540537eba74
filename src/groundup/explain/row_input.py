"""A row as a model reads it, token by token, of which some may be left out: a row of a table, an image, a row of several kinds.

S copies of the row asked at once, W sequences of it (one, unless a long text is read through windows), N tokens of all of them,
V numbers of a token, C hidden, K outputs of a head.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

import numpy as np
import torch
from torch import Tensor, nn

from groundup.data.batches.ragged_batch import Flat
from groundup.evaluate.predictor import Predictor
from groundup.explain.embedded_input import GivenEmbeddings, Positions
from groundup.explain.patching import Patch, patched
from groundup.kinds.reader import Row
from groundup.nn.device import device_of
from groundup.nn.embed.embedder import Embedder
from groundup.nn.embed.several import SeveralEmbedder, mixed_layout
from groundup.nn.kind_tokens import KindTokens
from groundup.nn.layout import Layout
from groundup.nn.model import Model

FIRST = -1  # the kind of the token that a row of several kinds begins with
TokensOf = Callable[[int, Tensor], Tensor]  # number of a kind, places among its tokens [n] -> those tokens


class RowInput:
    """The tokens of one row, and the model that reads them."""

    def __init__(self, predictor: Predictor, row: Row, model: Model | None = None):
        self.predictor, self.row, self.model = predictor, row, model or predictor.model
        self.packed = predictor.reader.pack_located(row, predictor.length, predictor.too_long)
        laid = [self.packed.lay(np.array([place]), np.array([0]), {}) for place in range(self.packed.size)]
        ends = np.cumsum([int(flat.lengths.sum()) for flat in laid]).tolist()
        self.bounds: list[tuple[int, int]] = list(zip([0, *ends], ends))
        self.names = list(laid[0].parts) if laid[0].parts is not None else [predictor.reader.kind]
        streams = [[tokens_of(flat, name) for flat in laid] for name in self.names]
        self.tokens = [torch.cat([one.tokens for one in stream]) for stream in streams]  # of each kind
        self.segments = [
            None if stream[0].segments is None else torch.cat([one.segments for one in stream if one.segments is not None])
            for stream in streams
        ]
        self.kind = torch.full((ends[-1],), FIRST)  # [N] number of the kind of each token
        self.place = torch.zeros(ends[-1], dtype=torch.int64)  # [N] where it stands in what its kind reads
        self.number = torch.zeros(ends[-1], dtype=torch.int64)  # [N] which of its kind's tokens it is
        for kind, stream in enumerate(streams):
            at = torch.cat([one.at + start for one, (start, _) in zip(stream, self.bounds, strict=True)])
            self.kind[at], self.number[at] = kind, torch.arange(len(at))
            self.place[at] = torch.cat([one.places for one in stream])

    @property
    def windows(self) -> range:
        return range(len(self.bounds))

    def outputs(self, head: str, positions: Positions) -> Tensor:
        """[1, W, K] what a head says of each sequence of the whole row."""
        return self.outputs_with(head, torch.ones((1, len(self.kind)), dtype=torch.bool))

    def outputs_with(self, head: str, there: Tensor) -> Tensor:
        """[S, W, K] what a head says of the row with these tokens [S, N] (bool) alone."""
        lengths = torch.stack([there[:, start:stop].sum(1) for start, stop in self.bounds], dim=1)  # [S, W]
        return self.ask(head, there.nonzero()[:, 1], lengths, lambda kind, places: self.tokens[kind].index_select(0, places))

    def outputs_of(self, head: str, rows: Tensor) -> Tensor:
        """[S, W, K] what a head says where these contents [S, N, C] stand for the tokens. Gradients flow to them."""
        count, stream = len(rows), rows.flatten(0, 1)
        stands = torch.arange(len(self.kind)).repeat(count)
        kinds = self.kind.index_select(0, stands)
        changes: list[Patch] = []
        for kind, embed in enumerate(self.embedders):
            embeddings = GivenEmbeddings(stream[kinds == kind], getattr(embed, embed.content))
            changes.append((embed, embed.content, embeddings))
        if isinstance(self.embed, SeveralEmbedder):
            changes.append((self.embed, "first", stream[kinds == FIRST].to(device_of(self.model))))
        lengths = torch.tensor([[stop - start for start, stop in self.bounds]]).expand(count, -1)
        with patched(changes):
            return self.ask(head, stands, lengths, lambda kind, places: torch.arange(len(places)))

    def ask(self, head: str, stands: Tensor, lengths: Tensor, tokens: TokensOf) -> Tensor:
        """[S, W, K] what a head says of a stream of these tokens, sequences of these lengths [S, W]."""
        flat = lengths.flatten()
        starts = flat.cumsum(0) - flat
        if not isinstance(self.embed, SeveralEmbedder):
            layout = Layout(flat.tolist()).with_positions(self.place.index_select(0, stands))
            outputs = self.model(tokens(0, stands), layout, None, {head: starts})[head]
        else:
            parts = {name: self.part(kind, stands, tokens) for kind, name in enumerate(self.names)}
            outputs = self.model(parts, mixed_layout(flat.tolist(), parts), None, {head: starts})[head]
        return outputs.float().cpu().unflatten(0, tuple(lengths.shape))

    def part(self, kind: int, stands: Tensor, tokens: TokensOf) -> KindTokens[Tensor]:
        """The tokens of one kind of the stream."""
        at = (self.kind.index_select(0, stands) == kind).nonzero()[:, 0]
        chosen = stands.index_select(0, at)
        number, segments = self.number.index_select(0, chosen), self.segments[kind]
        segments = None if segments is None else segments.index_select(0, number)
        return KindTokens(tokens(kind, number), self.place.index_select(0, chosen), at, segments)

    @property
    def embed(self) -> nn.Module:
        return self.model.backbone.embed

    @property
    def embedders(self) -> list[Embedder]:
        """What makes states of the tokens of each kind."""
        several = isinstance(self.embed, SeveralEmbedder)
        embedders = [self.embed.kinds[name] for name in self.names] if several else [self.embed]
        return [embed for embed in embedders if isinstance(embed, Embedder)]

    @cached_property
    def rows(self) -> Tensor:
        """[N, C] the contents of the tokens, before places are added."""
        vectors = torch.zeros(len(self.kind), self.model.config.hidden_size)
        with torch.no_grad():
            for kind, embed in enumerate(self.embedders):
                at = self.kind == kind
                tokens = self.tokens[kind].index_select(0, self.number[at]).to(device_of(self.model))
                vectors[at] = getattr(embed, embed.content)(tokens).cpu()
            if isinstance(self.embed, SeveralEmbedder):
                vectors[self.kind == FIRST] = self.embed.first.cpu()
        return vectors


def tokens_of(flat: Flat, kind: str) -> KindTokens[Tensor]:
    """The tokens of one kind of one sequence, and where they stand."""
    if flat.parts is not None:
        part = flat.parts[kind]
        segments = None if part.segments is None else torch.from_numpy(part.segments)
        return KindTokens(torch.from_numpy(part.tokens), torch.from_numpy(part.places), torch.from_numpy(part.at), segments)
    at = torch.arange(len(flat.tokens))
    return KindTokens(torch.from_numpy(flat.tokens), at if flat.places is None else torch.from_numpy(flat.places), at)
