"""Image classification: one of K labels for an image. A row's text is the name of its image, which an `Album` finds.

Objective: `objectives/label.py`. Metrics: top-1 and top-5 accuracy, macro F1. N images, K classes.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Sequence
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

import numpy as np

from groundup.data.picture_rows import FramedPictures, PictureRows
from groundup.tasks.baselines import majority
from groundup.tasks.classification import Classification
from groundup.tasks.task import BaselineResult, Text

if TYPE_CHECKING:
    from groundup.data.album import Album

LARGEST_SIDE = 32  # pixels of a side that the linear baseline looks at
STRENGTHS = (0.00001, 0.0001, 0.001, 0.01)
MOST_STEPS = 100
PIXELS = "logistic regression on pixels"


class ImageClassification(Classification):
    """Facts: `labels`. Where texts have a tokenizer, images have an album."""

    name, metric, max_columns = "images", "accuracy", 1
    limited = False
    mirror = False  # whether half of the training images are mirrored
    album: Album

    def frame(self, texts: Sequence[Text], encoder: Any, length: int, too_long: str) -> FramedPictures:
        self.album = encoder
        return encoder.framed([name for (name,) in texts])

    def make_rows(self, texts: Sequence[Text], targets, framed, encoder: Any, seed: int) -> PictureRows:
        numbers = self.numbers([None] * len(texts) if targets is None else targets)
        return PictureRows(framed, numbers, seed, self.head, encoder.patch, encoder.look, self.mirror)

    def baselines(self, train, held, texts: Sequence[Text]) -> list[BaselineResult]:
        """The most frequent class, and logistic regression on the pixels."""
        wanted, inside = self.numbers(train[1]), self.numbers(held[1])
        trivial = majority(wanted, len(self.labels), len(texts))
        start = time.perf_counter()
        pixels = [self.small(rows) for rows in (train[0], held[0], texts)]
        answers, strength = linear(pixels[0], wanted, pixels[1], inside, pixels[2])
        learned = BaselineResult(PIXELS, answers, time.perf_counter() - start, {"C": strength})
        return [BaselineResult(trivial.name, trivial.probabilities, trivial.seconds, trivial.details), learned]

    def small(self, texts: Sequence[Text]) -> np.ndarray:
        """[N, V] numbers from 0 to 1: the pixels, of large images means of squares of them."""
        framed = self.album.framed([name for (name,) in texts])
        pixels = framed.pixels[framed.chosen] / np.float32(255)
        count, channels, side, _ = pixels.shape
        square = next(size for size in range(max(1, side // LARGEST_SIDE), side + 1) if side % size == 0)
        parts = pixels.reshape(count, channels, side // square, square, side // square, square)
        return parts.mean(axis=(3, 5)).reshape(count, channels * (side // square) ** 2)

    def as_text(self, answer: np.ndarray, texts: Text) -> str:
        return f"{PurePath(texts[0]).name}: {super().as_text(answer, texts)}"


def linear(
    train: np.ndarray, wanted: np.ndarray, held: np.ndarray, inside: np.ndarray, asked: np.ndarray
) -> tuple[np.ndarray, float]:
    """Probabilities [N, K] of logistic regression learned from images [T, V] of all classes [T], and its strength: that to
    which the held-out rows come as the least surprise (steadier than their accuracy)."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    mean, deviation = train.mean(axis=0), train.std(axis=0) + 1e-3
    known = np.flatnonzero(inside >= 0)
    tried = [LogisticRegression(C=strength, tol=1e-3, max_iter=MOST_STEPS) for strength in STRENGTHS]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # stopping early is one way of holding it back
        fitted = [model.fit((train - mean) / deviation, wanted) for model in tried]
    shares = [model.predict_proba((held[known] - mean) / deviation)[np.arange(len(known)), inside[known]] for model in fitted]
    best = fitted[int(np.argmin([-np.log(np.maximum(share, 1e-12)).mean() for share in shares]))]
    return best.predict_proba((asked - mean) / deviation), float(best.C)
