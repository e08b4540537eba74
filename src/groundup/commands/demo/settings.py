"""groundup demo: the whole life of a model on data that every machine has, in a few minutes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar, Literal

from groundup.config import Command, Positive
from groundup.scope import Unfit
from groundup.train.settings import check_budget

PRETRAINING = {"text": "150s", "image": "20s"}  # kinds whose models are pretrained, and for how long
FEW_LABELS = ("text",)  # kinds of which only some rows are learned from


@dataclass(frozen=True, kw_only=True)
class Demo(Command):
    """Watch raw data become a model, an honest evaluation, an explanation, a smaller or exported model, and predictions.

    text: the documentation of Python and of the libraries groundup stands on, read from this machine, becomes a tokenizer, a
    pretrained encoder and a classifier: which part of the standard library does a sentence document? table: scikit-learn's
    breast tumours. image: scikit-learn's handwritten digits. The last two take two minutes.
    """

    example: ClassVar[str] = "groundup demo --out runs/demo"
    main_settings: ClassVar[tuple[str, ...]] = ("kind", "out", "budget", "labels", "language")
    unfit: ClassVar = (
        Unfit(lambda one: one.kind not in FEW_LABELS, ("labels",), f"is for --kind {', '.join(FEW_LABELS)}"),
        Unfit(lambda one: one.kind not in PRETRAINING, ("budget",), f"is for pretraining: --kind {' or '.join(PRETRAINING)}"),
    )

    kind: Literal["text", "table", "image"] = "text"
    """What the model reads."""
    out: str = "runs/demo"
    """Folder for everything the demo makes; run again, it resumes where it was."""
    budget: str | None = None
    """Wall time for pretraining. Default: 150s, of images 20s."""
    labels: Positive = 1000
    """Labelled sentences to fine-tune on."""
    language: Literal["en", "zh"] = "en"
    """Language of what is said and shown."""

    @property
    def pretraining_time(self) -> str:
        """What is given, or what is usual for the kind."""
        return self.budget or PRETRAINING[self.kind]

    def check(self) -> Iterable[tuple[str, str]]:
        if self.budget is not None:
            yield from check_budget(self.budget)
