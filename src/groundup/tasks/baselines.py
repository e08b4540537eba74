"""What a classifier must beat: always the most frequent class, and TF-IDF with logistic regression.

Both learn from the training rows alone; the strength of the regularisation is chosen on the validation rows. No draw of
chance is made, so the same rows give the same figures. Shapes: N rows, K classes.
"""

from __future__ import annotations

import re
import time
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from groundup.data.scripts import UNSPACED, script
from groundup.errors import InputError

Texts = Sequence[Sequence[str]]  # one inner sequence per row: its text columns

MAJORITY, TFIDF = "majority", "tfidf"
STRENGTHS = (0.3, 1.0, 3.0, 10.0, 30.0, 100.0)  # C of the logistic regression; larger is less regularised
MOST_FEATURES = 200_000  # per text column and kind of n-gram: the most frequent
RARE_ROWS = 10_000  # from so many training rows on, an n-gram must occur in two of them
WORD = re.compile(rf"{UNSPACED.pattern}|(?:(?!{UNSPACED.pattern})\w)+")  # a word, or one character of an unspaced script


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


def tfidf(
    train: tuple[Texts, np.ndarray],
    validation: tuple[Texts, np.ndarray],
    test: Texts,
    num_classes: int,
    balanced: bool = False,
) -> Baseline:
    """TF-IDF of n-grams with logistic regression, fitted as `fit_tfidf` says, and its answers to the test rows."""
    started = time.perf_counter()
    fitted = fit_tfidf(train, validation, balanced)
    probabilities = np.zeros((len(test), num_classes), dtype=np.float32)
    if len(test):
        probabilities[:, fitted.model.classes_] = fitted.model.predict_proba(fitted.features.transform(test))
    return Baseline(TFIDF, probabilities, time.perf_counter() - started, fitted.details)


class FittedTfidf(NamedTuple):
    """A fitted linear model of n-grams."""

    features: Features
    model: Any  # scikit-learn's
    details: dict


def fit_tfidf(train: tuple[Texts, np.ndarray], validation: tuple[Texts, np.ndarray], balanced: bool = False) -> FittedTfidf:
    """TF-IDF of n-grams with logistic regression; C is the best of STRENGTHS by validation accuracy.

    With `balanced`, classes weigh n / (K n_k) and C is chosen by the mean recall of the classes. Raises `InputError`
    when the training rows hold fewer than two classes or no word.
    """
    (texts, targets), (held_texts, held_targets) = train, validation
    if len(np.unique(targets)) < 2:
        what = f"the {len(targets)} training rows hold {len(np.unique(targets))} class"
        raise InputError("ONE_CLASS", "label column", what, fix="give rows of at least two classes")
    features = Features(texts)
    inputs, held = features.fit(texts), features.transform(held_texts) if len(held_texts) else None
    models = {}
    for strength in STRENGTHS if held is not None else (10.0,):
        models[strength] = regression(strength, balanced)
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message=".*(converge|Line Search|line search).*")  # told in the details
            models[strength].fit(inputs, targets)
    scores = {}
    if held is not None:
        scores = {strength: judged(model.predict(held), held_targets, balanced) for strength, model in models.items()}
    chosen = max(scores, key=lambda strength: (scores[strength], -strength)) if scores else 10.0
    model = models[chosen]
    details = {
        "features": features.kind,
        "num_features": int(inputs.shape[1]),
        "C": chosen,
        "validation": {str(strength): score for strength, score in scores.items()},
        "balanced": balanced,
        "converged": bool(np.max(model.n_iter_) < model.max_iter),
    }
    return FittedTfidf(features, model, details)


def regression(strength: float, balanced: bool):
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(
        C=strength, class_weight="balanced" if balanced else None, solver="newton-cg", tol=1e-4, max_iter=200
    )


def judged(predictions: np.ndarray, targets: np.ndarray, balanced: bool) -> float:
    right = predictions == targets
    if not balanced:
        return float(right.mean())
    return float(np.mean([right[targets == k].mean() for k in np.unique(targets)]))


class Features:
    """TF-IDF per text column: word 1-2-grams, character 1-3-grams, or both, by script; of two columns also overlaps."""

    def __init__(self, texts: Texts):
        self.kind = script(texts)
        self.num_columns = len(texts[0])
        few = 1 if len(texts) < RARE_ROWS else 2
        self.vectorizers = [self.vectorizer(kind, few) for _ in range(self.num_columns) for kind in self.kinds]

    @property
    def kinds(self) -> tuple[str, ...]:
        return ("words", "characters") if self.kind == "both" else (self.kind,)

    @staticmethod
    def vectorizer(kind: str, few: int):
        from sklearn.feature_extraction.text import TfidfVectorizer

        cut = (
            {"analyzer": "word", "ngram_range": (1, 2), "token_pattern": r"(?u)\b\w+\b"}
            if kind == "words"
            else {"analyzer": "char", "ngram_range": (1, 3)}
        )
        return TfidfVectorizer(**cut, sublinear_tf=True, min_df=few, max_features=MOST_FEATURES, dtype=np.float32)

    def fit(self, texts: Texts):
        """Learn the vocabulary and return the features of the same rows: a sparse matrix [N, features]."""
        try:
            return self.beside(texts, [v.fit_transform(self.column(texts, i)) for i, v in enumerate(self.vectorizers)])
        except ValueError as error:
            if "empty vocabulary" not in str(error) and "no terms remain" not in str(error).lower():
                raise
            what, fix = "no word occurs in the training texts", "name the column that holds the text"
            raise InputError("NO_WORDS", "text column", what, fix=fix) from error

    def transform(self, texts: Texts):
        return self.beside(texts, [v.transform(self.column(texts, i)) for i, v in enumerate(self.vectorizers)])

    def column(self, texts: Texts, vectorizer: int) -> list[str]:
        return [row[vectorizer // len(self.kinds)] for row in texts]

    def beside(self, texts: Texts, parts: list):
        from scipy.sparse import csr_matrix, hstack

        if self.num_columns == 2:
            parts = [*parts, csr_matrix(overlaps(texts))]
        return hstack(parts, format="csr") if len(parts) > 1 else parts[0]


def overlaps(texts: Texts) -> np.ndarray:
    """What two texts share, [N, 6] float32: part of each found in the other, Jaccard (also of bigrams), lengths."""
    found = np.zeros((len(texts), 6), dtype=np.float32)
    for i, (first, second) in enumerate(texts):
        a, b = (WORD.findall(text.lower()) for text in (first, second))
        words, pairs = (set(a), set(b)), (set(pairwise(a)), set(pairwise(b)))
        shared = len(words[0] & words[1])
        found[i] = (
            shared / max(len(words[0]), 1),
            shared / max(len(words[1]), 1),
            shared / max(len(words[0] | words[1]), 1),
            len(pairs[0] & pairs[1]) / max(len(pairs[0] | pairs[1]), 1),
            (len(a) - len(b)) / max(len(a) + len(b), 1),
            float(a == b),
        )
    return found
