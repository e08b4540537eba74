"""A learning curve: the table of its cells as Markdown, and the page with one drawing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from groundup import html, plots
from groundup.evaluate.seeds import interval_over_seeds
from groundup.messages.translate import Translator, translate_name, translator
from groundup.pages.evaluation_page import values_of_trainings
from groundup.tasks.baselines.baseline import MAJORITY

Cells = list[dict]  # {"rows": 100, "seed": 0, "accuracy": {system: value}}; rows is what was asked for


def baselines_of(cells: Cells, names: Sequence[str]) -> list[str]:
    """The simple methods, the majority class last."""
    return [name for name in reversed(cells[0]["accuracy"]) if name not in names]


def systems_of(cells: Cells, names: Sequence[str]) -> list[str]:
    return [*names, *baselines_of(cells, names)]


def rival_of(cells: Cells, names: Sequence[str]) -> str:
    """The simple method that models are compared with: the best on average, of those that look at rows."""
    looking = [name for name in baselines_of(cells, names) if name != MAJORITY]
    return max(looking, key=lambda name: np.mean([one["accuracy"][name] for one in cells]))


def values_of(cells: Cells, rows: int, system: str) -> list[float]:
    return [one["accuracy"][system] for one in cells if one["rows"] == rows]


def curve_lines(cells: Cells, names: Sequence[str], t: Translator) -> list[str]:
    """Mean and 95 % interval over seeds, as a table in Markdown."""
    systems = systems_of(cells, names)
    heads = [t("rows"), t("seeds"), *(translate_name(system, t) for system in systems)]
    lines = [f"| {' | '.join(heads)} |", "|---" * len(heads) + "|"]
    for rows in dict.fromkeys(one["rows"] for one in cells):
        points = [values_of(cells, rows, system) for system in systems]
        lines.append(f"| {rows:,} | {len(points[0])} | {' | '.join(figure(values) for values in points)} |")
    return lines


def trainings_of(cells: Cells) -> dict[str, Mapping]:
    """What each training was given, by model, rows and seed."""
    return {
        f"{name}, {one['rows']:,} rows, seed {one['seed']}": values for one in cells for name, values in one["resolved"].items()
    }


def figure(values: Sequence[float]) -> str:
    interval = interval_over_seeds(values)
    return f"{np.mean(values):.3f}" + ("" if interval is None else f" ({interval[0]:.3f} to {interval[1]:.3f})")


def curve_page(report: Mapping, names: Sequence[str], source: str, language: str) -> str:
    """One drawing with the ends of the intervals, the table, the sentences."""
    t, cells = translator(language), report["cells"]
    sizes = list(dict.fromkeys(one["rows"] for one in cells))
    names_of_systems = {system: system if system in names else translate_name(system, t) for system in systems_of(cells, names)}
    baseline = translate_name(report["rival"], t)
    series = {
        label: [(float(rows), float(np.mean(values_of(cells, rows, system)))) for rows in sizes]
        for system, label in names_of_systems.items()
    }
    bands = {
        label: [
            (float(rows), *ends) for rows in sizes if (ends := interval_over_seeds(values_of(cells, rows, system))) is not None
        ]
        for system, label in names_of_systems.items()
    }
    chart = plots.line_chart(series, t("accuracy"), t("training rows"), t("accuracy"), log_x=True, bands=bands)
    table = [[rows, *[figure(values_of(cells, rows, system)) for system in names_of_systems]] for rows in sizes]
    tests = [
        [name, one["rows"], one["difference"], one["low"], one["high"], one["p"], one["seeds"]]
        for name, comparison in report["compared"].items()
        for one in comparison
    ]
    heads = [t("system"), t("training rows"), t("minus baseline", baseline=baseline), "2.5 %", "97.5 %", t("p"), t("seeds")]
    sections = [
        html.section(
            t("result"),
            *[html.paragraph(text) for text in report["sentences"]],
            chart,
            html.table([t("training rows"), *names_of_systems.values()], table),
        ),
        html.section(t("paired over seeds", baseline=baseline), html.table(heads, tests)),
        html.section(t("facts"), values_of_trainings(trainings_of(cells), t)),
    ]
    return html.page(t("learning curve"), sections, source, language)
