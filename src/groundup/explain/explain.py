"""Explanations of what a model says of texts, in one call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from groundup.config import nearest
from groundup.data.settings import Chinese
from groundup.errors import InputError, printable
from groundup.evaluate.predictor import Predictor, load
from groundup.explain.explanation import Explanation
from groundup.explain.methods.registry import METHODS, apply_method
from groundup.explain.settings import Replacement
from groundup.explain.subject import TextSubject, make_subject, reads_words
from groundup.explain.unit_subject import UnitSubject
from groundup.nn.inference.int8_linear import Int8Linear

Text = str | Sequence[str]
TOLERANCE = 1e-5  # of the number: float32 sums in another order


def explain(
    model: Predictor | str | Path,
    texts: Any,
    method: str | Sequence[str] | None = None,
    *,
    target: str | None = None,
    position: str | None = None,
    chinese: Chinese = "words",
    replacement: Replacement = "auto",
    samples: int | None = None,
    seed: int = 0,
) -> list[list[Explanation]]:
    """For each text (a string, or a tuple of two for a model of pairs) its explanation by each method, in their order. Of a
    model of tables the texts are rows: a frame, mappings from columns to cells, or the cells alone. By default words are
    explained by ig, columns and patches by shap.

    `model` is an open model or the folder of one. What `target`, `position`, `chinese` and `replacement` mean: `make_subject`.
    Words that are not read since the text is too long are counted in the checks (`unread`). Raises InputError for a method
    that is none, and for what `make_subject` refuses.
    """
    predictor = model if isinstance(model, Predictor) else load_predictor(model)
    method = default_method(predictor) if method is None else method
    names = [method] if isinstance(method, str) else list(method)
    for name in names:
        if name not in METHODS:
            what = f"'{printable(name)}' is no method.{nearest(name, METHODS)}"
            raise InputError("NO_METHOD", "method", what, f"name one of {', '.join(METHODS)}")
    explanations = []
    for text in inputs_of(predictor, texts):
        subject = make_subject(predictor, text, target=target, position=position, chinese=chinese, replacement=replacement)
        unread = {"unread": float(subject.unread)} if subject.unread else {}
        several = [explain_subject(name, subject, samples, seed) for name in names]
        explanations.append([replace(one, checks={**one.checks, **unread, **rounding_error(subject, one)}) for one in several])
    return explanations


def explain_subject(name: str, subject: TextSubject | UnitSubject, samples: int | None, seed: int) -> Explanation:
    """The explanation of a subject by one method, and of a row of several kinds that of each column by its parts."""
    details = tuple(explain_subject(name, one, samples, seed) for one in subject.inner)
    explanation = apply_method(name, subject, samples, seed)
    return replace(explanation, unit=subject.unit, column=subject.column, picture=subject.picture, details=details)


def default_method(predictor: Predictor) -> str:
    """The method where none is named."""
    return "ig" if reads_words(predictor) else "shap"


def inputs_of(predictor: Predictor, texts: Any) -> Sequence[Any]:
    """Texts one by one, or rows as the reader has them."""
    if reads_words(predictor):
        return [texts] if isinstance(texts, str) else texts
    inputs = [texts] if isinstance(texts, Mapping) else texts
    rows = predictor.reader.rows_in_memory(inputs)
    return inputs if rows is None else rows


def rounding_error(subject: TextSubject | UnitSubject, one: Explanation) -> dict[str, float]:
    """Of a model that multiplies in int8, which has no gradients: how far the number explained, that of the same weights in
    float32, is from what the model says."""
    if not any(isinstance(layer, Int8Linear) for layer in subject.model.modules()):
        return {}
    logits = subject.values(np.ones((1, len(subject.parts)), dtype=bool))[0]
    gap = abs(float(one.value - logits))
    return {"rounding": gap} if gap > TOLERANCE * max(1.0, abs(logits)) else {}


def load_predictor(model: object) -> Predictor:
    """The model in a folder."""
    if not isinstance(model, str | Path):
        raise InputError("NO_MODEL", "model", "is not open for looking into it", "name its folder")
    return load(model)
