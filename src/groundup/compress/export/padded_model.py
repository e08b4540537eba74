"""A model as other runtimes ask it: blocks of ids with a mask, filled up on the right.

B sequences, T positions, N = B T of the stream, C hidden, H heads, D head size, O outputs of a head.
"""

from __future__ import annotations

import copy
from collections.abc import Callable

import torch
from torch import Tensor, nn

from groundup.nn.config import Patches, Pooling
from groundup.nn.embed.patches import cut_patches
from groundup.nn.heads import PooledHead
from groundup.nn.layout import Layout, Padded
from groundup.nn.linear import layer_slots
from groundup.nn.model import Model
from groundup.nn.rotary import RotaryEmbedding
from groundup.nn.transformer import Transformer

ReadStates = Callable[[Transformer, Tensor, Padded, Tensor | None], Tensor]
NEXT = "lm"  # the head that is asked after the last token alone


class BlockModel(nn.Module):
    """What one head says of sequences in a block. The parameters are those of `model`, not copies.

    Of a head at each token [B, T, O], of one that pools [B, O], of the next word [B, O] after the last token. Without a head it
    is the vector of each sequence [B, C], by `pooling`.
    """

    def __init__(self, model: Model, head: str | None, pooling: Pooling = "mean"):
        super().__init__()
        model = copy.deepcopy(model, {id(parameter): parameter for parameter in model.parameters()}).eval()
        for place in layer_slots(model, RotaryEmbedding):
            place.replace(PlainRotaryEmbedding(place.layer.head_size, place.layer.base))
        self.backbone, self.head = model.backbone, None if head is None else model.heads[head]
        self.read = choose_read_states(self.head, head == NEXT, pooling)

    def answer(self, tokens: Tensor, layout: Padded, segments: Tensor | None) -> Tensor:
        """Of the stream [B T] or [B T, V]."""
        states = self.read(self.backbone, tokens, layout, segments)
        return states if self.head is None else self.head(self.backbone, states)


class PaddedModel(BlockModel):
    """input_ids, attention_mask and, of a model that tells texts apart, token_type_ids [B, T] -> what one head says."""

    def forward(self, input_ids: Tensor, attention_mask: Tensor, token_type_ids: Tensor | None = None) -> Tensor:
        segments = None if token_type_ids is None else token_type_ids.flatten()
        return self.answer(input_ids.flatten(), Padded(attention_mask.bool()), segments)


class PaddedImageModel(BlockModel):
    """pixel_values [B, channels, side, side], as the folder's preprocessor gives them, -> what one head says."""

    def __init__(self, model: Model, head: str | None, pooling: Pooling = "mean"):
        super().__init__(model, head, pooling)
        patches = model.config.input_of(Patches)
        assert patches is not None
        self.patches = patches

    def forward(self, pixel_values: Tensor) -> Tensor:
        mask = torch.ones(pixel_values.shape[0], self.patches.most_tokens, dtype=torch.bool)
        return self.answer(cut_patches(pixel_values, self.patches), Padded(mask), None)


def choose_read_states(head: nn.Module | None, is_next: bool, pooling: Pooling) -> ReadStates:
    """Which states a head is given, or are the vector of a text."""
    if isinstance(head, PooledHead) or head is None:
        means = pooling == "mean" if head is None else head.pools_mean
        return read_mean if means else read_last if head is not None and head.pools_last else read_first
    return read_last if is_next else read_all


def read_all(backbone: Transformer, tokens: Tensor, layout: Padded, segments: Tensor | None) -> Tensor:
    """[B, T, C]."""
    return backbone(tokens, layout, segments).unflatten(0, layout.mask.shape)


def read_first(backbone: Transformer, tokens: Tensor, layout: Padded, segments: Tensor | None) -> Tensor:
    """[B, C]."""
    return backbone(tokens, layout, segments, layout.first_rows)


def read_last(backbone: Transformer, tokens: Tensor, layout: Padded, segments: Tensor | None) -> Tensor:
    """[B, C]."""
    return backbone(tokens, layout, segments, layout.last_rows)


def read_mean(backbone: Transformer, tokens: Tensor, layout: Padded, segments: Tensor | None) -> Tensor:
    """[B, C] over what is not padding."""
    states = read_all(backbone, tokens, layout, segments)
    inside = layout.mask[:, :, None].to(states.dtype)
    return (states * inside).sum(1) / inside.sum(1)


class PlainRotaryEmbedding(RotaryEmbedding):
    """The same without writing into parts of a tensor, for which other runtimes have no fast way."""

    def forward(self, x: Tensor, layout: Layout) -> Tensor:
        cos, sin = self.cos_sin(layout)  # [N, 1, D/2]
        a, b = x.view(x.shape[0], -1, 2, self.head_size // 2).unbind(2)  # [N, H, D/2]
        return torch.cat([a * cos - b * sin, b * cos + a * sin], dim=-1)
