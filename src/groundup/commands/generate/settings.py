"""groundup generate: a model that writes continues a text."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import ClassVar

from groundup.config import Command, Positive
from groundup.data.settings import ANSWERED, ROWS, ReadSettings
from groundup.nn.decoding import Decoding
from groundup.scope import Unfit


@dataclass(frozen=True, kw_only=True)
class Generate(Decoding, Command):
    """Let a model write: what follows a text, or, of a model with an encoder, what it makes of one.

    `--text` is answered on standard output as it is written; `--input` is a table or text file whose every row gets its own
    answer beside its columns (`generated`, `reason`, `error`), in `--out` or on standard output.
    """

    example: ClassVar[str] = 'groundup generate --model runs/gpt --text "HAMLET:" --temperature 0.8'
    main_settings: ClassVar[tuple[str, ...]] = (
        "model",
        "text",
        "input",
        "out",
        "max_new_tokens",
        "temperature",
        "top_p",
        "beams",
        "stop",
    )

    unfit: ClassVar = (
        ROWS,
        ANSWERED,
        Unfit(lambda one: one.input in (None, "-"), ("read", "text_column"), "is for files: --input FILE"),
        Unfit(lambda one: one.input is None, ("batch_size", "out"), "is for --input; the answer to --text is printed"),
        Unfit("nothing is drawn", ("seed",), "changes nothing: without a temperature nothing is drawn"),
        Unfit("one hypothesis", ("length_penalty", "early_stopping"), "is for a beam search: give --beams"),
    )

    model: str
    """Model folder or run (ours or Hugging Face's)."""
    int8: bool = False
    """Round the matrices to int8 when the model is read: from a width of about 512 on several texts or beams are written about
    twice as fast so; what that costs is yours to judge."""
    generation_config: bool = True
    """Begin with what the model's generation_config.json (or config.json) says of how it writes; without, only the tokens that
    begin and end a text are taken from there."""
    text: tuple[str, ...] = ()
    """Text to go on with; \"\" begins a new one. A model with an encoder tells what is missing at each [MASK]. Give it again
    for more."""
    input: str | None = None
    """Table or text file with one text a line; - for standard input."""
    out: str | None = None
    """Where the answers to --input go: .csv, .tsv or .jsonl. Default: standard output, as csv."""
    text_column: tuple[str, ...] = ()
    """Column with the text of --input."""
    stop: tuple[str, ...] = ()
    """Text at which to stop; it is not part of the answer. Give it again for more."""
    batch_size: Positive = 32
    """Rows of --input that are written at once."""
    read: ReadSettings = field(default_factory=ReadSettings)

    def check(self) -> Iterable[tuple[str, str]]:
        yield from Decoding.check(self)
        if bool(self.text) == (self.input is not None):
            yield "text", "give either a text or an input file"
        if len(self.text_column) > 1:
            yield "text_column", "one column is read"
        if self.out is not None and not self.out.endswith((".csv", ".tsv", ".jsonl")):
            yield "out", f"'{self.out}' does not end in .csv, .tsv or .jsonl"
        if not all(self.stop):
            yield "stop", "an empty text stands everywhere"
