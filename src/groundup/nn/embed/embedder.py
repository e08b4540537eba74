"""What every embedder of one kind of input is, and what a model reads.

N tokens of the stream, N' rows as attention sees them, V numbers of a token, C hidden.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import torch
from torch import Tensor, nn

from groundup.nn.kind_tokens import KindTokens
from groundup.nn.layout import Layout

Tokens = Tensor | Mapping[str, KindTokens[Tensor]]
"""Tokens [N] or [N, V] of a model of one kind; of several, those of each kind by its name. A kind that no row has may be left
out."""


class Embedder(nn.Module):
    """Tokens of one kind become states."""

    content: ClassVar[str]
    """Name of the part that makes the contents of tokens, before places are added: it maps `tokens` to [N, C]."""

    def forward(self, tokens: Tensor, positions: Tensor, segments: Tensor | None) -> Tensor:
        """[N, C] of ids [N] or numbers [N, V], at these places [N], in these segments [N]. Each row depends on its own token
        alone."""
        raise NotImplementedError

    def stream(self, tokens: Tokens, layout: Layout, segments: Tensor | None) -> Tensor:
        """The embedded stream [N', C] as attention sees it."""
        assert isinstance(tokens, Tensor), "a model of one kind reads one tensor"
        segments = None if segments is None else layout.gather(segments)
        return self(layout.gather(tokens), layout.positions, segments)


def move_tokens(tokens: Tokens, layout: Layout, segments: Tensor | None) -> tuple[Tokens, Layout, Tensor | None]:
    """The same where the layout is."""
    device = layout.device
    segments = None if segments is None else segments.to(device)
    if isinstance(tokens, Tensor):
        return tokens.to(device), layout, segments
    return {kind: move_kind(one, device) for kind, one in tokens.items()}, layout, segments


def move_kind(tokens: KindTokens[Tensor], device: torch.device) -> KindTokens[Tensor]:
    """The tokens of one kind on a device."""
    segments = None if tokens.segments is None else tokens.segments.to(device)
    return KindTokens(tokens.tokens.to(device), tokens.places.to(device), tokens.at.to(device), segments)
