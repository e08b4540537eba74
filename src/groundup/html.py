"""Self-contained HTML pages: no request, no script but one that a page names, legible in light and dark.

Every function returns `Html`, a string that is known to be escaped; whatever else is put in is escaped on the way.
A page is `page(title, [section(name, block, ...), ...])`; blocks are paragraphs, lists, tables, facts, figures, and the
plots of `plots.py`.
"""

from __future__ import annotations

import hashlib
import math
import re
import unicodedata
from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from html import escape as escape_markup
from numbers import Integral, Real

from groundup.errors import HIDDEN  # control, bidi and unassigned characters
from groundup.page_style import STYLE, scroll_class

LONGEST_TEXT = 4000  # characters of one text shown; what is longer is cut, visibly
ONE_LINE = 28  # shorter texts in a table are not broken
MISSING = "–"


class Html(str):
    """Markup that is already escaped."""

    __slots__ = ()


class Figure(Html):
    """Markup of a number: it stands on the right of a column."""

    __slots__ = ()


def escape(value: object, longest: int = LONGEST_TEXT) -> Html:
    """Text from anywhere as markup: escaped, cut, control and bidi characters made visible. `Html` passes unchanged."""
    if isinstance(value, Html):
        return value
    text = str(value)
    cut = text[:longest] + ("…" if len(text) > longest else "")
    return Html(escape_markup(cut if cut.isprintable() else "".join(visible(character) for character in cut)))


def visible(character: str) -> str:
    if character in "\n\t" or unicodedata.category(character) not in HIDDEN:
        return character
    return f"\\u{ord(character):04x}"


def join(blocks: Iterable[object]) -> Html:
    return Html("\n".join(escape(block) for block in blocks))


