"""One explanation as a picture: a self-contained SVG of its text with the words shaded, and bars where there is no text.

Fonts are named, not embedded; every word is drawn to a width of its own (`textLength`), so that what stands behind it fits in
any font. Lengths are in the picture's units, about pixels.
"""

from __future__ import annotations

import unicodedata
from typing import NamedTuple

import numpy as np
from scipy.special import expit

from groundup.explain.explanation import Explanation
from groundup.explain.target_text import has_probability, sides
from groundup.html import Html, escape, number, short, tag
from groundup.kinds.parts import Picture
from groundup.messages.translate import Translator, translator
from groundup.page_style import FONTS
from groundup.pages.highlighting import (
    baseline_name,
    method_name,
    notice_of,
    runs_of,
    strengths,
    strongest,
    target_name,
    unit_of,
)
from groundup.pages.picture import image_element, patch_shades

WIDTH, MARGIN = 880.0, 32.0
LINE = 34.0  # height of a line of the text
SIZE = 18.0  # of its letters
MOST_LINES = 60  # of text drawn; what is longer is cut, visibly
FAINT = 0.05  # a strength below which nothing is drawn behind a word
NARROW = ((" .,:;!|'ijl", 0.29), ("frt()[]-`", 0.38), ("cksvxyzJ", 0.52), ("mw", 0.88), ("MW@%", 0.92))
BARS = 24  # parts drawn where there is no text
PICTURE = 260.0  # side of an image
STYLE = f"""text {{ font-family: {FONTS}; fill: #1c2330; }} .soft {{ fill: #5b6575; font-size: 13px; }}
.word {{ font-size: {short(SIZE)}px; }} .title {{ font-size: 20px; font-weight: 650; }} .for {{ fill: #2f6fde; }}
.against {{ fill: #d9622b; }} .paper {{ fill: #ffffff; }} .line {{ stroke: #dde2ea; }}"""


class Placed(NamedTuple):
    """A piece of text on the picture: where it begins, its line, its width, and its strength from -1 to 1."""

    text: str
    x: float
    line: int
    width: float
    strength: float


def explanation_svg(explanation: Explanation, language: str = "en") -> str:
    """The SVG file as text."""
    t = translator(language, unit=unit_of(explanation))
    shapes, y = draw_input(explanation, 96.0)
    shapes = [*head(explanation, t), *shapes]
    kinds = {part.column: part.kind for part in explanation.parts}
    for one in explanation.details:
        own = translator(language, unit=one.unit)
        title = own("parts of column", column=one.column, kind=own(f"kind {kinds[one.column]}"))
        shapes.append(write(fitting(title, WIDTH - 2 * MARGIN, 13.0), MARGIN, y + 30, "soft"))
        more, y = draw_input(one, y + 44)
        shapes += more
    shapes += legend(explanation, t, y + 22)
    y += 66
    for line in (notice_of(explanation, t), t("explanation is of the model")):
        if line:
            shapes += [write(part, MARGIN, y + 18 * n, "soft") for n, part in enumerate(folded(line, WIDTH - 2 * MARGIN, 13.0))]
            y += 18 * len(folded(line, WIDTH - 2 * MARGIN, 13.0)) + 4
    height = y + 8
    title = f"{method_name(explanation.method, t)}: {target_name(explanation.target, t)}"
    paper = tag("rect", x=0, y=0, width=WIDTH, height=height, class_="paper")
    box = f"0 0 {short(WIDTH)} {short(height)}"
    body = tag(
        "svg",
        tag("title", title),
        tag("style", Html(STYLE)),
        paper,
        *shapes,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=box,
        width=WIDTH,
        height=height,
        role="img",
        lang=language,
    )
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{body}\n'


def draw_input(explanation: Explanation, top: float) -> tuple[list[Html], float]:
    """The scores where their parts stand, and where the drawing ends."""
    if explanation.texts:
        placed, lines = laid(explanation)
        return [part for piece in placed for part in draw_word(piece, top)], top + lines * LINE
    if explanation.picture is not None:
        return draw_patches(explanation, explanation.picture, top), top + PICTURE
    return draw_bars(explanation, top), top + 26.0 * min(BARS, len(explanation.parts))


def draw_patches(explanation: Explanation, picture: Picture, top: float) -> list[Html]:
    """The image, and beside it the image without its colors under the shades of its patches."""
    notes = [f"{part.name}: {score:+.4g}" for part, score in zip(explanation.parts, explanation.scores, strict=True)]
    right = MARGIN + PICTURE + 24
    gray = tag("g", image_element(picture, PICTURE, x=right, y=top), style="filter: grayscale(1)")
    shades = patch_shades(picture, strengths(explanation.scores), notes, PICTURE, ("for", "against"), right, top)
    return [image_element(picture, PICTURE, x=MARGIN, y=top), gray, *shades]


def head(explanation: Explanation, t: Translator) -> list[Html]:
    """The method, what is explained, and its size."""
    figures = [f"{t('explained number')} {number(explanation.value)}"]
    if has_probability(explanation.target):
        figures.append(f"{t('left of probability')} {expit(explanation.value):.3f}")
    if np.isfinite(explanation.baseline):
        figures.append(f"{baseline_name(explanation, t)} {number(explanation.baseline)}")
    title = f"{target_name(explanation.target, t)} · {' · '.join(figures)}"
    return [
        write(fitting(method_name(explanation.method, t), WIDTH - 2 * MARGIN, 20.0), MARGIN, 44, "title"),
        write(fitting(title, WIDTH - 2 * MARGIN, 13.0), MARGIN, 68, "soft"),
    ]


