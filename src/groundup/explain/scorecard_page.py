"""A scorecard as a page: `page(report)` where `report` is what `scorecard.report_of` gives.

With `randomisation` (randomised.report_of), `planted` and `two_models` in the report their sections are shown too.
"""

from __future__ import annotations

from collections.abc import Mapping

from groundup import html, plots
from groundup.explain.faithfulness import LOW_IS_GOOD, MEASURES, RANDOM
from groundup.explain.highlighting import Say, method_name
from groundup.html import MISSING, Html, tag
from groundup.words import WORDS, speaker

DRAWN = 7  # methods in a plot of curves, those of the largest gap; and random


def page(report: Mapping) -> str:
    """The whole HTML document; every text of it is in the report's language."""
    say = speaker(report["language"])
    sections = [result(report, say), *tables(report, say), curves(report, say)]
    sections += [part(report[name], say) for name, part in FURTHER.items() if name in report]
    size = say("inputs explained", inputs=html.number(report["inputs"]), methods=len(report["methods"]) - 1)
    return html.page(say("scorecard"), sections, size, report["language"])


def result(report: Mapping, say: Say) -> Html:
    """Which method to believe, what stands against it, and all gaps."""
    by_name = {method["name"]: method for method in report["methods"]}
    names = {name: method_name(name, say) for name in by_name}
    blocks = [html.paragraph(line, kind) for line, kind in verdict(report, say)]
    gaps = {names[name]: method["gap"]["value"] for name, method in by_name.items()}
    whiskers = {
        names[name]: (method["gap"]["low"], method["gap"]["high"])
        for name, method in by_name.items()
        if method["gap"]["low"] is not None
    }
    blocks.append(html.side_by_side(plots.bar_chart(gaps, say("gap over all"), whiskers), summary(report, say)))
    blocks.append(html.paragraph(say("how measured", draws=report["resamples"])))
    if report["left_out"]:
        blocks.append(html.paragraph(say("left out inputs", count=report["left_out"])))
    return html.section(say("result"), *blocks)


def summary(report: Mapping, say: Say) -> Html:
    """Whether each method beats random orders, and what one explanation costs."""
    rows = [
        [method_name(method["name"], say), say("yes" if method["beats_random"] else "no"), html.duration(method["seconds"])]
        for method in report["methods"]
        if method["name"] != RANDOM
    ]
    strong = [place for place, method in enumerate(report["methods"]) if method["name"] == report["most_faithful"]]
    return html.table([say("method"), say("beats random"), say("seconds each")], rows, strong=strong)


def verdict(report: Mapping, say: Say) -> list[tuple[str, str]]:
    """Sentences, and how each is framed: what the scorecard comes to."""
    by_name = {method["name"]: method for method in report["methods"]}
    best = report["most_faithful"]
    told = []
    if best is None:
        told.append((say("none beats random", count=len(by_name) - 1, inputs=report["inputs"]), "warning"))
    else:
        gap = by_name[best]["gap"]
        line = say(
            "most faithful",
            name=method_name(best, say),
            gap=figure(gap["value"]),
            low=figure(gap["low"]),
            high=figure(gap["high"]),
            random=figure(by_name[RANDOM]["gap"]["value"]),
        )
        if report["not_told_from"]:
            names = ", ".join(method_name(name, say) for name in report["not_told_from"])
            line += " " + say("not told from", names=names)
        told.append((f"{line} {say('judged on ' + report['deciding_scale'])}", "good"))
    if unchanged := report.get("randomisation", {}).get("unchanged"):
        told.append((say("unchanged methods", names=", ".join(method_name(name, say) for name in unchanged)), "bad"))
    return told


def tables(report: Mapping, say: Say) -> list[Html]:
    """A section for each scale, the one that decides first and the other folded, with its tables for each replacement."""
    found = []
    for scale in sorted(report["scales"], key=lambda name: name != report["deciding_scale"]):
        parts = []
        for name in report["replacements"]:
            differences = html.folded(say("differences from random"), table_of(report, scale, name, say, differences=True))
            title = say("replaced by", name=replacement_name(name, say))
            parts.append(html.subsection(title, table_of(report, scale, name, say), differences))
        parts.append(
            tag(
                "p",
                tag("span", "■", style="color: var(--good)"),
                " ",
                say("clearly better"),
                " ",
                tag("span", "■", style="color: var(--bad)"),
                " ",
                say("clearly worse"),
                class_="checks",
            )
        )
        title = say(f"scale {scale}")
        found.append(html.section(title, *parts) if scale == report["deciding_scale"] else html.folded(title, *parts))
    return found


def table_of(report: Mapping, scale: str, replacement: str, say: Say, differences: bool = False) -> Html:
    """A method a row: each figure (or its difference from random orders) with its interval, colored where it is clear."""
    rows, shown = [], [method for method in report["methods"] if not (differences and method["name"] == RANDOM)]
    for method in shown:
        figures = method["figures"][scale][replacement]
        cells = [compared(figures[name], name, differences) for name in MEASURES]
        rows.append([method_name(method["name"], say), *cells])
    strong = [place for place, method in enumerate(shown) if method["name"] == report["most_faithful"]]
    return html.table([say("method"), *map(say, MEASURES)], rows, strong=strong)


