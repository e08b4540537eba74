"""The quality gate: compares a smaller model with the model it was made from on the same rows, and decides whether it may be
published. It measures model folders, as users will open them. N rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from groundup.compress.explanation_agreement import explanation_agreement
from groundup.compress.peak_memory import peak_memory
from groundup.evaluate.bootstrap import DRAWS, resample, resample_difference
from groundup.evaluate.judging import calibration_of
from groundup.evaluate.predictor import Predictor, load
from groundup.evaluate.speed import measure
from groundup.kinds.reader import Row
from groundup.metrics.sums import ratio
from groundup.nn.cost.size import size
from groundup.tasks.task import Answers, Task

PERCENT_METRICS = ("bleu", "chrf")  # metrics that are in points already
TOLERANCE = 1e-9  # points: rounding differs with the order of sums
FLOPS_LENGTH = 128  # tokens of the text for which operations are counted
LARGE_BATCH = 32  # rows of the larger batch


@dataclass(frozen=True)
class Limits:
    """What a smaller model must satisfy; None is no limit."""

    max_loss: float | None = None
    """The largest allowed loss of the main metric, in points."""
    min_speedup: float | None = None
    """The smallest allowed speed-up of the median time for one row."""

    def violations(self, comparison: Mapping[str, Any]) -> list[dict]:
        """Each limit that what `weigh` found does not keep: its name, the value found and the limit. What could not be measured
        keeps none."""
        lost, speedup, broken = comparison["lost"], comparison["speedup"], []
        if self.max_loss is not None and (lost is None or lost > self.max_loss + TOLERANCE):
            broken.append({"limit": "max_loss", "measured": lost, "allowed": self.max_loss})
        if self.min_speedup is not None and (speedup is None or speedup < self.min_speedup):
            broken.append({"limit": "min_speedup", "measured": speedup, "allowed": self.min_speedup})
        return broken


def compare_models(
    before: Path,
    after: Path,
    texts: Sequence[Row],
    targets: Sequence[Any],
    *,
    timed_rows: int,
    rounds: int,
    seed: int = 0,
    memory: bool = True,
    threads: int | None = None,
    explained_rows: int = 0,
) -> dict:
    """Both model folders on the same rows: figures with intervals, their paired differences (after minus before), size, speed
    in turns, memory, how often both say the same, and how alike they explain `explained_rows` of the rows.
    """
    one, other = load(before), load(after)
    task, answered = one.trained_task, {"before": one.answers_with_limits(texts), "after": other.answers_with_limits(texts)}
    answers = {side: predictions.answers for side, predictions in answered.items()}
    scores = {side: task.scores(answered, targets, texts) for side, answered in answers.items()}
    speed = measure({"before": one.answers, "after": other.answers}, texts, timed_rows, rounds, seed, largest=LARGE_BATCH)
    named = all(isinstance(cell, str | None) for row in texts[:1] for cell in row)  # another process finds rows by name alone
    sides: dict[str, dict[str, Any]] = {
        side: {
            "figures": {name: figure.as_dict() for name, figure in resample(scores[side], seed).items()},
            **size_of(folder, predictor),
            "speed": speed[side].as_dict(),
            "memory": peak_memory(folder, texts, threads) if memory and named else None,
            "calibrated": calibration_of(predictor.trained_task, answered[side], targets, "en"),
        }
        for side, folder, predictor in (("before", before, one), ("after", after, other))
    }
    differences = resample_difference(scores["after"], scores["before"], seed)
    lost = differences[task.metric].value
    return {
        "rows": len(texts),
        "reads": one.reader.kind,
        "unit": one.reader.unit,
        "metric": task.metric,
        "points": points_per_unit(task.metric),
        **sides,
        "differences": {name: figure.as_dict() for name, figure in differences.items()},
        "lost": None if lost is None else -lost * points_per_unit(task.metric),
        "speedup": ratio(speed["before"].p50_ms, speed["after"].p50_ms),
        "throughput": ratio(speed["after"].rows_per_second, speed["before"].rows_per_second),
        "smaller": ratio(sides["before"]["bytes"], sides["after"]["bytes"]),
        "agreement": answer_agreement(task, answers["before"], answers["after"]),
        "explanations": explanation_agreement(one, other, texts, explained_rows),
        "limits": one.limit_warnings(int(answered["before"].long.sum()), len(texts), int(answered["before"].unfinished.sum())),
        "notes": [note.removeprefix(f"{after}: ") for note in other.notes],
        "resamples": DRAWS,
        "timed_rows": min(timed_rows, len(texts)),
        "rounds": rounds,
        "at_once": min(LARGE_BATCH, len(texts)),
    }


def points_per_unit(metric: str) -> float:
    """How many points the value 1 of a metric is."""
    return 1.0 if metric in PERCENT_METRICS else 100.0


def size_of(folder: Path, predictor: Predictor) -> dict[str, int]:
    """Bytes of the weights and of the whole folder, parameters, blocks, and operations of a text of 128 tokens."""
    model, config = predictor.model, predictor.model.config
    costs = size(config, model.head_configs, length=min(FLOPS_LENGTH, config.max_positions), encoder=model.encoder_config)
    sizes = {file.name: file.stat().st_size for file in folder.iterdir() if file.is_file()}
    return {
        "bytes": sum(count for name, count in sizes.items() if name.endswith(".safetensors")),
        "folder_bytes": sum(sizes.values()),
        "parameters": costs.total_parameters,
        "blocks": config.num_layers,
        "operations": costs.forward_operations,
    }


def answer_agreement(task: Task, one: Answers, other: Answers) -> float | None:
    """The fraction of rows with the same answer from both models, ignoring probabilities; for numbers, the correlation."""
    if task.traits.answer == "number":
        varied = len(one) > 1 and np.ptp(one) > 0 and np.ptp(other) > 0
        return float(np.corrcoef(one, other)[0, 1]) if varied else None
    column = task.answer_columns[0]
    same = [task.as_columns(a)[column] == task.as_columns(b)[column] for a, b in zip(one, other, strict=True)]
    return ratio(sum(same), len(same))
