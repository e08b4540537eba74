"""Axes of a chart: places of values, ticks, texts and their width."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence

from groundup.html import Html, short, tag

LETTER = 6.6  # the width of a letter, roughly


FEW_TICKS = 3  # round values of a logarithmic axis below which the values of the points are labelled

Point = tuple[float, float | None]


def write(x: float, y: float, text: object, anchor: str = "middle", kind: str = "", **attributes: object) -> Html:
    return tag("text", text, x=x, y=y, text_anchor=anchor, class_=kind or None, **attributes)


def rectangle(x: float, y: float, width: float, height: float, note: str, color: int = 0, **attributes: object) -> Html:
    return tag("rect", tag("title", note), x=x, y=y, width=width, height=height, class_=f"f{color}", **attributes)


def finite(value: float) -> bool:
    return math.isfinite(float(value))


def plottable(point: Point) -> Point:
    x, y = point
    return float(x), float(y) if y is not None and finite(y) else None


def text_width(text: str) -> float:
    """In letters of the Latin alphabet, roughly: wide East Asian characters count nearly twice."""
    return sum(1.8 if unicodedata.east_asian_width(character) in "WF" else 1.0 for character in text)


def shortened(text: str, width: float) -> str:
    """The text, cut with an ellipsis where it is wider than `width`."""
    prefix, used = "", 0.0
    for character in text:
        used += text_width(character)
        if (used + 1) * LETTER > width and text_width(text) * LETTER > width:
            return prefix + "…"
        prefix += character
    return prefix


def ticks(low: float, high: float, count: int = 5) -> list[float]:
    """Round values between low and high, about `count`."""
    if not high > low:
        return [low]
    raw = (high - low) / count
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(power * factor for factor in (1, 2, 2.5, 5, 10) if power * factor >= raw * 0.999)
    first = math.ceil(low / step - 1e-9)
    return [(first + i) * step for i in range(math.floor(high / step + 1e-9) - first + 1)]


def tick_text(value: float, step: float) -> str:
    """A tick with as many decimals as its step needs: 2500000 -> '2.5M'."""
    for limit, unit, least in ((1e9, "G", 1e9), (1e6, "M", 1e6), (1e3, "k", 1e4)):
        if abs(value) >= least:
            return f"{value / limit:.4g}{unit}"
    if step < 1e-3:
        return f"{value:.3g}" if abs(value) > step / 1000 else "0"
    decimals = max(0, min(8, -math.floor(math.log10(step) + 1e-9)))
    if abs(step * 10**decimals - round(step * 10**decimals)) > 1e-6:
        decimals += 1  # a step of 2.5
    return f"{value:.{decimals}f}"


class Axes:
    """A frame with scales: `x(value)` and `y(value)` are coordinates.

    Logarithmic axes take and show values, not their logarithms; `xs_shown` are the values that a
    logarithmic x axis is labelled with where few round ones lie between."""

    def __init__(
        self,
        xs: tuple[float, float],
        ys: tuple[float, float],
        labels: tuple[str, str] = ("", ""),
        size: tuple[float, float] = (560, 280),
        log_y: bool = False,
        log_x: bool = False,
        xs_shown: Sequence[float] = (),
    ):
        self.width, self.height = size
        self.right, self.top = self.width - 14, 10.0
        self.bottom = self.height - (44 if labels[0] else 26)
        self.log_y, self.log_x, self.labels, self.xs_shown = log_y, log_x, labels, xs_shown
        self.xs, self.ys = scale(xs, log_x), scale(ys, log_y)
        self.marks = self.y_ticks()
        room = max([text_width(text) for _, text in self.marks], default=4.0) * LETTER
        self.left = max(34.0, room + 10 + (18 if labels[1] else 0))

    def x(self, value: float) -> float:
        scaled = math.log10(value) if self.log_x else value
        return self.left + (scaled - self.xs[0]) / (self.xs[1] - self.xs[0]) * (self.right - self.left)

    def y(self, value: float) -> float:
        scaled = math.log10(value) if self.log_y else value
        return self.bottom - (scaled - self.ys[0]) / (self.ys[1] - self.ys[0]) * (self.bottom - self.top)

    def y_ticks(self) -> list[tuple[float, str]]:
        return log_ticks(*self.ys) if self.log_y else plain_ticks(*self.ys, 5)

    def x_ticks(self) -> list[tuple[float, str]]:
        """Of labels that would touch only those that have room, from the left."""
        if not self.log_x:
            return self.roomy(plain_ticks(*self.xs, 6 if self.width > 400 else 4))
        marks = log_ticks(*self.xs)
        if len(marks) < FEW_TICKS and self.xs_shown:
            marks = [(value, tick_text(value, 1.0)) for value in self.xs_shown]
        return self.roomy(marks)

    def roomy(self, marks: list[tuple[float, str]]) -> list[tuple[float, str]]:
        chosen: list[tuple[float, str]] = []
        end = -math.inf
        for value, text in marks:
            half = text_width(text) * LETTER / 2
            if self.x(value) - half >= end + 5:
                chosen.append((value, text))
                end = self.x(value) + half
        return chosen

    def draw(self) -> list[Html]:
        elements: list[Html] = []
        for value, text in self.marks:
            height = self.y(value)
            elements.append(tag("line", x1=self.left, x2=self.right, y1=height, y2=height, class_="grid"))
            elements.append(write(self.left - 6, height + 4, text, "end"))
        for value, text in self.x_ticks():
            overhang = self.x(value) + text_width(text) * LETTER / 2 - self.width
            elements.append(write(self.x(value) - max(0.0, overhang), self.bottom + 16, text))
        elements.append(tag("line", x1=self.left, x2=self.right, y1=self.bottom, y2=self.bottom, class_="axis"))
        if self.labels[0]:
            elements.append(write((self.left + self.right) / 2, self.height - 6, self.labels[0], kind="label"))
        if self.labels[1]:
            middle = (self.top + self.bottom) / 2
            turn = f"rotate(-90 9 {short(middle)})"
            elements.append(write(9, middle + 4, self.labels[1], kind="label", transform=turn))
        return elements


def scale(ends: tuple[float, float], log: bool) -> tuple[float, float]:
    """The ends of an axis, of which the higher lies above the lower."""
    low, high = (math.log10(ends[0]), math.log10(ends[1])) if log else ends
    margin = 0.5 * abs(low) or 0.5
    return (low, high) if high > low else (low - margin, high + margin)


def plain_ticks(low: float, high: float, count: int) -> list[tuple[float, str]]:
    values = ticks(low, high, count)
    return [(value, tick_text(value, step_of(values))) for value in values]


def log_ticks(low: float, high: float) -> list[tuple[float, str]]:
    """1, 10, 100 ... between powers of ten, and 1, 2, 5, 10 ... where there are few of them."""
    powers = range(math.floor(low), math.ceil(high) + 1)
    factors = (1,) if len(powers) > 4 else (1, 2, 5)
    values = [factor * 10.0**power for power in powers for factor in factors]
    return [(value, tick_text(value, value)) for value in values if 10**low * 0.999 <= value <= 10**high * 1.001]


def step_of(values: list[float]) -> float:
    return values[1] - values[0] if len(values) > 1 else abs(values[0]) or 1.0
