"""groundup demo: the whole life of a model on text that every machine has, in a few minutes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from groundup.config import Command, Positive
from groundup.train.settings import check_budget


@dataclass(frozen=True, kw_only=True)
class Demo(Command):
    """Watch raw text become a tokenizer, a pretrained encoder, a classifier, an honest evaluation and predictions.

    The text is the documentation of Python and of the libraries groundup stands on, read from this machine. The task: which
    part of the standard library does a sentence document?
    """

    example: ClassVar[str] = "groundup demo --out runs/demo"
    main_settings: ClassVar[tuple[str, ...]] = ("out", "budget", "labels")

    out: str = "runs/demo"
    """Folder for everything the demo makes; run again, it resumes where it was."""
    budget: str = "150s"
    """Wall time for pretraining."""
    labels: Positive = 1000
    """Labelled sentences to fine-tune on."""

    def check(self) -> Iterable[tuple[str, str]]:
        yield from check_budget(self.budget)
