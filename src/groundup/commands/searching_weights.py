"""The weights of several tasks by cross-validation on the training rows, affordably.

0. The body as it is: a ridge head per task, and what it gets right of rows left out (train/probe.py).
1. A short training with uniform weights: do the training gradients of a task point where the targets' held out rows want to go?
   Tasks that help no target are left out, with their numbers.
2. Successive halving: candidates train the top blocks on kept states of the others, on few folds and updates, then on more.
3. The last ones and uniform weights on all folds with all blocks. Of those within a standard error of the best, the one nearest
   to uniform wins.

Every finished trial is noted in search.json, so a killed search goes on with the next. The test and validation splits are not
opened. K tasks, F folds, M candidates.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from groundup import disk
from groundup.commands.mixing import (
    Part,
    figures_of,
    from_states,
    initial_losses,
    loss_of,
    make_optimizer,
    make_part,
    mixed,
    score_of,
)
from groundup.commands.multitask import Multitask
from groundup.commands.tables import Table
from groundup.data import draws
from groundup.data.tokenize import Encoder
from groundup.errors import InputError
from groundup.folders import make_parents, write_file
from groundup.nn.config import PooledHeadConfig
from groundup.nn.heads import mean_states
from groundup.nn.model import Model
from groundup.objectives.ends import BEGINS, ENDS, Ends
from groundup.strict_json import canonical, read_json
from groundup.train.checkpoint import tensors
from groundup.train.features import Features, cached, refuse_unfit
from groundup.train.loop import train
from groundup.train.probe import Probe, probe
from groundup.train.weighing import Weighed, Weighing, uniform

Weights = dict[str, float]
SCREENED_BLOCKS, CHECKPOINTS = 2, 3
GRADIENT_ROWS, PROBED = 256, 1500  # rows of a gradient; sequences or tokens of a probe
UNIFORM = "uniform"


@dataclass
class Bench:
    """What every trial works with."""

    settings: Multitask
    tables: Mapping[str, Table]
    encoder: Encoder
    model: Model
    steps: int  # of one training
    targets: list[str]
    folds: Mapping[str, np.ndarray]
    home: Path
    say: Callable[[str], None]

    def __post_init__(self):
        self.start = {name: tensor.clone() for name, tensor in tensors(self.model).items()}
        layers = self.model.config.num_layers
        top = max(1, min(layers - 1, max(SCREENED_BLOCKS, round(layers / 4))))
        self.frozen = max(self.settings.freeze, layers - top)
        known = self.home / "search.json"
        self.found: dict = read_json(known) if known.is_file() else {"trials": {}}
        self.kept: dict[str, Features] = {}
        self.reset(self.frozen)
        self.keeps = can_keep(self.model)

    def once(self, name: str, make: Callable[[], dict]) -> dict:
        """A finding, made and noted once."""
        if name not in self.found:
            self.found[name] = make()
            self.note()
        return self.found[name]

    def note(self) -> None:
        make_parents(self.home)
        write_file(self.home / "search.json", canonical(self.found))

    def part(self, name: str, fold: int, held: bool, kept: bool) -> Part:
        """The rows of a fold, or (not `held`) of all others; `kept`: from states after the frozen blocks."""
        table, chosen = self.tables[name], (self.folds[name] == fold) == held
        rows = np.flatnonzero(chosen)
        texts, targets = table.texts_of("train"), table.targets_of("train")
        part = make_part(self.settings, name, table.task, [texts[i] for i in rows], [targets[i] for i in rows], self.encoder)
        return from_states(part, self.states(name), chosen) if kept and self.keeps else part

    def states(self, name: str) -> Features:
        """The states of all training rows of a task after the frozen blocks."""
        if name not in self.kept:
            self.reset(self.frozen)
            table = self.tables[name]
            part = make_part(self.settings, name, table.task, table.texts_of("train"), table.targets_of("train"), self.encoder)
            make_parents(self.home / "features")
            self.kept[name] = cached(self.home / "features" / name, self.model, part.rows, show=self.say)
        return self.kept[name]

    def reset(self, frozen: int) -> None:
        """The weights of the start, so many blocks frozen."""
        with torch.no_grad():
            for name, tensor in tensors(self.model).items():
                tensor.copy_(self.start[name])
        self.model.freeze(frozen)


def can_keep(model: Model) -> bool:
    """Whether the states after its frozen blocks can be kept."""
    try:
        refuse_unfit(model)
    except InputError:
        return False
    return True


def search(bench: Bench) -> tuple[Weights, dict]:
    """The weights of the tasks that stay, and all that was found on the way."""
    settings, names = bench.settings.search, list(bench.tables)
    probes = bench.once("probes", lambda: probe_all(bench))
    cosines = bench.once("cosines", lambda: screen(bench, names)) if settings.screen and len(names) > 1 else {}
    dropped = unhelpful(names, bench.targets, probes, cosines) if settings.screen else {}
    staying = [name for name in names if name not in dropped]
    for name, why in dropped.items():
        bench.say(f"    {name} is left out: {why}")
    chosen, table = ({staying[0]: 1.0}, []) if len(staying) == 1 else choose(bench, staying)
    if (bench.home / "features").is_dir():
        bench.kept.clear()
        disk.remove_tree(bench.home / "features")
    told = {"probes": probes, "cosines": cosines, "dropped": dropped, "rounds": table, "chosen": chosen,
            "seconds": round(sum(trial["seconds"] for trial in bench.found["trials"].values())
                             + sum(bench.found.get("seconds", {}).values()), 1)}  # fmt: skip
    return chosen, told


# Step 0


def probe_all(bench: Bench) -> dict[str, dict]:
    """A ridge head per task on the states of the body as it is."""
    start, found = time.monotonic(), {}
    bench.reset(bench.settings.freeze)
    for name, table in bench.tables.items():
        part = make_part(bench.settings, name, table.task, table.texts_of("train"), table.targets_of("train"), bench.encoder)
        found[name] = probe(*body_states(bench.model, part), bench.settings.seed).as_dict()
        told = Probe(**{key: value for key, value in found[name].items() if key != "learnable"})
        bench.say(f"    {name}: a ridge head on the body as it is explains {told.gain:.1%} of rows left out (by chance up to "
                  f"{max(0.0, told.chance):.1%})")  # fmt: skip
    bench.found.setdefault("seconds", {})["probes"] = round(time.monotonic() - start, 2)
    return found


def body_states(model: Model, part: Part) -> tuple[np.ndarray, np.ndarray]:
    """[M, C] final states where the head looks (the mean of a sequence for one that pools), and what is wanted there [M, O]."""
    features, wanted, count = [], [], 0
    pools = isinstance(model.head_configs[part.name], PooledHeadConfig)
    model.eval()
    for first in range(0, part.rows.size, 64):
        batch = part.make(part.rows.batch(np.arange(first, min(first + 64, part.rows.size))), part.objective, 0.0)
        places, targets = batch.positions[part.name], batch.targets[part.name]
        with torch.inference_mode():
            states = model.backbone(batch.tokens, batch.layout, batch.segments)  # [N, C]
            told = mean_states(states, places, batch.layout) if pools else states.index_select(0, places)
        numbers = outputs(part, targets.numpy())
        known = np.isfinite(numbers).all(1)
        features.append(told.numpy()[known])
        wanted.append(numbers[known])
        count += int(known.sum())
        if count >= PROBED:
            break
    return np.concatenate(features)[:PROBED], one_hot(np.concatenate(wanted)[:PROBED], part)


def outputs(part: Part, targets: np.ndarray) -> np.ndarray:
    """[M, O] numbers of targets as the objective has them, NaN for none: class numbers, quantities, or the two ends of an answer."""
    if isinstance(part.objective, Ends):
        return np.stack([targets[:, 0] & BEGINS > 0, targets[:, 0] & ENDS > 0], 1).astype(np.float64)
    if targets.ndim == 1:
        return np.where(targets < 0, np.nan, targets)[:, None]
    return targets.astype(np.float64)


def one_hot(numbers: np.ndarray, part: Part) -> np.ndarray:
    """[M, K] for class numbers [M, 1]; other numbers as they are."""
    classes = numbers.shape[1] == 1 and part.task.name in ("classification", "tagging")
    return (numbers == np.unique(numbers)[None, :]).astype(np.float64) if classes else numbers


# Step 1


def screen(bench: Bench, names: Sequence[str]) -> dict[str, dict[str, float]]:
    """Task -> target -> mean cosine of the task's training gradient with the target's gradient on the first fold, over the top
    blocks, at three checkpoints of a short training with uniform weights."""
    start, steps = time.monotonic(), share(bench, bench.settings.search.budget)
    learned = [bench.part(name, 0, False, True) for name in names]
    held = {name: bench.part(name, 0, True, True) for name in bench.targets}
    every = max(1, steps // CHECKPOINTS)
    cosines: dict[str, dict[str, list[float]]] = {name: {target: [] for target in held} for name in names}

    def watch(number: int) -> None:
        if number % every == 0 and number // every <= CHECKPOINTS:
            wanted = {target: gradient(bench.model, part) for target, part in held.items()}
            for part in learned:
                own = gradient(bench.model, part)
                for target, other in wanted.items():
                    cosines[part.name][target].append(float(torch.cosine_similarity(own, other, dim=0)))

    run_trial(bench, uniform(names), learned, steps, bench.frozen, watch)
    bench.found.setdefault("seconds", {})["screen"] = round(time.monotonic() - start, 2)
    return {name: {target: float(np.mean(values)) for target, values in found.items()} for name, found in cosines.items()}


def gradient(model: Model, part: Part) -> torch.Tensor:
    """[P] the gradient of a part's mean loss by the top blocks, without dropout."""
    model.eval()
    blocks = [p for block in list(model.backbone.blocks)[-SCREENED_BLOCKS:] for p in block.parameters() if p.requires_grad]
    if not blocks:
        return torch.zeros(1)
    found = torch.autograd.grad(loss_of(model, part, GRADIENT_ROWS), blocks, allow_unused=True)
    model.train()
    return torch.cat([torch.zeros(p.numel()) if g is None else g.reshape(-1) for p, g in zip(blocks, found, strict=True)])


