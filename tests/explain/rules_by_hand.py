"""Relevance by the explicit rules of AttnLRP and CP-LRP, layer by layer and without a gradient.

One sequence of T tokens; every function takes what went in and the relevance of what came out, and gives that of what went in.
"""

import torch

from groundup.nn.activation import ACTIVATIONS

TINY = 1e-13


def safe(z):
    """z, away from zero."""
    return z + TINY * torch.where(z < 0, -1.0, 1.0)


def linear(x, weight, bias, relevance):
    """The epsilon rule; what a bias gets is lost here."""
    z = x @ weight.T + (0 if bias is None else bias)
    return x * ((relevance / safe(z)) @ weight)


def addition(one, other, relevance):
    share = relevance / safe(one + other)
    return one * share, other * share


def product(a, b, relevance):
    """Of a @ b: half to each."""
    share = relevance / safe(2 * (a @ b))
    return a * (share @ b.transpose(-2, -1)), b * (a.transpose(-2, -1) @ share)


def softmax(scores, weights, relevance):
    return scores * (relevance - weights * relevance.sum(-1, keepdim=True))


def norm_matrix(norm, x):
    """[C, C] of each row of x: the norm as a linear map, its spread a number."""
    size, centering = x.shape[-1], 0.0
    if isinstance(norm, torch.nn.LayerNorm):
        centering = torch.full((size, size), 1 / size, dtype=x.dtype)
    centered = x - (x.mean(-1, keepdim=True) if isinstance(norm, torch.nn.LayerNorm) else 0)
    spread = (centered.square().mean(-1) + norm.eps).sqrt()
    return norm.weight[:, None] * (torch.eye(size, dtype=x.dtype) - centering) / spread[:, None, None]


def normed(norm, x, relevance):
    if isinstance(norm, torch.nn.Identity):
        return relevance
    matrices = norm_matrix(norm, x)
    z = norm(x)
    return x * torch.einsum("tj,tji->ti", relevance / safe(z), matrices)


def heads(x, count):
    return x.view(len(x), count, -1).transpose(0, 1)


class Attended:
    """The attention of a block on x [T, C], step by step; positions are not turned."""

    def __init__(self, part, config, x):
        self.part, self.config, self.x = part, config, x
        self.q = heads(part.query(x), config.num_heads) * config.head_width**-0.5
        self.k, self.v = heads(part.key(x), config.num_heads), heads(part.value(x), config.num_heads)
        self.scores = self.q @ self.k.transpose(-2, -1)
        self.unseen = torch.ones(len(x), len(x)).triu(1).bool() if config.causal else torch.zeros(len(x), len(x)).bool()
        self.weights = self.scores.masked_fill(self.unseen, -torch.inf).softmax(-1)
        self.states = (self.weights @ self.v).transpose(0, 1).flatten(1)
        self.out = part.output(self.states)

    def back(self, relevance, rules):
        part, count = self.part, self.config.num_heads
        states = heads(linear(self.states, part.output.weight, part.output.bias, relevance), count)
        if rules == "cp_lrp":  # the weights are numbers: all goes to the values
            values = self.v * (self.weights.transpose(-2, -1) @ (states / safe(self.weights @ self.v)))
            return linear(self.x, part.value.weight, part.value.bias, values.transpose(0, 1).flatten(1))
        weights, values = product(self.weights, self.v, states)
        scores = softmax(self.scores.masked_fill(self.unseen, 0), self.weights, weights)
        queries, keys = product(self.q, self.k.transpose(-2, -1), scores)
        flat = [one.transpose(0, 1).flatten(1) for one in (queries, keys.transpose(-2, -1), values)]
        layers = (part.query, part.key, part.value)
        return sum(linear(self.x, layer.weight, layer.bias, one) for layer, one in zip(layers, flat))


def feed_forward_back(part, config, x, relevance):
    activation, inner = ACTIVATIONS[config.activation], part.input(x)
    if not config.gated:
        inside = linear(activation(inner), part.output.weight, part.output.bias, relevance)
        return linear(x, part.input.weight, part.input.bias, inside)
    gate = part.gate(x)
    inside = linear(activation(inner) * gate, part.output.weight, part.output.bias, relevance) / 2
    return linear(x, part.input.weight, part.input.bias, inside) + linear(x, part.gate.weight, part.gate.bias, inside)


class Passed:
    """A block on x [T, C], and the way back."""

    def __init__(self, block, config, x):
        self.block, self.config, self.x = block, config, x
        self.first = block.before_attention(x)
        self.attended = Attended(block.attention, config, self.first)
        self.middle = block.after_attention(x + self.attended.out)
        self.second = block.before_feed_forward(self.middle)
        self.fed = block.feed_forward(self.second)
        self.out = block.after_feed_forward(self.middle + self.fed)

    def back(self, relevance, rules):
        block = self.block
        relevance = normed(block.after_feed_forward, self.middle + self.fed, relevance)
        middle, fed = addition(self.middle, self.fed, relevance)
        fed = feed_forward_back(block.feed_forward, self.config, self.second, fed)
        middle = middle + normed(block.before_feed_forward, self.middle, fed)
        middle = normed(block.after_attention, self.x + self.attended.out, middle)
        x, attended = addition(self.x, self.attended.out, middle)
        return x + normed(block.before_attention, self.x, self.attended.back(attended, rules))


def relevance(model, ids, rules, last=False):
    """[T] of the tokens, for output 1 less output 2 of the model's one head, at the first token or at the last."""
    backbone, config = model.backbone, model.config
    embed = backbone.embed
    rows = embed.tokens.weight[ids]
    parts = embed.positions(torch.arange(len(ids))), embed.segments(None)
    added = sum((part for part in parts if part is not None), torch.zeros_like(rows))
    passed, x = [], embed.norm(rows + added)
    for block in backbone.blocks:
        passed.append(Passed(block, config, x))
        x = passed[-1].out
    states, (head,) = backbone.norm(x), model.heads.values()
    at, back = -1 if last else 0, torch.zeros_like(states)
    if last:
        weight, state = (embed.tokens.weight if head.weight is None else head.weight)[1:3], states[at]
        logits = torch.nn.functional.linear(state, weight)
        back[at] = linear(state, weight, None, logits * torch.tensor([1.0, -1.0]))
    else:
        pooled = torch.tanh(backbone.pooler(states[at]))
        logits = head.classes(pooled)
        inside = linear(pooled, head.classes.weight, head.classes.bias, logits * torch.tensor([0.0, 1.0, -1.0]))
        back[at] = linear(states[at], backbone.pooler.weight, backbone.pooler.bias, inside)
    back = normed(backbone.norm, x, back)
    for block in reversed(passed):
        back = block.back(back, rules)
    back = normed(embed.norm, rows + added, back)
    return addition(rows, added, back)[0].sum(-1)
