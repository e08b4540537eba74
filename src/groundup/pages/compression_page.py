"""report.json of a compression as a page: what the gate said, quality, cost, and the course of training."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from groundup import html, plots
from groundup.evaluate.calibration_report import calibration_text
from groundup.evaluate.verdict import MIN_ROWS, rows_subject
from groundup.html import Html
from groundup.messages.compression import COMPRESSION
from groundup.messages.translate import MESSAGES, Translator, named_facts, translator
from groundup.pages.calibration_section import before_and_after
from groundup.pages.evaluation_page import values_of_trainings


def compression_translator(language: str, reads: Mapping | None = None) -> Translator:
    """The words of compression, and all others. `reads` tells which kind of rows the models read, and what their parts are;
    reports of older versions tell neither."""
    known = reads or {}
    return translator(language, COMPRESSION, known.get("unit", "word"), known.get("reads", "text"))


def compression_page(report: Mapping) -> str:
    """The whole document, in the report's language."""
    t = compression_translator(report["language"], report["comparison"])
    comparison = report["comparison"]
    sections = [
        verdict(report, t),
        quality(comparison, t),
        calibration(comparison, t),
        cost(comparison, t),
        *courses(report, t),
        html.section(
            t("facts"),
            html.facts(named_facts(report["facts"], t)),
            values_of_trainings(report.get("resolved"), t),
            html.folded(t("settings"), html.facts(report["settings"])),
        ),
    ]
    subtitle = f"{report['method']}: {report['facts'].get('model', '')}"
    return html.page(t("compression"), sections, subtitle, report["language"])


def compression_verdict(report: Mapping, language: str | None = None) -> str:
    """What became of it, in a sentence."""
    t, comparison = compression_translator(language or report["language"], report["comparison"]), report["comparison"]
    name = metric_name(comparison["metric"], t)
    if report["refusals"]:
        reasons = [
            t(f"refused {one['limit']}", figure=name, measured=short(one["measured"]), allowed=short(one["allowed"]))
            for one in report["refusals"]
        ]
        return t("refused", reasons="; ".join(reasons))
    difference = comparison["differences"][comparison["metric"]]
    scale = comparison["points"]
    low, high = (short(None if difference[end] is None else scale * difference[end], "+") for end in ("low", "high"))
    change = short(None if comparison["lost"] is None else -comparison["lost"], "+")
    text = t(
        "published",
        figure=name,
        change=change,
        low=low,
        high=high,
        speedup=short(comparison["speedup"]),
        smaller=short(comparison["smaller"]),
    )
    few = comparison.get("rows", MIN_ROWS) < MIN_ROWS
    space = "" if text.endswith("。") else " "
    return text + space + t("few rows measured", rows=rows_subject(comparison["rows"], t)) if few else text


def verdict(report: Mapping, t: Translator) -> Html:
    comparison = report["comparison"]
    difference = comparison["differences"][comparison["metric"]]
    chance = None
    if difference["low"] is not None:
        beyond = difference["low"] > 0 or difference["high"] < 0
        chance = html.paragraph(t("beyond chance" if beyond else "within chance", rows=f"{comparison['rows']:,}"))
    stated = any(value is not None for value in report["limits"].values())
    note = None if stated else html.paragraph(t("no limit stated"))
    warned = [html.paragraph(alarm, "bad") for alarm in report["alarms"]]
    gained = (comparison.get("speedup") or 0.0) >= 1  # published and slower is no good news
    kind = "bad" if report["refusals"] else "good" if gained else ""
    return html.section(t("the gate"), html.paragraph(compression_verdict(report), kind), *warned, chance, note)


def quality(comparison: Mapping, t: Translator) -> Html:
    rows = []
    for name, difference in comparison["differences"].items():
        if name not in MESSAGES:
            continue
        one, other = (comparison[side]["figures"][name] for side in ("before", "after"))
        rows.append(
            [
                metric_name(name, t),
                *(html.with_interval(html.rounded(side), interval(side, t)) for side in (one, other)),
                html.with_interval(signed(difference["value"]), interval(difference, t, "+")),
            ]
        )
    heads = [t("figure"), t("before"), t("after"), t("difference")]
    metric = comparison["metric"]
    sides = {t(side): comparison[side]["figures"][metric] for side in ("before", "after")}
    whiskers = {name: (one["low"], one["high"]) for name, one in sides.items() if one["low"] is not None}
    chart = plots.bar_chart({name: one["value"] for name, one in sides.items()}, metric_name(metric, t), whiskers)
    share = html.MISSING if comparison["agreement"] is None else f"{comparison['agreement']:.1%}"
    agree = html.paragraph(t("same numbers" if metric == "pearson" else "same answers", share=share))
    explained = comparison["explanations"]
    explanations = None if explained is None else html.paragraph(explained_as(explained, t))
    return html.section(t("result"), html.table(heads, rows), chart, agree, explanations)


