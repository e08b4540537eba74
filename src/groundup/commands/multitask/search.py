"""The weights of several tasks by cross-validation on the training rows, affordably.

0. The body as it is: a ridge head per task, and what it gets right of rows left out (train/linear_probe.py).
1. A short training with uniform weights: do the training gradients of a task point where held out rows want to go? A task that
   is no target and helps none is left out, with its numbers.
2. Successive halving: candidates train the top blocks on kept states of the others, on few folds and updates, then on more.
3. The last ones and uniform weights on all folds with all blocks. Of those within a standard error of the best, the one
   nearest to uniform wins. A target of which nothing was learned in 0, 1 and here keeps a hundredth of the loss: its head
   learns as fast with it (Adam's updates do not depend on the size of a loss), and the body hardly hears it.

Every finished trial is noted in search.json, so a killed search resumes with the next. The test and validation splits are not
opened. K tasks, F folds, M candidates.
"""

from __future__ import annotations

import math
import time
from collections.abc import Collection, Mapping, Sequence

import numpy as np

from groundup import disk
from groundup.commands.multitask.mixing import Part, score_of
from groundup.commands.multitask.screening import probe_all, screen, shows_nothing, told_nothing, unhelpful
from groundup.commands.multitask.trials import Bench, Weights, run_trial, share
from groundup.data import draws
from groundup.messages.current import message
from groundup.train.linear_probe import SHUFFLES
from groundup.train.task_weighting import uniform

UNIFORM = "uniform"
LEAST = 0.01  # weight of a target of which nothing can be learned
FEWEST_TO_TELL = 100  # updates without which nothing learned says nothing


def search(bench: Bench) -> tuple[Weights, dict]:
    """The weights of the tasks that stay, and all that was found on the way."""
    settings, names = bench.settings.search, list(bench.tables)
    probes = bench.once("probes", lambda: probe_all(bench))
    cosines = bench.once("cosines", lambda: screen(bench, names)) if settings.screen and len(names) > 1 else {}
    dropped = unhelpful(names, bench.targets, probes, cosines) if settings.screen else {}
    staying = [name for name in names if name not in dropped]
    chosen, table = ({staying[0]: 1.0}, []) if len(staying) == 1 else choose(bench, staying)
    if (bench.home / "features").is_dir():
        bench.cached_states.clear()
        disk.remove_tree(bench.home / "features")
    hopeless = without_hope(bench, staying, probes, cosines) if len(staying) > 1 else {}
    chosen, dropped = settled(chosen, names, bench.targets, hopeless), dropped | hopeless
    for name, why in dropped.items():
        bench.say(f"    {message('task hardly counts' if name in bench.targets else 'task is left out', name=name, why=why)}")
    report = {
        "probes": probes,
        "cosines": cosines,
        "dropped": dropped,
        "rounds": table,
        "chosen": chosen,
        "seconds": round(
            sum(trial["seconds"] for trial in bench.results["trials"].values())
            + sum(bench.results.get("seconds", {}).values()),
            1,
        ),
    }
    return chosen, report


def without_hope(bench: Bench, names: Sequence[str], probes: Mapping, cosines: Mapping) -> dict[str, str]:
    """Target -> why it hardly counts: nothing shows in it, and uniform weights on all folds with all blocks answer no better
    than shuffled labels would let them. Where that is so of all targets, or too few updates can tell, none."""
    trials = [bench.results["trials"][f"final/{UNIFORM}/{fold}"] for fold in range(bench.settings.search.folds)]
    hopeless = {}
    for name in [name for name in names if cosines and name in bench.targets and shows_nothing(probes[name], cosines[name])]:
        score = float(np.mean([trial["scores"][name] for trial in trials]))
        chance = float(np.max(np.mean([trial["chance"][name] for trial in trials], axis=0)))
        if score <= chance:
            why = told_nothing(probes[name], cosines[name])
            hopeless[name] = message("and in cross-validation", why=why, score=score, chance=chance)
    enough = share(bench, bench.settings.search.final) >= FEWEST_TO_TELL and not set(bench.targets) <= set(hopeless)
    return hopeless if enough else {}


def settled(chosen: Weights, names: Sequence[str], targets: Sequence[str], hopeless: Collection[str]) -> Weights:
    """Weights of all tasks: those chosen, the least for targets that have none or are hopeless, 0 for other tasks."""
    least = {name: LEAST for name in targets if name in hopeless or not chosen.get(name)}
    left = {name: chosen.get(name, 0.0) for name in names if name not in least}
    rest = (1 - sum(least.values())) / sum(left.values()) if least else 1.0  # those chosen add up to 1
    return {name: least[name] if name in least else left[name] * rest for name in names}


