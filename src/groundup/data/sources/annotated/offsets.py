"""How places in a text are counted: in characters, UTF-16 units or bytes, from 0 or 1, with the end or without it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

from groundup.data.settings import ReadSettings
from groundup.data.sources.annotated.spans import Mark
from groundup.messages.translate import ENGLISH, Translator

LARGEST_SHIFT = 2  # that is looked for
SPACED = 0x0590  # letters before it (Latin, Greek, Cyrillic) are parted into words by blanks


def widths(unit: str) -> Callable[[str, str], int]:
    """How much a character counts, by itself and the one beside it that matters."""
    return {
        "utf16": lambda character, before: 2 if character > "\uffff" else 1,
        "bytes": lambda character, before: len(character.encode("utf-8", "surrogatepass")),
        "crlf": lambda character, before: 2 if character == "\n" and before != "\r" else 1,
        "lf": lambda character, before: 0 if character == "\n" and before == "\r" else 1,
    }[unit]


def same(text: str | Sequence[str], unit: str) -> bool:
    """Whether a unit counts a text as characters do. Places in a list of words count words."""
    if not isinstance(text, str):
        return True
    return unit == "codepoints" or ("\n" not in text if unit in ("crlf", "lf") else text.isascii())


@lru_cache(maxsize=4)
def places(text: str, unit: str) -> dict[int, int]:
    """Offset in units -> character, for every character and the end of a text."""
    width = widths(unit)
    counted = accumulate((width(character, text[n - 1 : n]) for n, character in enumerate(text)), initial=0)
    positions: dict[int, int] = {}
    for place, offset in enumerate(counted):
        positions.setdefault(offset, place)
    return positions


@dataclass(frozen=True)
class Offsets:
    """One way to count. `shift` is added to both ends; `inclusive`: the end is the last character, not the one after it."""

    unit: str = "codepoints"
    shift: int = 0
    inclusive: bool = False

    def apply(self, mark: Mark, text: str | Sequence[str]) -> tuple[int, int] | None:
        """Start and end in characters (or words); None where they are no part of the text."""
        start = self.character(mark.start + self.shift, text)
        if start is None or start < 0:
            return None
        if mark.end is None:
            end = start + len(mark.text or "")
        else:
            end = self.character(mark.end + self.shift + self.inclusive, text)
        return (start, end) if end is not None and start < end <= len(text) else None

    def character(self, offset: int, text: str | Sequence[str]) -> int | None:
        return offset if same(text, self.unit) else places(str(text), self.unit).get(offset)

    def setting(self) -> str:
        """The settings that mean this way."""
        parts = [f"--read.offsets {self.unit}"] * (self.unit != "codepoints")
        parts += [f"--read.offset_shift {self.shift}"] * (self.shift != 0)
        return " ".join(parts + ["--read.inclusive_end true"] * self.inclusive) or "--read.offsets codepoints"

    def words(self, t: Translator = ENGLISH) -> str:
        """The same, for people."""
        parts = [t(f"count {self.unit}")] * (self.unit != "codepoints")
        parts += [t("are too large" if self.shift < 0 else "are too small", by=abs(self.shift))] * (self.shift != 0)
        parts += [t("name the last character")] * self.inclusive
        return t("and also").join(parts) or t("count codepoints")


def offsets_of(settings: ReadSettings) -> Offsets:
    return Offsets(settings.offsets or "codepoints", settings.offset_shift, settings.inclusive_end)


def candidates(current: Offsets) -> Iterator[Offsets]:
    """Other ways to count, the simplest first."""
    shifts = sorted(range(-LARGEST_SHIFT, LARGEST_SHIFT + 1), key=lambda shift: (abs(shift), shift))
    offsets = [
        Offsets(unit, shift, inclusive)
        for inclusive in (False, True)
        for shift in shifts
        for unit in ("codepoints", "utf16", "bytes", "crlf", "lf")
    ]
    changes = {one: (one.unit != "codepoints") + abs(one.shift) + one.inclusive for one in offsets}
    yield from (one for one in sorted(offsets, key=changes.__getitem__) if one != current)


def between(text: str | Sequence[str], start: int, end: int) -> str:
    """A part of a text, or of a list of words."""
    part = text[start:end]
    return part if isinstance(part, str) else " ".join(part)


def fits(mark: Mark, text: str | Sequence[str], offsets: Offsets) -> bool:
    """Whether a mark is a part of the text that its own text is equal to, where there is one (blanks at the ends aside)."""
    at = offsets.apply(mark, text)
    if at is None:
        return False
    part = between(text, *at)
    return bool(part.strip()) and (mark.text is None or part.split() == mark.text.split())


def cuts_a_word(start: int, end: int, text: str) -> bool:
    """Whether a span begins or ends between two letters or digits of a script that parts words by blanks."""
    inside = (text[at - 1 : at + 1] for at in (start, end) if 0 < at < len(text))
    return any(all(character.isalnum() and ord(character) < SPACED for character in both) for both in inside)
