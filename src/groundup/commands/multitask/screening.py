"""What tasks have to give before their weights are looked for: what a linear head learns of each, where its gradients point.

M asked rows, C hidden, O outputs, P parameters of the top blocks.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import torch

from groundup.commands.multitask.mixing import Part, losses_of, make_part
from groundup.commands.multitask.trials import SCREENED_BLOCKS, Bench, run_trial, share
from groundup.messages.current import message
from groundup.nn.config import PooledHeadConfig
from groundup.nn.device import device_of
from groundup.nn.heads import mean_pool
from groundup.nn.model import Model
from groundup.objectives.span_cross_entropy import SPAN_END, SPAN_START, SpanCrossEntropy
from groundup.train.linear_probe import linear_probe
from groundup.train.task_weighting import uniform

CHECKPOINTS = 3
GRADIENT_ROWS, PROBED = 128, 1500  # rows of a gradient; sequences or tokens of a probe
SHUFFLES, DEVIATIONS = 9, 2.0  # what chance does to a cosine: its mean over so many shuffles and so many deviations more


def probe_all(bench: Bench) -> dict[str, dict]:
    """A ridge head per task on the states of the body as it is."""
    start, probes = time.monotonic(), {}
    bench.reset(bench.settings.freeze)
    for name, table in bench.tables.items():
        part = make_part(bench.settings, name, table.task, table.texts_of("train"), table.targets_of("train"), table.reader)
        probe = linear_probe(*body_states(bench.model, part), bench.settings.seed)
        probes[name] = probe.as_dict()
        bench.say(f"    {message('probe of task', name=name, gain=probe.gain, most=max(0.0, probe.chance))}")
    bench.results.setdefault("seconds", {})["probes"] = round(time.monotonic() - start, 2)
    return probes


def body_states(model: Model, part: Part) -> tuple[np.ndarray, np.ndarray]:
    """[M, C] final states where the head looks (the mean of a sequence for one that pools), and what is wanted there [M, O]."""
    features, labels, count = [], [], 0
    pools = isinstance(model.head_configs[part.name], PooledHeadConfig)
    model.eval()
    for first in range(0, part.rows.size, 64):
        batch = part.make(part.rows.batch(np.arange(first, min(first + 64, part.rows.size))), part.objective, 0.0)
        batch.move_to(device_of(model))
        places, targets = batch.positions[part.name], batch.targets[part.name]
        with torch.inference_mode():
            states = model.backbone(batch.tokens, batch.layout, batch.segments)  # [N, C]
            pooled = mean_pool(states, places, batch.layout) if pools else states.index_select(0, places)
        numbers = outputs(part, targets.cpu().numpy())
        known = np.isfinite(numbers).all(1)
        features.append(pooled.cpu().numpy()[known])
        labels.append(numbers[known])
        count += int(known.sum())
        if count >= PROBED:
            break
    return np.concatenate(features)[:PROBED], one_hot(np.concatenate(labels)[:PROBED], part)


def outputs(part: Part, targets: np.ndarray) -> np.ndarray:
    """[M, O] numbers of targets as the objective has them, NaN for none: class numbers, quantities, or an answer's ends."""
    if isinstance(part.objective, SpanCrossEntropy):
        return np.stack([targets[:, 0] & SPAN_START > 0, targets[:, 0] & SPAN_END > 0], 1).astype(np.float64)
    if targets.ndim == 1:
        return np.where(targets < 0, np.nan, targets)[:, None]
    return targets.astype(np.float64)


def one_hot(numbers: np.ndarray, part: Part) -> np.ndarray:
    """[M, K] for class numbers [M, 1]; other numbers as they are."""
    classes = numbers.shape[1] == 1 and part.task.traits.answer in ("classes", "tags")
    return (numbers == np.unique(numbers)[None, :]).astype(np.float64) if classes else numbers


