"""Whether a smaller model and the model it was made from find the same words important."""

from __future__ import annotations

from collections.abc import Sequence

from groundup.errors import InputError
from groundup.evaluate.predictor import Predictor
from groundup.explain.agreement import agreement
from groundup.explain.explain import explain
from groundup.explain.explanation import Explanation
from groundup.kinds.reader import Row

METHOD = "occlusion"  # needs no gradient, so that an int8 model is explained as it computes


def explanation_agreement(before: Predictor, after: Predictor, texts: Sequence[Row], rows: int) -> dict | None:
    """How alike both models explain `rows` of the texts, taken at even distances (`agreement`, with intervals).

    Texts in which either finds nothing to explain, and those for which the models decide otherwise, are left out. None for a
    model that is not explained (one that writes, or reads several kinds), and where no text is left.
    """
    chosen = [texts[place * len(texts) // rows] for place in range(min(rows, len(texts)))] if rows else []
    pairs = [(explanation_or_none(before, text), explanation_or_none(after, text)) for text in chosen]
    both = [(one, other) for one, other in pairs if one is not None and other is not None]
    try:
        comparison = agreement([one for one, _ in both], [other for _, other in both])
    except InputError:
        return None
    return comparison.as_dict() | {"method": METHOD, "explained_rows": len(chosen)}


def explanation_or_none(predictor: Predictor, text: Row) -> Explanation | None:
    """The explanation of a text; None where there is nothing to explain."""
    try:
        return explain(predictor, [text], METHOD)[0][0]
    except InputError:
        return None
