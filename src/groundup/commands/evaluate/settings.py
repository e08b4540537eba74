"""groundup evaluate: how good a fine-tuned model is on labelled texts."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import ClassVar

from groundup.config import Command
from groundup.data.settings import ROWS, LabelSettings, ReadSettings
from groundup.kinds.settings import COLUMNS, OtherColumns
from groundup.metrics.costs import Costs
from groundup.scope import Unfit

COST = re.compile(r"fp=([0-9]{1,9}(?:\.[0-9]{1,9})?),fn=([0-9]{1,9}(?:\.[0-9]{1,9})?)")
DATA = ("read", *COLUMNS, "label_column", "label", "synsets")


@dataclass(frozen=True, kw_only=True)
class Evaluate(Command, OtherColumns):
    """Judge a fine-tuned model on labelled texts it has not seen, beside baselines trained on the rows it was trained on.

    Columns are those of the model's manifest unless named here. Without `--data` the run's own test split is opened again;
    how often a model was evaluated on the same rows is counted in its run and shown.
    """

    example: ClassVar[str] = "groundup evaluate --model runs/sentiment --data test.csv --out runs/sentiment-test"
    main_settings: ClassVar[tuple[str, ...]] = (
        "model",
        "out",
        "data",
        "label_column",
        "slice_by",
        "cost",
        "baselines",
        "language",
    )

    elsewhere: ClassVar = {
        "input": "Did you mean 'data'?",
    }
    unfit: ClassVar = (
        ROWS,
        Unfit(lambda one: one.data is None, ("slice_by",), "goes with --data: a run keeps no further columns of its rows"),
        Unfit(lambda one: one.data is None, DATA, "goes with --data"),
        Unfit("table", ("synsets",), "is for class folders, whose names it explains"),
        Unfit("rows by name", ("baselines",), "is for models whose run keeps its rows, and of these it keeps the names"),
        Unfit(
            "files",
            ("read", *COLUMNS, "label_column", "label", "slice_by"),
            "is for tables, and the rows here are files",
            but=("read.include", "read.max_rejects"),
        ),
        Unfit("no classes", ("cost", "positive"), "is for models of two classes"),
        Unfit(
            "prepared images",
            ("read", *COLUMNS, "label_column", "label", "slice_by"),
            "is for files and tables, and the images of this folder are read already",
        ),
    )

    model: str
    """Fine-tuned model folder or run, or an export of one."""
    task: str | None = None
    """Which task to judge, of a model of several (groundup multitask)."""
    data: str | None = None
    """Labelled table or folder of them. Default: the test split of the model's run. Of a model of images: class folders or an
    archive of them (class/image, val/class/image, or ImageNet's names with their WordNet ids), or a prepared folder."""
    out: str
    """Folder for report.json, report.html and predictions.csv."""
    label_column: str | None = None
    """Column with the label. Default: what the model was trained on."""
    synsets: str | None = None
    """For images: file with a class folder's name in each line and what the model calls it, like ImageNet's
    LOC_synset_mapping.txt; where the model calls its classes otherwise, the lines stand in the order of its classes."""
    slice_by: tuple[str, ...] = ()
    """Further columns: accuracy is reported for each of their values (of numbers and dates for four ranges), and of a
    classifier all figures of each group."""
    cost: str | None = None
    """What errors cost, like fp=1,fn=5: fp a false alarm (the positive class is predicted where the other one is
    right), fn a miss (the other way round). The threshold that follows and the cost of a row are told and reported for each
    system."""
    positive: str | None = None
    """Of two classes the one that ranking, rates and costs are about. Default: the one that the model keeps, which is the rarer
    one of its training rows."""
    read: ReadSettings = field(default_factory=ReadSettings)
    label: LabelSettings = field(default_factory=LabelSettings)
    baselines: bool = True
    """Train the majority and TF-IDF baselines on the run's training rows (where the run still holds them)."""

    def check(self) -> Iterable[tuple[str, str]]:
        if self.cost is not None and COST.fullmatch(self.cost) is None:
            yield "cost", f"'{self.cost}' is not like fp=1,fn=5"
        elif self.cost is not None and (costs := self.costs) is not None and not costs.false_alarm + costs.miss:
            yield "cost", f"'{self.cost}' says that no error costs anything"

    @property
    def costs(self) -> Costs | None:
        """What errors cost."""
        match = COST.fullmatch(self.cost or "")
        return None if match is None else Costs(float(match[1]), float(match[2]))
