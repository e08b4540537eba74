"""groundup inspect: what a model is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from groundup.config import Command
from groundup.scope import NO_CHANCE, ON_PROCESSOR, ONE_THREAD


@dataclass(frozen=True, kw_only=True)
class Inspect(Command):
    """Show what a model is made of: its parts with their shapes and shares of the parameters, its tokenizer, and its card.

    `--out page.html` writes it as a page with a drawing; else it is printed.
    """

    example: ClassVar[str] = "groundup inspect runs/lm --out model.html"
    main_settings: ClassVar[tuple[str, ...]] = ("model", "out", "language")

    unfit: ClassVar = (ON_PROCESSOR, NO_CHANCE, ONE_THREAD)

    positional: ClassVar[str] = "model"

    model: str
    """Model folder or run (ours or Hugging Face's)."""
    out: str | None = None
    """Page to write, ending in .html."""

    def check(self):
        if self.out is not None and not self.out.endswith(".html"):
            yield "out", f"'{self.out}' does not end in .html"
