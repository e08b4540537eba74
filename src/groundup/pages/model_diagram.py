"""The parts of a model from the bottom up, each with its share of the whole."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import wrap
from typing import NamedTuple

from groundup.axes import LETTER, rectangle, shortened, write
from groundup.html import Html, tag
from groundup.plots import NARROW, figure, nothing


class Drawn(NamedTuple):
    """A part of a model: its name, its parameters, and a note on what is in it."""

    name: str
    size: int
    note: str


def stack_diagram(parts: Sequence[Drawn], title: str = "") -> Html:
    """Parts from the bottom up as boxes, each with its share of the whole as a bar."""
    if not parts:
        return nothing(title)
    total, most = sum(part.size for part in parts) or 1, max(part.size for part in parts) or 1
    line, gap, drawing, y = 14.0, 15.0, [], 0.0
    for place in reversed(range(len(parts))):
        part = parts[place]
        notes = wrap(part.note, int((NARROW - 20) / LETTER))
        height = 34 + line * len(notes)
        tip = tag("title", f"{part.name}: {part.size:,} ({part.size / total:.1%}); {part.note}")
        drawing.append(tag("rect", tip, x=0.5, y=y + 0.5, width=NARROW - 1, height=height, rx=6, class_="box"))
        drawing.append(write(10, y + 17, shortened(part.name, NARROW / 2), "start", "bold"))
        drawing.append(write(NARROW - 10, y + 17, f"{part.size:,} · {part.size / total:.1%}", "end", "label"))
        drawing.append(rectangle(10, y + 23, max(1.0, (NARROW - 20) * part.size / most), 5, f"{part.size / total:.1%}", rx=2))
        drawing += [write(10, y + 42 + line * i, text, "start") for i, text in enumerate(notes)]
        y += height
        if place and feeds(parts[place - 1].name, part.name):
            x = NARROW / 2
            arrow = f"M{x} {y + gap}V{y + 5}M{x - 4} {y + 9}L{x} {y + 4}L{x + 4} {y + 9}"
            drawing.append(tag("path", d=arrow, class_="flow"))
        y += gap
    return figure(drawing, NARROW, y - gap + 2, title)


def feeds(below: str, above: str) -> bool:
    """Whether what one part gives goes into the next: heads get nothing of each other, and a decoder begins anew."""
    return not below.startswith("head ") and not above.endswith("decoder embedding")
