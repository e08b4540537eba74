"""A model is a backbone with named heads.

N tokens of the stream, B sequences, M asked positions, C hidden.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from groundup.errors import InputError
from groundup.nn.config import HeadConfig, PooledHeadConfig, TransformerConfig
from groundup.nn.heads import make_head
from groundup.nn.initialize import initialize
from groundup.nn.layout import Layout
from groundup.nn.transformer import Transformer


class Model(nn.Module):
    """Backbone and heads, with weights drawn from `seed` alone (or left undrawn when `seed` is None)."""

    def __init__(self, config: TransformerConfig, heads: Mapping[str, HeadConfig], seed: int | None = 0):
        super().__init__()
        self.config = config
        self.head_configs: dict[str, HeadConfig] = {}
        self.frozen = 0
        with torch.device("meta"):  # no numbers yet: they are drawn below, or come from a file
            self.backbone = Transformer(config)
        self.heads = nn.ModuleDict()
        if seed is not None:
            initialize(self.backbone, config, torch.Generator().manual_seed(seed))
        for name, head in heads.items():
            self.add_head(name, head, seed)

    def add_head(self, name: str, head: HeadConfig, seed: int | None = 0) -> None:
        """Give the model a new head, in the place of one of the same name if there is one."""
        if isinstance(head, PooledHeadConfig) and head.pooling == "pooler" and self.backbone.pooler is None:
            raise InputError(
                "NO_POOLER", f"head {name}", "this backbone has no pooler", "pool the first token or the mean"
            )
        with torch.device("meta"):
            module = make_head(head, self.config)
        if seed is not None:
            # a head's weights depend on its name, not on which heads came before it
            initialize(module, self.config, torch.Generator().manual_seed(seed + sum(name.encode()) * 1_000_003))
        self.heads[name], self.head_configs[name] = module.train(self.training), head

    def drop_head(self, name: str) -> None:
        """Take a head off."""
        del self.heads[name], self.head_configs[name]

    def forward(
        self,
        tokens: Tensor,
        layout: Layout,
        segments: Tensor | None = None,
        positions: Mapping[str, Tensor] | None = None,
    ) -> dict[str, Tensor]:
        """Predictions of each head named in `positions` (flat indices into the stream [N]); other heads are not run."""
        states = self.backbone(tokens, layout, segments)
        return {
            name: self.heads[name](self.backbone, states, places, layout) for name, places in (positions or {}).items()
        }

    def freeze(self, blocks: int) -> None:
        """Hold the embedding and the first `blocks` blocks: no gradient, no dropout, in training too. 0 frees all."""
        if not 0 <= blocks <= self.config.num_layers:
            raise InputError(
                "BAD_FREEZE",
                "freeze",
                f"{blocks} blocks of {self.config.num_layers}",
                limit=f"0 to {self.config.num_layers}",
            )
        self.requires_grad_(True)
        self.frozen = blocks
        for part in self._held():
            part.requires_grad_(False)
        self.train(self.training)

    def train(self, mode: bool = True) -> Model:
        super().train(mode)
        for part in self._held():
            part.eval()
        return self

    def _held(self) -> list[nn.Module]:
        return [self.backbone.embed, *self.backbone.blocks[: self.frozen]] if self.frozen else []
