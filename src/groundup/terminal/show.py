"""How a line looks on standard error: warnings in yellow and errors in red where there are colours, long lines broken between
words on a terminal and left as they are anywhere else."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from typing import NamedTuple

from groundup.terminal.streams import cells, colorful, is_terminal, print_on, standard_error, width_of, wrapped

WARNING_MARK = "warning: "
WORDS = {"en": "warning: ", "zh": "警告："}
YELLOW, RED, PLAIN = "\x1b[1;33m", "\x1b[1;31m", "\x1b[0m"
STYLES = {"head": "\x1b[1m", "dim": "\x1b[2m", "good": "\x1b[1;32m", "best": "\x1b[1;32m"}  # best: of the last word alone
LABEL = "label"  # the style of a line whose first word is what it is about
COMMAND = "command"  # of a line for a shell, which goes on in further lines behind a backslash

above: Callable[[str], None] | None = None  # prints above a live line while there is one (live.py)


class Look(NamedTuple):
    """How a line is shown: in which language its mark, in which style, and how deep it goes on in its next lines."""

    language: str = "en"
    style: str = ""
    hang: int = 0


def is_warning(line: str) -> bool:
    """Whether a line is a warning."""
    return line.lstrip(" ").startswith(WARNING_MARK)


def show(line: str, level: int, look: Look | None = None) -> None:
    """Print a line for people."""
    look, stream, text = look or Look(), standard_error(), line
    if is_warning(line):
        text = line.replace(WARNING_MARK, WORDS[look.language], 1)
    if is_terminal(stream):
        width = width_of(stream)
        if look.style == COMMAND:
            text = shell_lines(text, width)
        else:
            text = "\n".join(part for one in text.split("\n") for part in wrapped(one, width, look.hang))
    if colorful(stream):
        text = colored(text, line, level, look)
    if above is not None:
        above(text)
    else:
        print_on(stream, text)


def shell_lines(line: str, width: int) -> str:
    """A command that is wider than the terminal, broken before its settings so that it can be copied."""
    indent = " " * (len(line) - len(line.lstrip(" ")))
    first, *settings = parts_of(line)
    lines, current = [], f"{indent}{first}"
    for one in settings:
        if cells(current) + 1 + cells(one) > width - 2:
            lines.append(f"{current} \\")
            current = f"{indent}    {one}"
        else:
            current += f" {one}"
    return "\n".join([*lines, current])


WORD = re.compile(r"""(?:'[^']*'|"[^"]*"|[^\s'"])+""")  # of a command line; blanks in quotes part none


def parts_of(line: str) -> list[str]:
    """A command, then each of its settings with its values."""
    parts: list[str] = []
    for word in WORD.findall(line):
        if word.startswith("--") or not parts:
            parts.append(word)
        else:
            parts[-1] += f" {word}"
    return parts


def colored(text: str, line: str, level: int, look: Look) -> str:
    """The text of a line, whose first word says by its colour what kind of line it is, or in its style."""
    if is_warning(line):
        word = WORDS[look.language].rstrip()
        return text.replace(word, f"{YELLOW}{word}{PLAIN}", 1)
    if level >= logging.ERROR:
        return text.replace("error ", f"{RED}error{PLAIN} ", 1)
    if look.style == "best":
        row, _, last = text.rpartition(" ")
        return f"{row} {STYLES['best']}{last}{PLAIN}"
    if look.style == LABEL and look.hang:
        return f"{STYLES['head']}{text[: look.hang]}{PLAIN}{text[look.hang :]}"
    return f"{STYLES[look.style]}{text}{PLAIN}" if look.style in STYLES else text
