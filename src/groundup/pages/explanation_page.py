"""Explanations as a page: `page(explanations)`, of one input or of many, several methods of the same input side by side."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.special import expit

from groundup import html
from groundup.explain.counterfactuals import Counterfactuals, split_at_changes
from groundup.explain.explanation import Explanation
from groundup.explain.settings import REPLACING_METHODS
from groundup.explain.target_text import has_probability, sides
from groundup.html import Html, tag
from groundup.messages.translate import MESSAGES, Translator, translator
from groundup.pages.explanation_blocks import column_title, numbers, shaded, shown_scores, strengths_of_all
from groundup.pages.highlighting import (
    baseline_name,
    check_name,
    check_value,
    common_unit,
    grouped,
    method_name,
    notice_of,
    reasons,
    target_name,
    unit_of,
)
from groundup.pages.picture import plain_picture

BESIDE = 14  # words in the table of methods side by side
STEPS = 9  # shades of the legend


def explanation_page(
    explanations: Sequence[Explanation], language: str = "en", counterfactuals: Sequence[Counterfactuals] = (), title: str = ""
) -> str:
    """The whole HTML document. Explanations of the same input and target stand together; counterfactuals stand with theirs, or
    in a section of their own."""
    t = translator(language, unit=common_unit(explanations))
    groups = grouped(explanations)
    by_text = {one.text: one for one in counterfactuals}
    sections = []
    for place, group in enumerate(groups):
        text = group[0].texts[0] if len(group[0].texts) == 1 else None
        changes = by_text.pop(text, None) if text is not None else None
        sections.append(input_section(group, place, len(groups), changes, language))
    for one in by_text.values():
        sections.append(html.section(t("smallest changes"), counterfactual_block(one, t)))
    sections.append(footer(explanations, t))
    subtitle = t("explanations of", count=len(groups) + len(by_text)) if len(groups) + len(by_text) > 1 else ""
    return html.page(title or t("explanation"), sections, subtitle, language)


def input_section(
    group: Sequence[Explanation], place: int, count: int, counterfactuals: Counterfactuals | None, language: str
) -> Html:
    """One input by all methods."""
    first = group[0]
    t = translator(language, unit=unit_of(first))
    blocks = [html.paragraph(target_name(first.target, t)), figures(first, t), legend(first, t)]
    pictures = [one.picture for one in (first, *first.details) if one.picture is not None]
    blocks += [plain_picture(picture, t("as the model sees it")) for picture in pictures]
    blocks += [method_block(one, language, t) for one in group]
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
        cards.append((baseline_name(explanation, t), explanation.baseline, ""))
    return html.figures(cards)


def legend(explanation: Explanation, t: Translator) -> Html:
    """The scale of shades, and what its ends speak for."""
    one, other = sides(explanation.target)
    scale = [shaded(Html("&#160;"), 2 * step / (STEPS - 1) - 1, "") for step in range(STEPS)]
    ends = (other or t("speaks against"), t("speaks for", target=one) if not other else one)
    return tag("p", tag("span", ends[0]), tag("span", *scale, class_="scale"), tag("span", ends[1]), class_="shades")


def method_block(explanation: Explanation, language: str, t: Translator) -> Html:
    """One method's view of the input: its parts shaded, its checks, all its numbers; then the parts of each column."""
    scores = shown_scores(explanation, t) + [html.paragraph(line) for line in reasons(explanation, t)]
    return html.subsection(
        method_name(explanation.method, t),
        *scores,
        check_line(explanation, t),
        html.folded(t("all scores"), numbers(explanation, t)),
        *column_blocks(explanation, language),
    )


def check_line(explanation: Explanation, t: Translator) -> Html | None:
    """What the method promises, measured."""
    checks = [f"{check_name(name, t)} {check_value(name, value, t)}" for name, value in explanation.checks.items()]
    return tag("p", " · ".join(checks), class_="checks") if checks else None


def column_blocks(explanation: Explanation, language: str) -> list[Html]:
    """Of a row of several kinds: each column that has parts, by them."""
    blocks, columns = [], {part.column: part for part in explanation.parts}
    for one in explanation.details:
        t = translator(language, unit=one.unit)
        scores = shown_scores(one, t)
        title = column_title(columns[one.column], t)
        note = html.paragraph(t("beside the others" if one.method in REPLACING_METHODS else "own scale"))
        blocks.append(html.subsection(title, note, *scores, check_line(one, t), html.folded(t("all scores"), numbers(one, t))))
    return blocks


def side_by_side(group: Sequence[Explanation], t: Translator) -> Html:
    """The words that matter most to any method, with every method's score."""
    strong = strengths_of_all(group)  # [methods, P]
    chosen = sorted(np.argsort(-np.abs(strong).max(0), kind="stable")[:BESIDE].tolist())
    names = [method_name(one.method, t) for one in group]
    rows = []
    for p in chosen:
        cells = [shaded(f"{one.scores[p]:+.3g}", float(strong[m, p]), "") for m, one in enumerate(group)]
        rows.append([group[0].parts[p].name, *cells])
    note = html.paragraph(t("side by side told"))
    heading = [t("word"), *names]
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
