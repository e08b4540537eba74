"""What differs between the applications of a model that reads text: what a label is, the head and its loss, how numbers
become answers, what answers are evaluated by, and what they must beat.

This module and its neighbours import no torch where a model is only used, so that an exported one is used without it.

A task is made from the settings, learns from the training rows what the model folder must remember of them (`facts`: label
names, a scale), and serves training, evaluation and use alike. N rows, S sequences made of them.
"""

from __future__ import annotations

import json
import warnings
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar, cast

import numpy as np

from groundup.data.batches.ragged_batch import Flat
from groundup.data.packed import Packed
from groundup.data.rows import Rows
from groundup.data.settings import LabelSettings
from groundup.errors import InputError
from groundup.kinds.reader import Reader, Row, TooLong
from groundup.kinds.text.packed import PackedTexts
from groundup.kinds.text.reader import TextReader
from groundup.metrics.scores import Scores
from groundup.nn.config import HeadConfig, PooledHeadConfig, TransformerConfig
from groundup.strict_json import canonical, strict
from groundup.tasks.calibrate import Calibration
from groundup.tasks.rows.label_column import Inform, in_order, is_missing
from groundup.tasks.traits import TRAITS, Traits, misplaced_labels
from groundup.tasks.windows import split_by_sequence

if TYPE_CHECKING:
    from groundup.nn.model import Model
    from groundup.objectives.objective import Batch, Objective

Answers = Any  # one per row: a list, or an array of [N, ...]
MakeBatch = Callable[[Flat, "Objective", float], "Batch"]
HEAD = "label"
FORMER = {  # what members were called in the version before, for scripts that use the task of an open model
    "told": "as_dict",
    "columns": "as_columns",
    "show": "as_text",
    "read": "read_target",
    "store": "serialize",
    "restore": "deserialize",
    "occurring": "label_counts",
    "fields": "answer_columns",
    "judge": "evaluate",
}
R = TypeVar("R", bound=Reader)
P = TypeVar("P", bound=Packed)


@dataclass(frozen=True)
class BaselineResult:
    """Answers of a simple method to the same rows, and how they came about."""

    name: str
    answers: Answers
    seconds: float
    details: dict = field(default_factory=dict)


@dataclass
class Predictions:
    """A model's answers to rows [N], and its loss on those that have a target (summed, and their count)."""

    answers: Answers
    loss: float
    count: float
    unfinished: np.ndarray | None = None  # [N] bool, of a task that writes: the answer ends because it may not be longer
    raw: Answers = None  # the answers without calibration; None where a task has none


