"""What settings must know of a task before anything heavy is imported: a row for each task. The class of a task says the rest
(`known.py`); commands ask these questions, and never for a task by its name.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Annotated, Literal

from groundup.config import OneOf
from groundup.data.settings import LabelSettings
from groundup.kinds.settings import KINDS

EVERY_KIND = tuple(KINDS)
Answer = Literal["classes", "labels", "number", "tags", "span", "text"]


@dataclass(frozen=True, kw_only=True)
class Traits:
    """What decides which settings of a task mean something. The defaults are those of a task about places of a text."""

    answer: Answer
    """What an answer is: probabilities of classes (a row has one) or of labels (it has any number), a number, tags at places of
    a text, a part of a text, or a text. Reports, explanations and comparisons are of one of these."""
    kinds: tuple[str, ...] = ("text",)
    """Kinds of input that it can be asked of."""
    min_columns: int = 1
    """Fewest and most columns of texts that a row has."""
    max_columns: int = 2
    writes: bool = False
    """The model writes the answer: an encoder-decoder."""
    pooled: bool = False
    """A row has one answer, read from one pooled state: `pooling` says which, and copies of a row keep its target."""
    multitask: bool = False
    """It can be one of several tasks of a model."""
    translates: bool = False
    """What it writes says the same in another language, so that copies of texts can be made by it."""
    label: tuple[str, ...] = ()
    """Settings of `label` that mean something for its label column."""

    @property
    def classes(self) -> bool:
        """A row is of exactly one class: classes are weighed, mixed (mixup) and compared (R-Drop)."""
        return self.answer == "classes"

    @property
    def probabilities(self) -> bool:
        """Answers are probabilities of classes or labels, which can be calibrated."""
        return self.answer in ("classes", "labels")

    @property
    def explained(self) -> bool:
        """An answer comes with a number that its input can be made responsible for; a text has none."""
        return self.answer != "text"


TRAITS: dict[str, Traits] = {
    "classification": Traits(answer="classes", kinds=EVERY_KIND, pooled=True, multitask=True, label=("names", "rename")),
    "multilabel": Traits(
        answer="labels",
        kinds=EVERY_KIND,
        pooled=True,
        multitask=True,
        label=("separator", "names", "columns", "rename"),
    ),
    "regression": Traits(answer="number", kinds=EVERY_KIND, pooled=True, multitask=True),
    "tagging": Traits(answer="tags", max_columns=1, multitask=True, label=("names", "rename")),
    "answering": Traits(answer="span", min_columns=2, multitask=True, label=("impossible", "language")),
    "translation": Traits(answer="text", max_columns=1, writes=True, translates=True, label=("language",)),
    "summarization": Traits(answer="text", max_columns=1, writes=True, label=("language",)),
    "extraction": Traits(answer="text", max_columns=1, label=("language",)),
}
TaskName = Annotated[str, OneOf(tuple(TRAITS))]
SeveralTaskName = Annotated[str, OneOf(tuple(name for name, traits in TRAITS.items() if traits.multitask))]


def misplaced_labels(label: LabelSettings, task: str) -> Iterator[tuple[str, str]]:
    """The settings of the label column that were given and are not for a task, and why not."""
    usual, fitting = LabelSettings(), TRAITS[task].label
    for name in sorted({name for traits in TRAITS.values() for name in traits.label}):
        if name not in fitting and getattr(label, name) != getattr(usual, name):
            tasks = [task for task, traits in TRAITS.items() if name in traits.label]
            yield f"label.{name}", f"is for {', '.join(tasks)}, not for {task}"


def misplaced_kinds(kinds: Collection[str], task: str) -> Iterator[tuple[str, str]]:
    """The columns of kinds that a task is not for."""
    for kind in kinds:
        if kind not in TRAITS[task].kinds:
            tasks = [name for name, traits in TRAITS.items() if kind in traits.kinds]
            yield f"{kind}_column", f"is for {', '.join(tasks[:-1])} and {tasks[-1]}, not for {task}"


def misplaced_columns(columns: tuple[str, ...], task: str) -> Iterator[tuple[str, str]]:
    """What is wrong with the number of text columns, in words."""
    traits, count = TRAITS[task], len(columns)
    if not columns:
        yield "text_column", "is required"
    elif count > traits.max_columns:
        reads = "one" if traits.max_columns == 1 else "one text or two"
        yield "text_column", f"{count} columns; {task} reads {reads}"
    elif count < traits.min_columns:
        yield "text_column", f"{count} column; {task} reads two: the question, and the text that answers it"
