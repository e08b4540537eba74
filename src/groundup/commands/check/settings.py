"""groundup check: is a labelled table fit for training and evaluation? Nothing is trained but a simple baseline."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from groundup.config import Command, Fraction, Positive
from groundup.data.settings import FILES, ROWS
from groundup.kinds.settings import COLUMNS, OF_KINDS, KindColumns, NewKinds
from groundup.scope import ON_PROCESSOR, ONE_THREAD, Unfit, always
from groundup.tasks.traits import misplaced_columns, misplaced_labels

OF_MODELS = tuple(f"table.{name}" for name in ("mark_missing", "bins", "background", "cell_dropout", "noise", "swap"))
"""Settings of kinds that change what a model reads, and not what simple methods see."""


@dataclass(frozen=True, kw_only=True)
class Check(Command, KindColumns, NewKinds):
    """Look for what would spoil fine-tuning on a labelled table, before it starts.

    The table is read and split as `groundup finetune` does with the same settings. Exit code 0: nothing found; 3: worth
    knowing; 2: it would ruin the run.
    """

    example: ClassVar[str] = "groundup check reviews.csv --text_column sentence --label_column label"
    main_settings: ClassVar[tuple[str, ...]] = (
        "data",
        *COLUMNS,
        "label_column",
        "out",
        "model",
        "baseline",
        "split.group_by",
        "language",
    )

    unfit: ClassVar = (
        ON_PROCESSOR,
        ONE_THREAD,
        ROWS,
        *FILES,
        *OF_KINDS,
        Unfit(always, OF_MODELS, "is of a model that learns, and nothing is trained here"),
        Unfit(
            lambda one: not one.text_column and not one.to_infer,
            ("model",),
            "is of texts, whose lengths are told in its tokens",
        ),
        Unfit(lambda one: one.model is None, ("max_length",), "is in tokens of a model: name it with --model"),
        Unfit(lambda one: not one.baseline, ("baseline_rows",), "is of the baseline, which is left out"),
    )

    positional: ClassVar[str] = "data"

    out: str | None = None
    """Folder for report.json and report.html. Default: tell it in the terminal alone."""
    model: str | None = None
    """Model folder or run that will be fine-tuned: lengths are reported in its tokens, too."""
    max_length: Positive = 128
    """Longest sequence in tokens, special tokens included."""
    max_leakage: Fraction = 0.1
    """Share of the validation or test texts that training also holds from which the table is refused."""
    baseline: bool = True
    """Score a simple method by cross-validation (of texts TF-IDF + logistic regression), and list the rows whose label it
    doubts."""
    baseline_rows: Positive = 20_000
    """Rows that the baseline sees at most; of more, so many are drawn."""

    def check(self) -> Iterable[tuple[str, str]]:
        if self.text_column or not (self.columns_by_kind or self.to_infer):
            yield from misplaced_columns(self.text_column, "classification")
        yield from self.check_columns()
        yield from misplaced_labels(self.label, "classification")
