"""Rows of several kinds become one stream: the tokens of each kind through its own embedder, behind one trained token.

N tokens of the stream, N' rows as attention sees them, B rows of the batch, K tokens of one kind, C hidden.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from groundup.nn.embed.embedder import Embedder, Tokens
from groundup.nn.kind_tokens import KindTokens
from groundup.nn.layout import MIN_ROWS, Layout


class SeveralEmbedder(nn.Module):
    """One embedder for each kind, one trained vector for each kind, and the token that every row begins with."""

    def __init__(self, kinds: Mapping[str, Embedder], size: int):
        super().__init__()
        self.kinds = nn.ModuleDict(kinds)
        self.first = nn.Parameter(torch.empty(1, size))
        self.marks = nn.ParameterDict({kind: nn.Parameter(torch.empty(1, size)) for kind in kinds})
        self.embed_kind = embed_rows  # how the tokens of a kind become states; exports take another way

    def stream(self, tokens: Tokens, layout: Layout, segments: Tensor | None = None) -> Tensor:
        """The embedded stream [N', C] as attention sees it; segments are those that the tokens of a kind bring."""
        assert not isinstance(tokens, Tensor), "a model of several kinds reads tokens of each"
        states, at = [self.first.expand(layout.first_rows.shape[0], -1)], [layout.first_rows]  # no len(): exports have symbols
        for kind, embed in self.kinds.items():
            if kind in tokens and tokens[kind].at.shape[0]:
                states.append(self.embed_kind(embed, tokens[kind]) + self.marks[kind])
                at.append(tokens[kind].at)
        return layout.gather(torch.cat(states).index_select(0, torch.cat(at).argsort()))


def embed_rows(embed: nn.Module, tokens: KindTokens[Tensor]) -> Tensor:
    """[K, C] of the tokens of one kind, which do not depend on how many there are."""
    missing = max(0, MIN_ROWS - len(tokens.at))
    content, places, segments = (
        x if x is None or not missing else F.pad(x, (0, 0) * (x.ndim - 1) + (0, missing))
        for x in (tokens.tokens, tokens.places, tokens.segments)
    )
    return embed(content, places, segments)[: len(tokens.at)]


def mixed_layout(lengths: Sequence[int], tokens: Mapping[str, KindTokens[Tensor]]) -> Layout:
    """How rows of several kinds lie: each token stands at its place within its kind, so that a kind that a row lacks moves none
    of the others (rotary backbones see these places); the token that a row begins with stands at 0."""
    places = torch.zeros(sum(lengths), dtype=torch.int64)
    for one in tokens.values():
        places[one.at] = one.places
    return Layout(lengths).with_positions(places)
