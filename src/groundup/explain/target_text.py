"""What the text of a target says: which answer it is for, which against, and whether it is one of a probability."""

from __future__ import annotations

import re

DIFFERENCE = re.compile(r"(?P<one>.+) - (?P<other>.+) \(logits(?P<more>.*)\)", re.DOTALL)
NUMBER = "number"  # what a regression says
LOGIT = re.compile(r"(?P<one>.+) \(logit\)", re.DOTALL)


def sides(target: str) -> tuple[str, str]:
    """What speaking for the target speaks for, and what against; the latter may be empty."""
    if match := DIFFERENCE.fullmatch(target):
        return match["one"], match["other"]
    if match := LOGIT.fullmatch(target):
        return match["one"], ""
    return target, ""


def has_probability(target: str) -> bool:
    """Whether the logistic function of the number is a probability: of a difference of two logits, or of one label's own."""
    return bool(DIFFERENCE.fullmatch(target) or LOGIT.fullmatch(target))
