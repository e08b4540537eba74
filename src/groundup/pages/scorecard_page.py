"""A scorecard as a page: `page(report)` where `report` is what `scorecard.report_of` gives.

With `randomisation` (randomised.report_of), `planted` and `two_models` in the report their sections are shown too.
"""

from __future__ import annotations

from collections.abc import Mapping

from groundup import html, plots
from groundup.explain.faithfulness import LOWER_IS_BETTER, MEASURES, RANDOM
from groundup.html import MISSING, Html, tag
from groundup.messages.translate import MESSAGES, Translator, translator
from groundup.pages.highlighting import method_name

DRAWN = 7  # methods in a plot of curves, those of the largest gap; and random


def scorecard_page(report: Mapping) -> str:
    """The whole HTML document; every text of it is in the report's language."""
    t = scorecard_translator(report)
    sections = [result(report, t), *tables(report, t), curves(report, t)]
    sections += [part(report[name], t) for name, part in FURTHER.items() if name in report]
    size = t("inputs explained", inputs=html.number(report["inputs"]), methods=len(report["methods"]) - 1)
    return html.page(t("scorecard"), sections, size, report["language"])


def scorecard_translator(report: Mapping) -> Translator:
    """The texts of the page, which name words or other parts; reports of older versions are of words."""
    return translator(report["language"], unit=report.get("unit", "word"))


def result(report: Mapping, t: Translator) -> Html:
    """Which method to believe, what stands against it, and all gaps."""
    by_name = {method["name"]: method for method in report["methods"]}
    names = {name: method_name(name, t) for name in by_name}
    blocks = [html.paragraph(line, kind) for line, kind in verdict(report, t)]
    gaps = {names[name]: method["insertion_minus_deletion"]["value"] for name, method in by_name.items()}
    whiskers = {
        names[name]: (method["insertion_minus_deletion"]["low"], method["insertion_minus_deletion"]["high"])
        for name, method in by_name.items()
        if method["insertion_minus_deletion"]["low"] is not None
    }
    blocks.append(html.side_by_side(plots.bar_chart(gaps, t("gap over all"), whiskers), summary(report, t)))
    blocks.append(html.paragraph(t("how measured", draws=report["resamples"])))
    if report["left_out"]:
        blocks.append(html.paragraph(t("left out inputs", count=report["left_out"])))
    return html.section(t("result"), *blocks)


def summary(report: Mapping, t: Translator) -> Html:
    """Whether each method beats random orders, and what one explanation costs."""
    rows = [
        [method_name(method["name"], t), t("yes" if method["beats_random"] else "no"), html.duration(method["seconds"])]
        for method in report["methods"]
        if method["name"] != RANDOM
    ]
    strong = [place for place, method in enumerate(report["methods"]) if method["name"] == report["most_faithful"]]
    return html.table([t("method"), t("beats random"), t("seconds each")], rows, strong=strong)


def verdict(report: Mapping, t: Translator) -> list[tuple[str, str]]:
    """Sentences, and how each is framed: what the scorecard comes to."""
    by_name = {method["name"]: method for method in report["methods"]}
    best = report["most_faithful"]
    lines = []
    if best is None:
        lines.append((t("none beats random", count=len(by_name) - 1, inputs=report["inputs"]), "warning"))
    else:
        gap = by_name[best]["insertion_minus_deletion"]
        line = t(
            "most faithful",
            name=method_name(best, t),
            gap=figure(gap["value"]),
            low=figure(gap["low"]),
            high=figure(gap["high"]),
            random=figure(by_name[RANDOM]["insertion_minus_deletion"]["value"]),
        )
        if report["indistinguishable"]:
            names = ", ".join(method_name(name, t) for name in report["indistinguishable"])
            line += " " + t("not told from", names=names)
        lines.append((f"{line} {t('judged on ' + report['deciding_scale'])}", "good"))
    if unchanged := report.get("randomisation", {}).get("unchanged"):
        lines.append((t("unchanged methods", names=", ".join(method_name(name, t) for name in unchanged)), "bad"))
    return lines


def tables(report: Mapping, t: Translator) -> list[Html]:
    """A section for each scale, the one that decides first and the other folded, with its tables for each replacement."""
    blocks = []
    for scale in sorted(report["scales"], key=lambda name: name != report["deciding_scale"]):
        parts = []
        for name in report["replacements"]:
            differences = html.folded(t("differences from random"), table_of(report, scale, name, t, differences=True))
            title = t("replaced by", name=replacement_name(name, t))
            parts.append(html.subsection(title, table_of(report, scale, name, t), differences))
        parts.append(
            tag(
                "p",
                tag("span", "■", style="color: var(--good)"),
                " ",
                t("clearly better"),
                " ",
                tag("span", "■", style="color: var(--bad)"),
                " ",
                t("clearly worse"),
                class_="checks",
            )
        )
        title = t(f"scale {scale}")
        blocks.append(html.section(title, *parts) if scale == report["deciding_scale"] else html.folded(title, *parts))
    return blocks


def table_of(report: Mapping, scale: str, replacement: str, t: Translator, differences: bool = False) -> Html:
    """A method a row: each figure (or its difference from random orders) with its interval, colored where it is clear."""
    rows, methods = [], [method for method in report["methods"] if not (differences and method["name"] == RANDOM)]
    for method in methods:
        figures = method["figures"][scale][replacement]
        cells = [compared(figures[name], name, differences) for name in MEASURES]
        rows.append([method_name(method["name"], t), *cells])
    strong = [place for place, method in enumerate(methods) if method["name"] == report["most_faithful"]]
    return html.table([t("method"), *map(t, MEASURES)], rows, strong=strong)


