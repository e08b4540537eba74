"""Explanations as lines of JSON."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite
from typing import Any

from groundup.explain.explanation import Explanation
from groundup.kinds.parts import ExplanationUnit, Typical, UnitKind
from groundup.strict_json import line


def record(explanation: Explanation) -> dict[str, Any]:
    """An explanation as plain values; null stands for a number that is none."""
    return parts_record(explanation) | {
        "value": finite(explanation.value),
        "baseline": finite(explanation.baseline),
        **({"background": explanation.background} if explanation.background else {}),
        "checks": {name: finite(value) for name, value in explanation.checks.items()},
        "notice": explanation.notice,
        **({"columns": [{"column": one.column} | record(one) for one in explanation.details]} if explanation.details else {}),
    }


def parts_record(explanation: Explanation) -> dict[str, Any]:
    """What is explained, and the score of each part."""
    pairs = zip(explanation.parts, explanation.scores, strict=True)
    return {
        "method": explanation.method,
        "target": explanation.target,
        "texts": list(explanation.texts),
        "parts": [fields_of(part, explanation.unit) | {"score": finite(score)} for part, score in pairs],
    }


def fields_of(part: ExplanationUnit, unit: UnitKind) -> dict[str, Any]:
    """Where a word stands in its text; of other parts the column, its kind among several, and what training holds there."""
    if unit == "word":
        return {"name": part.name, "start": part.start, "end": part.end, "text": part.text}
    known = {"column": part.column, "kind": part.kind, "typical": typical_record(part.typical)} if unit == "column" else {}
    return {"name": part.name} | {name: value for name, value in known.items() if value}


def typical_record(typical: Typical | None) -> dict[str, Any] | None:
    """The median and the middle half, or the most frequent category and its share."""
    if typical is None:
        return None
    if typical.low:
        return {"median": typical.value, "low": typical.low, "high": typical.high}
    return {"most_frequent": typical.value, "share": finite(typical.share)}


def finite(value: float) -> float | None:
    return float(value) if isfinite(value) else None


def rows_of(records: Sequence[dict[str, Any]]) -> str:
    """One line each."""
    return "".join(map(line, records))