def compared(found: Mapping, name: str, difference: bool) -> Html:
    """A figure and its interval in the color of what it is beside random orders."""
    against = found.get("against_random")
    color = None
    if against and against["low"] is not None:
        good, bad = against["low"] > 0, against["high"] < 0
        if name in LOW_IS_GOOD:
            good, bad = bad, good
        color = "color: var(--good)" if good else "color: var(--bad)" if bad else None
    return plain(against, "+", color) if difference and against else plain(found, "", color)


def curves(report: Mapping, say: Say) -> Html:
    """What is left when parts are taken away or put in, by each replacement; the means over the inputs."""
    scale = report["deciding_scale"]
    ranked = sorted((m for m in report["methods"] if m["name"] != RANDOM), key=lambda m: -(m["gap"]["value"] or 0))[:DRAWN]
    shown = [*ranked, *(m for m in report["methods"] if m["name"] == RANDOM)]
    blocks = []
    for replacement in report["replacements"]:
        drawn = []
        for kind in ("deletion", "insertion"):
            lines = {
                method_name(m["name"], say): list(
                    zip(m["curves"][scale][replacement]["shares"], m["curves"][scale][replacement][kind])
                )
                for m in shown
            }
            drawn.append(plots.line_chart(lines, say(f"{kind} curves"), say("share of parts"), say(f"left of {scale}")))
        blocks.append(html.subsection(say("replaced by", name=replacement_name(replacement, say)), html.side_by_side(*drawn)))
    return html.section(say("curves"), *blocks)


def randomisation(found: Mapping, say: Say) -> Html:
    """How alike the maps stay while the model forgets."""
    stages = found["stages"]
    lines = {}
    for method in stages[0]["scores"]:
        falling = [(place + 1.0, stage["scores"][method]["value"]) for place, stage in enumerate(stages)]
        lines[method_name(method, say)] = [(0.0, 1.0), *falling]
    rows = []
    for method in stages[0]["scores"]:
        cells = [plain(stage["scores"][method]) for stage in stages]
        rows.append([method_name(method, say), *cells, plain(stages[-1]["sizes"][method])])
    heading = [say("method"), *(stage_name(stage["name"], say) for stage in stages)]
    heading.append(f"{stage_name(stages[-1]['name'], say)}, {say('of sizes')}")
    warned = say("unchanged methods", names=", ".join(method_name(name, say) for name in found["unchanged"]))
    return html.section(
        say("does it hang on the model"),
        html.paragraph(say("how forgotten")),
        html.paragraph(warned, "bad") if found["unchanged"] else None,
        plots.line_chart(lines, say("rank correlation"), say("stages"), "", y_range=(-1.0, 1.0)),
        html.table(heading, rows),
    )


def stage_name(name: str, say: Say) -> str:
    kind, _, which = name.partition(" ")
    return say("stage blocks", name=say("block", number=which)) if which else say(f"stage {kind}")


def planted(found: Mapping, say: Say) -> Html:
    """How often each method finds the word that decides."""
    told = say("planted told", inputs=found["inputs"], accuracy=figure(found["accuracy"]))
    first = found["first"]
    bars = {method_name(name, say): share["value"] for name, share in first.items()}
    whiskers = {method_name(name, say): (s["low"], s["high"]) for name, s in first.items() if s["low"] is not None}
    return html.section(say("planted word"), html.paragraph(told), plots.bar_chart(bars, say("ranked first"), whiskers))


def two_models(found: Mapping, say: Say) -> Html:
    """How alike two models explain, by method, and whose explanations are more faithful."""
    rows = []
    for method, one in found["agreement"].items():
        rows.append([method_name(method, say), plain(one["spearman"]), plain(one["overlap"]), one["by_chance"]])
    first = next(iter(found["agreement"].values()))
    told = say("agree told", inputs=first["inputs"], others=first["other_targets"])
    heading = [say("method"), say("rank agreement"), say("top overlap"), say("by chance alone")]
    blocks: list[Html] = [html.paragraph(told), html.table(heading, rows)]
    for replacement in found["replacements"]:
        beside = [
            [method_name(method, say), *(plain(by[replacement][name], "+") for name in MEASURES)]
            for method, by in found["faithfulness"].items()
        ]
        difference = say("our faithfulness", ours=found["ours"], theirs=found["theirs"])
        title = f"{say('faithfulness of both')}: {difference} · {say('replaced by', name=replacement_name(replacement, say))}"
        blocks.append(html.subsection(title, html.table([say("method"), *map(say, MEASURES)], beside)))
    return html.section(say("two models"), *blocks)


FURTHER = {"randomisation": randomisation, "planted": planted, "two_models": two_models}


def replacement_name(name: str, say: Say) -> str:
    return say(f"replacement {name}") if f"replacement {name}" in WORDS else name


def plain(found: Mapping, sign: str = "", style: str | None = None) -> Html:
    """A figure with its interval below."""
    if found["value"] is None:
        return Html(MISSING)
    ends = "" if found["low"] is None else f"[{figure(found['low'], sign)}, {figure(found['high'], sign)}]"
    value = tag("span", figure(found["value"], sign), style=style)
    return tag("span", value, tag("div", ends, class_="checks"), class_="whole")


def figure(value: float | None, sign: str = "") -> str:
    return MISSING if value is None else f"{value:{sign}.3f}"
