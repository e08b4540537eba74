"""A share of a whole for a row, from 0 to 1: of a text that is quoted, of an image that is sky. An answer is a number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from groundup.data.packed import Packed
from groundup.data.rows import Rows
from groundup.kinds.reader import Reader, Row
from groundup.nn.config import HeadConfig, PooledHeadConfig, TransformerConfig
from groundup.tasks.task import Answers, BaselineResult, Task
from groundup.tasks.windows import mean_over_windows

if TYPE_CHECKING:
    from groundup.objectives.numeric_targets import SquaredError


class Share(Task[Reader, Packed]):
    """The task knows nothing of the training rows."""

    name, metric = "share", "pearson"
    answer_columns = ("share",)
    numeric = True

    def read_target(self, value: object, texts: Row, raw: Sequence[object] = ()) -> float:
        text = super().read_target(value, texts, raw)
        try:
            share = float(text)
        except ValueError:
            raise ValueError(f"'{text}' is not a number") from None
        if not 0 <= share <= 1:
            raise ValueError(f"{text} is no share from 0 to 1")
        return share

    @classmethod
    def of_outputs(cls, labels: list[str] | None) -> Share:
        return cls()

    def make_head(self, usual: PooledHeadConfig, config: TransformerConfig) -> HeadConfig:
        return replace(usual, classes=1)

    def make_objective(self, targets: Sequence[float], weigh: str) -> SquaredError:
        from groundup.objectives.numeric_targets import SquaredError

        return SquaredError(self.head)

    def make_rows(self, texts: Sequence[Row], targets, packed: Packed, reader: Reader, seed: int) -> Rows:
        shares = np.full(len(texts), np.nan) if targets is None else np.array(targets, dtype=np.float64)
        return Rows(packed, shares[:, None], seed, name=self.head)

    def decode(self, outputs: Sequence[np.ndarray], rows: Rows, texts: Sequence[Row]) -> Answers:
        return np.clip(mean_over_windows(outputs, rows)[:, 0], 0, 1) if len(texts) else np.zeros(0)

    def scores(self, answers: Answers, targets: Sequence[float], texts: Sequence[Row]):
        from groundup.metrics.correlation import CorrelationScores

        return CorrelationScores(np.asarray(targets, dtype=np.float64), np.asarray(answers, dtype=np.float64))

    def baselines(self, train, held, texts: Sequence[Row], reader: Reader) -> list[BaselineResult]:
        """The mean of the training rows, and ridge regression on the features of the kind."""
        from sklearn.linear_model import Ridge

        features = reader.features(train[0])
        learned = Ridge(1.0, solver="lsqr").fit(features.fit(train[0]), train[1])
        answers = learned.predict(features.transform(texts)) if len(texts) else np.zeros(0)
        mean = np.full(len(texts), np.mean(train[1]))
        return [BaselineResult("mean", mean, 0.0), BaselineResult("ridge regression", np.clip(answers, 0, 1), 0.0)]

    def as_dict(self, answer: float) -> dict[str, Any]:
        return {"share": float(answer)}

    def as_columns(self, answer: float) -> dict[str, object]:
        return {"share": round(float(answer), 6)}

    def as_text(self, answer: float, texts: Row) -> str:
        return f"{answer:.0%}"

    def error(self, answer: float, target: float, texts: Row) -> tuple[float, str, str] | None:
        return abs(answer - target), f"{target:g}", f"{answer:.3f}"
