"""Any number of K labels for a text or a pair of texts. An answer is the probabilities [K], each for itself.

Objective: binary cross-entropy (`objectives/numbers.py`). Metrics: micro and macro F1, all labels right, ranking.
"""

from __future__ import annotations

import json
import time
import warnings
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from groundup.data.packed import Packed
from groundup.data.rows import Rows
from groundup.data.settings import LabelSettings
from groundup.errors import InputError
from groundup.kinds.features import Features, PlainNumbers
from groundup.kinds.reader import Reader, Row
from groundup.messages.current import message
from groundup.nn.config import HeadConfig, PooledHeadConfig, TransformerConfig
from groundup.tasks.baselines.tabular import classify_labels, tables_of
from groundup.tasks.probabilities import ProbabilityTask
from groundup.tasks.rows.label_column import (
    Inform,
    bits_of,
    in_order_of,
    infer_label_format,
    is_missing,
    name_of,
    parse_list,
    separator_name,
    split_labels,
)
from groundup.tasks.task import Answers, BaselineResult, count_labels
from groundup.tasks.windows import mean_over_windows

if TYPE_CHECKING:
    from groundup.objectives.numeric_targets import BinaryCrossEntropy

FREQUENT = "most frequent labels"
CUT = 0.5  # a label with at least this probability is given
SPELLED: dict[str, str | None] = {"none": None, "blank": " ", "tab": "\t"}