def screen(bench: Bench, names: Sequence[str]) -> dict[str, dict]:
    """Task -> what its training gradient has in common with gradients of rows of the first fold, on which it was not trained,
    by the top blocks, in a short training with uniform weights.

    `targets`: cosine with the gradient of each target, the mean over three checkpoints; `others`: its mean over the other
    targets, and `spread`: the deviation of that by chance, labels shuffled; `own`: cosine with the gradient of its own rows at
    the last checkpoint, and `chance`: what this is by chance.
    """
    start, steps = time.monotonic(), share(bench, bench.settings.search.budget)
    learned = [bench.part(name, 0, False, True) for name in names]
    parts = [bench.part(name, 0, True, True) for name in names]
    checkpoints = sorted({max(1, round(steps * n / CHECKPOINTS)) for n in range(1, CHECKPOINTS + 1)})
    cosines = np.zeros((len(checkpoints), len(names), len(names)))  # [checkpoint, task, target]
    chance = np.zeros((len(names), len(names), SHUFFLES))

    def watch(number: int) -> None:
        if number not in checkpoints:
            return
        owns = [next(gradients(bench.model, part, ())) for part in learned]
        for k, part in enumerate(parts):
            gradient, *shuffled = gradients(bench.model, part, range(SHUFFLES if number == steps else 0))
            cosines[checkpoints.index(number), :, k] = [cosine(own, gradient) for own in owns]
            if shuffled:
                chance[:, k] = [[cosine(own, other) for other in shuffled] for own in owns]

    run_trial(bench, uniform(names), learned, steps, bench.frozen, watch)
    bench.results.setdefault("seconds", {})["screen"] = round(time.monotonic() - start, 2)
    return {name: found_of(k, names, bench.targets, cosines, chance) for k, name in enumerate(names)}


def found_of(k: int, names: Sequence[str], targets: Sequence[str], cosines: np.ndarray, chance: np.ndarray) -> dict:
    """The figures of task k."""
    means, others = cosines.mean(0)[k], [names.index(target) for target in targets if target != names[k]]
    return {
        "targets": {target: float(means[names.index(target)]) for target in targets},
        "others": float(means[others].mean()) if others else 0.0,
        "spread": float(chance[k, others].mean(0).std(ddof=1)) if others else 0.0,
        "own": float(cosines[-1, k, k]),
        "chance": float(chance[k, k].mean() + DEVIATIONS * chance[k, k].std(ddof=1)),
    }


def cosine(one: torch.Tensor, other: torch.Tensor) -> float:
    return float(torch.cosine_similarity(one, other, dim=0))


def gradients(model: Model, part: Part, shuffles: Sequence[int]) -> Iterator[torch.Tensor]:
    """[P] the gradient of a part's mean loss by the top blocks, without dropout; then those with shuffled targets."""
    model.eval()
    blocks = [p for block in list(model.backbone.blocks)[-SCREENED_BLOCKS:] for p in block.parameters() if p.requires_grad]
    for loss in losses_of(model, part, GRADIENT_ROWS, shuffles):
        grads = torch.autograd.grad(loss, blocks, allow_unused=True, retain_graph=True) if blocks else ()
        whole = [p.new_zeros(p.numel()) if g is None else g.reshape(-1) for p, g in zip(blocks, grads, strict=True)]
        yield torch.cat(whole) if whole else torch.zeros(1)


def unhelpful(names: Sequence[str], targets: Sequence[str], probes: Mapping, cosines: Mapping) -> dict[str, str]:
    """Task that is no target -> why it is left out: its gradients point away from the targets', or nothing shows in it."""
    dropped = {}
    for name in (name for name in names if cosines and name not in targets):
        if cosines[name]["others"] < 0:
            dropped[name] = message("gradients point away", cosine=cosines[name]["others"])
        elif shows_nothing(probes[name], cosines[name]):
            dropped[name] = told_nothing(probes[name], cosines[name])
    return dropped


def shows_nothing(probe: Mapping, cosines: Mapping) -> bool:
    """Whether neither a linear head nor the gradients of a task say anything of its own held out rows."""
    return not probe["learnable"] and cosines["own"] <= max(0.0, cosines["chance"])


def told_nothing(probe: Mapping, cosines: Mapping) -> str:
    gain, most = probe["gain"], max(0.0, probe["chance"])
    return message("nothing learned of it", gain=gain, most=most, own=cosines["own"], chance=cosines["chance"])
