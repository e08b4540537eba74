"""What of texts and answers a model left out since there is a limit: counted, and reported with the setting that changes it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from groundup.kinds.reader import TooLong
from groundup.messages.current import counted, message

MANY = 0.05  # share of cut texts from which figures are not to be believed without a look


class RowAnswers(NamedTuple):
    """Answers to texts [rows], and what limits did to each."""

    answers: Any
    long: np.ndarray  # [rows] bool: the text is longer than the model reads
    unfinished: np.ndarray  # [rows] bool: the answer ends because it may not be longer
    raw: Any = None  # probabilities without calibration; None where answers are none


def together(parts: Sequence[RowAnswers]) -> RowAnswers:
    """The answers to all parts of the rows, in their order."""
    if len(parts) == 1:
        return parts[0]
    answers, raw = [one.answers for one in parts], [one.raw for one in parts]
    joined = np.concatenate(answers) if isinstance(answers[0], np.ndarray) else [one for part in answers for one in part]
    limits = np.concatenate([one.long for one in parts]), np.concatenate([one.unfinished for one in parts])
    return RowAnswers(joined, *limits, np.concatenate(raw) if isinstance(raw[0], np.ndarray) else None)


def truncation_warning(longer: int, total: int, limit: int, too_long: TooLong, setting: str, what: str = "texts") -> str:
    """How many texts are longer than the limit, what became of them, and which setting changes it."""
    key = "longer than" if not longer else "longer and in windows" if too_long == "window" else "longer and cut"
    known = {"longer": longer, "what": counted(what, total), "share": longer / max(1, total), "limit": limit}
    return message(key, setting=setting, **known)


def unfinished_warning(unfinished: int, total: int, limit: int, setting: str) -> str:
    """How many answers end where the model had more to say."""
    return message("answers unfinished", count=unfinished, total=total, limit=limit, setting=setting)


Answered = RowAnswers  # the former name, for one version
