"""What a linear model of words learns from the same texts: the weights that a Transformer's words are compared with.

K classes.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from groundup.data import draws
from groundup.kinds.text.tfidf import TfidfFeatures
from groundup.tasks.baselines.baseline import FittedLinear, fit_linear

VALIDATION_SHARE = 0.2  # of the rows, by which the strength of the regularisation is chosen


class LinearWeights:
    """TF-IDF with logistic regression (tasks/baselines.py); the weight of a word for a class is that of its feature for the
    class minus the mean over the other classes. Of several text columns a word's weights are added."""

    def __init__(self, fitted: FittedLinear, labels: Sequence[str]):
        self.details = fitted.details
        self.known = [labels[number] for number in fitted.model.classes_]
        self.weights = one_vs_rest(np.asarray(fitted.model.coef_, dtype=np.float64))  # [K, features]
        self.places: dict[str, list[int]] = {}
        start = 0
        for vectorizer in fitted.features.vectorizers:
            for word, place in vectorizer.vocabulary_.items():
                self.places.setdefault(word, []).append(start + int(place))
            start += len(vectorizer.vocabulary_)

    def weight_of(self, word: str, label: str) -> float | None:
        """None for a word or label that the linear model does not know (of Chinese, words of more than three characters)."""
        places = self.places.get(word.lower())
        if places is None or label not in self.known:
            return None
        return float(self.weights[self.known.index(label), places].sum())


def one_vs_rest(weights: np.ndarray) -> np.ndarray:
    """[K, features] from scikit-learn's coefficients, which of two classes hold the second alone."""
    if len(weights) == 1:
        return np.concatenate([-weights, weights])
    return weights - (weights.sum(0) - weights) / (len(weights) - 1)


def fit_linear_weights(texts: Sequence[Sequence[str]], targets: Sequence[str], seed: int = 0) -> LinearWeights:
    """Fit the linear model on texts (each a row of text columns) with their labels. Raises InputError as `fit_linear` does."""
    labels = sorted(set(targets))
    numbers = np.array([labels.index(target) for target in targets])
    is_validation = draws.uniform(draws.key(seed, "linear weights"), np.arange(len(texts))) < VALIDATION_SHARE
    parts = [
        ([tuple(texts[place]) for place in np.flatnonzero(rows)], numbers[rows]) for rows in (~is_validation, is_validation)
    ]
    return LinearWeights(fit_linear(TfidfFeatures(parts[0][0]), parts[0], parts[1]), labels)