def calibration(comparison: Mapping, t: Translator) -> Html | None:
    """How the probabilities of both models are calibrated, and test rows before and after that."""
    known = [(t(side), comparison[side]["calibrated"]) for side in ("before", "after") if comparison[side].get("calibrated")]
    if not known:
        return None
    lines = html.bullets([f"{name}: {calibration_text(one, t)}" for name, one in known])
    return html.section(t("calibration"), lines, before_and_after(known, t, "system"))


def explained_as(agreement: Mapping, t: Translator) -> str:
    one = agreement["spearman"]
    return t(
        "same explanations",
        method=t(f"method {agreement['method']}"),
        rows=agreement["inputs"],
        value=f"{one['value']:.4f}",
        interval=interval(one, t),
        others=agreement["other_targets"],
    )


def cost(comparison: Mapping, t: Translator) -> Html:
    before, after = comparison["before"], comparison["after"]

    def row(name: str, read: Callable[[Mapping], float | None], show: Callable = lambda value: value, inverse: bool = False):
        one, other = read(before), read(after)
        share = None if not one or not other else (one / other if inverse else other / one)
        return [name, show(one), show(other), html.MISSING if share is None else f"{share:.2f}"]

    def peak(side: Mapping) -> int | None:
        return (side["memory"] or {}).get("peak")

    def beyond(side: Mapping) -> int | None:
        return None if peak(side) is None else side["memory"]["peak"] - (side["memory"]["before"] or 0)

    rows = [
        row(t("parameters"), lambda side: side["parameters"]),
        row(t("blocks"), lambda side: side["blocks"]),
        row(t("operations"), lambda side: side["operations"]),
        row(t("weights on disk"), lambda side: side["bytes"], html.file_size),
        row(t("folder on disk"), lambda side: side["folder_bytes"], html.file_size),
        row(t("p50 of one"), lambda side: side["speed"]["p50_ms"]),
        row(t("p95 of one"), lambda side: side["speed"]["p95_ms"]),
        row(t("texts a second", count=comparison["at_once"]), lambda side: side["speed"]["rows_per_second"]),
        row(t("peak memory"), peak, html.file_size),
        row(t("memory of the model"), beyond, html.file_size),
    ]
    note = t(
        "how measured",
        rows=f"{comparison['rows']:,}",
        draws=comparison["resamples"],
        timed=comparison["timed_rows"],
        rounds=comparison["rounds"],
        at_once=comparison["at_once"],
    )
    heads = ["", t("before"), t("after"), t("ratio")]
    rows_shown = [row for row in rows if row[1] != html.MISSING]
    notes = [html.paragraph(one) for one in comparison["notes"]]
    return html.section(t("cost and gain"), html.table(heads, rows_shown), *notes, html.paragraph(note))


def courses(report: Mapping, t: Translator) -> list[Html]:
    """The losses of each training, and its figure on the validation split."""
    sections = []
    for name, history in report["trainings"].items():
        steps = [event for event in history if event["event"] == "step"]
        losses = sorted({key for event in steps for key in event if key == "loss" or key.startswith("loss.")})
        series = {key.removeprefix("loss."): [(event["step"], event.get(key)) for event in steps] for key in losses}
        figure = report["comparison"]["metric"]
        watched = [(event["step"], event.get(figure)) for event in history if event["event"] == "evaluation"]
        charts = [plots.line_chart(series, t("loss"), t("step"))] if steps else []
        charts += [plots.line_chart({metric_name(figure, t): watched}, metric_name(figure, t), t("step"))] if watched else []
        sections.append(html.section(t("training of", name=name), html.side_by_side(*charts)))
    return sections


def metric_name(name: str, t: Translator) -> str:
    return t(name) if name in MESSAGES else name


def interval(figure: Mapping, t: Translator, sign: str = "", digits: int = 4) -> str:
    if figure["low"] is None:
        return html.MISSING
    return t("from to", low=f"{figure['low']:{sign}.{digits}f}", high=f"{figure['high']:{sign}.{digits}f}")


def signed(value: float | None) -> str:
    return html.MISSING if value is None else f"{round(value, 4) + 0.0:+.4f}"


def short(value: float | None, sign: str = "") -> str:
    return html.MISSING if value is None else f"{round(value, 2) + 0.0:{sign}.2f}"
