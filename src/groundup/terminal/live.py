"""One live line at the bottom of a terminal while something takes long: a bar, how much is done, and the time left.

Where nobody watches, in a file or a pipe, what takes long says a plain line now and then instead. The live line is drawn by
rich, which is imported only then. It is drawn anew at most four times a second, and by nobody but who does the work.
"""

from __future__ import annotations

import time
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from groundup.terminal import show
from groundup.terminal.log import is_printed, say, text
from groundup.terminal.streams import is_terminal, standard_error, width_of

REFRESH, PLAIN = 0.25, 15.0  # seconds between two drawings of the live line, and between two plain lines
BAR = 20  # columns of a bar

stack: list[Phase] = []  # what is under way, the innermost last; its line is the one that is seen
live: list[Any] = []  # rich's Progress while there is a live line


class Phase:
    """Something that takes long, and how much of it is done."""

    def __init__(self, title: str, total: int | None, unit: str, plain: bool):
        self.title, self.total, self.unit, self.plain = title, total, unit, plain
        self.done = self.first = 0
        self.start = self.shown = time.monotonic()
        self.note = ""
        self.task: Any = None

    def advance(self, count: int = 1) -> None:
        """So much more is done."""
        self.update(self.done + count)

    def update(self, done: int, note: str | None = None) -> None:
        """So much is done. `note` stands behind the bar in place of the rate and the time left."""
        self.done = done
        self.note = self.note if note is None else note
        now = time.monotonic()
        if now - self.shown >= (REFRESH if live else PLAIN):
            self.shown = now
            self.draw()

    def draw(self) -> None:
        """Show how far it is."""
        if live:
            live[0].update(self.task, completed=self.done, count=self.count(), note=self.note or self.speed())
            live[0].refresh()
        elif self.plain:
            say("    " + "  ".join(filter(None, (self.title, self.count(), self.note or self.speed()))))

    def count(self) -> str:
        """`1,200/4,000 rows`."""
        done = f"{self.done:,}" + (f"/{self.total:,}" if self.total is not None else "")
        return f"{done} {self.unit}" if self.unit and (self.done or self.total) else done if self.total else ""

    def speed(self) -> str:
        """How many a second, and the time left."""
        seconds = time.monotonic() - self.start
        rate = (self.done - self.first) / seconds if seconds > 0 else 0.0
        if not rate:
            return text("seconds so far", time=clock(seconds)) if seconds >= 1 else ""
        told = text("a second", rate=f"{rate:,.0f}" if rate >= 10 else f"{rate:.2g}")
        left = "" if self.total is None else "  " + text("time left", time=clock((self.total - self.done) / rate))
        return told + left


@contextmanager
def phase(
    title: str, total: int | None = None, unit: str = "", first: int = 0, plain: bool = True, announced: bool = False
) -> Generator[Phase]:
    """Around something that takes long: `with phase("evaluating", 1200, "rows") as bar: ... bar.advance(32)`.

    `first` is how much was done before. Without `plain`, who does it says its own lines where there is no live one. What
    cannot be counted is `announced` there: its title is said when it begins.
    """
    one = Phase(title, total, unit, plain)
    one.done = one.first = first
    begun = not live and not stack and begin()
    stack.append(one)
    try:
        if live:
            focus()
        elif announced:
            say(f"    {title}")
        yield one
    finally:
        stack.remove(one)
        if live and one.task is not None:
            live[0].remove_task(one.task)
        if begun and live:
            end()
        elif live:
            focus()


def is_live() -> bool:
    """Whether there is a live line."""
    return bool(live)


def each(items: Iterable[Any], title: str, total: int | None = None, unit: str = "", plain: bool = True) -> Iterator[Any]:
    """The items, one after the other, with a line about how far it is."""
    with phase(title, total, unit, plain=plain) as bar:
        for item in items:
            yield item
            bar.advance()


def begin() -> bool:
    """Begin a live line, where somebody watches."""
    stream = standard_error()
    if not is_printed() or not is_terminal(stream):
        return False
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn

    console = Console(file=stream, width=width_of(stream), highlight=False)
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(BAR, complete_style="green", finished_style="green", pulse_style="green"),
        TextColumn("{task.fields[count]}", markup=False),
        TextColumn("{task.fields[note]}", markup=False, style="default"),
    )
    for column in columns:
        column.get_table_column().no_wrap = True
    progress = Progress(
        *columns, console=console, auto_refresh=False, transient=True, redirect_stdout=False, redirect_stderr=False
    )
    progress.start()
    live.append(progress)
    show.above = print_above
    return True


def end() -> None:
    """Take the live line away."""
    show.above = None
    live.pop().stop()


def print_above(line: str) -> None:
    """Print a line above the live one."""
    from rich.text import Text

    live[0].console.print(Text.from_ansi(line), soft_wrap=True)


def focus() -> None:
    """Let the innermost of what is under way be the line that is seen."""
    for one in stack[:-1]:
        if one.task is not None:
            live[0].update(one.task, visible=False)
    if stack:
        last = stack[-1]
        if last.task is None:
            last.task = live[0].add_task(last.title, total=last.total, completed=last.done, count=last.count(), note="")
        live[0].update(last.task, visible=True)
        live[0].refresh()


def clock(seconds: float) -> str:
    """`0:52`, `1:02:33`."""
    whole = max(0, int(seconds))
    minutes = f"{whole % 3600 // 60:02d}:{whole % 60:02d}"
    return f"{whole // 3600}:{minutes}" if whole >= 3600 else minutes.removeprefix("0")