class Task(ABC, Generic[R, P]):
    """The defaults are those of tasks that read one label per row."""

    name: ClassVar[str]
    metric: ClassVar[str]
    """Which figure decides."""
    answer_columns: ClassVar[tuple[str, ...]]
    """Columns of an answer in a table."""
    head_name: ClassVar[str] = HEAD
    """Name of the head in model folders, by which families know where it goes."""
    needs_offsets: ClassVar[bool] = False
    """Whether the places of tokens in the text are needed."""
    numeric: ClassVar[bool] = False
    """Whether a label is a number."""
    facts: dict[str, Any]

    def __init__(self, facts: Mapping[str, Any] | None = None, head: str | None = None):
        self.facts, self.head = dict(facts or {}), head or self.head_name
        self.notes: list[str] = []  # what was inferred about the training rows, each with the setting that says otherwise
        self.renamed_labels: set[str] = set()  # names that were met and have another

    if not TYPE_CHECKING:  # or the checker would take every name for a member

        def __getattr__(self, name: str) -> Any:
            """A member under its former name, with a FutureWarning."""
            if name not in FORMER:
                raise AttributeError(f"'{type(self).__name__}' has no attribute '{name}'", name=name, obj=self)
            warnings.warn(f"{name} is now called {FORMER[name]}", FutureWarning, stacklevel=2)
            return getattr(self, FORMER[name])

    @property
    def traits(self) -> Traits:
        """What settings and commands ask of the task."""
        return TRAITS[self.name]

    @property
    def writes(self) -> bool:
        """Whether the model is one that writes text (an encoder-decoder)."""
        return self.traits.writes

    @classmethod
    def of_outputs(cls, labels: list[str] | None) -> Task:
        """The task of a foreign model folder, which says no more than the names of its head's outputs."""
        return cls({"labels": labels or []})

    # Labels

    def read_inputs(self, raw: Sequence[object], reader: R, home: Path | None = None) -> Row | None:
        """A row from the cells of the reader's columns, as a file in the folder `home` has them; None where there is nothing to
        read."""
        return reader.read_cells(raw, home)

    def infer_label_format(
        self, cells: Sequence[object], columns: Sequence[str], settings: LabelSettings, inform: Inform
    ) -> None:
        """Settle how the label column is written, before a cell is read: of several columns each cell is a list. What is
        inferred goes to `inform`; what is given is kept, for tables that are read later. InputError for a column that can
        mean several things."""
        for place, what in misplaced_labels(settings, self.name):
            raise InputError("BAD_SETTING", place, what, "leave it out")
        if settings.rename:
            self.facts["rename"] = self.facts.get("rename", {}) | dict(settings.renamed())
        if settings.language:
            self.facts["language"] = settings.language

    def label_format(self) -> dict[str, Any]:
        """The facts that say how the label column is written."""
        return {key: self.facts[key] for key in ("written", "names", "rename") if key in self.facts}

    def canonical_label(self, name: str) -> str:
        """The name of a label that the column may call otherwise."""
        new = self.facts.get("rename", {}).get(name)
        if new is not None:
            self.renamed_labels.add(name)
        return name if new is None else new

    def read_target(self, value: object, texts: Row, raw: Sequence[object] = ()) -> Any:
        """The target that a cell holds; `raw` are the cells the texts came from. ValueError, in words, for what is none."""
        if isinstance(value, list) and len(value) == 1:
            value = value[0]  # as tools write a choice
        if isinstance(value, list) and len(value) > 1:
            raise ValueError(f"holds {len(value)} values; groundup finetune --task multilabel learns several labels")
        if is_missing(value) or isinstance(value, (dict, list)):
            raise ValueError("is empty or not a single value")
        return str(value)

    def serialize(self, target: Any) -> str:
        """A target as one field of a table."""
        return canonical(target)

    def deserialize(self, stored: str) -> Any:
        """The inverse of `store`."""
        return strict(stored)

    def stratum(self, target: Any) -> str:
        """What splits keep the shares of; empty where there is nothing of the sort."""
        return ""

    def label_counts(self, targets: Sequence[Any]) -> dict[str, int]:
        """How often each label occurs; empty where there are none."""
        return count_labels(filter(None, map(self.stratum, targets)))

    def learn(self, texts: Sequence[Row], targets: Sequence[Any], reader: R) -> None:
        """Set `facts` from the training rows. InputError when they cannot be learned from. Tasks whose labels
        stand at places of the text need its tokenizer."""
        return

    def unfit_rows(self, texts: Sequence[Row], targets: Sequence[Any]) -> dict[str, np.ndarray]:
        """Reason -> [N] bool: rows that are better not trained on."""
        return {}

    @property
    def labels(self) -> list[str]:
        """Names of the model's labels, in the order of their numbers."""
        return self.facts.get("labels", [])

    @property
    def outputs(self) -> list[str]:
        """Names of the outputs of the head; none where they are no labels."""
        return self.labels

    @property
    def decisions(self) -> dict[str, Any]:
        """What the task decided by the training rows, or has settled, for people: a longest answer, a scale, a threshold."""
        return {name: value for name, value in self.facts.items() if isinstance(value, (int, float, str))}

    # The model

    def make_head(self, usual: PooledHeadConfig, config: TransformerConfig) -> HeadConfig:
        """The head; `usual` is the family's own for one of K classes."""
        return usual

    def tune(self, judge: Callable[[], Answers], targets: Sequence[Any], texts: Sequence[Row]) -> None:
        """Choose by the validation rows what of `facts` decides about answers; `judge` asks the trained model anew."""
        return

    def calibrate(
        self, raw: Callable[[], Answers], targets: Sequence[Any], setting: Calibration, in_windows: bool = False
    ) -> None:
        """Learn from the uncalibrated answers to validation rows how probabilities come to mean what they say; `in_windows`:
        a row may be several sequences. Tasks whose answers are no probabilities have nothing to learn."""
        return

    def calibrated(self, raw: Answers) -> Answers:
        """What `decode` gives, with the calibration that is not in the weights."""
        return raw

    def uncalibrated(self, raw: Answers) -> Answers:
        """What `decode` gives, without the calibration that is in the weights."""
        return raw

    def fold_scale(self, model: Model) -> None:
        """Put into a trained model what of `facts` its head can hold, so that others need no more than the folder."""
        return

    def unfold_scale(self, model: Model) -> None:
        """The inverse of `settle`, for `facts` learned anew: what is needed to train such a model further."""
        return

    @property
    def scale(self) -> tuple[float, float]:
        """(offset, factor) that make the answer of what the head says, of a task whose answer is a number."""
        return 0.0, 1.0

    @abstractmethod
    def make_objective(self, targets: Sequence[Any], weigh: str) -> Objective:
        """The loss, for training rows with these targets; `weigh` is auto, none or balanced."""

    def pack(self, texts: Sequence[Row], reader: R, length: int, too_long: TooLong) -> P:
        """The rows as sequences."""
        return cast("P", reader.pack(texts, length, too_long))

    @abstractmethod
    def make_rows(self, texts: Sequence[Row], targets: Sequence[Any] | None, packed: P, reader: R, seed: int) -> Rows[P]:
        """The examples; without targets, for use."""

    @abstractmethod
    def decode(self, outputs: Sequence[np.ndarray], rows: Rows[P], texts: Sequence[Row]) -> Answers:
        """An answer per row from what the head says of each sequence: [asked positions, outputs] each. Not calibrated."""

    def evaluate(
        self, model: Model, rows: Rows[P], texts: Sequence[Row], reader: R, make: MakeBatch | None = None
    ) -> Predictions:
        """The model's answers to every row. The model is in eval mode. `make` may make batches of kept states."""
        import torch

        from groundup.objectives.objective import make_batch

        make = make or make_batch
        objective, outputs = self.make_objective([], "none"), [np.zeros((0, 0), np.float32)] * rows.size
        loss = count = 0.0
        with torch.inference_mode():
            for flat in rows.in_order_of_length():
                batch = make(flat, objective, 1.0)
                predictions = batch.forward(model)
                loss += sum(float(v) for v in objective.losses(predictions, batch.targets).values())
                count += sum(objective.counts(batch.targets).values())
                logits = predictions[self.head].float().cpu().numpy()
                for place, numbers in split_by_sequence(logits, batch.positions[self.head].cpu().numpy(), flat):
                    outputs[place] = numbers
        raw = self.decode(outputs, rows, texts)
        return Predictions(self.calibrated(raw), loss, count, raw=self.uncalibrated(raw))

    # Answers

    @abstractmethod
    def scores(self, answers: Answers, targets: Sequence[Any], texts: Sequence[Row]) -> Scores:
        """The scores of answers to rows with these targets."""

    @abstractmethod
    def baselines(
        self,
        train: tuple[Sequence[Row], Sequence[Any]],
        validation: tuple[Sequence[Row], Sequence[Any]],
        texts: Sequence[Row],
        reader: R,
    ) -> list[BaselineResult]:
        """Answers to `texts` of simple methods learned from `train`, tuned on `validation`. The most trivial comes first."""

    def upper_bounds(self, texts: Sequence[Row], targets: Sequence[Any]) -> list[BaselineResult]:
        """What no method of a kind can surpass, found with the targets at hand: to be shown, not to be beaten."""
        return []

    def metric_details(self, scores: Scores) -> dict[str, str]:
        """How the figures were computed, where methods of one name differ."""
        return {}

    @abstractmethod
    def as_columns(self, answer: Any) -> dict[str, object]:
        """An answer as fields of a table."""

    @abstractmethod
    def as_dict(self, answer: Any) -> dict[str, Any]:
        """An answer as plain values, as the Python API gives it."""

    @abstractmethod
    def as_text(self, answer: Any, texts: Row) -> str:
        """An answer for people."""

    def error(self, answer: Any, target: Any, texts: Row) -> tuple[float, str, str] | None:
        """How bad an answer is, what was wanted and what was said; None when nothing is wrong with it."""
        target_text, answer_text = self.plain(target), self.plain(self.as_dict(answer))
        return None if target_text == answer_text else (1.0, target_text, answer_text)

    @staticmethod
    def plain(value: Any) -> str:
        return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


class TextTask(Task[TextReader, PackedTexts]):
    """A task that only texts can be asked of: its answers stand in a text, or are one."""

    def pack(self, texts: Sequence[Row], reader: TextReader, length: int, too_long: TooLong) -> PackedTexts:
        return reader.pack(texts, length, too_long, located=self.needs_offsets)


def count_labels(names: Iterable[str]) -> dict[str, int]:
    """How often each name occurs, in their order."""
    counts = Counter(names)
    return {name: counts[name] for name in in_order(counts)}


def read_untrimmed(raw: Sequence[object]) -> Row | None:
    """The texts of a row with the blanks around them."""
    parts = [part for part in raw if isinstance(part, str) and part.strip()]
    return tuple(parts) if len(parts) == len(raw) else None


Beside, Judged = BaselineResult, Predictions  # the former names, for one version
