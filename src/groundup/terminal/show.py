"""How a line looks on standard error: warnings in yellow and errors in red where there are colours, long lines broken between
words on a terminal and left as they are anywhere else."""

from __future__ import annotations

import logging
from collections.abc import Callable

from groundup.terminal.streams import colorful, is_terminal, print_on, standard_error, width_of, wrapped

WARNING_MARK = "warning: "
WORDS = {"en": "warning: ", "zh": "警告："}
YELLOW, RED, PLAIN = "\x1b[1;33m", "\x1b[1;31m", "\x1b[0m"

above: Callable[[str], None] | None = None  # prints above a live line while there is one (live.py)


def show(line: str, level: int, language: str = "en") -> None:
    """Print a line for people."""
    stream = standard_error()
    text = line
    if level == logging.WARNING:
        text = line.replace(WARNING_MARK, WORDS[language], 1)
    if is_terminal(stream):
        text = "\n".join(part for one in text.split("\n") for part in wrapped(one, width_of(stream)))
    if colorful(stream):
        text = colored(text, level, language)
    if above is not None:
        above(text)
    else:
        print_on(stream, text)


def colored(text: str, level: int, language: str) -> str:
    """A text whose first word says by its colour what kind of line it is."""
    if level == logging.WARNING:
        word = WORDS[language].rstrip()
        return text.replace(word, f"{YELLOW}{word}{PLAIN}", 1)
    if level >= logging.ERROR:
        return text.replace("error ", f"{RED}error{PLAIN} ", 1)
    return text
