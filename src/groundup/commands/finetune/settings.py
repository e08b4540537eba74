"""groundup finetune: a model folder and a table of labelled texts become a model for a task, with its baselines beside it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import ClassVar, Literal

from groundup.augment.settings import AugmentSettings
from groundup.config import Fraction, NonNegative, NonNegativeFloat, Positive, Rate
from groundup.data.settings import FILES, ROWS
from groundup.kinds.settings import COLUMNS, OF_KINDS, KindColumns, NewKinds, needs_pretrained
from groundup.scope import Unfit
from groundup.tasks.traits import TRAITS, TaskName, misplaced_columns, misplaced_kinds, misplaced_labels
from groundup.train.defaults import NEW, PRETRAINED, RANDOM, TrainingDefaults
from groundup.train.settings import LoraSettings, Preset, RegularizeSettings, ReplaySettings, Trackers, TrainingCommand

OF_PRETRAINED = (
    "freeze",
    "features",
    "unfreeze_over",
    "reinitialize",
    "lora",
    "replay",
    "regularize",
    "mixout",
    "from_scratch",
    "dequantize",
)  # settings of models that were trained before


@dataclass(frozen=True, kw_only=True)
class Finetune(TrainingCommand, KindColumns, NewKinds):
    """Fine-tune a model for a task, and say honestly whether it beats simple baselines.

    The table is checked and split inside the run folder; the best checkpoint by validation becomes the model; the test
    split is opened once, at the end.
    """

    example: ClassVar[str] = (
        "groundup finetune --model runs/lm --data reviews.csv --text_column sentence --label_column label --out runs/sentiment"
    )
    main_settings: ClassVar[tuple[str, ...]] = (
        "data",
        "out",
        *COLUMNS,
        "label_column",
        "model",
        "task",
        "epochs",
        "optimizer.learning_rate",
        "language",
    )

    unfit: ClassVar = (
        Unfit(
            lambda one: not one.columns_by_kind and not one.to_infer,
            ("read", "split", "label_column", "label", "validation", "test"),
            "is for tables; the rows of a folder of groundup prepare have their classes and splits",
        ),
        *OF_KINDS,
        Unfit(
            lambda one: len(one.columns_by_kind) < 2,
            ("drop_kinds", "kind_heads", "token_dropout"),
            "is for rows of several kinds",
        ),
        Unfit(
            lambda one: len(one.columns_by_kind) > 1,
            ("augment", "replay", "regularize.method"),
            "is for rows of texts alone",
        ),
        Unfit(lambda one: one.model is not None, ("preset",), "is of a new model: leave --model out"),
        Unfit(
            lambda one: one.model is None,
            OF_PRETRAINED,
            "is for a model that was trained before: give --model",
        ),
        Unfit(
            lambda one: not TRAITS[one.task].probabilities,
            ("calibration",),
            "is for tasks whose answers are probabilities: classification and multilabel",
        ),
        ROWS,
        *FILES,
        Unfit(lambda one: TRAITS[one.task].writes, ("replay", "regularize.method"), "is for tasks that give labels"),
        Unfit(lambda one: not TRAITS[one.task].pooled, ("pooling",), "is for tasks that give a whole text one label or number"),
        Unfit(lambda one: not TRAITS[one.task].classes, ("class_weights",), "is for classification, whose classes it weighs"),
        Unfit(lambda one: len(one.text_column) < 2, ("augment.sides",), "is for pairs of texts"),
        Unfit(
            lambda one: not (one.replay.weight or one.replay.log_only or one.regularize.method == "ewc"),
            ("replay.data",),
            "is for replay.weight, replay.log_only and regularize.method ewc: give one of them",
        ),
    )

    model: str | None = None
    """Model folder or run to start from (ours or Hugging Face's); a model of texts or images learns to read further kinds. Left
    out: a new model, for rows of a table or of several kinds."""
    preset: Preset = "micro"
    """Size of a new model; micro has 2 layers of 64 numbers."""
    drop_kinds: Rate | None = None
    """Of rows of several kinds: how often training reads a row as if it lacked a kind, each by itself, so that rows without it
    are answered well. Default: 0.2."""
    kind_heads: NonNegativeFloat = 0.0
    """Of rows of several kinds: weight of the loss of heads beside the common one, each of which reads one kind alone, so that
    every kind is learned; usual are 0.1 to 0.3. An update takes about twice as long. 0: none."""
    token_dropout: Rate | None = None
    """Of rows of several kinds: share of words and patches that training leaves out, others each time, so that few rows are not
    memorised; `table.cell_dropout` is that of columns. Default: 0, of a new model 0.3."""
    calibration: Literal["auto", "none", "temperature", "isotonic"] = "auto"
    """How probabilities come to mean what they say, by the validation rows: one temperature, or isotonic regression of each
    class. auto: a temperature, and from 1,000 rows the better of both. Kept only where it lowers the log loss of rows left
    out."""
    data: str
    """Labelled table (csv, tsv, jsonl, parquet, also packed) or folder of them; for images a folder of `groundup prepare`."""
    task: TaskName = "classification"
    """What is learned: one of several labels; any number of them; a number (similarity, a rating); named parts of the text
    (label: [[start, end, type], ...], or tags of words); the answer to a question in a text (two text columns); a text
    written by an encoder-decoder; a summary made of the text's own sentences, chosen by an encoder (extraction)."""
    out: str
    """Run folder: new, or the same run's, which is then resumed."""
    train_rows: Positive | None = None
    """Use only so many training rows (stratified), to see what fewer labels give."""
    max_length: Positive = 128
    """Longest sequence in tokens, special tokens included."""
    too_long: Literal["truncate", "window", "error"] = "truncate"
    """What to do with longer texts; how many there are is always said."""
    freeze: NonNegative = 0
    """Keep the embeddings and the bottom so many blocks as they are (0: train everything)."""
    features: Literal["none", "fp16", "fp32"] = "none"
    """Compute what the frozen blocks say of each text once, and keep it on disk: later epochs cost a fraction."""
    unfreeze_over: Fraction = 0.0
    """Free the frozen blocks one by one, from the top, within this share of the updates."""
    reinitialize: NonNegative = 0
    """Draw the top so many blocks anew."""
    lora: LoraSettings = field(default_factory=LoraSettings)
    replay: ReplaySettings = field(default_factory=ReplaySettings)
    regularize: RegularizeSettings = field(default_factory=RegularizeSettings)
    mixout: Rate = 0.0
    """Share of the weights that an update sees as they were at the start."""
    r_drop: NonNegativeFloat = 0.0
    """Weight of the difference between two passes under different dropout; classification only."""
    ema_decay: Rate | None = None
    """Decay of a moving average of the weights, which is then what is judged and published; 0: none. Default: 0, of a new model
    0.99."""
    augment: AugmentSettings = field(default_factory=AugmentSettings)
    mixup: NonNegativeFloat = 0.0
    """Mix examples and their labels by shares from Beta(mixup, mixup); classification only. 0: not at all."""
    horizontal_flip: bool = False
    """Show half of the training images mirrored (not for digits and letters)."""
    from_scratch: bool = False
    """Start from random weights of the same shape: what the model would be without pretraining. They learn at the rate of new
    models, all layers alike, for 12 epochs and at least 600 updates, where nothing else is said."""
    class_weights: Literal["auto", "none", "balanced"] = "auto"
    """`balanced` weighs classes by n / (K n_k); `auto` does so when the rarest class is under 20 %, but not for rows of a
    table: there probabilities stay what they say, and `evaluate --cost` sets the threshold."""
    epochs: Positive | None = None
    """Passes over the training rows. Default: 5, and at least 600 updates; of a new model 12, and at least 400."""
    steps: Positive | None = None
    """Number of updates (instead of epochs)."""
    batch_size: Positive = 32
    """Rows per update."""
    pooling: Literal["auto", "pooler", "first", "mean", "last"] = "auto"
    """What the classes are read from: BERT's pooler, the first token, the last one (GPT-2 and Llama, whose classes in
    `transformers` know no other) or the mean of all. auto: as a folder of sentence-transformers says, else what the family has
    (BERT: pooler, the only one its class in `transformers` knows)."""
    dequantize: bool = False
    """Train a model of int8 matrices on from their rounded values, which is refused otherwise."""
    dropout: Rate = 0.1
    """Dropout of states, attention and the pooled output."""
    layer_decay: Rate | Literal[1] | None = None
    """Each block learns so much slower than the one above it. Default: 0.9, of a new model 1."""
    num_evaluations: Positive = 10
    """How many times the validation split is evaluated at most."""
    patience: Positive = 3
    """Evaluations in a row without improvement that are borne; one more stops training."""
    best_metric: str | None = None
    """Validation figure that decides which checkpoint is best: loss, or one of the task's, like accuracy. Default: its main
    one (macro_f1, micro_f1, pearson, f1; for texts that are written loss)."""
    baselines: bool = True
    """Train the majority and TF-IDF + logistic regression baselines beside it."""
    track: Trackers = ()
    """Also write the figures for these, into the run folder: TensorBoard, MLflow, Weights & Biases (offline)."""

    @property
    def defaults(self) -> TrainingDefaults:
        """What is done where nothing is said. Models of a kind that needs no pretraining are as
        small pretrained as new, and learn alike."""
        columns = self.columns_by_kind
        if self.model is None or (len(columns) == 1 and not needs_pretrained(columns)):
            return NEW
        return RANDOM if self.from_scratch else PRETRAINED

    @property
    def usual_layer_decay(self) -> float:
        return self.defaults.layer_decay if self.layer_decay is None else self.layer_decay

    @property
    def usual_token_dropout(self) -> float:
        return self.defaults.token_dropout if self.token_dropout is None else self.token_dropout

    @property
    def usual_ema_decay(self) -> float:
        return self.defaults.ema_decay if self.ema_decay is None else self.ema_decay

    def check(self) -> Iterable[tuple[str, str]]:
        columns = self.columns_by_kind
        if self.model is None and needs_pretrained(columns) and not self.to_infer:
            yield "model", "is required: texts and images are read by a model that was trained before"
        yield from misplaced_kinds(columns, self.task)
        yield from self.check_columns()
        if self.text_column:
            yield from misplaced_columns(self.text_column, self.task)
        yield from misplaced_labels(self.label, self.task)
        if self.features != "none" and (not self.freeze or self.unfreeze_over or self.mixout):
            yield "features", "are those of blocks that stay frozen: give --freeze, and neither unfreeze_over nor mixout"
        if self.unfreeze_over and not self.freeze:
            yield "unfreeze_over", "frees blocks that are frozen at first: give --freeze"
        if self.lora.rank and (self.unfreeze_over or self.mixout):
            yield "lora", "holds the weights: give neither unfreeze_over nor mixout"
        if not TRAITS[self.task].classes and (self.r_drop or self.mixup):
            yield "r_drop" if self.r_drop else "mixup", f"is for tasks whose rows are of one class, not for {self.task}"
        if self.kind_heads and (self.r_drop or self.mixup):
            yield "kind_heads", "goes without r_drop and mixup"
        if self.r_drop and self.mixup:
            yield "mixup", "goes without r_drop"
        if self.augment.method != "none" and not TRAITS[self.task].pooled:
            yield "augment.method", f"changes texts, and with them the places that {self.task} is about"
        if self.augment.method == "back_translation" and None in (self.augment.forth, self.augment.back):
            yield (
                "augment.method",
                "back_translation needs two models that translate: name them with --augment.forth and --augment.back",
            )
        if self.replay.gamma and self.replay.data is None:
            yield "replay.gamma", "needs documents in their order: name a data folder with --replay.data"
        if self.epochs is not None and self.steps is not None:
            yield "steps", "give either epochs or steps, not both"
