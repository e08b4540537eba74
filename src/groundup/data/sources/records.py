"""What reading yields: rows of tables, documents of paragraphs, and the rejects with their reasons."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from groundup.errors import InputError

KEPT_REJECTS = 10_000


@dataclass
class Row:
    """One row of a table. `file` is its name inside the source, `line` where it begins (the first is 1)."""

    values: dict[str, object]
    file: str
    line: int
    split: str | None = None


@dataclass
class Document:
    """Paragraphs of running text in their order."""

    id: str
    paragraphs: list[str]
    source: str
    split: str | None = None


@dataclass
class Rejects:
    """Records that were not kept: counted all, described up to a limit."""

    kept: list[dict] = field(default_factory=list)
    counts: Counter = field(default_factory=Counter)
    read: int = 0
    faults: int = 0

    def fault(self, place: str, code: str, what: str) -> None:
        """A record that could not be read."""
        self.faults += 1
        self.drop(place, code, what)

    def drop(self, place: str, code: str, what: str) -> None:
        """A record left out by a rule."""
        self.counts[code] += 1
        if len(self.kept) < KEPT_REJECTS:
            self.kept.append({"place": place, "code": code, "what": what})

    def check(self, budget: int | None) -> None:
        """Refuse when more records were faulty than is tolerated."""
        limit = self.read // 100 if budget is None else budget
        if self.faults > limit:
            first = "; ".join(f"{r['place']}: {r['what']}" for r in self.kept[:10])
            raise InputError("TOO_MANY_REJECTS", "input", f"{self.faults} of {self.read} records are faulty: {first}",
                             "mend them, or pass --read.max_rejects", limit=f"{limit}")  # fmt: skip
