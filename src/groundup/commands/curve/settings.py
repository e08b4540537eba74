"""groundup curve: from how many labelled rows on the Transformer beats simple baselines."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import ClassVar, Literal

from groundup.config import NonNegative, Positive
from groundup.data.settings import ROWS, LabelSettings, ReadSettings, SplitSettings
from groundup.scope import Unfit, always
from groundup.tasks.traits import misplaced_labels
from groundup.train.settings import TrainingCommand


@dataclass(frozen=True, kw_only=True)
class Curve(TrainingCommand):
    """Fine-tune models on more and more rows, beside TF-IDF and the majority class, and say from where on one wins.

    Every cell (rows, seed, model) is a run of `groundup finetune` in a folder of its own; the seed also draws the split and the
    rows. What is finished is kept, so that the command may be stopped and typed again; the table is written after each cell.
    """

    example: ClassVar[str] = (
        "groundup curve --model runs/lm --data reviews.csv --text_column sentence --rows 100 --rows 1000 --out runs/curve"
    )
    main_settings: ClassVar[tuple[str, ...]] = (
        "model",
        "data",
        "text_column",
        "label_column",
        "out",
        "rows",
        "seeds",
        "steps",
        "language",
    )

    unfit: ClassVar = (
        ROWS,
        Unfit(always, ("seed",), "is one of several here: give --seeds"),
        Unfit(lambda one: one.test and one.split.test, ("split.test",), "is a share of the data, and --test names a table"),
    )

    model: tuple[str, ...]
    """Model folder or run to start from; may be repeated."""
    data: str
    """Labelled table or folder of them."""
    text_column: tuple[str, ...]
    """Column with the text; twice for pairs of texts."""
    label_column: str = "label"
    """Column with the label."""
    out: str
    """Folder for the runs, curve.json, curve.md and report.html; typed again, it goes on."""
    rows: tuple[Positive, ...] = (100, 200, 500, 1000)
    """Numbers of training rows; the flag is repeated."""
    seeds: tuple[NonNegative, ...] = (0, 1, 2)
    """Seeds of the repetitions; the flag is repeated."""
    test: str | None = None
    """Table used as the test split instead of a part of the data."""
    read: ReadSettings = field(default_factory=ReadSettings)
    label: LabelSettings = field(default_factory=LabelSettings)
    split: SplitSettings = field(default_factory=SplitSettings)
    max_length: Positive = 128
    """Longest sequence in tokens, special tokens included."""
    steps: Positive | None = None
    """Number of updates of each run. Default: as `groundup finetune` chooses."""
    batch_size: Positive = 32
    """Rows per update."""
    language: Literal["en", "zh"] = "en"
    """Language of the report."""

    def check(self) -> Iterable[tuple[str, str]]:
        for name in ("model", "rows", "seeds"):
            values = getattr(self, name)
            if not values or len(set(values)) < len(values):
                yield name, "is empty or names one twice"
        if not 1 <= len(self.text_column) <= 2:
            yield "text_column", f"{len(self.text_column)} columns; one text or two"
        yield from misplaced_labels(self.label, "classification")
