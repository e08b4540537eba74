"""What a classifier must beat: always the most frequent class, and logistic regression on the features of the kind
(TF-IDF of texts, pixels of images).

Both learn from the training rows alone; the strength of the regularisation is chosen on the validation rows. No draw of
chance is made, so the same rows give the same figures. Shapes: N rows, K classes.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from groundup.errors import InputError
from groundup.kinds.features import Features
from groundup.kinds.reader import Row

MAJORITY = "majority"


@dataclass(frozen=True)
class Baseline:
    """A fitted baseline's answers for the test rows, and how they came about."""

    name: str
    probabilities: np.ndarray  # [N, K] float32
    seconds: float
    details: dict = field(default_factory=dict)

    @property
    def predictions(self) -> np.ndarray:
        """[N] class numbers; of equally probable classes the first."""
        return self.probabilities.argmax(axis=1)


def majority(targets: np.ndarray, num_classes: int, num_rows: int) -> Baseline:
    """The class frequencies of the training rows, for every row."""
    started = time.perf_counter()
    counts = np.bincount(targets, minlength=num_classes)
    probabilities = np.tile((counts / counts.sum()).astype(np.float32), (num_rows, 1))
    return Baseline(MAJORITY, probabilities, time.perf_counter() - started, {"class": int(counts.argmax())})


def linear(
    features: Features,
    train: tuple[Sequence[Row], np.ndarray],
    validation: tuple[Sequence[Row], np.ndarray],
    rows: Sequence[Row],
    num_classes: int,
    balanced: bool = False,
) -> Baseline:
    """Logistic regression on features, fitted as `fit_linear` says, and its answers to `rows`."""
    started = time.perf_counter()
    fitted = fit_linear(features, train, validation, balanced)
    probabilities = np.zeros((len(rows), num_classes), dtype=np.float32)
    if len(rows):
        probabilities[:, fitted.model.classes_] = fitted.model.predict_proba(fitted.features.transform(rows))
    return Baseline(features.name, probabilities, time.perf_counter() - started, fitted.details)


class FittedLinear(NamedTuple):
    """A fitted linear model of features."""

    features: Any  # Features
    model: Any  # scikit-learn's
    details: dict


def fit_linear(
    features: Features,
    train: tuple[Sequence[Row], np.ndarray],
    validation: tuple[Sequence[Row], np.ndarray],
    balanced: bool = False,
) -> FittedLinear:
    """Logistic regression on features; C is the best of their strengths by validation accuracy.

    With `balanced`, classes weigh n / (K n_k) and C is chosen by the mean recall of the classes. Raises `InputError`
    when the training rows hold fewer than two classes or nothing that the features see.
    """
    (rows, targets), (held_rows, held_targets) = train, validation
    if len(np.unique(targets)) < 2:
        what = f"the {len(targets)} training rows hold {len(np.unique(targets))} class"
        raise InputError("ONE_CLASS", "label column", what, fix="give rows of at least two classes")
    inputs, inside = features.fit(rows), features.transform(held_rows) if len(held_rows) else None
    models, usual = {}, usual_strength(features)
    for strength in features.strengths if inside is not None else (usual,):
        models[strength] = regression(strength, balanced, dense=isinstance(inputs, np.ndarray))
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message=".*(converge|Line Search|line search).*")  # reported in the details
            models[strength].fit(inputs, targets)
    scores = {}
    if inside is not None:
        scores = {
            strength: validation_score(model.predict(inside), held_targets, balanced) for strength, model in models.items()
        }
    chosen = max(scores, key=lambda strength: (scores[strength], -strength)) if scores else usual
    model = models[chosen]
    details = {
        "features": getattr(features, "kind", features.name),
        "num_features": int(inputs.shape[1]),
        "C": chosen,
        "validation": {str(strength): score for strength, score in scores.items()},
        "balanced": balanced,
        "converged": bool(np.max(model.n_iter_) < model.max_iter),
    }
    return FittedLinear(features, model, details)


def usual_strength(features: Features) -> float:
    """What is used where nothing is there to choose it on."""
    return list(features.strengths)[len(features.strengths) // 2]


def regression(strength: float, balanced: bool, dense: bool = False):
    """Newton's method for sparse features; for dense ones, which may be thousands, a quicker one that may stop early."""
    from sklearn.linear_model import LogisticRegression

    way = {"solver": "lbfgs", "tol": 1e-3, "max_iter": 100} if dense else {"solver": "newton-cg", "tol": 1e-4, "max_iter": 200}
    return LogisticRegression(C=strength, class_weight="balanced" if balanced else None, **way)


def validation_score(predictions: np.ndarray, targets: np.ndarray, balanced: bool) -> float:
    right = predictions == targets
    if not balanced:
        return float(right.mean())
    return float(np.mean([right[targets == k].mean() for k in np.unique(targets)]))
