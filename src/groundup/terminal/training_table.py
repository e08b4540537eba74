"""A training as a table of fixed columns: what was learned up to a step, and what an evaluation found there.

On a terminal there is a row for each evaluation, and a live line below; in a file or a pipe there is one for each step that
is logged, too.
"""

from __future__ import annotations

import time
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from groundup.messages.translate import MESSAGES
from groundup.terminal.live import Phase, clock, phase
from groundup.terminal.log import VOICE, detail, is_printed, say, text
from groundup.terminal.streams import USUAL, cells, is_terminal, standard_error, width_of

GAP = "  "
MARK = 6  # columns for the word behind the best row
FEWEST = 5  # evaluations of which alone a training is seen well
WIDEST = 120  # columns of a table
WIDTHS = {"step": 7, "epoch": 5, "train loss": 8, "tokens/s": 8, "left": 7}  # at least
NARROWEST = 8  # of a figure's column

Figures = Mapping[str, float | None]


class Column(NamedTuple):
    """A column: the figure it shows, its head, and how wide it is."""

    name: str
    head: str
    width: int


class TrainingTable:
    """The table of one training. `figures` names those of the validation split, the ones that matter most first: as many are
    shown as fit. `epochs` is how many there are in all, if that is known."""

    def __init__(self, steps: int, epochs: float | None, figures: Sequence[str], evaluations: int):
        self.steps, self.epochs = steps, epochs
        self.watched = is_printed() and is_terminal(standard_error())
        self.sparse = self.watched and evaluations >= FEWEST and not VOICE.get().verbose
        width = min(max(width_of(standard_error()), USUAL), WIDEST) if self.watched else USUAL
        self.before = [column(name, len(f"{steps:,}") if name == "step" else 0) for name in ("step", "epoch", "train loss")]
        self.behind = [column(name) for name in ("tokens/s", "left")]
        self.figures = fitting(figures, width - MARK - sum(one.width + len(GAP) for one in (*self.before, *self.behind)))
        self.bar: Phase | None = None
        self.loss: float | None = None
        self.rate = 0.0
        self.row: Figures | None = None
        self.first, self.start = 0, time.monotonic()
        self.aside = 0.0  # seconds of evaluations since the last rate

    @contextmanager
    def live(self, first: int) -> Generator[TrainingTable]:
        """The head, and a live line until the training ends. `first` is the step where it goes on."""
        self.first, self.start = first, time.monotonic()
        columns = (*self.before, *self.figures, *self.behind)
        say(GAP.join(aligned(one.head, one.width) for one in columns), style="head")
        say(GAP.join("-" * one.width for one in columns), style="dim")
        with phase(text("training now"), self.steps, first=first, plain=False) as self.bar:
            yield self

    def trained(self, event: Mapping, train_figures: Figures) -> None:
        """A step was logged."""
        seconds = event["wall_seconds"] - self.aside
        self.aside = 0.0
        self.rate = event["tokens"] / seconds if seconds > 0 else 0.0
        self.loss = event.get("loss")
        if not self.sparse:
            self.row = {}
        detail(f"    {text('training now')}: {format_figures(train_figures)}")

    @contextmanager
    def evaluating(self) -> Generator[None]:
        """Around an evaluation; its time is not the training's."""
        start = time.monotonic()
        with phase(text("evaluating"), plain=False):
            yield
        self.aside += time.monotonic() - start

    def evaluated(self, figures: Figures, best: bool, loss: float | None) -> None:
        """An evaluation found these figures. `loss` is the mean training loss since the last logged step, if there was one."""
        self.loss = self.loss if loss is None else loss
        self.row = {**figures, "best": float(best)}
        detail(f"    {text('evaluated')}: {format_figures(figures)}")

    def end_of_step(self, step: int) -> None:
        """Move the live line on, and write the row of this step, if it has one."""
        left = self.left(step)
        if self.row is not None:
            say(self.line(step, self.row, left), style="best" if self.row.get("best") else "")
            self.row = None
        if self.bar is not None:
            loss = "" if self.loss is None else f"{text('loss')} {self.loss:.4f}  "
            rate = f"{self.rate:,.0f} {text('column tokens/s')}  " if self.rate else ""
            self.bar.update(step, f"{loss}{rate}{text('time left', time=clock(left))}")

    def line(self, step: int, row: Figures, left: float) -> str:
        """A row of the table."""
        epoch = "-" if self.epochs is None else f"{self.epochs * step / max(1, self.steps):.{1 + (self.epochs < 100)}f}"
        before = (f"{step:,}", epoch, number(self.loss))
        figures = (number(row[one.name]) if row.get(one.name) is not None else "-" * bool(row) for one in self.figures)
        behind = (f"{self.rate:,.0f}" if self.rate else "-", clock(left))
        columns = (*self.before, *self.figures, *self.behind)
        line = GAP.join(aligned(cell, one.width) for cell, one in zip((*before, *figures, *behind), columns, strict=True))
        return f"{line}{GAP}{text('best')}" if row.get("best") else line

    def left(self, step: int) -> float:
        """Seconds until the end, by those of the steps so far."""
        return (time.monotonic() - self.start) / max(1, step - self.first) * (self.steps - step)


def column(name: str, least: int = 0) -> Column:
    """The column of a figure, its head in the language of the command."""
    head = head_of(name)
    return Column(name, head, max(cells(head), WIDTHS.get(name, NARROWEST), least))


def head_of(name: str) -> str:
    """What a column is called: shortly, or as the figure is everywhere."""
    key = f"column {name}" if f"column {name}" in MESSAGES else name
    return text(key) if key in MESSAGES else name.removeprefix("loss.").replace("_", " ")


def fitting(names: Sequence[str], room: int) -> list[Column]:
    """The columns of the first figures, as many as there is room for."""
    found: list[Column] = []
    for one in map(column, dict.fromkeys(names)):
        room -= one.width + len(GAP)
        if room < 0:
            break
        found.append(one._replace(head=one.head))
    return found


def aligned(cell: str, width: int) -> str:
    """A cell with blanks before it."""
    return " " * (width - cells(cell)) + cell


def number(value: float | None) -> str:
    """A figure in at most eight columns."""
    if value is None:
        return "-"
    return f"{value:.4f}" if abs(value) < 1000 else f"{value:.2e}" if abs(value) >= 1e7 else f"{value:,.0f}"


def format_figures(figures: Figures) -> str:
    """`loss 5.123  masked accuracy 0.120`; the loss of a single objective is the total loss, and appears once."""
    parts = [name for name in figures if name.startswith("loss.")]
    shown = {name: value for name, value in figures.items() if len(parts) > 1 or name not in parts}
    names = {name: name.removeprefix("loss.").replace("_", " ") for name in shown}
    return "  ".join(f"{names[n]} {'-' if v is None else format(v, '.4f')}" for n, v in shown.items())
