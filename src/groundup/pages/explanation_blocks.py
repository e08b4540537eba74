"""How the scores of one method are laid over an input: words in their text, patches over their image, columns as a table."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from groundup import html
from groundup.explain.explanation import Explanation
from groundup.html import Html, tag
from groundup.kinds.parts import ExplanationUnit
from groundup.messages.translate import Translator
from groundup.pages.highlighting import Run, runs_of, strengths, strongest, typical_of, unit_of
from groundup.pages.picture import heat_map

FAINT = 0.05  # a strength below which nothing is drawn behind a word
BARS = 24  # parts drawn of an input without text


def shown_scores(explanation: Explanation, t: Translator) -> list[Html]:
    """The scores where their parts stand."""
    if explanation.texts:
        return [heat(explanation, runs) for runs in runs_of(explanation)]
    if explanation.picture is not None:
        notes = [f"{part.name}: {score:+.4g}" for part, score in zip(explanation.parts, explanation.scores, strict=True)]
        return [heat_map(explanation.picture, strengths(explanation.scores), notes, t("heat of patches").capitalize())]
    return [columns(explanation, t) if unit_of(explanation) == "column" else bars(explanation)]


def heat(explanation: Explanation, runs: Sequence[Run]) -> Html:
    """A text with its words shaded; each tells its score when it is pointed at."""
    strong = strengths(explanation.scores)
    pieces = [
        shaded(run.text, float(strong[run.part]), f"{explanation.scores[run.part]:+.4g}") if run.part >= 0 else run.text
        for run in runs
    ]
    return tag("p", *pieces, class_="heat")


def shaded(text: object, strength: float, note: str) -> Html:
    """Text on a shade: of the first color for the target, of the second against it."""
    style = None
    if abs(strength) >= FAINT:
        share = round(4 + 50 * abs(strength))
        style = f"background: color-mix(in srgb, var(--c{0 if strength > 0 else 1}) {share}%, transparent)"
    return tag("mark", text, style=style, title=note or None)


def columns(explanation: Explanation, t: Translator) -> Html:
    """The strongest columns, each with its kind where there are several, its cell, its score, and what training rows hold."""
    parts, strong = explanation.parts, strengths(explanation.scores)
    chosen = [parts[p] for p in strongest(explanation.scores, BARS)]
    several, known = any(part.kind for part in chosen), any(part.typical for part in chosen)
    heading = [
        t("word"),
        *([t("kind of input")] if several else []),
        t("cell"),
        t("score"),
        *([t("in training")] if known else []),
    ]
    rows = []
    for p in strongest(explanation.scores, BARS):
        part = parts[p]
        score = shaded(f"{explanation.scores[p]:+.4g}", float(strong[p]), "")
        kind = [t(f"kind {part.kind}")] if several else []
        rows.append([part.column, *kind, part.cell, score, *([typical_of(part, t)] if known else [])])
    return html.table(heading, rows)


def bars(explanation: Explanation) -> Html:
    """The strongest parts of an input without text, each with its number and shade."""
    strong = strengths(explanation.scores)
    rows = [
        (explanation.parts[p].name, shaded(f"{explanation.scores[p]:+.4g}", float(strong[p]), ""))
        for p in strongest(explanation.scores, BARS)
    ]
    return html.facts(rows)


def numbers(explanation: Explanation, t: Translator) -> Html:
    rows = [[part.name, float(score)] for part, score in zip(explanation.parts, explanation.scores, strict=True)]
    return html.table([t("word"), t("score")], rows)


def column_title(part: ExplanationUnit, t: Translator) -> str:
    """What stands over the parts of a column: `words of 'title' (text)`."""
    return t("parts of column", column=part.column, kind=t(f"kind {part.kind}")).capitalize()


def strengths_of_all(group: Sequence[Explanation]) -> np.ndarray:
    """[methods, P]."""
    return np.stack([strengths(one.scores) for one in group])
