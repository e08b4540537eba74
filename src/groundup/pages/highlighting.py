"""An explanation laid over its texts: runs of characters that are a part or stand between parts, and how strong each part is.

P parts.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from groundup.explain.explanation import Explanation
from groundup.explain.target_text import DIFFERENCE, LOGIT, NUMBER, sides
from groundup.html import number
from groundup.kinds.parts import ExplanationUnit
from groundup.messages.translate import MESSAGES, Translator

BETWEEN = -1  # the number of no part
UNSIGNED = ("gradient_norm", "attention", "rollout", "gradient_attention", "random")  # methods that tell no reasons
REASONS, LEAST_REASON = 3, 0.05  # parts in a line of reasons, and the least strength of one
SHARES = ("beats_random",)  # checks that are shares and shown in percent
COUNTS = ("steps", "samples", "unread")  # those that are whole numbers


class Run(NamedTuple):
    """Characters of a text, and the part that they are; BETWEEN for none."""

    text: str
    part: int


def runs_of(explanation: Explanation) -> list[list[Run]]:
    """Of each text its runs in order; joined they are the text."""
    lines = []
    for place, text in enumerate(explanation.texts):
        places = sorted((part.start, part.end, p) for p, part in enumerate(explanation.parts) if part.text == place)
        runs, end = [], 0
        for start, stop, p in places:
            if start > end:
                runs.append(Run(text[end:start], BETWEEN))
            runs.append(Run(text[start:stop], p))
            end = stop
        if end < len(text):
            runs.append(Run(text[end:], BETWEEN))
        lines.append(runs)
    return lines


def strengths(scores: np.ndarray) -> np.ndarray:
    """[P] from -1 to 1: each score as a share of the largest."""
    most = np.abs(scores).max(initial=0.0)
    return scores / most if most > 0 else np.zeros(len(scores))


def strongest(scores: np.ndarray, count: int) -> list[int]:
    """The parts of the largest |scores|, from the largest on; none of score 0."""
    order = np.argsort(-np.abs(scores), kind="stable")[:count]
    return [int(p) for p in order if scores[p]]


def unit_of(explanation: Explanation) -> str:
    """What its parts are called; those of an input that is no text and has no other name are parts."""
    return "part" if explanation.unit == "word" and not explanation.texts else explanation.unit


def common_unit(explanations: Sequence[Explanation]) -> str:
    """What the parts of all of them are called."""
    units = {unit_of(one) for one in explanations} | {unit_of(part) for one in explanations for part in one.details}
    return units.pop() if len(units) == 1 else "part"


def typical_of(part: ExplanationUnit, t: Translator) -> str:
    """What training rows hold in the column of a cell; empty where that is unknown."""
    typical = part.typical
    if typical is None:
        return ""
    if typical.low == typical.high != "":
        return t("typical value", value=typical.value)
    if typical.low:
        return t("typical middle", value=typical.value, low=typical.low, high=typical.high)
    return t("typical frequent", value=typical.value, share=f"{100 * typical.share:.0f}")


def reason(part: ExplanationUnit, t: Translator) -> str:
    """A part as a reason: its name, and what is typical where that is known."""
    typical = typical_of(part, t)
    return t("reason with", part=part.name, typical=typical) if typical else part.name


def reasons(explanation: Explanation, t: Translator) -> list[str]:
    """The strongest parts for the answer in a line, and those against it; of an input without text, by a method with a sign."""
    if explanation.texts or explanation.method in UNSIGNED:
        return []
    one, other = sides(explanation.target)
    if explanation.target == NUMBER:
        heads = t("raises"), t("lowers")
    else:
        heads = t("speaks for", target=one), t("speaks for", target=other) if other else t("speaks against")
    strong, order = strengths(explanation.scores), strongest(explanation.scores, len(explanation.scores))
    lines = []
    for head, sign in zip(heads, (1, -1), strict=True):
        parts = [explanation.parts[p] for p in order if sign * strong[p] >= LEAST_REASON][:REASONS]
        lines += (
            [t("reasons of", head=head, parts=t("between reasons").join(reason(part, t) for part in parts))] if parts else []
        )
    return lines


def width(text: str) -> int:
    """Columns of a terminal: two for each wide East Asian character, none for a mark that sits on another."""
    return sum(2 if unicodedata.east_asian_width(one) in "WF" else 0 if unicodedata.combining(one) else 1 for one in text)


def method_name(method: str, t: Translator) -> str:
    """A method's name in the reader's language; one that is not ours as it is."""
    return t(f"method {method}") if f"method {method}" in MESSAGES else method


def target_name(target: str, t: Translator) -> str:
    """What is explained, in the reader's language."""
    if match := DIFFERENCE.fullmatch(target):
        return t("logits of", one=match["one"], other=match["other"])
    if match := LOGIT.fullmatch(target):
        return t("logit of", one=match["one"])
    return target


def check_name(name: str, t: Translator) -> str:
    return t(f"check {name}") if f"check {name}" in MESSAGES else name.replace("_", " ")


def check_value(name: str, value: float, t: Translator) -> str:
    """A share in percent, a count without decimals."""
    if name in SHARES:
        return t("percent", value=f"{100 * value:.0f}")
    return number(int(value) if name in COUNTS else value)


def notice_of(explanation: Explanation, t: Translator) -> str:
    """What a reader must be told, in their language where it is one of our own sentences."""
    key = f"notice {explanation.method}"
    return t(key) if key in MESSAGES and explanation.notice == MESSAGES[key][0] else explanation.notice


def grouped(explanations: Sequence[Explanation]) -> list[list[Explanation]]:
    """Those of the same input and target together, in the order in which they first come."""
    groups: dict[tuple, list[Explanation]] = {}
    for one in explanations:
        groups.setdefault(input_key(one), []).append(one)
    return list(groups.values())


def input_key(one: Explanation) -> tuple:
    """Equal for explanations of the same input and target."""
    image = None if one.picture is None else one.picture.pixels.tobytes()
    return one.texts, one.target, () if one.texts else one.parts, image, tuple(map(input_key, one.details))


def baseline_name(explanation: Explanation, t: Translator) -> str:
    """What the number is of which an explanation begins."""
    if explanation.background:
        return t("over training rows", count=explanation.background)
    return t("without any part")
