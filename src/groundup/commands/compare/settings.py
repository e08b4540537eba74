"""groundup compare: which of several models is better on the same rows, and what each costs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import ClassVar

from groundup.config import Command, NonNegative, Positive
from groundup.data.settings import ROWS, LabelSettings, ReadSettings
from groundup.scope import Unfit
from groundup.tasks.traits import misplaced_labels


@dataclass(frozen=True, kw_only=True)
class Compare(Command):
    """Compare fine-tuned models on the same labelled rows: quality with intervals, paired tests, size and speed side by side.

    A system is a model folder, run or export, or a folder of `groundup evaluate`, whose predictions are taken as they are.
    Without `--data` the rows are those of the reports, or the test split that the runs share.
    """

    example: ClassVar[str] = "groundup compare runs/one runs/two --data test.csv --out runs/compared"
    main_settings: ClassVar[tuple[str, ...]] = (
        "systems",
        "out",
        "data",
        "text_column",
        "label_column",
        "slice_by",
        "timed_rows",
        "language",
    )

    unfit: ClassVar = (
        ROWS,
        Unfit(lambda one: one.data is None, ("read", "text_column", "label_column", "label"), "goes with --data"),
        Unfit(lambda one: not one.timed_rows, ("rounds",), "is of speed, which --timed_rows 0 does not measure"),
    )

    positional: ClassVar[str] = "systems"

    systems: tuple[str, ...]
    """Model folders, runs, exports or folders of `groundup evaluate`; two or more."""
    task: str | None = None
    """Which task to compare, of those systems that are models of several (groundup multitask)."""
    data: str | None = None
    """Labelled table or folder of them. Default: the rows of the reports, or the test split that all runs hold."""
    out: str
    """Folder for report.json, report.html and answers.csv."""
    text_column: tuple[str, ...] = ()
    """Column with the text; twice for pairs. Default: what the first model was trained on."""
    label_column: str | None = None
    """Column with the label. Default: what the first model was trained on."""
    slice_by: tuple[str, ...] = ()
    """Further columns of the data: accuracy is reported for each of their values."""
    read: ReadSettings = field(default_factory=ReadSettings)
    label: LabelSettings = field(default_factory=LabelSettings)
    baselines: bool = True
    """Put the majority class and TF-IDF beside the models, learned from the training rows of the first run among them."""
    timed_rows: NonNegative = 100
    """Rows that are answered one at a time to measure latency; all models in turns. 0: measure no speed."""
    rounds: Positive = 3
    """How often each model answers a larger batch to measure its throughput; all models in turns."""

    def check(self) -> Iterable[tuple[str, str]]:
        if len(self.systems) < 2:
            yield "systems", "name two or more to compare"
        if len(set(self.systems)) < len(self.systems):
            yield "systems", "one is named twice"
        yield from misplaced_labels(self.label, "classification")
        if self.slice_by and self.data is None:
            yield "slice_by", "needs --data, which holds the column"
