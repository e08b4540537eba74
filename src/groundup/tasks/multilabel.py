"""Any number of K labels for a text or a pair of texts. An answer is the probabilities [K], each for itself.

Objective: binary cross-entropy (`objectives/numbers.py`). Metrics: micro and macro F1, all labels right, ranking.
"""

from __future__ import annotations

import time
import warnings
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from groundup.data.rows import Framed, Rows
from groundup.data.tokenize import Encoder
from groundup.errors import InputError
from groundup.nn.config import HeadConfig, PooledHeadConfig, TransformerConfig
from groundup.strict_json import strict
from groundup.tasks.baselines import TFIDF, Features
from groundup.tasks.task import Answers, Beside, Task, Text, means

if TYPE_CHECKING:
    from groundup.objectives.numbers import Labels

FREQUENT = "most frequent labels"
CUT = 0.5  # a label with at least this probability is given
SEPARATORS = (";", "|", ",")


class Multilabel(Task):
    """Facts: `labels`, the names that training rows have."""

    name, metric = "multilabel", "micro_f1"
    fields = ("labels", "probability")

    def read(self, value: object, texts: Text, raw: Sequence[object] = ()) -> list[str]:
        """A list of names, such a list as JSON, or names with ; | or , between them. An empty cell has no label."""
        if isinstance(value, str) and value.strip().startswith("["):
            try:
                value = strict(value)
            except ValueError:
                raise ValueError(f"'{value[:40]}' begins like a list and is none") from None
        if isinstance(value, list):
            if not all(isinstance(one, (str, int)) for one in value):
                raise ValueError("holds a list of something else than names")
            return sorted({str(one) for one in value})
        if value is None:
            return []
        if isinstance(value, dict):
            raise ValueError("is an object, not a list of names")
        text = str(value)
        separator = next((one for one in SEPARATORS if one in text), None)
        return sorted({part.strip() for part in (text.split(separator) if separator else [text]) if part.strip()})

    def kind(self, target: list[str]) -> str:
        return "; ".join(target)

    def occurring(self, targets: Sequence[list[str]]) -> dict[str, int]:
        return dict(sorted(Counter(name for target in targets for name in target).items()))

    def learn(self, texts: Sequence[Text], targets: Sequence[list[str]], encoder: Encoder | None) -> None:
        self.facts["labels"] = labels = list(self.occurring(targets))
        if len(labels) < 2:
            raise InputError("ONE_CLASS", "label column", f"the training rows have one label: {labels}",
                             "give rows of at least two labels")  # fmt: skip

    def matrix(self, targets: Sequence[Sequence[str]]) -> np.ndarray:
        """[N, K] 1 where a row has a label."""
        known = {name: k for k, name in enumerate(self.labels)}
        found = np.zeros((len(targets), len(known)), dtype=np.int64)
        for row, target in enumerate(targets):
            found[row, [known[name] for name in target if name in known]] = 1
        return found

    def make_head(self, usual: PooledHeadConfig, config: TransformerConfig) -> HeadConfig:
        return replace(usual, classes=len(self.labels))

    def make_objective(self, targets: Sequence[list[str]], weigh: str) -> Labels:
        from groundup.objectives.numbers import Labels

        return Labels(self.head)

    def make_rows(self, texts: Sequence[Text], targets, framed: Framed, encoder: Encoder, seed: int) -> Rows:
        unknown = np.full((len(texts), len(self.labels)), np.nan)
        return Rows(framed, unknown if targets is None else self.matrix(targets).astype(np.float64), seed, name=self.head)

    def decode(self, outputs: Sequence[np.ndarray], rows: Rows, texts: Sequence[Text]) -> Answers:
        shares = [1 / (1 + np.exp(-numbers.astype(np.float64))) for numbers in outputs]
        return means(shares, rows) if len(texts) else np.zeros((0, len(self.labels)))

    def scores(self, answers: Answers, targets: Sequence[list[str]], texts: Sequence[Text]):
        from groundup.metrics.multilabel import multilabel_scores

        answers = np.asarray(answers).reshape(len(targets), len(self.labels))
        return multilabel_scores(self.matrix(targets), (answers >= CUT).astype(np.int64), answers, self.labels)

    def baselines(self, train, held, texts: Sequence[Text]) -> list[Beside]:
        """The labels that more than half of the rows have (else the most frequent one), and one TF-IDF regression per label."""
        from sklearn.linear_model import LogisticRegression
        from sklearn.multiclass import OneVsRestClassifier

        start = time.perf_counter()
        wanted, features = self.matrix(train[1]), Features(train[0])
        shares = wanted.mean(axis=0)
        constant = np.where(shares >= min(0.5, shares.max()), np.maximum(shares, CUT), np.minimum(shares, CUT / 2))
        inputs = features.fit(train[0])
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="Label .* is present in all training examples")
            model = OneVsRestClassifier(LogisticRegression(C=10.0, solver="liblinear")).fit(inputs, wanted)
        answers = model.predict_proba(features.transform(texts)) if len(texts) else np.zeros((0, len(self.labels)))
        return [Beside(FREQUENT, np.tile(constant, (len(texts), 1)), 0.0), Beside(TFIDF, answers, time.perf_counter() - start)]

    def told(self, answer: np.ndarray) -> dict[str, Any]:
        return {"labels": self.given(answer), "probabilities": dict(zip(self.labels, map(float, answer), strict=True))}

    def given(self, answer: np.ndarray) -> list[str]:
        return [name for name, share in zip(self.labels, answer, strict=True) if share >= CUT]

    def columns(self, answer: np.ndarray) -> dict[str, object]:
        return {"labels": "; ".join(self.given(answer)), "probability": round(float(np.max(answer)), 6)}

    def show(self, answer: np.ndarray, texts: Text) -> str:
        ranked = sorted(zip(self.labels, answer, strict=True), key=lambda pair: -pair[1])
        return "; ".join(f"{name} {share:.2f}" for name, share in ranked if share >= CUT) or (
            f"none (next: {ranked[0][0]} {ranked[0][1]:.2f})")  # fmt: skip

    def error(self, answer: np.ndarray, target: list[str], texts: Text) -> tuple[float, str, str] | None:
        given = self.given(answer)
        wrong = set(given) ^ set(target)
        return (float(len(wrong)), "; ".join(target), "; ".join(given)) if wrong else None
