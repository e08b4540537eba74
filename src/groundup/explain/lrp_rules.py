"""Layer-wise relevance propagation as one backward pass: with these rules in a model, a row times its gradient is its
relevance.

AttnLRP (Achtibat et al., 2024, arXiv:2402.05602): what passes linear layers and sums is split in proportion to what they add
up; an activation passes its relevance on; the spread by which a norm divides is a constant; of a product each factor gets half;
the softmax is expanded at its input. So activations act as lines x f(x) / x, spreads are held, and the gradients of the factors
of each product are halved: of both sides of a gate, of weights and values, and of queries and keys, which lie behind the
weights (a quarter of what they had).
CP-LRP (Ali et al., 2022, arXiv:2202.07304): attention weights are held as well; values get all.

x is what enters a part, B sequences, H heads, T positions.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Literal

import torch
from torch import Tensor

from groundup.explain.patching import Patch, observed_attention
from groundup.nn.attention import Attention
from groundup.nn.block import FeedForward, GatedFeedForward
from groundup.nn.embed.tokens import TokenEmbedder
from groundup.nn.heads import Dense, PooledHead, pool_by_pooler
from groundup.nn.linear import Embedding, LayerNorm, RMSNorm, layer_slots
from groundup.nn.model import Model
from groundup.nn.transformer import DistanceBias, Transformer

Rules = Literal["lrp", "cp_lrp"]
Function = Callable[[Tensor], Tensor]
PATENT_NOTICE = (
    "LRP is patented according to authors of the method, and free for personal and scientific purposes: "
    "whoever makes a product with it has to find out"
)


def lrp_patches(model: Model, rules: Rules, scores_and_weights: list[tuple[Tensor, Tensor]]) -> list[Patch]:
    """What stands in a model while relevance goes back through it. `scores_and_weights` is filled
    with those [B, H, T, T] of each attention whose softmax takes relevance."""
    changes: list[Patch] = []
    for kind in (LayerNorm, RMSNorm):
        changes += [
            (place.owner, place.attribute, partial(constant_scale_norm, place.layer)) for place in layer_slots(model, kind)
        ]
    for part in model.modules():
        match part:
            case GatedFeedForward():
                line = linearized(part.activation)
                changes.append((part, "activation", lambda x, line=line: scale_gradient(line(x), 0.5)))
                changes.append((part, "gate", lambda x, gate=part.gate: scale_gradient(gate(x), 0.5)))
            case PooledHead() if part.pool is pool_by_pooler:
                changes.append((part, "pool", linearized_pooler))
            case Attention():
                changes.append((part, "attend", lrp_attention(model, rules, scores_and_weights)))
            case FeedForward() | Dense():
                changes.append((part, "activation", linearized(part.activation)))
    return changes


def scale_gradient(x: Tensor, share: float) -> Tensor:
    """x, with only this share of its gradient."""
    return share * x + ((1 - share) * x).detach()


def linearized(function: Function) -> Function:
    """f(x) as x times a constant f(x) / x; at 0 the constant is f'(0)."""
    with torch.enable_grad():
        zero = torch.zeros((), requires_grad=True)
        slope = torch.autograd.grad(function(zero), zero)[0]

    def line(x: Tensor) -> Tensor:
        with torch.no_grad():
            share = torch.where(x == 0, slope, function(x) / x)
        return x * share

    return line


def constant_scale_norm(norm: LayerNorm | RMSNorm, x: Tensor) -> Tensor:
    """The norm with its standard deviation, or root of the mean square, held."""
    centered = x - x.mean(-1, keepdim=True) if isinstance(norm, LayerNorm) else x
    epsilon = norm.eps if norm.eps is not None else torch.finfo(x.dtype).eps
    spread = (centered.square().mean(-1, keepdim=True) + epsilon).sqrt().detach()
    y = centered / spread * norm.weight
    return y if isinstance(norm, RMSNorm) or norm.bias is None else y + norm.bias


def linearized_pooler(backbone: Transformer, x: Tensor) -> Tensor:
    """The pooler, its tanh as a line."""
    assert backbone.pooler is not None
    return linearized(torch.tanh)(backbone.pooler(x))


def lrp_attention(model: Model, rules: Rules, scores_and_weights: list[tuple[Tensor, Tensor]]) -> Callable[..., Tensor]:
    """Attention by the rules."""

    def keep(scores: Tensor, weights: Tensor) -> Tensor:
        if rules == "cp_lrp":
            return weights.detach()
        scores_and_weights.append((scores, weights))
        return scale_gradient(weights, 0.5)

    attend = observed_attention(model.config, keep)
    if rules == "cp_lrp":
        return attend

    def halves(q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None, causal: bool = False) -> Tensor:
        return attend(scale_gradient(q, 0.5), scale_gradient(k, 0.5), scale_gradient(v, 0.5), mask, causal)

    return halves


def bias_terms(model: Model) -> dict[str, list[Tensor]]:
    """What is added besides the rows, and so takes relevance: positions and segments, and all biases."""
    embed, backbone = model.backbone.embed, model.backbone
    assert isinstance(embed, TokenEmbedder)
    biases: list[Tensor] = [p for name, p in model.named_parameters() if name.rpartition(".")[2] == "bias"]
    biases += [backbone.bias.weight] if isinstance(backbone.bias, DistanceBias) else []
    tables: list[Tensor] = [part.weight for part in (embed.positions, embed.segments) if isinstance(part, Embedding)]
    tables += embed.positions.buffers()
    return {"positions": tables, "biases": biases}


def softmax_relevance(scores_and_weights: list[tuple[Tensor, Tensor]], slopes: list[tuple[Tensor, Tensor]]) -> float:
    """What softmaxes take: the relevance of their weights less that of their scores, from gradients of both. It is that of the
    constant in the expansion of the softmax, s (1 - x + sum s x) for scores x and weights s."""
    total = 0.0
    for (scores, weights), (of_scores, of_weights) in zip(scores_and_weights, slopes, strict=True):
        finite = scores.detach().masked_fill(torch.isinf(scores), 0)
        total += float((weights.detach().double() * of_weights).sum() - (finite.double() * of_scores).sum())
    return total
