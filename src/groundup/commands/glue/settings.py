"""groundup glue: a model on the nine GLUE tasks, from their official files to one table and the submission."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar, Literal

from groundup.config import Positive
from groundup.train.settings import TrainingCommand


@dataclass(frozen=True, kw_only=True)
class Glue(TrainingCommand):
    """Fine-tune and judge a model on the GLUE tasks, by their official files and metrics, in one table.

    Each task becomes a fine-tuning run in `--out` that is evaluated on the official development file; where that or the
    training file is missing, on a part split off, which the table says. Killed, the same command resumes; with further files
    or `--tasks` it adds their rows. Unlabelled test files become submission.zip.
    """

    example: ClassVar[str] = "groundup glue --model runs/lm --data glue --out runs/glue"
    main_settings: ClassVar[tuple[str, ...]] = ("model", "data", "out", "tasks", "train_rows", "epochs", "language")

    model: str
    """Model folder or run to start from (ours or Hugging Face's)."""
    data: str
    """Folder with one folder a task (CoLA, SST-2, MRPC, STS-B, QQP, MNLI, QNLI, RTE, WNLI), files as published, also packed."""
    out: str
    """Folder for the runs, table.json, table.txt, report.html and submission.zip: new, or the same command's."""
    tasks: tuple[Literal["CoLA", "SST-2", "MRPC", "STS-B", "QQP", "MNLI", "QNLI", "RTE", "WNLI"], ...] = ()
    """Only these. Default: all that the folder holds."""
    evaluate_only: bool = False
    """Train nothing: judge the finished runs of `--out` again."""
    train_rows: Positive | None = None
    """Use only so many training rows of each task (stratified)."""
    epochs: Positive | None = None
    """Passes over the training rows. Default: 5, and at least 600 updates."""
    steps: Positive | None = None
    """Number of updates of each task (instead of epochs)."""
    batch_size: Positive = 32
    """Rows per update."""
    max_length: Positive = 128
    """Longest sequence in tokens, special tokens included."""
    from_scratch: bool = False
    """Start from random weights of the same shape: what the model would be without pretraining."""
    baselines: bool = True
    """Train the majority and TF-IDF baselines beside each task."""

    def check(self) -> Iterable[tuple[str, str]]:
        if self.epochs is not None and self.steps is not None:
            yield "steps", "give either epochs or steps, not both"
        if len(set(self.tasks)) < len(self.tasks):
            yield "tasks", "names a task twice"
