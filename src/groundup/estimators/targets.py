"""What estimators learn: one class of a row, several, a number, named parts. n rows, K classes.

Each is one half of an estimator: it reads y and turns answers into what scikit-learn's callers expect. The other half reads X.
"""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from sklearn.base import ClassifierMixin, RegressorMixin
from sklearn.metrics import accuracy_score
from sklearn.utils import column_or_1d
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_consistent_length

from groundup.estimators.refused import Refused
from groundup.estimators.rows import are_names, indicator_of, is_frame, of_objects, placed, plain


class Answering:
    """What the other half of an estimator has."""

    task: ClassVar[str]
    max_columns: ClassVar[int] = 2
    """Text columns at most."""

    def _answers(self, X) -> tuple[Any, Any]:
        """The task's answers to rows, and the task."""
        raise NotImplementedError

    def _labels(self, y) -> list[Any]:
        """y as the task reads it; sets what is known of the labels."""
        raise NotImplementedError


class Names(ClassifierMixin, Answering):
    """One of K classes for each row."""

    task = "classification"

    def _labels(self, y) -> list[str]:
        y = column_or_1d(y, warn=True)
        if y.dtype == object and (lacking := [row for row, label in enumerate(y) if label is None or label != label]):
            raise Refused("NO_LABEL", f"y[{lacking[0]}]", "is missing: Input y contains NaN or None", "leave such rows out")
        check_classification_targets(y)
        self.classes_ = np.unique(y)
        if len(self.classes_) < 2:
            raise Refused("ONE_CLASS", "y", f"holds one class: {self.classes_.tolist()}", "give rows of at least two classes")
        return [str(label) for label in y.tolist()]

    def predict_proba(self, X) -> np.ndarray:
        """[n, K] float32 in the order of `classes_`; a class that only the validation part has is never expected."""
        answers, task = self._answers(X)
        return placed(np.asarray(answers), task.labels, self.classes_)

    def predict(self, X) -> np.ndarray:
        """[n] classes, in the type of y."""
        best = self.predict_proba(X).argmax(axis=1)
        return self.classes_[best]


class LabelSets(ClassifierMixin, Answering):
    """Any number of K classes for each row."""

    task = "multilabel"

    def _labels(self, y) -> list[list[str]]:
        self._lists = are_names(y)
        if self._lists:
            rows = [sorted({str(name) for name in row}) for row in y]
            self.classes_ = np.array(sorted({name for row in rows for name in row}))
            return rows
        matrix = indicator_of(y)
        self.classes_ = np.asarray(y.columns) if is_frame(y) else np.arange(matrix.shape[1])
        names = [str(name) for name in self.classes_.tolist()]
        return [[name for name, is_set in zip(names, row, strict=True) if is_set] for row in matrix]

    def predict_proba(self, X) -> np.ndarray:
        """[n, K] the probability of each class for itself, in the order of `classes_`."""
        answers, task = self._answers(X)
        return placed(np.asarray(answers), task.labels, self.classes_)

    def predict(self, X) -> np.ndarray:
        """[n, K] of 0 and 1, or [n] lists of names: the classes with a probability of one half or more."""
        predicted = self._given(self.predict_proba(X))
        return of_objects([self.classes_[row > 0].tolist() for row in predicted]) if self._lists else predicted

    def _given(self, probabilities: np.ndarray) -> np.ndarray:
        from groundup.tasks.multilabel import CUT

        return (probabilities >= CUT).astype(np.int64)

    def score(self, X, y, sample_weight=None) -> float:
        """The share of rows all of whose classes are right."""
        if are_names(y):
            known = {str(name): place for place, name in enumerate(self.classes_.tolist())}
            matrix = np.zeros((len(y), len(known) + 1), dtype=np.int64)  # the last one: a class never seen
            for row, names in enumerate(y):
                matrix[row, [known.get(str(name), -1) for name in names]] = 1
        else:
            matrix = indicator_of(y)
        probabilities = self._given(self.predict_proba(X))
        probabilities = np.pad(probabilities, ((0, 0), (0, matrix.shape[1] - probabilities.shape[1])))
        return float(accuracy_score(matrix, probabilities, sample_weight=sample_weight))

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_label = True
        return tags


class Numbers(RegressorMixin, Answering):
    """A number for each row."""

    task = "regression"

    def _labels(self, y) -> list[float]:
        y = column_or_1d(y, warn=True)
        try:
            return y.astype(np.float64).tolist()
        except (TypeError, ValueError) as error:
            raise Refused("NO_NUMBER", "y", f"holds something else than numbers: {error}") from None

    def predict(self, X) -> np.ndarray:
        """[n] float64."""
        return np.asarray(self._answers(X)[0], dtype=np.float64)


class Spans(Answering):
    """Named parts of each text."""

    task = "tagging"
    max_columns = 1

    def _labels(self, y) -> list[list[list]]:
        spans = [[[plain(value) for value in span] for span in row] for row in y]
        self.classes_ = np.array(sorted({str(span[-1]) for row in spans for span in row if span}))
        return spans

    def predict(self, X) -> np.ndarray:
        """[n] lists of (start, end, type)."""
        return of_objects([[tuple(span) for span in spans] for spans in self._answers(X)[0]])

    def score(self, X, y, sample_weight=None) -> float:
        """F1 of whole spans (0 where there is none); weights of rows are not taken."""
        if sample_weight is not None:
            raise Refused("NO_WEIGHTS", "sample_weight", "rows of spans are not weighed", "leave it out")
        from groundup.metrics.entities import entity_scores

        spans = [[tuple(plain(value) for value in span) for span in row] for row in y]
        check_consistent_length(spans, X)
        return float(entity_scores(spans, list(self.predict(X))).figures(np.arange(len(spans)))["f1"] or 0.0)
