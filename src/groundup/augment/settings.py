"""Settings of augmentation, for every command that trains on labelled texts. Free of anything heavy."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from groundup.config import Bounds, PositiveFloat
from groundup.data.settings import Chinese
from groundup.scope import Unfit

Share = Annotated[float, Bounds(0, 1, open_minimum=True)]
Operation = Literal["replace", "insert", "swap", "delete"]
NEED_SYNONYMS = ("replace", "insert")


@dataclass(frozen=True, kw_only=True)
class AugmentSettings:
    """Changed copies of training texts. Validation and test texts are never changed, and no copy equals one of them."""

    unfit: ClassVar = (
        Unfit(
            lambda one: one.method == "none",
            ("*",),
            "is of copies, and none are made: give --augment.method",
            but=("forth", "back"),
        ),
        Unfit(lambda one: one.method != "eda", ("alpha", "operations"), "is for --augment.method eda"),
        Unfit(lambda one: one.method != "aeda", ("punctuation",), "is for --augment.method aeda"),
        Unfit(lambda one: one.method != "substitute", ("rate", "temperature"), "is for --augment.method substitute"),
        Unfit(
            lambda one: one.method == "back_translation",
            ("copies", "chinese"),
            "is not for back_translation, which makes one copy of whole texts",
        ),
    )

    method: Literal["none", "eda", "aeda", "substitute", "back_translation"] = "none"
    """How copies are made: words replaced, inserted, swapped and deleted (eda), punctuation inserted (aeda), words drawn from a
    masked language model (substitute), a translation and back (back_translation)."""
    copies: Annotated[int, Bounds(1, 100)] = 4
    """Copies of each text; those that cannot be used are counted and left out. back_translation always makes 1."""
    operations: tuple[Operation, ...] = ("replace", "insert", "swap", "delete")
    """What eda does, one of these in each copy. replace and insert need a model or a list that knows synonyms."""
    alpha: Share = 0.1
    """Share of the words that eda changes in a copy, at least one."""
    punctuation: Share = 1 / 3
    """Most marks that aeda inserts, as a share of the words."""
    rate: Share = 0.15
    """Share of the words that substitute draws anew, at least one."""
    temperature: PositiveFloat = 1.0
    """Temperature of the draw: below 1 likelier words, above 1 bolder ones."""
    sides: Literal["both", "first", "second", "either"] = "both"
    """Of a pair of texts, which are changed; either: one of them, drawn for each copy."""
    forth: str | None = None
    """For back_translation: the model folder or run that translates the texts into another language."""
    back: str | None = None
    """For back_translation: the one that translates that into the texts' language again."""
    chinese: Chinese = "words"
    """What a Chinese word is: a word by the dictionary of the package rjieba, or each character."""

    def check(self) -> Iterable[tuple[str, str]]:
        if self.method == "eda" and not self.operations:
            yield "operations", "eda without an operation changes nothing"
        if len(set(self.operations)) < len(self.operations):
            yield "operations", f"{', '.join(self.operations)} names one twice"
        for name, model in (("forth", self.forth), ("back", self.back)):
            if model is not None and self.method != "back_translation":
                yield name, f"{self.method} does not translate"

    @property
    def copies_made(self) -> int:
        """Copies of each text: a translation and back is always the same one."""
        return 1 if self.method == "back_translation" else self.copies
