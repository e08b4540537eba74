"""Multi-head attention over a Layout: softmax(q k^T / sqrt(D)) v (Vaswani et al., 2017, arXiv:1706.03762).

N tokens of the stream, M asked rows of it, B sequences, T positions, C hidden, H heads, D head size.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from groundup.nn.config import Rotary, TransformerConfig
from groundup.nn.dropout import make_dropout
from groundup.nn.layout import Layout
from groundup.nn.linear import Linear


class Attention(nn.Module):
    """Each token looks at the tokens of its own sequence: [N, C] -> [N, C], before the output layer."""

    def __init__(self, config: TransformerConfig, window: int = 0):
        super().__init__()
        size = config.hidden_size
        self.query = Linear(size, size, bias=config.bias)
        self.key = Linear(size, size, bias=config.bias)
        self.value = Linear(size, size, bias=config.bias)
        self.output = Linear(size, size, bias=config.bias)
        self.num_heads = config.num_heads
        self.rotate = make_rotation(config, window)
        self.mask = make_mask(config.causal, window)
        self.attend = DroppingAttend(config.attention_dropout) if config.attention_dropout else attend

    def forward(self, x: Tensor, layout: Layout, rows: Tensor | None = None) -> Tensor:
        """States [N, C], or [M, C] at the asked rows only."""
        q, k, v = self.query(x), self.key(x), self.value(x)  # [N, C]
        q, k = self.rotate(q, layout), self.rotate(k, layout)
        attended = []
        for q_, k_, v_, group in zip(*(t.split(layout.group_sizes) for t in (q, k, v)), layout.groups, strict=True):
            q_, k_, v_ = (t.view(*group, self.num_heads, -1).transpose(1, 2) for t in (q_, k_, v_))  # [B, H, T, D]
            states = self.attend(q_, k_, v_, self.mask(group.length, x.device))
            attended.append(states.transpose(1, 2).reshape(-1, x.shape[1]))  # [B T, C]
        states = attended[0] if len(attended) == 1 else torch.cat(attended)
        return self.output(states if rows is None else states.index_select(0, rows))


def attend(q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None) -> Tensor:
    """softmax(q k^T / sqrt(D)) v in one kernel."""
    return F.scaled_dot_product_attention(q, k, v, mask)


class DroppingAttend(nn.Module):
    """The same with dropout of the attention weights in training."""

    def __init__(self, rate: float):
        super().__init__()
        self.dropout = make_dropout(rate)

    def forward(self, q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None) -> Tensor:
        if not self.training:
            return attend(q, k, v, mask)
        scores = (q * q.shape[-1] ** -0.5) @ k.transpose(-2, -1)  # [B, H, T, T]
        if mask is not None:
            scores = scores.masked_fill(~mask, -torch.inf)
        return self.dropout(scores.softmax(-1)) @ v


def make_mask(causal: bool, window: int) -> Callable[[int, torch.device], Tensor | None]:
    """A function (T, device) -> [T, T], True where a token may look; it gives None when it may look everywhere."""
    if not causal and not window:
        return lambda length, device: None

    def mask(length: int, device: torch.device) -> Tensor:
        place = torch.arange(length, device=device)
        distance = place[:, None] - place  # of the query after the key
        seen = torch.ones(length, length, dtype=torch.bool, device=device)
        if window:
            seen &= distance.abs() <= window
        return seen & (distance >= 0) if causal else seen

    return mask


class Rotation(nn.Module):
    """Turns the pair (x_i, x_{i + D/2}) of each head at position p by the angle p * base^(-2 i / D)."""

    def __init__(self, head_size: int, base: float):
        super().__init__()
        self.head_size, self.base = head_size, base

    def forward(self, x: Tensor, layout: Layout) -> Tensor:
        if self.base not in layout.tables:
            layout.tables[self.base] = self.table(layout)
        cos, sin = layout.tables[self.base]
        return Turn.apply(x.view(len(x), -1, 2, self.head_size // 2), cos.to(x.dtype), sin.to(x.dtype)).view_as(x)

    def table(self, layout: Layout) -> tuple[Tensor, Tensor]:
        """Cosines and sines [N, 1, D/2] of all angles; the layers share them."""
        with torch.inference_mode(False):
            pairs = torch.arange(0, self.head_size, 2, dtype=torch.float32, device=layout.device)
            places = torch.arange(max(g.length for g in layout.groups), dtype=torch.float32, device=layout.device)
            angles = places[:, None] * self.base ** (-pairs / self.head_size)  # [T, D/2]
            return angles.cos()[layout.positions, None], angles.sin()[layout.positions, None]


class Turn(torch.autograd.Function):
    """Rotation of pairs; its gradient is the rotation back. Three passes over memory instead of twelve."""

    @staticmethod
    def forward(ctx, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
        ctx.save_for_backward(cos, sin)
        return turn(x, cos, sin)

    @staticmethod
    def backward(ctx, *gradients: Tensor) -> tuple[Tensor, None, None]:
        cos, sin = ctx.saved_tensors
        return turn(gradients[0], cos, -sin), None, None


def turn(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """(a cos - b sin, b cos + a sin) for x = (a, b) along its axis 2: [N, H, 2, D/2]."""
    turned = x * cos.unsqueeze(2)
    turned[:, :, 0].addcmul_(x[:, :, 1], sin, value=-1)
    turned[:, :, 1].addcmul_(x[:, :, 0], sin)
    return turned


class NoRotation(nn.Module):
    """Queries and keys as they are."""

    def forward(self, x: Tensor, layout: Layout) -> Tensor:
        return x


def make_rotation(config: TransformerConfig, window: int) -> nn.Module:
    """What is done to queries and keys before they meet."""
    if not isinstance(config.positions, Rotary):
        return NoRotation()
    return Rotation(config.head_size, config.positions.window_base if window else config.positions.base)
