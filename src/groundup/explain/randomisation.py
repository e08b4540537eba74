"""The model randomisation test: does an explanation depend on what the model learned? Parts are reinitialised from the top.

An explanation that stays the same when the model forgets everything describes the input and not the model, however plausible it
looks (Adebayo et al., 2018, arXiv:1810.03292). First the heads are drawn anew, then also the blocks from the last to the first,
then the embedding. The rank correlation with the explanation of the trained model should fall to about 0.

N inputs.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from torch import nn

from groundup.evaluate.bootstrap import DRAWS, Interval, resample
from groundup.metrics.correlation import pearson, ranks
from groundup.metrics.scores import row_means
from groundup.nn.initialize import initialize
from groundup.nn.model import Model, refuse_adapted

MAX_STAGES = 4  # in which the blocks are drawn anew: a deep model loses several at once
UNCHANGED = 0.3  # a correlation whose whole interval lies above it means that the map depends on the input alone

Maps = Mapping[str, Sequence[np.ndarray]]
"""By method, the scores [P] of each input."""


@dataclass(frozen=True)
class Stage:
    """How alike the maps are when so much of the model is drawn anew: mean rank correlations by method."""

    name: str
    """'heads', 'blocks 2-3' (with all above), 'embedding' (everything)."""
    scores: Mapping[str, Interval]
    """Of the scores with their signs."""
    sizes: Mapping[str, Interval]
    """Of their sizes."""


def randomisation(
    model: Model, explain: Callable[[Model], Maps], seed: int = 0, num_draws: int = DRAWS, most_steps: int = MAX_STAGES
) -> list[Stage]:
    """The stages in order; `explain` explains the same inputs and the same target by a model that it is given.

    The model itself stays as it is. An input whose map is constant has no correlation and is in no mean. Raises InputError for
    a model with adapters.
    """
    trained = explain(model)
    return [
        compare_maps(name, trained, explain(randomised), seed, num_draws)
        for name, randomised in randomised_models(model, seed, most_steps)
    ]


def randomised_models(model: Model, seed: int = 0, most_steps: int = MAX_STAGES) -> Iterator[tuple[str, Model]]:
    """One copy of the model that forgets more and more, with the name of what it forgot last."""
    refuse_adapted(model, "randomisation")
    randomised = copy.deepcopy(model)
    for name, head in randomised.heads.items():
        initialize(head, randomised.config, seed, f"forgotten/{name}")
    if randomised.backbone.pooler is not None:
        initialize(nn.ModuleDict({"pooler": randomised.backbone.pooler}), randomised.config, seed, "forgotten/pooler")
    yield "heads", randomised.eval()
    blocks = randomised.backbone.blocks
    for group in reversed(np.array_split(np.arange(len(blocks)), min(most_steps, len(blocks)))):
        for number in group.tolist():
            initialize(blocks[number], randomised.config, seed, f"forgotten/blocks.{number}")
        yield blocks_name(group.tolist()), randomised.eval()
    initialize(randomised.backbone, randomised.config, seed, "forgotten/backbone")
    if randomised.encoder is not None and randomised.encoder_config is not None:
        initialize(randomised.encoder, randomised.encoder_config, seed, "forgotten/encoder")
    yield "embedding", randomised.eval()


def blocks_name(group: Sequence[int]) -> str:
    first, last = group[0] + 1, group[-1] + 1
    return f"blocks {first}-{last}" if last > first else f"block {first}"


def compare_maps(name: str, trained: Maps, forgotten: Maps, seed: int = 0, num_draws: int = DRAWS) -> Stage:
    """Mean correlations of the maps of both models, with intervals over the inputs."""
    scores, sizes = {}, {}
    for method, maps in trained.items():
        pairs = list(zip(maps, forgotten[method], strict=True))
        rows = np.array([[correlation(one, other), correlation(np.abs(one), np.abs(other))] for one, other in pairs])
        figures = resample(row_means(["scores", "sizes"], rows), seed, num_draws)
        scores[method], sizes[method] = figures["scores"], figures["sizes"]
    return Stage(name, scores, sizes)


def correlation(one: np.ndarray, other: np.ndarray) -> float:
    """Of ranks (Spearman); nan if one is constant."""
    coefficient = pearson(ranks(np.asarray(one, dtype=np.float64)), ranks(np.asarray(other, dtype=np.float64)))
    return float("nan") if coefficient is None else coefficient


def unchanged_methods(stages: Sequence[Stage]) -> list[str]:
    """Methods whose map hardly changes though the model has forgotten everything."""
    last = stages[-1]

    def alike(interval: Interval) -> bool:
        return interval.low is not None and interval.low > UNCHANGED

    return [method for method in last.scores if alike(last.scores[method]) or alike(last.sizes[method])]


def report_of(stages: Sequence[Stage]) -> dict:
    """What a scorecard's report holds of it under `randomisation`."""
    stage_reports = [
        {
            "name": stage.name,
            "scores": {method: interval.as_dict() for method, interval in stage.scores.items()},
            "sizes": {method: interval.as_dict() for method, interval in stage.sizes.items()},
        }
        for stage in stages
    ]
    return {"stages": stage_reports, "unchanged": unchanged_methods(stages), "limit": UNCHANGED}
