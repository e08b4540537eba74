"""report.json of a compression as a page: what the gate said, quality, cost, and the course of training."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from groundup import html, plots
from groundup.compress.words import WORDS
from groundup.evaluate.page import values_of_trainings
from groundup.html import Html
from groundup.words import WORDS as SHARED
from groundup.words import speaker

Say = Callable[..., str]


def say_of(language: str) -> Say:
    """The words of compression, and all others."""
    return speaker(language, WORDS)


def page(report: Mapping) -> str:
    """The whole document, in the report's language."""
    say = say_of(report["language"])
    found = report["found"]
    sections = [
        verdict(report, say),
        quality(found, say),
        cost(found, say),
        *courses(report, say),
        html.section(
            say("facts"),
            html.facts(report["facts"]),
            values_of_trainings(report.get("resolved"), say),
            html.folded(say("settings"), html.facts(report["settings"])),
        ),
    ]
    subtitle = f"{report['method']}: {report['facts'].get('model', '')}"
    return html.page(say("compression"), sections, subtitle, report["language"])


def told_verdict(report: Mapping, language: str | None = None) -> str:
    """What became of it, in a sentence."""
    say, found = say_of(language or report["language"]), report["found"]
    name = named(found["metric"], say)
    if report["refusals"]:
        reasons = [
            say(f"refused {one['limit']}", figure=name, found=short(one["found"]), allowed=short(one["allowed"]))
            for one in report["refusals"]
        ]
        return say("refused", reasons="; ".join(reasons))
    difference = found["differences"][found["metric"]]
    scale = found["points"]
    low, high = (short(None if difference[end] is None else scale * difference[end], "+") for end in ("low", "high"))
    change = short(None if found["lost"] is None else -found["lost"], "+")
    return say(
        "published",
        figure=name,
        change=change,
        low=low,
        high=high,
        speedup=short(found["speedup"]),
        smaller=short(found["smaller"]),
    )


def verdict(report: Mapping, say: Say) -> Html:
    found = report["found"]
    difference = found["differences"][found["metric"]]
    chance = None
    if difference["low"] is not None:
        beyond = difference["low"] > 0 or difference["high"] < 0
        chance = html.paragraph(say("beyond chance" if beyond else "within chance", rows=f"{found['rows']:,}"))
    stated = any(value is not None for value in report["limits"].values())
    note = None if stated else html.paragraph(say("no limit stated"))
    warned = [html.paragraph(alarm, "bad") for alarm in report["alarms"]]
    kind = "bad" if report["refusals"] else "good"
    return html.section(say("the gate"), html.paragraph(told_verdict(report), kind), *warned, chance, note)


def quality(found: Mapping, say: Say) -> Html:
    rows = []
    for name, difference in found["differences"].items():
        if name not in SHARED:
            continue
        one, other = (found[side]["figures"][name] for side in ("before", "after"))
        rows.append(
            [
                named(name, say),
                one["value"],
                interval(one, say),
                other["value"],
                interval(other, say),
                signed(difference["value"]),
                interval(difference, say, "+"),
            ]
        )
    heads = [say("figure"), say("before"), say("interval"), say("after"), say("interval"), say("difference"), say("interval")]
    metric = found["metric"]
    sides = {say(side): found[side]["figures"][metric] for side in ("before", "after")}
    whiskers = {name: (one["low"], one["high"]) for name, one in sides.items() if one["low"] is not None}
    drawn = plots.bar_chart({name: one["value"] for name, one in sides.items()}, named(metric, say), whiskers)
    share = html.MISSING if found["agreement"] is None else f"{found['agreement']:.1%}"
    agree = html.paragraph(say("same numbers" if metric == "pearson" else "same answers", share=share))
    explained = found["explanations"]
    explanations = None if explained is None else html.paragraph(explained_as(explained, say))
    return html.section(say("result"), html.table(heads, rows), drawn, agree, explanations)


def explained_as(found: Mapping, say: Say) -> str:
    one = found["spearman"]
    return say(
        "same explanations",
        method=say(f"method {found['method']}"),
        rows=found["inputs"],
        value=f"{one['value']:.4f}",
        interval=interval(one, say),
        others=found["other_targets"],
    )


def cost(found: Mapping, say: Say) -> Html:
    before, after = found["before"], found["after"]

    def row(name: str, read: Callable[[Mapping], float | None], show: Callable = lambda value: value, inverse: bool = False):
        one, other = read(before), read(after)
        share = None if not one or not other else (one / other if inverse else other / one)
        return [name, show(one), show(other), html.MISSING if share is None else f"{share:.2f}"]

    def peak(side: Mapping) -> int | None:
        return (side["memory"] or {}).get("peak")

    def beyond(side: Mapping) -> int | None:
        return None if peak(side) is None else side["memory"]["peak"] - (side["memory"]["before"] or 0)

    rows = [
        row(say("parameters"), lambda side: side["parameters"]),
        row(say("blocks"), lambda side: side["blocks"]),
        row(say("operations"), lambda side: side["operations"]),
        row(say("weights on disk"), lambda side: side["bytes"], html.file_size),
        row(say("folder on disk"), lambda side: side["folder_bytes"], html.file_size),
        row(say("p50 of one"), lambda side: side["speed"]["p50_ms"]),
        row(say("p95 of one"), lambda side: side["speed"]["p95_ms"]),
        row(say("texts a second", count=found["at_once"]), lambda side: side["speed"]["rows_per_second"]),
        row(say("peak memory"), peak, html.file_size),
        row(say("memory of the model"), beyond, html.file_size),
    ]
    note = say(
        "how measured",
        rows=f"{found['rows']:,}",
        draws=found["resamples"],
        timed=found["timed_rows"],
        rounds=found["rounds"],
        at_once=found["at_once"],
    )
    heads = ["", say("before"), say("after"), say("ratio")]
    shown = [row for row in rows if row[1] != html.MISSING]
    notes = [html.paragraph(one) for one in found["notes"]]
    return html.section(say("cost and gain"), html.table(heads, shown), *notes, html.paragraph(note))


def courses(report: Mapping, say: Say) -> list[Html]:
    """The losses of each training, and its figure on the validation split."""
    drawn = []
    for name, history in report["trainings"].items():
        steps = [event for event in history if event["event"] == "step"]
        losses = sorted({key for event in steps for key in event if key == "loss" or key.startswith("loss.")})
        series = {key.removeprefix("loss."): [(event["step"], event.get(key)) for event in steps] for key in losses}
        figure = report["found"]["metric"]
        watched = [(event["step"], event.get(figure)) for event in history if event["event"] == "evaluation"]
        charts = [plots.line_chart(series, say("loss"), say("step"))] if steps else []
        charts += [plots.line_chart({named(figure, say): watched}, named(figure, say), say("step"))] if watched else []
        drawn.append(html.section(say("training of", name=name), html.side_by_side(*charts)))
    return drawn


def named(name: str, say: Say) -> str:
    return say(name) if name in SHARED else name


def interval(figure: Mapping, say: Say, sign: str = "", digits: int = 4) -> str:
    if figure["low"] is None:
        return html.MISSING
    return say("from to", low=f"{figure['low']:{sign}.{digits}f}", high=f"{figure['high']:{sign}.{digits}f}")


def signed(value: float | None) -> str:
    return html.MISSING if value is None else f"{round(value, 4) + 0.0:+.4f}"


def short(value: float | None, sign: str = "") -> str:
    return html.MISSING if value is None else f"{round(value, 2) + 0.0:{sign}.2f}"