def unhelpful(names: Sequence[str], targets: Sequence[str], probes: Mapping, cosines: Mapping) -> dict[str, str]:
    """Task -> why it is left out. Where no target would stay, everything does."""
    dropped = {}
    for name in names if cosines else ():
        mean, others = float(np.mean(list(cosines[name].values()))), [c for t, c in cosines[name].items() if t != name]
        own = cosines[name].get(name)
        if mean < 0:
            dropped[name] = f"its gradients point away from the targets' (mean cosine {mean:+.3f})"
        elif not probes[name]["learnable"] and (own or 0.0) <= 0 and (own is not None or max(others) <= 0):
            dropped[name] = (f"nothing was learned of it: a ridge head explains {probes[name]['gain']:.1%} of rows left out, by chance "
                             f"up to {max(0.0, probes[name]['chance']):.1%}, and its own held out rows gain nothing from its "
                             f"gradients (cosine {own or 0.0:+.3f})")  # fmt: skip
    return {} if set(targets) <= set(dropped) else dropped


# Steps 2 and 3


def candidates(bench: Bench, names: Sequence[str]) -> dict[str, Weights]:
    """Uniform, inverse to the noise that a ridge head leaves, each target alone, and draws from Dirichlet(1)."""
    wanted = bench.settings.search.candidates
    floors = {name: max(bench.found["probes"][name]["floor"], 0.05) for name in names}
    found = {UNIFORM: uniform(names), "inverse loss": normalized({name: 1 / floor for name, floor in floors.items()})}
    for name in [target for target in bench.targets if target in names][: wanted // 2]:
        found[f"only {name}"] = {other: float(other == name) for other in names}
    random = np.random.Generator(np.random.Philox(key=draws.key(bench.settings.seed, "weights", *names)))
    number = 0
    while len(found) < wanted:
        number += 1
        found[f"drawn {number}"] = dict(zip(names, random.dirichlet(np.ones(len(names))).tolist(), strict=True))
    return found


def normalized(weights: Weights) -> Weights:
    return {name: value / sum(weights.values()) for name, value in weights.items()}


def choose(bench: Bench, names: Sequence[str]) -> tuple[Weights, list[dict]]:
    """Halve the candidates until few are left, and choose among these and uniform weights."""
    settings, left = bench.settings.search, candidates(bench, names)
    everything, rounds, number = dict(left), list[dict](), 0
    while len(left) > settings.finalists:
        folds, budget = min(settings.folds, 2 + number), min(settings.final, settings.budget * 2**number)
        rounds.append(round_of(bench, left, f"round {number + 1}", folds, budget, bench.frozen))
        means = {one["name"]: one["score"] for one in rounds[-1]["candidates"]}
        best = sorted(left, key=lambda name: -means[name])[: max(settings.finalists, math.ceil(len(left) / 2))]
        left = {name: left[name] for name in left if name in best}
        number += 1
    last = {UNIFORM: everything[UNIFORM]} | left
    rounds.append(round_of(bench, last, "final", settings.folds, settings.final, bench.settings.freeze))
    name = winner(rounds[-1]["candidates"])
    rounds[-1]["winner"] = name
    return last[name], rounds


def round_of(bench: Bench, chosen: Mapping[str, Weights], title: str, folds: int, budget: float, frozen: int) -> dict:
    """Every candidate on so many folds, with so large a share of the updates."""
    steps, told = share(bench, budget), []
    bench.say(f"    search, {title}: {len(chosen)} candidates, {folds} folds, {steps} updates each")
    for name, weights in chosen.items():
        trials = [try_out(bench, f"{title}/{name}/{fold}", weights, fold, steps, frozen) for fold in range(folds)]
        scores = [float(np.mean([trial["scores"][target] for target in bench.targets if target in weights])) for trial in trials]
        error = float(np.std(scores, ddof=1) / math.sqrt(folds)) if folds > 1 else 0.0
        tasks = {task: float(np.mean([trial["scores"][task] for trial in trials])) for task in weights}
        told.append({"name": name, "weights": dict(weights), "score": float(np.mean(scores)), "standard_error": error,
                     "folds": scores, "tasks": tasks})  # fmt: skip
    return {"title": title, "folds": folds, "steps": steps, "all_blocks": frozen == bench.settings.freeze, "candidates": told}


def winner(told: Sequence[Mapping]) -> str:
    """Of the candidates within one standard error of the best, the one nearest to uniform weights."""
    best = max(told, key=lambda one: one["score"])
    near = [one for one in told if one["score"] >= best["score"] - best["standard_error"]]
    return min(near, key=lambda one: (round(distance(one["weights"]), 12), -one["score"]))["name"]


def distance(weights: Weights) -> float:
    """Euclidean distance from 1/K each."""
    return math.dist(list(weights.values()), [1 / len(weights)] * len(weights))


def try_out(bench: Bench, key: str, weights: Weights, fold: int, steps: int, frozen: int) -> dict:
    """Train with these weights on all folds but one and judge on that; or what was found before."""
    if key not in bench.found["trials"]:
        start, kept = time.monotonic(), frozen == bench.frozen
        learned = [bench.part(name, fold, False, kept) for name, weight in weights.items() if weight > 0]
        held = [bench.part(name, fold, True, kept) for name in weights]  # made before, as states are of the start's weights
        run_trial(bench, weights, learned, steps, frozen)
        scores = {part.name: score_of(part, figures_of(bench.model, part, bench.encoder)) for part in held}
        bench.found["trials"][key] = {"scores": scores, "seconds": round(time.monotonic() - start, 2)}
        bench.note()
    return bench.found["trials"][key]


def run_trial(
    bench: Bench, weights: Weights, learned: list[Part], steps: int, frozen: int, watch: Callable[[int], None] | None = None
) -> None:
    """Train the model from its start; it holds the result."""
    settings, model = bench.settings, bench.model
    bench.reset(frozen)
    initial = initial_losses(model, learned)
    rule = Weighing({part.name: weights[part.name] for part in learned})
    objective = Weighed({part.name: part.objective for part in learned}, initial, rule)
    optimizer, schedule = make_optimizer(settings, model)
    updates = train(model, objective, mixed(learned, settings.batch_size, steps), optimizer, schedule,
                    steps=steps, seed=settings.seed, clip=settings.optimizer.clip)  # fmt: skip
    for step in updates:
        if watch is not None:
            watch(step.number)


def share(bench: Bench, part: float) -> int:
    """Updates of a share of a training."""
    return max(1, round(bench.steps * part))
