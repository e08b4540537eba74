"""Multi-head attention over a Layout: softmax(q k^T / sqrt(D)) v (Vaswani et al., 2017, arXiv:1706.03762).

N tokens of the stream, N' rows of it with padding rows, M output rows, B sequences, T positions of the queries, S positions of
the keys, C hidden, H heads, D head size.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from groundup.nn.config import TransformerConfig
from groundup.nn.dropout import make_dropout
from groundup.nn.kv_cache import LayerCache
from groundup.nn.layout import Layout
from groundup.nn.linear import BiasOnly, Linear
from groundup.nn.norm import make_norm
from groundup.nn.rotary import make_rotary
from groundup.nn.varlen import attend_varlen, varlen_serves

MIN_BF16_TOKENS = 1024  # a smaller group is computed in float32, even where training runs in bfloat16
Bias = Callable[[Tensor], Tensor]  # distances of keys after queries -> a bias of the scores per head


class Projections(nn.Module):
    """The linear layers that make queries, keys and values, and the output."""

    by_head: ClassVar[dict[str, int]] = {
        f"{layer}.{leaf}": 0 for layer in ("query", "key", "value") for leaf in ("weight", "bias")
    }
    by_head |= {"output.weight": 1}
    """Parameters that fall into pieces of one head each -> along which axis; all others serve every head."""

    def __init__(self, config: TransformerConfig):
        super().__init__()
        size, self.head_size = config.hidden_size, config.head_width
        self.query = Linear(size, config.num_heads * self.head_size, bias=config.bias)
        self.key = Linear(size, config.kv_heads * self.head_size, bias=config.bias)
        self.value = Linear(size, config.kv_heads * self.head_size, bias=config.bias)
        self.output = Linear(config.num_heads * self.head_size, size, bias=config.bias)


class Attention(Projections):
    """Self-attention within each sequence: [N, C] -> [N, C]."""

    def __init__(self, config: TransformerConfig, window: int = 0):
        super().__init__(config)
        self.rotate = make_rotary(config, window)
        self.mask_fn = make_mask_fn(config.causal, window)
        self.causal, self.drops_weights = config.causal, config.attention_dropout > 0
        self.window, self.causal_kernel = window, config.causal and not window  # kernels have a causal mask of their own
        self.attend = make_attend(config)
        self.scale = config.attention_scale or config.head_width**-0.5
        self.query_norm = make_norm(config, config.head_width) if config.query_key_norm else None
        self.key_norm = make_norm(config, config.head_width) if config.query_key_norm else None
        self.fused_qkv: nn.Module | None = None  # queries, keys and values in one product (inference/fused_projections.py)

    def forward(
        self, x: Tensor, layout: Layout, rows: Tensor | None = None, bias: Bias | None = None, cache: LayerCache | None = None
    ) -> Tensor:
        """States [N, C], or [M, C] at `rows` only. `cache` holds keys and values of earlier tokens; those of these tokens are
        added."""
        q, k, v = self.project(x, layout)  # [N, H, D]
        if cache is not None:
            cache.update(k, v, layout)
        if cache is not None and layout.cached_length:
            states = self.attend_step(q, cache, layout, bias)
        else:
            states = self.attend_sequence(q, k, v, layout, bias)
        return self.output(states if rows is None else states.index_select(0, rows))

    def project(self, x: Tensor, layout: Layout) -> tuple[Tensor, Tensor, Tensor]:
        """Queries, keys and values [N, H, D], the first two normalized and rotated."""
        if self.fused_qkv is None or self.query_norm is not None:
            q, k, v = self.split(x)
            return self.rotate(q, layout), self.rotate(k, layout), v
        query_heads, key_heads = self.head_counts()
        qk, v = split_heads(self.fused_qkv(x), self.head_size).split_with_sizes((query_heads + key_heads, key_heads), 1)
        q, k = self.rotate(qk, layout).split_with_sizes((query_heads, key_heads), 1)  # both in one call
        return q, k, v

    def split(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Queries, keys and values [N, H, D], the first two normalized; positions do not matter yet."""
        if self.fused_qkv is None:
            q, k, v = (split_heads(layer(x), self.head_size) for layer in (self.query, self.key, self.value))
        else:
            query_heads, key_heads = self.head_counts()
            q, k, v = split_heads(self.fused_qkv(x), self.head_size).split_with_sizes((query_heads, key_heads, key_heads), 1)
        if self.query_norm is not None and self.key_norm is not None:
            q, k = self.query_norm(q), self.key_norm(k)
        return q, k, v

    def head_counts(self) -> tuple[int, int]:
        """Heads of queries, and of keys."""
        return self.query.out_features // self.head_size, self.key.out_features // self.head_size

    def scores(self, x: Tensor, layout: Layout, bias: Bias | None = None) -> Iterator[Tensor]:
        """Attention scores before the softmax: q k^T * scale [B, H, T, T] for the sequences of each length, -inf where the mask
        forbids it."""
        q, k, _ = self.project(x, layout)
        k = k.repeat_interleave(q.shape[1] // k.shape[1], 1)
        for q_, k_ in zip(layout.by_length(q), layout.by_length(k), strict=True):  # [B, T, H, D]
            scores = q_.transpose(1, 2) @ k_.permute(0, 2, 3, 1) * self.scale
            place = torch.arange(scores.shape[-1], device=scores.device)
            mask = self.sequence_mask(place - place[:, None], bias)
            if mask is not None:
                scores = scores.masked_fill(~mask, -torch.inf) if mask.dtype == torch.bool else scores + mask
            yield scores

    def attend_sequence(self, q: Tensor, k: Tensor, v: Tensor, layout: Layout, bias: Bias | None) -> Tensor:
        """[N, H D] from queries, keys and values [N, H, D] of whole sequences, block by block."""
        if bias is None and not (self.training and self.drops_weights) and varlen_serves(q):
            scale, grouped = self.scale, q.shape[1] != k.shape[1]
            return attend_varlen(q, k, v, layout, causal=self.causal, window=self.window, scale=scale, grouped=grouped)
        blocks, attended = layout.blocks, []
        for q_, k_, v_, block in zip(*map(blocks.split, (q, k, v)), blocks.parts, strict=True):
            q_, k_, v_ = (t.transpose(1, 2) for t in (q_, k_, v_))  # [B, H, T, D]
            if self.causal_kernel and bias is None:  # padding comes after all tokens, so no token attends to it
                states = self.attend(q_, k_, v_, None, True)
            else:
                place = torch.arange(block.length, device=q.device)
                mask = self.sequence_mask(place - place[:, None], bias)
                states = self.attend(q_, k_, v_, mask if block.mask is None else mask_padding(mask, block.mask))
            attended.append(states.transpose(1, 2).flatten(2))  # [B, T, H D]
        return blocks.join(attended)

    def attend_step(self, q: Tensor, cache: LayerCache, layout: Layout, bias: Bias | None) -> Tensor:
        """[N, H D] for one new token of each sequence: its queries [N, H, D] attend to the whole cache."""
        mask = None
        if layout.is_ragged or self.window or bias is not None:
            if self.window not in layout.decode_masks:
                distance = (
                    torch.arange(layout.cached_length + 1, device=q.device) - layout.positions[:, None, None]
                )  # [B, 1, S]
                layout.decode_masks[self.window] = self.step_mask(distance, bias)
            mask = layout.decode_masks[self.window]
        return self.attend(q.unsqueeze(2), cache.keys, cache.values, mask).flatten(1)  # [B, H, 1, D] -> [B, H D]

    def sequence_mask(self, distance: Tensor, bias: Bias | None) -> Tensor | None:
        """For distances [T, T] of keys after queries: True or a bias where attention is allowed; None where it is allowed
        everywhere."""
        allowed = None if self.mask_fn is None else self.mask_fn(distance)
        if bias is None:
            return allowed
        scores = bias(distance)  # [H, T, T]
        return scores if allowed is None else scores.masked_fill(~allowed, -torch.inf)

    def step_mask(self, distance: Tensor, bias: Bias | None) -> Tensor:
        """The same for one query of each sequence: distances [B, 1, S]; a positive distance is an empty place of the cache."""
        allowed = distance <= 0 if self.mask_fn is None else (distance <= 0) & self.mask_fn(distance)
        if bias is None:
            return allowed[:, None]  # [B, 1, 1, S]
        return bias(distance).transpose(0, 1).masked_fill(~allowed[:, None], -torch.inf)  # [B, H, 1, S]


class NoAttention(nn.Module):
    """Attention after all its heads were pruned: only the bias of its output is left."""

    def __init__(self, config: TransformerConfig):
        super().__init__()
        self.output = BiasOnly(config.hidden_size, config.bias)

    def forward(
        self, x: Tensor, layout: Layout, rows: Tensor | None = None, bias: Bias | None = None, cache: LayerCache | None = None
    ) -> Tensor:
        return self.output(x if rows is None else x[: len(rows)])


class CrossAttention(Projections):
    """Attention of the decoder to the encoder's states of the same sequence: [N, C] -> [N, C]."""

    def __init__(self, config: TransformerConfig):
        super().__init__(config)
        self.attend = make_attend(config)

    def forward(self, x: Tensor, layout: Layout, encoder_states: EncoderStates) -> Tensor:
        """Queries are padded to a block [B, T] here, and here only."""
        keys, values = encoder_states.keys_values(self)
        padding = encoder_states.layout.dense.mask
        mask = None if padding is None else padding[:, None, None]  # [B, 1, 1, S]
        q = split_heads(self.query(x), self.head_size)  # [N, H, D]
        if layout.cached_length:  # one token of each sequence: [B, H, 1, D]
            return self.output(self.attend(q.unsqueeze(2), keys, values, mask).flatten(1))
        gather, scatter, _ = layout.dense
        q = q.index_select(0, gather).view(len(layout.lengths), -1, *q.shape[1:]).transpose(1, 2)  # [B, H, T, D]
        states = self.attend(q, keys, values, mask)
        return self.output(states.transpose(1, 2).flatten(0, 1).flatten(1).index_select(0, scatter))


class EncoderStates:
    """Output states [N', C] of the encoder. With `use_cache` the keys and values of each layer are computed once."""

    def __init__(self, states: Tensor, layout: Layout, use_cache: bool = False):
        self.states, self.layout, self.use_cache = states, layout, use_cache
        self.sequences = list(range(len(layout.lengths)))  # the sequences that are still decoded
        self.cache: dict[CrossAttention, tuple[Tensor, Tensor]] = {}

    def keys_values(self, attention: CrossAttention) -> tuple[Tensor, Tensor]:
        """Keys and values [B, H, S, D] of a layer."""
        if attention in self.cache:
            return self.cache[attention]
        pair = []
        for layer in (attention.key, attention.value):
            heads = split_heads(layer(self.states), attention.head_size).index_select(0, self.layout.dense.gather)
            pair.append(heads.view(len(self.layout.lengths), -1, *heads.shape[1:]).transpose(1, 2))
        if self.use_cache:
            self.cache[attention] = (pair[0], pair[1])
        return pair[0], pair[1]

    def select(self, rows: Sequence[int]) -> None:
        """Keep only these sequences, in this order. Keys and values of all layers must be in the cache."""
        before, self.sequences = self.sequences, [self.sequences[i] for i in rows]
        if self.sequences == before:  # beams of the same sequences changed places
            return
        self.layout = Layout([self.layout.lengths[i] for i in rows], self.layout.device)
        longest = self.layout.longest  # the remaining sequences may be shorter than the ones dropped
        order = torch.tensor(rows).to(self.layout.device)
        selected = {layer: (k.index_select(0, order), v.index_select(0, order)) for layer, (k, v) in self.cache.items()}
        self.cache = {layer: (k[:, :, :longest], v[:, :, :longest]) for layer, (k, v) in selected.items()}


def split_heads(x: Tensor, head_size: int) -> Tensor:
    """[N, H D] -> [N, H, D]."""
    return x.view(x.shape[0], -1, head_size)


def make_attend(config: TransformerConfig) -> Callable[..., Tensor]:
    """softmax(q k^T * scale) v, with dropout of the weights where the config asks for it."""
    scale, grouped = config.attention_scale or None, config.kv_heads < config.num_heads
    if config.attention_dropout:
        return AttendWithDropout(config.attention_dropout, scale, grouped)
    return attend if scale is None and not grouped else partial(attend, scale=scale, grouped=grouped)


def attend(
    q: Tensor,
    k: Tensor,
    v: Tensor,
    mask: Tensor | None,
    causal: bool = False,
    scale: float | None = None,
    grouped: bool = False,
) -> Tensor:
    """softmax(q k^T * scale) v in one kernel; scale None is 1 / sqrt(D). With `grouped`, each head of keys serves several
    heads of queries.

    `causal` (without a mask): no query attends to a later key. The fused kernel is slow in bfloat16, so the formula is computed
    step by step there.
    """
    if q.dtype == torch.bfloat16 and q.device.type == "cpu":
        return attention(q, k, v, mask, causal, scale)
    return F.scaled_dot_product_attention(q, k, v, mask, is_causal=causal, scale=scale, enable_gqa=grouped)


def softmax(scores: Tensor) -> Tensor:
    return scores.softmax(-1)


def attention(
    q: Tensor,
    k: Tensor,
    v: Tensor,
    mask: Tensor | None,
    causal: bool = False,
    scale: float | None = None,
    normalize: Callable[[Tensor], Tensor] = softmax,
) -> Tensor:
    """The same step by step; `normalize` turns scores [B, H, T, S] into attention weights.

    With few tokens in bfloat16 it is computed in float32: small groups come in many shapes, and the bfloat16 kernel is built
    anew for each shape.
    """
    if q.dtype == torch.bfloat16 and q.device.type == "cpu" and q.shape[0] * q.shape[2] < MIN_BF16_TOKENS:
        with torch.autocast("cpu", enabled=False):
            return attention(q.float(), k.float(), v.float(), mask, causal, scale, normalize)
    if causal:
        mask = torch.ones(q.shape[2], k.shape[2], dtype=torch.bool, device=q.device).tril()
    if k.shape[1] < q.shape[1]:
        k, v = (t.repeat_interleave(q.shape[1] // t.shape[1], 1) for t in (k, v))
    scores = (q * (scale or q.shape[-1] ** -0.5)) @ k.transpose(-2, -1)  # [B, H, T, S]
    if mask is not None:
        scores = scores.masked_fill(~mask, -torch.inf) if mask.dtype == torch.bool else scores + mask
    return normalize(scores) @ v


class AttendWithDropout(nn.Module):
    """Attention with dropout of the attention weights in training."""

    def __init__(self, rate: float, scale: float | None = None, grouped: bool = False):
        super().__init__()
        self.dropout = make_dropout(rate)
        self.scale, self.grouped = scale, grouped

    def forward(self, q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None, causal: bool = False) -> Tensor:
        if not self.training:
            return attend(q, k, v, mask, causal, self.scale, self.grouped)
        return attention(q, k, v, mask, causal, self.scale, lambda scores: self.dropout(softmax(scores)))


def mask_padding(mask: Tensor | None, is_token: Tensor) -> Tensor:
    """The mask [T, T] or [H, T, T] with padding keys masked out; `is_token` [B, T]. Each position may attend to itself, so
    that no softmax runs over an empty set (a padding query in a window would have one)."""
    is_token = is_token[:, None, None]  # [B, 1, 1, T]
    if mask is None:
        return is_token
    if mask.dtype == torch.bool:
        return mask & (is_token | torch.eye(mask.shape[-1], dtype=torch.bool, device=mask.device))
    return mask.masked_fill(~is_token, -torch.inf)


def make_mask_fn(causal: bool, window: int) -> Callable[[Tensor], Tensor] | None:
    """A function: distances of keys after queries -> whether attention is allowed. None where it is allowed everywhere."""
    if not causal and not window:
        return None

    def allowed(distance: Tensor) -> Tensor:
        visible = distance <= 0 if causal else torch.ones_like(distance, dtype=torch.bool)
        return visible & (distance.abs() <= window) if window else visible

    return allowed
