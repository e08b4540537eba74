"""How pages look, in light and dark, on paper and on a telephone: one style for all, written into each page."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

# About how wide a table is at least, so that the page can say where there is more to the right. The box of a table scrolls;
# whether it has to, no style sheet knows. So it is reckoned from the letters: all of what is not broken into lines, and a few
# words of what is.
LETTER, PADDING = 8.8, 14.0  # pixels of a letter of a table in a wide font, and between columns
LONG = 18  # letters that a cell of several lines has room for at least
WINDOWS = (390, 440, 520, 640, 760, 900, 1040)  # pixels of windows of which it is said whether a table fits; none has more room
MARGIN = 40  # of a window around a box
LINES = re.compile(r"<(?:div|small)[^>]*>")  # what begins a line of a cell
MARKUP = re.compile(r"<[^>]*>|&#?\w+;")

LIGHT = """--ink: #1c2330; --soft: #5b6575; --line: #dde2ea; --paper: #ffffff; --card: #f5f7fa;
  --c0: #2f6fde; --c1: #d9622b; --c2: #1a8a56; --c3: #9554c7;
  --c4: #9a7400; --c5: #c9327d; --c6: #127f8b; --c7: #6b7280;
  --link: #1f5bc4; --good: #187546; --warning: #935f00; --bad: #c4312f;"""
DARK = """--ink: #e4e8ef; --soft: #9aa5b5; --line: #323a47; --paper: #14181f; --card: #1c222c;
  --c0: #5b93f5; --c1: #f0844f; --c2: #3fbf85; --c3: #b586e0;
  --c4: #d9b13b; --c5: #ea6aa8; --c6: #45bccb; --c7: #9aa5b5;
  --link: #7aaaf8; --good: #3fbf85; --warning: #dba13a; --bad: #f0706c;"""
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
main { max-width: 1100px; margin: 0 auto; padding: 32px 20px 64px; }
h1 { font-size: 1.8rem; line-height: 1.2; margin: 0; overflow-wrap: anywhere; }
h2 { font-size: 1.25rem; margin: 40px 0 12px; padding-bottom: 6px; border-bottom: 1px solid var(--line); }
h3 { font-size: 1rem; margin: 20px 0 8px; }
p { margin: 8px 0; max-width: 76ch; overflow-wrap: anywhere; }
li { overflow-wrap: anywhere; }
.subtitle { color: var(--soft); }
.message { border-left: 4px solid var(--line); background: var(--card); padding: 10px 14px; border-radius: 4px; }
p.message { max-width: none; }
.good { border-color: var(--good); } .warning { border-color: var(--warning); } .bad { border-color: var(--bad); }
.message.good::before { content: "✓ "; color: var(--good); font-weight: 650; }
.message.warning::before { content: "Caution: "; color: var(--warning); font-weight: 650; }
.message.bad::before { content: "Warning: "; color: var(--bad); font-weight: 650; }
.message.warning:lang(zh)::before { content: "注意："; } .message.bad:lang(zh)::before { content: "警告："; }
nav { margin: 20px 0 0; font-size: .9rem; columns: 4 150px; column-gap: 24px; } nav a { display: block; padding: 2px 0; }
a { color: var(--link); } .skip { position: absolute; left: -9999px; } .skip:focus { left: 8px; top: 8px; }
section { scroll-margin-top: 12px; }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(132px, 1fr)); gap: 12px; margin: 16px 0; }
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
thead th { color: var(--soft); font-weight: 600; vertical-align: bottom; word-break: keep-all; }
td { white-space: pre-line; max-width: 60ch; overflow-wrap: break-word; }
td.one { white-space: nowrap; }
th.n, td.n { text-align: right; font-variant-numeric: tabular-nums; } td.n { white-space: nowrap; }
.strong td { font-weight: 650; }
caption.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
table { position: relative; }
td small { display: block; color: var(--soft); font-size: .8rem; font-weight: 400; white-space: nowrap; }
td .v { font-variant-numeric: tabular-nums; }
.facts th { color: var(--soft); font-weight: 400; white-space: nowrap; }
@media (max-width: 520px) { .facts th { white-space: normal; overflow-wrap: anywhere; } }
.beside { display: flex; flex-wrap: wrap; gap: 8px 32px; align-items: flex-start; }
.beside > div { flex: 1 1 400px; min-width: 0; }
pre { background: var(--card); padding: 12px 14px; border-radius: 6px; font-size: .85rem;
  white-space: pre-wrap; overflow-wrap: anywhere; }
details { margin: 10px 0; } summary { cursor: pointer; color: var(--soft); }
figure { margin: 16px 0; max-width: 100%; } figcaption { margin-bottom: 4px; }
svg { max-width: 100%; height: auto; display: block; }
svg text { fill: var(--soft); font-size: 12px; } svg .label { fill: var(--ink); } svg.whole { max-width: none; }
svg .box { fill: var(--card); stroke: var(--line); } svg .flow { fill: none; stroke: var(--soft); stroke-width: 1.5; }
svg .gap { fill: var(--bad); } svg .through { pointer-events: none; }
svg .count { fill: var(--ink); } svg .chosen { fill: var(--ink); font-weight: 650; }
figure.narrow { display: none; }
@media (max-width: 600px) { figure.narrow { display: block; } figure.broad { display: none; } }
.grid { stroke: var(--line); stroke-width: 1; } .axis { stroke: var(--soft); stroke-width: 1; }
.line { fill: none; stroke-width: 1.8; stroke-linejoin: round; }
.whisker { fill: none; stroke: var(--ink); stroke-width: 1.3; }
.star { color: var(--ink); margin-right: 6px; }
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
    + """@media print {
  :root { color-scheme: light; } body { font-size: 11px; } main { max-width: none; padding: 0; }
  details::details-content { content-visibility: visible; block-size: auto; }
  nav, .skip, .wide::before { display: none !important; } .wide { overflow: visible; } table { font-size: .85rem; }
  details > * { display: block; } figure, tr, .card, .message { break-inside: avoid; } h2, h3 { break-after: avoid; }
}
"""
)


def scroll_class(headers: Sequence[str], rows: Sequence[Sequence[tuple[str, bool]]], one_line: int) -> str | None:
    """The class of a box into which a table may not fit: `over-760` where a window of 760 pixels is too narrow. None where it
    fits into any. `rows` are texts, and whether they are numbers; texts shorter than `one_line` are not broken into lines."""
    wide = sum(
        PADDING + max(longest_word(name) * LETTER, *(room(*row[place], one_line) for row in rows if place < len(row)), 0.0)
        for place, name in enumerate(headers)
    )
    return window_class(wide)


def window_class(wide: float) -> str | None:
    """The class of a box around what is `wide` pixels."""
    narrow = [window for window in WINDOWS if wide > window - MARGIN]
    return f"over-{narrow[-1]}" if narrow else None


def room(text: str, numeric: bool, one_line: int) -> float:
    """Pixels that a cell needs."""
    marked = "<" in text or "&" in text
    lines = [MARKUP.sub("", line) for line in LINES.split(text)] if marked else [text]
    widest = max(map(letters, lines))
    return (widest if numeric or len(text) < one_line else min(LONG, widest)) * LETTER


def longest_word(text: str) -> int:
    """Letters of the longest word of a heading, which is broken into lines between words."""
    return max(map(letters, text.split()), default=0)


def letters(text: str) -> int:
    """Letters, of which wide East Asian ones are two."""
    return sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in text)