def candidates(bench: Bench, names: Sequence[str]) -> dict[str, Weights]:
    """Uniform, inverse to the noise that a ridge head leaves, each target alone, and draws from Dirichlet(1)."""
    count = bench.settings.search.candidates
    floors = {name: max(bench.results["probes"][name]["floor"], 0.05) for name in names}
    weights = {UNIFORM: uniform(names), "inverse loss": normalized({name: 1 / floor for name, floor in floors.items()})}
    for name in [target for target in bench.targets if target in names][: count // 2]:
        weights[f"only {name}"] = {other: float(other == name) for other in names}
    random = np.random.Generator(np.random.Philox(key=draws.key(bench.settings.seed, "weights", *names)))
    number = 0
    while len(weights) < count:
        number += 1
        weights[f"drawn {number}"] = dict(zip(names, random.dirichlet(np.ones(len(names))).tolist(), strict=True))
    return weights


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
    steps, results = share(bench, budget), []
    known = {"count": len(chosen), "folds": folds, "steps": steps}
    number = title.removeprefix("round ")
    key = "search final" if number == title else "round of search"
    bench.say(f"    {message(key, number=number, **known)}")
    for name, weights in chosen.items():
        trials = [try_out(bench, f"{title}/{name}/{fold}", weights, fold, steps, frozen) for fold in range(folds)]
        targets = [target for target in bench.targets if target in weights]
        scores = [float(np.mean([skill(trial, target) for target in targets])) for trial in trials]
        error = float(np.std(scores, ddof=1) / math.sqrt(folds)) if folds > 1 else 0.0
        tasks = {task: float(np.mean([trial["scores"][task] for trial in trials])) for task in weights}
        results.append(
            {
                "name": name,
                "weights": dict(weights),
                "score": float(np.mean(scores)),
                "standard_error": error,
                "folds": scores,
                "tasks": tasks,
            }
        )
    return {
        "title": title,
        "folds": folds,
        "steps": steps,
        "all_blocks": frozen == bench.settings.freeze,
        "candidates": results,
    }


def winner(scores: Sequence[Mapping]) -> str:
    """Of the candidates within one standard error of the best, the one nearest to uniform weights."""
    best = max(scores, key=lambda one: one["score"])
    near = [one for one in scores if one["score"] >= best["score"] - best["standard_error"]]
    return min(near, key=lambda one: (round(distance(one["weights"]), 12), -one["score"]))["name"]


def distance(weights: Weights) -> float:
    """Euclidean distance from 1/K each."""
    return math.dist(list(weights.values()), [1 / len(weights)] * len(weights))


def try_out(bench: Bench, key: str, weights: Weights, fold: int, steps: int, frozen: int) -> dict:
    """Train with these weights on all folds but one and judge on that; or what was found before."""
    if key not in bench.results["trials"]:
        start, from_cache = time.monotonic(), frozen == bench.frozen
        learned = [bench.part(name, fold, False, from_cache) for name, weight in weights.items() if weight > 0]
        held_out = [
            bench.part(name, fold, True, from_cache) for name in weights
        ]  # made before, as states are of the start's weights
        run_trial(bench, weights, learned, steps, frozen)
        scores = {part.name: scores_of(bench, part) for part in held_out}
        bench.results["trials"][key] = {
            "scores": {name: score for name, (score, _) in scores.items()},
            "chance": {name: chance for name, (_, chance) in scores.items()},
            "seconds": round(time.monotonic() - start, 2),
        }
        bench.note()
    return bench.results["trials"][key]


def scores_of(bench: Bench, part: Part) -> tuple[float, list[float]]:
    """The score of the model's answers to a part, and what they would get with its targets shuffled, so many times."""
    bench.model.eval()
    answers = part.task.evaluate(bench.model, part.rows, part.texts, part.reader, part.make).answers
    rows = np.arange(len(part.texts))
    key, gains = draws.key(bench.settings.seed, "chance", part.name), []
    for number in range(-1, SHUFFLES):
        order = rows if number < 0 else draws.permutation(key, number, len(rows))
        scores = part.task.scores(answers, [part.targets[i] for i in order], part.texts)
        gains.append(score_of(part, scores.figures(rows)))
    return gains[0], gains[1:]


def skill(trial: Mapping, target: str) -> float:
    """The score of a target above what its answers get by chance: answers without any sense have a macro F1, too."""
    return trial["scores"][target] - float(np.mean(trial["chance"][target]))
