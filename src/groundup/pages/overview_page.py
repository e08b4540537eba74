"""The global view as a page: `page(report)` where `report` is what `overview_report` gives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from groundup import html, plots
from groundup.explain.shortcuts import KEEPS, MAX_INPUTS, SOME, TURNS
from groundup.html import MISSING, Html, tag
from groundup.messages.overview import OVERVIEW_OF_COLUMNS
from groundup.messages.translate import Translator, translator
from groundup.pages.highlighting import method_name

AROUND = 60  # characters of an example to each side of its word
DRAWN = 15  # words in the plot of a class


def overview_page(report: Mapping) -> str:
    """The whole HTML document; every text of it is in the report's language."""
    t = overview_translator(report)
    sections = [shortcuts(report, t), *(class_section(one, report, t) for one in report["classes"]), how(report, t)]
    size = t(
        "overview of",
        inputs=html.number(report["inputs"]),
        classes=len(report["classes"]),
        method=method_name(report["method"], t),
    )
    return html.page(t("overview"), sections, size, report["language"])


def overview_translator(report: Mapping) -> Translator:
    """The texts of the page, which name words or, of a model of tables, columns."""
    return translator(report["language"], OVERVIEW_OF_COLUMNS if report.get("of") == "columns" else None)


def shortcuts(report: Mapping, t: Translator) -> Html:
    """Words on which a class hangs, as warnings, and the figures of all that were asked."""
    section = report["shortcuts"]
    warned = [html.paragraph(alarm(one, t), "warning") for one in section if one["alarming"]]
    columns = ("word", "label", "inputs", "covers", "kept alone", "more than another", "turned without", "more than strongest")
    heading = [t(key) for key in columns]
    rows = [
        [
            one["word"],
            one["label"],
            one["inputs"],
            percent(one["covers"]),
            percent(one["stays"]),
            span(one["keeps_more"], t),
            percent(one["turned"]),
            span(one["turns_more"], t),
        ]
        for one in section
    ]
    strong = [place for place, one in enumerate(section) if one["alarming"]]
    text = t("how decided", keeps=round(100 * KEEPS), turns=round(100 * TURNS), some=round(100 * SOME), most=MAX_INPUTS)
    table = html.folded(t("all scores"), html.paragraph(text), html.table(heading, rows, strong=strong))
    return html.section(t("shortcuts"), *(warned or [html.paragraph(t("no shortcut"), "good")]), table if rows else None)


def alarm(one: Mapping, t: Translator) -> str:
    """What a person should look at."""
    return t(
        "shortcut alarm",
        word=one["word"],
        label=one["label"],
        inputs=one["inputs"],
        kept=percent(one["stays"]),
        turned=percent(one["turned"]),
        covers=percent(one["covers"]),
    )


def class_section(one: Mapping, report: Mapping, t: Translator) -> Html:
    """One class: a plot of its words, and tables of those for it and against it."""
    text = t(
        "class inputs",
        inputs=html.number(one["inputs"]),
        label=one["label"],
        words=html.number(one["counted"]),
        fewest=report["fewest"],
    )
    blocks = [html.paragraph(text)]
    if one["words"]:
        bars = {word["word"]: word["mean"]["value"] for word in one["words"][:DRAWN]}
        whiskers = {
            word["word"]: (word["mean"]["low"], word["mean"]["high"])
            for word in one["words"][:DRAWN]
            if word["mean"]["low"] is not None
        }
        blocks.append(plots.bar_chart(bars, f"{t('words for', label=one['label'])}: {t('mean of scores')}", whiskers))
    if one["linear"] is not None and one["linear"]["value"] is not None:
        ends = {name: figure(one["linear"][name]) for name in ("value", "low", "high")}
        blocks.append(html.paragraph(t("like the linear model", **ends)))
    for title, words in (("words for", one["words"]), ("words against", one["against"])):
        table = word_table(words, report, t) if words else html.paragraph(t("no such words"))
        blocks.append(html.folded(t(title, label=one["label"]), table) if title == "words against" else table)
    return html.section(one["label"], *blocks)


def word_table(words: Sequence[Mapping], report: Mapping, t: Translator) -> Html:
    heading = [
        t("word"),
        t("inputs"),
        t("mean of scores"),
        t("interval"),
        t("share of scores"),
        t("linear weight"),
        t("example"),
    ]
    rows = []
    for word in words:
        share = t("percent", value=f"{100 * word['share']['value']:.2f}")
        weight = MISSING if word["linear"] is None else f"{word['linear']:+.2f}"
        mean = figure(word["mean"]["value"], "+")
        rows.append([word["word"], word["inputs"], mean, span(word["mean"], t), share, weight, example(word["example"])])
    if report["linear"] is None:
        heading, rows = without(heading, 5), [without(row, 5) for row in rows]
    return html.table(heading, rows)


def without(cells: list, place: int) -> list:
    return cells[:place] + cells[place + 1 :]


def example(example: Mapping) -> Html:
    """The word in its text, with what stands around it."""
    text, start, end = example["text"], example["start"], example["end"]
    before, after = text[max(0, start - AROUND) : start], text[end : end + AROUND]
    left, right = "…" if start > AROUND else "", "…" if end + AROUND < len(text) else ""
    return tag("span", left, before, tag("strong", text[start:end]), after, right)


def how(report: Mapping, t: Translator) -> Html:
    """How the figures came about."""
    linear = report["linear"]
    source = t("without linear") if linear is None else t(f"from {linear['source']}")
    text = t("how overviewed", method=method_name(report["method"], t), draws=report["resamples"], source=source)
    return html.section(t("notices"), html.paragraph(text), html.paragraph(t("explanation is of the model")))


def figure(value: float | None, sign: str = "") -> str:
    return MISSING if value is None else f"{value:{sign}.3f}"


def percent(share: float) -> str:
    return f"{100 * share:.0f}"


def span(interval: Mapping, t: Translator) -> str:
    if interval["low"] is None:
        return MISSING
    return t("from to", low=figure(interval["low"], "+"), high=figure(interval["high"], "+"))
