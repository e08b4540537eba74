"""A quantity for a text or a pair of texts: similarity, a rating. An answer is a number.

Objective: squared error of the standardized number (`objectives/numbers.py`). Metrics: Pearson, Spearman, errors.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from groundup.data.numbers import number_of
from groundup.data.packed import Packed
from groundup.data.rows import Rows
from groundup.errors import InputError
from groundup.kinds.features import PlainNumbers
from groundup.kinds.reader import Reader, Row
from groundup.kinds.text.tfidf import TFIDF
from groundup.nn.config import HeadConfig, PooledHeadConfig, TransformerConfig
from groundup.tasks.baselines.tabular import regress, tables_of
from groundup.tasks.task import Answers, BaselineResult, Task
from groundup.tasks.windows import mean_over_windows

if TYPE_CHECKING:
    from groundup.nn.model import Model
    from groundup.objectives.numeric_targets import SquaredError

MEAN, RIDGE = "mean", "TF-IDF + ridge"
STRENGTHS = (0.1, 0.3, 1.0, 3.0, 10.0, 30.0)


class Regression(Task[Reader, Packed]):
    """Facts: `mean` and `deviation` of the training rows."""

    name, metric = "regression", "pearson"
    answer_columns = ("number",)
    numeric = True

    def read_target(self, value: object, texts: Row, raw: Sequence[object] = ()) -> float:
        try:
            number = number_of(super().read_target(value, texts, raw))
        except ValueError as error:
            raise ValueError(f"'{value}' is not a number" if value not in (None, "") else str(error)) from None
        if number is None:
            raise ValueError(f"'{value}' is not a number")
        if not math.isfinite(number):
            raise ValueError(f"'{value}' is not a finite number")
        return number

    def learn(self, texts: Sequence[Row], targets: Sequence[float], reader: Reader) -> None:
        deviation = float(np.std(targets))
        if not deviation:
            raise InputError("ONE_VALUE", "label column", f"the training rows have one value: {targets[0]}", "give more rows")
        self.facts |= {"mean": float(np.mean(targets)), "deviation": deviation}

    @property
    def scale(self) -> tuple[float, float]:
        return self.facts["mean"], self.facts["deviation"]

    def make_head(self, usual: PooledHeadConfig, config: TransformerConfig) -> HeadConfig:
        return replace(usual, classes=1)

    @classmethod
    def of_outputs(cls, labels: list[str] | None) -> Regression:
        return cls({"mean": 0.0, "deviation": 1.0})

    def fold_scale(self, model: Model) -> None:
        """The last layer learns to say the number itself, no longer the standardized one."""
        import torch

        from groundup.nn.heads import PooledHead

        head = model.heads[self.head]
        assert isinstance(head, PooledHead)
        assert head.classes.bias is not None
        with torch.no_grad():
            head.classes.weight.mul_(self.facts["deviation"])
            head.classes.bias.mul_(self.facts["deviation"]).add_(self.facts["mean"])
        self.facts |= {"mean": 0.0, "deviation": 1.0}

    def unfold_scale(self, model: Model) -> None:
        """The last layer says the standardized number again."""
        import torch

        from groundup.nn.heads import PooledHead

        head = model.heads[self.head]
        assert isinstance(head, PooledHead)
        assert head.classes.bias is not None
        with torch.no_grad():
            head.classes.weight.div_(self.facts["deviation"])
            head.classes.bias.sub_(self.facts["mean"]).div_(self.facts["deviation"])

    def make_objective(self, targets: Sequence[float], weigh: str) -> SquaredError:
        from groundup.objectives.numeric_targets import SquaredError

        return SquaredError(self.head)

    def make_rows(self, texts: Sequence[Row], targets, packed: Packed, reader: Reader, seed: int) -> Rows:
        numbers = np.full(len(texts), np.nan) if targets is None else np.array(targets, dtype=np.float64)
        mean, deviation = self.scale
        standard = (numbers - mean) / deviation
        return Rows(packed, standard[:, None], seed, name=self.head)

    def decode(self, outputs: Sequence[np.ndarray], rows: Rows, texts: Sequence[Row]) -> Answers:
        mean, deviation = self.scale
        return mean_over_windows(outputs, rows)[:, 0] * deviation + mean if len(texts) else np.zeros(0)

    def scores(self, answers: Answers, targets: Sequence[float], texts: Sequence[Row]):
        from groundup.metrics.correlation import CorrelationScores

        return CorrelationScores(np.asarray(targets, dtype=np.float64), np.asarray(answers, dtype=np.float64))

    def baselines(self, train, validation, texts: Sequence[Row], reader: Reader) -> list[BaselineResult]:
        """The mean of the training rows, and ridge regression on the features of the kind."""
        from sklearn.linear_model import Ridge

        start = time.perf_counter()
        features = reader.features(train[0])
        if isinstance(features, PlainNumbers):
            table, rows = tables_of(features, train[0], texts)
            predictions = regress(table, np.array(train[1]), rows)
            trivial = BaselineResult(MEAN, np.full(len(texts), np.mean(train[1])), 0.0)
            return [trivial, *(BaselineResult(one.name, one.answers, one.seconds, one.details) for one in predictions)]
        inputs, inside = features.fit(train[0]), features.transform(validation[0]) if len(validation[0]) else None
        fitted = {a: Ridge(a, solver="lsqr").fit(inputs, train[1]) for a in (STRENGTHS if inside is not None else (1.0,))}
        errors = (
            {}
            if inside is None
            else {a: float(np.square(model.predict(inside) - validation[1]).mean()) for a, model in fitted.items()}
        )
        chosen = min(errors, key=lambda a: (errors[a], -a)) if errors else 1.0
        answers = fitted[chosen].predict(features.transform(texts)) if len(texts) else np.zeros(0)
        constant = np.full(len(texts), np.mean(train[1]))
        return [
            BaselineResult(MEAN, constant, 0.0),
            BaselineResult(
                RIDGE if features.name == TFIDF else "ridge regression", answers, time.perf_counter() - start, {"alpha": chosen}
            ),
        ]

    def as_dict(self, answer: float) -> dict[str, Any]:
        return {"number": float(answer)}

    def as_columns(self, answer: float) -> dict[str, object]:
        return {"number": round(float(answer), 6)}

    def as_text(self, answer: float, texts: Row) -> str:
        return f"{answer:.3f}"

    def error(self, answer: float, target: float, texts: Row) -> tuple[float, str, str] | None:
        return abs(answer - target), f"{target:g}", f"{answer:.3f}"
