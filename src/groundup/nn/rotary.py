"""Rotary position embedding of queries and keys (Su et al., 2021, arXiv:2104.09864).

N tokens of the stream, B sequences, T positions, H heads, D head size.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from groundup.nn.config import Rotary, TransformerConfig
from groundup.nn.layout import Layout


class RotaryEmbedding(nn.Module):
    """Rotates the pair (x_i, x_{i + D/2}) of each head at position p by the angle p * base^(-2 i / D)."""

    def __init__(self, head_size: int, base: float):
        super().__init__()
        self.head_size, self.base = head_size, base

    def forward(self, x: Tensor, layout: Layout) -> Tensor:
        cos, sin = self.cos_sin(layout)
        pairs = x.view(x.shape[0], -1, 2, self.head_size // 2)
        rotate = RotaryFunction.apply if x.requires_grad else rotate_pairs
        return rotate(pairs, cos.to(x.dtype), sin.to(x.dtype)).view_as(x)

    def cos_sin(self, layout: Layout) -> tuple[Tensor, Tensor]:
        """Cosines and sines [N, 1, D/2] of all angles, computed once for a layout."""
        if self.base not in layout.rotary_tables:
            layout.rotary_tables[self.base] = self.make_cos_sin(layout)
        return layout.rotary_tables[self.base]

    def make_cos_sin(self, layout: Layout) -> tuple[Tensor, Tensor]:
        with torch.inference_mode(False):
            pairs = torch.arange(0, self.head_size, 2, dtype=torch.float32, device=layout.device)
            frequencies = self.base ** (-pairs / self.head_size)
            if layout.cached_length:
                angles = layout.positions.float()[:, None, None] * frequencies  # [B, 1, D/2]
                return angles.cos(), angles.sin()
            angles = (
                torch.arange(layout.num_positions, dtype=torch.float32, device=layout.device)[:, None] * frequencies
            )  # [T, D/2]
            return angles.cos()[layout.positions, None], angles.sin()[layout.positions, None]


class RotaryFunction(torch.autograd.Function):
    """Rotation of pairs, with a gradient of its own: the rotation back. Three passes over memory instead of twelve."""

    @staticmethod
    def forward(ctx, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
        ctx.save_for_backward(cos, sin)
        return rotate_pairs(x, cos, sin)

    @staticmethod
    def backward(ctx, *gradients: Tensor) -> tuple[Tensor, None, None]:
        cos, sin = ctx.saved_tensors
        return rotate_pairs(gradients[0], cos, -sin), None, None


def rotate_pairs(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """(a cos - b sin, b cos + a sin) for x = (a, b) along its axis 2: [N, H, 2, D/2]."""
    rotated = x * cos.unsqueeze(2)
    rotated.select(2, 0).addcmul_(x.select(2, 1), sin, value=-1)
    rotated.select(2, 1).addcmul_(x.select(2, 0), sin)
    return rotated


class NoRotary(nn.Module):
    """No rotation, for models with other positions."""

    def forward(self, x: Tensor, layout: Layout) -> Tensor:
        return x


def make_rotary(config: TransformerConfig, window: int) -> nn.Module:
    """The rotation of queries and keys that the config asks for."""
    if not isinstance(config.positions, Rotary):
        return NoRotary()
    return RotaryEmbedding(config.head_width, config.positions.window_base if window else config.positions.base)
