"""Explanations as lines of JSON."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite
from typing import Any

from groundup.explain.explanation import Explanation
from groundup.strict_json import line


def record(explanation: Explanation) -> dict[str, Any]:
    """An explanation as plain values; null stands for a number that is none."""
    pairs = zip(explanation.parts, explanation.scores, strict=True)
    parts = [part._asdict() | {"score": finite(score)} for part, score in pairs]
    return {
        "method": explanation.method,
        "target": explanation.target,
        "texts": list(explanation.texts),
        "parts": parts,
        "value": finite(explanation.value),
        "baseline": finite(explanation.baseline),
        "checks": {name: finite(value) for name, value in explanation.checks.items()},
        "notice": explanation.notice,
    }


def finite(value: float) -> float | None:
    return float(value) if isfinite(value) else None


def rows_of(records: Sequence[dict[str, Any]]) -> str:
    """One line each."""
    return "".join(map(line, records))
