"""The embedder that a config describes. A new kind of input is one more line here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never

import torch
from torch import nn

from groundup.nn.config import TransformerConfig
from groundup.nn.embed.cells import CellEmbedder
from groundup.nn.embed.embedder import Embedder
from groundup.nn.embed.patches import PatchEmbedder
from groundup.nn.embed.several import SeveralEmbedder
from groundup.nn.embed.tokens import TokenEmbedder
from groundup.nn.initialize import DEVIATION, draw, generator_of, initialize
from groundup.nn.inputs import Cells, Input, Patches, Words


def make_embedder(config: TransformerConfig) -> Embedder | SeveralEmbedder:
    """That of its one kind, or one for each of its kinds."""
    if len(config.inputs) == 1:
        return make_kind_embedder(config.inputs[0], config)
    return SeveralEmbedder({one.kind: make_kind_embedder(one, config) for one in config.inputs}, config.hidden_size)


def make_kind_embedder(one: Input, config: TransformerConfig) -> Embedder:
    """The embedder of one kind."""
    match one:
        case Words():
            return TokenEmbedder(config)
        case Patches():
            return PatchEmbedder(one, config)
        case Cells():
            return CellEmbedder(one, config)
    assert_never(one)


def extend_embedder(
    old: Embedder | SeveralEmbedder, before: TransformerConfig, config: TransformerConfig, new: Sequence[str], seed: int
) -> Embedder | SeveralEmbedder:
    """The embedder of `config`, where `old` is that of the config `before`. Kinds that are not `new` keep theirs; the rest is
    drawn from (seed, kind)."""
    with torch.device("meta"):
        embedder = make_embedder(config)
    several = isinstance(embedder, SeveralEmbedder)
    for kind, embed in embedder.kinds.items() if several else [(config.inputs[0].kind, embedder)]:
        if kind in new:
            initialize(nn.ModuleDict({"embed": embed}), config, seed, f"inputs/{kind}")
    if not several:
        return embedder
    known = dict(old.kinds.items()) if isinstance(old, SeveralEmbedder) else {before.inputs[0].kind: old}
    marks = dict(old.marks.items()) if isinstance(old, SeveralEmbedder) else {}
    for kind in embedder.kinds:
        if kind not in new:
            embedder.kinds[kind] = known[kind]
        mark = marks.get(kind) if kind not in new else None
        embedder.marks[kind] = drawn_vector(config.hidden_size, seed, f"inputs/{kind}/mark") if mark is None else mark
    embedder.first = old.first if isinstance(old, SeveralEmbedder) else drawn_vector(config.hidden_size, seed, "inputs/first")
    return embedder


def drawn_vector(size: int, seed: int, stream: str) -> nn.Parameter:
    """[1, C] from (seed, stream) alone."""
    values = torch.empty(1, size)
    draw(values, DEVIATION, generator_of(seed, stream))
    return nn.Parameter(values)
