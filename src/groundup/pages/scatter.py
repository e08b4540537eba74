"""Points with names and vertical whiskers, as part of a page or as an SVG file of its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from groundup.axes import LETTER, Axes, text_width, write
from groundup.html import Html, number, short, tag
from groundup.page_style import STYLE
from groundup.plots import COLORS, figure, nothing

SIZE = (820.0, 420.0)
LINE = 14.0  # height of a label


class Dot(NamedTuple):
    """A point with a name, the ends of its interval, and the number of its color."""

    name: str
    x: float
    y: float
    low: float | None = None
    high: float | None = None
    color: int = 0


class Box(NamedTuple):
    """Where a label stands."""

    left: float
    right: float
    middle: float


def scatter(dots: Sequence[Dot], title: str, x_label: str, y_label: str) -> Html:
    """A figure of a page; of no points a sentence."""
    return figure(scatter_shapes(dots, x_label, y_label), *SIZE, title) if dots else nothing(title)


def svg_file(dots: Sequence[Dot], title: str, x_label: str, y_label: str) -> str:
    """The same as a file that needs nothing else."""
    width, height = (short(side) for side in SIZE)
    paper = Html('<rect width="100%" height="100%" style="fill: var(--paper)"/>')
    style = Html(f"<style>{STYLE}svg text {{ font-family: sans-serif; }}</style>")
    inside = (style, tag("title", title), paper, *scatter_shapes(dots, x_label, y_label))
    space, box = "http://www.w3.org/2000/svg", f"0 0 {width} {height}"
    return f"{tag('svg', *inside, xmlns=space, viewBox=box, width=width, height=height)}\n"


def scatter_shapes(dots: Sequence[Dot], x_label: str, y_label: str) -> list[Html]:
    """Axes, whiskers, points, and labels that do not lie on each other."""
    xs = [dot.x for dot in dots]
    ys = [y for dot in dots for y in (dot.y, dot.low, dot.high) if y is not None]
    axes = Axes(padded(xs), padded(ys), (x_label, y_label), SIZE)
    shapes, boxes = axes.draw(), [Box(axes.x(dot.x) - 6, axes.x(dot.x) + 6, axes.y(dot.y)) for dot in dots]
    for dot in dots:
        x, y = axes.x(dot.x), axes.y(dot.y)
        if dot.low is not None and dot.high is not None:
            low, high = axes.y(dot.low), axes.y(dot.high)
            path = f"M{short(x)} {short(low)}V{short(high)}M{short(x - 4)} {short(low)}h8M{short(x - 4)} {short(high)}h8"
            shapes.append(tag("path", d=path, class_=f"whisker s{dot.color % COLORS}"))
        note = tag("title", f"{dot.name}: {number(dot.y)} ({number(dot.x)})")
        shapes.append(tag("circle", note, cx=x, cy=y, r=5, class_=f"f{dot.color % COLORS}"))
        shapes.append(label(dot.name, x, y, axes.right, boxes))
    return shapes


def label(name: str, x: float, y: float, right: float, boxes: list[Box]) -> Html:
    """The name beside its point: on the side where there is room, above or below labels that stand there."""
    width = LETTER * text_width(name)
    end = x + 10 + width > right
    left = x - 10 - width if end else x + 10
    steps = (sign * LINE * count for count in range(20) for sign in ((1,) if not count else (-1, 1)))
    middle = next((y + step for step in steps if free(Box(left, left + width, y + step), boxes)), y)
    boxes.append(Box(left, left + width, middle))
    return write(left + width if end else left, middle + 4, name, "end" if end else "start", "label")


def free(box: Box, boxes: Sequence[Box]) -> bool:
    return all(box.right < one.left or box.left > one.right or abs(box.middle - one.middle) >= LINE for one in boxes)


def padded(values: Sequence[float]) -> tuple[float, float]:
    """The range of the values with some room around."""
    low, high = min(values), max(values)
    room = 0.08 * (high - low) or 0.05 * abs(high) or 0.5
    return low - room, high + room
