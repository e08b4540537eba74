"""Replaced-token detection: a small generator corrupts the text, and the model predicts which tokens were replaced (Clark et
al., 2020, arXiv:2003.10555).

N tokens of the stream, M masked positions.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

from groundup.nn.config import HeadConfig, TokenHeadConfig, TransformerConfig
from groundup.nn.embed.embedder import Tokens
from groundup.nn.layout import Layout
from groundup.nn.model import Inputs, Model

MASKED, REPLACED, DRAWN = "mlm", "replaced", "drawn"  # the generator's head, ours, and the tokens that were drawn


class ReplacedTokenModel(Model):
    """A model with head `replaced` and a generator with head `mlm`; both share the word embedding."""

    def __init__(
        self,
        config: TransformerConfig,
        heads: Mapping[str, HeadConfig],
        seed: int | None,
        generator: TransformerConfig,
        words: TokenHeadConfig,
    ):
        super().__init__(config, heads, seed)
        self.generator = Model(generator, {MASKED: words}, None if seed is None else seed + 1)
        self.generator.backbone.share_token_embedding(self.backbone)

    def forward(
        self,
        tokens: Tokens,
        layout: Layout,
        segments: Tensor | None,
        positions: Mapping[str, Tensor],
        source: Inputs | None = None,
        start: int = 0,
    ) -> dict[str, Tensor]:
        """Logits of the generator [M, V], the tokens [M] drawn from them, and a logit at each position of `replaced`."""
        if start:
            raise ValueError("what the generator draws must be embedded: there is nothing to start from")
        logits = self.generator(tokens, layout, segments, {MASKED: positions[MASKED]})[MASKED]
        assert isinstance(tokens, Tensor), "words are replaced, and nothing else is read"
        sampled = sample_tokens(logits.detach(), int(tokens.sum()))
        corrupted = tokens.index_copy(0, positions[MASKED], sampled)
        predictions = super().forward(corrupted, layout, segments, {REPLACED: positions[REPLACED]})
        return predictions | {MASKED: logits, DRAWN: sampled}

    def without_generator(self) -> Model:
        """The model without its generator."""
        model = Model(self.config, self.head_configs, seed=None)
        model.backbone, model.heads = self.backbone, self.heads
        return model


def sample_tokens(logits: Tensor, seed: int) -> Tensor:
    """[M] a token from each row's probabilities; the draw depends on the logits and the seed alone."""
    generator = torch.Generator().manual_seed(seed)
    noise = torch.empty_like(logits).exponential_(generator=generator)
    return (logits.softmax(-1) / noise).argmax(-1)
