"""The rungs of a ladder as a page: quality against speed and size, one table, and whether the methods did it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from groundup import html
from groundup.html import Html
from groundup.messages.translate import Translator
from groundup.pages.compression_page import compression_translator, interval, metric_name, short, signed
from groundup.pages.evaluation_page import values_of_trainings
from groundup.pages.scatter import Dot, scatter, svg_file
from groundup.terminal.streams import table_of

ORIGINAL, MEBI = "original", 2**20


def ladder_page(report: Mapping) -> str:
    """The whole document, in the report's language."""
    t = compression_translator(report["language"], report)
    sections = [
        result(report, t),
        quality(report, t),
        cost(report, t),
        against_controls(report, t),
        not_run(report, t),
        html.section(
            t("facts"),
            values_of_trainings(resolved_settings(report), t),
            html.folded(t("settings"), html.facts(report["settings"])),
        ),
    ]
    return html.page(t("ladder"), [part for part in sections if part], report["model"], report["language"])


def resolved_settings(report: Mapping) -> dict[str, Mapping]:
    """What each training of each rung was given."""
    return {f"{rung['name']}, {name}": one for rung in report["rungs"] for name, one in rung.get("resolved", {}).items()}


def drawings(report: Mapping) -> dict[str, str]:
    """SVG files by name; none as long as there is no rung."""
    if not report["rungs"]:
        return {}
    t = compression_translator(report["language"], report)
    name = metric_name(report["metric"], t)
    return {
        "quality-speed.svg": svg_file(dots(report, t, "speedup"), t("quality and speed"), t("times as fast"), name),
        "quality-size.svg": svg_file(dots(report, t, "bytes"), t("quality and size"), t("mebibytes"), name),
    }


def dots(report: Mapping, t: Translator, across: str) -> list[Dot]:
    """The original and each rung: its figure with its interval, by speed or by size. Methods have a color each."""
    points, colors = [], {}
    for rung in everything(report):
        figure = rung["figures"][report["metric"]]
        x = rung["bytes"] / MEBI if across == "bytes" else rung[across]
        if figure["value"] is not None and x is not None:
            color = colors.setdefault(rung["method"], len(colors))
            points.append(Dot(t(f"rung {rung['name']}"), x, figure["value"], figure["low"], figure["high"], color))
    return points


def everything(report: Mapping) -> list[dict]:
    """The original, if it was measured, and the rungs."""
    return [*([report["original"]] if report["original"] else []), *report["rungs"]]


def result(report: Mapping, t: Translator) -> Html:
    name = metric_name(report["metric"], t) if report["metric"] else ""
    if not report["rungs"]:
        return html.section(t("result"), html.paragraph(t("ladder running", done=0, all=report["planned"])))
    running = len(report["rungs"]) + len(report["not_run"]) < report["planned"]
    done = t("ladder running", done=len(report["rungs"]) + len(report["not_run"]), all=report["planned"]) if running else None
    return html.section(
        t("result"),
        html.paragraph(ladder_verdict(report), "warning" if report["best"] is None else "good"),
        done and html.paragraph(done),
        scatter(dots(report, t, "speedup"), t("quality and speed"), t("times as fast"), name),
        scatter(dots(report, t, "bytes"), t("quality and size"), t("mebibytes"), name),
        html.paragraph(t("ladder note")),
    )


def ladder_verdict(report: Mapping, language: str | None = None) -> str:
    """Which candidate is the fastest that keeps enough."""
    t, best = compression_translator(language or report["language"], report), report["best"]
    share, figure = f"{100 * report['keep']:g} %", metric_name(report["metric"], t)
    if best is None:
        return t("ladder none", share=share, figure=figure)
    rung = next(one for one in report["rungs"] if one["name"] == best)
    return t(
        "ladder best",
        share=share,
        figure=figure,
        name=t(f"rung {best}"),
        speedup=short(rung["speedup"]),
        smaller=short(rung["smaller"]),
    )


