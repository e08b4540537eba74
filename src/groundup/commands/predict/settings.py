"""groundup predict: labels for texts, words for masks, or whether one text follows another."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import ClassVar

from groundup.config import Command, Positive
from groundup.data.settings import ANSWERED, ROWS, ReadSettings
from groundup.kinds.settings import COLUMNS, OtherColumns
from groundup.scope import NO_CHANCE, Unfit


@dataclass(frozen=True, kw_only=True)
class Predict(Command, OtherColumns):
    """Label texts, fill masks, or judge whether one text follows another.

    A fine-tuned model labels `--text` or every row of `--input`, whose columns and order are kept beside those of the answer
    (label, probability, truncated, error; with `predicted_` before the name where the input has such a column). A text that is
    longer than the model reads is `truncated`. A row that cannot be read gets an `error`, and the exit code is 3.

    A pretrained model fills each [MASK] of `--text`, or judges `--text A --next B`.
    """

    example: ClassVar[str] = 'groundup predict --model runs/sentiment --text "a fine film"'
    main_settings: ClassVar[tuple[str, ...]] = ("model", "text", "input", "out", "text_column", "task", "top")

    elsewhere: ClassVar = {
        "label_column": "Answers need no labels; groundup evaluate compares them with these.",
    }
    unfit: ClassVar = (
        NO_CHANCE,
        ROWS,
        ANSWERED,
        Unfit(lambda one: one.input in (None, "-"), ("read", *COLUMNS), "is for files: --input FILE"),
        Unfit(lambda one: one.input is None, ("out",), "is for the answers to --input; that to --text is printed"),
        Unfit(lambda one: one.input or one.next, ("top",), "is for masks in --text"),
        Unfit(
            "files",
            ("read", *COLUMNS),
            "is for tables, and the rows here are files",
            but=("read.include",),
        ),
        Unfit("labels", ("top",), "is for masks, and this model gives labels"),
    )

    model: str
    """Model folder or run, or an export of one."""
    task: str | None = None
    """Which task to answer for, of a model of several (groundup multitask)."""
    text: tuple[str, ...] = ()
    """Text to answer for; for a model of pairs give it twice."""
    next: str | None = None
    """Text of which to judge whether it follows --text."""
    input: str | None = None
    """Table or text file with one text a line; - for standard input (one text a line). Of a model of images: an image, a
    folder or archive of them, or a quoted pattern like 'photos/*.jpg'."""
    out: str | None = None
    """Where the answers go: .csv, .tsv or .jsonl. Default: standard output, as csv. In tables a text that a spreadsheet would
    run as a formula (it begins with = + - @ a tab or a carriage return) gets an apostrophe in front; .jsonl has it as is."""
    read: ReadSettings = field(default_factory=ReadSettings)
    top: Positive = 5
    """Words shown for each mask."""

    def check(self) -> Iterable[tuple[str, str]]:
        if bool(self.text) == (self.input is not None):
            yield "text", "give either a text or an input file"
        if self.next is not None and len(self.text) != 1:
            yield "next", "goes with one --text"
        if self.out is not None and not self.out.endswith((".csv", ".tsv", ".jsonl")):
            yield "out", f"'{self.out}' does not end in .csv, .tsv or .jsonl"
