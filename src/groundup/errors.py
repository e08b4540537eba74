"""What can go wrong, as a user sees it: one line that names the place, the value and the way out.

Exit codes: 0 done, 1 a fault of ours, 2 refused, 3 done with a reservation, 4 stopped by a stated limit,
71 the machine ran out, 74 storage failed, 75 a peer was lost, 130/143 stopped by a signal after saving.
"""

from __future__ import annotations

import unicodedata

LONGEST_NAME = 200
HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}  # control, bidi and unassigned characters


def printable(text: object, longest: int = LONGEST_NAME) -> str:
    """A name from outside, safe to print: control, bidi and unassigned characters escaped, cut at `longest`."""
    characters = []
    for character in str(text)[: longest + 1]:
        if unicodedata.category(character) in HIDDEN:
            code = ord(character)
            characters.append(f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}")
        else:
            characters.append(character)
    return "".join(characters[:longest]) + ("..." if len(str(text)) > longest else "")


class GroundupError(Exception):
    """A refusal or failure with a stable code, the place it concerns, what was found and the way out."""

    exit_code = 1

    def __init__(self, code: str, place: object, what: str, fix: str = "", limit: str = "", problems: tuple[str, ...] = ()):
        self.code, self.place, self.what, self.fix, self.limit = code, printable(place, 400), what, fix, limit
        self.problems = problems  # when several mistakes are told at once: one line each
        super().__init__(self.line())

    def line(self) -> str:
        limit = f" (limit: {self.limit})" if self.limit else ""
        fix = f" Fix: {self.fix}" if self.fix else ""
        place = f" {self.place}:" if self.place else ""
        return f"error {self.code}{place} {self.what}{limit}.{fix}".replace("\n", " ").replace("..", ".")


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


class Interrupted(GroundupError):
    """Stopped by a signal after saving."""

    def __init__(self, signal_number: int, place: object = "", what: str = "stopped after saving", fix: str = ""):
        self.exit_code = 128 + signal_number
        super().__init__("INTERRUPTED", place, what, fix)
