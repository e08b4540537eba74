"""What is explained, and what an explanation is, whatever the input: words of texts, patches of images, columns of a table.

P parts of the input, S questions asked at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from groundup.errors import printable
from groundup.kinds.parts import ExplanationUnit, Picture, UnitKind
from groundup.shown import Shown

SHOWN_PARTS = 6  # in a repr


class Subject(Protocol):
    """One input and one number that a model says of it, as a function of which parts are there."""

    @property
    def texts(self) -> Sequence[str]:
        """The input as texts; empty where it is none."""
        ...

    @property
    def parts(self) -> Sequence[ExplanationUnit]:
        """What can be there or not."""
        ...

    @property
    def target(self) -> str:
        """What the number is, in words: 'positive - negative (logits)'."""
        ...

    def values(self, present: np.ndarray) -> np.ndarray:
        """The number [S] for inputs of which only these parts [S, P] (bool) are there."""
        ...


@dataclass(frozen=True, kw_only=True, repr=False)
class Explanation(Shown):
    """A number for each part: how much it speaks for the target (above 0) or against it (below)."""

    method: str
    target: str
    texts: tuple[str, ...]
    parts: tuple[ExplanationUnit, ...]
    scores: np.ndarray
    """[P] in the unit of the target, unless the method says otherwise."""
    value: float
    """The number that is explained."""
    baseline: float
    """The same of an input without any of the parts; nan where the method knows none."""
    background: int = 0
    """Training rows whose cells stand in the place of absent ones; 0 where absent parts leave nothing."""
    checks: Mapping[str, float] = field(default_factory=dict)
    """How well it keeps its own promise: completeness, efficiency, conservation."""
    notice: str = ""
    """What a reader must be told of the method."""
    unit: UnitKind = "word"
    """What the parts are."""
    column: str = ""
    """The column that they are parts of, in a row of several kinds."""
    picture: Picture | None = None
    """The image, where they are patches."""
    details: tuple[Explanation, ...] = ()
    """Of a row of several kinds: its columns that have parts of their own, each explained by them, all else being there."""

    def __repr__(self) -> str:
        """`<Explanation by ig of good - bad (logits): fine +1.2, dull -0.3 and 7 more>`: the strongest parts first."""
        order = np.argsort(-np.abs(self.scores), kind="stable")
        parts = [f"{printable(self.parts[place].name, 40)} {self.scores[place]:+.3g}" for place in order[:SHOWN_PARTS]]
        more = f" and {len(order) - SHOWN_PARTS} more" if len(order) > SHOWN_PARTS else ""
        return f"<Explanation by {self.method} of {printable(self.target)}: {', '.join(parts)}{more}>"
