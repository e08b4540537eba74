"""Multi-head attention over a Layout: softmax(q k^T / sqrt(D)) v (Vaswani et al., 2017, arXiv:1706.03762).

N tokens of the stream, M asked rows of it, B sequences, T positions, S positions of what is looked at, C hidden, H heads,
D head size.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from groundup.nn.config import Rotary, TransformerConfig
from groundup.nn.dropout import make_dropout
from groundup.nn.kv_cache import LayerCache
from groundup.nn.layout import Layout
from groundup.nn.linear import BiasOnly, Linear
from groundup.nn.norm import make_norm

MIN_BF16_TOKENS = 1024  # tokens of a group from which its products are done in bfloat16, where these are asked for
Bias = Callable[[Tensor], Tensor]  # distances of keys after queries -> what is added to the scores, per head


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
    """Each token looks at the tokens of its own sequence: [N, C] -> [N, C]."""

    def __init__(self, config: TransformerConfig, window: int = 0):
        super().__init__(config)
        self.rotate = make_rotary(config, window)
        self.mask_fn = make_mask_fn(config.causal, window)
        self.window, self.causal_kernel = window, config.causal and not window  # the latter kernels know by themselves
        self.attend = make_attend(config)
        self.scale = config.attention_scale or config.head_width**-0.5
        self.query_norm = make_norm(config, config.head_width) if config.query_key_norm else None
        self.key_norm = make_norm(config, config.head_width) if config.query_key_norm else None
        self.fused_qkv: nn.Module | None = None  # queries, keys and values in one product (inference/fused_projections.py)

    def forward(
        self, x: Tensor, layout: Layout, rows: Tensor | None = None, bias: Bias | None = None, cache: LayerCache | None = None
    ) -> Tensor:
        """States [N, C], or [M, C] at the asked rows only. `memory` holds the tokens before these, and will hold these."""
        q, k, v = self.project(x, layout)  # [N, H, D]
        if cache is not None:
            cache.update(k, v, layout)
        if cache is not None and layout.cached_length:
            states = self.attend_step(q, cache, layout, bias)
        else:
            states = self.attend_sequence(q, k, v, layout, bias)
        return self.output(states if rows is None else states.index_select(0, rows))

    def project(self, x: Tensor, layout: Layout) -> tuple[Tensor, Tensor, Tensor]:
        """Queries, keys and values [N, H, D], the first two with their norms and rotated."""
        if self.fused_qkv is None or self.query_norm is not None:
            q, k, v = self.split(x)
            return self.rotate(q, layout), self.rotate(k, layout), v
        asking, asked = (layer.out_features // self.head_size for layer in (self.query, self.key))  # heads
        both, v = split_heads(self.fused_qkv(x), self.head_size).split_with_sizes((asking + asked, asked), 1)
        q, k = self.rotate(both, layout).split_with_sizes((asking, asked), 1)
        return q, k, v

    def split(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Queries, keys and values [N, H, D], the first two with their norms; places do not matter yet."""
        if self.fused_qkv is None:
            q, k, v = (split_heads(layer(x), self.head_size) for layer in (self.query, self.key, self.value))
        else:
            asking, asked = (layer.out_features // self.head_size for layer in (self.query, self.key))
            q, k, v = split_heads(self.fused_qkv(x), self.head_size).split_with_sizes((asking, asked, asked), 1)
        if self.query_norm is not None and self.key_norm is not None:
            q, k = self.query_norm(q), self.key_norm(k)
        return q, k, v

    def scores(self, x: Tensor, layout: Layout, bias: Bias | None = None) -> Iterator[Tensor]:
        """What the softmax is taken of: q k^T * scale [B, H, T, T] of the sequences of each length; -inf where a token may not
        look."""
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
        """[N, H D] from queries, keys and values [N, H, D] of whole sequences, group by group."""
        blocks, attended = layout.blocks, []
        for q_, k_, v_, block in zip(*map(blocks.split, (q, k, v)), blocks.parts, strict=True):
            q_, k_, v_ = (t.transpose(1, 2) for t in (q_, k_, v_))  # [B, H, T, D]
            if self.causal_kernel and bias is None:  # no token sees what fills up, which comes after it
                states = self.attend(q_, k_, v_, None, True)
            else:
                place = torch.arange(block.length, device=q.device)
                mask = self.sequence_mask(place - place[:, None], bias)
                states = self.attend(q_, k_, v_, mask if block.mask is None else mask_padding(mask, block.mask))
            attended.append(states.transpose(1, 2).flatten(2))  # [B, T, H D]
        return blocks.join(attended)

    def attend_step(self, q: Tensor, cache: LayerCache, layout: Layout, bias: Bias | None) -> Tensor:
        """[N, H D] from the queries [N, H, D] of one token of each sequence, at all that is remembered."""
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
        """For distances [T, T] of keys after queries: True or a bias where a token may look, None where that is everywhere."""
        seen = None if self.mask_fn is None else self.mask_fn(distance)
        if bias is None:
            return seen
        scores = bias(distance)  # [H, T, T]
        return scores if seen is None else scores.masked_fill(~seen, -torch.inf)

    def step_mask(self, distance: Tensor, bias: Bias | None) -> Tensor:
        """The same for one query of each of several sequences: distances [B, 1, S], of which positive ones are no token."""
        seen = distance <= 0 if self.mask_fn is None else (distance <= 0) & self.mask_fn(distance)
        if bias is None:
            return seen[:, None]  # [B, 1, 1, S]
        return bias(distance).transpose(0, 1).masked_fill(~seen[:, None], -torch.inf)  # [B, H, 1, S]


class NoAttention(nn.Module):
    """Attention whose heads are all gone: its output's bias is left."""

    def __init__(self, config: TransformerConfig):
        super().__init__()
        self.output = BiasOnly(config.hidden_size, config.bias)

    def forward(
        self, x: Tensor, layout: Layout, rows: Tensor | None = None, bias: Bias | None = None, cache: LayerCache | None = None
    ) -> Tensor:
        return self.output(x if rows is None else x[: len(rows)])


class CrossAttention(Projections):
    """Each token looks at all states of another stack that belong to its sequence: [N, C] -> [N, C]."""

    def __init__(self, config: TransformerConfig):
        super().__init__(config)
        self.attend = make_attend(config)

    def forward(self, x: Tensor, layout: Layout, encoder_states: EncoderStates) -> Tensor:
        """Queries in a block [B, T]; only here and only in this block is there padding."""
        keys, values = encoder_states.keys_values(self)
        inside = encoder_states.layout.dense.mask
        mask = None if inside is None else inside[:, None, None]
        q = split_heads(self.query(x), self.head_size)  # [N, H, D]
        if layout.cached_length:  # one token of each sequence: [B, H, 1, D]
            return self.output(self.attend(q.unsqueeze(2), keys, values, mask).flatten(1))
        gather, scatter, _ = layout.dense
        q = q.index_select(0, gather).view(len(layout.lengths), -1, *q.shape[1:]).transpose(1, 2)  # [B, H, T, D]
        states = self.attend(q, keys, values, mask)
        return self.output(states.transpose(1, 2).flatten(0, 1).flatten(1).index_select(0, scatter))


class EncoderStates:
    """States [N', C] of another stack, as its attention saw them. With `kept`, keys and values are computed once."""

    def __init__(self, states: Tensor, layout: Layout, use_cache: bool = False):
        self.states, self.layout, self.use_cache = states, layout, use_cache
        self.sequences = list(range(len(layout.lengths)))  # those that are still looked at
        self.cache: dict[CrossAttention, tuple[Tensor, Tensor]] = {}

    def keys_values(self, attention: CrossAttention) -> tuple[Tensor, Tensor]:
        """Keys and values [B, H, S, D] of a layer."""
        if attention in self.cache:
            return self.cache[attention]
        found = []
        for layer in (attention.key, attention.value):
            heads = split_heads(layer(self.states), attention.head_size).index_select(0, self.layout.dense.gather)
            found.append(heads.view(len(self.layout.lengths), -1, *heads.shape[1:]).transpose(1, 2))
        if self.use_cache:
            self.cache[attention] = (found[0], found[1])
        return found[0], found[1]

    def select(self, rows: Sequence[int]) -> None:
        """Go on with these sequences, in this order. All keys and values are kept by now."""
        before, self.sequences = self.sequences, [self.sequences[i] for i in rows]
        if self.sequences == before:  # beams of the same sequences changed places
            return
        self.layout = Layout([self.layout.lengths[i] for i in rows], self.layout.device)
        longest, order = self.layout.longest, torch.tensor(rows)  # those that go on may be shorter than those that ended
        chosen = {layer: (k.index_select(0, order), v.index_select(0, order)) for layer, (k, v) in self.cache.items()}
        self.cache = {layer: (k[:, :, :longest], v[:, :, :longest]) for layer, (k, v) in chosen.items()}


def split_heads(x: Tensor, head_size: int) -> Tensor:
    """[N, H D] -> [N, H, D]."""
    return x.view(x.shape[0], -1, head_size)


def make_attend(config: TransformerConfig) -> Callable[..., Tensor]:
    """softmax(q k^T * scale) v, with dropout of the weights where the config asks for it."""
    scale, shared = config.attention_scale or None, config.kv_heads < config.num_heads
    if config.attention_dropout:
        return AttendWithDropout(config.attention_dropout, scale, shared)
    return attend if scale is None and not shared else partial(attend, scale=scale, shared=shared)


def attend(
    q: Tensor,
    k: Tensor,
    v: Tensor,
    mask: Tensor | None,
    causal: bool = False,
    scale: float | None = None,
    shared: bool = False,
) -> Tensor:
    """softmax(q k^T * scale) v in one kernel; scale None is 1 / sqrt(D), `shared` heads of keys serve several of queries.

    `causal` (without a mask): no query looks at a later key. In bfloat16 the kernel is slow, so it is done part by part.
    """
    if q.dtype == torch.bfloat16:
        return attention(q, k, v, mask, causal, scale)
    return F.scaled_dot_product_attention(q, k, v, mask, is_causal=causal, scale=scale, enable_gqa=shared)


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
    """The same part by part; `share` makes attention weights of the scores [B, H, T, S].

    Of few tokens in bfloat16 it is done in float32: groups of sequences come in ever other shapes, for each of which the kernel
    of bfloat16 is built anew.
    """
    if q.dtype == torch.bfloat16 and q.shape[0] * q.shape[2] < MIN_BF16_TOKENS:
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
    """The same with dropout of the attention weights in training; heads of keys may be shared."""

    def __init__(self, rate: float, scale: float | None = None, shared: bool = False):
        super().__init__()
        self.dropout = make_dropout(rate)
        self.scale, self.shared = scale, shared

    def forward(self, q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None, causal: bool = False) -> Tensor:
        if not self.training:
            return attend(q, k, v, mask, causal, self.scale, self.shared)
        return attention(q, k, v, mask, causal, self.scale, lambda scores: self.dropout(softmax(scores)))


def mask_padding(mask: Tensor | None, inside: Tensor) -> Tensor:
    """The mask [T, T] or [H, T, T] without padding: inside [B, T]. What could see nothing but padding (padding itself, in a
    window) sees itself, for a softmax over nothing is none."""
    inside = inside[:, None, None]  # [B, 1, 1, T]
    if mask is None:
        return inside
    if mask.dtype == torch.bool:
        return mask & (inside | torch.eye(mask.shape[-1], dtype=torch.bool, device=mask.device))
    return mask.masked_fill(~inside, -torch.inf)


def make_mask_fn(causal: bool, window: int) -> Callable[[Tensor], Tensor] | None:
    """distance of a key after a query -> whether it is seen; None when everything is."""
    if not causal and not window:
        return None

    def allowed(distance: Tensor) -> Tensor:
        seen = distance <= 0 if causal else torch.ones_like(distance, dtype=torch.bool)
        return seen & (distance.abs() <= window) if window else seen

    return allowed


class RotaryEmbedding(nn.Module):
    """Turns the pair (x_i, x_{i + D/2}) of each head at position p by the angle p * base^(-2 i / D)."""

    def __init__(self, head_size: int, base: float):
        super().__init__()
        self.head_size, self.base = head_size, base

    def forward(self, x: Tensor, layout: Layout) -> Tensor:
        cos, sin = self.cos_sin(layout)
        pairs = x.view(x.shape[0], -1, 2, self.head_size // 2)
        rotated = RotaryFunction.apply if x.requires_grad else rotate_pairs
        return rotated(pairs, cos.to(x.dtype), sin.to(x.dtype)).view_as(x)

    def cos_sin(self, layout: Layout) -> tuple[Tensor, Tensor]:
        """Cosines and sines [N, 1, D/2] of all angles; the layers share them."""
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
    """Rotation of pairs; its gradient is the rotation back. Three passes over memory instead of twelve."""

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
    turned = x * cos.unsqueeze(2)
    turned.select(2, 0).addcmul_(x.select(2, 1), sin, value=-1)
    turned.select(2, 1).addcmul_(x.select(2, 0), sin)
    return turned


class NoRotary(nn.Module):
    """Queries and keys as they are."""

    def forward(self, x: Tensor, layout: Layout) -> Tensor:
        return x


def make_rotary(config: TransformerConfig, window: int) -> nn.Module:
    """What is done to queries and keys before they meet."""
    if not isinstance(config.positions, Rotary):
        return NoRotary()
    return RotaryEmbedding(config.head_width, config.positions.window_base if window else config.positions.base)
