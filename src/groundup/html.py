"""Self-contained HTML pages: no request, no script but one that a page names, legible in light and dark.

Every function returns `Html`, a string that is known to be escaped; whatever else is put in is escaped on the way.
A page is `page(title, [section(name, block, ...), ...])`; blocks are paragraphs, lists, tables, facts, figures, and the
plots of `plots.py`.
"""

from __future__ import annotations

import hashlib
import math
import unicodedata
from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from html import escape as escape_markup
from numbers import Integral, Real

from groundup.errors import HIDDEN  # control, bidi and unassigned characters
from groundup.table_width import WINDOWS, scroll_class

LONGEST_TEXT = 4000  # characters of one text shown; what is longer is cut, visibly
ONE_LINE = 28  # shorter texts in a table are not broken
MISSING = "–"


class Html(str):
    """Markup that is already escaped."""

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


def cell(value: object) -> tuple[str, bool]:
    """What is shown of a value, and whether it is a number (set on the right)."""
    if isinstance(value, Html):
        return value, False
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
    top = tag("header", tag("h1", title), tag("p", subtitle, class_="subtitle") if subtitle else Html(""))
    body = join([tag("main", top, join(sections)), *([Html(f"<script>{script}</script>")] if script else [])])
    document = tag("html", tag("head", head), tag("body", body), lang=language)
    return f"<!doctype html>\n{document}\n"


def section(title: str, *blocks: object) -> Html:
    """A titled part of a page; blocks that are None are left out."""
    return tag("section", tag("h2", title), join(block for block in blocks if block is not None))


def subsection(title: str, *blocks: object) -> Html:
    return tag("div", tag("h3", title), join(block for block in blocks if block is not None), class_="part")


def side_by_side(*blocks: object) -> Html:
    """Blocks beside each other where the window is wide enough."""
    return tag("div", *[tag("div", block) for block in blocks if block is not None], class_="beside")


def folded(title: str, *blocks: object) -> Html:
    """Blocks behind a line that opens them."""
    return tag("details", tag("summary", title), join(block for block in blocks if block is not None))


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
    head = tag("tr", *[tag("th", name, class_="n" if right else None) for name, right in zip(headers, numeric)])
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


LIGHT = """--ink: #1c2330; --soft: #5b6575; --line: #dde2ea; --paper: #ffffff; --card: #f5f7fa;
  --c0: #2f6fde; --c1: #d9622b; --c2: #1f9d63; --c3: #9554c7;
  --c4: #b58900; --c5: #c9327d; --c6: #168f9c; --c7: #6b7280;
  --good: #1f8a56; --warning: #b07300; --bad: #c4312f;"""
DARK = """--ink: #e4e8ef; --soft: #9aa5b5; --line: #323a47; --paper: #14181f; --card: #1c222c;
  --c0: #5b93f5; --c1: #f0844f; --c2: #3fbf85; --c3: #b586e0;
  --c4: #d9b13b; --c5: #ea6aa8; --c6: #45bccb; --c7: #9aa5b5;
  --good: #3fbf85; --warning: #dba13a; --bad: #f0706c;"""
FONTS = """system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "PingFang SC", "Microsoft YaHei",
  "Noto Sans CJK SC", sans-serif"""
