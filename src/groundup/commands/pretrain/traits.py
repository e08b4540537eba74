"""What settings must know of an objective of pretraining: a row of `OBJECTIVES` for each, free of torch. The class that does it
stands in `objectives.py`. Adding one: docs/guides/add-an-objective.md.

Also how the published models were pretrained, and a fast way: all that they say where the user says nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Annotated

from groundup.config import OneOf
from groundup.objectives.masking import Masking
from groundup.scope import Unfit


@dataclass(frozen=True)
class Regime:
    """What a published or a fast way of pretraining says where the user says nothing."""

    masking: Masking
    gamma: float
    batch_size: int
    learning_rate: float  # `fast`: at width 256
    weight_decay: float
    warmup: float
    decay_start: float
    beta2: float
    epsilon: float
    bias_correction: bool
    embeddings: str


BERT = Regime(Masking(0.15, 0.15, 0.8, 0.1, most=20 / 128), 1.0, 256, 1e-4, 0.01, 0.01, 0.0, 0.999, 1e-6, False, "random")
FAST = Regime(Masking(0.30, 0.15, 1.0, 0.0), 0.2, 32, 2e-3, 0.01, 0.02, 0.45, 0.99, 1e-8, True, "cooccurrence")
GPT2 = replace(
    BERT, gamma=0.0, batch_size=64, learning_rate=6e-4, weight_decay=0.1, beta2=0.95, epsilon=1e-8, bias_correction=True
)
WRITING = replace(FAST, gamma=0.0, weight_decay=0.1, embeddings="random")
OF_TEXT = ("length", "embeddings")  # settings of running text


@dataclass(frozen=True, kw_only=True)
class ObjectiveTraits:
    """How an objective is trained, and which settings mean something for it. The defaults are those of models that write."""

    settings: tuple[str, ...] = OF_TEXT
    """Settings that not every objective has; elsewhere they are refused."""
    paper: Regime = GPT2
    fast: Regime = WRITING
    column: str = ""
    """Setting that names its columns, where --data is a table of rows without labels."""


OBJECTIVES: dict[str, ObjectiveTraits] = {
    "masked": ObjectiveTraits(settings=(*OF_TEXT, "mask_rate", "mask_unit", "pairs", "gamma"), paper=BERT, fast=FAST),
    "replaced": ObjectiveTraits(settings=(*OF_TEXT, "mask_rate", "mask_unit"), paper=BERT, fast=FAST),
    "causal": ObjectiveTraits(),
    "spans": ObjectiveTraits(settings=(*OF_TEXT, "mask_rate")),
    "denoise": ObjectiveTraits(settings=(*OF_TEXT, "mask_rate")),
    "prefix": ObjectiveTraits(),
    "patches": ObjectiveTraits(settings=("mask_rate", "patch_size")),
    "cells": ObjectiveTraits(settings=("mask_rate",), column="table_column"),
}
ObjectiveName = Annotated[str, OneOf(tuple(OBJECTIVES))]
COLUMNS = tuple(dict.fromkeys(traits.column for traits in OBJECTIVES.values() if traits.column))


def unfit_of_objectives() -> Iterator[Unfit]:
    """What is refused of an objective, which is the case: the settings that are of others alone."""
    for setting in dict.fromkeys(name for traits in OBJECTIVES.values() for name in traits.settings):
        having = [name for name, traits in OBJECTIVES.items() if setting in traits.settings]
        why = f"is for the objective{'s' * (len(having) > 1)} {', '.join(having)}"
        yield from (Unfit(name, (setting,), why) for name in OBJECTIVES if name not in having)


def misplaced_columns(objective: str | None, settings_set: set[str]) -> Iterator[tuple[str, str]]:
    """Columns of rows without labels that the named `objective` does not read, and those that it lacks."""
    for setting in COLUMNS:
        having = [name for name, traits in OBJECTIVES.items() if traits.column == setting]
        if setting in settings_set and objective not in having:
            yield setting, f"goes with --objective {' or '.join(having)}"
        elif objective in having and setting not in settings_set:
            yield setting, f"is required: the objective {objective} is learned from the columns of a table"
