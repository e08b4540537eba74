"""The table of GLUE from its rows (task -> row, as table.json holds them): summary, text and page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from groundup import html
from groundup.kinds.text.tfidf import TFIDF
from groundup.messages.translate import MESSAGES, Translator, translator
from groundup.metrics.glue import METRICS, glue_average
from groundup.pages.evaluation_page import values_of_trainings
from groundup.tasks.baselines.baseline import MAJORITY
from groundup.tasks.regression import MEAN, RIDGE
from groundup.terminal.streams import table_of

Rows = Mapping[str, Mapping]

FIGURE = {"matthews": "Matthews", "accuracy": "accuracy", "f1": "F1", "pearson": "Pearson", "spearman": "Spearman"}
BASELINES = {"trivial baseline": (MAJORITY, MEAN), "linear baseline": (TFIDF, RIDGE)}  # of classes, of numbers
COLUMNS = ("task", "metric", "this model", "interval", *BASELINES, "training rows", "rows", "judged on", "minutes")


def summary(rows: Rows) -> dict:
    """The mean of the tasks' scores, and why it is not yet GLUE's average, if so."""
    scores = {name: score_of(row) for name, row in rows.items()}
    average = glue_average(scores)
    partial = [name for name in average.tasks if rows[name]["judged_on"] != "official dev" or rows[name]["notes"]]
    return {
        "mean": average.value,
        "tasks": list(average.tasks),
        "missing": list(average.missing),
        "not_official": partial,
        "is_glue_average": not average.missing and not partial,
    }


def score_of(row: Mapping) -> float | None:
    """The score of a task: the mean over its parts (MNLI has two)."""
    scores = [part["systems"]["model"]["score"]["value"] for part in row.get("parts", ())]
    known = [value for value in scores if value is not None]
    return sum(known) / len(known) if known and len(known) == len(scores) else None


def summary_text(rows: Rows, language: str) -> str:
    """The mean in a sentence that says what it is."""
    t, table = translator(language), summary(rows)
    if table["mean"] is None:
        return t("glue none")
    value = f"{100 * table['mean']:.1f}"
    if table["is_glue_average"]:
        return t("glue average", value=value)
    why = [t(f"glue {key}", names=t("comma").join(table[key])) for key in ("missing", "not_official") if table[key]]
    return t("glue part", count=len(table["tasks"]), value=value, missing=t("semicolon").join(why))


def lines(rows: Rows) -> Iterator[list]:
    """Cells of one line for each metric of each part of each task; values are of the percent that GLUE tells."""
    for name in METRICS:
        for part in rows.get(name, {}).get("parts", ()):
            for metric in METRICS[name]:
                row, systems = rows[name], part["systems"]
                own = systems["model"][metric]
                baseline_scores = [
                    percent(next((systems[name][metric]["value"] for name in names if name in systems), None))
                    for names in BASELINES.values()
                ]
                interval = html.MISSING if own["low"] is None else f"{percent(own['low'])} – {percent(own['high'])}"
                yield [
                    part["name"],
                    FIGURE[metric],
                    percent(own["value"]),
                    interval,
                    *baseline_scores,
                    row["rows"]["train"],
                    part["count"],
                    row["judged_on"],
                    f"{row['minutes']:.1f}",
                ]


def percent(value: float | None) -> str:
    return html.MISSING if value is None else f"{100 * value:.1f}"


def notes(rows: Rows, t: Translator) -> list[str]:
    """What a reader must know of each task."""
    there = [(name, rows[name]) for name in METRICS if name in rows]
    lines = [f"{name}: {note}" for name, row in there for note in row.get("notes", ())]
    return lines + [t("skipped", name=name, why=row["skipped"]) for name, row in there if "skipped" in row]


def glue_text(rows: Rows, language: str) -> str:
    """The table in columns of plain text."""
    t = translator(language)
    table = [[t(c) for c in COLUMNS], *([said(cell, t) for cell in cells] for cells in lines(rows))]
    return "\n".join([*table_of(table, left=len(COLUMNS)), summary_text(rows, language), *notes(rows, t), ""])


def said(cell: object, t: Translator) -> str:
    """A cell, in the reader's language where it is one of our words."""
    return t(str(cell)) if str(cell) in MESSAGES else str(cell)


def glue_page(rows: Rows, language: str) -> str:
    """The table as one page of HTML."""
    t = translator(language)
    known = [[said(cell, t) if isinstance(cell, str) else cell for cell in cells] for cells in lines(rows)]
    sections = [
        html.section(t("result"), html.paragraph(summary_text(rows, language))),
        html.section(t("tasks"), html.table([t(c) for c in COLUMNS], known)),
        html.section(t("notes"), html.bullets(notes(rows, t))) if notes(rows, t) else None,
        values_of_trainings({name: row.get("resolved", {}) for name, row in rows.items()}, t),
    ]
    return html.page(t("glue"), [part for part in sections if part], language=language)