COLORS = 8  # classes f0..f7 fill, s0..s7 stroke, k0..k7 keys of a legend
STYLE = (
    (
        f""":root {{ color-scheme: light dark; {LIGHT} }}
@media (prefers-color-scheme: dark) {{ :root {{ {DARK} }} }}
body {{ margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.55 {FONTS}; }}
"""
        """* { box-sizing: border-box; }
main { max-width: 1040px; margin: 0 auto; padding: 32px 20px 64px; }
h1 { font-size: 1.8rem; line-height: 1.2; margin: 0; overflow-wrap: anywhere; }
h2 { font-size: 1.25rem; margin: 40px 0 12px; padding-bottom: 6px; border-bottom: 1px solid var(--line); }
h3 { font-size: 1rem; margin: 20px 0 8px; }
p { margin: 8px 0; max-width: 76ch; overflow-wrap: anywhere; }
li { overflow-wrap: anywhere; }
.subtitle { color: var(--soft); }
.message { border-left: 4px solid var(--line); background: var(--card); padding: 10px 14px; border-radius: 4px; }
p.message { max-width: none; }
.good { border-color: var(--good); } .warning { border-color: var(--warning); } .bad { border-color: var(--bad); }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(150px, 1fr)); gap: 12px; margin: 16px 0; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 12px 14px; }
.card > * { display: block; }
.card strong { font-size: 1.3rem; line-height: 1.3; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
.card .name, .card .note { color: var(--soft); font-size: .85rem; }
.wide { overflow-x: auto; margin: 12px 0; }
.wide::before { display: none; position: sticky; left: 0; width: fit-content; color: var(--soft); font-size: .85rem;
  content: "↔ a wide table: scroll it sideways to see all of it"; }
.wide:lang(zh)::before { content: "↔ 此表较宽：请横向滚动查看全部"; }
td.long { min-width: 18ch; }
table { border-collapse: collapse; font-size: .92rem; }
caption { text-align: left; color: var(--soft); padding-bottom: 6px; }
th, td { text-align: left; vertical-align: top; padding: 5px 14px 5px 0; border-bottom: 1px solid var(--line); }
thead th { color: var(--soft); font-weight: 600; white-space: nowrap; }
td { white-space: pre-line; max-width: 60ch; overflow-wrap: break-word; }
td.one { white-space: nowrap; }
th.n, td.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.strong td { font-weight: 650; }
.facts th { color: var(--soft); font-weight: 400; white-space: nowrap; }
@media (max-width: 520px) { .facts th { white-space: normal; overflow-wrap: anywhere; } }
.beside { display: flex; flex-wrap: wrap; gap: 8px 32px; align-items: flex-start; }
.beside > div { flex: 1 1 400px; min-width: 0; }
pre { background: var(--card); padding: 12px 14px; border-radius: 6px; font-size: .85rem;
  white-space: pre-wrap; overflow-wrap: anywhere; }
details { margin: 10px 0; } summary { cursor: pointer; color: var(--soft); }
figure { margin: 16px 0; max-width: 100%; } figcaption { margin-bottom: 4px; }
svg { max-width: 100%; height: auto; display: block; }
svg text { fill: var(--soft); font-size: 12px; } svg .label { fill: var(--ink); } svg .tiny { font-size: 9px; }
svg .box { fill: var(--card); stroke: var(--line); } svg .flow { fill: none; stroke: var(--soft); stroke-width: 1.5; }
svg .on { fill: #ffffff; } svg .gap { fill: var(--bad); } svg .through { pointer-events: none; }
svg .count { fill: var(--ink); }
.grid { stroke: var(--line); stroke-width: 1; } .axis { stroke: var(--soft); stroke-width: 1; }
.line { fill: none; stroke-width: 1.8; stroke-linejoin: round; }
.whisker { fill: none; stroke: var(--ink); stroke-width: 1.3; }
.diagonal { stroke: var(--soft); stroke-dasharray: 4 4; }
.legend { display: flex; flex-wrap: wrap; gap: 2px 16px; font-size: .85rem; color: var(--soft); }
mark { background: none; color: inherit; border-radius: 4px; padding: 3px 1px; }
.heat { font-size: 1.08rem; line-height: 1.95; max-width: 76ch; white-space: pre-line; }
.shades { display: flex; flex-wrap: wrap; align-items: center; gap: 2px 10px; font-size: .85rem; color: var(--soft); }
.scale mark { display: inline-block; width: 20px; height: 14px; margin-right: 2px; line-height: 1; }
.checks { color: var(--soft); font-size: .85rem; font-variant-numeric: tabular-nums; }
.whole { white-space: nowrap; } .soft { color: var(--soft); } .cells svg { margin-bottom: 4px; }
del { color: var(--bad); } ins { color: var(--good); font-weight: 650; text-decoration: none; padding-left: .3em; }
.key { display: inline-block; width: 14px; height: 3px; margin-right: 6px; vertical-align: middle; }
"""
    )
    + "\n".join(
        f".f{i} {{ fill: var(--c{i}); }} .s{i} {{ stroke: var(--c{i}); }} .k{i} {{ background: var(--c{i}); }}"
        for i in range(COLORS)
    )
    + "".join(f"\n@media (max-width: {most}px) {{ .over-{most}::before {{ display: block; }} }}" for most in WINDOWS[:-1])
    + f"\n.over-{WINDOWS[-1]}::before {{ display: block; }}\n"
)
