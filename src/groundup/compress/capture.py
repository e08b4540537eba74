"""Captures internal values of a model on a batch: hidden states, attention scores, relations of queries, keys and values.

All come in the order in which attention sees the stream, which is the same for every model on one layout, so that a student's
can be compared with its teacher's. N tokens of the stream, T positions of a sequence, C hidden, H heads, R relation heads.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor

from groundup.errors import InputError
from groundup.nn.attention import Attention, Bias
from groundup.nn.block import Block
from groundup.nn.embed.embedder import Tokens
from groundup.nn.layout import Layout
from groundup.nn.transformer import Transformer

PARTS = ("query", "key", "value")


@dataclass(frozen=True)
class Probe:
    """Which values to capture. State 0 is the embedding; the last, numbered as many as there are blocks, is normed."""

    states: tuple[int, ...] = ()
    cosine: tuple[int, ...] = ()
    embedding: bool = False
    attention: tuple[int, ...] = ()
    """Numbers of blocks, from 0."""
    windows: tuple[int, ...] = ()
    """Of each of these blocks, how many tokens to each side are compared; 0, or none said: all that it looks at."""
    relation: int | None = None
    """Number of a block."""
    relation_heads: int = 1

    def __bool__(self) -> bool:
        return bool(self.states or self.cosine or self.embedding or self.attention or self.relation is not None)


class Captured(NamedTuple):
    """The states of the whole stream [N, C] in its own order, and the captured values by name (`relation/key`)."""

    states: Tensor
    tensors: dict[str, Tensor]


def capture(backbone: Transformer, tokens: Tokens, layout: Layout, segments: Tensor | None, look: Probe) -> Captured:
    """Run the backbone and keep what is asked for. Numbers of the same look under the same names fit each other."""
    x = backbone.embed_inputs(tokens, layout, segments)
    states_by_name: dict[str, Tensor] = {}
    states, blocks = [x], list(backbone.forward_blocks())
    for number, block in enumerate(blocks):
        if number in look.attention:
            place = look.attention.index(number)
            window = look.windows[place] if look.windows else 0
            scores = attention_scores(attention_of(block, number), block.before_attention(x), layout, backbone.bias, window)
            states_by_name[f"attention/{place:03d}"] = scores
        if number == look.relation:
            states_by_name |= {
                f"relation/{part}": logs
                for part, logs in relations(attention_of(block, number), block.before_attention(x), layout, look.relation_heads)
            }
        x = block(x, layout, None, backbone.bias)
        states.append(x)
    states[-1] = x = backbone.norm(x)
    for name, numbers in (("states", look.states), ("cosine", look.cosine), ("embedding", (0,) * look.embedding)):
        states_by_name |= {f"{name}/{place:03d}": states[number][: layout.num_tokens] for place, number in enumerate(numbers)}
    return Captured(layout.scatter(x), states_by_name)


def term_counts(states_by_name: dict[str, Tensor], layout: Layout, look: Probe) -> dict[str, int]:
    """What the sum of each term is divided by: tokens, times layers (states), or parts and heads (relations); of attention
    scores their number."""
    counts: dict[str, int] = {}
    for name, values in states_by_name.items():
        kind = name.split("/")[0]
        each = values.numel() if kind == "attention" else layout.num_tokens * (look.relation_heads if kind == "relation" else 1)
        counts[kind] = counts.get(kind, 0) + each
    return counts


def attention_of(block: Block, number: int) -> Attention:
    """A block's attention. Raises InputError when its heads were all pruned."""
    if not isinstance(block.attention, Attention):
        raise InputError(
            "NO_HEADS",
            f"layer {number}",
            "its attention heads were all pruned",
            "choose a recipe that looks at no attention (logits, distilbert)",
        )
    return block.attention


def relations(attention: Attention, x: Tensor, layout: Layout, heads: int) -> Iterator[tuple[str, Tensor]]:
    """log softmax(A A^T / sqrt(d)) within each sequence, for A the queries, keys and values, their heads laid side by side and
    split into R others, flat (MiniLMv2: Wang et al., 2020, arXiv:2012.15828)."""
    for part, whole in zip(PARTS, attention.split(x), strict=True):
        matrices = []
        for states in layout.by_length(whole.flatten(1)):  # [B, T, C]
            split = states.unflatten(-1, (heads, -1)).transpose(1, 2)  # [B, R, T, d]
            matrices.append((split @ split.transpose(-2, -1) * split.shape[-1] ** -0.5).log_softmax(-1).flatten())
        yield part, torch.cat(matrices)


def attention_scores(attention: Attention, x: Tensor, layout: Layout, bias: Bias | None, window: int = 0) -> Tensor:
    """The scores before the softmax, as far as tokens look at each other and within the window, flat (TinyBERT: Jiao et al.,
    2019, arXiv:1909.10351)."""
    matrices = []
    for scores in attention.scores(x, layout, bias):  # [B, H, T, T]
        if window:
            place = torch.arange(scores.shape[-1], device=scores.device)
            scores = scores.masked_fill((place - place[:, None]).abs() > window, -torch.inf)
        matrices.append(scores[scores > -torch.inf])
    return torch.cat(matrices)
