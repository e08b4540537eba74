"""int8: the matrices of a model are rounded to whole numbers with a scale per row (nn/inference/int8.py), and stored so.

Xiao et al., 2022, arXiv:2211.10438 (SmoothQuant): channels that are much larger than others waste the numbers that all share.
They are divided in the norm, and the weights that meet them multiplied.
C hidden, N rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import torch
from torch import nn

from groundup.compress.masks import input_statistics
from groundup.compress.quantize_settings import QuantizeSettings
from groundup.compress.slices import blocks_of, stacks
from groundup.compress.work import Work
from groundup.errors import InputError
from groundup.messages.current import message
from groundup.nn.block import Block
from groundup.nn.inference.int8 import fake_quantize
from groundup.nn.linear import LayerNorm, Linear, RMSNorm
from groundup.nn.model import Model
from groundup.objectives.objective import Batch

SMALLEST = 1e-5


def quantize(work: Work, settings: QuantizeSettings) -> Model:
    """The work's model with rounded matrices; save it with `storage="int8"`.

    Raises InputError when `smooth` is asked of a model whose norms stand after each part.
    """
    if settings.smooth:
        count = smooth_channels(work.model, list(work.batches(-(-settings.examples // work.batch_size))), settings.smooth)
        work.log(message("norms evened", count=count))
    work.log(message("matrices in int8", count=fake_quantize(work.model, settings.search)))
    return work.model


@torch.no_grad()
def smooth_channels(model: Model, batches: Sequence[Batch], share: float) -> int:
    """Divide channel j of what a norm gives by s_j = max|x_j|^share / max|w_j|^(1 - share), and multiply the weights that meet
    it, in place; the model says what it said. How many norms there were."""
    if any(config.norm_place == "after" for config in stacks(model).values()):
        raise InputError(
            "NORMS_AFTER",
            "quantize.smooth",
            "the model's norms stand after each part, where what they give is "
            "also added to what follows, and cannot be divided",
            "leave smoothing out",
        )
    followed = list(norms_and_readers(model))
    layers = {f"{number}": layers[0] for number, (_, layers) in enumerate(followed)}
    with input_statistics(layers, lambda x: x.abs().amax(0), torch.maximum) as largest:
        for batch in batches:
            batch.forward(model)
    for number, (norm, layers) in enumerate(followed):
        weights = torch.stack([layer.weight.abs().amax(0) for layer in layers]).amax(0)  # [C]
        scale = largest[f"{number}"].clamp_min(SMALLEST) ** share / weights.clamp_min(SMALLEST) ** (1 - share)
        for tensor in (norm.weight, norm.bias if isinstance(norm, LayerNorm) else None):
            if tensor is not None:
                tensor.div_(scale)
        for layer in layers:
            layer.weight.mul_(scale)
    return len(followed)


def norms_and_readers(model: Model) -> Iterator[tuple[LayerNorm | RMSNorm, list[Linear]]]:
    """Each norm before a part, and the layers that read what it gives."""
    for stack in stacks(model):
        for block in blocks_of(model, stack):
            assert isinstance(block, Block)
            parts: list[tuple[nn.Module, nn.Module, tuple[str, ...]]] = [
                (block.before_attention, block.attention, ("query", "key", "value")),
                (block.before_feed_forward, block.feed_forward, ("input", "gate")),
            ]
            for norm, part, names in parts:
                layers = [layer for name in names if isinstance(layer := getattr(part, name, None), Linear)]
                if isinstance(norm, LayerNorm | RMSNorm) and layers:
                    yield norm, layers