def quality(report: Mapping, t: Translator) -> Html | None:
    rows, strong = [], []
    for place, rung in enumerate(everything(report)):
        figure, share = rung["figures"][report["metric"]], None if rung["kept"] is None else 100 * rung["kept"]
        rows.append(
            [
                t(f"rung {rung['name']}"),
                figure["value"],
                interval(figure, t),
                short(share),
                short(rung["lost"], "+"),
                html.percent(rung["agreement"]),
                alike(rung, t),
            ]
        )
        strong += [place] if rung["name"] == report["best"] else []
    heads = [
        t("rung"),
        metric_name(report["metric"] or "", t),
        t("interval"),
        f"{t('kept')} %",
        t("lost points"),
        t("agreement"),
        t("alike"),
    ]
    return html.section(t("quality"), html.table(heads, rows, strong=strong)) if rows else None


def alike(rung: Mapping, t: Translator | None = None) -> str:
    """How alike its explanations are to the model's; where there is room for it, with the interval."""
    agreement = rung["explanations"]
    if agreement is None:
        return html.MISSING
    one = agreement["spearman"]
    return short(one["value"]) if t is None else f"{short(one['value'])} ({interval(one, t, digits=2)})"


def cost(report: Mapping, t: Translator) -> Html | None:
    rows, strong = [], []
    for place, rung in enumerate(everything(report)):
        speed, memory = rung["speed"], rung["memory"] or {}
        rows.append(
            [
                t(f"rung {rung['name']}"),
                rung["blocks"],
                rung["parameters"],
                html.file_size(rung["bytes"]),
                short(rung["smaller"]),
                short(rung["speedup"]),
                short(speed["p50_ms"]),
                short(speed["p95_ms"]),
                round(speed["rows_per_second"]),
                html.file_size(memory.get("peak")),
            ]
        )
        strong += [place] if rung["name"] == report["best"] else []
    heads = [
        t("rung"),
        t("blocks"),
        t("parameters"),
        t("weights on disk"),
        t("smaller by"),
        t("speedup"),
        "p50 ms",
        "p95 ms",
        t("texts/s"),
        t("peak memory"),
    ]
    return html.section(t("cost"), html.table(heads, rows, strong=strong)) if rows else None


def against_controls(report: Mapping, t: Translator) -> Html | None:
    """Each method beside the same student without it."""
    rows = [
        [
            t(f"rung {pair['ours']}"),
            t(f"rung {pair['theirs']}"),
            signed(pair["value"]),
            interval(pair, t, "+"),
            f"{pair['p']:.4f}",
            f"{pair['corrected']:.4f}",
        ]
        for pair in report["pairs"]
    ]
    heads = [t("method"), t("control"), t("difference"), t("interval"), t("p"), t("corrected p")]
    return html.section(t("against control"), html.table(heads, rows)) if rows else None


def not_run(report: Mapping, t: Translator) -> Html | None:
    rows = [[t(f"rung {name}"), why] for name, why in report["not_run"].items()]
    return html.section(t("not run"), html.table([t("rung"), t("why")], rows)) if rows else None


def ladder_lines(report: Mapping, language: str) -> list[str]:
    """The rungs for a terminal."""
    t = compression_translator(language)
    heads = [t("rung"), metric_name(report["metric"] or "", t), t("lost points"), t("blocks"), "MiB", t("median ms")]
    rows: list[Sequence[str]] = [[*heads, t("speedup"), t("agreement"), t("alike shortly")]]
    for rung in everything(report):
        figure = rung["figures"][report["metric"]]["value"]
        rows.append(
            [
                t(f"rung {rung['name']}"),
                "-" if figure is None else f"{figure:.4f}",
                short(rung["lost"], "+"),
                str(rung["blocks"]),
                f"{rung['bytes'] / MEBI:.1f}",
                short(rung["speed"]["p50_ms"]),
                short(rung["speedup"]),
                html.percent(rung["agreement"]),
                alike(rung),
            ]
        )
    return table_of(rows)
