"""groundup compress: a fine-tuned model becomes a smaller one, behind a gate that measures both on the same rows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import ClassVar, Literal

from groundup.compress.prune_settings import PruneSettings
from groundup.compress.quantize_settings import QuantizeSettings
from groundup.compress.settings import DistillSettings, TheseusSettings
from groundup.config import NonNegative, NonNegativeFloat, Positive, PositiveFloat, Rate
from groundup.data.settings import FILES, ROWS, LabelSettings, ReadSettings, SplitSettings
from groundup.scope import Unfit
from groundup.train.settings import TrainingCommand

METHODS = ("distill", "theseus", "prune", "quantize")
OF_TRAINING = (
    "optimizer",
    "precision",
    "epochs",
    "steps",
    "dropout",
    "layer_decay",
    "class_weights",
    "num_evaluations",
    "best_metric",
)


@dataclass(frozen=True, kw_only=True)
class Compress(TrainingCommand):
    """Make a fine-tuned model smaller, and say on the locked test split what it lost and what it gained.

    Quality with intervals, size, speed (both models in turns) and memory of both go into report.json and report.html. A model
    beyond `--max_loss` or `--min_speedup` is not published: exit code 4, and only the report stays. What comes out is a run
    like that of `groundup finetune`: evaluate, predict, compare and compress take it.
    """

    example: ClassVar[str] = "groundup compress --model runs/sentiment --method quantize --out runs/small"
    main_settings: ClassVar[tuple[str, ...]] = (
        "model",
        "method",
        "out",
        "max_loss",
        "min_speedup",
        "data",
        "unlabelled",
        "epochs",
        "language",
    )

    unfit: ClassVar = (
        ROWS,
        *FILES,
        Unfit(lambda one: one.data is None, ("split", "label", "read.decimal"), "goes with --data"),
        Unfit(lambda one: one.data is None and one.unlabelled is None, ("read",), "goes with --data or --unlabelled"),
        *(Unfit(lambda one, name=name: one.method != name, (name,), f"goes with --method {name}") for name in METHODS),
        Unfit(lambda one: one.method == "quantize", OF_TRAINING, "is of training, and quantize trains nothing"),
    )

    model: str
    """Fine-tuned model folder or run to compress."""
    method: Literal["distill", "theseus", "prune", "quantize"]
    """distill: a student learns from it; theseus: its layers are replaced by fewer while it works; prune: heads and units that
    matter least are cut out; quantize: its matrices are stored in int8."""
    out: str
    """Run folder: new, or the same run's, which is then resumed."""
    max_loss: NonNegativeFloat | None = None
    """Most points (hundredths) of the task's main figure that may be lost on the test split. Default: no limit."""
    min_speedup: PositiveFloat | None = None
    """Least factor by which one text must be answered faster (median). Default: no limit."""
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
    """Table or folder with further texts, in the same text columns, of which a student learns what the teacher says."""
    read: ReadSettings = field(default_factory=ReadSettings)
    label: LabelSettings = field(default_factory=LabelSettings)
    split: SplitSettings = field(default_factory=SplitSettings)
    distill: DistillSettings = field(default_factory=DistillSettings)
    theseus: TheseusSettings = field(default_factory=TheseusSettings)
    prune: PruneSettings = field(default_factory=PruneSettings)
    quantize: QuantizeSettings = field(default_factory=QuantizeSettings)
    epochs: Positive | None = None
    """Passes over the training rows. Default: 5, and at least 600 updates."""
    steps: Positive | None = None
    """Number of updates (instead of epochs)."""
    batch_size: Positive = 32
    """Rows per update."""
    dropout: Rate = 0.1
    """Dropout of states and attention of what is trained; a teacher has none."""
    layer_decay: Rate | Literal[1] = 1
    """Each block learns so much slower than the one above it."""
    class_weights: Literal["auto", "none", "balanced"] = "auto"
    """`balanced` weighs classes by n / (K n_k); `auto` does so when the rarest class is under 20 %."""
    num_evaluations: Positive = 10
    """How many times the validation split is evaluated at most; the best weights are kept."""
    best_metric: str | None = None
    """Validation figure that decides which weights are best. Default: the task's main one."""
    timed_rows: Positive = 100
    """Rows that both models answer one at a time, in turns, to measure latency."""
    rounds: Positive = 5
    """How often both answer a batch of 32 rows, in turns, to measure throughput."""
    memory: bool = True
    """Measure the memory of both, each in a process of its own."""
    explained_rows: NonNegative = 20
    """Rows whose explanations by both models are compared (0: none)."""

    def check(self) -> Iterable[tuple[str, str]]:
        if self.epochs is not None and self.steps is not None:
            yield "steps", "give either epochs or steps, not both"
        if self.unlabelled is not None and (self.method != "distill" or not self.distill.weights["soft"]):
            yield "unlabelled", "is for distilling what the teacher says (--method distill, with a soft weight)"
        if self.data is None:
            for name in ("text_column", "label_column", "validation", "test"):
                if getattr(self, name):
                    yield name, "goes with --data"
