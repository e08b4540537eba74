"""What is explained, and what an explanation is, whatever the input: words of texts, patches of images, columns of a table.

P parts of the input, S questions asked at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

import numpy as np


class Part(NamedTuple):
    """A part of an input that is there or not: a word, a patch, a column."""

    name: str
    """As people read it."""
    start: int = 0
    """First character in its text; 0 where there are none."""
    end: int = 0
    """Character after the last."""
    text: int = 0
    """Which of several texts it stands in."""


class Subject(Protocol):
    """One input and one number that a model says of it, as a function of which parts are there."""

    @property
    def texts(self) -> Sequence[str]:
        """The input as texts; empty where it is none."""
        ...

    @property
    def parts(self) -> Sequence[Part]:
        """What can be there or not."""
        ...

    @property
    def target(self) -> str:
        """What the number is, in words: 'positive - negative (logits)'."""
        ...

    def values(self, present: np.ndarray) -> np.ndarray:
        """The number [S] for inputs of which only these parts [S, P] (bool) are there."""
        ...


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """A number for each part: how much it speaks for the target (above 0) or against it (below)."""

    method: str
    target: str
    texts: tuple[str, ...]
    parts: tuple[Part, ...]
    scores: np.ndarray
    """[P] in the unit of the target, unless the method says otherwise."""
    value: float
    """The number that is explained."""
    baseline: float
    """The same of an input without any of the parts; nan where the method knows none."""
    checks: Mapping[str, float] = field(default_factory=dict)
    """How well it keeps its own promise: completeness, efficiency, conservation."""
    notice: str = ""
    """What a reader must be told of the method."""
