"""Explanations as a page: `page(explanations)`, of one input or of many, several methods of the same input side by side."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.special import expit

from groundup import html
from groundup.explain.counterfactuals import Counterfactuals, split_at_changes
from groundup.explain.explanation import Explanation
from groundup.explain.target_text import has_probability, sides
from groundup.html import Html, tag
from groundup.messages.translate import MESSAGES, Translator, translator
from groundup.pages.highlighting import (
    check_name,
    check_value,
    grouped,
    method_name,
    notice_of,
    reasons,
    runs_of,
    strengths,
    strongest,
    target_name,
)

FAINT = 0.05  # a strength below which nothing is drawn behind a word
BESIDE = 14  # words in the table of methods side by side
BARS = 24  # parts drawn of an input without text
STEPS = 9  # shades of the legend


def explanation_page(
    explanations: Sequence[Explanation], language: str = "en", counterfactuals: Sequence[Counterfactuals] = (), title: str = ""
) -> str:
    """The whole HTML document. Explanations of the same input and target stand together; counterfactuals stand with theirs, or
    in a section of their own."""
    t = translator(language)
    groups = grouped(explanations)
    by_text = {one.text: one for one in counterfactuals}
    sections = []
    for place, group in enumerate(groups):
        text = group[0].texts[0] if len(group[0].texts) == 1 else None
        sections.append(input_section(group, place, len(groups), by_text.pop(text, None) if text is not None else None, t))
    for one in by_text.values():
        sections.append(html.section(t("smallest changes"), counterfactual_block(one, t)))
    sections.append(footer(explanations, t))
    subtitle = t("explanations of", count=len(groups) + len(by_text)) if len(groups) + len(by_text) > 1 else ""
    return html.page(title or t("explanation"), sections, subtitle, language)


def input_section(
    group: Sequence[Explanation], place: int, count: int, counterfactuals: Counterfactuals | None, t: Translator
) -> Html:
    """One input by all methods."""
    first = group[0]
    blocks = [html.paragraph(target_name(first.target, t)), figures(first, t), legend(first, t)]
    blocks += [method_block(one, t) for one in group]
    if len(group) > 1:
        blocks.append(side_by_side(group, t))
    if counterfactuals is not None:
        blocks.append(html.subsection(t("smallest changes"), counterfactual_block(counterfactuals, t)))
    return html.section(t("input") if count == 1 else t("input number", number=place + 1), *blocks)


def figures(explanation: Explanation, t: Translator) -> Html:
    """What is explained, as numbers."""
    one, other = sides(explanation.target)
    cards = [(t("explained number"), explanation.value, "")]
    if has_probability(explanation.target):
        share = t("percent", value=f"{100 * expit(explanation.value):.1f}")
        cards.append((t("left of probability"), share, t("one against", one=one, other=other) if other else one))
    if np.isfinite(explanation.baseline):
        cards.append((t("without any part"), explanation.baseline, ""))
    return html.figures(cards)


def legend(explanation: Explanation, t: Translator) -> Html:
    """The scale of shades, and what its ends speak for."""
    one, other = sides(explanation.target)
    scale = [shaded(Html("&#160;"), 2 * step / (STEPS - 1) - 1, "") for step in range(STEPS)]
    ends = (other or t("speaks against"), t("speaks for", target=one) if not other else one)
    return tag("p", tag("span", ends[0]), tag("span", *scale, class_="scale"), tag("span", ends[1]), class_="shades")


def method_block(explanation: Explanation, t: Translator) -> Html:
    """One method's view of the input: the text with its words shaded (or bars), its checks, and all its numbers."""
    checks = [f"{check_name(name, t)} {check_value(name, value, t)}" for name, value in explanation.checks.items()]
    shown = [heat(explanation, runs) for runs in runs_of(explanation)] if explanation.texts else [bars(explanation)]
    shown += [html.paragraph(line) for line in reasons(explanation, t)]
    return html.subsection(
        method_name(explanation.method, t),
        *shown,
        tag("p", " · ".join(checks), class_="checks") if checks else None,
        html.folded(t("all scores"), numbers(explanation, t)),
    )


def heat(explanation: Explanation, runs: Sequence) -> Html:
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
        share = round(4 + 58 * abs(strength))
        style = f"background: color-mix(in srgb, var(--c{0 if strength > 0 else 1}) {share}%, transparent)"
    return tag("mark", text, style=style, title=note or None)


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
    return html.table([t("word" if explanation.texts else "part"), t("score")], rows)


def side_by_side(group: Sequence[Explanation], t: Translator) -> Html:
    """The words that matter most to any method, with every method's score."""
    strong = np.stack([strengths(one.scores) for one in group])  # [methods, P]
    chosen = sorted(np.argsort(-np.abs(strong).max(0), kind="stable")[:BESIDE].tolist())
    names = [method_name(one.method, t) for one in group]
    rows = []
    for p in chosen:
        cells = [shaded(f"{one.scores[p]:+.3g}", float(strong[m, p]), "") for m, one in enumerate(group)]
        rows.append([group[0].parts[p].name, *cells])
    note = html.paragraph(t("side by side told"))
    heading = [t("word" if group[0].texts else "part"), *names]
    return html.subsection(t("methods side by side"), note, html.table(heading, rows))


def counterfactual_block(counterfactuals: Counterfactuals, t: Translator) -> Html:
    """The changes of one text, each as the text with what goes and what comes."""
    now = html.paragraph(t("now", label=counterfactuals.label, share=f"{counterfactuals.probability:.3f}"))
    if not counterfactuals.changes:
        return html.join([now, html.paragraph(t("no change turns"))])
    rows = []
    for one in counterfactuals.changes:
        pieces = [
            text if change is None else rewritten(text, change.new)
            for text, change in split_at_changes(counterfactuals.text, one.changes)
        ]
        rows.append([tag("span", *pieces), f"{one.label} {one.probability:.3f}", f"{one.before:.3f} → {one.after:.3f}"])
    heading = [t("changed text"), t("becomes"), t("old label", label=counterfactuals.label)]
    return html.join([now, html.table(heading, rows)])


def rewritten(old: str, new: str) -> Html:
    return html.Html(tag("del", old) + (tag("ins", new) if new else ""))


def footer(explanations: Sequence[Explanation], t: Translator) -> Html:
    """What the methods do, what must be known of them, and what no explanation says."""
    methods = list(dict.fromkeys(one.method for one in explanations))
    about = [(method_name(name, t), t(f"about {name}")) for name in methods if f"about {name}" in MESSAGES]
    notices: dict[str, list[str]] = {}
    for one in explanations:
        name, notice = method_name(one.method, t), notice_of(one, t)
        if notice and name not in notices.setdefault(notice, []):
            notices[notice].append(name)
    lines = [f"{', '.join(names)}: {notice}" for notice, names in notices.items()]
    warned = [html.paragraph(line, "warning") for line in lines]
    note = html.folded(t("what methods do"), html.facts(about)) if about else None
    return html.section(t("notices"), html.paragraph(t("explanation is of the model")), *warned, note)
