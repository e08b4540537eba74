"""Multi-head attention over a Layout: softmax(q k^T / sqrt(D)) v (Vaswani et al., 2017, arXiv:1706.03762).

N tokens of the stream, B sequences, T positions, C hidden, H heads, D head size.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from groundup.nn.config import Rotary, TransformerConfig
from groundup.nn.layout import Layout


class Attention(nn.Module):
    """Each token looks at the tokens of its own sequence."""

    def __init__(self, config: TransformerConfig, window: int = 0):
        super().__init__()
        size = config.hidden_size
        self.query = nn.Linear(size, size, bias=config.bias)
        self.key = nn.Linear(size, size, bias=config.bias)
        self.value = nn.Linear(size, size, bias=config.bias)
        self.output = nn.Linear(size, size, bias=config.bias)
        self.num_heads, self.dropout = config.num_heads, config.attention_dropout
        self.mask = make_mask(config.causal, window)
        self.rotate = make_rotation(config, window)

    def forward(self, x: Tensor, layout: Layout) -> Tensor:
        q, k, v = self.query(x), self.key(x), self.value(x)  # [N, C]
        q, k = self.rotate(q, layout.positions), self.rotate(k, layout.positions)
        dropout = self.dropout if self.training else 0.0
        attended = []
        for q_, k_, v_, group in zip(*(t.split(layout.group_sizes) for t in (q, k, v)), layout.groups, strict=True):
            q_, k_, v_ = (t.view(*group, self.num_heads, -1).transpose(1, 2) for t in (q_, k_, v_))  # [B, H, T, D]
            states = F.scaled_dot_product_attention(q_, k_, v_, self.mask(group.length, x.device), dropout)
            attended.append(states.transpose(1, 2).reshape(-1, x.shape[1]))  # [B T, C]
        return self.output(attended[0] if len(attended) == 1 else torch.cat(attended))


def make_mask(causal: bool, window: int):
    """A function (T, device) -> [T, T], True where a token may look; it gives None when it may look everywhere."""
    if not causal and not window:
        return lambda length, device: None

    def mask(length: int, device: torch.device) -> Tensor:
        distance = torch.arange(length, device=device)[:, None] - torch.arange(length, device=device)  # of query to key
        seen = torch.ones(length, length, dtype=torch.bool, device=device)
        if window:
            seen &= distance.abs() <= window
        return seen & (distance >= 0) if causal else seen

    return mask


class Rotation(nn.Module):
    """Turns the pair (x_i, x_{i + D/2}) of each head at position p by the angle p * base^(-2 i / D)."""

    def __init__(self, head_size: int, base: float, max_positions: int):
        super().__init__()
        frequencies = 1.0 / (base ** (torch.arange(0, head_size, 2, dtype=torch.float32, device="cpu") / head_size))
        angles = torch.arange(max_positions, dtype=torch.float32, device="cpu")[:, None] * frequencies  # [T, D/2]
        self.register_buffer("cos", angles.cos(), persistent=False)
        self.register_buffer("sin", angles.sin(), persistent=False)
        self.head_size = head_size

    def forward(self, x: Tensor, positions: Tensor) -> Tensor:
        cos, sin = self.cos[positions].unsqueeze(1), self.sin[positions].unsqueeze(1)  # [N, 1, D/2]
        a, b = x.view(len(x), -1, self.head_size).chunk(2, dim=-1)  # [N, H, D/2]
        return torch.cat([a * cos - b * sin, b * cos + a * sin], dim=-1).view_as(x)


class NoRotation(nn.Module):
    """Queries and keys as they are."""

    def forward(self, x: Tensor, positions: Tensor) -> Tensor:
        return x


def make_rotation(config: TransformerConfig, window: int) -> nn.Module:
    """What is done to queries and keys before they meet."""
    if not isinstance(config.positions, Rotary):
        return NoRotation()
    base = config.positions.window_base if window else config.positions.base
    return Rotation(config.head_size, base, config.max_positions)
