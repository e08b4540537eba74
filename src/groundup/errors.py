"""What can go wrong, as a user sees it: one line that names the place, the value and the way out.

Exit codes: 0 done, 1 a fault of ours, 2 refused, 3 done with a reservation, 4 stopped by a stated limit,
71 the machine ran out, 74 storage failed, 75 a peer was lost, 130/143 stopped by a signal after saving.
"""

from __future__ import annotations

import copyreg
import re
import unicodedata
from collections.abc import Callable

LONGEST_NAME = 200
HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}  # control, bidi and unassigned characters


def printable(text: object, longest: int = LONGEST_NAME) -> str:
    """A name from outside, safe to print: control, bidi and unassigned characters escaped, cut at `longest`."""
    text = str(text)
    return escape(text[:longest]) + ("..." if len(text) > longest else "")


def escape(text: str) -> str:
    """Text without control, bidi and unassigned characters: they are written as codes."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(code_of(c) if unicodedata.category(c) in HIDDEN else c for c in text)


def code_of(character: str) -> str:
    code = ord(character)
    return f"\\x{code:02x}" if code < 2**8 else f"\\u{code:04x}" if code < 2**16 else f"\\U{code:08x}"


class GroundupError(Exception):
    """A refusal or failure with a stable code, the place it concerns, what was found and the way out."""

    exit_code = 1

    def __init__(self, code: str, place: object, what: str, fix: str = "", limit: str = "", problems: tuple[str, ...] = ()):
        self.code, self.place, self.what, self.fix, self.limit = code, printable(place, 400), what, fix, limit
        self.problems = problems  # when several mistakes are reported at once: one line each
        super().__init__("\n".join(self.lines()))

    def __reduce__(self):
        """It comes whole from another process."""
        return copyreg.__newobj__, (type(self), *self.args), self.__dict__  # ty: ignore[missing-attribute]

    def call_places(self, renamed: Callable[[str], str]) -> None:
        """Tell it with other names of places."""
        self.place, self.what, self.problems = renamed(self.place), renamed(self.what), tuple(map(renamed, self.problems))
        self.args = ("\n".join(self.lines()),)

    def line(self) -> str:
        """What is wrong in one line, safe to print."""
        place = f" {self.place}:" if self.place else ""
        limit = f" (limit: {self.limit})" if self.limit else ""
        fix = f" Fix: {self.fix}" if self.fix else ""
        return one_line(f"error {self.code}{place} {ended(self.what + limit)}{fix}")

    def lines(self) -> list[str]:
        """One line per mistake."""
        return [one_line(f"error {self.code} {ended(problem)}") for problem in self.problems] or [self.line()]


def ended(sentence: str) -> str:
    return sentence if sentence.endswith((".", "?", "!")) else f"{sentence}."


def one_line(text: str) -> str:
    return escape(" ".join(re.split(r"[\r\n]+", text)))


class InputError(GroundupError):
    """Refused: usage, input, configuration or a damaged artefact. Nothing was written."""

    exit_code = 2


class GateError(GroundupError):
    """Stopped by a stated limit of the run or a gate."""

    exit_code = 4


class ResourceError(GroundupError):
    """The machine ran out of memory, descriptors or threads."""

    exit_code = 71


class StorageError(GroundupError):
    """Storage failed: full disk, I/O error, failed fsync."""

    exit_code = 74


class PeerError(GroundupError):
    """A peer, worker or remote service was lost; the same command again is right."""

    exit_code = 75


class DataWarning(UserWarning):
    """Rows in memory were not read as they stand: what is missing, unknown, unread or cut, with counts."""


class Interrupted(GroundupError):
    """Stopped by a signal after saving."""

    def __init__(self, signal_number: int, place: object = "", what: str = "stopped after saving", fix: str = ""):
        self.exit_code = 128 + signal_number
        super().__init__("INTERRUPTED", place, what, fix)
