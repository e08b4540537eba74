"""groundup ladder: what each way to make a model smaller costs and brings, on one page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import ClassVar, Literal, get_args

from groundup.compress.settings import Recipe
from groundup.config import Fraction, NonNegative, Positive
from groundup.data.settings import FILES, ROWS, LabelSettings, ReadSettings, SplitSettings
from groundup.scope import Unfit
from groundup.train.settings import TrainingCommand

Rung = Literal[
    "theseus-half",
    "control-theseus",
    "distill-half",
    "control-half",
    "distill-third",
    "control-third",
    "prune",
    "int8",
    "distill-half-int8",
]
RUNGS: tuple[Rung, ...] = get_args(Rung)


@dataclass(frozen=True, kw_only=True)
class Ladder(TrainingCommand):
    """Compress a fine-tuned model in the usual ways, and draw quality against size and speed.

    Each rung is a run of `groundup compress` in a folder of its own, without limits; beside the methods stand controls: the
    same students, trained as long, without a teacher. What is finished is kept, and page, table and drawings are written
    after each rung, so that the command may be stopped and typed again.
    """

    example: ClassVar[str] = "groundup ladder --model runs/sentiment --out runs/ladder"
    main_settings: ClassVar[tuple[str, ...]] = ("model", "out", "rungs", "data", "unlabelled", "language")

    unfit: ClassVar = (
        ROWS,
        *FILES,
        Unfit(lambda one: one.data is None, ("split", "label", "read.decimal"), "goes with --data"),
        Unfit(lambda one: one.data is None and one.unlabelled is None, ("read",), "goes with --data or --unlabelled"),
        Unfit(
            lambda one: not {"distill-half", "distill-third"} & {*one.rungs},
            ("recipe", "unlabelled"),
            "is of the rungs distill-half and distill-third",
        ),
    )

    model: str
    """Fine-tuned model folder or run."""
    out: str
    """Folder for the rungs, ladder.json, report.html and the drawings; typed again, it resumes."""
    rungs: tuple[Rung, ...] = RUNGS
    """Which to run; the flag is repeated."""
    keep: Fraction = 0.97
    """The fastest rung that keeps this share of the main figure is named."""
    recipe: Recipe = "minilm"
    """How students are distilled (groundup compress --distill.recipe)."""
    data: str | None = None
    """Labelled table or folder of them. Default: the rows of the model's run, with its splits."""
    text_column: tuple[str, ...] = ()
    """Column with the text; twice for pairs. Default: what the model was trained on."""
    label_column: str | None = None
    """Column with the label. Default: what the model was trained on."""
    validation: str | None = None
    """Table used for validation instead of a part of the data."""
    test: str | None = None
    """Table used as the test split instead of a part of the data."""
    unlabelled: str | None = None
    """Further texts for the students."""
    read: ReadSettings = field(default_factory=ReadSettings)
    label: LabelSettings = field(default_factory=LabelSettings)
    split: SplitSettings = field(default_factory=SplitSettings)
    epochs: Positive | None = None
    """Passes over the training rows of each rung. Default: 5, and at least 600 updates."""
    steps: Positive | None = None
    """Number of updates of each rung (instead of epochs)."""
    batch_size: Positive = 32
    """Rows per update."""
    num_evaluations: Positive = 10
    """How many times the validation split is evaluated at most, of each rung."""
    timed_rows: Positive = 100
    """Rows that the models answer one at a time, in turns."""
    rounds: Positive = 5
    """How often they answer a batch of 32 rows, in turns."""
    memory: bool = True
    """Measure memory, each model in a process of its own."""
    explained_rows: NonNegative = 20
    """Rows whose explanations by a rung and by the model are compared (0: none)."""

    def check(self) -> Iterable[tuple[str, str]]:
        if not self.rungs or len(set(self.rungs)) < len(self.rungs):
            yield "rungs", "is empty or names one twice"
        if self.epochs is not None and self.steps is not None:
            yield "steps", "give either epochs or steps, not both"
        if self.data is None:
            for name in ("text_column", "label_column", "validation", "test"):
                if getattr(self, name):
                    yield name, "goes with --data"
