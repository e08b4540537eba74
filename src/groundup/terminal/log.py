"""Everything that groundup says to people goes through here.

- `say(line)` is progress, on standard error. A line that begins with `warning: ` is a warning.
- `result(line)` is what somebody waited for: a verdict, a place where answers are. `--quiet` keeps it.
- `detail(line)` is what `--verbose` adds.
- `output(text)` is what a command makes (answers, tables), on standard output; nothing else goes there.

The first three are records of the logger `groundup` (logging), at INFO, WARNING, RESULT (25) and DEBUG. A host program that has
handlers of its own catches, silences or redirects them as it does with others. Where nobody listens they are printed (show.py).

Lines for translators: `text("key", name=value)` is the message of that key of the tables in `messages/` in the language of the
command that is performed (its `--language`), so `say(text("fine-tuning on", rows=400))`. Messages of the terminal stand in
messages/terminal.py. The word `warning` before a line is translated when it is shown: lines always begin with `warning: `.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, NamedTuple

from groundup import language
from groundup.terminal.show import Look, is_warning, show

RESULT = 25  # between INFO and WARNING
LOGGER = logging.getLogger("groundup")
logging.addLevelName(RESULT, "RESULT")


class Voice(NamedTuple):
    """How much a command says. Its language is `language.LANGUAGE`."""

    quiet: bool = False
    verbose: bool = False
    depth: int = 0  # of commands that do their work by others

    def wants(self, level: int) -> bool:
        """Whether a line of a level is said. --quiet keeps results and errors."""
        if self.quiet:
            return level == RESULT or level >= logging.ERROR
        return self.verbose or level > logging.DEBUG


USUAL = Voice()
VOICE: ContextVar[Voice] = ContextVar("voice", default=USUAL)


@contextmanager
def speaking(settings: Any) -> Generator[None]:
    """Inside, a command speaks as its settings `quiet`, `verbose` and `language` say."""
    token = VOICE.set(Voice(settings.quiet, settings.verbose, VOICE.get().depth + 1))
    try:
        with language.speaking(settings.language):
            yield
    finally:
        VOICE.reset(token)


@contextmanager
def silence() -> Generator[None]:
    """Inside, only results and errors are said: what a command has others do for it."""
    token = VOICE.set(VOICE.get()._replace(quiet=True))
    try:
        yield
    finally:
        VOICE.reset(token)


def say(line: str, style: str = "", hang: int = 0) -> None:
    """Progress, or a warning: a line that begins with `warning: `. `style` and `hang` are its look on a terminal (show.py)."""
    emit(logging.WARNING if is_warning(line) else logging.INFO, line, style, hang)


def result(line: str, style: str = "", hang: int = 0) -> None:
    """What somebody waited for; --quiet does not silence it."""
    emit(RESULT, line, style, hang)


def detail(line: str) -> None:
    """What only --verbose shows."""
    emit(logging.DEBUG, line)


def error(line: str) -> None:
    """Why a command ends."""
    emit(logging.ERROR, line)


def output(text: str, end: str = "\n") -> None:
    """What a command makes, on standard output, as it is."""
    sys.stdout.write(text + end)
    sys.stdout.flush()


def text(key: str, /, **values: object) -> str:
    """The message of a key in the language of the command that is performed."""
    from groundup.messages.current import message

    return message(key, **values)


def emit(level: int, line: str, style: str = "", hang: int = 0) -> None:
    """Say a line if the command wants it: to who listens, or else on standard error."""
    if not VOICE.get().wants(level):
        return
    look = Look(language.LANGUAGE.get(), style, hang)
    if LOGGER.hasHandlers():
        LOGGER.log(level, "%s", line, extra={"look": look})
    else:
        show(line, level, look)


def is_printed() -> bool:
    """Whether progress is printed now, and by us."""
    return VOICE.get().wants(logging.INFO) and (is_ours() or not LOGGER.hasHandlers())


def is_ours() -> bool:
    """Whether the process is ours: a command line is performed."""
    return any(isinstance(handler, Printer) for handler in LOGGER.handlers)


def is_outermost() -> bool:
    """Whether the command that speaks was given on the command line, and not by another command."""
    return is_ours() and VOICE.get().depth == 1


class Printer(logging.Handler):
    """Shows records on standard error."""

    def emit(self, record: logging.LogRecord) -> None:
        show(record.getMessage(), record.levelno, getattr(record, "look", Look()))


@contextmanager
def printing() -> Generator[None]:
    """Inside, everything is printed, whatever else listens: the process is ours (cli.py)."""
    level, propagate, printer = LOGGER.level, LOGGER.propagate, Printer()
    LOGGER.addHandler(printer)
    LOGGER.setLevel(logging.DEBUG)
    LOGGER.propagate = False
    try:
        yield
    finally:
        if (drawn := sys.modules.get("groundup.terminal.live")) is not None and drawn.live:
            drawn.end()  # an error left it there
        LOGGER.removeHandler(printer)
        LOGGER.setLevel(level)
        LOGGER.propagate = propagate
