"""Plots as inline SVG for the pages of `html.py`: lines, bars, histogram, confusion matrix, reliability diagram.

Coordinates are those of the viewBox. Colors are classes of the page's style, so light and dark follow the page; nothing
is loaded and nothing runs. A value that is not finite is left out, visibly; a plot of nothing is a sentence.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from groundup.axes import LETTER, Axes, Point, finite, plottable, rectangle, shortened, text_width, write
from groundup.html import MISSING, Html, number, paragraph, percent, short, tag
from groundup.page_style import COLORS, window_class

MOST_POINTS = 600  # of one line: longer series keep the lowest and highest point of each bucket
MOST_DOTS = 60  # up to so many points are also drawn as dots, with their value as a tooltip
MOST_CLASSES = 40  # of a confusion matrix
WIDE, NARROW = 560.0, 340.0  # widths in which a plot is drawn: for a desk, and for a telephone
PLAIN = 7  # the color of bars beside the one that is meant


# Lines


def line_chart(
    series: Mapping[str, Iterable[Point]],
    title: str = "",
    x_label: str = "",
    y_label: str = "",
    log_y: bool = False,
    y_range: tuple[float, float] | None = None,
    log_x: bool = False,
    bands: Mapping[str, Sequence[tuple[float, float, float]]] | None = None,
) -> Html:
    """Lines through (x, y) points, one per name. None, NaN and infinite values are gaps, marked by a cross below. `log_x` and
    `log_y` have logarithmic scales, with the values themselves at their ticks.
    `bands` are (x, low, high) around lines, shaded."""
    lines = {name: [point for point in map(plottable, points) if finite(point[0])] for name, points in series.items()}
    if log_x:
        lines = {name: [point for point in points if point[0] > 0] for name, points in lines.items()}
    if log_y:
        lines = {name: [(x, y if y and y > 0 else None) for x, y in points] for name, points in lines.items()}
    heights = [y for points in lines.values() for _, y in points if y is not None]
    heights += [end for band in (bands or {}).values() for _, *ends in band for end in ends]
    if not heights:
        return nothing(title)
    low, high = y_range or (min(heights), max(heights))
    if not log_y and y_range is None and high > low:
        room = 0.04 * (high - low)
        low, high = (0.0 if 0 <= low < 0.3 * high else low - room), high + room
    widths = [x for points in lines.values() for x, _ in points]

    def draw(width: float) -> Drawing:
        size = (width, 280 if width == WIDE else 230)
        shown = sorted(set(widths)) if log_x else ()
        axes = Axes((min(widths), max(widths)), (low, high), (x_label, y_label), size, log_y, log_x, shown)
        shapes = axes.draw()
        for i, (name, points) in enumerate(lines.items()):
            shapes += draw_band(axes, (bands or {}).get(name, ()), i % COLORS)
            shapes += draw_line(axes, name, thinned(points), i % COLORS)
        return Drawing(shapes, axes.height)

    return both_widths(draw, title, list(lines))


def draw_band(axes: Axes, band: Sequence[tuple[float, float, float]], color: int) -> list[Html]:
    """What lies between the ends of intervals; of one interval a whisker."""
    if not band:
        return []
    if len(band) == 1:
        x, low, high = band[0]
        return [tag("path", d=f"M{short(axes.x(x))} {short(axes.y(low))}V{short(axes.y(high))}", class_=f"line s{color}")]
    corners = [(x, low) for x, low, _ in band] + [(x, high) for x, _, high in reversed(band)]
    path = "L".join(f"{short(axes.x(x))} {short(axes.y(y))}" for x, y in corners)
    return [tag("path", d=f"M{path}Z", class_=f"f{color} through", fill_opacity=0.14)]


def draw_line(axes: Axes, name: str, points: list[Point], color: int) -> list[Html]:
    path, drawing, marks = "", False, []
    for x, y in points:
        if y is None:
            drawing = False
            marks.append(write(axes.x(x), axes.bottom - 3, "×", kind="gap"))
            continue
        path += f"{'L' if drawing else 'M'}{short(axes.x(x))} {short(axes.y(y))}"
        drawing = True
        if len(points) <= MOST_DOTS:
            note = tag("title", f"{name}: {number(y)} ({number(x)})")
            marks.append(tag("circle", note, cx=axes.x(x), cy=axes.y(y), r=2.5, class_=f"f{color}"))
    return [tag("path", d=path, class_=f"line s{color}"), *marks]


def thinned(points: list[Point]) -> list[Point]:
    """At most MOST_POINTS points with the same outline: per bucket the lowest, the highest, and a gap if any."""
    if len(points) <= MOST_POINTS:
        return points
    sparse: list[Point] = []
    buckets = MOST_POINTS // 3
    for bucket in range(buckets):
        part = points[bucket * len(points) // buckets : (bucket + 1) * len(points) // buckets]
        solid = [(y, i) for i, (_, y) in enumerate(part) if y is not None]
        chosen = {min(solid)[1], max(solid)[1]} if solid else set()
        chosen |= set([i for i, (_, y) in enumerate(part) if y is None][:1])
        sparse += [part[i] for i in sorted(chosen)]
    return sparse


# Bars


def bar_chart(
    bars: Mapping[str, float | None],
    title: str = "",
    intervals: Mapping[str, tuple[float, float]] | None = None,
    unit: str = "",
    chosen: str | None = None,
    best: str | None = None,
) -> Html:
    """Horizontal bars from zero, one per name, the value beside it; `intervals` draws (low, high) as whiskers. The bar that is
    `chosen` stands out, the others are pale; the `best` has a star."""
    whiskers = {name: pair for name, pair in (intervals or {}).items() if finite(pair[0]) and finite(pair[1])}
    values = {name: float(value) for name, value in bars.items() if value is not None and finite(value)}
    if not bars:
        return nothing(title)
    ends = [*values.values(), *[edge for pair in whiskers.values() for edge in pair], 0.0]
    low, high = min(ends), max(max(ends), min(ends) + 1e-12)

    def draw(width: float) -> Drawing:
        row = ROW + (0.0 if name_room(bars, width) else LINE_ABOVE)
        return Drawing(draw_bars(bars, values, whiskers, (low, high), unit, (chosen, best), width), 12 + row * len(bars))

    return both_widths(draw, title)


def draw_bars(
    bars: Mapping[str, float | None],
    values: Mapping[str, float],
    whiskers: Mapping[str, tuple[float, float]],
    ends: tuple[float, float],
    unit: str,
    marked: tuple[str | None, str | None],
    width: float,
) -> list[Html]:
    """Names, bars, whiskers and values in a drawing of this width."""
    row, (low, high), (chosen, best) = ROW, ends, marked
    left = name_room(bars, width) or 4.0
    lift = LINE_ABOVE if left == 4.0 else 0.0
    scale = (width - left - 80) / (high - low)
    shapes: list[Html] = []
    for i, name in enumerate(bars):
        y, kind = 6 + i * (row + lift) + lift, "chosen" if name == chosen else ""
        name_place = (4.0, y, "start") if lift else (left - 8, y + 15, "end")
        shapes.append(write(*name_place[:2], shortened(name, width - 8), name_place[2], kind))
        if name not in values:
            shapes.append(write(left + 4, y + 15, MISSING, "start"))
            continue
        start, end = (left + (edge - low) * scale for edge in sorted((0.0, values[name])))
        label = f"{number(bars[name])}{unit}"
        color, shade = (0, None) if chosen in (None, name) else (PLAIN, 0.5)
        note = f"{name}: {label}"
        shapes.append(rectangle(start, y + 3, max(end - start, 0.5), row - 8, note, color, rx=2, fill_opacity=shade))
        if name in whiskers:
            a, b = (left + (edge - low) * scale for edge in whiskers[name])
            middle, above = short(y + 11), short(y + 7)
            path = f"M{short(a)} {middle}H{short(b)}M{short(a)} {above}v8M{short(b)} {above}v8"
            shapes.append(tag("path", d=path, class_="whisker"))
            end = max(end, b)
        shapes.append(write(end + 6, y + 15, f"{label} ★" if name == best else label, "start", kind))
    return shapes


def name_room(names: Iterable[str], width: float) -> float | None:
    """The width of names that stand beside their bars; None where they are too long, and stand above them."""
    room = 20 + LETTER * max(text_width(name) for name in names)
    return room if room <= MOST_NAMES * width else None


ROW = 24.0  # height of a bar and of the room around it
LINE_ABOVE = 15.0  # height of a name that stands above its bar
MOST_NAMES = 0.43  # of the width of a drawing for names beside bars


def histogram(
    counts: Sequence[float],
    edges: Sequence[float],
    title: str = "",
    x_label: str = "",
    y_label: str = "",
    log_y: bool = False,
) -> Html:
    """Counts between edges (one more edge than counts); `log_y` shows small counts beside large ones."""
    if len(edges) != len(counts) + 1:
        raise ValueError(f"{len(counts)} counts need {len(counts) + 1} edges, not {len(edges)}")
    highest = max([float(count) for count in counts], default=0.0)
    if highest <= 0:
        return nothing(title)
    ys = (0.5, max(highest, 1.0) * 1.2) if log_y else (0.0, highest * 1.04)

    def draw(width: float) -> Drawing:
        size = (width, 280 if width == WIDE else 230)
        axes = Axes((float(edges[0]), float(edges[-1])), ys, (x_label, y_label), size, log_y)
        shapes = axes.draw()
        for count, start, end in zip(counts, edges, edges[1:]):
            if count > 0:
                top, left, right = axes.y(max(float(count), ys[0])), axes.x(float(start)), axes.x(float(end))
                gap = 1.0 if right - left > 4 else 0.0
                note = f"{number(start)} – {number(end)}: {number(count)}"
                shapes.append(rectangle(left + gap / 2, top, right - left - gap, axes.bottom - top, note))
        return Drawing(shapes, axes.height)

    return both_widths(draw, title)


# Classification


def confusion_matrix(
    labels: Sequence[str],
    counts: Sequence[Sequence[int]],
    title: str = "",
    rows: str = "true",
    columns: str = "predicted",
) -> Html:
    """Heat map: rows are true labels, columns predictions, shade is the share of the row; MOST_CLASSES at most."""
    labels = [str(label) for label in labels][:MOST_CLASSES]
    names = min(110.0, LETTER * max([text_width(label) for label in labels], default=0.0))
    size = min(52.0, max(14.0, (NARROW - 40 - names) / max(len(labels), 1)))
    level = names <= size - 4  # the names below fit without turning them
    left, top = 30 + max(names, 0 if level else 0.64 * names), 6.0
    right, lower = left + size * len(labels), top + size * len(labels)
    shapes: list[Html] = []
    for i, true in enumerate(labels):
        y = top + i * size
        shapes.append(write(left - 6, y + size / 2 + 4, shortened(true, 110), "end"))
        for j, predicted in enumerate(labels):
            count, total = int(counts[i][j]), int(sum(counts[i]))
            note = f"{rows} {true}, {columns} {predicted}: {number(count)}"
            shapes += draw_cell(left + j * size, y, size, count, count / total if total else 0.0, i == j, note)
    for j, label in enumerate(labels):
        x = left + (j + 0.5) * size
        if level:
            shapes.append(write(x, lower + 16, label))
        else:
            turn = f"rotate(-50 {short(x + 4)} {short(lower + 10)})"
            shapes.append(write(x + 4, lower + 10, shortened(label, 110), "end", transform=turn))
    height = lower + (24 if level else 16 + 0.77 * names) + 16
    shapes.append(write((left + right) / 2, height - 4, columns, kind="label"))
    middle = short((top + lower) / 2)
    shapes.append(write(12, (top + lower) / 2 + 4, rows, kind="label", transform=f"rotate(-90 12 {middle})"))
    return figure(shapes, max(right + 8, 160.0), height, title)


MOST_SHADE = 0.48  # of a cell: what is written on it stays legible, in light and dark


def draw_cell(x: float, y: float, size: float, count: int, share: float, right: bool, note: str) -> list[Html]:
    color, shade = 0 if right else 1, 0.06 + MOST_SHADE * share
    shapes = [rectangle(x, y, size - 1, size - 1, f"{note} ({percent(share)})", color, fill_opacity=shade)]
    text = number(count)
    if count and size >= 18 and len(text) * LETTER < size:
        shapes.append(write(x + size / 2 - 0.5, y + size / 2 + 4, text, kind="through count"))
    return shapes


def reliability_diagram(
    bins: Iterable[Mapping[str, float | None]], title: str = "", x_label: str = "confidence", y_label: str = "accuracy"
) -> Html:
    """Accuracy per bin of confidence against the diagonal; a bar is the darker the more rows stand in it.

    Each bin has low, high, count, confidence and accuracy (None where empty); a dot marks its mean confidence.
    """
    parts = list(bins)
    axes = Axes((0.0, 1.0), (0.0, 1.0), (x_label, y_label), size=(330, 330))
    shapes = axes.draw()
    most = max([float(part["count"] or 0) for part in parts], default=0.0)
    for part in parts:
        low, high, count = part["low"] or 0.0, part["high"] or 1.0, part["count"]
        if not count or part["accuracy"] is None or part["confidence"] is None:
            continue
        left, right, top = axes.x(low), axes.x(high), axes.y(part["accuracy"])
        note = f"{number(low)} – {number(high)}: {number(part['accuracy'])}, n = {number(count)}"
        shade = 0.25 + 0.75 * math.sqrt(float(count) / most)
        height = max(axes.bottom - top, 1.0)
        shapes.append(rectangle(left + 0.5, axes.bottom - height, right - left - 1, height, note, fill_opacity=shade))
        shapes.append(tag("circle", cx=axes.x(part["confidence"]), cy=top, r=3.0, class_="f1"))
    shapes.append(tag("line", x1=axes.x(0), y1=axes.y(0), x2=axes.x(1), y2=axes.y(1), class_="diagonal"))
    return figure(shapes, axes.width, axes.height, title)


# What they are made of


class Drawing(NamedTuple):
    """Shapes, and the height that they take."""

    shapes: list[Html]
    height: float


def both_widths(draw: Callable[[float], Drawing], title: str, legend: Sequence[str] = ()) -> Html:
    """A plot drawn twice, for wide windows and for narrow ones, of which the page shows one: letters keep their size."""
    broad, narrow = (
        figure(drawing.shapes, width, drawing.height, title, legend, kind)
        for width, kind in ((WIDE, "broad"), (NARROW, "narrow"))
        for drawing in (draw(width),)
    )
    return Html(broad + narrow)


def figure(
    drawing: Iterable[object], width: float, height: float, title: str, legend: Sequence[str] = (), kind: str | None = None
) -> Html:
    box = f"0 0 {short(width)} {short(height)}"
    whole = kind is None and width > NARROW + 20  # what is wider keeps its size, and scrolls
    svg = tag(
        "svg",
        *drawing,
        viewBox=box,
        role="img",
        aria_label=title or "plot",
        width=short(width),
        class_="whole" if whole else None,
    )
    svg = tag("div", svg, class_=f"wide {window_class(width)}", tabindex=0) if whole else svg
    keys = [tag("span", tag("i", class_=f"key k{i % COLORS}"), name) for i, name in enumerate(legend)]
    caption = tag("figcaption", tag("b", title)) if title else Html("")
    return tag("figure", caption, tag("div", *keys, class_="legend") if len(keys) > 1 else Html(""), svg, class_=kind)


def nothing(title: str) -> Html:
    return paragraph(f"{title}: {MISSING}" if title else MISSING)
