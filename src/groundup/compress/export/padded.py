"""A model as other runtimes ask it: blocks of ids with a mask, padded on the right.

B sequences, T positions, C hidden, O outputs of a head.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from groundup.nn.layout import Padded
from groundup.nn.model import Model


class PaddedModel(nn.Module):
    """input_ids [B, T], attention_mask [B, T], and token_type_ids [B, T] of a model that tells texts apart -> numbers.

    Of a head for each token [B, T, O], of one that pools [B, O], of a next word [B, V] after the last token; without a head the
    vector of each text [B, C] by `pooling`.
    """

    def __init__(self, model: Model, head: str | None, pooling: str = "mean"):
        super().__init__()
        self.model, self.ask = model, make_ask(model, head, pooling)

    def forward(self, input_ids: Tensor, attention_mask: Tensor, token_type_ids: Tensor | None = None) -> Tensor:
        layout = Padded(attention_mask.bool())
        segments = None if token_type_ids is None else token_type_ids.flatten()
        return self.ask(self.model, input_ids.flatten(), layout, segments)


def make_ask(model: Model, head: str | None, pooling: str):
    """How a head is asked, decided once."""
    if head is None:
        return (lambda *inputs: mean_of(*inputs)) if pooling == "mean" else first_of
    module = model.heads[head]
    means = module.means

    def at_tokens(model, tokens, layout, segments):
        states = model.backbone(tokens, layout, segments)
        return module(model.backbone, states).unflatten(0, layout.inside.shape)
    def firsts(model, tokens, layout, segments):
        return module(model.backbone, first_of(model, tokens, layout, segments))
    def mean(model, tokens, layout, segments):
        return module(model.backbone, mean_of(model, tokens, layout, segments))
    def lasts(model, tokens, layout, segments):
        return module(model.backbone, model.backbone(tokens, layout, segments, layout.lasts))
    from groundup.nn.heads import PooledHead
    if isinstance(module, PooledHead):
        return mean if means else firsts
    return lasts if head == "lm" else at_tokens


def first_of(model, tokens, layout, segments):
    return model.backbone(tokens, layout, segments, layout.firsts)


def mean_of(model, tokens, layout, segments):
    states = model.backbone(tokens, layout, segments)
    inside = layout.inside[:, :, None].to(states.dtype)
    return (states.unflatten(0, layout.inside.shape) * inside).sum(1) / inside.sum(1)
