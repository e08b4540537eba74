"""Judging a classifier on labelled rows, beside its baselines: one way, after fine-tuning and ever after."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from groundup.commands.tables import Table
from groundup.evaluate.evaluation import Evaluation
from groundup.evaluate.predictor import Predictor
from groundup.evaluate.report import classification_report
from groundup.events import Events, read_events
from groundup.folders import lock
from groundup.strict_json import canonical
from groundup.tasks.baselines import Baseline
from groundup.tasks.classification import baselines

OPENINGS = "openings.jsonl"


@dataclass
class Rows:
    """Labelled rows to judge on."""

    texts: list[tuple[str, ...]]
    names: list[str | None]  # label of each row
    columns: dict[str, list] = field(default_factory=dict)  # further columns to slice by

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the texts and labels in their order."""
        return hashlib.sha256(canonical([self.texts, self.names]).encode("utf-8", "surrogatepass")).hexdigest()


def judge(
    predictor: Predictor, rows: Rows, beside: Sequence[Baseline], *, facts: Mapping[str, object] | None = None, **about
) -> tuple[dict, np.ndarray]:
    """The report (evaluate/report.py) and the probabilities [N, K]. `about` goes into the report as it is."""
    labels = predictor.labels or []
    start = time.monotonic()
    probabilities = predictor.probabilities(rows.texts)
    seconds = time.monotonic() - start
    evaluation = Evaluation(labels)
    evaluation.add(rows.names, probabilities, rows.texts, rows.columns)
    told = {"parameters": sum(p.numel() for p in predictor.model.parameters()), **(facts or {}),
            "rows per second": round(len(rows.texts) / max(seconds, 1e-9))}  # fmt: skip
    return classification_report(evaluation, beside, metric="accuracy", facts=told, **about), probabilities


def baselines_of(table: Table, texts: Sequence[Sequence[str]], balanced: bool) -> list[Baseline]:
    """Baselines learned from the table's training rows, tuned on its validation rows, answering `texts`."""
    validation, ids = table.texts_of("validation"), table.ids_of("validation")
    known = [text for text, i in zip(validation, ids, strict=True) if i >= 0]
    train = table.texts_of("train"), table.ids_of("train")
    return baselines(train, (known, ids[ids >= 0]), texts, len(table.labels), balanced)


def count_opening(run: Path, rows: Rows) -> int:
    """Note that the model of this run is judged on these rows, and say for which time. Call it holding the run's lock."""
    path = run / OPENINGS
    log = Events(path)
    try:
        log.append({"rows": len(rows.texts), "fingerprint": rows.fingerprint})
        log.sync()
    finally:
        log.close()
    return sum(event["fingerprint"] == rows.fingerprint for event in read_events(path))


def count_locked_opening(run: Path, rows: Rows) -> int:
    with lock(run):
        return count_opening(run, rows)