class Multilabel(ProbabilityTask):
    """Facts: `labels`, the names that training rows have; `written`, how the label column names them: the `separator` between
    names, the names of the places of a `vector`, the `columns` that make it up."""

    name, metric = "multilabel", "micro_f1"
    answer_columns = ("labels", "probability")
    sum_to_one = False

    def infer_label_format(
        self, cells: Sequence[object], columns: Sequence[str], settings: LabelSettings, inform: Inform
    ) -> None:
        """Whether cells hold vectors of 0 and 1, which need names, or names, and then what parts them."""
        super().infer_label_format(cells, columns, settings, inform)
        if settings.columns:
            self.facts["written"] = {"vector": list(settings.columns), "columns": list(settings.columns)}
            return
        known, name = self.facts.get("written", {}), ", ".join(columns)
        if list(columns) == known.get("columns"):
            return
        label_format = infer_label_format([parse_list(cell) for cell in cells])
        names = list(settings.names) or known.get("names") or known.get("vector")
        if label_format.vector and settings.separator == "auto" and "separator" not in known:
            self.facts["written"] = {"vector": self.names_of_places(label_format.vector, names, cells, name)}
            return
        if settings.separator != "auto":
            separator = SPELLED.get(settings.separator, settings.separator)
        elif "separator" in known:
            separator = known["separator"]
        else:
            separator = label_format.separator
            if separator is not None or any(
                isinstance(cell, str) and "," in cell and parse_list(cell) is cell for cell in cells
            ):
                key, mark = "separator of labels", separator and separator_name(separator)
                inform(message(key if mark else "cell is one name", column=name, separator=mark))
        self.facts["written"] = {"separator": separator} | ({"names": names} if names else {})

    @staticmethod
    def names_of_places(length: int, names: list[str] | None, cells: Sequence[object], name: str) -> list[str]:
        """The names of the places of vectors. InputError where they are not given, or not as many."""
        first = next(cell for cell in cells if not is_missing(cell))
        what = f"holds vectors of {length} zeros and ones, such as {str(first)[:60]}, not names of labels"
        if names is None:
            raise InputError(
                "VECTORS_WITHOUT_NAMES",
                f"column '{name}'",
                what,
                f"name their {length} places in order: --label.names, once for each",
            )
        if len(names) != length:
            raise InputError(
                "VECTORS_WITHOUT_NAMES",
                f"column '{name}'",
                f"{what}; there are {len(names)} names",
                f"give {length} names with --label.names, in the order of the places",
            )
        return names

    def read_target(self, value: object, texts: Row, raw: Sequence[object] = ()) -> list[str]:
        """A list of names, such a list as text, names with a separator between them, or a vector of 0 and 1, as the column was
        settled. An empty cell has no label."""
        if "columns" in self.facts.get("written", {}) and isinstance(value, list) and any(map(is_missing, value)):
            empty = self.facts["written"]["columns"][next(place for place, one in enumerate(value) if is_missing(one))]
            raise ValueError(f"'{empty}' is empty")
        if is_missing(value):
            return []
        if isinstance(value, dict):
            raise ValueError("is an object, not a list of names")
        value = parse_list(value)
        how = self.facts.get("written") or infer_label_format([value])._asdict()
        if isinstance(how.get("vector"), list):
            return self.given_by(bits_of(value), how["vector"])
        if isinstance(value, str) and value.strip().startswith("["):
            raise ValueError(f"'{value[:40]}' begins like a list and is none")
        if isinstance(value, list) and not all(isinstance(one, (str, int)) for one in value):
            raise ValueError("holds a list of something else than names")
        labels = [str(one) for one in value] if isinstance(value, list) else split_labels(str(value), how.get("separator"))
        names = how.get("names")
        return sorted(
            {self.canonical_label(one) if names is None else name_of(self.canonical_label(one), names) for one in labels}
        )

    def given_by(self, bits: Sequence[int], names: Sequence[str]) -> list[str]:
        """The labels at whose places a vector has a one."""
        if len(bits) != len(names):
            raise ValueError(f"has {len(bits)} zeros and ones for {len(names)} labels")
        return sorted({self.canonical_label(name) for name, bit in zip(names, bits, strict=True) if bit})

    def stratum(self, target: list[str]) -> str:
        return "; ".join(target)

    def label_counts(self, targets: Sequence[list[str]]) -> dict[str, int]:
        return count_labels(name for target in targets for name in target)

    def learn(self, texts: Sequence[Row], targets: Sequence[list[str]], reader: Reader) -> None:
        labels, how = list(self.label_counts(targets)), self.facts.get("written", {})
        self.facts["labels"] = labels = in_order_of(how.get("vector") or how.get("names") or [], labels)
        if len(labels) < 2:
            raise InputError(
                "ONE_CLASS", "label column", f"the training rows have one label: {labels}", "give rows of at least two labels"
            )

    def matrix(self, targets: Sequence[Sequence[str]]) -> np.ndarray:
        """[N, K] 1 where a row has a label."""
        known = {name: k for k, name in enumerate(self.labels)}
        matrix = np.zeros((len(targets), len(known)), dtype=np.int64)
        for row, target in enumerate(targets):
            matrix[row, [known[name] for name in target if name in known]] = 1
        return matrix

    def calibration_targets(self, targets: Sequence[Sequence[str]]) -> np.ndarray:
        return self.matrix(targets)

    def make_head(self, usual: PooledHeadConfig, config: TransformerConfig) -> HeadConfig:
        return replace(usual, classes=len(self.labels))

    @property
    def decisions(self) -> dict[str, object]:
        return super().decisions | {"threshold": CUT}

    def make_objective(self, targets: Sequence[list[str]], weigh: str) -> BinaryCrossEntropy:
        from groundup.objectives.numeric_targets import BinaryCrossEntropy

        return BinaryCrossEntropy(self.head)

    def make_rows(self, texts: Sequence[Row], targets, packed: Packed, reader: Reader, seed: int) -> Rows:
        unknown = np.full((len(texts), len(self.labels)), np.nan)
        return Rows(packed, unknown if targets is None else self.matrix(targets).astype(np.float64), seed, name=self.head)

    def decode(self, outputs: Sequence[np.ndarray], rows: Rows, texts: Sequence[Row]) -> Answers:
        shares = [1 / (1 + np.exp(-numbers.astype(np.float64))) for numbers in outputs]
        return mean_over_windows(shares, rows) if len(texts) else np.zeros((0, len(self.labels)))

    def scores(self, answers: Answers, targets: Sequence[list[str]], texts: Sequence[Row]):
        from groundup.metrics.multilabel import multilabel_scores

        answers = np.asarray(answers).reshape(len(targets), len(self.labels))
        return multilabel_scores(self.matrix(targets), (answers >= CUT).astype(np.int64), answers, self.labels)

    def baselines(self, train, validation, texts: Sequence[Row], reader: Reader) -> list[BaselineResult]:
        """The labels that more than half of the rows have (else the most frequent one), and logistic regression per label; of
        tables further simple models per label."""
        target_matrix, features = self.matrix(train[1]), reader.features(train[0])
        shares = target_matrix.mean(axis=0)
        constant = np.where(shares >= min(0.5, shares.max()), np.maximum(shares, CUT), np.minimum(shares, CUT / 2))
        first = BaselineResult(FREQUENT, np.tile(constant, (len(texts), 1)), 0.0)
        if isinstance(features, PlainNumbers):
            table, rows = tables_of(features, train[0], texts)
            results = classify_labels(table, target_matrix, rows, features.strengths)
            return [first, *(BaselineResult(one.name, one.answers, one.seconds, one.details) for one in results)]
        return [first, self.linear(features, train[0], target_matrix, texts)]

    def linear(
        self, features: Features, train: Sequence[Row], target_matrix: np.ndarray, texts: Sequence[Row]
    ) -> BaselineResult:
        """Logistic regression for each label."""
        from sklearn.linear_model import LogisticRegression
        from sklearn.multiclass import OneVsRestClassifier

        start = time.perf_counter()
        inputs = features.fit(train)
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="Label .* is present in all training examples")
            model = OneVsRestClassifier(LogisticRegression(C=10.0, solver="liblinear")).fit(inputs, target_matrix)
        answers = model.predict_proba(features.transform(texts)) if len(texts) else np.zeros((0, len(self.labels)))
        return BaselineResult(features.name, answers, time.perf_counter() - start)

    def as_dict(self, answer: np.ndarray) -> dict[str, Any]:
        return {
            "labels": self.predicted_labels(answer),
            "probabilities": dict(zip(self.labels, map(float, answer), strict=True)),
        }

    def predicted_labels(self, answer: np.ndarray) -> list[str]:
        return [name for name, share in zip(self.labels, answer, strict=True) if share >= CUT]

    def as_columns(self, answer: np.ndarray) -> dict[str, object]:
        names = self.predicted_labels(answer)
        several = json.dumps(names, ensure_ascii=False) if any(";" in name for name in self.labels) else "; ".join(names)
        return {"labels": several, "probability": round(float(np.max(answer)), 6)}

    def as_text(self, answer: np.ndarray, texts: Row) -> str:
        ranked = sorted(zip(self.labels, answer, strict=True), key=lambda pair: -pair[1])
        return "; ".join(f"{name} {share:.2f}" for name, share in ranked if share >= CUT) or (
            message("none but next", name=ranked[0][0], share=ranked[0][1])
        )

    def error(self, answer: np.ndarray, target: list[str], texts: Row) -> tuple[float, str, str] | None:
        predicted = self.predicted_labels(answer)
        wrong = set(predicted) ^ set(target)
        return (float(len(wrong)), "; ".join(target), "; ".join(predicted)) if wrong else None
