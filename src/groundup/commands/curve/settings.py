"""groundup curve: from how many labelled rows on the Transformer beats simple baselines."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from groundup.config import NonNegative, Positive
from groundup.data.settings import ROWS
from groundup.kinds.settings import COLUMNS, OF_KINDS, KindColumns, NewKinds, needs_pretrained
from groundup.scope import Unfit, always
from groundup.tasks.traits import misplaced_columns, misplaced_labels
from groundup.train.settings import Preset, TrainingCommand


@dataclass(frozen=True, kw_only=True)
class Curve(TrainingCommand, KindColumns, NewKinds):
    """Fine-tune models on more and more rows, beside simple methods (of texts TF-IDF), and say from where on one wins.

    Every cell (rows, seed, model) is a run of `groundup finetune` in a folder of its own; the seed also draws the split and the
    rows. What is finished is kept, so that the command may be stopped and typed again; the table is written after each cell.
    """

    example: ClassVar[str] = (
        "groundup curve --model runs/lm --data reviews.csv --text_column sentence --rows 100 --rows 1000 --out runs/curve"
    )
    main_settings: ClassVar[tuple[str, ...]] = (
        "model",
        "data",
        *COLUMNS,
        "label_column",
        "out",
        "rows",
        "seeds",
        "steps",
        "language",
    )

    unfit: ClassVar = (
        ROWS,
        *OF_KINDS,
        Unfit(lambda one: one.model, ("preset",), "is of a new model: leave --model out"),
        Unfit(always, ("seed",), "is one of several here: give --seeds"),
        Unfit(lambda one: one.test and one.split.test, ("split.test",), "is a share of the data, and --test names a table"),
    )

    model: tuple[str, ...] = ()
    """Model folder or run to start from; may be repeated. Left out: a new model, for rows of a table or of several kinds."""
    preset: Preset = "micro"
    """Size of a new model; micro has 2 layers of 64 numbers."""
    out: str
    """Folder for the runs, curve.json, curve.md and report.html; typed again, it resumes."""
    rows: tuple[Positive, ...] = (100, 200, 500, 1000)
    """Numbers of training rows; the flag is repeated."""
    seeds: tuple[NonNegative, ...] = (0, 1, 2)
    """Seeds of the repetitions; the flag is repeated."""
    max_length: Positive = 128
    """Longest sequence in tokens, special tokens included."""
    steps: Positive | None = None
    """Number of updates of each run. Default: as `groundup finetune` chooses."""
    batch_size: Positive = 32
    """Rows per update."""

    def check(self) -> Iterable[tuple[str, str]]:
        for name in ("model", "rows", "seeds"):
            values = getattr(self, name)
            if (not values and name != "model") or len(set(values)) < len(values):
                yield name, "is empty or names one twice"
        if self.text_column or not (self.columns_by_kind or self.to_infer):
            yield from misplaced_columns(self.text_column, "classification")
        yield from self.check_columns()
        if not self.model and needs_pretrained(self.columns_by_kind) and not self.to_infer:
            kind = next(iter(self.columns_by_kind), "text")
            yield "model", f"is required: rows of the kind {kind} are read by a model that was trained before"
        yield from misplaced_labels(self.label, "classification")
