"""Row classification: one of K labels for a text or a pair of texts. An answer is the probabilities [K].

Objective: `objectives/label.py`. Metrics: accuracy and macro F1. N rows, K classes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isfinite
from typing import TYPE_CHECKING, Any

import numpy as np

from groundup.data.packed import Packed
from groundup.data.rows import Rows
from groundup.data.settings import LabelSettings
from groundup.errors import InputError
from groundup.kinds.features import PlainNumbers
from groundup.kinds.reader import Reader, Row
from groundup.messages.current import message
from groundup.messages.translate import plural
from groundup.metrics.confusion import class_scores
from groundup.metrics.scores import Figures
from groundup.nn.config import HeadConfig, PooledHeadConfig, TransformerConfig
from groundup.objectives.special_labels import UNKNOWN_LABEL
from groundup.tasks.baselines.baseline import linear, majority
from groundup.tasks.baselines.tabular import classify, tables_of
from groundup.tasks.probabilities import ProbabilityTask
from groundup.tasks.rows.label_column import WHOLE, Inform, in_order, in_order_of, is_missing, name_of
from groundup.tasks.task import Answers, BaselineResult
from groundup.tasks.windows import mean_over_windows

if TYPE_CHECKING:
    from groundup.objectives.label_cross_entropy import LabelCrossEntropy

RARE = 0.2  # a class under this share makes `weigh: auto` balance


class Classification(ProbabilityTask):
    """Facts: `labels`, the names of the training rows in order; `names`, those of the numbers in the label column, if given;
    `positive`, of two classes the one that rates and costs are about: the rarer one of the training rows."""

    name, metric = "classification", "macro_f1"
    answer_columns = ("label", "probability")
    whole = False  # whether floats of the label column are whole numbers

    def serialize(self, target: str) -> str:
        return target

    def deserialize(self, stored: str) -> str:
        return stored

    def stratum(self, target: str) -> str:
        return target

    def infer_label_format(
        self, cells: Sequence[object], columns: Sequence[str], settings: LabelSettings, inform: Inform
    ) -> None:
        """Numbers get their names, where there are such; whole numbers that a column of floats holds are read as such."""
        super().infer_label_format(cells, columns, settings, inform)
        if settings.names:
            self.facts["names"] = list(settings.names)
        elif self.numbered and all(is_missing(cell) or WHOLE.fullmatch(str(cell).strip()) for cell in cells):
            self.facts["names"] = list(self.labels)
            inform(message("classes are numbers", first=self.labels[0], column=columns[0]))
        floats = [cell for cell in cells if isinstance(cell, float) and isfinite(cell)]
        self.whole = (
            bool(floats)
            and all(cell == int(cell) for cell in floats)
            and not ({str(cell) for cell in floats} & set(self.labels))
        )
        if self.whole:
            inform(message("whole numbers as floats", column=columns[0], cell=str(floats[0]), name=str(int(floats[0]))))

    @property
    def numbered(self) -> bool:
        """Whether the classes have no names but those that `transformers` makes of their numbers."""
        return bool(self.labels) and self.labels == [f"LABEL_{k}" for k in range(len(self.labels))]

    def read_target(self, value: object, texts: Row, raw: Sequence[object] = ()) -> str:
        """The name of a label. A number stands for the name of this place, where names were given."""
        if isinstance(value, float) and isfinite(value) and value == int(value):
            value = int(value) if self.whole or str(int(value)) in self.labels else value
        return self.label_of_number(self.canonical_label(super().read_target(value, texts, raw)))

    def label_of_number(self, name: str) -> str:
        """The name of a label that may be told by its number. ValueError for what is neither."""
        return name if "names" not in self.facts else name_of(name, self.facts["names"])

    def learn(self, texts: Sequence[Row], targets: Sequence[str], reader: Reader) -> None:
        labels = in_order(targets)
        if "names" in self.facts:
            labels = in_order_of(self.facts["names"], labels)
        self.facts["labels"] = labels
        if len(labels) < 2:
            raise InputError(
                "ONE_CLASS", "label column", f"the training rows have one label: {labels}", "give rows of at least two labels"
            )
        if len(labels) == 2:
            counts = [sum(target == label for target in targets) for label in labels]
            self.facts["positive"] = labels[int(counts[1] <= counts[0])]
        if len(labels) > max(2, len(targets) / 2):
            raise InputError(
                "TOO_MANY_LABELS",
                "label column",
                f"has {plural(len(labels), 'label')} for {len(targets)} training rows",
                "is this the column with the label? A number is learned with --task regression",
            )

    def numbers(self, targets: Sequence[str | None]) -> np.ndarray:
        """[N] class numbers; -1 for a label that no training row has."""
        known = {name: k for k, name in enumerate(self.labels)}
        return np.array([known.get(name, UNKNOWN_LABEL) if name is not None else UNKNOWN_LABEL for name in targets], np.int64)

    def make_head(self, usual: PooledHeadConfig, config: TransformerConfig) -> HeadConfig:
        return usual

    balanced = False  # whether the classes were weighed in training, and so are in the baselines

    def make_objective(self, targets: Sequence[str], weigh: str) -> LabelCrossEntropy:
        from groundup.objectives.label_cross_entropy import LabelCrossEntropy

        weights = self.class_weights(targets, weigh)
        self.balanced = self.balanced or weights is not None
        return LabelCrossEntropy(weights, name=self.head)

    def class_weights(self, targets: Sequence[str], weigh: str) -> list[float] | None:
        """n / (K n_k) of the training rows, when asked for or (auto) when the rarest class is rare."""
        if weigh == "none" or not len(targets):
            return None
        counts = np.bincount(self.numbers(targets), minlength=len(self.labels))
        rare = counts.min() / counts.sum() < RARE and counts.min() / counts.max() < 0.5
        if weigh == "balanced" or rare:
            return (counts.sum() / (len(counts) * np.maximum(counts, 1))).tolist()
        return None

    def make_rows(
        self, texts: Sequence[Row], targets: Sequence[str | None] | None, packed: Packed, reader: Reader, seed: int
    ) -> Rows:
        return Rows(packed, self.numbers([None] * len(texts) if targets is None else targets), seed, name=self.head)

    def decode(self, outputs: Sequence[np.ndarray], rows: Rows, texts: Sequence[Row]) -> Answers:
        shares = []
        for numbers in outputs:
            powers = np.exp(numbers.astype(np.float64) - numbers.max(-1, keepdims=True))
            shares.append(powers / powers.sum(-1, keepdims=True))
        if not shares:
            return np.zeros((0, len(self.labels)), np.float32)
        return mean_over_windows(shares, rows).astype(np.float32)

    def calibration_targets(self, targets: Sequence[str | None]) -> np.ndarray:
        return self.numbers(targets)

    def scores(self, answers: Answers, targets: Sequence[str | None], texts: Sequence[Row]) -> LabelScores:
        classes = self.numbers(targets)
        rows = np.array([target is not None for target in targets])
        classes = np.where(rows & (classes == UNKNOWN_LABEL), len(self.labels), classes)
        return LabelScores(classes, np.asarray(answers).argmax(-1) if len(answers) else np.zeros(0, int), len(self.labels) + 1)

    def baselines(self, train, validation, texts: Sequence[Row], reader: Reader) -> list[BaselineResult]:
        """The most frequent class, and logistic regression on the features of the kind. Rows of a label that was never trained
        do not tune. Needs scikit-learn."""
        targets, tuning = self.numbers(train[1]), self.numbers(validation[1])
        known, classes = np.flatnonzero(tuning >= 0), len(self.labels)
        features = reader.features(train[0])
        if isinstance(features, PlainNumbers):
            trivial = majority(targets, classes, len(texts))
            table, rows = tables_of(features, train[0], texts)
            more = classify(table, targets, rows, classes, features.strengths)
            first = BaselineResult(trivial.name, trivial.probabilities, trivial.seconds, trivial.details)
            return [first, *(BaselineResult(one.name, one.answers, one.seconds, one.details) for one in more)]
        known_validation = [validation[0][i] for i in known], tuning[known]
        results = (
            majority(targets, classes, len(texts)),
            linear(features, (train[0], targets), known_validation, texts, classes, self.balanced),
        )
        return [BaselineResult(one.name, one.probabilities, one.seconds, one.details) for one in results]

    def as_dict(self, answer: np.ndarray) -> dict[str, Any]:
        names = self.labels
        return {
            "label": names[int(answer.argmax())],
            "probability": float(answer.max()),
            "probabilities": dict(zip(names, map(float, answer), strict=True)),
        }

    def as_columns(self, answer: np.ndarray) -> dict[str, object]:
        return {"label": self.labels[int(answer.argmax())], "probability": round(float(answer.max()), 6)}

    def as_text(self, answer: np.ndarray, texts: Row) -> str:
        return show(self.as_dict(answer))


class LabelScores:
    """Class numbers wanted and answered [N], out of `classes`; a number of -1 is not judged."""

    def __init__(self, targets: np.ndarray, predictions: np.ndarray, classes: int):
        self.targets, self.predictions, self.classes = targets, predictions, classes

    def __len__(self) -> int:
        return len(self.targets)

    def figures(self, rows: np.ndarray) -> Figures:
        targets, predictions = self.targets[rows], self.predictions[rows]
        labelled = targets >= 0
        cells = targets[labelled] * self.classes + predictions[labelled]
        counts = np.bincount(cells, minlength=self.classes**2).reshape(self.classes, self.classes)
        if not counts.sum():
            return {"accuracy": None, "macro_f1": None}
        f1 = class_scores(counts)["f1"]
        return {"accuracy": float(np.trace(counts) / counts.sum()), "macro_f1": float(np.nanmean(f1))}

    def concatenate(self, other: LabelScores) -> LabelScores:
        """The rows of both, these first."""
        pairs = (self.targets, other.targets), (self.predictions, other.predictions)
        return LabelScores(*map(np.concatenate, pairs), max(self.classes, other.classes))


def show(prediction: Mapping, others: int = 2) -> str:
    """One prediction as a line: `positive 0.93   (negative 0.07)`."""
    ranked = sorted(prediction["probabilities"].items(), key=lambda pair: (-pair[1], pair[0]))
    rest = [f"{name} {share:.2f}" for name, share in ranked if name != prediction["label"]][:others]
    return f"{prediction['label']} {prediction['probability']:.2f}" + (f"   ({', '.join(rest)})" if rest else "")
