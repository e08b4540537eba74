"""Attention over the stream without padding, in one kernel: on a GPU in half precision.

PyTorch's `torch.nn.attention.varlen` reads our stream as it is [N, H, D] and the starts of its sequences. It has no dropout, no
bias of the scores, and heads of 256 numbers at most; what it does not serve takes padded blocks (attention.py).
"""

from __future__ import annotations

import torch
from torch import Tensor

from groundup.nn.layout import Layout

HALF = (torch.bfloat16, torch.float16)
MOST_NUMBERS = 256  # of a head


def varlen_serves(q: Tensor) -> bool:
    """Whether the kernel takes these queries [N, H, D]."""
    return q.is_cuda and q.dtype in HALF and q.shape[-1] <= MOST_NUMBERS


def attend_varlen(
    q: Tensor, k: Tensor, v: Tensor, layout: Layout, *, causal: bool, window: int, scale: float | None, grouped: bool
) -> Tensor:
    """[N', H D] from queries, keys and values [N', H, D] of whole sequences in attention's order.

    `window` is how far a token looks, 0 for everywhere. The answer for a sequence does not depend on the others (`num_splits`).
    """
    from torch.nn.attention.varlen import varlen_attn

    before = window or -1
    starts = layout.sequence_starts
    states = varlen_attn(
        q,
        k.to(q.dtype),
        v.to(q.dtype),
        starts,
        starts,
        layout.longest_row,
        layout.longest_row,
        scale=scale,
        window_size=(before, 0 if causal else before),
        enable_gqa=grouped,
        num_splits=None if torch.is_grad_enabled() else 1,
    )
    assert isinstance(states, Tensor)
    return states.flatten(1)
