"""Explanations as lines of JSON."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite
from typing import Any

from groundup.explain.explanation import Explanation
from groundup.kinds.parts import ExplanationUnit
from groundup.strict_json import line


def record(explanation: Explanation) -> dict[str, Any]:
    """An explanation as plain values; null stands for a number that is none."""
    pairs = zip(explanation.parts, explanation.scores, strict=True)
    parts = [fields_of(part) | {"score": finite(score)} for part, score in pairs]
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


def fields_of(part: ExplanationUnit) -> dict[str, Any]:
    """Where a word stands in its text, or the column of a cell."""
    fields = part._asdict()
    return {"name": part.name, "column": part.column} if part.column else {k: v for k, v in fields.items() if k != "column"}


def finite(value: float) -> float | None:
    return float(value) if isfinite(value) else None


def rows_of(records: Sequence[dict[str, Any]]) -> str:
    """One line each."""
    return "".join(map(line, records))
