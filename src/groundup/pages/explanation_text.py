"""An explanation in the terminal: the text with its words shaded, and the strongest words as bars.

Where there are no colors (a pipe, a file) signs say the same: `[fine +++]` speaks for the target, `[dull --]` against it.
"""

from __future__ import annotations

from scipy.special import expit

from groundup.errors import escape
from groundup.explain.counterfactuals import Counterfactuals
from groundup.explain.explanation import Explanation
from groundup.explain.target_text import has_probability, sides
from groundup.html import number
from groundup.messages.translate import translator
from groundup.pages.highlighting import (
    baseline_name,
    check_name,
    check_value,
    method_name,
    notice_of,
    reasons,
    runs_of,
    strengths,
    strongest,
    target_name,
    unit_of,
    width,
)

FOR = (195, 153, 111, 75, 33)  # of the 256 colors, from faint to strong
AGAINST = (230, 223, 216, 209, 202)
LEVELS = len(FOR)
SIGNS = 3  # at most, behind a word
FAINT = 0.12  # a strength below which a word is left unmarked
BAR = 24  # columns of the longest bar
SHOWN = 10  # words with bars


def explanation_text(
    explanation: Explanation, color: bool = False, columns: int = 100, most: int = SHOWN, language: str = "en"
) -> str:
    """What is explained, the text in lines of at most `columns` where words allow, the strongest words, the checks, the notice.

    `color` asks for ANSI codes of 256 colors. Control characters of the texts are written as codes.
    """
    t = translator(language, unit=unit_of(explanation))
    blocks = [head(explanation, t, columns), *texts(explanation, color, columns), bars(explanation, color, most)]
    blocks.append("\n".join(map(escaped, reasons(explanation, t))))
    kinds = {part.column: part.kind for part in explanation.parts}
    for one in explanation.details:
        own = translator(language, unit=one.unit)
        title = own("parts of column", column=one.column, kind=own(f"kind {kinds[one.column]}"))
        blocks.append("\n".join([escaped(f"{title}:"), *texts(one, color, columns), bars(one, color, most)]))
    checks_text = ", ".join(
        f"{check_name(name, t)} {check_value(name, value, t)}" for name, value in explanation.checks.items()
    )
    blocks.append("\n".join(escape(line) for line in (checks_text, notice_of(explanation, t)) if line))
    return "\n\n".join(block for block in blocks if block)


def changes_text(counterfactuals: Counterfactuals, color: bool = False, language: str = "en") -> str:
    """The smallest changes that turn the verdict, one a line: what the label becomes, the words, and the new text."""
    t = translator(language)
    lines = [t("smallest changes"), t("now", label=counterfactuals.label, share=f"{counterfactuals.probability:.3f}")]
    for one in counterfactuals.changes:
        words = ", ".join(f"{change.word} → {change.new}" if change.new else f"− {change.word}" for change in one.changes)
        words = f"\x1b[1m{escape(words)}\x1b[0m" if color else escape(words)
        lines.append(f"  {escape(one.label)} {one.probability:.3f}  {words}  {escaped(one.text)}")
    return "\n".join(lines if counterfactuals.changes else [*lines, t("no change turns")])


def head(explanation: Explanation, t, columns: int) -> str:
    figures = [f"{t('explained number')} {number(explanation.value)}"]
    if has_probability(explanation.target):
        one, other = sides(explanation.target)
        against = f" ({t('one against', one=one, other=other)})" if other else ""
        figures.append(f"{t('left of probability')} {expit(explanation.value):.3f}{against}")
    if explanation.baseline == explanation.baseline:
        figures.append(f"{baseline_name(explanation, t)} {number(explanation.baseline)}")
    lines = [f"{method_name(explanation.method, t)}: {target_name(explanation.target, t)}", ", ".join(figures)]
    return "\n".join(escape(line) for line in lines)


def texts(explanation: Explanation, color: bool, columns: int) -> list[str]:
    """Each text with its words marked, broken into lines between runs."""
    strong = [*strengths(explanation.scores).tolist(), 0.0]  # the last of what is between
    return [
        broken([marked(escaped(run.text), strong[run.part], color) for run in runs], columns) for runs in runs_of(explanation)
    ]


def escaped(text: str) -> str:
    """Line ends and tabs are blanks here; other control characters codes."""
    return escape(" ".join(text.split("\n")).replace("\t", " ").replace("\r", " "))


def marked(text: str, strength: float, color: bool) -> tuple[str, int]:
    """What is printed of a run, and its columns."""
    if abs(strength) < FAINT:
        return text, width(text)
    if color:
        return f"\x1b[38;5;16;48;5;{shade(strength)}m{text}\x1b[0m", width(text)
    signs = ("+" if strength > 0 else "-") * max(1, round(abs(strength) * SIGNS))
    marked_text = f"[{text} {signs}]"
    return marked_text, width(marked_text)


def shade(strength: float) -> int:
    """One of the 256 colors."""
    level = min(LEVELS - 1, int(abs(strength) * LEVELS))
    return (FOR if strength > 0 else AGAINST)[level]


def broken(pieces: list[tuple[str, int]], columns: int) -> str:
    """Lines of at most so many columns, broken before a run or at a blank between runs."""
    lines, used = [""], 0
    for text, size in pieces:
        if used and used + size > columns:
            lines[-1] = lines[-1].rstrip(" ")
            lines.append("")
            used, text = 0, text.lstrip(" ")
        lines[-1] += text
        used += size
    return "\n".join(line for line in lines if line.strip())


def bars(explanation: Explanation, color: bool, most: int) -> str:
    """The strongest words, a line each: name, score, and a bar of signs."""
    strong, places = strengths(explanation.scores), strongest(explanation.scores, most)
    names = {p: escaped(explanation.parts[p].name) for p in places}
    room = min(32, max((width(name) for name in names.values()), default=0))
    lines = []
    for p in places:
        name = cut(names[p], room)
        bar = ("+" if strong[p] > 0 else "-") * max(1, round(abs(float(strong[p])) * BAR))
        bar = f"\x1b[38;5;{FOR[-1] if strong[p] > 0 else AGAINST[-1]}m{bar}\x1b[0m" if color else bar
        lines.append(f"  {name}{' ' * (room - width(name))}  {explanation.scores[p]:+9.4f}  {bar}")
    return "\n".join(lines)


def cut(name: str, room: int) -> str:
    """The name in so many columns, with an ellipsis where it is longer."""
    if width(name) <= room:
        return name
    text = ""
    for character in name:
        if width(text + character) > room - 1:
            break
        text += character
    return f"{text}…"
