"""A classifier's answers over a split, streamed: what is kept per row is its label, answer and confidence (12 bytes).

Shapes: N rows, K classes of the model. A row's target is a class number, K + i for the i-th label the model was never
trained on (always an error, never another class), or UNLABELLED.
"""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence

import numpy as np

from groundup.errors import InputError
from groundup.metrics.calibration import UNKNOWN, Calibration
from groundup.metrics.confusion import MOST_CLASSES, ConfusionMatrix
from groundup.metrics.sums import ratio

UNLABELLED = -1
LONGEST_TEXT = 300  # characters of a text kept among the worst errors
MOST_VALUES = 200  # of a column: further values are counted together
OTHER_VALUES = "other values"
LENGTH = "length"  # of the text: a slice of our own


class Evaluation:
    """Add batches of answers, then read the figures."""

    def __init__(self, labels: Sequence[str], worst: int = 20):
        self.labels = [str(label) for label in labels]
        self.numbers = {label: k for k, label in enumerate(self.labels)}
        self.unseen: dict[str, int] = {}  # labels the model lacks -> rows
        self.unlabelled, self.most_worst = 0, worst
        self.calibration = Calibration()
        self.slices: dict[str, dict[str, list[int]]] = {}  # name -> value -> [right, rows]
        self._parts: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
        self._worst: list[tuple[float, int, dict]] = []  # a heap: least confident first
        self._rows = 0

    def add(
        self,
        targets: Sequence[str | None],
        probabilities: np.ndarray,
        texts: Sequence[Sequence[str]],
        columns: Mapping[str, Sequence[object]] | None = None,
        own: Mapping[str, Sequence[object]] | None = None,
    ) -> None:
        """Label names (None: the row has none), probabilities [N, K], each row's cells as people see them, further columns to
        slice by, and slices of the kind's `own` (the length of texts)."""
        sizes = {len(targets), len(probabilities), len(texts), *(len(values) for values in (columns or {}).values())}
        if len(sizes) > 1 or probabilities.shape[1:] != (len(self.labels),):
            raise ValueError(f"{sorted(sizes)} rows and {probabilities.shape[1:]} classes of {len(self.labels)}")
        numbers = np.array([self._number(target) for target in targets], dtype=np.int32)
        predictions = probabilities.argmax(axis=1).astype(np.int32)
        confidence = probabilities.max(axis=1).astype(np.float32) if len(targets) else np.zeros(0, dtype=np.float32)
        scored = numbers != UNLABELLED
        self.unlabelled += int((~scored).sum())
        known = np.where(numbers < len(self.labels), numbers, UNKNOWN)
        self.calibration.add(probabilities[scored], known[scored])
        self._parts.append((numbers, predictions, confidence))
        right = numbers == predictions
        for row in np.flatnonzero(scored):
            for name, values in (own or {}).items():
                value = length_bucket(int(str(values[row]))) if name == LENGTH else str(values[row])
                self._slice(name, value, bool(right[row]))
            for name, values in apart(columns or {}).items():
                self._slice(name, str(values[row])[:100], bool(right[row]))
        for row in np.flatnonzero(scored & ~right):
            self._note_error(int(row), float(confidence[row]), str(targets[row]), int(predictions[row]), texts[row])
        self._rows += len(targets)

    def _number(self, target: str | None) -> int:
        if target is None:
            return UNLABELLED
        if (number := self.numbers.get(str(target))) is not None:
            if number >= len(self.labels):
                self.unseen[str(target)] += 1
            return number
        number = len(self.numbers)
        if number >= MOST_CLASSES:
            what = f"{number - len(self.labels)} labels that the model was never trained on, and more"
            fix = "name the column that holds the label"
            raise InputError("TOO_MANY_CLASSES", "label column", what, fix=fix, limit=f"{MOST_CLASSES} classes")
        self.numbers[str(target)], self.unseen[str(target)] = number, 1
        return number

    def _slice(self, name: str, value: str, right: bool) -> None:
        values = self.slices.setdefault(name, {})
        if value not in values and len(values) >= MOST_VALUES:
            value = OTHER_VALUES
        counts = values.setdefault(value, [0, 0])
        counts[0] += right
        counts[1] += 1

    def _note_error(self, row: int, confidence: float, target: str, prediction: int, texts: Sequence[str]) -> None:
        key = (confidence, -(self._rows + row))
        if len(self._worst) == self.most_worst and (not self._worst or key < self._worst[0][:2]):
            return
        error = {
            "row": self._rows + row,
            "label": target,
            "predicted": self.labels[prediction],
            "confidence": confidence,
            "texts": [text[:LONGEST_TEXT] + ("…" if len(text) > LONGEST_TEXT else "") for text in texts],
        }
        push = heapq.heappush if len(self._worst) < self.most_worst else heapq.heapreplace
        push(self._worst, (*key, error))

    # Reading

    @property
    def all_labels(self) -> list[str]:
        """The model's labels, then those it was never trained on."""
        return list(self.numbers)

    def rows(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Targets, predictions [N] and the mask of rows with a label [N], in the order they were added."""
        if not self._parts:
            return np.zeros(0, np.int32), np.zeros(0, np.int32), np.zeros(0, bool)
        targets, predictions, _ = (np.concatenate(column) for column in zip(*self._parts))
        return targets, predictions, targets != UNLABELLED

    def confusion(self) -> ConfusionMatrix:
        matrix = ConfusionMatrix(self.all_labels)
        targets, predictions, scored = self.rows()
        matrix.add(targets[scored], predictions[scored])
        return matrix

    def worst_errors(self) -> list[dict]:
        """The most confident wrong answers, most confident first."""
        return [error for *_, error in sorted(self._worst, key=lambda entry: entry[:2], reverse=True)]

    def accuracy_by(self) -> dict[str, list[dict]]:
        """Per slice: value, rows, accuracy; lengths in order, other values by number of rows."""
        accuracies = {}
        for name, values in self.slices.items():
            rows = [{"value": v, "rows": n, "accuracy": ratio(right, n)} for v, (right, n) in values.items()]
            by_length = name == LENGTH
            accuracies[name] = sorted(rows, key=lambda row: bucket_start(row["value"]) if by_length else -row["rows"])
        return accuracies


def apart(columns: Mapping[str, Sequence[object]]) -> dict[str, Sequence[object]]:
    """Columns of the table by their names; one that is called as our own slice is a column by name."""
    return {f"column {LENGTH}" if name == LENGTH else name: values for name, values in columns.items()}


def length_bucket(characters: int) -> str:
    """Buckets that double: 0, 1-15, 16-31, 32-63, ..."""
    if characters < 16:
        return "0" if characters == 0 else "1-15"
    start = 1 << (characters.bit_length() - 1)
    return f"{start}-{2 * start - 1}"


def bucket_start(bucket: str) -> int:
    return int(bucket.split("-")[0])
