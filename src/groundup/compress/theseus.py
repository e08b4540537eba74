"""BERT-of-Theseus: layers of a fine-tuned model are replaced by fewer ones while it works (Xu et al., 2020, arXiv:2002.02925).

The predecessor's n_t blocks are cut into n_s modules. The successor has one block for each, and begins as a copy of the first
n_s blocks. In each update some modules, drawn at random, are replaced by their successor's block. Only the successor's blocks
are trained; all else is frozen but works as in training, dropout on. The loss is the task's and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import replace
from typing import cast

import numpy as np
from torch import nn

from groundup.compress.layers import NON_BLOCK_PARTS, assemble, require_one_stack
from groundup.compress.settings import TheseusSettings
from groundup.compress.work import Work
from groundup.data import draws
from groundup.errors import InputError
from groundup.messages.current import message
from groundup.nn.block import Block
from groundup.nn.model import Model
from groundup.nn.transformer import Transformer
from groundup.objectives.objective import Batch
from groundup.train.run import Plan, Training

NAME = "theseus"
Batches = Callable[[int], list[Batch]]


class TheseusBackbone(Transformer):
    """A backbone of two sets of blocks. In training the path goes forward the modules that `replaced` names by the successor's
    block, through the others by the predecessor's; in use, through the successor alone."""

    def __init__(self, predecessor: Transformer, layers: int):
        nn.Module.__init__(self)
        for name in NON_BLOCK_PARTS:
            setattr(self, name, getattr(predecessor, name))
        self.max_length = predecessor.max_length
        self.predecessor = predecessor.blocks
        self.blocks = nn.ModuleList(deepcopy(block) for block in list(predecessor.blocks)[:layers])
        self.replaced: Sequence[bool] = [True] * layers

    def forward_blocks(self) -> Sequence[Block]:
        successor, old = (cast("list[Block]", list(blocks)) for blocks in (self.blocks, self.predecessor))
        if not self.training:
            return successor
        size = len(old) // len(successor)
        modules = [old[i * size : (i + 1) * size] for i in range(len(successor))]
        choices = zip(self.replaced, successor, modules, strict=True)
        return [block for new, one, group in choices for block in ([one] if new else group)]


def theseus(work: Work, settings: TheseusSettings) -> Model:
    """The successor of the work's model. Raises InputError when its layers do not divide the model's."""
    model = with_theseus_backbone(work.model, layers_of(work.model, settings.layers))
    ship = model.backbone
    assert isinstance(ship, TheseusBackbone)
    key, size = "theseus at once" if settings.start == 1 else "theseus after", len(ship.predecessor) // len(ship.blocks)
    work.log(message(key, count=len(ship.blocks), size=size, share=settings.full_at))

    def change(training: Training, plan: Plan) -> Training:
        return replace(training, batches=replacement_batches(training, ship, plan.steps, settings, work.seed))

    return extract_successor(work.fit(model, NAME, customize=change))


def layers_of(model: Model, num_layers: int | None) -> int:
    """The successor's number of blocks."""
    require_one_stack(model, "theseus")
    whole = model.config.num_layers
    layers = num_layers or max(1, whole // 2)
    if whole % layers or layers == whole:
        possible = [str(n) for n in range(1, whole) if whole % n == 0]
        fix = f"give one of {', '.join(possible)} with --theseus.layers" if possible else "a model of one block has none"
        what = f"{layers} modules of equal size do not make {whole} blocks"
        raise InputError("LAYERS_DO_NOT_DIVIDE", "theseus.layers", what, fix)
    return layers


def with_theseus_backbone(predecessor: Model, layers: int) -> Model:
    """The model with both predecessor and successor in its backbone. Everything but the successor's blocks is frozen."""
    wrapped = Model(predecessor.config.with_layers(range(layers)), {}, seed=None)
    wrapped.backbone = TheseusBackbone(predecessor.backbone, layers)
    wrapped.heads, wrapped.head_configs = predecessor.heads, dict(predecessor.head_configs)
    wrapped.requires_grad_(False)
    wrapped.backbone.blocks.requires_grad_(True)
    return wrapped.train(predecessor.training)


def replacement_batches(training: Training, ship: TheseusBackbone, steps: int, settings: TheseusSettings, seed: int) -> Batches:
    """The batches of a training; before those of an update, the modules to replace are drawn from (seed, update)."""
    stream, modules = draws.key(seed, "theseus"), np.arange(len(ship.blocks))

    def batches(number: int) -> list[Batch]:
        rate = replacement_rate(number, steps, settings)
        ship.replaced = (draws.uniform(stream, number, modules) < rate).tolist()
        return training.batches(number)

    return batches


def replacement_rate(number: int, steps: int, settings: TheseusSettings) -> float:
    """p = min(1, k t + b), t counted from 0, with k such that it is 1 at the share `full_at` of the updates."""
    risen = (number - 1) / (settings.full_at * steps) if settings.full_at else 1.0
    return min(1.0, settings.start + (1 - settings.start) * risen)


def extract_successor(model: Model) -> Model:
    """The successor as an ordinary model, without a weight of the predecessor's blocks."""
    student = assemble(model.config, model, list(model.backbone.blocks))
    student.requires_grad_(True)
    return student