def tag(name: str, *content: object, **attributes: object) -> Html:
    """One element; attributes that are None are left out, `class_` is class and `_` in a name is `-`."""
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(short(value) if isinstance(value, float) else value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    return Html(f"<{name}{written}>{''.join(escape(part) for part in content)}</{name}>")


# Numbers as people read them


def short(value: float) -> str:
    """A coordinate: two decimals at most."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def number(value: object, digits: int = 4) -> str:
    """1234567 -> '1,234,567'; 0.83127 -> '0.8313'; None and NaN -> '–'.

    `digits` decimals below 1, as many figures above, powers of ten for what would round to zero.
    """
    if value is None:
        return MISSING
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Integral):
        return f"{int(value):,}"
    if not isinstance(value, Real):
        return str(value)
    value = float(value)
    if math.isnan(value):
        return MISSING
    if math.isinf(value):
        return "∞" if value > 0 else "-∞"
    size = abs(value)
    if size == 0:
        return "0"
    if size >= 10**digits:
        return f"{value:,.0f}"
    if size >= 1:
        return f"{value:,.{digits - 1 - math.floor(math.log10(size))}f}"
    if size >= 10 ** (1 - digits):
        return f"{value:.{digits}f}"
    return f"{value:.{max(digits - 2, 1)}e}"


def percent(value: float | None, digits: int = 1) -> str:
    """0.1234 -> '12.3 %'."""
    return MISSING if value is None or not math.isfinite(value) else f"{100 * value:.{digits}f} %"


def file_size(count: int | None) -> str:
    """1536 -> '1.5 KiB'."""
    if count is None:
        return MISSING
    amount, unit = float(count), "bytes"
    for larger in ("KiB", "MiB", "GiB", "TiB"):
        if amount < 1024:
            break
        amount, unit = amount / 1024, larger
    return f"{count:,} bytes" if unit == "bytes" else f"{amount:.1f} {unit}"


def duration(seconds: float | None) -> str:
    """75.2 -> '1 min 15 s'."""
    if seconds is None or not math.isfinite(seconds):
        return MISSING
    if seconds < 1:
        return f"{1000 * seconds:.0f} ms"
    if seconds < 60:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def with_interval(value: object, interval: str) -> Figure:
    """A figure with its interval below, as one cell of a table."""
    shown = tag("span", cell(value)[0], class_="v")
    return Figure(shown + tag("small", interval)) if interval and interval != MISSING else Figure(shown)


def rounded(figure: Mapping[str, float | None]) -> object:
    """A figure with as many decimals as its interval can tell apart: 3, or 4 where it is narrower than 0.01."""
    value, low, high = figure["value"], figure["low"], figure["high"]
    if value is None or low is None or high is None or abs(value) >= 10:
        return value
    return f"{value:.{4 if 0 < high - low < 0.01 else 3}f}"


def cell(value: object) -> tuple[str, bool]:
    """What is shown of a value, and whether it is a number (set on the right)."""
    if isinstance(value, Html):
        return value, isinstance(value, Figure)
    numeric = value is None or isinstance(value, Real)
    return (number(value) if numeric else str(value)), numeric and not isinstance(value, bool)


# Page and text


def page(title: str, sections: Iterable[object], subtitle: str = "", language: str = "en", script: str = "") -> str:
    """The whole document as text, one file that needs nothing else. `script` is constant text of ours that runs at its end;
    the page's policy knows its SHA-256 and lets nothing else run."""
    digest = b64encode(hashlib.sha256(script.encode()).digest()).decode()
    allowed = f"; script-src 'sha256-{digest}'" if script else ""
    head = join(
        [
            Html('<meta charset="utf-8">'),
            Html('<meta name="viewport" content="width=device-width, initial-scale=1">'),
            Html(
                '<meta http-equiv="Content-Security-Policy" '
                f"content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:{allowed}\">"
            ),
            tag("title", title),
            Html(f"<style>{STYLE}</style>"),
        ]
    )
    parts, contents = with_contents(sections, language)
    top = tag("header", tag("h1", title), tag("p", subtitle, class_="subtitle") if subtitle else Html(""), contents)
    skip = tag("a", SKIP[language], href="#content", class_="skip")
    main = tag("main", top, parts, id="content")
    body = join([skip, main, *([Html(f"<script>{script}</script>")] if script else [])])
    document = tag("html", tag("head", head), tag("body", body), lang=language)
    return f"<!doctype html>\n{document}\n"


SECTION = "<section><h2>"
MANY_SECTIONS = 4  # from which a page has a list of them
CONTENTS = {"en": "Contents", "zh": "目录"}
SKIP = {"en": "Skip to the content", "zh": "跳到正文"}
UNNAMED = re.compile("(<table[^>]*>)(<t(?:head|body)>)")  # the beginning of a table without a caption


def with_contents(sections: Iterable[object], language: str) -> tuple[Html, Html]:
    """The sections, each with a name to link to, and the list of them where they are many."""
    whole, links = join(part for part in sections if part is not None), []
    pieces = whole.split(SECTION)
    for number_of, piece in enumerate(pieces[1:], 1):
        title = Html(piece.partition("</h2>")[0])
        links.append(tag("a", title, href=f"#part-{number_of}"))
        pieces[number_of] = f'<section id="part-{number_of}"><h2>{piece}'
    contents = tag("nav", *links, aria_label=CONTENTS[language]) if len(links) >= MANY_SECTIONS else Html("")
    return Html("".join(pieces)), contents


def section(title: str, *blocks: object) -> Html:
    """A titled part of a page; blocks that are None are left out."""
    return tag("section", tag("h2", title), captioned(title, blocks))


def captioned(title: str, blocks: Iterable[object]) -> Html:
    """The blocks; tables without a caption are called after the part they stand in, for those who cannot see where that is."""
    caption = tag("caption", title, class_="unseen")
    return Html(UNNAMED.sub(lambda match: match[1] + caption + match[2], join(block for block in blocks if block is not None)))


def subsection(title: str, *blocks: object) -> Html:
    return tag("div", tag("h3", title), captioned(title, blocks), class_="part")


def side_by_side(*blocks: object) -> Html:
    """Blocks beside each other where the window is wide enough."""
    return tag("div", *[tag("div", block) for block in blocks if block is not None], class_="beside")


def folded(title: str, *blocks: object) -> Html:
    """Blocks behind a line that opens them."""
    return tag("details", tag("summary", title), captioned(title, blocks))


def paragraph(text: object, kind: str = "") -> Html:
    """A paragraph; kind "good", "warning" or "bad" frames it as a message."""
    return tag("p", text, class_=f"message {kind}" if kind else None)


def bullets(items: Iterable[object]) -> Html:
    return tag("ul", *[tag("li", item) for item in items])


def preformatted(text: object) -> Html:
    return tag("pre", text)


def facts(pairs: Mapping[str, object] | Iterable[tuple[str, object]]) -> Html:
    """Names with their values, two columns."""
    items = pairs.items() if isinstance(pairs, Mapping) else pairs
    rows = [tag("tr", tag("th", name, scope="row"), tag("td", cell(value)[0])) for name, value in items]
    return tag("table", tag("tbody", *rows), class_="facts")


def figures(items: Iterable[tuple[str, object, str]]) -> Html:
    """Headline figures: (name, value, note) each as a card."""
    cards = [
        tag(
            "div",
            tag("span", name, class_="name"),
            tag("strong", cell(value)[0]),
            tag("span", note, class_="note") if note else Html(""),
            class_="card",
        )
        for name, value, note in items
    ]
    return tag("div", *cards, class_="cards")


def table(headers: Sequence[str], rows: Iterable[Sequence[object]], caption: str = "", strong: Iterable[int] = ()) -> Html:
    """A table; numbers stand on the right, `strong` names the rows (from 0) to emphasize."""
    emphasized = set(strong)
    cell_rows = [[cell(value) for value in row] for row in rows]
    numeric = [all(row[i][1] for row in cell_rows if i < len(row)) for i in range(len(headers))] if cell_rows else []
    numeric += [False] * (len(headers) - len(numeric))
    head = tag("tr", *[tag("th", name, class_="n" if right else None, scope="col") for name, right in zip(headers, numeric)])
    body = []
    for i, row in enumerate(cell_rows):
        cells = [tag("td", text, class_=cell_class(text, right)) for text, right in row]
        body.append(tag("tr", *cells, class_="strong" if i in emphasized else None))
    heading = tag("caption", caption) if caption else Html("")
    box = " ".join(filter(None, ["wide", scroll_class(headers, cell_rows, ONE_LINE)]))
    return tag("div", tag("table", heading, tag("thead", head), tag("tbody", *body)), class_=box, tabindex=0)


def cell_class(text: str, numeric: bool) -> str | None:
    """Numbers stand on the right, short texts in one line; long ones get room for a few words. Markup is as wide as it is."""
    if numeric:
        return "n"
    if len(text) < ONE_LINE:
        return "one"
    return None if isinstance(text, Html) else "long"
