"""Image classification: one of K labels for an image. A row's cell is its image.

Objective: `objectives/label.py`. Metrics: top-1 and top-5 accuracy, macro F1. N images, K classes.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from groundup.tasks.baselines import majority
from groundup.tasks.classification import Classification
from groundup.tasks.task import BaselineResult, Text

if TYPE_CHECKING:
    from groundup.kinds.image.reader import ImageReader

MOST_STEPS = 100
PIXELS = "logistic regression on pixels"


class ImageClassification(Classification):
    """Facts: `labels`. Where texts have a tokenizer, images have their reader."""

    name, metric = "images", "accuracy"
    limited = False
    reader: ImageReader

    def frame(self, texts: Sequence[Text], encoder: Any, length: int, too_long: str) -> Any:
        self.reader = encoder
        return encoder.pack(texts)

    def baselines(self, train, held, texts: Sequence[Text]) -> list[BaselineResult]:
        """The most frequent class, and logistic regression on the pixels."""
        wanted, inside = self.numbers(train[1]), self.numbers(held[1])
        trivial = majority(wanted, len(self.labels), len(texts))
        start, features = time.perf_counter(), self.reader.features(train[0])
        pixels = features.fit(train[0]), features.transform(held[0]), features.transform(texts)
        answers, strength = linear(pixels[0], wanted, pixels[1], inside, pixels[2], features.strengths)
        learned = BaselineResult(PIXELS, answers, time.perf_counter() - start, {"C": strength})
        return [BaselineResult(trivial.name, trivial.probabilities, trivial.seconds, trivial.details), learned]

    def as_text(self, answer: np.ndarray, texts: Text) -> str:
        return f"{self.reader.title(texts)}: {super().as_text(answer, texts)}"


def linear(
    train: np.ndarray, wanted: np.ndarray, held: np.ndarray, inside: np.ndarray, asked: np.ndarray, strengths: Sequence[float]
) -> tuple[np.ndarray, float]:
    """Probabilities [N, K] of logistic regression learned from images [T, V] of all classes [T], and its strength: that to
    which the held-out rows come as the least surprise (steadier than their accuracy)."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    known = np.flatnonzero(inside >= 0)
    tried = [LogisticRegression(C=strength, tol=1e-3, max_iter=MOST_STEPS) for strength in strengths]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # stopping early is one way of holding it back
        fitted = [model.fit(train, wanted) for model in tried]
    shares = [model.predict_proba(held[known])[np.arange(len(known)), inside[known]] for model in fitted]
    best = fitted[int(np.argmin([-np.log(np.maximum(share, 1e-12)).mean() for share in shares]))]
    return best.predict_proba(asked), float(best.C)
