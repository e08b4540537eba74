"""Relevance (LRP) of each part, and where the rest of it goes."""

from __future__ import annotations

import torch
from torch import Tensor

from groundup.explain.explanation import Explanation
from groundup.explain.lrp_rules import PATENT_NOTICE, Rules, bias_terms, lrp_patches, softmax_relevance
from groundup.explain.methods.common import make_explanation, sum_by_unit
from groundup.explain.patching import patched, require_gradients
from groundup.explain.subject import EmbeddedSubject


def lrp(subject: EmbeddedSubject, rules: Rules = "lrp") -> Explanation:
    """Relevance that is handed back from the number to the rows, part by part of the model (rules.py).

    It is conserved: the scores, and what special tokens, positions with segments, biases, and the constants of softmaxes
    (AttnLRP) get, add up to the number. `conservation` is what is missing, as a share of the number.
    """
    rows, sinks = subject.rows.detach().clone().requires_grad_(), bias_terms(subject.model)
    scores_and_weights: list[tuple[Tensor, Tensor]] = []
    added = [tensor for several in sinks.values() for tensor in several]
    with require_gradients(added), torch.enable_grad():
        with patched(lrp_patches(subject.model, rules, scores_and_weights)):
            number = subject.numbers(rows[None])[0]
        inner = [tensor for pair in scores_and_weights for tensor in pair]
        slopes = torch.autograd.grad(number, [rows, *added, *inner], allow_unused=True)
    known = [
        torch.zeros_like(one) if slope is None else slope for one, slope in zip([rows, *added, *inner], slopes, strict=True)
    ]
    scores, special = sum_by_unit(subject, (rows.detach() * known[0]).double().sum(-1))
    places = dict(zip(map(id, added), known[1:], strict=False))
    got = {
        name: sum(float((one.detach().double() * places[id(one)]).sum()) for one in several) for name, several in sinks.items()
    }
    pairs = known[1 + len(added) :]
    got["biases"] += subject.offset
    got["softmax"] = softmax_relevance(scores_and_weights, list(zip(pairs[::2], pairs[1::2], strict=True)))
    value = float(number.detach())
    missing = abs(float(scores.sum()) + special + sum(got.values()) - value) / max(abs(value), 1e-12)
    checks = {"conservation": missing, "special": special, **got}
    return make_explanation(subject, rules, scores, value, checks=checks, notice=PATENT_NOTICE)


def cp_lrp(subject: EmbeddedSubject) -> Explanation:
    """LRP with attention weights held (CP-LRP)."""
    return lrp(subject, "cp_lrp")
