"""groundup pretrain: a data folder becomes an encoder that knows the language of its text (MLM + gamma NSP)."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import ClassVar, Literal

from groundup.commands.pretrain.traits import COLUMNS, OBJECTIVES, ObjectiveName, misplaced_columns, unfit_of_objectives
from groundup.config import Fraction, NonNegative, NonNegativeFloat, Positive, Rate
from groundup.data.settings import ROWS, ReadSettings
from groundup.kinds.settings import named_twice
from groundup.kinds.table.settings import ColumnSettings
from groundup.scope import Unfit, always
from groundup.train.settings import Preset, Trackers, TrainingCommand, check_budget

CHANGES = ("table.cell_dropout", "table.noise", "table.swap")


@dataclass(frozen=True, kw_only=True)
class Pretrain(TrainingCommand):
    """Pretrain a model on a data folder: an encoder on masked words and next sentences, or one that writes.

    Of an encoder, L = L_MLM + gamma * L_NSP. Stopped by a signal or a crash, the same command resumes where it was, byte for
    byte.
    """

    example: ClassVar[str] = "groundup pretrain --data runs/books --out runs/lm --preset mini --budget 10m"
    main_settings: ClassVar[tuple[str, ...]] = (
        "data",
        "out",
        "model",
        "objective",
        "preset",
        "budget",
        "steps",
        "optimizer.learning_rate",
        "batch_size",
        "precision",
    )

    unfit: ClassVar = (  # the cases are the objectives, and a model that is continued
        Unfit(lambda one: one.model is None, ("dequantize",), "is about a model to continue: name one with --model"),
        Unfit(lambda one: one.model, ("preset", "embeddings"), "is of a new model, and --model names one to continue"),
        *unfit_of_objectives(),
        Unfit(lambda one: not one.given_columns, ("read",), "is of tables: name their columns"),
        Unfit(lambda one: not one.table_column, ("leave_out", "table"), "is of tables: name a --table_column"),
        ROWS,
        Unfit(always, CHANGES, "is of fine-tuning: here cells are hidden"),
        Unfit("running windows", ("pairs",), "is of pairs, which --gamma 0 leaves out"),
    )

    data: str
    """Data folder made by `groundup prepare`; with --table_column a table."""
    out: str
    """Run folder: new, or the same run's, which is then resumed."""
    model: str | None = None
    """Continue this model folder or run (ours or Hugging Face's) instead of starting anew."""
    objective: ObjectiveName | None = None
    """What is learned: masked words, or which words were replaced (ELECTRA), by an encoder; the next word, by a decoder;
    missing spans (T5), the whole of a text with holes (BART), or how a text continues, by an encoder and a decoder; the missing
    patches of images (MAE); hidden cells of a table. Default: that of the model continued, else masked, of a table cells."""
    table_column: tuple[str, ...] = ()
    """Column of a table of rows without labels, which --data then names; `*` is all but those that --leave_out names."""
    leave_out: tuple[str, ...] = ()
    """Columns that `*` does not take, like the label."""
    read: ReadSettings = field(default_factory=ReadSettings)
    table: ColumnSettings = field(default_factory=ColumnSettings)
    preset: Preset = "mini"
    """Size of a new model: 2x64, 2x128, 4x128, 4x256, 4x512, 8x512 or 12x768 (layers x width; of each of two stacks)."""
    regime: Literal["fast", "paper"] = "fast"
    """`paper` is the published model (BERT, GPT-2, T5, BART) and its training; `fast` is a modern body and schedule for small
    budgets."""
    budget: str | None = None
    """Wall time for training, like 10m; the first steps are timed and the number of steps is frozen in run.json."""
    steps: Positive | None = None
    """Number of updates (instead of a budget)."""
    batch_size: Positive | None = None
    """Sequences per update. Default: 32 (fast), 256 (paper)."""
    micro_batch_size: Positive | None = None
    """Sequences at once; the update is the same, memory is less. Default: the whole batch, at most 128."""
    length: Positive = 128
    """Longest sequence in tokens, special tokens included."""
    freeze: NonNegative = 0
    """Keep the embeddings and the bottom so many blocks of a continued model as they are, as when a new head is to settle."""
    pairs: Literal["next", "order"] = "next"
    """What is learned of pairs: whether B follows A or is of another document, or whether A and B are in order."""
    gamma: NonNegativeFloat | None = None
    """Weight of next sentence prediction (or of the order); 0 leaves it out and trains on running windows. Default: 1 (paper),
    0.2 (fast)."""
    mask_rate: Fraction | None = None
    """Share of the tokens to predict. Default: 0.15 (paper), 0.30 falling to 0.15 (fast); of images 0.75."""
    patch_size: Positive = 4
    """Side of a patch of an image, in pixels."""
    mask_unit: Literal["token", "word", "span"] = "token"
    """What is masked together: single tokens, whole words (Chinese ones by a dictionary), or spans of 3 tokens on average."""
    embeddings: Literal["random", "cooccurrence"] | None = None
    """First word embeddings of a new model: random, or counted from what stands near each word. Default: random (paper),
    cooccurrence (fast)."""
    dequantize: bool = False
    """Train a model of int8 matrices on from their rounded values, which is refused otherwise."""
    dropout: Rate | None = None
    """Dropout of states and attention. Default: 0.1 (paper), 0 (fast)."""
    num_evaluations: Positive = 10
    """How many times the validation split is evaluated."""
    evaluation_examples: Positive = 512
    """Sequences of the validation split used each time."""
    save_every: Positive | None = None
    """Updates between checkpoints. Default: a twentieth of the run."""
    track: Trackers = ()
    """Also write the figures for these, into the run folder: TensorBoard, MLflow, Weights & Biases (offline)."""

    @property
    def given_columns(self) -> set[str]:
        """The settings that name columns of rows without labels."""
        return {setting for setting in COLUMNS if getattr(self, setting)}

    @property
    def named_objective(self) -> str | None:
        """The objective, as it is named or as the columns show it; None where the model to continue decides."""
        return self.objective or next((name for name, one in OBJECTIVES.items() if one.column in self.given_columns), None)

    def check(self) -> Iterable[tuple[str, str]]:
        yield from check_budget(self.budget)
        yield from named_twice("table_column", self.table_column)
        yield from misplaced_columns(self.named_objective, self.given_columns)
        if not self.given_columns and self.named_objective is None and os.path.isfile(self.data):
            yield "data", f"'{self.data}' is a file: groundup prepare makes a folder of texts, --table_column '*' reads a table"
        if self.budget is not None and self.steps is not None:
            yield "steps", "give either steps or a budget, not both"
        if self.budget is None and self.steps is None:
            yield "budget", "say how long to train: a budget like 10m, or a number of steps"
        if self.length < 8:
            yield "length", f"{self.length} leaves no room for two segments; at least 8"
        if self.freeze and self.model is None:
            yield "freeze", "a new model has nothing worth keeping; name one to continue with --model"
        if self.micro_batch_size and self.batch_size and self.micro_batch_size > self.batch_size:
            yield "micro_batch_size", f"{self.micro_batch_size} is more than a whole batch of {self.batch_size}"
        if self.mask_rate is not None and not 0 < self.mask_rate < 1:
            yield "mask_rate", f"{self.mask_rate} masks nothing or everything; between 0 and 1"
