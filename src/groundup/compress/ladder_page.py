"""The rungs of a ladder as a page: quality against speed and size, one table, and whether the methods did it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from groundup import html
from groundup.compress.page import interval, named, say_of, short, signed
from groundup.compress.scatter import Dot, scatter, svg_file
from groundup.evaluate.page import values_of_trainings
from groundup.html import Html

Say = Callable[..., str]
ORIGINAL, MEBI = "original", 2**20


def page(report: Mapping) -> str:
    """The whole document, in the report's language."""
    say = say_of(report["language"])
    sections = [
        result(report, say),
        quality(report, say),
        cost(report, say),
        against_controls(report, say),
        not_run(report, say),
        html.section(
            say("facts"), values_of_trainings(given(report), say), html.folded(say("settings"), html.facts(report["settings"]))
        ),
    ]
    return html.page(say("ladder"), [part for part in sections if part], report["model"], report["language"])


def given(report: Mapping) -> dict[str, Mapping]:
    """What each training of each rung was given."""
    return {f"{rung['name']}, {name}": one for rung in report["rungs"] for name, one in rung.get("resolved", {}).items()}


def drawings(report: Mapping) -> dict[str, str]:
    """SVG files by name; none as long as there is no rung."""
    if not report["rungs"]:
        return {}
    say = say_of(report["language"])
    name = named(report["metric"], say)
    return {
        "quality-speed.svg": svg_file(dots(report, say, "speedup"), say("quality and speed"), say("times as fast"), name),
        "quality-size.svg": svg_file(dots(report, say, "bytes"), say("quality and size"), say("mebibytes"), name),
    }


def dots(report: Mapping, say: Say, across: str) -> list[Dot]:
    """The original and each rung: its figure with its interval, by speed or by size. Methods have a color each."""
    found, colors = [], {}
    for rung in everything(report):
        figure = rung["figures"][report["metric"]]
        x = rung["bytes"] / MEBI if across == "bytes" else rung[across]
        if figure["value"] is not None and x is not None:
            color = colors.setdefault(rung["method"], len(colors))
            found.append(Dot(say(f"rung {rung['name']}"), x, figure["value"], figure["low"], figure["high"], color))
    return found


def everything(report: Mapping) -> list[dict]:
    """The original, if it was measured, and the rungs."""
    return [*([report["original"]] if report["original"] else []), *report["rungs"]]


def result(report: Mapping, say: Say) -> Html:
    name = named(report["metric"], say) if report["metric"] else ""
    if not report["rungs"]:
        return html.section(say("result"), html.paragraph(say("ladder running", done=0, all=report["planned"])))
    running = len(report["rungs"]) + len(report["not_run"]) < report["planned"]
    done = say("ladder running", done=len(report["rungs"]) + len(report["not_run"]), all=report["planned"]) if running else None
    return html.section(
        say("result"),
        html.paragraph(told(report), "good"),
        done and html.paragraph(done),
        scatter(dots(report, say, "speedup"), say("quality and speed"), say("times as fast"), name),
        scatter(dots(report, say, "bytes"), say("quality and size"), say("mebibytes"), name),
        html.paragraph(say("ladder note")),
    )


def told(report: Mapping, language: str | None = None) -> str:
    """Which rung is the fastest that keeps enough."""
    say, best = say_of(language or report["language"]), report["best"]
    share, figure = f"{100 * report['keep']:g} %", named(report["metric"], say)
    if best is None:
        return say("ladder none", share=share, figure=figure)
    rung = next(one for one in report["rungs"] if one["name"] == best)
    return say(
        "ladder best",
        share=share,
        figure=figure,
        name=say(f"rung {best}"),
        speedup=short(rung["speedup"]),
        smaller=short(rung["smaller"]),
    )


def quality(report: Mapping, say: Say) -> Html | None:
    rows, strong = [], []
    for place, rung in enumerate(everything(report)):
        figure, kept = rung["figures"][report["metric"]], None if rung["kept"] is None else 100 * rung["kept"]
        rows.append(
            [
                say(f"rung {rung['name']}"),
                figure["value"],
                interval(figure, say),
                short(kept),
                short(rung["lost"], "+"),
                html.percent(rung["agreement"]),
                alike(rung, say),
            ]
        )
        strong += [place] if rung["name"] == report["best"] else []
    heads = [
        say("rung"),
        named(report["metric"] or "", say),
        say("interval"),
        f"{say('kept')} %",
        say("lost points"),
        say("agreement"),
        say("alike"),
    ]
    return html.section(say("quality"), html.table(heads, rows, strong=strong)) if rows else None


def alike(rung: Mapping, say: Say | None = None) -> str:
    """How alike its explanations are to the model's; where there is room for it, with the interval."""
    found = rung["explanations"]
    if found is None:
        return html.MISSING
    one = found["spearman"]
    return short(one["value"]) if say is None else f"{short(one['value'])} ({interval(one, say, digits=2)})"


def cost(report: Mapping, say: Say) -> Html | None:
    rows, strong = [], []
    for place, rung in enumerate(everything(report)):
        speed, memory = rung["speed"], rung["memory"] or {}
        rows.append(
            [
                say(f"rung {rung['name']}"),
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
        say("rung"),
        say("blocks"),
        say("parameters"),
        say("weights on disk"),
        say("smaller by"),
        say("speedup"),
        "p50 ms",
        "p95 ms",
        say("texts/s"),
        say("peak memory"),
    ]
    return html.section(say("cost"), html.table(heads, rows, strong=strong)) if rows else None


def against_controls(report: Mapping, say: Say) -> Html | None:
    """Each method beside the same student without it."""
    rows = [
        [
            say(f"rung {pair['ours']}"),
            say(f"rung {pair['theirs']}"),
            signed(pair["value"]),
            interval(pair, say, "+"),
            f"{pair['p']:.4f}",
            f"{pair['corrected']:.4f}",
        ]
        for pair in report["pairs"]
    ]
    heads = [say("method"), say("control"), say("difference"), say("interval"), say("p"), say("corrected p")]
    return html.section(say("against control"), html.table(heads, rows)) if rows else None


def not_run(report: Mapping, say: Say) -> Html | None:
    rows = [[say(f"rung {name}"), why] for name, why in report["not_run"].items()]
    return html.section(say("not run"), html.table([say("rung"), say("why")], rows)) if rows else None


def table_lines(report: Mapping) -> list[str]:
    """The rungs for a terminal."""
    say = say_of("en")
    heads = ["rung", report["metric"], "lost", "blocks", "MiB", "p50 ms", "times as fast", "same answers", "same reasons"]
    rows: list[Sequence[str]] = [heads]
    for rung in everything(report):
        figure = rung["figures"][report["metric"]]["value"]
        rows.append(
            [
                say(f"rung {rung['name']}"),
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
    widths = [max(len(row[i]) for row in rows) for i in range(len(heads))]
    return [
        "  ".join([row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))])
        for row in rows
    ]
