"""The tags of a model that others trained, in whatever scheme its labels are, as spans.

Letters as in data/sources/annotated/tag_schemes.py: B begins, I (or M) goes on, E (or L) ends, S (or U) stands alone.
Predictions need not be valid: where labels have both an end and a single, what is not closed is no span; else what
nothing began begins.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from groundup.metrics.entities import OUTSIDE, Span, spans_of

SAME = {"M": "I", "L": "E", "U": "S"}
TAG = re.compile(r"([BIMELSU])[-_](.+)", re.DOTALL)
NO_NAMES = frozenset({"X", "_", "-", "PAD", "[PAD]", "<PAD>", "<pad>", "[CLS]", "[SEP]", "[UNK]", "<s>", "</s>"})
"""Labels for tokens that have none, in models whose other labels have letters."""


def usual_tags(labels: Sequence[str]) -> list[str]:
    """The labels of a model as O, B-, I-, E- or S- and a type; one without a letter is I- of its own name."""
    matches = [TAG.fullmatch(label) for label in labels]
    lettered = [label for label, match in zip(labels, matches, strict=True) if match]
    either = len(lettered) + labels.count(OUTSIDE) == len(labels)  # else a line below may be part of a name, like S_LOC
    return [usual(label, match, bool(lettered), either) for label, match in zip(labels, matches, strict=True)]


def usual(label: str, match: re.Match[str] | None, lettered: bool, either: bool) -> str:
    """One of them."""
    if label == OUTSIDE or (lettered and label in NO_NAMES):
        return OUTSIDE
    if match and (either or label[1] == "-"):
        return f"{SAME.get(match[1], match[1])}-{match[2]}"
    return f"I-{label}"


def spans_of_path(path: Sequence[str], labels: Sequence[str]) -> list[Span]:
    """Spans of the usual tags of one sequence, by a model that has these `labels`."""
    letters = {tag[0] for tag in labels if tag != OUTSIDE}
    if {"B", "E", "S"} <= letters:
        return spans_of(path, "BIOES")
    starts, inside = [], None
    for tag in path:
        letter, kind = (tag[0], tag[2:]) if tag != OUTSIDE else (OUTSIDE, None)
        goes_on = kind is not None and kind == inside and letter in "IE"
        starts.append(OUTSIDE if kind is None else f"{'I' if goes_on else 'B'}-{kind}")
        inside = None if letter in "ESO" else kind
    return spans_of(starts, "BIO")
