"""Attention weights, alone and with what else a block does. They show where a model looks.

W windows, L layers, H heads, T positions, N rows of all windows.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from groundup.explain.explanation import Explanation
from groundup.explain.methods.common import make_explanation, sum_by_unit
from groundup.explain.patching import observed_attention, patched
from groundup.explain.subject import EmbeddedSubject
from groundup.nn.layout import Layout

NOTICE = "where a model looks is not an explanation by itself: heads look at what they do not use"


def attention(subject: EmbeddedSubject) -> Explanation:
    """The weights with which the places that are read look at each part, as a mean over layers and heads."""
    value, weights, _ = attention_weights(subject)
    scores, rest = sum_by_unit(subject, readout_scores(subject, [one.mean((0, 1)) for one in weights]))
    return make_explanation(
        subject, "attention", scores, value, checks=row_sum_error(weights) | {"special": rest}, notice=NOTICE
    )


def rollout(subject: EmbeddedSubject) -> Explanation:
    """Attention through all layers: the product of (A + I) / 2, A the mean over heads (Abnar and Zuidema, 2020,
    arXiv:2005.00928)."""
    value, weights, _ = attention_weights(subject)
    scores, rest = sum_by_unit(
        subject, readout_scores(subject, [matrix_product((one.mean(1) + torch.eye(one.shape[-1])) / 2) for one in weights])
    )
    return make_explanation(subject, "rollout", scores, value, checks=row_sum_error(weights) | {"special": rest}, notice=NOTICE)


def gradient_attention(subject: EmbeddedSubject) -> Explanation:
    """Attention weights times their gradients, where both speak for the target: the product of I + mean over heads of
    (A * gradient of A)+ over all layers, less I (Chefer et al., 2021, arXiv:2103.15679). Never negative, and not in the unit of
    the target."""
    value, weights, slopes = attention_weights(subject, gradients=True)
    maps = []
    for one, slope in zip(weights, slopes, strict=True):
        whole = torch.eye(one.shape[-1])
        maps.append(matrix_product(whole + (one * slope).clamp(min=0).mean(1)) - whole)
    scores, rest = sum_by_unit(subject, readout_scores(subject, maps))
    return make_explanation(
        subject,
        "gradient_attention",
        scores,
        value,
        checks=row_sum_error(weights) | {"special": rest},
        notice="only what speaks for the target is shown: nothing here speaks against it",
    )


def matrix_product(layers: Tensor) -> Tensor:
    """[T, T] the product of matrices [L, T, T], the last layer on the left."""
    product = layers[0]
    for layer in layers[1:]:
        product = layer @ product
    return product


def readout_scores(subject: EmbeddedSubject, maps: list[Tensor]) -> np.ndarray:
    """[N] what maps [T, T] of the windows say of each row from where the number is read."""
    return np.concatenate([view @ one.double().cpu().numpy() for view, one in zip(subject.readout, maps, strict=True)])


def row_sum_error(weights: list[Tensor]) -> dict[str, float]:
    """How far any row of weights is from adding up to 1."""
    return {"rows_sum_to_1": max(float((one.double().sum(-1) - 1).abs().max()) for one in weights)}


def attention_weights(subject: EmbeddedSubject, gradients: bool = False) -> tuple[float, list[Tensor], list[Tensor]]:
    """The number, the attention weights [L, H, T, T] of each window, and the gradients of the number with respect to them."""
    pairs: list[list[Tensor]] = []
    config, changes = subject.model.config, []
    for block in subject.model.backbone.blocks:
        layer: list[Tensor] = []
        pairs.append(layer)

        def keep(scores: Tensor, weights: Tensor, layer: list[Tensor] = layer) -> Tensor:
            layer.append(weights)
            return weights

        changes.append((block.attention, "attend", observed_attention(config, keep)))
    leaf = subject.rows.detach().clone().requires_grad_(gradients)
    with patched(changes), torch.set_grad_enabled(gradients):
        number = subject.numbers(leaf[None])[0]
    flat = [weights for layer in pairs for weights in layer]
    slopes = list(torch.autograd.grad(number, flat, allow_unused=True)) if gradients else []
    known = [torch.zeros_like(one) if slope is None else slope for one, slope in zip(flat, slopes, strict=False)]
    here, slopes = [one.cpu() for one in flat], [one.cpu() for one in known]
    return float(number.detach()), windows_of(subject, here), windows_of(subject, slopes) if gradients else []


def windows_of(subject: EmbeddedSubject, flat: list[Tensor]) -> list[Tensor]:
    """[L, H, T, T] of each window from the weights of all blocks of all layers, of which the last block may be filling."""
    layout = Layout([stop - start for start, stop in subject.bounds])
    each = len(flat) // len(subject.model.backbone.blocks)
    layers = [[one.detach() for block in flat[at : at + each] for one in block] for at in range(0, len(flat), each)]
    order = {sequence: place for place, sequence in enumerate(layout.sequences)}
    return [torch.stack([layer[order[w]][:, :length, :length] for layer in layers]) for w, length in enumerate(layout.lengths)]
