"""groundup multitask: one model for several tasks at once, a head and a loss for each, with weights that were looked for."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Annotated, ClassVar, Literal

from groundup.config import Bounds, NonNegative, Positive, PositiveFloat, Rate
from groundup.data.settings import FILES, ROWS
from groundup.kinds.settings import KINDS, OF_KINDS, KindColumns, NewKinds, needs_pretrained
from groundup.scope import Unfit
from groundup.tasks.traits import TRAITS, SeveralTaskName, misplaced_columns, misplaced_kinds, misplaced_labels
from groundup.train.defaults import NEW, PRETRAINED, TrainingDefaults
from groundup.train.settings import Preset, Trackers, TrainingCommand

NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,39}")
TAKEN = ("mlm", "nsp", "lm", "loss", "score")  # names of other heads and figures
FIGURES = ("weight_{}", "{}_accuracy", "{}_macro_f1", "{}_micro_f1", "{}_f1", "{}_pearson")  # of a task, in the log of a run
Share = Annotated[float, Bounds(0, 1, open_minimum=True)]


@dataclass(frozen=True, kw_only=True)
class TaskSettings(KindColumns):
    """One of the tasks: its table, what is learned from it, and how much it weighs."""

    unfit: ClassVar = (
        ROWS,
        *FILES,
        *OF_KINDS,
        Unfit(lambda one: not TRAITS[one.task].classes, ("class_weights",), "is for classification, whose classes it weighs"),
    )

    task: SeveralTaskName = "classification"
    """What is learned."""
    weight: PositiveFloat = 1.0
    """Its weight, with `weights: fixed`; the weights are divided by their sum."""
    train_rows: Positive | None = None
    """Use only so many training rows (stratified)."""
    too_long: Literal["truncate", "window", "error"] = "truncate"
    """What to do with longer texts."""
    class_weights: Literal["auto", "none", "balanced"] = "auto"
    """`balanced` weighs classes by n / (K n_k); `auto` does so when the rarest class is under 20 %."""

    def check(self) -> Iterable[tuple[str, str]]:
        if self.text_column or not (self.columns_by_kind or self.to_infer):
            yield from misplaced_columns(self.text_column, self.task)
        yield from misplaced_kinds(self.columns_by_kind, self.task)
        yield from self.check_columns()
        yield from misplaced_labels(self.label, self.task)


@dataclass(frozen=True, kw_only=True)
class SearchSettings:
    """The search of `weights: cv`. Shares are of the updates of one training."""

    folds: Annotated[int, Bounds(2, 20)] = 3
    """Parts of the training rows; a text that two tasks have is in one of them."""
    candidates: Annotated[int, Bounds(4, 64)] = 8
    """Weights that are tried: uniform, inverse loss, each target alone (half of them at most), and drawn ones."""
    budget: Share = 0.125
    """Share of the updates in the first round; each further one has twice as many, and half of the candidates."""
    finalists: Annotated[int, Bounds(1, 8)] = 2
    """Candidates of the last round, on all folds with all blocks; uniform weights are always there besides."""
    final: Share = 0.2
    """Share of the updates in the last round."""
    screen: bool = True
    """Leave out tasks that the targets get nothing from: their gradients point away, or nothing can be learned of them."""


@dataclass(frozen=True, kw_only=True)
class Multitask(TrainingCommand, NewKinds):
    """Fine-tune one model for several tasks at once: one backbone, a head and a loss for each,
    L = sum of w_k L_k / L_k(0).

    The weights are found by cross-validation on the training rows, fixed, or learned on the way. Do not expect much of them:
    uniform weights are hard to beat (Kurin et al., 2022), so they are trained beside the others and the report has both.
    The test splits are opened once, at the end.
    """

    example: ClassVar[str] = "groundup multitask pairs.yaml --model runs/lm --out runs/pairs"
    main_settings: ClassVar[tuple[str, ...]] = ("model", "tasks", "out", "weights", "epochs", "batch_size", "language")

    unfit: ClassVar = (
        *OF_KINDS,
        Unfit(lambda one: not one.mixes_kinds, ("drop_kinds",), "is for rows of several kinds"),
        Unfit(lambda one: one.model is not None, ("preset",), "is of a new model: leave --model out"),
        Unfit(lambda one: one.model is None, ("freeze", "dequantize"), "is for a model that was trained before: give --model"),
        Unfit(lambda one: one.weights != "fixed", ("tasks.*.weight",), "goes with --weights fixed"),
        Unfit(lambda one: one.weights != "cv", ("search",), "is of --weights cv, which looks for weights"),
        Unfit(lambda one: one.weights == "uniform", ("uniform",), "is what --weights uniform trains anyhow"),
        Unfit(
            lambda one: not any(TRAITS[task.task].probabilities for task in one.tasks.values()),
            ("calibration",),
            "is for tasks whose answers are probabilities: classification and multilabel",
        ),
    )

    model: str | None = None
    """Model folder or run to start from (ours or Hugging Face's), which learns to read further kinds. Left out: a new model,
    for tasks of tables or of several kinds."""
    preset: Preset = "micro"
    """Size of a new model; micro has 2 layers of 64 numbers."""
    drop_kinds: Rate | None = None
    """Of rows of several kinds: how often training reads a row as if it lacked a kind. Default: 0.2."""
    tasks: dict[str, TaskSettings]
    """The tasks by name: `tasks: {sentiment: {data: reviews.csv, text_column: sentence}, ...}`."""
    out: str
    """Run folder: new, or the same run's, which is then resumed."""
    weights: Literal["cv", "uniform", "fixed", "uncertainty", "dwa", "gradnorm", "pcgrad"] = "cv"
    """How the weights come about: found by cross-validation; all alike; the tasks' own; learned (uncertainty); by how fast
    losses fall (dwa, gradnorm); all alike with conflicting gradients made orthogonal (pcgrad)."""
    targets: tuple[str, ...] = ()
    """Tasks that the weights are to serve; the others only help. Default: all."""
    search: SearchSettings = field(default_factory=SearchSettings)
    uniform: bool = True
    """Also train with uniform weights, to compare with."""
    single: bool = False
    """Also train a model for each task alone, to compare with."""
    max_length: Positive = 128
    """Longest sequence in tokens, special tokens included."""
    freeze: NonNegative = 0
    """Keep the embeddings and the bottom so many blocks as they are (0: train everything)."""
    epochs: Positive | None = None
    """Passes over the training rows of all tasks. Default: 5, and at least 600 updates; of a new model 12, and at least 400."""
    steps: Positive | None = None
    """Number of updates (instead of epochs)."""
    batch_size: Positive = 32
    """Rows per update and task, on average: a task of n rows gets a share like n^0.5, late n^0.75."""
    calibration: Literal["auto", "none", "temperature", "isotonic"] = "auto"
    """How probabilities come to mean what they say, for each task by itself, as groundup finetune has it."""
    pooling: Literal["auto", "pooler", "first", "mean", "last"] = "auto"
    """What classes and numbers are read from, as groundup finetune has it."""
    dequantize: bool = False
    """Train a model of int8 matrices on from their rounded values, which is refused otherwise."""
    dropout: Rate = 0.1
    """Dropout of states, attention and the pooled output."""
    layer_decay: Rate | Literal[1] | None = None
    """Each block learns so much slower than the one above it. Default: 0.9, of a new model 1."""
    num_evaluations: Positive = 10
    """How many times the validation splits are evaluated at most. The mean of the targets' main figures decides which
    checkpoint is best."""
    patience: Positive = 3
    """Evaluations in a row without improvement that are borne; one more stops training."""
    baselines: bool = True
    """Train simple baselines beside each task."""
    track: Trackers = ()
    """Also write the figures for these, into the run folder: TensorBoard, MLflow, Weights & Biases (offline)."""

    @property
    def columns_by_kind(self) -> dict[str, tuple[str, ...]]:
        """The columns that the tasks name, by the kind that reads them."""
        by_kind = {kind: [c for one in self.tasks.values() for c in one.columns_by_kind.get(kind, ())] for kind in KINDS}
        return {kind: tuple(dict.fromkeys(columns)) for kind, columns in by_kind.items() if columns}

    @property
    def to_infer(self) -> bool:
        """Whether the columns of a task are still to be inferred from its table."""
        return any(one.to_infer for one in self.tasks.values())

    @property
    def mixes_kinds(self) -> bool:
        """Whether rows of a task are of several kinds."""
        return any(len(one.columns_by_kind) > 1 for one in self.tasks.values())

    @property
    def defaults(self) -> TrainingDefaults:
        """What is done where nothing is said."""
        return NEW if self.model is None else PRETRAINED

    @property
    def usual_layer_decay(self) -> float:
        return self.defaults.layer_decay if self.layer_decay is None else self.layer_decay

    def check(self) -> Iterable[tuple[str, str]]:
        columns = self.columns_by_kind
        if self.model is None and needs_pretrained(columns) and not self.to_infer:
            yield (
                "model",
                f"is required: rows of the kind {next(iter(columns), 'text')} are read by a model that was trained before",
            )
        for name, one in self.tasks.items():
            for kind in columns:
                if kind not in TRAITS[one.task].kinds:
                    yield f"tasks.{name}.task", f"{one.task} is not for a model that reads {kind}s, which another task does"
        for name in self.tasks:
            if not NAME.fullmatch(name) or name in TAKEN:
                what = f"letters, digits and _, beginning with a letter, and none of {', '.join(TAKEN)}"
                yield f"tasks.{name}", f"is no name for a task: {what}"
        owners: dict[str, str] = {}
        for figure, name in ((form.format(name), name) for name in self.tasks for form in FIGURES):
            if (other := owners.setdefault(figure, name)) != name:
                yield f"tasks.{name}", f"its figure '{figure}' would be one of task '{other}', too; give it another name"
                break
        for name in self.targets:
            if name not in self.tasks:
                yield "targets", f"'{name}' is no task; the tasks are {', '.join(self.tasks)}"
        if self.epochs is not None and self.steps is not None:
            yield "steps", "give either epochs or steps, not both"