def compared(entry: Mapping, name: str, difference: bool) -> Html:
    """A figure and its interval in the color of what it is beside random orders."""
    against = entry.get("against_random")
    color = None
    if against and against["low"] is not None:
        good, bad = against["low"] > 0, against["high"] < 0
        if name in LOWER_IS_BETTER:
            good, bad = bad, good
        color = "color: var(--good)" if good else "color: var(--bad)" if bad else None
    return plain(against, "+", color) if difference and against else plain(entry, "", color)


def curves(report: Mapping, t: Translator) -> Html:
    """What is left when parts are taken away or put in, by each replacement; the means over the inputs."""
    scale = report["deciding_scale"]
    ranked = sorted(
        (m for m in report["methods"] if m["name"] != RANDOM), key=lambda m: -(m["insertion_minus_deletion"]["value"] or 0)
    )[:DRAWN]
    methods = [*ranked, *(m for m in report["methods"] if m["name"] == RANDOM)]
    blocks = []
    for replacement in report["replacements"]:
        charts = []
        for kind in ("deletion", "insertion"):
            lines = {
                method_name(m["name"], t): list(
                    zip(m["curves"][scale][replacement]["shares"], m["curves"][scale][replacement][kind])
                )
                for m in methods
            }
            charts.append(plots.line_chart(lines, t(f"{kind} curves"), t("share of parts"), t(f"left of {scale}")))
        blocks.append(html.subsection(t("replaced by", name=replacement_name(replacement, t)), html.side_by_side(*charts)))
    return html.section(t("curves"), *blocks)


def randomisation(section: Mapping, t: Translator) -> Html:
    """How alike the maps stay while the model forgets."""
    stages = section["stages"]
    lines = {}
    for method in stages[0]["scores"]:
        falling = [(place + 1.0, stage["scores"][method]["value"]) for place, stage in enumerate(stages)]
        lines[method_name(method, t)] = [(0.0, 1.0), *falling]
    rows = []
    for method in stages[0]["scores"]:
        cells = [plain(stage["scores"][method]) for stage in stages]
        rows.append([method_name(method, t), *cells, plain(stages[-1]["sizes"][method])])
    heading = [t("method"), *(stage_name(stage["name"], t) for stage in stages)]
    heading.append(f"{stage_name(stages[-1]['name'], t)}, {t('of sizes')}")
    warned = t("unchanged methods", names=", ".join(method_name(name, t) for name in section["unchanged"]))
    return html.section(
        t("does it hang on the model"),
        html.paragraph(t("how forgotten")),
        html.paragraph(warned, "bad") if section["unchanged"] else None,
        plots.line_chart(lines, t("rank correlation"), t("stages"), "", y_range=(-1.0, 1.0)),
        html.table(heading, rows),
    )


def stage_name(name: str, t: Translator) -> str:
    kind, _, which = name.partition(" ")
    return t("stage blocks", name=t("block", number=which)) if which else t(f"stage {kind}")


def planted(section: Mapping, t: Translator) -> Html:
    """How often each method finds the word that decides."""
    text = t("planted told", inputs=section["inputs"], accuracy=figure(section["accuracy"]))
    first = section["first"]
    bars = {method_name(name, t): share["value"] for name, share in first.items()}
    whiskers = {method_name(name, t): (s["low"], s["high"]) for name, s in first.items() if s["low"] is not None}
    return html.section(t("planted word"), html.paragraph(text), plots.bar_chart(bars, t("ranked first"), whiskers))


def two_models(section: Mapping, t: Translator) -> Html:
    """How alike two models explain, by method, and whose explanations are more faithful."""
    rows = []
    for method, one in section["agreement"].items():
        rows.append([method_name(method, t), plain(one["spearman"]), plain(one["overlap"]), one["by_chance"]])
    first = next(iter(section["agreement"].values()))
    text = t("agree told", inputs=first["inputs"], others=first["other_targets"])
    heading = [t("method"), t("rank agreement"), t("top overlap"), t("by chance alone")]
    blocks: list[Html] = [html.paragraph(text), html.table(heading, rows)]
    for replacement in section["replacements"]:
        differences = [
            [method_name(method, t), *(plain(by[replacement][name], "+") for name in MEASURES)]
            for method, by in section["faithfulness"].items()
        ]
        difference = t("our faithfulness", ours=section["ours"], theirs=section["theirs"])
        title = f"{t('faithfulness of both')}: {difference} · {t('replaced by', name=replacement_name(replacement, t))}"
        blocks.append(html.subsection(title, html.table([t("method"), *map(t, MEASURES)], differences)))
    return html.section(t("two models"), *blocks)


FURTHER = {"randomisation": randomisation, "planted": planted, "two_models": two_models}


def replacement_name(name: str, t: Translator) -> str:
    return t(f"replacement {name}") if f"replacement {name}" in MESSAGES else name


def plain(interval: Mapping, sign: str = "", style: str | None = None) -> Html:
    """A figure with its interval below."""
    if interval["value"] is None:
        return Html(MISSING)
    ends = "" if interval["low"] is None else f"[{figure(interval['low'], sign)}, {figure(interval['high'], sign)}]"
    value = tag("span", figure(interval["value"], sign), style=style)
    return tag("span", value, tag("div", ends, class_="checks"), class_="whole")


def figure(value: float | None, sign: str = "") -> str:
    return MISSING if value is None else f"{value:{sign}.3f}"
