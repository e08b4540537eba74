"""The estimators by name: what is learned (targets.py) of which rows (estimator.py)."""

from __future__ import annotations

from groundup.estimators.estimator import Estimator, TextEstimator
from groundup.estimators.targets import LabelSets, Names, Numbers, Spans


class Classifier(Names, Estimator):
    """One of K classes for each row. y: [n] names or numbers. `classes_` are those of y in order; `score` is the accuracy."""


class MultilabelClassifier(LabelSets, Estimator):
    """Any number of K classes for each row. y: [n, K] of 0 and 1 (`classes_` are the columns' names or numbers), or n lists of
    names; `predict` answers in the same form. `score` is the share of rows all of whose classes are right."""


class Regressor(Numbers, Estimator):
    """A number for each row. y: [n] numbers; `score` is R squared."""


class Tagger(Spans, Estimator):
    """Named parts of each text. y: n lists of (start, end, type) in characters, the end excluded. `classes_` are the types;
    `score` is the F1 of whole spans. X is texts, or a frame with a `text_column`."""


class TextClassifier(Names, TextEstimator):
    """`Classifier` of texts: all of X is texts."""


class MultilabelTextClassifier(LabelSets, TextEstimator):
    """`MultilabelClassifier` of texts: all of X is texts."""


class TextRegressor(Numbers, TextEstimator):
    """`Regressor` of texts: all of X is texts."""


class TextTagger(Spans, TextEstimator):
    """`Tagger` of texts: all of X is texts."""