def laid(explanation: Explanation) -> tuple[list[Placed], int]:
    """Every run of every text on its line, and how many lines there are."""
    strong = strengths(explanation.scores)
    placed: list[Placed] = []
    line = 0
    for runs in runs_of(explanation):
        x = MARGIN
        for run in runs:
            strength = float(strong[run.part]) if run.part >= 0 else 0.0
            for piece in pieces_of(run.text):
                if piece == "\n":
                    x, line = MARGIN, line + 1
                    continue
                wide = breadth(piece)
                if x + wide > WIDTH - MARGIN and x > MARGIN:
                    x, line = MARGIN, line + 1
                if line >= MOST_LINES:
                    return [*placed, Placed("…", MARGIN, line, breadth("…"), 0.0)], line + 1
                if not piece.isspace():
                    placed.append(Placed(piece, x, line, wide, strength))
                elif x == MARGIN:
                    continue
                x += wide
        line += 1
    return placed, line


def pieces_of(text: str) -> list[str]:
    """A run in pieces that fit on a line: line ends alone, blanks alone, and words too long for a line cut."""
    pieces: list[str] = []
    most = WIDTH - 2 * MARGIN
    for character in text:
        fresh = not pieces or character == "\n" or pieces[-1] == "\n" or character.isspace() != pieces[-1].isspace()
        if fresh or breadth(pieces[-1] + character) > most:
            pieces.append(character)
        else:
            pieces[-1] += character
    return pieces


def draw_word(piece: Placed, top: float) -> list[Html]:
    """A word, and what is behind it."""
    y = top + piece.line * LINE
    shapes = []
    if abs(piece.strength) >= FAINT:
        kind = "for" if piece.strength > 0 else "against"
        shapes.append(
            tag(
                "rect",
                x=piece.x - 2,
                y=y + 1,
                width=piece.width + 4,
                height=LINE - 6,
                rx=5,
                class_=kind,
                fill_opacity=float(0.04 + 0.6 * abs(piece.strength)),
            )
        )
    shapes.append(tag("text", piece.text, x=piece.x, y=y + 21, class_="word", textLength=piece.width, lengthAdjust="spacing"))
    return shapes


def draw_bars(explanation: Explanation, top: float) -> list[Html]:
    """Of an input without text: the strongest parts, each with its bar to the right (for) or left (against)."""
    strong, room, middle = strengths(explanation.scores), 280.0, 280.0 + (WIDTH - 280.0) / 2
    shapes = [tag("line", x1=middle, x2=middle, y1=top, y2=top + 26.0 * min(BARS, len(explanation.parts)), class_="line")]
    for place, p in enumerate(strongest(explanation.scores, BARS)):
        y, wide = top + 26 * place, abs(float(strong[p])) * (WIDTH - room - 2 * MARGIN - 90) / 2
        x = middle if strong[p] > 0 else middle - wide
        shapes += [
            write(fitting(explanation.parts[p].name, room - MARGIN, 14.0), MARGIN, y + 17, "soft"),
            tag("rect", x=x, y=y + 4, width=max(wide, 1.0), height=17, rx=3, class_="for" if strong[p] > 0 else "against"),
            write(
                f"{explanation.scores[p]:+.4g}",
                x + wide + 6 if strong[p] > 0 else x - 6,
                y + 17,
                "soft",
                None if strong[p] > 0 else "end",
            ),
        ]
    return shapes


def legend(explanation: Explanation, t: Translator, y: float) -> list[Html]:
    """The scale of shades, with what each end speaks for and the largest score."""
    most = float(np.abs(explanation.scores).max(initial=0.0))
    one, other = sides(explanation.target)
    steps, size = 9, 20.0
    left = 300.0
    shapes = []
    for step in range(steps):
        strength = (step - steps // 2) / (steps // 2)
        shapes.append(
            tag(
                "rect",
                x=left + size * step,
                y=y,
                width=size - 2,
                height=14,
                rx=3,
                class_="for" if strength > 0 else "against",
                fill_opacity=float(0.04 + 0.6 * abs(strength)),
            )
        )
    against = f"{other or t('speaks against')}  {number(-most)}"
    shapes.append(write(fitting(against, left - MARGIN - 12, 13.0), left - 10, y + 12, "soft", "end"))
    room = WIDTH - MARGIN - left - steps * size - 10
    shapes.append(write(fitting(f"{number(most)}  {one}", room, 13.0), left + steps * size + 8, y + 12, "soft"))
    return shapes


def write(text: str, x: float, y: float, kind: str, anchor: str | None = None) -> Html:
    return tag("text", text, x=x, y=y, class_=kind, text_anchor=anchor)


def breadth(text: str, size: float = SIZE) -> float:
    """About how wide a text is; control characters as wide as the codes that stand for them."""
    return size * sum(letter(one) for one in (text if text.isprintable() else escape(text)))


def letter(character: str) -> float:
    """Of the size of the letters, between those of narrow and of wide fonts; wide East Asian ones are square."""
    if unicodedata.combining(character):
        return 0.0
    if unicodedata.east_asian_width(character) in "WF":
        return 1.0
    narrow = next((wide for letters, wide in NARROW if character in letters), None)
    if narrow is not None:
        return narrow
    return 0.68 if character.isupper() else 0.58


def fitting(text: str, room: float, size: float) -> str:
    """The text, cut with an ellipsis where it is too wide."""
    if breadth(text, size) <= room:
        return text
    start = ""
    for character in text:
        if breadth(start + character + "…", size) > room:
            break
        start += character
    return f"{start}…"


def folded(text: str, room: float, size: float) -> list[str]:
    """Lines of a sentence."""
    lines = [""]
    for piece in pieces_of(text):
        if breadth(lines[-1] + piece, size) > 0.88 * room and lines[-1]:  # a wide font is wider
            lines.append("")
        lines[-1] += piece if lines[-1] or not piece.isspace() else ""
    return lines
